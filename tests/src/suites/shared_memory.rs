//! Memory that checkpoints of one container share: in the catalogue (`--dedup`) and in the layers of
//! images. The workload itself says whether its memory is as it must be.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::harness::{Host, command};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![
    in_the_catalogue,
    once what_is_lost_is_named,
    once in_images,
    archives_with_a_chain,
];

const BLOBS: &str = "/var/lib/cryopod/images/blobs/sha256";
/// Megabytes of memory that the workload has.
const MEGABYTES: &str = "24";

/// Starts the workload and waits until its memory is there.
fn start(host: &Host, name: &str) -> String {
    let id = host.start(name, &[], &["workload", "churn", MEGABYTES, "4"]);
    host.wait_for_log(name, "round=1 intact");
    id
}

/// Whether the memory is whole, and goes on from where it was.
#[track_caller]
fn goes_on(host: &Host, name: &str) {
    let before = host.log(name);
    host.wait_for_more_log(name, &before);
    let log = host.log(name);
    assert!(!log.contains("BROKEN") && log.contains("intact"), "{log}");
}

fn next_round(host: &Host, name: &str) {
    let before = host.log(name);
    host.wait_for_more_log(name, &before);
}

fn own_directory(id: &str) -> PathBuf {
    Path::new("/var/lib/cryopod/checkpoints").join(id)
}

/// Bytes that the files in a directory take on disk.
fn taken(directory: &Path) -> u64 {
    let mut bytes = 0;
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let facts = entry.metadata().unwrap();
        bytes += if facts.is_dir() {
            taken(&entry.path())
        } else {
            facts.blocks() * 512
        };
    }
    bytes
}

fn generations(id: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(own_directory(id)).unwrap().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("memory-"))
        })
        .collect();
    found.sort();
    found
}

fn create(host: &Host, container: &str, name: &str) {
    let words = ["checkpoint", "create", "-R", "--dedup", container, name];
    host.ok(&words);
}

/// Own and shared bytes by name.
fn shares(host: &Host, container: &str) -> Vec<(String, u64, u64)> {
    let text = host.ok(&["checkpoint", "ls", "--format", "json", container]);
    let all: Vec<Value> = serde_json::from_str(&text).unwrap();
    let number = |one: &Value, key: &str| one[key].as_u64().unwrap();
    all.iter()
        .map(|one| {
            let name = one["Name"].as_str().unwrap().to_owned();
            (name, number(one, "Own"), number(one, "Shared"))
        })
        .collect()
}

fn in_the_catalogue(host: &Host) {
    host.fails(
        &[
            "checkpoint",
            "create",
            "--dedup",
            "--checkpoint-dir",
            "/var/tmp/d",
            "web",
            "x",
        ],
        125,
        "--dedup can only be used for checkpoints in the catalogue",
    );
    let id = start(host, "web");
    let memory = 24 << 20;
    for name in ["one", "two", "three"] {
        create(host, "web", name);
        next_round(host, "web");
    }
    assert_eq!(generations(&id).len(), 3);
    let before = taken(&own_directory(&id));
    assert!(before < memory * 3 / 2, "{before}");
    for (name, own, shared) in shares(host, "web") {
        assert!(
            own < memory / 4 && shared > memory * 3 / 4,
            "{name}: {own} {shared}"
        );
    }
    let diff = host.ok(&["checkpoint", "diff", "web", "one", "three"]);
    assert!(diff.contains("workload"), "{diff}");
    host.ok(&["stop", "-t", "0", "web"]);
    for name in ["two", "one", "three"] {
        host.ok(&["start", "--checkpoint", name, "web"]);
        goes_on(host, "web");
        if name != "three" {
            host.ok(&["stop", "-t", "0", "web"]);
        }
    }
    // The middle goes: what only it had is given back, and the others stay as they are.
    host.ok(&["checkpoint", "rm", "web", "two"]);
    let after = taken(&own_directory(&id));
    assert!(after < before, "{before} {after}");
    assert_eq!(host.ok(&["system", "check", "--quiet"]), "");
    create(host, "web", "four");
    host.ok(&["checkpoint", "rm", "web", "one"]);
    host.ok(&["checkpoint", "rm", "web", "three"]);
    let [(_, own, 0)] = shares(host, "web")[..] else {
        panic!("nobody is left to share with");
    };
    assert!(own > memory, "{own}");
    host.ok(&["stop", "-t", "0", "web"]);
    host.ok(&["start", "--checkpoint", "four", "web"]);
    goes_on(host, "web");
    // One without it takes no part.
    host.ok(&["checkpoint", "create", "web", "plain"]);
    assert_eq!(host.ok(&["system", "check", "--quiet"]), "");
    host.ok(&["checkpoint", "prune", "--force", "--keep", "1", "web"]);
    assert!(generations(&id).is_empty());
    host.ok(&["start", "--checkpoint", "plain", "web"]);
    goes_on(host, "web");
}

fn what_is_lost_is_named(host: &Host) {
    let id = start(host, "web");
    create(host, "web", "one");
    next_round(host, "web");
    create(host, "web", "two");
    host.ok(&["stop", "-t", "0", "web"]);
    let kept = generations(&id);
    let (first, second) = (&kept[0], &kept[1]);
    let aside = own_directory(&id).with_extension("aside");
    fs::rename(first, &aside).unwrap();
    let done = host.run(&["system", "check", "--quick"]);
    let lost = format!("gone: {}", first.file_name().unwrap().to_string_lossy());
    assert_eq!(done.stdout.matches(&lost).count(), 2, "{done}");
    host.fails(&["start", "--checkpoint", "two", "web"], 125, &lost);
    // Nothing of what is left is given back meanwhile.
    host.run(&["checkpoint", "rm", "web", "one"]);
    assert!(second.exists());
    fs::rename(&aside, first).unwrap();
    assert_eq!(host.ok(&["system", "check", "--quiet"]), "");
    // Its pages end too early, which CRIU would wait for.
    let whole = fs::read(first.join("pages-1.img")).unwrap();
    fs::write(first.join("pages-1.img"), &whole[..4096]).unwrap();
    let done = host.run(&["system", "check"]);
    assert!(done.stdout.contains("pages that are not there"), "{done}");
    host.fails(
        &["start", "--checkpoint", "two", "web"],
        125,
        "pages that are not there",
    );
    fs::write(first.join("pages-1.img"), whole).unwrap();
    // A lost index is made again, and what nobody leads to is given back.
    fs::remove_file(second.join("pages.index")).unwrap();
    let stray = own_directory(&id).join("memory-1-0123456789abcdef");
    fs::create_dir(&stray).unwrap();
    let done = host.run(&["system", "check", "--repair"]);
    assert!(
        done.stdout.contains("memory that no checkpoint of web has"),
        "{done}"
    );
    assert!(!stray.exists());
    host.ok(&["start", "--checkpoint", "two", "web"]);
    goes_on(host, "web");
    create(host, "web", "three");
    assert_eq!(generations(&id).len(), 3);
    host.ok(&["stop", "-t", "0", "web"]);
    host.ok(&["start", "--checkpoint", "three", "web"]);
    goes_on(host, "web");
}

fn manifest(host: &Host, image: &str) -> Value {
    let digest = host.ok(&["image", "inspect", "--format", "{{.Digest}}", image]);
    serde_json::from_slice(&fs::read(Path::new(BLOBS).join(&digest[7..])).unwrap()).unwrap()
}

fn layers(manifest: &Value) -> Vec<(String, u64)> {
    let layers = manifest["layers"].as_array().unwrap().iter();
    layers
        .map(|layer| {
            let digest = layer["digest"].as_str().unwrap().to_owned();
            (digest, layer["size"].as_u64().unwrap())
        })
        .collect()
}

/// Bytes of the layers of an image that others have not.
fn new_bytes(host: &Host, image: &str, others: &[&str]) -> (u64, u64) {
    let known: Vec<(String, u64)> = others
        .iter()
        .flat_map(|other| layers(&manifest(host, other)))
        .collect();
    let all = layers(&manifest(host, image));
    let new = all.iter().filter(|layer| !known.contains(layer));
    (
        new.map(|(_, size)| size).sum(),
        all.iter().map(|(_, size)| size).sum(),
    )
}

fn in_images(host: &Host) {
    let kept = fs::read_dir(BLOBS).map_or(0, Iterator::count);
    start(host, "web");
    let freeze = |image: &str, options: &[&str]| {
        let line = [
            &["container", "checkpoint", "--create-image", image],
            options,
            &["web"],
        ];
        host.ok(&line.concat());
    };
    freeze("one", &["-R"]);
    next_round(host, "web");
    freeze("two", &["-R"]);
    let (new, all) = new_bytes(host, "two", &["one"]);
    assert!(new * 100 < all * 15, "{new} of {all} are new");
    host.ok(&["rm", "-f", "-t", "0", "web"]);
    let text = host.ok(&["container", "restore", "--dry-run", "two"]);
    assert!(text.contains("of memory"), "{text}");
    // The first goes; what the second shares with it stays.
    host.ok(&["rmi", "one"]);
    host.ok(&["container", "restore", "two"]);
    goes_on(host, "web");
    // The chain goes on after a thaw, also where this host has no index of it.
    fs::remove_dir_all("/var/lib/cryopod/images/memory").unwrap();
    freeze("three", &[]);
    let (new, all) = new_bytes(host, "three", &["two"]);
    assert!(new * 100 < all * 15, "{new} of {all} are new");
    host.ok(&["rm", "web"]);
    // A layer of an earlier image that is gone is nothing to build upon.
    host.ok(&["container", "restore", "--name", "other", "three"]);
    goes_on(host, "other");
    host.ok(&["rm", "-f", "-t", "0", "other"]);
    host.ok(&["container", "restore", "three"]);
    for image in ["two", "three"] {
        host.ok(&["rmi", image]);
    }
    freeze("four", &[]);
    let (new, all) = new_bytes(host, "four", &[]);
    assert_eq!(new, all);
    host.ok(&["rm", "web"]);
    host.ok(&["container", "restore", "four"]);
    goes_on(host, "web");
    host.engine.remove_all();
    host.ok(&["rmi", "four"]);
    assert_eq!(fs::read_dir(BLOBS).unwrap().count(), kept);
    assert_eq!(
        fs::read_dir("/var/lib/cryopod/images/memory")
            .unwrap()
            .count(),
        0
    );
}

#[track_caller]
fn sh(script: &str) {
    let done = command::run(Command::new("sh").args(["-euc", script]), "");
    assert_eq!(done.code, 0, "{script}: {done}");
}

/// The layers of an image as one archive without digests, which anybody may have changed.
fn archives_with_a_chain(host: &Host) {
    start(host, "web");
    for image in ["one", "two"] {
        host.ok(&[
            "container",
            "checkpoint",
            "-R",
            "--create-image",
            image,
            "web",
        ]);
        next_round(host, "web");
    }
    host.ok(&["rm", "-f", "-t", "0", "web"]);
    let place = host.path("made");
    let there = place.display().to_string();
    sh(&format!("rm -rf {there}; mkdir -p {there}/good"));
    for (digest, _) in layers(&manifest(host, "two")) {
        sh(&format!(
            "zstd -dc {BLOBS}/{} | tar -x -C {there}/good",
            &digest[7..]
        ));
    }
    sh(&format!("cd {there}/good; rm cryopod.*"));
    let pack = |name: &str| {
        let file = format!("{there}/{name}.tar");
        sh(&format!(
            "cd {there}/{name}; tar -cf {file} config.dump spec.dump network.status $(ls -A | grep -v -e '\\.dump$' -e network.status)"
        ));
        file
    };
    let good = pack("good");
    let shown = host.ok(&["checkpoint", "show", &good]);
    assert!(shown.contains("workload"), "{shown}");
    host.ok(&["container", "restore", "-i", &good]);
    goes_on(host, "web");
    host.ok(&["rm", "-f", "-t", "0", "web"]);
    let (first, second) = ("memory-1-*", "memory-2-*");
    let cases = [
        ("missing", format!("rm -r {first}"), "is gone: memory-1"),
        (
            "all-missing",
            format!("rm -r {first} {second}"),
            "is gone: memory-2",
        ),
        ("cut", format!("rm {second}/parent"), "is gone: memory-2"),
        (
            "unlisted",
            format!("head -c 14 {first}/pagemap-1.img > x; mv x {first}/pagemap-1.img"),
            "its parent has not",
        ),
        (
            "short",
            format!("truncate -s 4096 {first}/pages-1.img"),
            "pages that are not there",
        ),
        (
            "circle",
            format!("set -- {second}; ln -sfn ../$1 $1/parent"),
            "parent",
        ),
        ("outside", format!("ln -sfn /etc {second}/parent"), "/etc"),
        (
            "upwards",
            format!("ln -sfn ../../artifacts {second}/parent"),
            "artifacts",
        ),
        (
            "deep",
            format!(
                "mv {second} memory-17-0123456789abcdef; ln -sfn memory-17-0123456789abcdef parent"
            ),
            "parent",
        ),
        (
            "file",
            format!("set -- {first}; rm -r $1; echo > $1"),
            "memory-1",
        ),
    ];
    for (name, change, words) in cases {
        sh(&format!(
            "cd {there}; cp -a good {name}; cd {name}/checkpoint; {change}"
        ));
        let file = pack(name);
        let done = host.run(&["container", "restore", "-i", &file]);
        assert_eq!(done.code, 125, "{name}: {done}");
        assert!(done.stderr.contains(words), "{name}: no {words:?}: {done}");
        assert_eq!(host.ok(&["ps", "-aq"]), "", "{name}");
        // Whoever only looks goes into no circle either.
        host.run(&["checkpoint", "show", &file]);
        sh(&format!("rm -r {there}/{name} {file}"));
    }
    sh(&format!("rm -r {there}"));
    for image in ["one", "two"] {
        host.ok(&["rmi", image]);
    }
}
