//! Images of registries through both interfaces: what goes on is told, who the client is counts, a
//! client that is gone gives it up.

use std::io::{Read, Write};

use serde_json::Value;

use super::Service;
use crate::harness::{Host, IMAGE, wait};
use crate::suites::registry::server::Registry;
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests =
    tests![once by_podman, once by_docker, once a_password, once checkpoints_travel];

fn lines(text: &str) -> Vec<Value> {
    let parsed = text.lines().map(serde_json::from_str);
    parsed.collect::<Result<_, _>>().expect("a line is JSON")
}

fn by_podman(host: &Host) {
    let registry = Registry::start(host);
    let service = Service::start(host);
    let podman = service.podman();
    let name = registry.name("small:1");
    podman.ok(&["tag", IMAGE, &name]);
    let pushed = podman.run(&["push", &name]);
    assert_eq!(pushed.code, 0, "{pushed}");
    assert!(pushed.stderr.contains("Copying blob sha256:"), "{pushed}");
    podman.ok(&["untag", IMAGE, &name]);
    podman.fails(&["image", "exists", &name], 1, "");
    podman.ok(&["image", "exists", IMAGE]);
    let pulled = podman.run(&["pull", &name]);
    assert_eq!(pulled.code, 0, "{pulled}");
    let trying = format!("Trying to pull {name}...");
    assert!(pulled.stderr.contains(&trying), "{pulled}");
    let id = host.ok(&["image", "inspect", "--format", "{{.Id}}", IMAGE]);
    assert_eq!(pulled.stdout.trim(), id);
    assert_eq!(podman.ok(&["pull", "-q", &name]), id);
    let missing = registry.name("small:2");
    podman.fails(&["pull", &missing], 125, "manifest unknown");
    let path = format!("/v5.8.0/libpod/images/pull?reference={missing}");
    let text = service.expect(404, "POST", &path, "");
    assert!(
        text.contains("Trying") || text.contains("manifest"),
        "{text}"
    );
    // As podman-py asks: the last line with an id is the image's.
    let path = format!("/v5.8.0/libpod/images/pull?reference={name}&compatMode=true");
    let told = lines(&service.expect(200, "POST", &path, ""));
    assert_eq!(told.last().unwrap()["id"], id);
    for (status, path) in [
        (400, "images/pull"),
        (400, "images/pull?reference=a&policy=banana"),
        (501, "images/pull?reference=a&arch=s390x"),
        (404, "images/nosuch/push"),
        (404, "images/nosuch/tag?repo=a"),
        (400, "images/localhost%2Ftest/tag?repo=Not%20A%20Name"),
        (400, "images/localhost%2Ftest/tag"),
    ] {
        service.expect(status, "POST", &format!("/v5.8.0/libpod/{path}"), "");
    }
    podman.ok(&["untag", IMAGE, &name]);
}

fn by_docker(host: &Host) {
    let registry = Registry::start(host);
    let service = Service::start(host);
    let name = registry.name("docker");
    let path = format!("/v1.44/images/{IMAGE}/tag?repo={name}&tag=1");
    service.expect(201, "POST", &path, "");
    let push = format!("/v1.44/images/{name}/push?tag=1");
    let told = lines(&service.expect(200, "POST", &push, ""));
    let digest = told.last().unwrap()["aux"]["Digest"].clone();
    assert!(digest.as_str().unwrap().starts_with("sha256:"), "{told:?}");
    assert!(
        told.iter().any(|line| line["status"] == "Complete"),
        "{told:?}"
    );
    let pull = format!("/v1.44/images/create?fromImage={name}&tag=1");
    let told = lines(&service.expect(200, "POST", &pull, ""));
    let last = told.last().unwrap()["status"].as_str().unwrap();
    assert!(last.starts_with("Status: "), "{told:?}");
    let missing = format!("/v1.44/images/create?fromImage={name}&tag=2");
    let text = service.expect(404, "POST", &missing, "");
    assert!(text.contains("manifest unknown"), "{text}");
    let other = format!("{pull}&platform=linux/s390x");
    service.expect(501, "POST", &other, "");
    let nowhere = "/v1.44/images/create?fromImage=localhost:1/x&tag=1";
    let text = service.expect(500, "POST", nowhere, "");
    assert!(text.contains("onnection refused"), "{text}");
    host.ok(&["rmi", &registry.name("docker:1")]);
}

fn a_password(host: &Host) {
    let registry = Registry::start_closed(host);
    let service = Service::start(host);
    let name = registry.name("closed:1");
    service.podman().ok(&["tag", IMAGE, &name]);
    let push = format!(
        "/v5.8.0/libpod/images/{}/push?tlsVerify=false",
        name.replace('/', "%2F")
    );
    service.expect(500, "POST", &push, "");
    // {"username":"me","password":"secret word"}
    let who = "eyJ1c2VybmFtZSI6Im1lIiwicGFzc3dvcmQiOiJzZWNyZXQgd29yZCJ9";
    let header = format!("X-Registry-Auth: {who}");
    let done = service.curl(&["-X", "POST", "-H", &header], &push);
    assert!(done.stdout.contains("manifestdigest"), "{done}");
    service.podman().fails(
        &["pull", "--tls-verify=false", "--creds", "me:wrong", &name],
        125,
        "",
    );
    let id = service.podman().ok(&[
        "pull",
        "-q",
        "--tls-verify=false",
        "--creds",
        "me:secret word",
        &name,
    ]);
    assert_eq!(id.len(), 64);
    let done = service.curl(&["-X", "POST", "-H", "X-Registry-Auth: %%%"], &push);
    assert!(done.stdout.contains("X-Registry-Auth"), "{done}");
    host.ok(&["rmi", &name]);
}

/// A checkpoint goes to a registry, is forgotten here, comes back by its name and goes on; the client
/// of a pull that is gone leaves nothing half-made.
fn checkpoints_travel(host: &Host) {
    let registry = Registry::start(host);
    let service = Service::start(host);
    let podman = service.podman();
    let name = registry.name("frozen:1");
    let big = format!("dd if=/dev/urandom of=/big bs=1M count=24 2>&-; {COUNT_ALOUD}");
    host.start_shell("t", &["--network", "none"], &big);
    host.wait_for_log("t", "2\n");
    podman.ok(&["container", "checkpoint", "--create-image", &name, "t"]);
    podman.ok(&["rm", "t"]);
    podman.ok(&["push", "-q", &name]);
    podman.ok(&["rmi", &name]);
    let mut stream = service.connect();
    let request = format!(
        "POST /v5.8.0/libpod/images/pull?reference={name} HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).expect("it begins");
    drop(stream);
    wait::until("the service is done with it", || {
        let blobs = std::fs::read_dir("/var/lib/cryopod/images/blobs/sha256").unwrap();
        let half = blobs
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with('.'));
        (!half).then_some(())
    });
    podman.ok(&["pull", "-q", &name]);
    podman.ok(&["container", "restore", &name]);
    let log = host.log("t");
    host.wait_for_more_log("t", &log);
    podman.ok(&["rm", "-f", "-t", "0", "t"]);
    podman.ok(&["rmi", &name]);
}
