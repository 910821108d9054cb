# A writer in the middle of a transaction that has spilled into the database file: the rollback
# journal is hot, and only the lock keeps readers from rolling it back.
import os, sqlite3, subprocess, sys, time

path = "/data/database"
database = sqlite3.connect(path, isolation_level=None)
database.execute("PRAGMA cache_size = 10")
database.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, text TEXT)")
database.execute("BEGIN")
database.executemany("INSERT INTO rows VALUES (?, ?)", ((n, "old") for n in range(1000)))
database.execute("COMMIT")
database.execute("BEGIN EXCLUSIVE")
database.execute("UPDATE rows SET text = 'new'")
database.executemany("INSERT INTO rows VALUES (?, ?)", ((n, "new" * 50) for n in range(1000, 5000)))
assert os.path.getsize(path + "-journal") > 0

def another_reads():
    script = f"import sqlite3; print(sqlite3.connect({path!r}, timeout=0).execute('SELECT count(*) FROM rows').fetchone()[0])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]

locked = "sqlite3.OperationalError: database is locked"
assert another_reads() == locked, another_reads()
print("READY")
while not os.path.exists("/dev/shm/go"):
    time.sleep(0.01)
assert another_reads() == locked, another_reads()
database.execute("INSERT INTO rows VALUES (5000, 'last')")
database.execute("COMMIT")
assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
assert database.execute("SELECT count(*) FROM rows WHERE text = 'old'").fetchone() == (0,)
assert another_reads() == "5001", another_reads()
print("OK")
