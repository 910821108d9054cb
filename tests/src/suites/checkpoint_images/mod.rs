//! Checkpoints as images: made, listed, thawed once and several times, removed.

pub mod containerd;
pub mod include_image;
pub mod interop;

use std::fs;

use super::{COUNT_ALOUD, Tests, tests};
use crate::harness::{Host, IMAGE, ONLY_IN_IMAGE};

pub const TESTS: Tests = tests![
    made_and_thawed,
    beside_an_archive,
    once one_image_many_containers,
    run_of_an_image,
    once what_is_no_checkpoint,
    once equal_layers_are_kept_once,
    once damaged_layers_are_refused,
    once what_would_be_done,
];

/// Where blobs are.
pub const BLOBS: &str = "/var/lib/cryopod/images/blobs/sha256";

fn blobs() -> usize {
    fs::read_dir(BLOBS).map_or(0, Iterator::count)
}

/// The number that the container counted to last.
fn count(host: &Host, name: &str) -> u64 {
    let log = host.log(name);
    log.trim()
        .lines()
        .last()
        .map_or(0, |line| line.parse().unwrap_or(0))
}

fn annotation(host: &Host, image: &str, key: &str) -> String {
    let text = host.ok(&["image", "inspect", image]);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    value[0]["Annotations"][key]
        .as_str()
        .unwrap_or("")
        .to_owned()
}

fn made_and_thawed(host: &Host) {
    let before = blobs();
    host.start_shell("web", &["--ip", "10.88.9.9"], COUNT_ALOUD);
    host.shell(
        "web",
        &format!("echo changed > {ONLY_IN_IMAGE}; rm /etc/motd; echo kept > /dev/shm/file"),
    );
    host.wait_for_log("web", "5\n");
    let address = host.address("web");
    assert_eq!(
        host.ok(&["container", "checkpoint", "--create-image", "frozen", "web"]),
        "web"
    );
    assert_eq!(host.status("web"), "exited");
    let last = count(host, "web");
    host.ok(&["rm", "web"]);
    assert!(host.ok(&["images"]).contains("localhost/frozen"));
    for (key, value) in [
        ("io.podman.annotations.checkpoint.name", "web"),
        (
            "io.podman.annotations.checkpoint.runtime.name",
            host.runtime,
        ),
        ("io.podman.annotations.checkpoint.rootfsImageName", IMAGE),
        ("io.kubernetes.cri-o.annotations.checkpoint.name", "web"),
        ("org.criu.checkpoint.container.name", "web"),
        ("org.criu.checkpoint.engine.name", "cryopod"),
    ] {
        assert_eq!(annotation(host, "frozen", key), value, "{key}");
    }
    host.ok(&["container", "restore", "frozen"]);
    assert!(count(host, "web") >= last, "the log is there and goes on");
    assert_eq!(host.address("web"), address, "Podman loses it on this way");
    let text = host.shell(
        "web",
        &format!("cat {ONLY_IN_IMAGE} /dev/shm/file; [ -e /etc/motd ] || echo no motd"),
    );
    assert_eq!(text, "changed\nkept\nno motd");
    let log = host.log("web");
    host.wait_for_more_log("web", &log);
    host.ok(&["rm", "-f", "-t", "0", "web"]);
    host.ok(&["rmi", "frozen"]);
    assert_eq!(blobs(), before, "the layers go with their image");
}

fn beside_an_archive(host: &Host) {
    let archive = host.file("both.tar");
    host.start_shell("both", &[], COUNT_ALOUD);
    host.ok(&[
        "container",
        "checkpoint",
        "-R",
        "--create-image",
        "localhost/both:1",
        "-e",
        &archive,
        "both",
    ]);
    assert_eq!(host.status("both"), "running");
    host.ok(&["rm", "-f", "-t", "0", "both"]);
    // Podman leaves the image out, silently.
    for from in [&["-i", &archive][..], &["both:1"]] {
        host.ok(&[&["container", "restore"], from].concat());
        let log = host.log("both");
        host.wait_for_more_log("both", &log);
        host.ok(&["rm", "-f", "-t", "0", "both"]);
    }
    host.ok(&["rmi", "both:1"]);
}

fn one_image_many_containers(host: &Host) {
    host.start_shell("one", &[], COUNT_ALOUD);
    host.start_shell("two", &[], COUNT_ALOUD);
    host.wait_for_log("one", "3\n");
    for name in ["one", "two"] {
        host.ok(&[
            "container",
            "checkpoint",
            "--create-image",
            &format!("image-{name}"),
            name,
        ]);
        host.ok(&["rm", name]);
    }
    for name in ["a", "b", "c"] {
        host.ok(&["container", "restore", "--name", name, "image-one"]);
        assert!(count(host, name) >= 3);
    }
    host.fails(
        &["container", "restore", "-n", "x", "image-one", "image-two"],
        125,
        "--name can only be used with one image",
    );
    let ids = host.ok(&["container", "restore", "image-one", "image-two"]);
    assert_eq!(ids.lines().count(), 2);
    for name in ["one", "two", "a", "b", "c"] {
        assert_eq!(host.status(name), "running", "{name}");
    }
    host.engine.remove_all();
    host.ok(&["rmi", "image-one"]);
    host.ok(&["rmi", "image-two"]);
}

fn run_of_an_image(host: &Host) {
    host.start_shell("before", &[], COUNT_ALOUD);
    host.wait_for_log("before", "3\n");
    host.ok(&[
        "container",
        "checkpoint",
        "--create-image",
        "frozen",
        "before",
    ]);
    host.ok(&["rm", "before"]);
    let id = host.ok(&["run", "--name", "after", "frozen"]);
    assert_eq!(id.len(), 64, "the id, at once: nobody stays with it");
    assert!(count(host, "after") >= 3);
    let done = host.run(&["run", "--name", "after", "frozen"]);
    assert_eq!(done.code, 126, "{done}");
    assert!(done.stderr.contains("already in use"), "{done}");
    host.engine.remove_all();
    host.ok(&["rmi", "frozen"]);
}

fn what_is_no_checkpoint(host: &Host) {
    host.fails(
        &["container", "restore", IMAGE],
        125,
        "image is not a checkpoint: ",
    );
    host.fails(
        &["container", "restore", "nothing"],
        125,
        "no such container or image",
    );
    host.start_shell("web", &[], COUNT_ALOUD);
    host.fails(
        &[
            "container",
            "checkpoint",
            "--create-image",
            "Bad Name",
            "web",
        ],
        125,
        "invalid reference format",
    );
    host.fails(
        &[
            "container",
            "checkpoint",
            "--create-image",
            "x",
            "-P",
            "web",
        ],
        125,
        "--create-image cannot be used with --pre-checkpoint",
    );
    assert_eq!(host.status("web"), "running");
    host.ok(&["container", "checkpoint", "--create-image", "frozen", "web"]);
    host.ok(&["rm", "web"]);
    host.fails(&["run", "-d", "--rootfs", "frozen"], 125, "");
    host.fails(
        &[
            "container",
            "restore",
            "--tcp-established",
            "-n",
            "x",
            "frozen",
        ],
        125,
        "--tcp-established cannot be used with --name",
    );
    assert!(host.ok(&["ps", "-aq"]).is_empty());
    host.ok(&["rmi", "frozen"]);
}

fn equal_layers_are_kept_once(host: &Host) {
    // What the container changed is in a volume: CRIU makes and removes a directory in /tmp for each
    // dump, whose time is another then, and with it the layer of the changed files.
    host.start_shell(
        "still",
        &["-v", "still:/data"],
        "echo x > /data/file; echo ready; while :; do sleep 1000; done",
    );
    host.wait_for_log("still", "ready");
    host.shell(
        "still",
        "dd if=/dev/urandom of=/data/big bs=1M count=2 2>/dev/null",
    );
    let before = blobs();
    for image in ["first", "second"] {
        host.ok(&[
            "container",
            "checkpoint",
            "-R",
            "--create-image",
            image,
            "still",
        ]);
    }
    let layers = |image: &str| -> Vec<String> {
        let text = host.ok(&[
            "image",
            "inspect",
            "--format",
            "{{json .RootFS.Layers}}",
            image,
        ]);
        serde_json::from_str(&text).unwrap()
    };
    let (first, second) = (layers("first"), layers("second"));
    let shared = first.iter().filter(|layer| second.contains(layer)).count();
    // Its memory is not still: a dump wakes busybox's sleep, and the loop begins another.
    assert!(shared >= 1, "the volume: {first:?} {second:?}");
    host.ok(&["rmi", "first"]);
    host.ok(&["rm", "-f", "-v", "-t", "0", "still"]);
    host.ok(&["volume", "rm", "-f", "still"]);
    host.ok(&["container", "restore", "second"]);
    assert_eq!(host.shell("still", "cat /data/file"), "x");
    host.engine.remove_all();
    host.ok(&["volume", "rm", "-f", "still"]);
    host.ok(&["rmi", "second"]);
    assert_eq!(blobs(), before);
}

fn damaged_layers_are_refused(host: &Host) {
    host.start_shell("web", &[], COUNT_ALOUD);
    host.ok(&["container", "checkpoint", "--create-image", "frozen", "web"]);
    host.ok(&["rm", "web"]);
    let digest = host.ok(&["image", "inspect", "--format", "{{.Digest}}", "frozen"]);
    let manifest = fs::read(format!("{BLOBS}/{}", &digest[7..])).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let layers = manifest["layers"].as_array().unwrap();
    for layer in layers {
        let path = format!("{BLOBS}/{}", &layer["digest"].as_str().unwrap()[7..]);
        let whole = fs::read(&path).unwrap();
        let mut bad = whole.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 1;
        for bytes in [bad, whole[..middle].to_vec()] {
            fs::write(&path, bytes).unwrap();
            let done = host.run(&["container", "restore", "frozen"]);
            assert_eq!(done.code, 125, "{done}");
            assert!(done.stderr.contains("frozen"), "{done}");
            assert!(host.ok(&["ps", "-aq"]).is_empty());
        }
        fs::remove_file(&path).unwrap();
        let done = host.run(&["container", "restore", "frozen"]);
        assert_eq!(done.code, 125, "{done}");
        fs::write(&path, whole).unwrap();
    }
    host.ok(&["container", "restore", "frozen"]);
    host.engine.remove_all();
    host.ok(&["rmi", "frozen"]);
}

fn what_would_be_done(host: &Host) {
    host.start_shell("web", &[], COUNT_ALOUD);
    let text = host.ok(&[
        "container",
        "checkpoint",
        "--dry-run",
        "--create-image",
        "frozen",
        "web",
    ]);
    assert!(text.contains("make the image frozen"), "{text}");
    host.ok(&["container", "checkpoint", "--create-image", "frozen", "web"]);
    host.ok(&["rm", "web"]);
    let text = host.ok(&["container", "restore", "--dry-run", "frozen"]);
    assert!(
        text.contains("thaw 1 process") || text.contains("thaw 2 processes"),
        "{text}"
    );
    assert!(host.ok(&["ps", "-aq"]).is_empty());
    host.ok(&["rmi", "frozen"]);
}
