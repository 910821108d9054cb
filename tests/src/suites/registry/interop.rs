//! Checkpoint images that pass through skopeo and Podman on the way between registry and host.

use super::server::{Registry, tool};
use crate::harness::{Host, IMAGE};
use crate::suites::interop::Podman;
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![once copied_by_skopeo, podman_both_ways];

fn frozen(host: &Host, name: &str) {
    host.start_shell("web", &[], COUNT_ALOUD);
    host.shell("web", "echo kept > /data/file");
    host.wait_for_log("web", "3\n");
    host.ok(&["container", "checkpoint", "--create-image", name, "web"]);
    host.ok(&["rm", "web"]);
}

fn thawed(host: &Host, image: &str) {
    host.ok(&["container", "restore", image]);
    assert_eq!(host.shell("web", "cat /data/file"), "kept");
    let log = host.log("web");
    host.wait_for_more_log("web", &log);
    host.ok(&["rm", "-f", "-t", "0", "web"]);
}

fn copied_by_skopeo(host: &Host) {
    let registry = Registry::start(host);
    let first = registry.name("web:frozen");
    frozen(host, &first);
    host.ok(&["push", "-q", &first]);
    let said = |image: &str| {
        let text = host.ok(&["image", "inspect", image]);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        (value[0]["Digest"].clone(), value[0]["Annotations"].clone())
    };
    let before = said(&first);
    host.ok(&["rmi", &first]);
    let copy = |from: &str, to: &str| {
        let options = ["--src-tls-verify=false", "--dest-tls-verify=false"];
        tool(&[&["skopeo", "copy", "-q"], &options[..], &[from, to]].concat());
    };
    let directory = format!("dir:{}", host.file("dir"));
    let layout = format!("oci:{}:x", host.file("oci"));
    let (second, third) = (registry.name("by-dir:1"), registry.name("by-oci:1"));
    copy(&format!("docker://{first}"), &directory);
    copy(&directory, &format!("docker://{second}"));
    copy(&format!("docker://{second}"), &layout);
    copy(&layout, &format!("docker://{third}"));
    host.ok(&["pull", "-q", &third]);
    assert_eq!(said(&third), before);
    thawed(host, &third);
    host.ok(&["rmi", &third]);
    host.ok(&["load", "-q", "-i", &host.file("oci")]);
    thawed(host, "localhost/x");
    host.ok(&["rmi", "localhost/x"]);
}

fn podman_both_ways(host: &Host) {
    let registry = Registry::start(host);
    let podman = Podman::set_up(host.runtime);
    let (ours, theirs) = (registry.name("ours:1"), registry.name("theirs:1"));
    frozen(host, &ours);
    host.ok(&["push", "-q", &ours]);
    host.ok(&["rmi", &ours]);
    podman.0.ok(&["pull", "-q", &ours]);
    podman.0.ok(&["container", "restore", &ours]);
    assert_eq!(podman.0.ok(&["exec", "web", "cat", "/data/file"]), "kept");
    podman.0.ok(&["rm", "-f", "-t", "0", "web"]);
    podman.0.ok(&["rmi", &ours]);
    let words = ["run", "-d", "--name", "web", IMAGE, "sh", "-c", COUNT_ALOUD];
    podman.0.ok(&words);
    podman
        .0
        .ok(&["exec", "web", "sh", "-c", "echo kept > /data/file"]);
    podman
        .0
        .ok(&["container", "checkpoint", "--create-image", &theirs, "web"]);
    podman.0.ok(&["rm", "web"]);
    podman.0.ok(&["push", "-q", &theirs]);
    podman.0.ok(&["rmi", &theirs]);
    drop(podman);
    thawed(host, &theirs);
    host.ok(&["rmi", &theirs]);
}
