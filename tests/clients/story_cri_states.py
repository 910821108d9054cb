"""What a sandbox, a container or a path may be in when something is asked of it, and what of a request
must not be lost, by grpcio: what story_cri.py needs, with a service that was started with --cri-restore.

Further environment: ENGINE (words of the engine's command line, JSON), SERVICE (process id of the
service).
"""

import io
import json
import os
import subprocess
import tarfile
import threading
import time

import grpc

from story_cri import (
    DIRECTORY, RESTORE_POD, RUNTIME, container_config, cri, make, message, refused, remove_sandbox,
    run_sandbox, runtime, sandbox_config, status, told, until,
)
from story_cri_restore import counted, engine, of_checkpoint, remove, run, start

code = grpc.StatusCode


def asks_for(sandbox, image, **more):
    config = of_checkpoint(image, add=(), **more)
    return cri.CreateContainerRequest(pod_sandbox_id=sandbox, config=config)


def frozen(sandbox):
    """The archive of a container that counts, which is gone."""
    container = make(sandbox, container_config())
    start(container)
    until("it counts", lambda: counted()[3:])
    archive = f"{DIRECTORY}/counter.tar"
    request = cri.CheckpointContainerRequest(container_id=container, location=archive, timeout=60)
    runtime.CheckpointContainer(request, timeout=120)
    remove(container)
    return archive


def at_once(container, times):
    """Starts a container several times at the same time: one has it, the others are refused."""
    request = cri.StartContainerRequest(container_id=container)
    calls = [runtime.StartContainer.future(request, timeout=60) for _ in range(times)]
    failures = [call.exception() for call in calls]
    codes = [failure.code() for failure in failures if failure]
    assert codes == [code.FAILED_PRECONDITION] * (times - 1), failures


def states():
    sandbox = run_sandbox()
    archive = frozen(sandbox)

    # It runs once, however many start it, though it ends before the next one's turn.
    for name in ("one", "two", "three"):
        container = make(sandbox, container_config(name, "echo 0"))
        at_once(container, 4)
        until("it has ended", lambda: status(container).state == cri.CONTAINER_EXITED)
        assert counted(name) == [0], counted(name)
        remove(container)
    thawed = runtime.CreateContainer(asks_for(sandbox, archive), timeout=60).container_id
    at_once(thawed, 3)
    until("it counts", lambda: counted()[3:])
    remove(thawed)

    # A log that nobody sees is made visible by the start.
    unseen = make(sandbox, container_config())
    os.unlink(f"{DIRECTORY}/logs/counter/0.log")
    start(unseen)
    until("it counts", lambda: counted()[3:])
    remove(unseen)
    assert not os.path.lexists(f"{DIRECTORY}/logs/counter/0.log")

    # The image below is the one that the archive is of, and none that is only called so.
    forged = f"{DIRECTORY}/forged.tar"
    forge(archive, forged)
    refused(code.NOT_FOUND, runtime.CreateContainer, asks_for(sandbox, forged), "by its digest")
    assert not runtime.ListContainers(cri.ListContainersRequest()).containers

    # What would never end.
    fifo = f"{DIRECTORY}/fifo"
    os.mkfifo(fifo)
    refused(code.INVALID_ARGUMENT, runtime.CreateContainer, asks_for(sandbox, fifo), fifo)
    config = sandbox_config(name="other").SerializeToString()
    member = (5, container_config().SerializeToString())
    asked = message((1, fifo), (2, config), (3, RUNTIME), member)
    refused(code.INVALID_ARGUMENT, RESTORE_POD, asked, "not a file")

    # A sandbox that was stopped stays so.
    waiting = make(sandbox, container_config("waiting"))
    prepared = runtime.CreateContainer(asks_for(sandbox, archive), timeout=60).container_id
    runtime.StopPodSandbox(cri.StopPodSandboxRequest(pod_sandbox_id=sandbox))
    for container in (waiting, prepared):
        refused(code.FAILED_PRECONDITION, runtime.StartContainer,
                cri.StartContainerRequest(container_id=container), "is not running")
        assert status(container).state == cri.CONTAINER_CREATED
    for image in (archive, container_config().image.image):
        refused(code.FAILED_PRECONDITION, runtime.CreateContainer, asks_for(sandbox, image),
                "is not running")
    words = [*json.loads(os.environ["ENGINE"]), "start", waiting]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode and "is not running" in done.stderr, done
    pod = runtime.PodSandboxStatus(cri.PodSandboxStatusRequest(pod_sandbox_id=sandbox)).status
    assert pod.state == cri.SANDBOX_NOTREADY, pod
    remove_sandbox(sandbox)
    # For whoever knows what he does.
    sandbox = run_sandbox()
    runtime.StopPodSandbox(cri.StopPodSandboxRequest(pod_sandbox_id=sandbox))
    engine("pod", "start", sandbox)
    start(make(sandbox, container_config()))
    remove_sandbox(sandbox)


def forge(archive, forged):
    """The same as another engine writes it, of an image that isn't here and is called as one that is."""
    with tarfile.open(archive, "r:") as old, tarfile.open(forged, "w:") as new:
        for member in old:
            name = member.name.removeprefix("./")
            if name in ("cryopod.json", "cryopod.sums"):
                continue
            data = old.extractfile(member).read() if member.isfile() else None
            if name == "config.dump":
                config = json.loads(data)
                for key in ("rootfsImageID", "rootfsImageRef"):
                    config[key] = "0" * 64
                data = json.dumps(config).encode()
                member.size = len(data)
            new.addfile(member, io.BytesIO(data) if data is not None else None)


def bounds():
    """What a request says of the processes' place and of what they may see."""
    config = sandbox_config()
    config.linux.cgroup_parent = "kubepods.slice"
    request = cri.RunPodSandboxRequest(config=config, runtime_handler=RUNTIME)
    refused(code.INVALID_ARGUMENT, runtime.RunPodSandbox, request, "parent of a cgroup")
    parent = "/kubepods/burstable/pod-of-test"
    request.config.linux.cgroup_parent = parent
    sandbox = runtime.RunPodSandbox(request, timeout=60).pod_sandbox_id

    security = cri.LinuxContainerSecurityContext(
        masked_paths=["/proc/version", "/proc/kcore"], readonly_paths=["/proc/sys/kernel"]
    )
    resources = cri.LinuxContainerResources(oom_score_adj=500)
    linux = cri.LinuxContainerConfig(security_context=security, resources=resources)
    container = make(sandbox, container_config(linux=linux))
    start(container)

    def as_asked():
        seen = run(container, "cat /proc/1/oom_score_adj /proc/version; cat /proc/mounts")
        lines = seen.stdout.decode().splitlines()
        assert lines[0] == "500", lines
        assert not any(line.startswith("Linux version") for line in lines), lines
        places = {line.split()[1]: line.split()[3] for line in lines[1:]}
        assert places["/proc/sys/kernel"].startswith("ro"), places
        assert "/proc/sys" not in places and "/proc/keys" not in places, places
        words = [*json.loads(os.environ["ENGINE"]), "inspect", "--format", "{{.State.Pid}}", container]
        pid = subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()
        with open(f"/proc/{pid}/cgroup") as groups:
            own = next(line.strip() for line in groups if line.startswith("0::"))
        assert own.startswith(f"0::{parent}/pod-{sandbox}/{container}"), own

    as_asked()
    assert status(container).resources.linux.oom_score_adj == 500
    # Frozen and thawed there, too.
    until("it counts", lambda: counted()[3:])
    engine("container", "checkpoint", container)
    engine("container", "restore", container)
    as_asked()
    remove(container)
    # One of whom nothing is said: the usual paths, and no protection that this service may have.
    container = make(sandbox, container_config())
    start(container)
    seen = run(container, "cat /proc/1/oom_score_adj /proc/version; cat /proc/mounts").stdout.decode()
    assert seen.startswith("0\nLinux version") and " /proc/keys " in seen, seen
    remove(container)
    resources.oom_score_adj = 1001
    linux = cri.LinuxContainerConfig(resources=resources)
    request = cri.CreateContainerRequest(pod_sandbox_id=sandbox, config=container_config(linux=linux))
    refused(code.INVALID_ARGUMENT, runtime.CreateContainer, request, "1001")
    security = cri.LinuxContainerSecurityContext(masked_paths=["../proc"])
    linux = cri.LinuxContainerConfig(security_context=security)
    request = cri.CreateContainerRequest(pod_sandbox_id=sandbox, config=container_config(linux=linux))
    refused(code.INVALID_ARGUMENT, runtime.CreateContainer, request, "masked_paths")
    remove_sandbox(sandbox)
    # It is the kubelet's own: empty, and still there.
    place = next(
        path for path in (f"/sys/fs/cgroup{parent}", f"/sys/fs/cgroup/unified{parent}")
        if os.path.isdir(path)
    )
    for _ in range(3):
        os.rmdir(place)
        place = os.path.dirname(place)


def threads():
    return len(os.listdir(f"/proc/{os.environ['SERVICE']}/task"))


def watchers():
    """Many listen, on many connections; whoever asks for something is answered meanwhile."""
    import cri_pb2_grpc

    before = threads()
    heard = []
    own = [("grpc.default_authority", "localhost"), ("grpc.use_local_subchannel_pool", 1)]
    channels = [grpc.insecure_channel(os.environ["CRI"], own) for _ in range(20)]
    stubs = [cri_pb2_grpc.RuntimeServiceStub(channel) for channel in channels]
    streams = [stub.GetContainerEvents(cri.GetEventsRequest()) for stub in stubs for _ in range(6)]

    def listen(stream):
        try:
            heard.append((stream, next(stream).container_event_type))
        except grpc.RpcError as error:
            heard.append((stream, error))

    for stream in streams:
        threading.Thread(target=listen, args=(stream,), daemon=True).start()
    time.sleep(1)
    grown = threads() - before
    assert grown < 16, f"{grown} threads more"
    for stub in stubs:
        assert stub.Version(cri.VersionRequest(), timeout=10).runtime_name == "cryopod"
    sandbox = run_sandbox()
    make(sandbox, container_config())
    until("all have heard", lambda: len(heard) == len(streams))
    assert {kind for _, kind in heard} == {cri.CONTAINER_CREATED_EVENT}, heard
    for stream in streams:
        stream.cancel()
    for channel in channels:
        channel.close()
    # The next one that comes hears as well.
    again = runtime.GetContainerEvents(cri.GetEventsRequest(), timeout=60)
    time.sleep(0.5)
    make(sandbox, container_config("another"))
    assert next(again).container_event_type == cri.CONTAINER_CREATED_EVENT
    again.cancel()
    remove_sandbox(sandbox)


def remove_killed():
    """The service dies in the removal of a container that runs."""
    container = runtime.ListContainers(cri.ListContainersRequest()).containers[0].id
    log = status(container).log_path
    assert os.path.islink(log)
    request = cri.RemoveContainerRequest(container_id=container)
    refused(code.UNAVAILABLE, runtime.RemoveContainer, request)
    assert not os.path.lexists(log), "it would lead to what nobody removes any more"


if __name__ == "__main__":
    told({"states": states, "bounds": bounds, "watchers": watchers, "remove_killed": remove_killed})
