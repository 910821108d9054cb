"""Containers and pods that come out of archives, by grpcio: what story_cri.py needs, with a service that
was started with --cri-restore.

Further environment: ENGINE (words of the engine's command line, JSON).
"""

import json
import os
import shutil
import subprocess
import tarfile

import grpc

from story_cri import (
    CHECKPOINT_POD, COUNT, DIRECTORY, IMAGE, RESTORE_POD, RUNTIME, container_config, cri, last, make,
    message, raw, refused, remove_sandbox, run_sandbox, runtime, sandbox_config, status, texts, told,
    until,
)

code = grpc.StatusCode
EXPERIMENTAL = "/org.cryopod.cri.experimental.CheckpointService/"


def start(container):
    runtime.StartContainer(cri.StartContainerRequest(container_id=container), timeout=60)


def remove(container):
    runtime.RemoveContainer(cri.RemoveContainerRequest(container_id=container), timeout=60)


def counted(name="counter"):
    """All numbers in a log, without a gap."""
    place = f"{DIRECTORY}/logs/{name}/0.log"
    assert os.path.islink(place)
    if not os.path.exists(place):
        return []
    with open(place) as log:
        numbers = [int(line.split(" ", 3)[3]) for line in log.read().splitlines()]
    if numbers:
        assert numbers == list(range(numbers[0], numbers[-1] + 1)), numbers
    return numbers


def run(container, script):
    request = cri.ExecSyncRequest(container_id=container, cmd=["sh", "-c", script])
    return runtime.ExecSync(request, timeout=60)


def engine(*words):
    subprocess.run([*json.loads(os.environ["ENGINE"]), *words], check=True, capture_output=True)


def of_checkpoint(image, mounts=(), add=("NET_ADMIN",), **more):
    security = cri.LinuxContainerSecurityContext(capabilities=cri.Capability(add_capabilities=add))
    linux = cri.LinuxContainerConfig(security_context=security)
    config = container_config(linux=linux, **more)
    config.image.image = image
    config.mounts.extend(mounts)
    return config


def restored():
    sandbox = run_sandbox(network=cri.POD)
    os.mkdir(f"{DIRECTORY}/shared")
    shared = cri.Mount(container_path="/shared", host_path=f"{DIRECTORY}/shared")
    first = make(sandbox, of_checkpoint(IMAGE, [shared]))
    start(first)
    until("it counts", lambda: counted()[3:])
    assert run(first, "echo there > /kept; rm /bin/true; echo out > /shared/file").exit_code == 0
    archive = f"{DIRECTORY}/counter.tar"
    request = cri.CheckpointContainerRequest(container_id=first, location=archive, timeout=60)
    runtime.CheckpointContainer(request, timeout=120)
    frozen_after = counted()[-1]
    image = status(first).image_ref
    remove(first)

    # What the archive's container had and the request does not grant is refused, whatever it is.
    for config in [of_checkpoint(archive, [shared], add=()), of_checkpoint(archive)]:
        made = make(sandbox, config)
        text = refused(code.INTERNAL, runtime.StartContainer,
                       cri.StartContainerRequest(container_id=made))
        assert "no option allows it" in text or "NET_ADMIN" in text or "shared" in text, text
        assert status(made).state == cri.CONTAINER_CREATED
        remove(made)
    other = cri.Mount(container_path="/other", host_path=f"{DIRECTORY}/shared")
    request = cri.CreateContainerRequest(pod_sandbox_id=sandbox)
    request.config.CopyFrom(of_checkpoint(archive, [shared, other]))
    refused(code.INVALID_ARGUMENT, runtime.CreateContainer, request, "/other")
    for path, expected in [("/etc/passwd", code.INVALID_ARGUMENT), ("/nowhere.tar", code.NOT_FOUND),
                           ("/", code.INVALID_ARGUMENT)]:
        request.config.CopyFrom(of_checkpoint(path))
        refused(expected, runtime.CreateContainer, request, path)
    assert not runtime.ListContainers(cri.ListContainersRequest()).containers

    # Twice from one archive: a container each.
    for _ in range(2):
        made = make(sandbox, of_checkpoint(archive, [shared]))
        there = status(made)
        assert there.state == cri.CONTAINER_CREATED and there.image_ref == image, there
        assert there.image.image == archive and dict(there.annotations) == {"why": "test"}, there
        assert not counted(), "nothing ran yet, and the archive's log is the archive's"
        start(made)
        assert status(made).state == cri.CONTAINER_RUNNING
        until("it counts", lambda: counted()[3:])
        assert 3 < counted()[0] <= frozen_after + 3, (counted(), frozen_after)
        done = run(made, "cat /kept /shared/file; ls /bin/true")
        assert done.stdout == b"there\nout\n" and done.exit_code, done
        refused_again = cri.CreateContainerRequest(pod_sandbox_id=sandbox)
        refused_again.config.CopyFrom(of_checkpoint(archive, [shared]))
        refused(code.ALREADY_EXISTS, runtime.CreateContainer, refused_again)
        # It can be frozen again, and is another's from then on.
        again = f"{DIRECTORY}/again.tar"
        request = cri.CheckpointContainerRequest(container_id=made, location=again)
        runtime.CheckpointContainer(request, timeout=120)
        os.remove(again)
        remove(made)

    # From a checkpoint image.
    made = make(sandbox, of_checkpoint(archive, [shared]))
    start(made)
    until("it counts", lambda: counted()[3:])
    engine("container", "checkpoint", "--create-image", "localhost/frozen:1", made)
    before = counted()[-1]
    remove(made)
    made = make(sandbox, of_checkpoint("localhost/frozen:1", [shared]))
    start(made)
    until("it counts", lambda: counted()[1:])
    assert counted()[0] == before + 1, (counted(), before)
    remove_sandbox(sandbox)
    engine("rmi", "localhost/frozen:1")


def restored_pods():
    names = ("one", "two")
    sandbox = run_sandbox()
    both = [make(sandbox, container_config(name)) for name in names]
    for container in both:
        start(container)
    for name in names:
        until("it counts", lambda: counted(name)[3:])
    place = f"{DIRECTORY}/pod"
    os.mkdir(place)
    request = message((1, sandbox), (2, place), (3, both[0]), (3, both[1]))
    assert CHECKPOINT_POD(request, timeout=120) == b""
    frozen_after = {name: counted(name)[-1] for name in names}
    remove_sandbox(sandbox)

    def asks(*configs, path=place, handler=RUNTIME, more=()):
        config = sandbox_config().SerializeToString()
        each = [(5, config.SerializeToString()) for config in configs]
        return message((1, path), (2, config), (3, handler), *more, *each)

    configs = [container_config(name) for name in reversed(names)]
    try:
        RESTORE_POD(asks(*configs))
        raise AssertionError("not refused without a deadline")
    except grpc.RpcError as error:
        assert error.code() == code.INVALID_ARGUMENT, error
    extra = configs[0].__class__()
    extra.CopyFrom(configs[0])
    extra.mounts.append(cri.Mount(container_path="/x", host_path=DIRECTORY))
    other = cri.ContainerConfig()
    other.CopyFrom(configs[0])
    other.metadata.name = "three"
    for request, text in [
        (asks(configs[0]), "the archive holds containers"),
        (asks(*configs, other), "the archive holds containers"),
        (asks(configs[0], configs[0]), "two containers are called"),
        (asks(configs[0], other), "the archive holds containers"),
        (asks(*configs, path="pod"), "absolute"),
        (asks(*configs, path="/etc"), "/etc"),
        (asks(*configs, handler="/bin/sh"), "no runtime for"),
        (asks(*configs, more=[(4, message((1, "a"), (2, "b")))]), "unknown option"),
        # The last one of two can't be made: nothing of the first is left.
        (asks(configs[1], extra), "/x"),
    ]:
        refused(code.INVALID_ARGUMENT, RESTORE_POD, request, text)
        assert not runtime.ListPodSandbox(cri.ListPodSandboxRequest()).items, text
        assert not runtime.ListContainers(cri.ListContainersRequest()).containers, text

    answer = texts(RESTORE_POD(asks(*configs), timeout=120))
    sandbox = answer[1][0].decode()
    pod = runtime.PodSandboxStatus(cri.PodSandboxStatusRequest(pod_sandbox_id=sandbox)).status
    assert pod.state == cri.SANDBOX_READY and dict(pod.labels) == {"app": "web"}, pod
    containers = {}
    for one in answer[2]:
        fields = texts(one)
        containers[fields[1][0].decode()] = fields[2][0].decode()
    assert set(containers) == set(names), containers
    for name, container in containers.items():
        assert status(container).state == cri.CONTAINER_CREATED
        assert not counted(name)
    for name, container in containers.items():
        start(container)
        until("it counts", lambda: counted(name)[3:])
        assert 3 < counted(name)[0] <= frozen_after[name] + 3, (counted(name), frozen_after)
    remove_sandbox(sandbox)
    shutil.rmtree(place)


def upkeep():
    """Resources, the log begun anew, and our own package."""
    sandbox = run_sandbox()
    bounds = cri.LinuxContainerResources(
        memory_limit_in_bytes=256 << 20, cpu_shares=512, cpu_quota=50000, cpu_period=100000
    )
    # Where no controllers are, only one that doesn't run can have limits.
    limited = make(
        sandbox, container_config("limited", linux=cri.LinuxContainerConfig(resources=bounds))
    )
    told_of = status(limited).resources.linux
    assert (told_of.memory_limit_in_bytes, told_of.cpu_quota) == (256 << 20, 50000), told_of
    request = cri.UpdateContainerResourcesRequest(
        container_id=limited,
        linux=cri.LinuxContainerResources(memory_limit_in_bytes=128 << 20, cpu_quota=70000),
    )
    runtime.UpdateContainerResources(request, timeout=60)
    told_of = status(limited).resources.linux
    assert (told_of.memory_limit_in_bytes, told_of.cpu_quota) == (128 << 20, 70000), told_of
    assert told_of.cpu_shares == 512, told_of
    request.linux.CopyFrom(cri.LinuxContainerResources(cpu_shares=-1))
    refused(code.INVALID_ARGUMENT, runtime.UpdateContainerResources, request, "cpu_shares")
    request.linux.CopyFrom(cri.LinuxContainerResources(unified={"memory.high": "1"}))
    refused(code.UNIMPLEMENTED, runtime.UpdateContainerResources, request, "unified")

    remove(limited)
    container = make(sandbox, container_config())
    start(container)

    # As a kubelet does it: renamed, and asked to begin anew.
    log = f"{DIRECTORY}/logs/counter/0.log"
    until("it counts", lambda: counted()[3:])
    reopen = cri.ReopenContainerLogRequest(container_id=container)
    os.rename(log, f"{log}.20261127-100000")
    runtime.ReopenContainerLog(reopen, timeout=60)
    until("it counts", lambda: os.path.exists(log) and counted()[3:])
    assert not os.path.islink(f"{log}.20261127-100000")
    with open(f"{log}.20261127-100000") as old, open(log) as new:
        numbers = [int(line.split(" ", 3)[3]) for line in (old.read() + new.read()).splitlines()]
    assert numbers == list(range(len(numbers))), numbers
    # Nothing was renamed: it goes on.
    runtime.ReopenContainerLog(reopen, timeout=60)
    before = counted()
    until("it counts", lambda: len(counted()) > len(before))
    assert counted()[0] == before[0]

    freeze, thaw = raw(f"{EXPERIMENTAL}CheckpointContainer"), raw(f"{EXPERIMENTAL}RestoreContainer")
    # keep=1 tcp_established=2 archive=3 leave_running=4 file_locks=5
    assert freeze(message((1, container)), timeout=120) == message((1, container))
    assert status(container).state == cri.CONTAINER_EXITED
    refused(code.FAILED_PRECONDITION, runtime.StartContainer,
            cri.StartContainerRequest(container_id=container))
    refused(code.FAILED_PRECONDITION, freeze, message((1, container)))
    before = counted()
    assert thaw(message((1, container), (2, message((1, 1)))), timeout=120) == message((1, container))
    assert status(container).state == cri.CONTAINER_RUNNING
    until("it counts", lambda: len(counted()) > len(before))
    refused(code.FAILED_PRECONDITION, thaw, message((1, container)))
    archive = f"{DIRECTORY}/own.tar"
    options = message((2, 1), (3, archive), (4, 1), (5, 1))
    freeze(message((1, container), (2, options)), timeout=120)
    assert status(container).state == cri.CONTAINER_RUNNING
    with tarfile.open(archive, "r:") as members:
        names = {name.removeprefix("./") for name in members.getnames()}
        manifest = json.load(members.extractfile("cryopod.json"))
    assert "bind.mounts" in names, names
    assert manifest["options"]["fileLocks"] and manifest["options"]["tcpEstablished"], manifest
    relative = message((1, container), (2, message((3, "own.tar"))))
    refused(code.INVALID_ARGUMENT, freeze, relative, "absolute")
    refused(code.UNIMPLEMENTED, thaw, message((1, container), (2, message((3, archive)))), "CreateContainer")
    refused(code.NOT_FOUND, freeze, message((1, "f" * 64)))
    refused(code.NOT_FOUND, thaw, message((1, "f" * 64)))
    refused(code.INVALID_ARGUMENT, thaw, b"")
    runtime.StopContainer(cri.StopContainerRequest(container_id=container, timeout=0))
    refused(code.FAILED_PRECONDITION, runtime.ReopenContainerLog, reopen)
    remove_sandbox(sandbox)


if __name__ == "__main__":
    told({"containers": restored, "pods": restored_pods, "upkeep": upkeep})
