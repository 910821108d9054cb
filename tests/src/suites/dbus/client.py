"""A client of org.cryopod.engine1 in dbus-python, as the suite `dbus` uses it: ADDRESS COMMAND …"""

import os
import socket
import sys
import threading
import time

import dbus
import dbus.bus
import dbus.lowlevel

NAME, ROOT = "org.cryopod.engine1", "/org/cryopod/engine1"
IMAGE = "localhost/test:latest"
COUNT = "i=0; while :; do echo $i; i=$((i+1)); sleep 0.1; done"
bus = dbus.bus.BusConnection(sys.argv[1])


def at(path, kind):
    return dbus.Interface(bus.get_object(NAME, path), f"{NAME}.{kind}")


def properties(path, kind):
    found = dbus.Interface(bus.get_object(NAME, path), "org.freedesktop.DBus.Properties")
    return found.GetAll(f"{NAME}.{kind}")


def options(**given):
    return dbus.Dictionary({k.replace("_", "-"): v for k, v in given.items()}, signature="sv")


def variant(text):
    return dbus.String(text, variant_level=1)


def error_of(call, *arguments, **more):
    try:
        call(*arguments, **more)
    except dbus.exceptions.DBusException as error:
        return error.get_dbus_name()
    raise AssertionError(f"{call} {arguments} was accepted")


def until(what, ask):
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not: {what}")


def count_of(container):
    """The last number that a counter wrote."""
    with os.fdopen(container.ReadLog(options(tail=1)).take()) as log:
        return int(log.read().strip() or -1)


manager = at(ROOT, "Manager")


def story(file):
    path = manager.CreateContainer(IMAGE, ["sh", "-c", COUNT], options(name="counter"))
    container = at(path, "Container")
    container.Start()
    until("it counts", lambda: count_of(container) >= 3)
    with open(file, "wb") as archive:
        _, transfer = container.Export(dbus.types.UnixFd(archive), options(), timeout=60)
        report = at(transfer, "Transfer").Wait(timeout=60)
    assert report["Container"] == path and report["FrozenUSec"] > 0, report
    assert properties(transfer, "Transfer")["State"] == "done"
    seen = properties(path, "Container")
    assert seen["State"] == "exited" and seen["CheckpointedUSec"] > seen["StartedUSec"] > 0, seen
    frozen = count_of(container)
    container.Remove(options())
    assert error_of(manager.GetContainer, "counter") == f"{NAME}.NoSuchContainer"
    assert error_of(container.Start) == "org.freedesktop.DBus.Error.UnknownObject"
    with open(file, "rb") as archive:
        manager.Restore(dbus.types.UnixFd(archive), options(wait=True), timeout=60)
    assert manager.GetContainer("counter") == path
    until("it goes on", lambda: count_of(container) > frozen)
    pid = properties(path, "Container")["Pid"]
    assert manager.GetContainerByPID(pid) == path
    # Once more, through a socket both ways.
    near, far = socket.socketpair()
    container.Export(dbus.types.UnixFd(far), options(compress="none"), timeout=60)
    far.close()
    with near, open(file, "wb") as archive:
        while piece := near.recv(1 << 16):
            archive.write(piece)
    until("it ends", lambda: properties(path, "Container")["State"] == "exited")
    container.Remove(options())
    near, far = socket.socketpair()
    number, transfer = manager.Restore(dbus.types.UnixFd(near), options(), timeout=60)
    near.close()
    with far, open(file, "rb") as archive:
        far.sendfile(archive)
    at(transfer, "Transfer").Wait(timeout=60)
    assert properties(path, "Container")["State"] == "running"


def freeze(name, file):
    """To an archive; then it is removed."""
    path = manager.GetContainer(name)
    container = at(path, "Container")
    with open(file, "wb") as archive:
        container.Export(dbus.types.UnixFd(archive), options(wait=True), timeout=60)
    container.Remove(options())


def thaw(file):
    """Out of an archive."""
    with open(file, "rb") as archive:
        manager.Restore(dbus.types.UnixFd(archive), options(wait=True), timeout=60)


def slow(name):
    """A checkpoint that takes its time, because nobody reads its archive."""
    path = manager.GetContainer(name)
    container = at(path, "Container")
    reader, writer = os.pipe()
    begun = time.monotonic()
    number, transfer = container.Export(dbus.types.UnixFd(writer), options(compress="none"))
    assert time.monotonic() - begun < 3
    os.close(writer)
    until("it writes", lambda: properties(transfer, "Transfer")["Step"] == "write")
    for _ in range(20):
        begun = time.monotonic()
        seen = properties(path, "Container")
        assert (seen["Operation"], seen["State"]) == ("checkpoint", "running"), seen
        found = bus.get_object(NAME, ROOT).GetManagedObjects(
            dbus_interface="org.freedesktop.DBus.ObjectManager"
        )
        assert found[path][f"{NAME}.Container"]["Operation"] == "checkpoint"
        assert number in [row[0] for row in manager.ListTransfers()]
        assert path in [row[3] for row in manager.ListContainers()]
        assert time.monotonic() - begun < 2, "nobody waits for the checkpoint"
    # Others go on meanwhile.
    other = at(manager.GetContainer("other"), "Container")
    other.Checkpoint("cp1", options(leave_running=True, wait=True), timeout=60)
    assert properties(transfer, "Transfer")["State"] == "running"
    at(transfer, "Transfer").Cancel()
    assert error_of(at(transfer, "Transfer").Wait, timeout=60) == f"{NAME}.Cancelled"
    assert properties(transfer, "Transfer")["State"] == "canceled"
    seen = properties(path, "Container")
    assert (seen["Operation"], seen["State"], seen["CheckpointedUSec"]) == ("", "running", 0), seen
    os.close(reader)
    # A reader that goes away, and a disk that is full.
    reader, writer = os.pipe()
    _, transfer = container.Export(dbus.types.UnixFd(writer), options(compress="none"))
    os.close(writer)
    until("it writes", lambda: properties(transfer, "Transfer")["Step"] == "write")
    os.close(reader)
    assert error_of(at(transfer, "Transfer").Wait, timeout=60) == f"{NAME}.Failed"
    assert properties(path, "Container")["State"] == "running"


def pull(name, missing):
    """An image of a registry, and one that isn't there."""
    report = manager.PullImage(name, options(wait=True), timeout=60)
    assert report, report
    assert any(name in row[1] for row in manager.ListImages())
    refused = error_of(manager.PullImage, missing, options(wait=True), timeout=60)
    assert refused == f"{NAME}.NotFound", refused


def full(name, file):
    """The last bytes don't fit any more: the container must not have ended for them."""
    path = manager.GetContainer(name)
    with open(file, "wb") as archive:
        call = at(path, "Container").Export
        error = error_of(call, dbus.types.UnixFd(archive), options(wait=True), timeout=60)
    assert error == f"{NAME}.Failed", error
    assert properties(path, "Container")["State"] == "running"


def wrong(name, file):
    """Descriptors, names, options and types that are not what they claim."""
    invalid = "org.freedesktop.DBus.Error.InvalidArgs"
    path = manager.GetContainer(name)
    container = at(path, "Container")
    with open(file, "wb") as there:
        there.write(b"no archive at all" * 100)
    export = lambda fd: error_of(container.Export, dbus.types.UnixFd(fd), options(wait=True))
    restore = lambda fd: error_of(manager.Restore, dbus.types.UnixFd(fd), options(wait=True))
    handle = os.open(file, os.O_PATH)
    datagrams, _other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for fd in [os.open("/", os.O_RDONLY), os.open("/dev/zero", os.O_RDWR), handle, datagrams]:
        assert export(fd) == invalid and restore(fd) == invalid, fd
    assert export(os.open(file, os.O_RDONLY)) == invalid
    assert restore(os.open(file, os.O_WRONLY)) == invalid
    assert restore(os.open(file, os.O_RDONLY)) == invalid
    for bad in ["../../etc", "a/b", "/", "-x", "a b", "\x1b[1m", "x" * 5000]:
        assert error_of(container.Checkpoint, bad, options(wait=True)) == invalid, bad
        assert error_of(manager.GetContainer, bad) == f"{NAME}.NoSuchContainer", bad
    create = manager.CreateContainer
    assert error_of(create, IMAGE, ["true"], options(nmae="x")) == invalid
    assert error_of(create, IMAGE, ["true"], options(name=7)) == invalid
    assert error_of(create, IMAGE, ["true"], options(env=["HOME"])) == invalid
    assert error_of(create, IMAGE, ["true"], options(name=name)) == f"{NAME}.Conflict"
    assert error_of(create, "none", ["true"], options()) == f"{NAME}.NoSuchImage"
    assert error_of(container.Restore, options(wait=True)) == f"{NAME}.WrongState"
    missing = options(checkpoint="none", wait=True)
    container.Stop(dbus.UInt64(0))
    assert error_of(container.Restore, missing) == f"{NAME}.NoSuchCheckpoint"
    assert error_of(container.Checkpoint, "", options(wait=True)) == f"{NAME}.WrongState"
    assert error_of(container.Kill, "all", 9) == "org.freedesktop.DBus.Error.NotSupported"
    contradiction = options(pre_checkpoint=True, with_previous=True, wait=True)
    assert error_of(container.Checkpoint, "", contradiction) == invalid
    unknown = bus.get_object(NAME, f"{ROOT}/container/none", introspect=False)
    method = unknown.get_dbus_method("Start", f"{NAME}.Container")
    assert error_of(method) == "org.freedesktop.DBus.Error.UnknownObject"
    raw = bus.get_object(NAME, ROOT, introspect=False)
    method = raw.get_dbus_method("GetContainer", f"{NAME}.Manager")
    # zbus 5 has a name of its own for arguments of another signature.
    assert error_of(method, 7) in [invalid, "org.freedesktop.zbus.Error"]
    assert error_of(method, "a", "b") in [invalid, "org.freedesktop.zbus.Error"]
    writing = dbus.Interface(raw, "org.freedesktop.DBus.Properties")
    assert error_of(writing.Set, f"{NAME}.Manager", "Version", variant("9")) in [
        "org.freedesktop.DBus.Error.PropertyReadOnly",
        "org.freedesktop.DBus.Error.UnknownProperty",
    ]
    assert [row[1] for row in manager.ListContainers()] == [name]


def leave(name, pipe, *words):
    """Begins to freeze into a pipe that somebody else holds, and leaves the bus."""
    given = options(compress="none", **{word: True for word in words})
    with open(pipe, "wb") as archive:
        container = at(manager.GetContainer(name), "Container")
        _, transfer = container.Export(dbus.types.UnixFd(archive), given)
        until("it writes", lambda: properties(transfer, "Transfer")["Step"] == "write")


def denied(name, file):
    """As somebody to whom polkit allows `checkpoint` and nothing else; or, without polkit, nothing."""
    denied = "org.freedesktop.DBus.Error.AccessDenied"
    path = manager.GetContainer(name)
    container = at(path, "Container")
    assert properties(path, "Container")["State"] == "running"
    with open(file, "wb") as archive:
        fd = dbus.types.UnixFd(archive)
        assert error_of(container.Export, fd, options(wait=True)) == denied
    for call, arguments in [
        (container.Stop, (dbus.UInt64(0),)),
        (container.Kill, ("leader", 9)),
        (container.Remove, (options(force=True),)),
        (container.Inspect, ()),
        (container.ReadLog, (options(),)),
        (container.Restore, (options(),)),
        (manager.CreateContainer, (IMAGE, ["true"], options())),
        (manager.RemoveImage, (IMAGE, options())),
        (manager.PullImage, ("localhost:1/x", options())),
    ]:
        assert error_of(call, *arguments) == denied, call
    with open("/dev/null", "rb") as archive:
        assert error_of(manager.Restore, dbus.types.UnixFd(archive), options()) == denied
    control = bus.get_object(NAME, "/org/freedesktop/LogControl1", introspect=False)
    control = dbus.Interface(control, "org.freedesktop.DBus.Properties")
    assert error_of(control.Set, "org.freedesktop.LogControl1", "LogLevel", variant("debug")) == denied
    # Nor may it be who it asks.
    assert error_of(bus.request_name, NAME) == denied
    assert properties(path, "Container")["State"] == "running"


def allowed(name):
    """What polkit allows to that same user."""
    container = at(manager.GetContainer(name), "Container")
    _, transfer = container.Checkpoint("mine", options(leave_running=True, wait=True), timeout=60)
    at(manager.GetCheckpoint(name, "mine"), "Checkpoint").Remove("")


def lie():
    """Takes polkit's name and says yes to everything; without dbus-python, which answers no calls."""
    wire = socket.socket(socket.AF_UNIX)
    wire.connect("\0" + sys.argv[1].removeprefix("unix:abstract="))
    user = str(os.getuid()).encode().hex()
    wire.sendall(f"\0AUTH EXTERNAL {user}\r\n".encode())
    wire.recv(1000)
    wire.sendall(b"BEGIN\r\n")
    serial = 0

    def send(kind, fields, signature=None, body=b""):
        nonlocal serial
        serial += 1
        if signature:
            fields = fields + [(8, "g", signature)]
        packed = b""
        for code, sort, value in fields:
            packed += b"\0" * (-len(packed) % 8) + bytes([code, 1, ord(sort), 0])
            if sort == "u":
                packed += value.to_bytes(4, "little")
            elif sort == "g":
                packed += bytes([len(value)]) + value.encode() + b"\0"
            else:
                packed += len(value).to_bytes(4, "little") + value.encode() + b"\0"
        head = b"l" + bytes([kind, 1 if kind == 2 else 0, 1])
        for number in (len(body), serial, len(packed)):
            head += number.to_bytes(4, "little")
        wire.sendall(head + packed + b"\0" * (-len(packed) % 8) + body)

    def call(method, signature=None, body=b""):
        bus_name = "org.freedesktop.DBus"
        fields = [(1, "o", "/org/freedesktop/DBus"), (2, "s", bus_name), (3, "s", method)]
        send(1, fields + [(6, "s", bus_name)], signature, body)

    name = b"org.freedesktop.PolicyKit1"
    call("Hello")
    call("RequestName", "su", len(name).to_bytes(4, "little") + name + b"\0\0" + bytes(4))

    def answer():
        unread = b""
        while piece := wire.recv(1 << 16):
            unread += piece
            while len(unread) >= 16:
                body, number, fields = (int.from_bytes(unread[at : at + 4], "little") for at in (4, 8, 12))
                whole = 16 + fields + -fields % 8 + body
                if len(unread) < whole:
                    break
                one, unread = unread[:whole], unread[whole:]
                if one[1] == 1:
                    # Sent by the service: `:1.N` in the header.
                    start = one.index(b"\x07\x01s\0") + 8
                    sender = one[start : one.index(b"\0", start)].decode()
                    yes = (1).to_bytes(4, "little") + bytes(12)
                    send(2, [(5, "u", number), (6, "s", sender)], "(bba{ss})", yes)

    threading.Thread(target=answer, daemon=True).start()
    until("it has the name", lambda: bus.name_has_owner(name.decode()))


def lied(name, file):
    """Whoever says yes to himself has no more rights than before."""
    lie()
    polkit = bus.get_object("org.freedesktop.PolicyKit1", "/", introspect=False)
    asked = dbus.Interface(polkit, "org.freedesktop.PolicyKit1.Authority")
    assert asked.CheckAuthorization()[0], "it does not even lie"
    denied(name, file)


def engines(service):
    """Engines that a service has open: each has the database's log, whose descriptor none keeps."""

    def is_log(number):
        try:
            return os.readlink(f"/proc/{service}/fd/{number}").endswith("-wal")
        except FileNotFoundError:
            return False

    return sum(map(is_log, os.listdir(f"/proc/{service}/fd")))


def waiting(name, service):
    """Waits for a container and follows its log, many times, and leaves the bus."""
    path = manager.GetContainer(name)
    for _ in range(30):
        for method, arguments in [("Wait", ()), ("ReadLog", (options(follow=True),))]:
            call = dbus.lowlevel.MethodCallMessage(NAME, path, f"{NAME}.Container", method)
            if arguments:
                call.append(*arguments, signature="a{sv}")
            bus.send_message(call)
    bus.flush()
    until("all are at work", lambda: engines(service) >= 60)


def many(name):
    """More than one caller may have; others are answered."""
    path = manager.GetContainer(name)
    other = dbus.bus.BusConnection(sys.argv[1])
    for _ in range(200):
        other.send_message(dbus.lowlevel.MethodCallMessage(NAME, path, f"{NAME}.Container", "Wait"))
    other.flush()
    container = dbus.Interface(other.get_object(NAME, path), f"{NAME}.Container")
    limit = "org.freedesktop.DBus.Error.LimitsExceeded"
    until("it is refused", lambda: error_of(container.Wait, timeout=0.5) == limit)
    assert properties(path, "Container")["State"] == "running"
    other.close()


{f.__name__: f for f in [story, freeze, thaw, slow, pull, full, wrong, leave, denied, allowed, lied, waiting, many]}[sys.argv[2]](*sys.argv[3:])
