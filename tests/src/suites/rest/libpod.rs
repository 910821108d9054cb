//! libpod's interface, by podman --remote and curl.

use std::fs;

use super::Service;
use crate::harness::{Engine, Host, IMAGE, ONLY_IN_IMAGE};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    a_counter_goes_on,
    once a_life_by_podman,
    streams,
    once checkpoints_in_place_and_as_images,
    once what_podman_forgets,
    once failures_have_their_status,
    once images_volumes_networks_events,
];

/// The number that the container counted to last.
fn count(host: &Host, name: &str) -> u64 {
    let log = host.log(name);
    log.trim()
        .lines()
        .last()
        .map_or(0, |line| line.parse().unwrap_or(0))
}

fn a_counter_goes_on(host: &Host) {
    let service = Service::start(host);
    let podman = service.podman();
    let archive = host.file("counter.tar");
    podman.ok(&[
        "run",
        "-d",
        "--name",
        "counter",
        IMAGE,
        "sh",
        "-c",
        COUNT_ALOUD,
    ]);
    host.wait_for_log("counter", "5\n");
    let address = host.address("counter");
    podman.ok(&["container", "checkpoint", "-e", &archive, "counter"]);
    assert_eq!(host.status("counter"), "exited");
    let last = count(host, "counter");
    podman.ok(&["rm", "counter"]);
    podman.ok(&["container", "restore", "-i", &archive]);
    assert_eq!(
        podman.ok(&[
            "container",
            "inspect",
            "counter",
            "--format",
            "{{.State.Status}} {{.State.Restored}}"
        ]),
        "running true"
    );
    let log = host.log("counter");
    host.wait_for_more_log("counter", &log);
    assert!(count(host, "counter") >= last, "it goes on where it stood");
    assert_eq!(host.address("counter"), address);
    // By another name, while the first one runs.
    podman.ok(&["container", "restore", "-i", &archive, "-n", "second"]);
    assert_eq!(host.status("second"), "running");
    podman.ok(&["rm", "-f", "-t", "0", "counter", "second"]);
}

fn a_life_by_podman(host: &Host) {
    let service = Service::start(host);
    let podman = service.podman();
    assert!(podman.ok(&["version"]).contains("API Version:  5.8.0"));
    assert!(
        podman
            .ok(&["info", "--format", "{{.Host.OCIRuntime.Name}}"])
            .contains(host.runtime)
    );
    let id = podman.ok(&[
        "create",
        "--name",
        "life",
        "--network",
        "none",
        "-e",
        "A=b",
        "-l",
        "k=v",
        "-v",
        "/data",
        "--tmpfs",
        "/t",
        "--stop-signal",
        "KILL",
        IMAGE,
        "sh",
        "-c",
        COUNT_ALOUD,
    ]);
    assert_eq!(
        podman.ok(&["ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.State}}"]),
        format!("{id} created")
    );
    podman.ok(&["start", "life"]);
    // 304 is no failure.
    podman.ok(&["start", "life"]);
    assert_eq!(
        podman.ok(&["ps", "--filter", "label=k=v", "--format", "{{.Names}}"]),
        "life"
    );
    assert_eq!(podman.ok(&["exec", "life", "sh", "-c", "echo $A"]), "b");
    let sick = service.expect(409, "GET", "/v5.8.0/libpod/containers/life/healthcheck", "");
    assert!(sick.contains("health"), "{sick}");
    service.expect(
        200,
        "POST",
        "/v5.8.0/libpod/containers/life/resize?h=40&w=100",
        "",
    );
    podman.ok(&["pause", "life"]);
    assert_eq!(host.status("life"), "paused");
    podman.ok(&["unpause", "life"]);
    podman.ok(&["container", "exists", "life"]);
    podman.fails(&["container", "exists", "other"], 1, "");
    host.wait_for_log("life", "2\n");
    let log = podman.ok(&["logs", "--tail", "1", "life"]);
    assert!(log.parse::<u64>().is_ok(), "{log}");
    podman.ok(&["stop", "-t", "1", "life"]);
    assert_eq!(podman.ok(&["wait", "life"]), "137");
    podman.ok(&["start", "life"]);
    podman.ok(&["kill", "life"]);
    host.wait_for_status("life", "exited");
    podman.fails(&["kill", "life"], 125, "can only kill running containers");
    podman.ok(&["rm", "-v", "life"]);
    podman.fails(&["container", "inspect", "life"], 125, "no such container");
    podman.ok(&["create", "--name", "idle", IMAGE, "true"]);
    assert!(!podman.ok(&["container", "prune", "-f"]).is_empty());
    assert_eq!(podman.ok(&["ps", "-aq"]), "");
}

fn streams(host: &Host) {
    let service = Service::start(host);
    let podman = service.podman();
    let done = podman.run(&[
        "run",
        "--rm",
        IMAGE,
        "sh",
        "-c",
        "echo out; echo err >&2; exit 7",
    ]);
    assert_eq!((done.code, done.stdout.as_str()), (7, "out\n"), "{done}");
    assert!(done.stderr.contains("err\n"), "{done}");
    let mut line = podman.command(&["run", "-i", "--rm", IMAGE, "cat"]);
    let done = crate::harness::command::run(&mut line, "what goes in\n");
    assert_eq!(done.stdout, "what goes in\n", "{done}");
    host.start("streams", &[], &["sleep", "1000"]);
    let done = podman.run(&[
        "exec",
        "streams",
        "sh",
        "-c",
        "echo out; echo err >&2; exit 3",
    ]);
    assert_eq!(
        (done.code, done.stdout.as_str(), done.stderr.as_str()),
        (3, "out\n", "err\n")
    );
    let mut line = podman.command(&["exec", "-i", "streams", "wc", "-c"]);
    let done = crate::harness::command::run(&mut line, "12345");
    assert_eq!(done.stdout.trim(), "5", "{done}");
    podman.fails(&["exec", "streams", "nosuch"], 127, "not found");
    podman.fails(&["exec", "streams", "/etc"], 126, "ermission denied");
    // A terminal, by a client without one.
    let made = service.expect(
        201,
        "POST",
        "/v5.0.0/libpod/containers/streams/exec",
        r#"{"Cmd":["tty"],"Tty":true,"AttachStdout":true}"#,
    );
    let id: serde_json::Value = serde_json::from_str(&made).unwrap();
    let id = id["Id"].as_str().unwrap();
    let text = service.expect(
        200,
        "POST",
        &format!("/v5.0.0/libpod/exec/{id}/start"),
        r#"{"Tty":true}"#,
    );
    assert!(text.starts_with("/dev/pts/"), "{text:?}");
    let resized = format!("/v5.0.0/libpod/exec/{id}/resize?h=1&w=1");
    service.expect(409, "POST", &resized, "");
    let facts = service.expect(200, "GET", &format!("/v5.0.0/libpod/exec/{id}/json"), "");
    assert!(
        facts.contains(r#""ExitCode":0"#) && facts.contains(r#""Running":false"#),
        "{facts}"
    );
    let again = service.expect(
        409,
        "POST",
        &format!("/v5.0.0/libpod/exec/{id}/start"),
        "{}",
    );
    assert!(again.contains("started before"), "{again}");
    podman.ok(&["rm", "-f", "-t", "0", "streams"]);
    service.expect(404, "GET", &format!("/v5.0.0/libpod/exec/{id}/json"), "");
}

fn checkpoints_in_place_and_as_images(host: &Host) {
    let service = Service::start(host);
    let podman = service.podman();
    podman.ok(&["run", "-d", "--name", "c", IMAGE, "sh", "-c", COUNT_ALOUD]);
    host.wait_for_log("c", "3\n");
    let report = podman.ok(&["container", "checkpoint", "--keep", "--print-stats", "c"]);
    assert!(
        report.contains("\"pages_written\"") && report.contains("runtime_checkpoint_duration"),
        "{report}"
    );
    let report = podman.ok(&["container", "restore", "--keep", "--print-stats", "c"]);
    assert!(report.contains("\"pages_restored\""), "{report}");
    podman.ok(&["container", "checkpoint", "-R", "c"]);
    assert_eq!(host.status("c"), "running");
    podman.ok(&["container", "checkpoint", "--create-image", "frozen:1", "c"]);
    podman.ok(&["rm", "c"]);
    assert!(podman.ok(&["images"]).contains("localhost/frozen"));
    podman.ok(&["container", "restore", "frozen:1"]);
    let log = host.log("c");
    host.wait_for_more_log("c", &log);
    podman.ok(&["rm", "-f", "-t", "0", "c"]);
    podman.ok(&["rmi", "frozen:1"]);
}

fn what_podman_forgets(host: &Host) {
    let service = Service::start(host);
    let base = "/v5.8.0/libpod/containers";
    host.start_shell(
        "f",
        &["-v", "kept:/data"],
        &format!("echo in > /data/file; {COUNT_ALOUD}"),
    );
    host.wait_for_log("f", "2\n");
    for (compress, magic) in [("none", "cryopod.json"), ("gzip", "\u{1f}")] {
        let file = host.file(compress);
        let done = service.curl(
            &["-X", "POST", "-o", &file],
            &format!("{base}/f/checkpoint?export=true&leaveRunning=true&ignoreVolumes=true&compress={compress}"),
        );
        assert_eq!(done.code, 0, "{done}");
        let bytes = fs::read(&file).unwrap();
        assert!(
            bytes.starts_with(magic.as_bytes()),
            "{compress}: {:?}",
            &bytes[..16]
        );
        let holds_volume = bytes
            .windows(16)
            .any(|window| window == b"volumes/kept.tar");
        assert!(!holds_volume, "volumes are left out");
    }
    // The body breaks off: nothing is made of it.
    let whole = fs::read(host.path("none")).unwrap();
    fs::write(host.path("cut"), &whole[..whole.len() / 2]).unwrap();
    host.ok(&["rm", "-f", "-t", "0", "f"]);
    let send = |file: &str, query: &str| {
        let data = format!("@{}", host.file(file));
        let done = service.curl(
            &[
                "-X",
                "POST",
                "-H",
                "Content-Type: application/x-tar",
                "--data-binary",
                &data,
                "-w",
                "\n%{http_code}",
            ],
            &format!("{base}/import/restore?import=true&{query}"),
        );
        assert_eq!(done.code, 0, "{done}");
        done.stdout
    };
    let answer = send("cut", "ignoreVolumes=true");
    assert!(
        answer.ends_with("\n400") && answer.contains("the request's body is truncated"),
        "{answer}"
    );
    assert!(!host.exists("f"));
    let answer = send("none", "name=g&tcpClose=true&ignoreVolumes=true");
    assert!(answer.ends_with("\n200"), "{answer}");
    let log = host.log("g");
    host.wait_for_more_log("g", &log);
    host.ok(&["rm", "-f", "-t", "0", "g"]);
    host.ok(&["volume", "rm", "kept"]);
}

fn failures_have_their_status(host: &Host) {
    let service = Service::start(host);
    let base = "/v5.8.0/libpod/containers";
    host.ok(&["create", "--name", "still", IMAGE, "true"]);
    let rubbish = host.file("rubbish");
    fs::write(&rubbish, "no archive at all, not even nearly").unwrap();
    for (status, method, path, cause) in [
        (404, "POST", "nosuch/checkpoint", "no such container"),
        (409, "POST", "still/checkpoint", "container state improper"),
        (
            409,
            "POST",
            "still/checkpoint?export=true",
            "container state improper",
        ),
        (
            400,
            "POST",
            "still/checkpoint?keep=banana",
            "schema: error converting value for \\\"keep\\\"",
        ),
        (
            400,
            "POST",
            "still/checkpoint?compress=gzip",
            "--compress can only be used with --export",
        ),
        (
            400,
            "POST",
            "still/checkpoint?export=true&preCheckpoint=1&withPrevious=1",
            "--with-previous",
        ),
        (404, "POST", "nosuch/restore", "no such container or image"),
        (404, "GET", "nosuch/json", "no such container"),
        (404, "GET", "nosuch/exists", "no such container"),
        (404, "POST", "nosuch/attach", "no such container"),
        (409, "POST", "still/pause", "container state improper"),
        (409, "POST", "still/exec", "container state improper"),
        (
            400,
            "GET",
            "json?filters=nonsense",
            "failed to parse filters",
        ),
        (
            400,
            "GET",
            "json?filters={\"what\":[\"x\"]}",
            "what is an invalid filter",
        ),
        (400, "GET", "still/logs", "at least one stream"),
        (
            400,
            "POST",
            "still/kill?signal=SIGNOTHING",
            "invalid signal",
        ),
        (404, "DELETE", "nosuch", "no such container"),
    ] {
        let encoded = path
            .replace('{', "%7B")
            .replace('}', "%7D")
            .replace('"', "%22")
            .replace('[', "%5B")
            .replace(']', "%5D");
        let body = if path.ends_with("exec") {
            r#"{"Cmd":["true"]}"#
        } else {
            ""
        };
        let text = service.expect(status, method, &format!("{base}/{encoded}"), body);
        assert!(text.contains(cause), "{path}: {text}");
        assert!(
            text.contains(&format!("\"response\":{status}")),
            "{path}: {text}"
        );
    }
    let data = format!("@{rubbish}");
    let done = service.curl(
        &["-X", "POST", "--data-binary", &data, "-w", "\n%{http_code}"],
        &format!("{base}/import/restore?import=true"),
    );
    assert!(
        done.stdout.ends_with("\n400")
            && done
                .stdout
                .contains("the request's body is not a checkpoint archive"),
        "{done}"
    );
    host.ok(&["rm", "still"]);
}

fn images_volumes_networks_events(host: &Host) {
    let service = Service::start(host);
    let podman = service.podman();
    let root = host.path("root");
    fs::create_dir_all(root.join("bin")).unwrap();
    fs::copy("/bin/busybox", root.join("bin/busybox")).unwrap();
    let tar = host.file("root.tar");
    let mut pack = std::process::Command::new("tar");
    pack.args(["-C", &root.display().to_string(), "-cf", &tar, "."]);
    crate::harness::command::run(&mut pack, "");
    podman.ok(&[
        "import",
        "-c",
        "CMD [\"/bin/busybox\", \"true\"]",
        &tar,
        "localhost/small:1",
    ]);
    podman.ok(&["run", "--rm", "--network", "none", "localhost/small:1"]);
    podman.ok(&["image", "exists", "localhost/small:1"]);
    assert_eq!(
        podman.ok(&[
            "images",
            "--filter",
            "reference=small",
            "--format",
            "{{.Repository}}:{{.Tag}}"
        ]),
        "localhost/small:1"
    );
    podman.ok(&["rmi", "localhost/small:1"]);
    // An archive of images, by real Podman.
    let real = Engine::podman();
    let saved = host.file("saved.tar");
    real.ok(&["import", &tar, "localhost/saved:1"]);
    real.ok(&["save", "-o", &saved, "localhost/saved:1"]);
    real.ok(&["rmi", "localhost/saved:1"]);
    assert!(
        podman
            .ok(&["load", "-i", &saved])
            .contains("localhost/saved:1")
    );
    podman.ok(&["image", "inspect", "localhost/saved:1"]);
    podman.ok(&["pull", "-q", "--policy", "missing", "localhost/saved:1"]);
    assert!(
        !podman
            .ok(&["image", "prune", "-a", "-f", "--filter", "reference=saved"])
            .is_empty()
    );
    podman.fails(
        &["pull", "-q", "--policy", "never", "localhost/saved:1"],
        125,
        "image not known",
    );
    podman.fails(&["image", "exists", "localhost/small:1"], 1, "");
    podman.ok(&["volume", "create", "-l", "a=b", "v1"]);
    assert_eq!(
        podman.ok(&["volume", "ls", "-q", "--filter", "label=a"]),
        "v1"
    );
    podman.ok(&[
        "run",
        "--rm",
        "-v",
        "v1:/data",
        IMAGE,
        "sh",
        "-c",
        &format!("cp {ONLY_IN_IMAGE} /data"),
    ]);
    assert_eq!(
        podman.ok(&["volume", "inspect", "v1", "--format", "{{.Name}}"]),
        "v1"
    );
    podman.fails(&["volume", "create", "v1"], 125, "already exists");
    podman.ok(&["volume", "exists", "v1"]);
    podman.ok(&["volume", "rm", "v1"]);
    podman.ok(&["volume", "create", "v2"]);
    assert_eq!(podman.ok(&["volume", "prune", "-f"]), "v2");
    podman.ok(&["network", "create", "--subnet", "10.77.0.0/24", "n1"]);
    assert_eq!(
        podman.ok(&["network", "ls", "-q", "--filter", "name=n1"]),
        "n1"
    );
    let ip = "ip -4 addr show eth0 | grep -o '10.77.0.9'";
    assert_eq!(
        podman.ok(&[
            "run",
            "--rm",
            "--network",
            "n1:ip=10.77.0.9",
            IMAGE,
            "sh",
            "-c",
            ip
        ]),
        "10.77.0.9"
    );
    podman.ok(&["network", "exists", "n1"]);
    podman.ok(&["network", "inspect", "n1"]);
    podman.ok(&["run", "-d", "--name", "on", IMAGE, "sleep", "1000"]);
    podman.ok(&["network", "connect", "--ip", "10.77.0.8", "n1", "on"]);
    assert_eq!(
        podman.ok(&["exec", "on", "sh", "-c", "ip -4 addr | grep -o 10.77.0.8/"]),
        "10.77.0.8/"
    );
    podman.ok(&["network", "disconnect", "n1", "on"]);
    podman.ok(&["rm", "-f", "-t", "0", "on"]);
    podman.ok(&["network", "rm", "n1"]);
    podman.ok(&["network", "create", "n2"]);
    assert_eq!(podman.ok(&["network", "prune", "-f"]), "n2");
    let events = podman.ok(&[
        "events",
        "--stream=false",
        "--since",
        "1m",
        "--format",
        "{{.Type}} {{.Status}}",
    ]);
    for line in [
        "container create",
        "container died",
        "volume create",
        "volume remove",
        "network create",
    ] {
        assert!(
            events.lines().any(|event| event == line),
            "{line} in {events}"
        );
    }
    assert!(podman.ok(&["system", "df"]).contains("Local Volumes"));
}
