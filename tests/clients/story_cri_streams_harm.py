"""Clients of Exec and PortForward that read slowly, flood, leave or open more than is good, by bytes of
WebSocket and SPDY/3.1.

Argument and environment: as in story_cri_harm.py.
"""

import base64
import json
import os
import socket
import struct
import threading
import time
import urllib.parse
import zlib

from story_cri import cri, remove_sandbox, run_sandbox, runtime, told, until
from story_cri_streams import handshake, start

SYN, REPLY, RST, PING = 1, 2, 3, 6
FIN = 1
# As much as the kernel keeps for a client that reads nothing.
ZEROS = 2_000_000
SERVICE = os.environ["SERVICE"]


def sockets():
    """Of the service; a command that nobody is joined with has none."""
    place, count = f"/proc/{SERVICE}/fd", 0
    for number in os.listdir(place):
        try:
            count += os.readlink(f"{place}/{number}").startswith("socket:")
        except FileNotFoundError:
            pass
    return count


def memory():
    """Of the service, bytes."""
    with open(f"/proc/{SERVICE}/statm") as file:
        return int(file.read().split()[1]) * 4096


def exec_url(container, *command, **streams):
    request = cri.ExecRequest(container_id=container, cmd=command, stdout=True, **streams)
    return urllib.parse.urlsplit(runtime.Exec(request).url)


def forward_url(sandbox):
    request = cri.PortForwardRequest(pod_sandbox_id=sandbox)
    return urllib.parse.urlsplit(runtime.PortForward(request).url)


class WebSocket:
    def __init__(self, url, protocol="v5.channel.k8s.io"):
        key = base64.b64encode(os.urandom(16)).decode()
        answer, self.connection = handshake(
            url, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}", f"Sec-WebSocket-Protocol: {protocol}",
        )
        assert answer.startswith("HTTP/1.1 101 "), answer
        self.connection.settimeout(50)

    @staticmethod
    def frame(kind, data):
        length = bytes([128 | len(data)]) if len(data) < 126 else (
            b"\xfe" + struct.pack(">H", len(data)) if len(data) < 1 << 16
            else b"\xff" + struct.pack(">Q", len(data)))
        return bytes([128 | kind]) + length + b"\0\0\0\0" + data

    def send(self, kind, data):
        self.connection.sendall(self.frame(kind, data))

    def ping(self):
        self.send(9, b"")

    def read(self, count):
        data = bytearray()
        while len(data) < count:
            more = self.connection.recv(count - len(data))
            assert more, "the connection ended early"
            data += more
        return bytes(data)

    def all(self):
        """Bytes of output, and the status at the end."""
        output, status = 0, None
        while True:
            kind, length = self.read(2)
            if length == 126:
                length = struct.unpack(">H", self.read(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self.read(8))[0]
            data = self.read(length)
            if kind & 15 == 8:
                return output, status
            if kind & 15 == 2 and data[0] == 1:
                output += length - 1
            if kind & 15 == 2 and data[0] == 3:
                status = json.loads(data[1:])


class Spdy:
    """A client that names its streams."""

    def __init__(self, url, protocol):
        answer, self.connection = handshake(
            url, "Connection: Upgrade", "Upgrade: SPDY/3.1", f"X-Stream-Protocol-Version: {protocol}",
            method="POST",
        )
        assert answer.startswith("HTTP/1.1 101 "), answer
        self.connection.settimeout(50)
        self.headers, self.next = zlib.compressobj(), 1
        self.read = WebSocket.read.__get__(self)

    def control(self, kind, flags, body):
        head = struct.pack(">HHI", 0x8003, kind, flags << 24 | len(body))
        self.connection.sendall(head + body)

    def open(self, flags=0, **headers):
        block = struct.pack(">I", len(headers))
        for name, value in headers.items():
            for text in (name.encode(), value.encode()):
                block += struct.pack(">I", len(text)) + text
        block = self.headers.compress(block) + self.headers.flush(zlib.Z_SYNC_FLUSH)
        stream, self.next = self.next, self.next + 2
        self.control(SYN, flags, struct.pack(">IIH", stream, 0, 0) + block)
        return stream

    def data(self, stream, data, flags=0):
        self.connection.sendall(struct.pack(">II", stream, flags << 24 | len(data)) + data)

    def reset(self, stream):
        self.control(RST, 0, struct.pack(">II", stream, 5))

    def ping(self):
        self.control(PING, 0, struct.pack(">I", 1))

    def frame(self):
        """Kind (0 of data), stream, flags and what is in it."""
        first, second = struct.unpack(">II", self.read(8))
        body = self.read(second & 0xFFFFFF)
        if not first >> 31:
            return 0, first, second >> 24, body
        return first & 0xFFFF, struct.unpack(">I", body[:4])[0] & 0x7FFFFFFF, second >> 24, body


def slow(sandbox, container):
    """All that was sent comes to a client that reads it later, and pings meanwhile."""
    reader = WebSocket(exec_url(container, "head", "-c", str(ZEROS), "/dev/zero"))
    for _ in range(4):
        time.sleep(1)
        reader.ping()
    output, status = reader.all()
    assert output == ZEROS and status["status"] == "Success", (output, status)
    reader.connection.close()
    client = Spdy(exec_url(container, "head", "-c", str(ZEROS), "/dev/zero"), "v4.channel.k8s.io")
    status, stdout = client.open(streamtype="error"), client.open(streamtype="stdout")
    for _ in range(4):
        time.sleep(1)
        client.ping()
    output, told_status, ended = 0, b"", set()
    while ended != {status, stdout}:
        kind, stream, flags, body = client.frame()
        if kind == 0:
            output += len(body) if stream == stdout else 0
            told_status += body if stream == status else b""
            ended |= {stream} if flags & FIN else set()
    assert output == ZEROS and json.loads(told_status)["status"] == "Success", (output, told_status)
    client.connection.close()


def floods(sandbox, container):
    """Pings of one that reads no answers, input of one whose command reads none: neither is kept."""
    before = memory()
    flooding = WebSocket(exec_url(container, "sleep", "1000", stdin=True))
    flooding.connection.settimeout(1)
    pings = b"".join(flooding.frame(9, b"x" * 125) for _ in range(5000))
    sent = 0
    try:
        while sent < 64 << 20:
            flooding.connection.sendall(pings)
            sent += len(pings)
    except TimeoutError:
        pass
    piece = flooding.frame(2, b"\0" + b"x" * (3 << 20))
    stuffing = WebSocket(exec_url(container, "sleep", "1000", stdin=True))
    stuffing.connection.settimeout(1)
    try:
        for _ in range(30):
            stuffing.connection.sendall(piece)
    except TimeoutError:
        pass
    grown = memory() - before
    assert grown < 40 << 20, f"{grown >> 20} MiB more, {sent >> 20} MiB of pings sent"
    # More than a message may have.
    large = WebSocket(exec_url(container, "cat", stdin=True))
    try:
        large.send(2, b"\0" * (33 << 20))
        assert large.all()[1] is None
    except (OSError, AssertionError):
        pass
    for one in (flooding, stuffing, large):
        one.connection.close()


def leaving(sandbox, container):
    """A client whose input nobody reads is missed when it has left."""
    before = sockets()
    clients = []
    for protocol in ("websocket", "spdy"):
        for _ in range(5):
            url = exec_url(container, "sleep", "1000", stdin=True)
            if protocol == "websocket":
                client = WebSocket(url)
                send = lambda data: client.send(2, b"\0" + data)
            else:
                client = Spdy(url, "v4.channel.k8s.io")
                client.open(streamtype="error")
                stdin = client.open(streamtype="stdin")
                client.open(streamtype="stdout")
                # Beyond those that were asked for.
                more = [client.open(streamtype="stdout") for _ in range(40)]
                assert len(more) == 40
                send = lambda data: client.data(stdin, data)
            client.connection.settimeout(0.3)
            try:
                for _ in range(40):
                    send(b"x" * 32000)
            except TimeoutError:
                pass
            clients.append(client.connection)
    for connection in clients:
        connection.close()
    # Their commands run on.
    until("those who left are missed", lambda: sockets() < before + 10)


def ending(sandbox, container):
    """The exit code of a command that ends with its container."""
    for _ in range(5):
        victim = start(sandbox, "victim", "sleep 1000")
        client = WebSocket(exec_url(victim, "sleep", "1234"))
        told = []
        hearing = threading.Thread(target=lambda: told.append(client.all()))
        hearing.start()
        running = cri.ExecSyncRequest(container_id=victim, cmd=["ps", "-o", "args"])
        until("it runs", lambda: b"sleep 1234" in runtime.ExecSync(running).stdout)
        runtime.StopContainer(cri.StopContainerRequest(container_id=victim, timeout=0))
        hearing.join(30)
        (_, status), = told
        causes = status["details"]["causes"]
        assert {"reason": "ExitCode", "message": "137"} in causes, status
        client.connection.close()
        runtime.RemoveContainer(cri.RemoveContainerRequest(container_id=victim))


def pairs(sandbox, container):
    """Connections into a pod are counted until both sides have ended them, and end when one resets."""
    before = sockets()
    listening = cri.ExecSyncRequest(container_id=container, cmd=["cat", "/proc/net/tcp", "/proc/net/tcp6"])
    holder = start(sandbox, "holder", "httpd -p 127.0.0.1:8080 -h /; exec nc -ll -p 8081 -e yes")
    both = lambda: all(port in runtime.ExecSync(listening).stdout for port in (b":1F90 ", b":1F91 "))
    until("they listen", both)
    client = Spdy(forward_url(sandbox), "portforward.k8s.io")
    for number in range(600):
        words = {"port": "8080", "requestid": str(number)}
        client.open(FIN, streamtype="error", **words)
        # Half of them say at once that they have nothing to send.
        client.open(0, streamtype="data", **words)
    refused = set()
    client.connection.settimeout(5)
    try:
        while True:
            kind, stream, _, _ = client.frame()
            refused |= {stream} if kind == RST else set()
    except TimeoutError:
        pass
    grown = sockets() - before
    assert len(refused) > 600 and grown < 300, (len(refused), grown)
    client.connection.close()
    until("they are gone", lambda: sockets() < before + 5)
    client = Spdy(forward_url(sandbox), "portforward.k8s.io")
    client.open(FIN, streamtype="error", port="8081", requestid="1")
    data = client.open(0, streamtype="data", port="8081", requestid="1")
    kind = None
    while kind != 0:
        kind, stream, _, body = client.frame()
    assert stream == data and body.startswith(b"y\n"), (stream, body[:80])
    client.reset(data)
    writing = cri.ExecSyncRequest(container_id=holder, cmd=["ps", "-o", "args"])
    until("what wrote has ended", lambda: b"\nyes\n" not in runtime.ExecSync(writing).stdout)
    client.connection.close()


def harm():
    sandbox = run_sandbox(network=cri.POD)
    try:
        quiet = start(sandbox, "quiet", "trap 'exit 0' TERM; while :; do sleep 0.1; done")
        for part in (slow, floods, leaving, ending, pairs):
            began = time.monotonic()
            part(sandbox, quiet)
            print(f"{part.__name__}: {time.monotonic() - began:.1f} s")
    finally:
        remove_sandbox(sandbox)


if __name__ == "__main__":
    told({"harm": harm})
