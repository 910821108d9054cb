# Python with what a program has going: a generator, threads, a child, an event loop, open files.
import asyncio, hashlib, os, queue, random, subprocess, sys, tempfile, threading, time

def numbers():
    total = 0
    while True:
        total += 1
        yield total

generator = numbers()
[next(generator) for _ in range(41)]
table = {hash(str(n)): bytes([n % 251]) * 1000 for n in range(20000)}
def checksum():
    return hashlib.sha256(b"".join(table[key] for key in sorted(table))).hexdigest()
before = checksum()
random.seed(7)
first = random.random()
inbox, outbox = queue.Queue(), queue.Queue()
def work():
    local = []
    while (item := inbox.get()) is not None:
        local.append(item)
        outbox.put(sum(local))
thread = threading.Thread(target=work)
thread.start()
inbox.put(1)
assert outbox.get() == 1
child = subprocess.Popen(
    [sys.executable, "-u", "-c", "import sys\nseen = []\nfor line in sys.stdin: seen.append(int(line)); print(sum(seen))"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
def ask(number):
    child.stdin.write(f"{number}\n")
    return int(child.stdout.readline())
assert ask(5) == 5
scratch = tempfile.TemporaryFile(dir="/data")
scratch.write(b"kept")
scratch.flush()
identity = (os.getpid(), os.getppid(), child.pid, thread.native_id, os.getcwd(), os.environ.get("PATH"))
started = time.monotonic()

async def wait_for_go():
    ticks = 0
    async def tick():
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.005)
    ticker = asyncio.create_task(tick())
    await asyncio.sleep(0.05)
    print("READY")
    seen = ticks
    while not os.path.exists("/dev/shm/go"):
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert ticks > seen
    ticker.cancel()
asyncio.run(wait_for_go())

assert next(generator) == 42
assert checksum() == before
again = random.Random(7)
assert again.random() == first and again.random() == random.random()
inbox.put(2)
assert outbox.get() == 3
inbox.put(None)
thread_id = thread.native_id
thread.join()
assert ask(6) == 11
child.stdin.close()
assert child.wait() == 0
scratch.seek(0)
assert scratch.read() == b"kept"
assert identity == (os.getpid(), os.getppid(), child.pid, thread_id, os.getcwd(), os.environ.get("PATH"))
assert time.monotonic() >= started
print("OK")
