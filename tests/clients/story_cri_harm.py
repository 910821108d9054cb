"""Clients that mean harm, or go at the wrong time, by grpcio and by bytes of HTTP/2: what story_cri.py
needs.

Further environment: SERVICE (process id of the service).
"""

import os
import socket
import threading
import time

import grpc

from story_cri import (
    DIRECTORY, container_config, cri, last, make, refused, remove_sandbox, run_sandbox, runtime, status,
    told, until,
)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADERS, RST, SETTINGS, PING, CONTINUATION = 1, 3, 4, 6, 9
END_STREAM, END_HEADERS = 1, 4


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def literal(name, value):
    """A header that no table has (RFC 7541, 6.2.2); lengths have a prefix of seven bits."""
    def text(data):
        length = len(data)
        if length < 127:
            return bytes([length]) + data
        encoded, length = b"\x7f", length - 127
        while length > 127:
            encoded += bytes([length & 127 | 128])
            length >>= 7
        return encoded + bytes([length]) + data
    return b"\x00" + text(name) + text(value)


CALL = b"".join(
    literal(name, value)
    for name, value in [
        (b":method", b"POST"), (b":scheme", b"http"), (b":authority", b"localhost"),
        (b":path", b"/runtime.v1.RuntimeService/Version"), (b"content-type", b"application/grpc"),
        (b"te", b"trailers"),
    ]
)


def attack(pieces, first=PREFACE + frame(SETTINGS, 0, 0)):
    """Sends until all is sent or the service has enough; returns what it answered."""
    answer = bytearray()
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        client.connect(os.environ["CRI"].removeprefix("unix://"))

        def read():
            try:
                while data := client.recv(1 << 16):
                    answer.extend(data)
            except OSError:
                pass

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        ended = False
        try:
            client.sendall(first)
            for piece in pieces:
                client.sendall(piece)
        except OSError:
            ended = True
        reader.join(0.5)
        ended = ended or not reader.is_alive()
        try:
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        reader.join(5)
    return bytes(answer), ended


def memory():
    with open(f"/proc/{os.environ['SERVICE']}/status") as facts:
        line = next(line for line in facts if line.startswith("VmRSS"))
    return int(line.split()[1])


def descriptors():
    return len(os.listdir(f"/proc/{os.environ['SERVICE']}/fd"))


def flood():
    def well():
        assert runtime.Version(cri.VersionRequest(), timeout=10).runtime_name == "cryopod"

    well()
    sandbox = run_sandbox()
    container = make(sandbox, container_config())
    runtime.StartContainer(cri.StartContainerRequest(container_id=container))
    before, open_before = memory(), descriptors()
    much = literal(b"x", b"y" * 16000)

    # Headers without an end.
    endless = (frame(CONTINUATION, 0, 1, much) for _ in range(20000))
    first = PREFACE + frame(SETTINGS, 0, 0) + frame(HEADERS, END_STREAM, 1, CALL)
    _, ended = attack(endless, first)
    assert ended, "320 MB of headers of one call are heard to their end"
    well()
    # Many headers, with an end.
    whole = [frame(HEADERS, END_STREAM, 1, CALL), *[frame(CONTINUATION, 0, 1, much)] * 7,
             frame(CONTINUATION, END_HEADERS, 1, much)]
    answer, _ = attack(whole)
    assert b"cryopod" not in answer, "128 kB of headers are too many"
    well()
    # Streams that never end.
    streams = (frame(HEADERS, END_HEADERS, 1 + 2 * number, CALL) for number in range(20000))
    answer, _ = attack(streams)
    refusals = answer.count(b"\x00\x00\x04\x03\x00") # RST_STREAM
    assert refusals or b"\x07\x00" in answer, "more streams than are allowed"
    well()
    # Streams that are taken back at once.
    rapid = (
        frame(HEADERS, END_HEADERS, 1 + 2 * number, CALL) + frame(RST, 0, 1 + 2 * number, b"\0\0\0\x08")
        for number in range(50000)
    )
    attack(rapid)
    well()
    pings = (frame(PING, 0, 0, b"12345678") * 100 for _ in range(2000))
    attack(pings)
    well()
    settings = (frame(SETTINGS, 0, 0, b"\0\x04\0\0\xff\xff") * 100 for _ in range(1000))
    attack(settings)
    well()
    for nonsense in [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\0" * 100000, PREFACE + b"\xff" * 100000,
                     b"", PREFACE, PREFACE[:5]]:
        attack([], nonsense)
    well()
    # A message that says that it is of 4 GB, and one that is too long.
    lies = [frame(HEADERS, END_HEADERS, 1, CALL), frame(0, END_STREAM, 1, b"\0\xff\xff\xff\xff123")]
    answer, _ = attack(lies)
    assert b"cryopod" not in answer, answer
    long = cri.RunPodSandboxRequest()
    long.config.annotations["long"] = "x" * (5 << 20)
    refused(grpc.StatusCode.OUT_OF_RANGE, runtime.RunPodSandbox, long)
    # Many at once that say nothing.
    idle = []
    for _ in range(500):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(20)
        client.connect(os.environ["CRI"].removeprefix("unix://"))
        idle.append(client)
    well()
    for client in idle:
        client.close()
    until("descriptors are closed", lambda: descriptors() <= open_before + 8)
    grown = memory() - before
    assert grown < 96 << 10, f"{grown} kB more"
    assert status(container).state == cri.CONTAINER_RUNNING
    remove_sandbox(sandbox)


def gone():
    """A client that no longer waits takes back what it asked for, and nothing else."""
    sandbox = run_sandbox()
    both = [make(sandbox, container_config(name)) for name in ("one", "two")]
    for container in both:
        runtime.StartContainer(cri.StartContainerRequest(container_id=container))
    for name in ("one", "two"):
        until("it counts", lambda: last(f"{DIRECTORY}/logs/{name}/0.log") > 2)
    kept = cri.CheckpointContainerRequest(container_id=both[1], location=f"{DIRECTORY}/kept.tar")
    for delay in (0.0, 0.02, 0.1, 0.25):
        place = f"{DIRECTORY}/gone.tar"
        request = cri.CheckpointContainerRequest(container_id=both[0], location=place)
        other = runtime.CheckpointContainer.future(kept, timeout=120)
        call = runtime.CheckpointContainer.future(request)
        time.sleep(delay)
        call.cancel()
        other.result()
        assert os.path.getsize(f"{DIRECTORY}/kept.tar") > 0
        os.remove(f"{DIRECTORY}/kept.tar")
        before = last(f"{DIRECTORY}/logs/one/0.log")
        until("it goes on", lambda: last(f"{DIRECTORY}/logs/one/0.log") > before)
        assert status(both[0]).state == cri.CONTAINER_RUNNING
        if os.path.exists(place):
            os.remove(place)
        left = [name for name in os.listdir(DIRECTORY) if "gone.tar" in name]
        assert not left, left
    # Time that is over by the request's own word.
    request = cri.CheckpointContainerRequest(container_id=both[0], location=place)
    try:
        runtime.CheckpointContainer(request, timeout=0.01)
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED, error
    before = last(f"{DIRECTORY}/logs/one/0.log")
    until("it goes on", lambda: last(f"{DIRECTORY}/logs/one/0.log") > before)
    remove_sandbox(sandbox)


def begin():
    """For the kills: a container that counts."""
    sandbox = run_sandbox()
    container = make(sandbox, container_config())
    runtime.StartContainer(cri.StartContainerRequest(container_id=container))
    until("it counts", lambda: last(f"{DIRECTORY}/logs/counter/0.log") > 2)


def freeze():
    """The service dies in it."""
    container = runtime.ListContainers(cri.ListContainersRequest()).containers[0].id
    request = cri.CheckpointContainerRequest(container_id=container, location=f"{DIRECTORY}/killed.tar")
    refused(grpc.StatusCode.UNAVAILABLE, runtime.CheckpointContainer, request)


def freeze_whole():
    container = runtime.ListContainers(cri.ListContainersRequest()).containers[0].id
    request = cri.CheckpointContainerRequest(container_id=container, location=f"{DIRECTORY}/whole.tar")
    runtime.CheckpointContainer(request, timeout=120)


def prepare():
    """The service dies in the making of a container from an archive."""
    sandbox = runtime.ListPodSandbox(cri.ListPodSandboxRequest()).items[0].id
    request = cri.CreateContainerRequest(pod_sandbox_id=sandbox, config=container_config("thawed"))
    request.config.image.image = f"{DIRECTORY}/whole.tar"
    refused(grpc.StatusCode.UNAVAILABLE, runtime.CreateContainer, request)


if __name__ == "__main__":
    told({"flood": flood, "gone": gone, "begin": begin, "freeze": freeze,
          "freeze_whole": freeze_whole, "prepare": prepare})
