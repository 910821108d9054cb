//! Kubernetes' interface of container runtimes, by grpcio with stubs made from Kubernetes' own
//! description. What it does is in `tests/clients/story_cri*.py`.

use std::collections::BTreeMap;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::harness::{Host, IMAGE, command, wait};
use crate::suites::registry::server::Registry;
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![
    a_life,
    whole_pods,
    what_a_sandbox_gives,
    once streams_through_kubectl,
    once streams_that_harm,
    once refusals,
    once images,
    archives_in_two_dialects,
    containers_out_of_archives,
    pods_out_of_archives,
    upkeep_and_our_own_package,
    states_that_are_wrong,
    what_a_request_binds,
    once watchers,
    once floods,
    clients_that_go,
    once a_killed_service_loses_nothing,
];

/// A service that ends with this.
struct Service {
    child: Child,
    socket: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

impl Service {
    fn start(host: &Host, flags: &[&str], environment: &[(&str, &str)]) -> Self {
        let socket = host.file("cri.sock");
        let uri = format!("cri:unix://{socket}");
        let words = [&["system", "service", "--time", "0"], flags, &[&uri]].concat();
        let child = host
            .engine
            .command(&words)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the engine starts");
        let service = Self { child, socket };
        wait::until("the service listens", || {
            UnixStream::connect(&service.socket).ok()
        });
        service
    }

    /// Tells a part of a story.
    fn told(&self, host: &Host, script: &str, part: &str) {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
        let words: Vec<&str> = std::iter::once(host.engine.program.as_str())
            .chain(host.engine.globals.iter().map(String::as_str))
            .collect();
        let (answered, refused) = methods();
        let mut line = Command::new("python3");
        line.args([script, part])
            .current_dir(scripts)
            .env("CRI", format!("unix://{}", self.socket))
            .env("ENGINE", serde_json::to_string(&words).unwrap())
            .env("SERVICE", self.child.id().to_string())
            .env("ANSWERED", serde_json::to_string(&answered).unwrap())
            .env("REFUSED", serde_json::to_string(&refused).unwrap())
            .env("IMAGE", IMAGE)
            .env("DIRECTORY", host.path("."))
            .env("RUNTIME", host.runtime)
            .env("PYTHONDONTWRITEBYTECODE", "1");
        let done = command::run(&mut line, "");
        assert_eq!(done.code, 0, "{done}");
        assert!(done.stdout.contains("told by grpcio"), "{done}");
    }
}

/// The methods of `docs/api/cri.md` by their paths, with the reasons of those that are refused.
fn methods() -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/api/cri.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rows = page.lines().filter_map(|line| {
        let (path, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
        Some((format!("/{path}"), rest.split(" | ").next()?))
    });
    let (mut answered, mut refused) = (BTreeMap::new(), BTreeMap::new());
    for (path, client) in rows {
        match client.strip_prefix("refused: ") {
            Some(why) => refused.insert(path, why.to_owned()),
            None => answered.insert(path, client.to_owned()),
        };
    }
    assert!(answered.len() > 30 && refused.len() > 8, "{refused:?}");
    (answered, refused)
}

/// Tells a part of a story against a service of its own.
fn told(host: &Host, script: &str, part: &str, flags: &[&str]) {
    Service::start(host, flags, &[]).told(host, script, part);
}

/// Version, Status, RuntimeConfig, UpdateRuntimeConfig, RunPodSandbox, StopPodSandbox, RemovePodSandbox,
/// PodSandboxStatus, ListPodSandbox, CreateContainer, StartContainer, StopContainer, RemoveContainer,
/// ListContainers, ContainerStatus, ExecSync, ContainerStats, ListContainerStats, PodSandboxStats,
/// ListPodSandboxStats, CheckpointContainer, GetContainerEvents.
fn a_life(host: &Host) {
    told(host, "story_cri.py", "life", &[]);
}

/// DNS, sysctls and devices, also after a thaw.
fn what_a_sandbox_gives(host: &Host) {
    told(host, "story_cri.py", "surroundings", &[]);
}

/// Exec, Attach, PortForward by kubectl, over WebSocket and SPDY/3.1.
fn streams_through_kubectl(host: &Host) {
    told(host, "story_cri_streams.py", "streams", &[]);
}

/// Clients of streams that read slowly, flood, leave, or open more than is good.
fn streams_that_harm(host: &Host) {
    told(host, "story_cri_streams_harm.py", "harm", &[]);
}

/// CheckpointPod.
fn whole_pods(host: &Host) {
    told(host, "story_cri.py", "pods", &[]);
}

/// Every method that is refused, and wrong requests to those that are answered.
fn refusals(host: &Host) {
    told(host, "story_cri.py", "refusals", &[]);
}

/// ListImages, ImageStatus, PullImage, RemoveImage, ImageFsInfo; registries are the same for both
/// runtimes.
fn images(host: &Host) {
    let registry = Registry::start(host);
    let name = registry.name("of-cri:1");
    host.ok(&["tag", IMAGE, &name]);
    host.ok(&["push", "-q", &name]);
    host.ok(&["untag", IMAGE, &name]);
    told(host, "story_cri.py", "images", &[]);
}

/// CheckpointContainer: CRI-O's words beside Podman's; checkpointctl reads it, and so does `restore`.
fn archives_in_two_dialects(host: &Host) {
    let name = "k8s_counter_web_default_u-1_0";
    let archive = host.file("both.tar");
    let before;
    {
        let service = Service::start(host, &[], &[]);
        service.told(host, "story_cri_harm.py", "begin");
        before = host.log(name);
        service.told(host, "story_cri_harm.py", "freeze_whole");
    }
    std::fs::rename(host.file("whole.tar"), &archive).unwrap();
    let member = |name: &str| -> Value {
        let mut tar = Command::new("tar");
        tar.args(["-xOf", &archive, name]);
        let done = command::run(&mut tar, "");
        assert_eq!(done.code, 0, "{done}");
        serde_json::from_str(&done.stdout).unwrap()
    };
    let config = member("config.dump");
    for key in [
        "id",
        "name",
        "runtime",
        "createdTime",
        "rootfsImage",
        "rootfsImageRef",
        "rootfsImageName",
        "checkpointedTime",
        "rootfsImageID",
    ] {
        assert!(
            config[key].as_str().is_some_and(|text| !text.is_empty()),
            "{key}"
        );
    }
    assert_eq!(config["restored"], false);
    let annotations = &member("spec.dump")["annotations"];
    assert_eq!(annotations["io.container.manager"], "cri-o");
    let of_crio = |key: &str| annotations[format!("io.kubernetes.cri-o.{key}")].clone();
    assert_eq!(of_crio("Metadata"), r#"{"name":"counter","attempt":0}"#);
    assert_eq!(of_crio("Labels"), r#"{"tier":"back"}"#);
    assert_eq!(of_crio("Annotations"), r#"{"why":"test"}"#);
    assert_eq!(of_crio("ContainerType"), "container");
    assert_eq!(member("bind.mounts"), serde_json::json!([]));
    let mut show = Command::new("checkpointctl");
    show.args(["show", &archive]);
    let shown = command::run(&mut show, "");
    assert_eq!(shown.code, 0, "{shown}");
    for word in ["counter", "CRI-O", host.runtime, IMAGE] {
        assert!(shown.stdout.contains(word), "{word}: {shown}");
    }
    let own: Value =
        serde_json::from_str(&host.ok(&["checkpoint", "show", "--json", &archive])).unwrap();
    assert_eq!(own[0]["Container"]["Name"], name, "{own}");
    // Podman's way back is not lost by it: it joins a pod by its name.
    let pod = "k8s_web_default_u-1_0";
    host.ok(&["rm", "-f", "-t", "0", name]);
    host.ok(&["container", "restore", "--import", &archive, "--pod", pod]);
    host.wait_for_more_log(name, &before);
    host.ok(&["pod", "rm", "-f", "-t", "0", pod]);
}

/// CreateContainer and StartContainer of what is frozen in an archive or an image.
fn containers_out_of_archives(host: &Host) {
    told(
        host,
        "story_cri_restore.py",
        "containers",
        &["--cri-restore"],
    );
}

/// RestorePod.
fn pods_out_of_archives(host: &Host) {
    told(host, "story_cri_restore.py", "pods", &["--cri-restore"]);
}

/// UpdateContainerResources, ReopenContainerLog; CheckpointContainer and RestoreContainer of our own
/// package.
fn upkeep_and_our_own_package(host: &Host) {
    told(host, "story_cri_restore.py", "upkeep", &[]);
}

/// A sandbox that was stopped, one start of several, an archive's image by its id, paths that lead to no
/// file.
fn states_that_are_wrong(host: &Host) {
    told(host, "story_cri_states.py", "states", &["--cri-restore"]);
}

/// `cgroup_parent`, `oom_score_adj`, `masked_paths`, `readonly_paths`.
fn what_a_request_binds(host: &Host) {
    told(host, "story_cri_states.py", "bounds", &[]);
}

/// GetContainerEvents for many.
fn watchers(host: &Host) {
    if host.runtime == "crun" {
        told(host, "story_cri_states.py", "watchers", &[]);
    }
}

/// What a peer may do with HTTP/2 is the same for every runtime.
fn floods(host: &Host) {
    if host.runtime == "crun" {
        told(host, "story_cri_harm.py", "flood", &[]);
    }
}

fn clients_that_go(host: &Host) {
    told(host, "story_cri_harm.py", "gone", &[]);
}

/// Killed in the midst of a checkpoint: the container runs, and what has the archive's name is whole.
/// Killed in the midst of a restore: nothing of the container is left.
///
/// What each runtime leaves at each place is tested in `faults`.
fn a_killed_service_loses_nothing(host: &Host) {
    let name = "k8s_counter_web_default_u-1_0";
    let archive = host.file("killed.tar");
    let harm = "story_cri_harm.py";
    {
        let service = Service::start(host, &[], &[]);
        service.told(host, harm, "begin");
        service.told(host, harm, "freeze_whole");
    }
    for place in ["dumping", "archived", "finish"] {
        let service = Service::start(host, &[], &[("CRYOPOD_FAIL_AT", place)]);
        service.told(host, harm, "freeze");
        drop(service);
        let before = host.log(name);
        assert_eq!(host.status(name), "running", "{place}");
        host.wait_for_more_log(name, &before);
        if Path::new(&archive).exists() {
            host.ok(&["checkpoint", "show", &archive]);
            std::fs::remove_file(&archive).unwrap();
        }
    }
    for place in ["unpacked", "directory-made", "bundle-named"] {
        let environment = [("CRYOPOD_FAIL_AT", place)];
        let service = Service::start(host, &["--cri-restore"], &environment);
        service.told(host, harm, "prepare");
        drop(service);
        assert!(!host.exists("k8s_thawed_web_default_u-1_0"), "{place}");
    }
    let service = Service::start(host, &[], &[("CRYOPOD_FAIL_AT", "stopped")]);
    service.told(host, "story_cri_states.py", "remove_killed");
    drop(service);
    host.ok(&["pod", "rm", "-f", "-t", "0", "k8s_web_default_u-1_0"]);
}
