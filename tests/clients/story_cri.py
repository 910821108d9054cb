"""What a kubelet asks of a container runtime, by grpcio with stubs made from Kubernetes' own api.proto.

Argument: the part to tell. Environment: CRI (the socket's URL), IMAGE, DIRECTORY (a scratch directory),
RUNTIME (the runtime handler to ask for).
"""

import json
import os
import subprocess
import sys
import tarfile
import threading
import time

import grpc

DIRECTORY = os.environ["DIRECTORY"]
IMAGE = os.environ["IMAGE"]
RUNTIME = os.environ["RUNTIME"]
COUNT = "i=0; while :; do echo $i; i=$((i+1)); sleep 0.1; done"

with open("/opt/clients/cri/api.proto") as proto, open(f"{DIRECTORY}/cri.proto", "w") as plain:
    # Older compilers don't know the option; it says nothing about the wire.
    plain.write(proto.read().replace("[debug_redact = true]", ""))
subprocess.run(
    [sys.executable, "-m", "grpc_tools.protoc", f"-I{DIRECTORY}", f"--python_out={DIRECTORY}",
     f"--grpc_python_out={DIRECTORY}", "cri.proto"],
    check=True,
)
sys.path.insert(0, DIRECTORY)
import cri_pb2 as cri
import cri_pb2_grpc

channel = grpc.insecure_channel(os.environ["CRI"], [("grpc.default_authority", "localhost")])
runtime = cri_pb2_grpc.RuntimeServiceStub(channel)
images = cri_pb2_grpc.ImageServiceStub(channel)


def refused(code, call, request, text=""):
    """Expects a call to be refused with a code."""
    try:
        call(request, timeout=60)
    except grpc.RpcError as error:
        assert error.code() == code, (error.code(), error.details())
        assert text in error.details(), error.details()
        return error.details()
    raise AssertionError(f"not refused: {request}")


def until(what, ask):
    """Waits until something is so."""
    for _ in range(300):
        answer = ask()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"not so after 30 s: {what}")


def sandbox_config(name="web", network=cri.NODE, sysctls=None, **more):
    options = cri.NamespaceOption(network=network, pid=cri.CONTAINER)
    context = cri.LinuxSandboxSecurityContext(namespace_options=options)
    return cri.PodSandboxConfig(
        metadata=cri.PodSandboxMetadata(name=name, uid="u-1", namespace="default", attempt=0),
        log_directory=f"{DIRECTORY}/logs",
        labels={"app": name},
        annotations={"note": "a=b"},
        linux=cri.LinuxPodSandboxConfig(security_context=context, sysctls=sysctls),
        **more,
    )


def container_config(name="counter", script=COUNT, **more):
    return cri.ContainerConfig(
        metadata=cri.ContainerMetadata(name=name, attempt=0),
        image=cri.ImageSpec(image=IMAGE),
        command=["sh", "-c"],
        args=[script],
        labels={"tier": "back"},
        annotations={"why": "test"},
        log_path=f"{name}/0.log",
        **more,
    )


def make(sandbox, config):
    request = cri.CreateContainerRequest(
        pod_sandbox_id=sandbox, config=config, sandbox_config=sandbox_config()
    )
    return runtime.CreateContainer(request).container_id


def status(container):
    return runtime.ContainerStatus(cri.ContainerStatusRequest(container_id=container)).status


def last(path):
    """The number that stands last in a log of Kubernetes' form: TIME STREAM TAG TEXT."""
    with open(path) as log:
        lines = log.read().splitlines()
    return int(lines[-1].split(" ", 3)[3]) if lines else -1


def run_sandbox(**more):
    request = cri.RunPodSandboxRequest(config=sandbox_config(**more), runtime_handler=RUNTIME)
    return runtime.RunPodSandbox(request).pod_sandbox_id


def remove_sandbox(sandbox):
    runtime.StopPodSandbox(cri.StopPodSandboxRequest(pod_sandbox_id=sandbox))
    runtime.RemovePodSandbox(cri.RemovePodSandboxRequest(pod_sandbox_id=sandbox))
    # Once more is fine.
    runtime.StopPodSandbox(cri.StopPodSandboxRequest(pod_sandbox_id=sandbox))
    runtime.RemovePodSandbox(cri.RemovePodSandboxRequest(pod_sandbox_id=sandbox))


def life():
    version = runtime.Version(cri.VersionRequest())
    assert (version.runtime_name, version.runtime_api_version) == ("cryopod", "v1"), version
    found = runtime.Status(cri.StatusRequest(verbose=True))
    conditions = {one.type: one.status for one in found.status.conditions}
    assert conditions["RuntimeReady"], found
    assert {"", RUNTIME} <= {one.name for one in found.runtime_handlers}, found
    json.loads(found.info["info"])
    driver = runtime.RuntimeConfig(cri.RuntimeConfigRequest()).linux.cgroup_driver
    assert driver == cri.CGROUPFS, driver
    runtime.UpdateRuntimeConfig(cri.UpdateRuntimeConfigRequest())

    heard = []
    stream = runtime.GetContainerEvents(cri.GetEventsRequest())

    def listen():
        try:
            for event in stream:
                heard.append((event.container_id, event.container_event_type))
        except grpc.RpcError:
            pass

    threading.Thread(target=listen, daemon=True).start()
    time.sleep(1)

    sandbox = run_sandbox()
    pod = runtime.PodSandboxStatus(cri.PodSandboxStatusRequest(pod_sandbox_id=sandbox)).status
    assert pod.state == cri.SANDBOX_READY and pod.metadata.uid == "u-1", pod
    assert dict(pod.labels) == {"app": "web"} and dict(pod.annotations) == {"note": "a=b"}, pod
    assert pod.runtime_handler == RUNTIME and pod.linux.namespaces.options.pid == cri.CONTAINER
    container = make(sandbox, container_config(envs=[cri.KeyValue(key="A", value=b"b c")]))
    assert status(container).state == cri.CONTAINER_CREATED
    runtime.StartContainer(cri.StartContainerRequest(container_id=container))
    now = status(container)
    assert now.state == cri.CONTAINER_RUNNING and now.started_at > 0, now
    assert dict(now.labels) == {"tier": "back"} and now.image.image == IMAGE, now
    assert now.log_path == f"{DIRECTORY}/logs/counter/0.log", now.log_path
    until("it counts", lambda: last(now.log_path) > 2)

    of_label = cri.ContainerFilter(label_selector={"tier": "back"}, pod_sandbox_id=sandbox)
    found = runtime.ListContainers(cri.ListContainersRequest(filter=of_label)).containers
    assert [one.id for one in found] == [container], found
    other = cri.ContainerFilter(label_selector={"tier": "front"})
    assert not runtime.ListContainers(cri.ListContainersRequest(filter=other)).containers
    ready = cri.PodSandboxFilter(state=cri.PodSandboxStateValue(state=cri.SANDBOX_READY))
    found = runtime.ListPodSandbox(cri.ListPodSandboxRequest(filter=ready)).items
    assert [one.id for one in found] == [sandbox], found

    script = "echo $A; echo oops >&2; exit 3"
    done = runtime.ExecSync(cri.ExecSyncRequest(container_id=container, cmd=["sh", "-c", script]))
    assert (done.stdout, done.stderr, done.exit_code) == (b"b c\n", b"oops\n", 3), done
    slow = cri.ExecSyncRequest(container_id=container, cmd=["sleep", "60"], timeout=1)
    refused(grpc.StatusCode.DEADLINE_EXCEEDED, runtime.ExecSync, slow, "after 1 s")
    done = runtime.ExecSync(cri.ExecSyncRequest(container_id=container, cmd=["ps"]))
    assert b"sleep 60" not in done.stdout, done.stdout

    used = runtime.ContainerStats(cri.ContainerStatsRequest(container_id=container)).stats
    assert used.cpu.usage_core_nano_seconds.value > 0, used
    assert used.memory.working_set_bytes.value > 0, used
    used = runtime.PodSandboxStats(cri.PodSandboxStatsRequest(pod_sandbox_id=sandbox)).stats
    assert len(used.linux.containers) == 1 and used.linux.process.process_count.value > 1, used
    assert len(runtime.ListPodSandboxStats(cri.ListPodSandboxStatsRequest()).stats) == 1
    assert len(runtime.ListContainerStats(cri.ListContainerStatsRequest()).stats) == 1

    archive = f"{DIRECTORY}/counter.tar"
    before = last(now.log_path)
    request = cri.CheckpointContainerRequest(container_id=container, location=archive, timeout=120)
    runtime.CheckpointContainer(request)
    assert os.stat(archive).st_mode & 0o777 == 0o600, oct(os.stat(archive).st_mode)
    with tarfile.open(archive, "r:") as members:
        names = {name.removeprefix("./") for name in members.getnames()}
    assert {"config.dump", "spec.dump", "checkpoint/inventory.img"} <= names, names
    assert status(container).state == cri.CONTAINER_RUNNING
    until("it goes on", lambda: last(now.log_path) > before)

    runtime.StopContainer(cri.StopContainerRequest(container_id=container, timeout=0))
    ended = status(container)
    assert ended.state == cri.CONTAINER_EXITED and ended.exit_code == 137, ended
    assert ended.reason == "Error" and ended.finished_at >= ended.started_at, ended
    again = cri.StartContainerRequest(container_id=container)
    refused(grpc.StatusCode.FAILED_PRECONDITION, runtime.StartContainer, again)
    for _ in range(2):
        runtime.StopContainer(cri.StopContainerRequest(container_id=container))
        runtime.RemoveContainer(cri.RemoveContainerRequest(container_id=container))
    assert not os.path.lexists(now.log_path)
    kinds = [cri.CONTAINER_CREATED_EVENT, cri.CONTAINER_STARTED_EVENT,
             cri.CONTAINER_STOPPED_EVENT, cri.CONTAINER_DELETED_EVENT]
    until("all was told", lambda: [kind for id, kind in heard if id == container] == kinds)
    stream.cancel()
    remove_sandbox(sandbox)
    assert not runtime.ListPodSandbox(cri.ListPodSandboxRequest()).items


def surroundings():
    """Names of hosts, settings of the kernel, devices: what a container finds in its sandbox."""
    sandbox = run_sandbox(
        network=cri.POD, hostname="here",
        dns_config=cri.DNSConfig(
            servers=["10.96.0.10"], searches=["default.svc.cluster.local", "svc.cluster.local"],
            options=["ndots:5"],
        ),
        sysctls={"net.core.somaxconn": "77", "kernel.shmmax": "65536"},
    )
    device = cri.Device(container_path="/dev/nothing", host_path="/dev/null", permissions="rw")
    context = cri.LinuxContainerSecurityContext(supplemental_groups=[5, 77])
    linux = cri.LinuxContainerConfig(security_context=context)
    container = make(sandbox, container_config(devices=[device], linux=linux))
    runtime.StartContainer(cri.StartContainerRequest(container_id=container))

    def run(*words):
        done = runtime.ExecSync(cri.ExecSyncRequest(container_id=container, cmd=words))
        assert done.exit_code == 0, done
        return done.stdout.decode()

    def found():
        lines = run("cat", "/etc/resolv.conf").splitlines()
        assert "nameserver 10.96.0.10" in lines and "options ndots:5" in lines, lines
        assert "search default.svc.cluster.local svc.cluster.local" in lines, lines
        assert run("hostname") == "here\n"
        # Of its first process: a thaw must bring them back.
        groups = [line for line in run("cat", "/proc/1/status").splitlines() if "Groups:" in line]
        assert groups[0].split()[1:] in (["5", "77"], ["0", "5", "77"]), groups
        assert run("cat", "/proc/sys/net/core/somaxconn") == "77\n"
        assert run("cat", "/proc/sys/kernel/shmmax") == "65536\n"
        assert run("stat", "-c", "%F %t,%T", "/dev/nothing") == "character special file 1,3\n"
        run("sh", "-c", "echo x > /dev/nothing")

    found()
    # Also after a thaw of the container in its place.
    engine = json.loads(os.environ["ENGINE"])
    subprocess.run([*engine, "container", "checkpoint", container], check=True)
    subprocess.run([*engine, "container", "restore", container], check=True)
    found()
    remove_sandbox(sandbox)


def varint(number):
    encoded = b""
    while number > 127:
        encoded += bytes([number & 127 | 128])
        number >>= 7
    return encoded + bytes([number])


def message(*fields):
    """Bytes of a message: numbers, texts and other messages by their tags. Debian's description lacks
    those of KEP-5823, and none has ours."""
    encoded = b""
    for tag, value in fields:
        if isinstance(value, int):
            encoded += varint(tag << 3) + varint(value)
            continue
        data = value.encode() if isinstance(value, str) else value
        encoded += varint(tag << 3 | 2) + varint(len(data)) + data
    return encoded


def texts(encoded):
    """The fields of a message of texts and messages, by tag."""
    found = {}
    while encoded:
        tag, length = encoded[0] >> 3, encoded[1]
        assert length < 128, length
        found.setdefault(tag, []).append(encoded[2:2 + length])
        encoded = encoded[2 + length:]
    return found


def raw(path):
    """A method by its path, from bytes to bytes."""
    return channel.unary_unary(path, request_serializer=bytes, response_deserializer=bytes)


CHECKPOINT_POD = raw("/runtime.v1.RuntimeService/CheckpointPod")
RESTORE_POD = raw("/runtime.v1.RuntimeService/RestorePod")


def pods():
    call = CHECKPOINT_POD
    sandbox = run_sandbox()
    both = [make(sandbox, container_config(name)) for name in ("one", "two")]
    for container in both:
        runtime.StartContainer(cri.StartContainerRequest(container_id=container))
    for name in ("one", "two"):
        log = f"{DIRECTORY}/logs/{name}/0.log"
        until("it counts", lambda: last(log) > 2)
    place = f"{DIRECTORY}/pod"
    os.mkdir(place)
    request = message((1, sandbox), (2, place), (3, both[0]), (3, both[1]))
    code = grpc.StatusCode
    try:
        call(request)
        raise AssertionError("not refused without a deadline")
    except grpc.RpcError as error:
        assert error.code() == code.INVALID_ARGUMENT, error
    only_one = message((1, sandbox), (2, place), (3, both[0]))
    refused(code.FAILED_PRECONDITION, call, only_one, "not those that were named")
    refused(code.INVALID_ARGUMENT, call, request + message((4, "\x0a\x01a\x12\x01b")), "unknown option")
    refused(code.INVALID_ARGUMENT, call, message((1, sandbox), (2, "pod"), (3, both[0])), "absolute")
    assert not os.listdir(place), os.listdir(place)
    before = [last(f"{DIRECTORY}/logs/{name}/0.log") for name in ("one", "two")]
    assert call(request, timeout=120) == b""
    assert os.listdir(place)
    for name, number in zip(("one", "two"), before):
        log = f"{DIRECTORY}/logs/{name}/0.log"
        until("it goes on", lambda: last(log) > number)
    remove_sandbox(sandbox)


def refusals():
    code = grpc.StatusCode
    request = cri.RunPodSandboxRequest(config=sandbox_config(), runtime_handler="/bin/sh")
    refused(code.INVALID_ARGUMENT, runtime.RunPodSandbox, request, "no runtime for")
    refused(code.INVALID_ARGUMENT, runtime.RunPodSandbox, cri.RunPodSandboxRequest())
    gone = "f" * 64
    refused(code.NOT_FOUND, runtime.PodSandboxStatus, cri.PodSandboxStatusRequest(pod_sandbox_id=gone))
    refused(code.NOT_FOUND, runtime.ContainerStatus, cri.ContainerStatusRequest(container_id=gone))
    refused(code.NOT_FOUND, runtime.StartContainer, cri.StartContainerRequest(container_id=gone))
    request = cri.CheckpointContainerRequest(container_id=gone, location=f"{DIRECTORY}/x.tar")
    refused(code.NOT_FOUND, runtime.CheckpointContainer, request, "no such container")
    # An empty id is the beginning of none.
    refused(code.INVALID_ARGUMENT, runtime.StopContainer, cri.StopContainerRequest())
    refused(code.INVALID_ARGUMENT, runtime.RemovePodSandbox, cri.RemovePodSandboxRequest())
    refused(code.NOT_FOUND, runtime.ReopenContainerLog,
            cri.ReopenContainerLogRequest(container_id=gone))
    resources = cri.LinuxContainerResources(cpu_shares=5)
    request = cri.UpdateContainerResourcesRequest(container_id=gone, linux=resources)
    refused(code.NOT_FOUND, runtime.UpdateContainerResources, request)
    # UpdatePodSandboxResources, metrics, lists in parts: with the reason.
    reasons = json.loads(os.environ["REFUSED"])
    for path, why in reasons.items():
        assert why in refused(code.UNIMPLEMENTED, raw(path), b"", "is not supported: "), path
    # Whatever Kubernetes' own description has is answered, or refused with a reason.
    answered = json.loads(os.environ["ANSWERED"])
    for service in cri.DESCRIPTOR.services_by_name.values():
        for method in service.methods:
            path = f"/{service.full_name}/{method.name}"
            assert path in reasons or path in answered, path
    refused(code.UNIMPLEMENTED, raw("/runtime.v1.RuntimeService/Nothing"), b"", "unknown method")
    refused(code.UNIMPLEMENTED, raw("/nothing"), b"", "unknown method")
    refused(code.INTERNAL, raw("/runtime.v1.RuntimeService/Status"), b"\xff" * 9)

    sandbox = run_sandbox()
    request = cri.RunPodSandboxRequest(config=sandbox_config(), runtime_handler=RUNTIME)
    refused(code.ALREADY_EXISTS, runtime.RunPodSandbox, request)

    def asks(text, expected=code.UNIMPLEMENTED, **more):
        config = container_config(**more)
        request = cri.CreateContainerRequest(pod_sandbox_id=sandbox, config=config)
        refused(expected, runtime.CreateContainer, request, text)

    nowhere = cri.Device(container_path="/dev/x", host_path="/dev/nowhere")
    asks("/dev/nowhere", code.INVALID_ARGUMENT, devices=[nowhere])
    asks("CDI_devices", CDI_devices=[cri.CDIDevice(name="vendor.com/net=nic0")])
    bounds = cri.LinuxContainerResources(unified={"memory.high": "5"})
    asks("unified", linux=cri.LinuxContainerConfig(resources=bounds))
    request = cri.CreateContainerRequest(pod_sandbox_id=sandbox, config=container_config())
    request.config.image.image = f"{DIRECTORY}/any.tar"
    refused(code.UNIMPLEMENTED, runtime.CreateContainer, request, "--cri-restore")
    refused(code.UNIMPLEMENTED, RESTORE_POD, message((1, "/nowhere")), "--cri-restore")
    request.config.image.image = "localhost/nothing:1"
    refused(code.NOT_FOUND, runtime.CreateContainer, request, "image not known")
    request.config.image.image = IMAGE
    request.config.log_path = "../../escaped.log"
    refused(code.INVALID_ARGUMENT, runtime.CreateContainer, request, "invalid log")

    container = make(sandbox, container_config())
    place = f"{DIRECTORY}/c.tar"
    request = cri.CheckpointContainerRequest(container_id=container, location=place)
    refused(code.FAILED_PRECONDITION, runtime.CheckpointContainer, request)
    request.location = "relative.tar"
    refused(code.INVALID_ARGUMENT, runtime.CheckpointContainer, request, "absolute")
    assert not os.path.exists(place)
    # With all that is in it.
    runtime.StartContainer(cri.StartContainerRequest(container_id=container))
    remove_sandbox(sandbox)
    refused(code.NOT_FOUND, runtime.ContainerStatus, cri.ContainerStatusRequest(container_id=container))
    assert not runtime.ListContainers(cri.ListContainersRequest()).containers


def pictures():
    spec = cri.ImageSpec(image=IMAGE)
    found = images.ImageStatus(cri.ImageStatusRequest(image=spec)).image
    assert IMAGE in found.repo_tags and found.size > 0, found
    listed = images.ListImages(cri.ListImagesRequest(filter=cri.ImageFilter(image=spec))).images
    assert [one.id for one in listed] == [found.id], listed
    assert found.id in [one.id for one in images.ListImages(cri.ListImagesRequest()).images]
    nothing = cri.ImageSpec(image="localhost/nothing:1")
    assert not images.ImageStatus(cri.ImageStatusRequest(image=nothing)).image.id
    images.RemoveImage(cri.RemoveImageRequest(image=nothing))
    refused(grpc.StatusCode.INVALID_ARGUMENT, images.ImageStatus, cri.ImageStatusRequest())
    missing = cri.ImageSpec(image="localhost:5000/of-cri:2")
    refused(grpc.StatusCode.NOT_FOUND, images.PullImage, cri.PullImageRequest(image=missing))
    there = cri.ImageSpec(image="localhost:5000/of-cri:1")
    assert not images.ImageStatus(cri.ImageStatusRequest(image=there)).image.id
    assert images.PullImage(cri.PullImageRequest(image=there)).image_ref == found.id
    both = images.ImageStatus(cri.ImageStatusRequest(image=there)).image
    assert {IMAGE, there.image} <= set(both.repo_tags), both
    subprocess.run([*json.loads(os.environ["ENGINE"]), "untag", IMAGE, there.image], check=True)
    place = images.ImageFsInfo(cri.ImageFsInfoRequest()).image_filesystems[0]
    assert os.path.isdir(place.fs_id.mountpoint) and place.used_bytes.value > 0, place


def told(parts):
    """Tells the part that the first argument names."""
    parts[sys.argv[1]]()
    print(f"told by grpcio {grpc.__version__}")


if __name__ == "__main__":
    told({"surroundings": surroundings, "life": life, "pods": pods, "refusals": refusals, "images": pictures})
