//! What can't be done gets a clear error, Podman's where it has one, and leaves nothing behind.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{COUNT_ALOUD, Tests, tests};
use crate::harness::{Engine, Host, IMAGE, command, is_there, wait};

pub const TESTS: Tests = tests![
    unknown_names,
    wrong_states,
    flags_that_exclude_each_other,
    names_and_ids_taken,
    missing_runtime,
    archives_that_are_none,
    archive_of_another_architecture,
    criu_missing_or_broken,
    network_gone,
    full_disk,
    image_gone,
];

fn unknown_names(host: &Host) {
    let text = "no container with name or ID \"nobody\" found: no such container";
    host.fails(&["container", "checkpoint", "nobody"], 125, text);
    host.fails(
        &["container", "restore", "nobody"],
        125,
        "no such container or image",
    );
    for verb in ["stop", "kill", "pause", "unpause", "start", "wait", "logs"] {
        host.fails(&[verb, "nobody"], 125, "no such container");
    }
    host.fails(&["inspect", "nobody"], 125, "no such object");
    host.start_shell("real", &[], COUNT_ALOUD);
    host.fails(&["container", "checkpoint", "real", "nobody"], 125, text);
    assert_eq!(
        host.status("real"),
        "running",
        "one unknown name stops the whole command"
    );
}

fn wrong_states(host: &Host) {
    host.ok(&["create", "--name", "created", IMAGE, "true"]);
    let text = "is not running, cannot checkpoint: container state improper";
    host.fails(&["container", "checkpoint", "created"], 125, text);
    host.start_shell("busy", &[], COUNT_ALOUD);
    host.fails(
        &["container", "restore", "busy"],
        125,
        "is running or paused, cannot restore: container state improper",
    );
    host.ok(&["pause", "busy"]);
    host.fails(
        &["container", "checkpoint", "busy"],
        125,
        "\"paused\" is not running, cannot checkpoint: container state improper",
    );
    assert_eq!(host.status("busy"), "paused");
    host.ok(&["unpause", "busy"]);
    host.ok(&["stop", "-t", "0", "busy"]);
    host.fails(
        &["container", "checkpoint", "busy"],
        125,
        "\"exited\" is not running, cannot checkpoint: container state improper",
    );
    host.fails(
        &["container", "restore", "busy"],
        125,
        "a complete checkpoint for this container cannot be found, cannot restore",
    );
    host.fails(&["pause", "busy"], 125, "container state improper");
}

fn flags_that_exclude_each_other(host: &Host) {
    // Podman looks into the archive before it looks at the other flags: it must be a real one.
    host.start_shell("frozen", &[], COUNT_ALOUD);
    let real = host.file("real.tar");
    host.ok(&["container", "checkpoint", "-e", &real, "frozen"]);
    for (words, text) in [
        (
            &["checkpoint", "--all", "--latest"][..],
            "--all and --latest cannot be used together",
        ),
        (
            &["checkpoint", "--all", "one"],
            "no arguments are needed with --all",
        ),
        (
            &["checkpoint", "--latest", "one"],
            "--latest and containers cannot be used together",
        ),
        (&["checkpoint"], "you must provide at least one name or id"),
        (
            &["checkpoint", "--compress", "gzip", "one"],
            "--compress can only be used with --export",
        ),
        (
            &["checkpoint", "--compress", "lzma", "-e", "/tmp/x", "one"],
            "selected compression algorithm (\"lzma\") not supported. Please select one from: gzip, none, zstd",
        ),
        (
            &["checkpoint", "--ignore-rootfs", "one"],
            "--ignore-rootfs can only be used with --export",
        ),
        (&["restore"], "you must provide at least one name or id"),
        (
            &["restore", "--ignore-rootfs", "one"],
            "--ignore-rootfs can only be used with image or --import",
        ),
        (
            &["restore", "--name", "two", "one"],
            "--name can only be used with image or --import",
        ),
        (
            &["restore", "--import", &real, "--all"],
            "cannot use --import with --all or --latest",
        ),
        (
            &["restore", "--import", &real, "one"],
            "cannot use --import with positional arguments",
        ),
        (
            &[
                "restore",
                "--import",
                &real,
                "--tcp-established",
                "--name",
                "two",
            ],
            "--tcp-established cannot be used with --name",
        ),
    ] {
        host.fails(&[&["container"], words].concat(), 125, text);
    }
    assert!(!Path::new("/tmp/x").exists());
}

fn names_and_ids_taken(host: &Host) {
    let id = host.start_shell("taken", &[], COUNT_ALOUD);
    host.fails(
        &["run", "-d", "--name", "taken", IMAGE, "true"],
        125,
        &format!("the container name \"taken\" is already in use by {id}"),
    );
    let archive = host.file("taken.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "taken"]);
    let done = host.run(&["container", "restore", "-i", &archive]);
    assert_eq!(done.code, 125, "{done}");
    assert!(done.stderr.contains("already in use"), "{done}");
    host.fails(
        &["container", "restore", "-i", &archive, "--name", "taken"],
        125,
        "already in use",
    );
    assert_eq!(host.ok(&["ps", "-aq"]), id[..12]);
    host.ok(&["container", "restore", "taken"]);
    assert_eq!(host.status("taken"), "running");
}

fn missing_runtime(host: &Host) {
    let engine = Engine::under_test().with_runtime("no-such-runtime");
    let done = engine.run(&["run", "-d", "--name", "lost", IMAGE, "true"]);
    assert!(done.code == 125 || done.code == 127, "{done}");
    assert!(done.stderr.contains("no-such-runtime"), "{done}");
    assert!(host.ok(&["ps", "-aq"]).is_empty());
}

fn archives_that_are_none(host: &Host) {
    host.start_shell("whole", &[], COUNT_ALOUD);
    let whole = host.file("whole.tar");
    host.ok(&["container", "checkpoint", "-e", &whole, "whole"]);
    host.ok(&["rm", "whole"]);
    let bytes = fs::read(&whole).unwrap();
    let cut = |part: usize| bytes[..bytes.len() * part / 100].to_vec();
    let cases = [
        ("empty", Vec::new()),
        ("text", b"this is no archive\n".repeat(100)),
        ("magic-only", bytes[..4].to_vec()),
        ("ten", cut(10)),
        ("half", cut(50)),
        ("almost", cut(99)),
    ];
    host.fails(
        &["container", "restore", "-i", &host.file("absent.tar")],
        125,
        "no such file",
    );
    for (name, content) in cases {
        let path = host.file(name);
        fs::write(&path, content).unwrap();
        let done = host.run(&["container", "restore", "-i", &path]);
        assert_eq!(done.code, 125, "{name}: {done}");
        assert!(done.stderr.starts_with("Error: "), "{name}: {done}");
        let left = host.ok(&["ps", "-aq"]);
        assert!(left.is_empty(), "{name} left {left}");
    }
    host.fails(
        &[
            "container",
            "restore",
            "-i",
            &host.path("..").display().to_string(),
        ],
        125,
        "Error: ",
    );
    host.ok(&["container", "restore", "-i", &whole]);
}

fn tar(words: &[&str]) {
    let done = command::run(Command::new("tar").args(words), "");
    assert_eq!(done.code, 0, "{done}");
}

fn archive_of_another_architecture(host: &Host) {
    if host.engine.is_podman() {
        return;
    }
    host.start_shell("here", &[], COUNT_ALOUD);
    let archive = host.file("here.tar");
    host.ok(&[
        "container",
        "checkpoint",
        "-c",
        "none",
        "-e",
        &archive,
        "here",
    ]);
    host.ok(&["rm", "here"]);
    let directory = host.file("unpacked");
    fs::create_dir(&directory).unwrap();
    tar(&["-C", &directory, "-xf", &archive]);
    let facts = host.path("unpacked/cryopod.json");
    let text = fs::read_to_string(&facts).expect("our archives say where they come from");
    let (from, to) = if cfg!(target_arch = "x86_64") {
        (["x86_64", "amd64"], ["aarch64", "arm64"])
    } else {
        (["aarch64", "arm64"], ["x86_64", "amd64"])
    };
    let changed = text.replace(from[0], to[0]).replace(from[1], to[1]);
    assert_ne!(changed, text, "the architecture is in cryopod.json");
    fs::write(&facts, changed).unwrap();
    let _ = fs::remove_file(host.path("unpacked/cryopod.sums"));
    let other = host.file("other.tar");
    tar(&[
        "-C",
        &directory,
        "-cf",
        &other,
        "cryopod.json",
        "--exclude=./cryopod.json",
        ".",
    ]);
    let done = host.run(&["container", "restore", "-i", &other]);
    assert_eq!(done.code, 125, "{done}");
    assert!(
        to.iter().any(|name| done.stderr.contains(name)),
        "the message names it: {done}"
    );
    assert!(host.ok(&["ps", "-aq"]).is_empty());
}

/// Hides the host's CRIU, or replaces it, until dropped.
struct HiddenCriu(&'static str);

impl HiddenCriu {
    const AWAY: &'static str = "/var/tmp/criu-hidden-by-a-test";

    fn replace_with(script: Option<&str>) -> Self {
        let path = ["/usr/sbin/criu", "/usr/bin/criu"]
            .into_iter()
            .find(|path| is_there(Path::new(path)))
            .expect("CRIU is in the host");
        command::run(Command::new("mv").args([path, Self::AWAY]), "");
        if let Some(script) = script {
            fs::write(path, script).unwrap();
            command::run(Command::new("chmod").args(["755", path]), "");
        }
        Self(path)
    }
}

impl Drop for HiddenCriu {
    fn drop(&mut self) {
        command::run(Command::new("mv").args(["-f", Self::AWAY, self.0]), "");
    }
}

fn criu_missing_or_broken(host: &Host) {
    host.start_shell("warm", &[], COUNT_ALOUD);
    for script in [None, Some("#!/bin/sh\necho 'Error: no' >&2\nexit 1\n")] {
        let hidden = HiddenCriu::replace_with(script);
        let done = host.run(&["container", "checkpoint", "warm"]);
        assert_eq!(done.code, 125, "{done}");
        assert!(done.stderr.to_lowercase().contains("criu"), "{done}");
        if !host.engine.is_podman() && script.is_none() {
            assert!(
                done.stderr.contains("package"),
                "says what to install: {done}"
            );
        }
        assert_eq!(host.status("warm"), "running");
        drop(hidden);
    }
    host.ok(&["container", "checkpoint", "warm"]);
    let hidden = HiddenCriu::replace_with(None);
    assert_eq!(host.run(&["container", "restore", "warm"]).code, 125);
    assert_eq!(host.status("warm"), "exited");
    drop(hidden);
    host.ok(&["container", "restore", "warm"]);
    assert_eq!(host.status("warm"), "running");
}

const NETWORK: &str = r#"{"name": "passing", "driver": "bridge", "network_interface": "passing0",
 "id": "2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9",
 "created": "2026-01-01T00:00:00Z", "ipv6_enabled": false, "internal": false, "dns_enabled": false,
 "subnets": [{"subnet": "10.99.0.0/24", "gateway": "10.99.0.1"}], "ipam_options": {"driver": "host-local"}}"#;

fn network_gone(host: &Host) {
    let directory = host.file("networks");
    fs::create_dir(&directory).unwrap();
    let file = host.path("networks/passing.json");
    fs::write(&file, NETWORK).unwrap();
    let mut engine = host.engine.clone();
    engine
        .globals
        .extend(["--network-config-dir".to_owned(), directory]);
    engine.ok(&[
        "run",
        "-d",
        "--name",
        "lost",
        "--network",
        "passing",
        IMAGE,
        "sleep",
        "1000",
    ]);
    let archive = host.file("lost.tar");
    engine.ok(&["container", "checkpoint", "-e", &archive, "lost"]);
    engine.ok(&["rm", "lost"]);
    fs::rename(&file, host.path("passing.json")).unwrap();
    engine.fails(&["container", "restore", "-i", &archive], 125, "passing");
    assert!(engine.ok(&["ps", "-aq"]).is_empty());
    fs::rename(host.path("passing.json"), &file).unwrap();
    engine.ok(&["container", "restore", "-i", &archive]);
    engine.ok(&["rm", "-f", "-t", "0", "lost"]);
}

/// A small file system, mounted until dropped.
struct SmallDisk(String);

impl Drop for SmallDisk {
    fn drop(&mut self) {
        command::run(Command::new("umount").arg(&self.0), "");
    }
}

fn full_disk(host: &Host) {
    let disk = SmallDisk(host.file("small"));
    fs::create_dir(&disk.0).unwrap();
    let done = command::run(
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=2m", "tmpfs", &disk.0]),
        "",
    );
    assert_eq!(done.code, 0, "{done}");
    host.start("big", &[], &["workload", "eat", "20", "5"]);
    let sum = host
        .wait_for_log("big", "sum=")
        .lines()
        .next()
        .unwrap_or("")
        .to_owned();
    let target = format!("{}/big.tar", disk.0);
    for options in [&["--leave-running"][..], &[]] {
        let words = [
            &["container", "checkpoint", "-e", &target],
            options,
            &["big"],
        ]
        .concat();
        let done = host.run(&words);
        assert_eq!(done.code, 125, "{done}");
        let left: Vec<_> = fs::read_dir(&disk.0).unwrap().flatten().collect();
        assert!(left.is_empty(), "left behind: {left:?}");
        wait::until("the container runs on", || {
            (host.status("big") == "running").then_some(())
        });
        let before = host.log("big");
        let after = host.wait_for_more_log("big", &before);
        assert!(
            after.lines().all(|line| line == sum),
            "memory changed: {after}"
        );
    }
    drop(disk);
}

fn image_gone(host: &Host) {
    let root = host.path("root");
    fs::create_dir_all(root.join("bin")).unwrap();
    fs::copy("/bin/busybox", root.join("bin/busybox")).unwrap();
    let archive = host.file("image.tar");
    tar(&["-C", &root.display().to_string(), "-cf", &archive, "."]);
    host.ok(&["import", &archive, "localhost/passing:1"]);
    host.ok(&[
        "run",
        "-d",
        "--name",
        "orphan",
        "localhost/passing:1",
        "/bin/busybox",
        "sleep",
        "1000",
    ]);
    let file = host.file("orphan.tar");
    host.ok(&["container", "checkpoint", "-e", &file, "orphan"]);
    host.ok(&["rm", "orphan"]);
    host.ok(&["rmi", "localhost/passing:1"]);
    host.fails(
        &["container", "restore", "-i", &file],
        125,
        "localhost/passing:1",
    );
    assert!(host.ok(&["ps", "-aq"]).is_empty());
}
