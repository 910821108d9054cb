//! Docker's interface, by curl: what the docker command sends, in its order.

use std::io::{Read, Write};
use std::time::Duration;

use serde_json::Value;

use super::Service;
use crate::harness::{Engine, Host, IMAGE, command, wait};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    once a_life,
    checkpoints,
    once wait_comes_before_start,
    streams,
    once images_volumes_networks,
];

fn create(service: &Service, name: &str, script: &str) -> String {
    let body = serde_json::json!({
        "Image": IMAGE, "Cmd": ["sh", "-c", script], "Env": ["A=b", "HOME_OF_SERVICE"],
        "HostConfig": {"NetworkMode": "bridge", "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
            "MemorySwappiness": -1, "LogConfig": {"Type": "", "Config": {}}},
        "NetworkingConfig": {"EndpointsConfig": {}},
    });
    let text = service.expect(
        201,
        "POST",
        &format!("/v1.44/containers/create?name={name}"),
        &body.to_string(),
    );
    let made: Value = serde_json::from_str(&text).unwrap();
    made["Id"].as_str().unwrap().to_owned()
}

fn a_life(host: &Host) {
    let service = Service::start(host);
    let head = service.curl(&["-I"], "/_ping");
    for header in [
        "docker-experimental: true",
        "api-version: 1.44",
        "ostype: linux",
    ] {
        assert!(head.stdout.to_lowercase().contains(header), "{head}");
    }
    let id = create(&service, "life", COUNT_ALOUD);
    service.expect(
        409,
        "POST",
        "/v1.44/containers/create?name=life",
        &format!(r#"{{"Image":"{IMAGE}","Cmd":["true"]}}"#),
    );
    service.expect(
        404,
        "POST",
        "/v1.44/containers/create",
        r#"{"Image":"nosuch","Cmd":["true"]}"#,
    );
    service.expect(204, "POST", &format!("/v1.44/containers/{id}/start"), "");
    service.expect(304, "POST", "/v1.44/containers/life/start", "");
    let list: Value =
        serde_json::from_str(&service.expect(200, "GET", "/v1.44/containers/json?all=1", ""))
            .unwrap();
    assert_eq!(list[0]["Names"][0], "/life");
    assert!(
        list[0]["Status"].as_str().unwrap().starts_with("Up "),
        "{list}"
    );
    let facts: Value =
        serde_json::from_str(&service.expect(200, "GET", "/containers/life/json", "")).unwrap();
    assert_eq!(facts["Name"], "/life");
    assert_eq!(facts["Config"]["Cmd"][0], "sh");
    assert!(
        facts["NetworkSettings"]["Networks"]["podman"]["IPAddress"].is_string(),
        "{facts}"
    );
    let env = facts["Config"]["Env"].to_string();
    assert!(
        env.contains("A=b") && !env.contains("HOME_OF_SERVICE"),
        "{env}"
    );
    host.wait_for_log("life", "2\n");
    let logs = service.expect(
        200,
        "GET",
        "/v1.44/containers/life/logs?stdout=1&tail=1",
        "",
    );
    assert!(logs.starts_with('\u{1}'), "frames: {logs:?}");
    let made: Value = serde_json::from_str(&service.expect(
        201,
        "POST",
        "/v1.44/containers/life/exec",
        r#"{"Cmd":["sh","-c","echo $A; exit 4"],"AttachStdout":true}"#,
    ))
    .unwrap();
    let exec = made["Id"].as_str().unwrap();
    let out = service.expect(
        200,
        "POST",
        &format!("/v1.44/exec/{exec}/start"),
        r#"{"Detach":false}"#,
    );
    assert!(out.ends_with("b\n"), "{out:?}");
    let facts: Value =
        serde_json::from_str(&service.expect(200, "GET", &format!("/v1.44/exec/{exec}/json"), ""))
            .unwrap();
    assert_eq!(facts["ExitCode"], 4);
    service.expect(204, "POST", "/v1.44/containers/life/pause", "");
    service.expect(204, "POST", "/v1.44/containers/life/unpause", "");
    let text = service.expect(409, "DELETE", "/v1.44/containers/life", "");
    assert!(text.starts_with("{\"message\":"), "{text}");
    service.expect(204, "POST", "/v1.44/containers/life/stop?t=0", "");
    service.expect(304, "POST", "/v1.44/containers/life/stop", "");
    assert_eq!(
        service
            .expect(200, "POST", "/v1.44/containers/life/wait", "")
            .trim(),
        r#"{"StatusCode":137}"#
    );
    service.expect(204, "DELETE", "/v1.44/containers/life", "");
    let text = service.expect(404, "GET", "/v1.44/containers/life/json", "");
    assert_eq!(text, r#"{"message":"No such container: life"}"#);
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let filters = "%7B%22container%22%3A%5B%22life%22%5D%7D";
    let events = format!(
        "/v1.44/events?since=60s&until={}&filters={filters}",
        now + 1
    );
    let events = service.expect(200, "GET", &events, "");
    for action in ["create", "start", "die", "destroy"] {
        assert!(
            events.contains(&format!("\"Action\":\"{action}\"")),
            "{action}: {events}"
        );
    }
}

fn checkpoints(host: &Host) {
    let service = Service::start(host);
    let path = "/v1.44/containers/d/checkpoints";
    create(&service, "d", COUNT_ALOUD);
    let text = service.expect(409, "POST", path, r#"{"CheckpointID":"early","Exit":true}"#);
    assert!(text.starts_with("{\"message\":"), "{text}");
    service.expect(204, "POST", "/v1.44/containers/d/start", "");
    host.wait_for_log("d", "3\n");
    service.expect(
        201,
        "POST",
        path,
        r#"{"CheckpointID":"cp0","CheckpointDir":"","Exit":false}"#,
    );
    assert_eq!(host.status("d"), "running");
    service.expect(409, "POST", path, r#"{"CheckpointID":"cp0","Exit":true}"#);
    assert_eq!(
        host.status("d"),
        "running",
        "a name that is taken costs nothing"
    );
    service.expect(
        201,
        "POST",
        path,
        r#"{"CheckpointID":"cp1","CheckpointDir":"","Exit":true}"#,
    );
    assert_eq!(host.status("d"), "exited");
    let list = service.expect(200, "GET", path, "");
    assert!(
        list.contains(r#"{"Name":"cp0"}"#) && list.contains(r#"{"Name":"cp1"}"#),
        "{list}"
    );
    service.expect(
        404,
        "POST",
        "/v1.44/containers/d/start?checkpoint=nosuch",
        "",
    );
    service.expect(204, "POST", "/v1.44/containers/d/start?checkpoint=cp1", "");
    let log = host.log("d");
    host.wait_for_more_log("d", &log);
    for name in ["../x", "a%2Fb", "", "."] {
        let body = format!(
            r#"{{"CheckpointID":"{}","Exit":true}}"#,
            name.replace("%2F", "/")
        );
        service.expect(400, "POST", path, &body);
    }
    service.expect(400, "DELETE", &format!("{path}/..%2Fcp0"), "");
    service.expect(400, "GET", &format!("{path}?dir=relative"), "");
    service.expect(404, "GET", "/v1.44/containers/nosuch/checkpoints", "");
    // Into a directory of the caller's, and back from there.
    let own = host.path("own");
    std::fs::create_dir(&own).unwrap();
    std::fs::set_permissions(&own, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let body = format!(
        r#"{{"CheckpointID":"cpd","CheckpointDir":"{}","Exit":true}}"#,
        own.display()
    );
    service.expect(201, "POST", path, &body);
    let list = service.expect(200, "GET", &format!("{path}?dir={}", own.display()), "");
    assert_eq!(list, r#"[{"Name":"cpd"}]"#);
    service.expect(
        204,
        "POST",
        &format!(
            "/v1.44/containers/d/start?checkpoint=cpd&checkpoint-dir={}",
            own.display()
        ),
        "",
    );
    assert_eq!(host.status("d"), "running");
    for (name, query) in [
        ("cp0", String::new()),
        ("cp1", String::new()),
        ("cpd", format!("?dir={}", own.display())),
    ] {
        service.expect(204, "DELETE", &format!("{path}/{name}{query}"), "");
    }
    service.expect(404, "DELETE", &format!("{path}/cp0"), "");
    assert_eq!(service.expect(200, "GET", path, ""), "[]");
    service.expect(204, "DELETE", "/v1.44/containers/d?force=1", "");
}

fn wait_comes_before_start(host: &Host) {
    let service = Service::start(host);
    create(&service, "w", "sleep 1; exit 5");
    let mut waiting = service.connect();
    waiting.write_all(b"POST /v1.44/containers/w/wait?condition=next-exit HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n").unwrap();
    let mut head = [0; 1024];
    let count = waiting.read(&mut head).unwrap();
    assert!(
        head[..count].starts_with(b"HTTP/1.1 200"),
        "the headers come before the start"
    );
    service.expect(204, "POST", "/v1.44/containers/w/start", "");
    waiting
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut rest = String::new();
    while !rest.contains("StatusCode") {
        let count = waiting.read(&mut head).expect("the exit code");
        assert!(count > 0, "{rest}");
        rest.push_str(&String::from_utf8_lossy(&head[..count]));
    }
    assert!(rest.contains(r#"{"StatusCode":5}"#), "{rest}");
    service.expect(204, "DELETE", "/v1.44/containers/w?force=1&v=1", "");
}

/// Sends a request that asks for the connection, then `input`, and gives all that comes.
fn hijacked(service: &Service, path: &str, body: &str, input: &[u8]) -> Vec<u8> {
    let mut stream = service.connect();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while !answer.windows(4).any(|window| window == b"\r\n\r\n") {
        let count = stream.read(&mut piece).expect("the head");
        assert!(count > 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&piece[..count]);
    }
    assert!(
        answer.starts_with(b"HTTP/1.1 101"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    stream.write_all(input).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    stream.read_to_end(&mut answer).expect("all of it");
    answer
}

fn streams(host: &Host) {
    let service = Service::start(host);
    let body = serde_json::json!({"Image": IMAGE, "Cmd": ["cat"], "OpenStdin": true, "HostConfig": {"NetworkMode": "none"}});
    service.expect(
        201,
        "POST",
        "/v1.44/containers/create?name=s",
        &body.to_string(),
    );
    // Attached first, started afterwards: nothing is missed.
    let answer = std::thread::scope(|scope| {
        let attached = scope.spawn(|| {
            hijacked(
                &service,
                "/v1.44/containers/s/attach?stream=1&stdin=1&stdout=1&stderr=1",
                "",
                b"through\n",
            )
        });
        std::thread::sleep(Duration::from_millis(300));
        service.expect(204, "POST", "/v1.44/containers/s/start", "");
        attached.join().unwrap()
    });
    assert!(
        answer.ends_with(b"\x01\0\0\0\0\0\0\x08through\n"),
        "{:?}",
        String::from_utf8_lossy(&answer)
    );
    host.wait_for_status("s", "exited");
    service.expect(204, "DELETE", "/v1.44/containers/s", "");
    host.start("e", &[], &["sleep", "1000"]);
    service.expect(200, "POST", "/v1.44/containers/e/resize?h=10&w=20", "");
    let create = |body: &str| {
        let made: Value =
            serde_json::from_str(&service.expect(201, "POST", "/v1.44/containers/e/exec", body))
                .unwrap();
        made["Id"].as_str().unwrap().to_owned()
    };
    let id = create(r#"{"Cmd":["cat"],"AttachStdin":true,"AttachStdout":true}"#);
    let answer = hijacked(
        &service,
        &format!("/v1.44/exec/{id}/start"),
        r#"{"Tty":false}"#,
        b"again\n",
    );
    assert!(
        answer.ends_with(b"\x06again\n"),
        "{:?}",
        String::from_utf8_lossy(&answer)
    );
    // A terminal that is sized while its process runs.
    let script = "while [ \\\"$(stty size)\\\" != \\\"33 77\\\" ]; do sleep 0.1; done; stty size";
    let id = create(&format!(
        r#"{{"Cmd":["sh","-c","{script}"],"Tty":true,"AttachStdout":true}}"#
    ));
    let text = std::thread::scope(|scope| {
        let path = format!("/v1.44/exec/{id}/start");
        let service = &service;
        let started = scope.spawn(move || service.expect(200, "POST", &path, r#"{"Tty":true}"#));
        let resize = format!("/v1.44/exec/{id}/resize?h=33&w=77");
        wait::until("it can be sized", || {
            (service.ask("POST", &resize, "").0 == 200).then_some(())
        });
        started.join().unwrap()
    });
    assert!(text.contains("33 77"), "{text:?}");
    host.ok(&["rm", "-f", "-t", "0", "e"]);
}

fn images_volumes_networks(host: &Host) {
    let service = Service::start(host);
    let json = |method: &str, path: &str, body: &str, status: u16| -> Value {
        serde_json::from_str(&service.expect(status, method, path, body)).unwrap()
    };
    assert_eq!(json("GET", "/version", "", 200)["ApiVersion"], "1.44");
    assert_eq!(
        json("GET", "/v1.44/info", "", 200)["DefaultRuntime"],
        host.runtime
    );
    assert!(json("GET", "/v1.44/system/df", "", 200)["Images"].is_array());
    let image = json("GET", &format!("/v1.44/images/{IMAGE}/json"), "", 200);
    let id = image["Id"].as_str().unwrap();
    assert!(id.starts_with("sha256:"));
    assert!(
        service
            .expect(200, "GET", "/v1.44/images/json", "")
            .contains(id)
    );
    let tar = host.file("root.tar");
    std::fs::write(host.path("file"), "x").unwrap();
    let mut pack = std::process::Command::new("tar");
    pack.args([
        "-C",
        &host.path("").display().to_string(),
        "-cf",
        &tar,
        "file",
    ]);
    command::run(&mut pack, "");
    let upload = |path: &str, file: &str| {
        let data = format!("@{file}");
        let done = service.curl(
            &[
                "-X",
                "POST",
                "-H",
                "Content-Type: application/x-tar",
                "--data-binary",
                &data,
            ],
            path,
        );
        assert_eq!(done.code, 0, "{done}");
        done.stdout
    };
    assert!(upload("/v1.44/images/create?fromSrc=-&repo=made&tag=1", &tar).contains("sha256:"));
    assert!(
        service
            .expect(200, "DELETE", "/v1.44/images/localhost/made:1", "")
            .contains("Deleted")
    );
    let real = Engine::podman();
    let saved = host.file("saved.tar");
    real.ok(&["import", &tar, "localhost/saved:2"]);
    real.ok(&["save", "-o", &saved, "localhost/saved:2"]);
    real.ok(&["rmi", "localhost/saved:2"]);
    assert!(upload("/v1.44/images/load", &saved).contains("Loaded image: localhost/saved:2"));
    service.expect(200, "DELETE", "/v1.44/images/localhost/saved:2", "");
    assert!(json("POST", "/v1.44/images/prune", "", 200)["SpaceReclaimed"].is_number());
    service.expect(201, "POST", "/v1.44/volumes/create", r#"{"Name":"dv"}"#);
    assert!(
        service
            .expect(200, "GET", "/v1.44/volumes", "")
            .contains("\"dv\"")
    );
    assert_eq!(json("GET", "/v1.44/volumes/dv", "", 200)["Driver"], "local");
    service.expect(204, "DELETE", "/v1.44/volumes/dv", "");
    service.expect(201, "POST", "/v1.44/volumes/create", r#"{"Name":"dp"}"#);
    assert_eq!(
        json("POST", "/v1.44/volumes/prune", "", 200)["VolumesDeleted"][0],
        "dp"
    );
    service.expect(
        201,
        "POST",
        "/v1.44/networks/create",
        r#"{"Name":"dn","IPAM":{"Config":[{"Subnet":"10.78.0.0/24"}]}}"#,
    );
    assert!(
        service
            .expect(200, "GET", "/v1.44/networks/dn", "")
            .contains("10.78.0.0/24")
    );
    assert!(
        service
            .expect(200, "GET", "/v1.44/networks", "")
            .contains("\"dn\"")
    );
    host.start("on", &[], &["sleep", "1000"]);
    service.expect(
        200,
        "POST",
        "/v1.44/networks/dn/connect",
        r#"{"Container":"on","EndpointConfig":{"IPAMConfig":{"IPv4Address":"10.78.0.9"}}}"#,
    );
    assert!(host.shell("on", "ip -4 addr").contains("10.78.0.9/"));
    service.expect(
        200,
        "POST",
        "/v1.44/networks/dn/disconnect",
        r#"{"Container":"on"}"#,
    );
    service.expect(204, "POST", "/v1.44/containers/on/kill?signal=KILL", "");
    host.wait_for_status("on", "exited");
    assert!(json("POST", "/v1.44/containers/prune", "", 200)["ContainersDeleted"][0].is_string());
    service.expect(204, "DELETE", "/v1.44/networks/dn", "");
    service.expect(201, "POST", "/v1.44/networks/create", r#"{"Name":"dp"}"#);
    assert_eq!(
        json("POST", "/v1.44/networks/prune", "", 200)["NetworksDeleted"][0],
        "dp"
    );
}
