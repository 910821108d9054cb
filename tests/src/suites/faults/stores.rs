//! The engine kills itself in the middle of what changes images, volumes, networks and the catalogue
//! of checkpoints. No runtime has a part in it, so one of the two is enough.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::crash::start_victim;
use super::phases::die_at;
use crate::harness::{Host, IMAGE, assert_in_step, command, leak};
use crate::suites::checkpoint_images::include_image::{Elsewhere, freeze};
use crate::suites::registry::server::Registry;
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![
    image_load,
    image_import,
    image_commit,
    image_pull,
    image_remove,
    import_with_an_image,
    volume_remove,
    checkpoint_remove,
    checkpoint_prune,
    checkpoint_remove_of_shared_memory,
    network_connect,
    network_disconnect,
];

/// Where each test kills the engine.
pub const PHASES: &[(&str, &[&str])] = &[
    ("image_load", &["layer-kept", "blobs-kept"]),
    ("image_import", &["layer-kept", "blobs-kept"]),
    ("image_commit", &["layer-kept", "blobs-kept"]),
    (
        "image_pull",
        &["layer-blob-kept", "layer-kept", "blobs-kept"],
    ),
    ("image_remove", &["unlisted", "layers-removed"]),
    ("import_with_an_image", &["image-kept", "row-made"]),
    ("volume_remove", &["volume-moved", "volume-unlisted"]),
    ("checkpoint_remove", &["unlisted", "renamed-away"]),
    ("checkpoint_prune", &["unlisted", "renamed-away"]),
    (
        "checkpoint_remove_of_shared_memory",
        &[
            "unlisted",
            "renamed-away",
            "generation-unnamed",
            "pages-freed",
        ],
    ),
    ("network_connect", &["begun", "joining", "joined", "finish"]),
    ("network_disconnect", &["begun", "left", "finish"]),
];

fn phases(test: &str) -> &'static [&'static str] {
    let (_, phases) = PHASES
        .iter()
        .find(|(name, _)| *name == test)
        .expect("a test of the table");
    phases
}

fn runs(host: &Host) -> bool {
    host.runtime == "crun" && !host.engine.is_podman()
}

/// Layers and blobs on disk.
fn kept() -> Vec<String> {
    let mut all = Vec::new();
    for directory in ["layers", "images/blobs/sha256"] {
        let directory = Path::new("/var/lib/cryopod").join(directory);
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            all.push(entry.path().display().to_string());
        }
    }
    all.sort();
    all
}

const NAME: &str = "localhost/passing:1";

/// A root file system of its own, as a tar.
fn root(host: &Host) -> String {
    let root = host.path("root");
    fs::create_dir_all(&root).unwrap();
    fs::write(root.join("only-here"), "x").unwrap();
    let tar = host.file("root.tar");
    let line = ["-C", &root.display().to_string(), "-cf", &tar, "."];
    let done = command::run(Command::new("tar").args(line), "");
    assert_eq!(done.code, 0, "{done}");
    tar
}

/// What a killed engine left of an image is used by the next try, and goes with the next removal.
fn added(host: &Host, test: &str, words: &[&str]) {
    added_as(host, test, words, NAME);
}

fn added_as(host: &Host, test: &str, words: &[&str], name: &str) {
    let before = kept();
    for phase in phases(test) {
        die_at(host, phase, words);
        assert_ne!(host.run(&["image", "inspect", name]).code, 0, "{phase}");
        host.ok(words);
        host.ok(&["rmi", name]);
        assert_eq!(kept(), before, "{phase}");
        // Nor does it stay where another image is the next to go.
        die_at(host, phase, words);
        assert_ne!(kept(), before, "{phase}: nothing was left to be swept");
        let other = host.file("other.tar");
        other_root(host, &other);
        host.ok(&["import", &other, "localhost/other:1"]);
        host.ok(&["rmi", "localhost/other:1"]);
        assert_eq!(kept(), before, "{phase}");
    }
}

fn other_root(host: &Host, tar: &str) {
    let root = host.path("other");
    fs::create_dir_all(&root).unwrap();
    fs::write(root.join("another"), "y").unwrap();
    let line = ["-C", &root.display().to_string(), "-cf", tar, "."];
    assert_eq!(command::run(Command::new("tar").args(line), "").code, 0);
}

fn image_import(host: &Host) {
    if runs(host) {
        let tar = root(host);
        added(host, "image_import", &["import", &tar, NAME]);
    }
}

fn image_commit(host: &Host) {
    if runs(host) {
        let words = ["run", "--name", "source", IMAGE, "touch", "/only-here"];
        host.ok(&words);
        added(host, "image_commit", &["commit", "source", NAME]);
    }
}

/// An archive as Docker writes it, of one layer.
fn docker_archive(host: &Host) -> String {
    const SCRIPT: &str = r#"
import hashlib, io, json, sys, tarfile
layer = open(sys.argv[1], "rb").read()
config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
  "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]}}).encode()
name = hashlib.sha256(config).hexdigest() + ".json"
manifest = json.dumps([{"Config": name, "RepoTags": [sys.argv[3]], "Layers": ["layer.tar"]}]).encode()
with tarfile.open(sys.argv[2], "w") as tar:
    for member, content in [(name, config), ("layer.tar", layer), ("manifest.json", manifest)]:
        info = tarfile.TarInfo(member); info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
"#;
    let (layer, archive) = (root(host), host.file("image.tar"));
    let line = ["-c", SCRIPT, &layer, &archive, NAME];
    let done = command::run(Command::new("python3").args(line), "");
    assert_eq!(done.code, 0, "{done}");
    archive
}

fn image_load(host: &Host) {
    if runs(host) {
        let archive = docker_archive(host);
        added(host, "image_load", &["load", "-i", &archive]);
    }
}

fn image_pull(host: &Host) {
    if runs(host) {
        let registry = Registry::start(host);
        let name = registry.name("passing:1");
        let tar = root(host);
        host.ok(&["import", &tar, &name]);
        host.ok(&["push", "-q", &name]);
        host.ok(&["rmi", &name]);
        added_as(host, "image_pull", &["pull", "-q", &name], &name);
    }
}

fn image_remove(host: &Host) {
    if !runs(host) {
        return;
    }
    let (before, tar) = (kept(), root(host));
    for phase in phases("image_remove") {
        host.ok(&["import", &tar, NAME]);
        die_at(host, phase, &["rmi", NAME]);
        assert_ne!(host.run(&["image", "inspect", NAME]).code, 0, "{phase}");
        host.ok(&["import", &tar, NAME]);
        host.ok(&["run", "--rm", IMAGE, "true"]);
        host.ok(&["rmi", NAME]);
        assert_eq!(kept(), before, "{phase}");
    }
}

fn volume_remove(host: &Host) {
    if !runs(host) {
        return;
    }
    let clean = leak::Snapshot::take();
    for phase in phases("volume_remove") {
        host.ok(&["volume", "create", "things"]);
        let place = host.ok(&["volume", "inspect", "--format", "{{.Mountpoint}}", "things"]);
        let file = Path::new(&place).join("file");
        fs::write(&file, "mine").unwrap();
        die_at(host, phase, &["volume", "rm", "things"]);
        let there = host.ok(&["volume", "ls", "-q"]);
        if *phase == "volume-moved" {
            assert_eq!(there, "things", "{phase}");
            assert_eq!(fs::read_to_string(&file).unwrap(), "mine", "{phase}");
            host.ok(&["volume", "rm", "things"]);
        } else {
            assert_eq!(there, "", "{phase}");
        }
        let left = leak::Snapshot::left_since(&clean);
        assert!(left.is_empty(), "{phase}: {left:?}");
    }
}

/// One container, whose checkpoint is removed by a command that dies.
fn removed_from_the_catalogue(host: &Host, test: &str, words: &[&str]) {
    if !runs(host) {
        return;
    }
    start_victim(host);
    let id = host.inspect("victim")["Id"].as_str().unwrap().to_owned();
    let own = Path::new("/var/lib/cryopod/checkpoints").join(id);
    let listed = || host.ok(&["checkpoint", "ls", "-q", "victim"]);
    let create = ["checkpoint", "create", "--leave-running", "victim", "one"];
    for phase in phases(test) {
        host.ok(&create);
        die_at(host, phase, words);
        assert_eq!(listed(), "", "{phase}");
        host.ok(&create);
        host.ok(words);
        assert_eq!(listed(), "", "{phase}");
        let left: Vec<_> = fs::read_dir(&own).into_iter().flatten().flatten().collect();
        assert!(left.is_empty(), "{phase}: {left:?}");
    }
    let before = host.log("victim");
    host.wait_for_more_log("victim", &before);
}

fn checkpoint_remove(host: &Host) {
    let words = ["checkpoint", "rm", "victim", "one"];
    removed_from_the_catalogue(host, "checkpoint_remove", &words);
}

fn checkpoint_prune(host: &Host) {
    let words = ["checkpoint", "prune", "--force", "--keep", "0"];
    removed_from_the_catalogue(host, "checkpoint_prune", &words);
}

/// One that stays shares its memory with one that is removed by a command that dies.
fn checkpoint_remove_of_shared_memory(host: &Host) {
    if !runs(host) {
        return;
    }
    start_victim(host);
    let id = host.inspect("victim")["Id"].as_str().unwrap().to_owned();
    let own = Path::new("/var/lib/cryopod/checkpoints").join(id);
    let create = |name: &str| {
        let words = ["checkpoint", "create", "-R", "--dedup", "victim", name];
        host.ok(&words);
        let before = host.log("victim");
        host.wait_for_more_log("victim", &before);
    };
    create("stays");
    for phase in phases("checkpoint_remove_of_shared_memory") {
        create("goes");
        die_at(host, phase, &["checkpoint", "rm", "victim", "goes"]);
        let listed = host.ok(&["checkpoint", "ls", "-q", "victim"]);
        assert_eq!(listed, "stays", "{phase}");
        // The next change gives the rest back: what stays and its memory are left.
        create("goes");
        host.ok(&["checkpoint", "rm", "victim", "goes"]);
        let left: Vec<_> = fs::read_dir(&own).unwrap().flatten().collect();
        assert_eq!(left.len(), 2, "{phase}: {left:?}");
        assert_eq!(host.ok(&["system", "check", "--quiet"]), "", "{phase}");
    }
    host.ok(&["stop", "-t", "0", "victim"]);
    let before = host.log("victim");
    host.ok(&["start", "--checkpoint", "stays", "victim"]);
    host.wait_for_more_log("victim", &before);
}

/// A network that goes with the test.
struct Second<'a>(&'a Host);

impl<'a> Second<'a> {
    fn make(host: &'a Host) -> Self {
        host.ok(&["network", "create", "second"]);
        Self(host)
    }

    fn is_joined(&self) -> bool {
        let networks = &self.0.inspect("victim")["NetworkSettings"]["Networks"];
        let known = networks["second"].is_object();
        let interfaces = self.0.shell("victim", "ls /sys/class/net");
        let attached = interfaces.split_whitespace().any(|name| name == "eth1");
        assert_eq!(known, attached, "the record and {interfaces} differ");
        attached
    }
}

impl Drop for Second<'_> {
    fn drop(&mut self) {
        self.0.engine.remove_all();
        self.0.run(&["network", "rm", "second"]);
    }
}

fn network_connect(host: &Host) {
    if !runs(host) {
        return;
    }
    let second = Second::make(host);
    start_victim(host);
    for phase in phases("network_connect") {
        die_at(host, phase, &["network", "connect", "second", "victim"]);
        assert!(!second.is_joined(), "{phase}");
        host.ok(&["network", "connect", "second", "victim"]);
        assert!(second.is_joined(), "{phase}");
        host.ok(&["network", "disconnect", "second", "victim"]);
        assert!(!second.is_joined(), "{phase}");
    }
}

fn network_disconnect(host: &Host) {
    if !runs(host) {
        return;
    }
    let second = Second::make(host);
    start_victim(host);
    for phase in phases("network_disconnect") {
        host.ok(&["network", "connect", "second", "victim"]);
        assert!(second.is_joined(), "{phase}");
        die_at(host, phase, &["network", "disconnect", "second", "victim"]);
        assert!(!second.is_joined(), "{phase}");
        host.fails(
            &["network", "disconnect", "second", "victim"],
            125,
            "is not connected to network",
        );
    }
}

fn import_with_an_image(host: &Host) {
    if !runs(host) {
        return;
    }
    let archive = host.file("a.tar");
    freeze(host, "web", &["-e", &archive]);
    let elsewhere = Elsewhere::new(host);
    let words = ["container", "restore", "-i", &archive];
    for place in phases("import_with_an_image") {
        let mut cut = elsewhere.0.command(&words);
        let done = command::run(cut.env("CRYOPOD_FAIL_AT", place), "");
        assert_eq!(done.code, 137, "{place}: {done}");
        assert!(elsewhere.0.ok(&["ps", "-aq"]).is_empty(), "{place}");
        assert!(elsewhere.images().is_empty(), "{place}");
        assert_in_step(&elsewhere.0);
    }
    elsewhere.0.ok(&words);
    elsewhere.goes_on("web");
}
