"""Exec, Attach and PortForward through kubectl, over WebSocket and over SPDY/3.1: a pod of this engine
behind as much of a kubelet as passes streams through.

Argument and environment: as in story_cri.py.
"""

import base64
import hashlib
import json
import os
import pty
import re
import socket
import struct
import subprocess
import sys
import fcntl
import termios
import time
import urllib.parse
import urllib.request

import grpc

from kubelet import Kubelet
from story_cri import (
    DIRECTORY, channel, container_config, cri, make, refused, remove_sandbox, run_sandbox, runtime, status,
    told, until,
)

ECHO = "while read line; do echo got $line; echo bad $line >&2; done; echo over"
NUMBERS = "".join(f"{number}\n" for number in range(1, 200001)).encode()
SERVER = "mkdir /www; seq 1 200000 > /www/numbers; exec httpd -f -p 127.0.0.1:8080 -h /www"
TRANSPORTS = {"websocket": "true", "spdy/3.1": "false"}


def start(sandbox, name, script, **more):
    container = make(sandbox, container_config(name, script, **more))
    runtime.StartContainer(cri.StartContainerRequest(container_id=container))
    return container


class Kubectl:
    """kubectl with one of its transports."""

    def __init__(self, kubelet, transport):
        self.kubelet, self.transport = kubelet, transport
        wanted = TRANSPORTS[transport]
        self.environment = {
            **os.environ,
            "KUBECTL_REMOTE_COMMAND_WEBSOCKETS": wanted,
            "KUBECTL_PORT_FORWARD_WEBSOCKETS": wanted,
            "HOME": DIRECTORY,
        }
        self.line = ["kubectl", f"--server={kubelet.address}"]

    def run(self, *words, input=b"", code=0):
        before = len(self.kubelet.upgrades)
        done = subprocess.run(
            [*self.line, *words], input=input, env=self.environment, capture_output=True, timeout=50
        )
        assert done.returncode == code, (words, done)
        # Not by the other one after this was refused.
        assert set(self.kubelet.upgrades[before:]) == {self.transport}, self.kubelet.upgrades[before:]
        return done

    def start(self, *words, **more):
        return subprocess.Popen([*self.line, *words], env=self.environment, **more)


def commands(kubectl, container):
    script = "echo out; echo err >&2; exit 3"
    done = kubectl.run("exec", "web", "-c", "quiet", "--", "sh", "-c", script, code=3)
    assert done.stdout == b"out\n", done
    assert done.stderr == b"err\ncommand terminated with exit code 3\n", done
    # There and back, more than all buffers on the way hold.
    data = os.urandom(16 << 20)
    done = kubectl.run("exec", "-i", "web", "-c", "quiet", "--", "cat", input=data)
    assert hashlib.sha256(done.stdout).digest() == hashlib.sha256(data).digest(), len(done.stdout)
    done = kubectl.run("exec", "-i", "web", "-c", "quiet", "--", "wc", "-c", input=data)
    assert done.stdout.split() == [str(len(data)).encode()], done
    done = kubectl.run("exec", "web", "-c", "quiet", "--", "/no/such", code=127)
    assert b"/no/such" in done.stderr and b"exit code 127" in done.stderr, done
    # Its archive comes through tar in the container.
    place = f"{DIRECTORY}/copied"
    with open(place, "wb") as file:
        file.write(data)
    kubectl.run("cp", place, "web:/root/copied", "-c", "quiet")
    done = kubectl.run("exec", "web", "-c", "quiet", "--", "sha256sum", "/root/copied")
    assert done.stdout.decode().startswith(hashlib.sha256(data).hexdigest()), done


def terminals(kubectl, container):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 101, 0, 0))
    words = ["exec", "-it", "web", "-c", "quiet", "--", "sh"]
    running = kubectl.start(*words, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    seen = b""

    def read(text):
        nonlocal seen
        end = time.monotonic() + 30
        while text not in seen:
            assert time.monotonic() < end, seen
            seen += os.read(ours, 4096)

    # The size is sent beside the input: it may come after it.
    for _ in range(100):
        os.write(ours, b"stty size; echo mark$((1+1))\n")
        read(b"mark2")
        if b"33 101" in seen:
            break
        seen = b""
        time.sleep(0.1)
    assert b"33 101" in seen, seen
    os.write(ours, b"exit 4\n")
    assert running.wait(30) == 4, running
    os.close(ours)


def attachments(kubectl, container):
    # Its input ends with that of its first client.
    once = start(kubectl.kubelet.sandbox, "once", ECHO, stdin=True, stdin_once=True)
    kubectl.kubelet.containers["once"] = (once, True, False)
    # One that only looks on, and leaves.
    viewer = kubectl.start("attach", "web", "-c", "once", stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(1)
    viewer.kill()
    viewer.communicate()
    time.sleep(0.5)
    done = kubectl.run("attach", "-i", "web", "-c", "once", input=b"last\n")
    assert done.stdout == b"got last\nover\n", done
    until("it has ended", lambda: status(once).state == cri.CONTAINER_EXITED)
    runtime.RemoveContainer(cri.RemoveContainerRequest(container_id=once))
    done = subprocess.Popen(
        [*kubectl.line, "attach", "-i", "web", "-c", "echo"], env=kubectl.environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    done.stdin.write(b"one\n")
    done.stdin.flush()
    assert done.stdout.readline() == b"got one\n"
    done.stdin.write(b"two\n")
    done.stdin.flush()
    assert done.stdout.readline() == b"got two\n"
    # After what kubectl itself says.
    while (line := done.stderr.readline()) != b"bad one\n":
        assert line, "no error"
    assert done.stderr.readline() == b"bad two\n"
    # Its end leaves the container running, and its input open.
    done.kill()
    done.communicate()
    time.sleep(1)
    assert status(kubectl.kubelet.containers["echo"][0]).state == cri.CONTAINER_RUNNING
    assert kubectl.kubelet.upgrades[-1] == kubectl.transport


def ports(kubectl, container):
    words = ["port-forward", "web", ":8080"]
    running = kubectl.start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        place = int(re.search(rb"127\.0\.0\.1:(\d+) ->", running.stdout.readline()).group(1))

        for _ in range(3):
            with urllib.request.urlopen(f"http://127.0.0.1:{place}/numbers", timeout=30) as answer:
                assert answer.read() == NUMBERS
    finally:
        running.kill()
        running.communicate()
    running = kubectl.start("port-forward", "web", ":81", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        place = int(re.search(rb"127\.0\.0\.1:(\d+) ->", running.stdout.readline()).group(1))
        with socket.create_connection(("127.0.0.1", place)) as connection:
            connection.settimeout(30)
            try:
                assert connection.recv(4096) == b""
            except ConnectionResetError:
                pass
        line = running.stderr.readline() + running.stderr.readline()
        assert b"cannot forward port 81" in line, line
    finally:
        running.kill()
        running.communicate()


def gone(kubectl, container):
    """A client that is killed leaves nothing behind that waits for it."""
    running = kubectl.start(
        "exec", "-i", "web", "-c", "quiet", "--", "cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    running.stdin.write(b"x\n")
    running.stdin.flush()
    assert running.stdout.readline() == b"x\n"
    running.kill()
    running.communicate()

    def ended():
        ask = cri.ExecSyncRequest(container_id=container, cmd=["ps", "-o", "args"])
        return b"\ncat\n" not in runtime.ExecSync(ask).stdout

    until("what it ran has ended", ended)


def handshake(url, *headers, method="GET"):
    """What the server says to a request, and the connection."""
    connection = socket.create_connection((url.hostname, url.port))
    connection.settimeout(30)
    head = [f"{method} {url.path} HTTP/1.1", "Host: x", *headers, "", ""]
    connection.sendall("\r\n".join(head).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        more = connection.recv(1)
        assert more, answer
        answer += more
    return answer.decode(), connection


def refusals(sandbox, container):
    code = grpc.StatusCode
    ids = {"container_id": container}
    refused(code.INVALID_ARGUMENT, runtime.Exec, cri.ExecRequest(cmd=["ls"], **ids), "stdout")
    request = cri.ExecRequest(cmd=["ls"], stdout=True, stderr=True, tty=True, **ids)
    refused(code.INVALID_ARGUMENT, runtime.Exec, request, "tty and stderr")
    refused(code.INVALID_ARGUMENT, runtime.Exec, cri.ExecRequest(stdout=True, **ids), "non-empty")
    refused(code.INVALID_ARGUMENT, runtime.Attach, cri.AttachRequest(**ids), "stdout")
    nothing = {"container_id": "0" * 64}
    refused(code.NOT_FOUND, runtime.Exec, cri.ExecRequest(cmd=["ls"], stdout=True, **nothing))
    refused(code.NOT_FOUND, runtime.Attach, cri.AttachRequest(stdout=True, **nothing))
    refused(code.NOT_FOUND, runtime.PortForward, cri.PortForwardRequest(pod_sandbox_id="0" * 64))
    for port in (0, -1, 65536):
        request = cri.PortForwardRequest(pod_sandbox_id=sandbox, port=[port])
        refused(code.INVALID_ARGUMENT, runtime.PortForward, request, "no port")
    created = make(sandbox, container_config("created"))
    request = cri.AttachRequest(container_id=created, stdout=True)
    refused(code.FAILED_PRECONDITION, runtime.Attach, request)
    request = cri.ExecRequest(container_id=created, cmd=["ls"], stdout=True)
    refused(code.FAILED_PRECONDITION, runtime.Exec, request)

    def url():
        request = cri.ExecRequest(cmd=["cat"], stdin=True, stdout=True, **ids)
        return urllib.parse.urlsplit(runtime.Exec(request).url)

    key = base64.b64encode(os.urandom(16)).decode()
    socket_headers = [
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
    ]
    spdy = ["Connection: Upgrade", "Upgrade: SPDY/3.1"]
    fine = [*socket_headers, "Sec-WebSocket-Protocol: v4.channel.k8s.io"]
    for headers, expected in [
        ([], "426 "),
        (["Connection: Upgrade", "Upgrade: h2c"], "426 "),
        (socket_headers, "400 "),
        ([*socket_headers, "Sec-WebSocket-Protocol: chat"], "400 "),
        (["Connection: Upgrade", "Upgrade: websocket"], "400 "),
        (spdy, "403 "),
        ([*spdy, "X-Stream-Protocol-Version: channel.k8s.io"], "403 "),
    ]:
        place = url()
        answer, _ = handshake(place, *headers)
        assert answer.startswith(f"HTTP/1.1 {expected}"), (headers, answer)
        # It was good once.
        answer, _ = handshake(place, *fine)
        assert answer.startswith("HTTP/1.1 404 "), answer
    place = url()
    for other in ("/", "/exec/", "/exec/" + "0" * 32, place.path.replace("exec", "attach")):
        answer, _ = handshake(place._replace(path=other), *fine)
        assert answer.startswith("HTTP/1.1 404 "), answer
    answer, connection = handshake(place, *fine)
    assert answer.startswith("HTTP/1.1 101 "), answer
    # A frame that claims more than anything holds, and one that isn't masked.
    connection.sendall(b"\x82\xff" + struct.pack(">Q", 1 << 62) + b"mask" + b"\0rest")
    drain(connection)
    for attack in [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x80\x03\0\x01\0\xff\xff\xff" + b"\0" * 64,
        b"\x80\x03\0\x01\0\0\0\x0e" + b"\0\0\0\x02" + b"\0" * 10,
        b"\x80\x03\0\x01\0\0\0\x0e" + b"\0\0\0\x01" + b"\xff" * 10,
        b"\x80\x03\0\x01\0\0\0\x02\0\0",
        b"\x80\x02\0\x01\0\0\0\x02\0\0",
    ]:
        answer, connection = handshake(
            url(), *spdy, "X-Stream-Protocol-Version: v4.channel.k8s.io", method="POST"
        )
        assert answer.startswith("HTTP/1.1 101 "), answer
        assert "X-Stream-Protocol-Version: v4.channel.k8s.io".lower() in answer.lower(), answer
        connection.sendall(attack)
        # The first claims to be far longer.
        connection.shutdown(socket.SHUT_WR)
        drain(connection)


def drain(connection):
    """Reads until the server closes."""
    try:
        while connection.recv(1 << 16):
            pass
    except ConnectionResetError:
        pass
    connection.close()


def streams():
    sandbox = run_sandbox(network=cri.POD)
    try:
        quiet = start(sandbox, "quiet", "trap 'exit 0' TERM; while :; do sleep 0.1; done")
        echo = start(sandbox, "echo", ECHO, stdin=True)
        server = start(sandbox, "server", SERVER)
        # kubectl ends with the first connection that is refused.
        ask = ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/numbers"]
        ask = cri.ExecSyncRequest(container_id=server, cmd=ask)
        until("it listens", lambda: runtime.ExecSync(ask).exit_code == 0)
        containers = {"quiet": (quiet, False, False), "echo": (echo, True, False)}
        kubelet = Kubelet(cri, runtime, "web", sandbox, containers)
        for transport in TRANSPORTS:
            kubectl = Kubectl(kubelet, transport)
            for part in (commands, terminals, attachments, ports, gone):
                began = time.monotonic()
                part(kubectl, quiet)
                print(f"{transport} {part.__name__}: {time.monotonic() - began:.1f} s")
        refusals(sandbox, quiet)
    finally:
        remove_sandbox(sandbox)


if __name__ == "__main__":
    told({"streams": streams})
