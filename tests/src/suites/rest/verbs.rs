//! What one does with a container beside its life: restart, rename, files in and out, processes,
//! figures. By podman --remote, and in Docker's interface by curl.

use std::fs;
use std::io::{Read, Write};

use serde_json::Value;

use super::Service;
use crate::harness::{Host, IMAGE, wait};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![by_podman, by_docker, changed, wrong_ones, pods];

fn by_podman(host: &Host) {
    let service = Service::start(host);
    let podman = service.podman();
    podman.ok(&[
        "run",
        "-d",
        "--name",
        "v",
        IMAGE,
        "sh",
        "-c",
        &format!("echo new > /added; rm /etc/motd; {COUNT_ALOUD}"),
    ]);
    host.wait_for_log("v", "2\n");
    let before = host.inspect("v")["State"]["Pid"].clone();
    podman.ok(&["restart", "-t", "0", "v"]);
    assert_ne!(host.inspect("v")["State"]["Pid"], before);
    podman.ok(&["rename", "v", "w"]);
    podman.fails(&["container", "inspect", "v"], 125, "no such container");
    assert!(podman.ok(&["top", "w", "pid", "args"]).contains("sh -c"));
    let stats = podman.ok(&["stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}"]);
    assert!(stats.starts_with("w "), "{stats}");
    let changes = podman.ok(&["diff", "w"]);
    for line in ["A /added", "D /etc/motd"] {
        assert!(changes.lines().any(|one| one == line), "{line}: {changes}");
    }
    let file = host.file("file");
    fs::write(&file, "to and fro").unwrap();
    podman.ok(&["cp", &file, "w:/tmp/there"]);
    let back = host.file("back");
    podman.ok(&["cp", "w:/tmp/there", &back]);
    assert_eq!(fs::read_to_string(&back).unwrap(), "to and fro");
    podman.fails(&["cp", "w:/nosuch", &back], 125, "");
    let tar = host.file("all.tar");
    podman.ok(&["export", "-o", &tar, "w"]);
    let listing = std::process::Command::new("tar")
        .args(["-tf", &tar])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&listing.stdout).contains("added"));
    podman.ok(&["rm", "-f", "-t", "0", "w"]);
}

fn by_docker(host: &Host) {
    let service = Service::start(host);
    let base = "/v1.44/containers";
    let json = |method: &str, path: &str| -> Value {
        serde_json::from_str(&service.expect(200, method, &format!("{base}/{path}"), "")).unwrap()
    };
    host.start_shell("d", &[], &format!("echo new > /added; {COUNT_ALOUD}"));
    host.wait_for_log("d", "1\n");
    service.expect(204, "POST", &format!("{base}/d/restart?t=0"), "");
    service.expect(204, "POST", &format!("{base}/d/rename?name=e"), "");
    let top = json("GET", "e/top");
    assert_eq!(top["Titles"][1], "PID");
    assert!(top.to_string().contains("sh -c"), "{top}");
    let stats = json("GET", "e/stats?stream=0");
    for key in [
        "cpu_stats",
        "precpu_stats",
        "memory_stats",
        "blkio_stats",
        "networks",
    ] {
        assert!(stats[key].is_object(), "{key}: {stats}");
    }
    let changes = json("GET", "e/changes");
    let added = |one: &Value| one["Path"] == "/added" && one["Kind"] == 1;
    assert!(changes.as_array().unwrap().iter().any(added), "{changes}");
    let tar = host.file("one.tar");
    let head = service.curl(
        &["-D", "-", "-o", &tar],
        &format!("{base}/e/archive?path=/added"),
    );
    let header = head
        .stdout
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .starts_with("x-docker-container-path-stat: ")
                .then(|| line[30..].trim())
        })
        .expect("a header");
    let mut decode = std::process::Command::new("base64");
    let facts = crate::harness::command::run(decode.arg("-d"), header).stdout;
    let facts: Value = serde_json::from_str(&facts).unwrap();
    assert_eq!(
        (&facts["name"], &facts["size"]),
        (&"added".into(), &4.into())
    );
    let head = service.curl(&["-I"], &format!("{base}/e/archive?path=/added"));
    assert!(head.stdout.starts_with("HTTP/1.1 200"), "{head}");
    // Back in, elsewhere.
    let done = service.curl(
        &[
            "-X",
            "PUT",
            "-H",
            "Content-Type: application/x-tar",
            "--data-binary",
            &format!("@{tar}"),
            "-w",
            "%{http_code}",
        ],
        &format!("{base}/e/archive?path=/tmp"),
    );
    assert_eq!(done.stdout, "200", "{done}");
    assert_eq!(host.shell("e", "cat /tmp/added"), "new");
    // A stream of figures ends with its client, and with its container.
    let mut stream = service.connect();
    stream
        .write_all(b"GET /v1.44/containers/e/stats HTTP/1.1\r\nHost: d\r\n\r\n")
        .unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).expect("it begins");
    host.ok(&["rm", "-f", "-t", "0", "e"]);
    let mut rest = String::new();
    stream.read_to_string(&mut rest).ok();
    assert!(rest.contains("\"read\""), "{rest}");
    // What was written, and no more (docker-py's attach with logs).
    host.start_shell("l", &[], "echo said; sleep 1000");
    host.wait_for_log("l", "said\n");
    let path = format!("{base}/l/attach?logs=1&stream=0&stdout=1&stderr=1");
    let said = service.expect(200, "POST", &path, "");
    assert!(said.ends_with("said\n"), "{said:?}");
    host.ok(&["rm", "-f", "-t", "0", "l"]);
}

fn changed(host: &Host) {
    let service = Service::start(host);
    let podman = service.podman();
    host.start_shell("u", &[], &format!("echo mine > /added; {COUNT_ALOUD}"));
    host.wait_for_log("u", "1\n");
    // Where no controllers are, only one that doesn't run can have other limits.
    host.ok(&["stop", "-t", "0", "u"]);
    let settings = || host.inspect("u")["HostConfig"].clone();
    podman.ok(&["update", "--pids-limit", "78", "--restart", "always", "u"]);
    assert_eq!(settings()["PidsLimit"], 78);
    assert_eq!(settings()["RestartPolicy"]["Name"], "always");
    let path = "/v1.44/containers/u/update";
    let asked = r#"{"PidsLimit":77,"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3}}"#;
    let told: Value = serde_json::from_str(&service.expect(200, "POST", path, asked)).unwrap();
    assert_eq!(told["Warnings"], serde_json::json!([]));
    assert_eq!(settings()["PidsLimit"], 77);
    service.expect(
        200,
        "POST",
        path,
        r#"{"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3}}"#,
    );
    assert_eq!(settings()["PidsLimit"], 77, "what nobody named stays");
    assert_eq!(settings()["RestartPolicy"]["MaximumRetryCount"], 3);
    for (status, body) in [
        (400, r#"{"CpuPeriod":1}"#),
        (400, r#"{"NanoCpus":1,"CpuQuota":2000}"#),
        (501, r#"{"BlkioWeight":100}"#),
    ] {
        service.expect(status, "POST", path, body);
    }
    let id = podman.ok(&[
        "commit",
        "-q",
        "-c",
        "ENV A=b",
        "u",
        "localhost/of-podman:1",
    ]);
    assert_eq!(
        podman.ok(&["run", "--rm", &id, "sh", "-c", "cat /added; echo $A"]),
        "mine\nb"
    );
    let told = service.expect(
        201,
        "POST",
        "/v1.44/commit?container=u&repo=localhost/of-docker&tag=2&comment=said",
        r#"{"Cmd":["cat","/added"]}"#,
    );
    assert!(told.contains("\"Id\":\"sha256:"), "{told}");
    assert_eq!(host.ok(&["run", "--rm", "localhost/of-docker:2"]), "mine");
    // Limits of a new one, in both interfaces.
    let asked = format!(
        r#"{{"Image":"{IMAGE}","Cmd":["true"],"HostConfig":{{"CpuShares":300,"CpusetCpus":"0","NanoCpus":500000000}}}}"#
    );
    service.expect(201, "POST", "/v1.44/containers/create?name=n", &asked);
    let of_new = host.inspect("n")["HostConfig"].clone();
    assert_eq!(
        (
            &of_new["CpuShares"],
            &of_new["CpusetCpus"],
            &of_new["CpuQuota"]
        ),
        (&300.into(), &"0".into(), &50_000.into())
    );
    podman.ok(&[
        "create",
        "--name",
        "o",
        "--cpus",
        "0.5",
        "--cpu-shares",
        "301",
        IMAGE,
        "true",
    ]);
    assert_eq!(host.inspect("o")["HostConfig"]["CpuShares"], 301);
    let asked =
        format!(r#"{{"Image":"{IMAGE}","Cmd":["id","-G"],"HostConfig":{{"GroupAdd":["1234"]}}}}"#);
    service.expect(201, "POST", "/v1.44/containers/create?name=g", &asked);
    assert!(host.ok(&["start", "-a", "g"]).contains("1234"));
    for (status, path) in [
        (404, "/v1.44/commit?container=nosuch"),
        (400, "/v1.44/commit"),
        (400, "/v1.44/commit?container=u&changes=WHAT%20x"),
        (404, "/v5.8.0/libpod/commit?container=nosuch"),
        (404, "/v1.44/containers/nosuch/update"),
        (404, "/v5.8.0/libpod/containers/nosuch/update"),
    ] {
        service.expect(status, "POST", path, "");
    }
    host.ok(&["rm", "-f", "-t", "0", "u", "n", "o", "g"]);
    host.ok(&["rmi", "localhost/of-podman:1", "localhost/of-docker:2"]);
}

fn wrong_ones(host: &Host) {
    if host.runtime != "crun" {
        return;
    }
    let service = Service::start(host);
    host.ok(&["create", "--name", "a", IMAGE, "true"]);
    host.ok(&["create", "--name", "b", IMAGE, "true"]);
    for (status, method, path) in [
        (404, "POST", "nosuch/restart"),
        (404, "POST", "nosuch/rename?name=x"),
        (409, "POST", "a/rename?name=b"),
        (400, "POST", "a/rename"),
        (400, "POST", "a/rename?name=..%2Fx"),
        (409, "GET", "a/top"),
        (404, "GET", "nosuch/top"),
        (404, "GET", "nosuch/stats?stream=0"),
        (404, "GET", "nosuch/changes"),
        (404, "GET", "nosuch/export"),
        (400, "GET", "a/archive"),
        (404, "GET", "a/archive?path=/nosuch"),
        (404, "GET", "nosuch/archive?path=/"),
        (404, "PUT", "a/archive?path=/nosuch"),
    ] {
        for base in ["/v1.44/containers", "/v5.8.0/libpod/containers"] {
            service.expect(status, method, &format!("{base}/{path}"), "");
        }
    }
    let rubbish = service.curl(
        &[
            "-X",
            "PUT",
            "-d",
            "no tar, not even nearly one",
            "-w",
            "\n%{http_code}",
        ],
        "/v1.44/containers/a/archive?path=/tmp",
    );
    assert!(
        rubbish.stdout.ends_with("400") || rubbish.stdout.ends_with("500"),
        "{rubbish}"
    );
    // A path never leaves the container.
    let out = service.curl(
        &["-w", "\n%{http_code}"],
        "/v1.44/containers/a/archive?path=/../../../../etc/machine-id-of-nobody",
    );
    assert!(out.stdout.ends_with("404"), "{out}");
    host.ok(&["rm", "a", "b"]);
}

fn pods(host: &Host) {
    let service = Service::start(host);
    let podman = service.podman();
    let id = podman.ok(&["pod", "create", "--name", "p", "--label", "a=b"]);
    podman.ok(&[
        "run",
        "-d",
        "--pod",
        "p",
        "--name",
        "m",
        IMAGE,
        "sh",
        "-c",
        COUNT_ALOUD,
    ]);
    podman.ok(&["pod", "exists", "p"]);
    podman.fails(&["pod", "exists", "nosuch"], 1, "");
    assert_eq!(
        podman.ok(&[
            "pod",
            "ps",
            "--no-trunc",
            "--filter",
            "label=a=b",
            "--format",
            "{{.ID}} {{.Status}}"
        ]),
        format!("{id} Running")
    );
    assert!(podman.ok(&["pod", "inspect", "p"]).contains("\"m\""));
    let of_container = podman.ok(&["ps", "--filter", "name=m", "--format", "{{.PodName}}"]);
    assert_eq!(of_container, "p");
    podman.ok(&["pod", "pause", "p"]);
    assert_eq!(host.status("m"), "paused");
    podman.ok(&["pod", "unpause", "p"]);
    podman.ok(&["pod", "restart", "p"]);
    podman.fails(&["pod", "rm", "p"], 125, "");
    podman.ok(&["pod", "kill", "p"]);
    wait::until("the pod has ended", || {
        (podman.ok(&["pod", "ps", "--format", "{{.Status}}"]) == "Exited").then_some(())
    });
    podman.ok(&["pod", "start", "p"]);
    podman.ok(&["pod", "stop", "-t", "0", "p"]);
    assert!(podman.ok(&["pod", "prune", "-f"]).contains(&id));
    let base = "/v5.8.0/libpod/pods";
    for (status, method, path) in [
        (404, "POST", "nosuch/start"),
        (404, "GET", "nosuch/json"),
        (404, "DELETE", "nosuch"),
        (400, "GET", "json?filters=%7B%22what%22%3A%5B%22x%22%5D%7D"),
    ] {
        if path.starts_with("json") {
            podman.ok(&["pod", "create", "--name", "q"]);
        }
        let text = service.expect(status, method, &format!("{base}/{path}"), "");
        assert!(text.contains("\"cause\""), "{text}");
    }
    podman.ok(&["pod", "rm", "q"]);
}
