//! Containers of a pod are frozen and thawed, into their own pod and into others.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{infra, is_here, namespace};
use crate::harness::{Host, command, leak};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    in_place,
    from_an_archive,
    with_shared_processes,
    once from_the_catalogue,
    once refusals,
    once hostile_archives,
];

/// A container in a pod that counts.
fn counting(host: &Host, pod: &str, share: &str) {
    host.ok(&["pod", "create", "--name", pod, "--share", share]);
    host.start_shell("one", &["--pod", pod], COUNT_ALOUD);
    host.start("two", &["--pod", pod], &["sleep", "1000"]);
    host.wait_for_log("one", "2\n");
}

/// A container is in the namespaces of its pod.
#[track_caller]
fn shares(host: &Host, container: &str, pod: &str, kinds: &[&str]) {
    let infra = infra(host, pod);
    for kind in kinds {
        let own = namespace(host, container, kind);
        assert_eq!(own, namespace(host, &infra, kind), "{container} {kind}");
    }
}

/// What a script says in the IPC namespace of a pod, with the host's /proc.
fn in_ipc_of(host: &Host, pod: &str, script: &str) -> String {
    let pid = host.inspect(&infra(host, pod))["State"]["Pid"].to_string();
    let mut line = Command::new("nsenter");
    line.args(["--ipc", "--target", &pid, "sh", "-c", script]);
    let done = command::run(&mut line, "");
    assert_eq!(done.code, 0, "{done}");
    done.stdout
}

fn in_place(host: &Host) {
    if !is_here(host) {
        return;
    }
    counting(host, "p", "ipc,net,uts");
    host.shell("two", "echo old > /dev/shm/note");
    host.ok(&["container", "checkpoint", "one"]);
    // What the pod shares is not of that instant.
    host.shell("two", "echo new > /dev/shm/note");
    let before = host.log("one");
    host.ok(&["container", "restore", "one"]);
    host.wait_for_more_log("one", &before);
    shares(host, "one", "p", &["net", "ipc", "uts"]);
    assert_eq!(host.shell("one", "cat /dev/shm/note"), "new");
    // Its infra container is started where it doesn't run any more.
    host.ok(&["container", "checkpoint", "one"]);
    host.ok(&["pod", "stop", "-t", "0", "p"]);
    let before = host.log("one");
    host.ok(&["container", "restore", "one"]);
    host.wait_for_more_log("one", &before);
    shares(host, "one", "p", &["net", "ipc", "uts"]);
    // The pod's /dev/shm went with it: what is put back is of the last checkpoint.
    assert_eq!(host.shell("one", "cat /dev/shm/note"), "new");
    let place = host.inspect("one")["State"]["CgroupPath"].clone();
    assert!(
        place
            .as_str()
            .is_some_and(|path| path.starts_with("/cryopod/pod-")),
        "{place}"
    );
    // All that can be frozen is.
    host.ok(&["container", "checkpoint", "--all", "--leave-running"]);
    assert_eq!(host.status("one"), "running");
}

fn from_an_archive(host: &Host) {
    if !is_here(host) {
        return;
    }
    counting(host, "p", "ipc,net,uts");
    host.shell("one", "echo kept > /dev/shm/note");
    let archive = host.file("one.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "one"]);
    let count = host.log("one").lines().count();
    host.ok(&["rm", "one"]);
    // Into the same pod, whose limits the archive doesn't change.
    let limit = |set: &str| in_ipc_of(host, "p", &format!("{set} cat /proc/sys/kernel/msgmax"));
    assert_eq!(limit("echo 4096 > /proc/sys/kernel/msgmax;"), "4096\n");
    let restore = ["container", "restore", "-i", &archive, "--pod"];
    host.ok(&[&restore[..], &["p"]].concat());
    shares(host, "one", "p", &["net", "ipc", "uts"]);
    assert_eq!(limit(""), "4096\n");
    host.wait_for_log("one", &format!("\n{}\n", count + 2));
    // And into another one under another name, beside it; that pod keeps its own.
    host.ok(&["pod", "create", "--name", "q"]);
    host.ok(&[&restore[..], &["q", "--name", "second"]].concat());
    shares(host, "second", "q", &["net", "ipc", "uts"]);
    assert_eq!(host.shell("second", "hostname"), "q");
    assert_eq!(host.shell("second", "cat /dev/shm/note"), "kept");
    assert_eq!(host.shell("two", "hostname"), "p");
    assert_eq!(host.inspect("second")["Config"]["Hostname"], "q");
    // It can be frozen from there, and started cold.
    host.ok(&["container", "checkpoint", "second"]);
    host.ok(&["container", "restore", "second"]);
    host.ok(&["stop", "-t", "0", "second"]);
    host.ok(&["start", "second"]);
    shares(host, "second", "q", &["net", "ipc", "uts"]);
}

fn with_shared_processes(host: &Host) {
    if !is_here(host) {
        return;
    }
    counting(host, "p", "pid,net");
    let archive = host.file("one.tar");
    host.ok(&["container", "checkpoint", "one"]);
    host.ok(&["container", "restore", "one"]);
    shares(host, "one", "p", &["pid", "net"]);
    host.ok(&["container", "checkpoint", "-e", &archive, "one"]);
    host.ok(&["rm", "one"]);
    host.ok(&["container", "restore", "-i", &archive, "--pod", "p"]);
    shares(host, "one", "p", &["pid", "net"]);
    let seen = host.shell("two", "ps -o args");
    assert!(seen.contains("while :"), "{seen}");
}

fn from_the_catalogue(host: &Host) {
    if !is_here(host) {
        return;
    }
    counting(host, "p", "ipc,net,uts");
    host.ok(&["checkpoint", "create", "one", "first"]);
    host.ok(&["start", "--checkpoint", "first", "one"]);
    shares(host, "one", "p", &["net", "ipc", "uts"]);
}

fn refusals(host: &Host) {
    if !is_here(host) {
        return;
    }
    counting(host, "p", "ipc,net,uts");
    let id = host.ok(&["pod", "create", "--name", "other", "--share", "net"]);
    let none = host.ok(&["pod", "create", "--name", "none", "--infra=false"]);
    let (archive, alone) = (host.file("one.tar"), host.file("alone.tar"));
    host.ok(&["container", "checkpoint", "-e", &archive, "one"]);
    host.ok(&["rm", "one"]);
    host.start_shell("alone", &[], COUNT_ALOUD);
    host.ok(&["container", "checkpoint", "-e", &alone, "alone"]);
    host.ok(&["rm", "alone"]);
    let restore = |archive: &str, options: &[&str], text: &str| {
        let words = [&["container", "restore", "-i", archive], options].concat();
        host.fails(&words, 125, &format!("Error: {text}"));
    };
    restore(&archive, &[], "cannot restore pod container without --pod");
    restore(
        &alone,
        &["--pod", "p"],
        "cannot restore non pod container into pod",
    );
    restore(
        &archive,
        &["--pod", "nope"],
        "pod \"nope\" cannot be retrieved: no pod with name or ID nope found: no such pod",
    );
    restore(
        &archive,
        &["--pod", "none"],
        &format!(
            "cannot retrieve infra container from pod \"{none}\": pod has no infra container: no such container"
        ),
    );
    restore(
        &archive,
        &["--pod", "other"],
        &format!("pod {id} does not share the IPC namespace"),
    );
    host.fails(
        &["container", "restore", "two", "--pod", "p"],
        125,
        "Error: --pod can only be used with image or --import",
    );
    let infra = infra(host, "p");
    let done = host.run(&["container", "checkpoint", &infra]);
    assert!(
        done.code == 125 && done.stderr.contains("it is the infra container of pod"),
        "{done}"
    );
    // A rehearsal starts nothing.
    host.ok(&["pod", "stop", "-t", "0", "p"]);
    let done = host.run(&[
        "container",
        "restore",
        "-i",
        &archive,
        "--pod",
        "p",
        "--dry-run",
    ]);
    assert_eq!(done.code, 0, "{done}");
    assert_eq!(host.status(&infra), "exited");
}

/// An archive with its record edited, as Podman would write it: without our sums.
fn edited(host: &Host, archive: &str, edit: impl Fn(&mut Value)) -> String {
    let directory = host.path("edited");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    let place = directory.display().to_string();
    let tar = |words: &[&str]| {
        let done = command::run(Command::new("tar").args(["-C", &place]).args(words), "");
        assert_eq!(done.code, 0, "{done}");
    };
    tar(&["-xf", archive]);
    for own in ["cryopod.json", "cryopod.sums"] {
        let _ = fs::remove_file(directory.join(own));
    }
    let path = directory.join("config.dump");
    let mut record: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    edit(&mut record);
    fs::write(&path, record.to_string()).unwrap();
    let made = host.file("edited.tar");
    tar(&["-cf", &made, "."]);
    made
}

/// What an archive says of a pod gives it nothing that the user didn't name.
fn hostile_archives(host: &Host) {
    if !is_here(host) {
        return;
    }
    host.ok(&["pod", "create", "--name", "p", "--share", "ipc,net,pid,uts"]);
    host.start("two", &["--pod", "p"], &["sleep", "1000"]);
    host.start_shell("alone", &[], COUNT_ALOUD);
    host.wait_for_log("alone", "1\n");
    let honest = host.file("alone.tar");
    host.ok(&[
        "container",
        "checkpoint",
        "--compress",
        "none",
        "-e",
        &honest,
        "alone",
    ]);
    host.ok(&["rm", "alone"]);
    let pod = super::facts(host, "p")["Id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let holder = infra(host, "p");
    let clean = leak::Snapshot::take();
    // It claims to be of the pod, by its true id, and to share its namespaces.
    let claims = edited(host, &honest, |record| {
        record["pod"] = pod.clone().into();
        for key in ["ipcNsCtr", "netNsCtr", "pidNsCtr", "utsNsCtr"] {
            record[key] = holder.clone().into();
        }
    });
    host.fails(
        &["container", "restore", "-i", &claims],
        125,
        "Error: cannot restore pod container without --pod",
    );
    // With the user's word it gets no further than its images: its network and processes were its own.
    let done = host.run(&["container", "restore", "-i", &claims, "--pod", "p"]);
    assert!(done.code == 125 && !host.exists("alone"), "{done}");
    // It claims nothing but the namespaces: they are its own all the same.
    let sly = edited(host, &honest, |record| {
        for key in ["ipcNsCtr", "netNsCtr", "pidNsCtr", "utsNsCtr"] {
            record[key] = holder.clone().into();
        }
    });
    let left = leak::Snapshot::left_since(&clean);
    assert!(left.is_empty(), "{left:?}");
    host.ok(&["container", "restore", "-i", &sly]);
    for kind in ["ipc", "net", "pid", "uts"] {
        assert_ne!(
            namespace(host, "alone", kind),
            namespace(host, "two", kind),
            "{kind}"
        );
    }
    // A pod that is no word.
    for name in ["a\u{1b}[2J", "../x"] {
        let odd = edited(host, &honest, |record| record["pod"] = name.into());
        let done = host.run(&["container", "restore", "-i", &odd]);
        assert!(
            done.code == 125 && !done.stderr.contains('\u{1b}'),
            "{done}"
        );
    }
}
