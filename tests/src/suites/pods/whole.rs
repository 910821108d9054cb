//! Whole pods are frozen at one instant, and thawed whole.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{facts, is_here, namespace, state};
use crate::harness::{Finished, Host, command, leak};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    of_one_instant,
    with_files_of_shared_memory_open,
    with_volumes_and_ports,
    left_running_and_twice,
    all_run_on_after_a_failure,
    once nothing_is_left_of_a_failed_restore,
    once refusals,
    once hostile_archives,
];

/// Counts in its memory and in the pod's /dev/shm, and cries when the two differ: they do where
/// what is shared is of another instant than the memory.
fn in_step(name: &str) -> String {
    format!(
        "i=0; while :; do i=$((i+1)); echo $i > /dev/shm/{name}; read c < /dev/shm/{name}; [ $c = $i ] || echo broken; echo $i; sleep 0.02; done"
    )
}

/// Says a number in the pod's `/dev/shm` when the other has repeated the one before. Each cries when
/// it hears what it can't of a partner that stands at the same instant.
const ASKS: &str = "i=0; while :; do i=$((i+1)); echo $i > /dev/shm/asked; while :; do \
    p=; { read p < /dev/shm/told; } 2>/dev/null; case \"$p\" in $i) break;; ''|$((i-1))) sleep 0.01;; \
    *) echo broken: asked $i, told $p; sleep 1;; esac; done; echo $i; done";

/// Repeats what [`ASKS`] says.
const TELLS: &str = "j=0; while :; do q=; { read q < /dev/shm/asked; } 2>/dev/null; case \"$q\" in \
    ''|$j) sleep 0.01;; $((j+1))) j=$q; echo $j > /dev/shm/told; echo $j;; \
    *) echo broken: told $j, asked $q; sleep 1;; esac; done";

/// A pod of two containers that count.
fn counting(host: &Host, pod: &str, options: &[&str]) {
    host.ok(&[&["pod", "create", "--name", pod], options].concat());
    for name in ["one", "two"] {
        host.start_shell(name, &["--pod", pod], COUNT_ALOUD);
        host.wait_for_log(name, "1\n");
    }
}

#[track_caller]
fn go_on(host: &Host, names: &[&str]) {
    for name in names {
        let before = host.log(name);
        host.wait_for_more_log(name, &before);
    }
}

/// The pod and its volume are gone.
fn end_with_data(host: &Host) {
    host.ok(&["pod", "rm", "-f", "-t", "0", "p"]);
    host.ok(&["volume", "rm", "data"]);
}

fn tar(words: &[&str]) -> Finished {
    let done = command::run(Command::new("tar").args(words), "");
    assert_eq!(done.code, 0, "{done}");
    done
}

/// Members have files of the pod's /dev/shm open when they are frozen.
fn with_files_of_shared_memory_open(host: &Host) {
    if !is_here(host) {
        return;
    }
    let archive = host.file("p.tar");
    host.ok(&["pod", "create", "--name", "p"]);
    for name in ["one", "two"] {
        let script = format!("exec 3>/dev/shm/{name}; {COUNT_ALOUD}");
        host.start_shell(name, &["--pod", "p"], &script);
        host.wait_for_log(name, "\n5\n");
    }
    host.ok(&["pod", "checkpoint", "-e", &archive, "p"]);
    host.ok(&["pod", "rm", "p"]);
    host.ok(&["pod", "restore", "-i", &archive]);
    go_on(host, &["one", "two"]);
    host.ok(&["pod", "rm", "-f", "-t", "0", "p"]);
}

fn of_one_instant(host: &Host) {
    if !is_here(host) {
        return;
    }
    let archive = host.file("p.tar");
    for share in ["ipc,net,uts", "ipc,net,pid,uts"] {
        host.ok(&["pod", "create", "--name", "p", "--share", share]);
        let script = in_step("three");
        for (name, script) in [("one", ASKS), ("two", TELLS), ("three", &script)] {
            host.start_shell(name, &["--pod", "p"], script);
        }
        for name in ["one", "two", "three"] {
            host.wait_for_log(name, "\n5\n");
        }
        let id = host.ok(&["pod", "checkpoint", "-e", &archive, "p"]);
        assert_eq!(facts(host, "p")["Id"], id.as_str());
        assert_eq!(state(host, "p"), "Exited");
        let before: Vec<String> = ["one", "two", "three"].map(|name| host.log(name)).into();
        host.ok(&["pod", "rm", "p"]);
        let new = host.ok(&["pod", "restore", "-i", &archive]);
        assert_eq!(facts(host, "p")["Id"], new.as_str());
        assert_eq!(state(host, "p"), "Running");
        for (name, before) in ["one", "two", "three"].iter().zip(&before) {
            let log = host.wait_for_more_log(name, before);
            assert!(log.starts_with(before.trim_end()), "{name}");
            assert!(!log.contains("broken"), "{share} {name}: {log}");
            for kind in share.split(',') {
                assert_eq!(namespace(host, name, kind), namespace(host, "one", kind));
            }
        }
        host.ok(&["pod", "rm", "-f", "-t", "0", "p"]);
    }
}

fn with_volumes_and_ports(host: &Host) {
    if !is_here(host) {
        return;
    }
    let archive = host.file("p.tar");
    host.ok(&[
        "pod",
        "create",
        "--name",
        "p",
        "--label",
        "a=b",
        "--hostname",
        "shop",
        "-p",
        "8099:80",
    ]);
    for name in ["one", "two"] {
        host.start_shell(name, &["--pod", "p", "-v", "data:/data"], COUNT_ALOUD);
        host.wait_for_log(name, "1\n");
    }
    host.ok(&[
        "create",
        "--pod",
        "p",
        "--name",
        "idle",
        crate::harness::IMAGE,
        "true",
    ]);
    host.shell("one", "echo kept > /data/note; echo own > /note");
    // What it was, from its own checkpoint in place.
    let done = host.run(&[
        "pod",
        "checkpoint",
        "--compress",
        "none",
        "-e",
        &archive,
        "p",
    ]);
    assert_eq!(done.code, 0, "{done}");
    assert!(
        done.stderr.contains("container idle does not run"),
        "{done}"
    );
    host.ok(&["container", "restore", "two"]);
    go_on(host, &["two"]);
    end_with_data(host);
    host.ok(&["pod", "restore", "-i", &archive]);
    go_on(host, &["one", "two"]);
    assert_eq!(host.shell("two", "cat /data/note; hostname"), "kept\nshop");
    assert_eq!(host.shell("one", "cat /note"), "own");
    let pod = facts(host, "p");
    assert_eq!(pod["Labels"]["a"], "b");
    let bound = &pod["InfraConfig"]["PortBindings"]["80/tcp"][0]["HostPort"];
    assert_eq!(bound, "8099");
    assert_eq!(pod["NumContainers"], 3);
    // Any of the inner archives is an ordinary one.
    let inner = host.path("inner");
    fs::create_dir_all(&inner).unwrap();
    let place = inner.display().to_string();
    tar(&["-xf", &archive, "-C", &place]);
    host.ok(&["rm", "-f", "-t", "0", "one"]);
    let one = inner.join("containers/1-one.tar").display().to_string();
    host.ok(&[
        "container",
        "restore",
        "-i",
        &one,
        "--pod",
        "p",
        "--ignore-volumes",
    ]);
    go_on(host, &["one"]);
    // And the whole as a directory.
    end_with_data(host);
    host.ok(&["pod", "restore", "-i", &place]);
    go_on(host, &["one", "two"]);
    end_with_data(host);
}

fn left_running_and_twice(host: &Host) {
    if !is_here(host) {
        return;
    }
    let archive = host.file("p.tar");
    counting(host, "p", &["-p", "8098:80"]);
    let text = host.ok(&[
        "pod",
        "checkpoint",
        "--leave-running",
        "--print-stats",
        "-e",
        &archive,
        "p",
    ]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["containers"].as_array().map(Vec::len), Some(2));
    assert!(report["frozen_duration"].as_u64() > Some(0), "{text}");
    assert_eq!(state(host, "p"), "Running");
    go_on(host, &["one", "two"]);
    // Beside it, under another name.
    host.ok(&[
        "pod",
        "restore",
        "-i",
        &archive,
        "--name",
        "q",
        "--publish",
        "8097:80",
    ]);
    go_on(host, &["one", "two", "q-one", "q-two"]);
    assert_ne!(
        namespace(host, "one", "net"),
        namespace(host, "q-one", "net")
    );
    assert_eq!(
        namespace(host, "q-two", "net"),
        namespace(host, "q-one", "net")
    );
    // From there once more.
    host.ok(&["pod", "checkpoint", "-e", &archive, "--latest"]);
    assert_eq!(state(host, "q"), "Exited");
}

fn all_run_on_after_a_failure(host: &Host) {
    if !is_here(host) {
        return;
    }
    let archive = host.file("p.tar");
    host.ok(&["pod", "create", "--name", "p"]);
    host.start_shell("one", &["--pod", "p"], COUNT_ALOUD);
    // A lock that CRIU refuses when it is dumped, after the first one was.
    let hold = ["workload", "hold", "locks"];
    host.start("two", &["--pod", "p"], &hold);
    host.wait_for_log("two", "READY");
    let clean = leak::Snapshot::take();
    let done = host.run(&["pod", "checkpoint", "-e", &archive, "p"]);
    assert_eq!(done.code, 125, "{done}");
    let done = host.run(&[
        "pod",
        "checkpoint",
        "--skip-check",
        "all",
        "-e",
        &archive,
        "p",
    ]);
    assert_eq!(done.code, 125, "{done}");
    assert_eq!(state(host, "p"), "Running");
    go_on(host, &["one"]);
    assert_eq!(host.status("two"), "running");
    assert!(!host.path("p.tar").exists() && !host.path("p.tar.partial").exists());
    let mut left = leak::Snapshot::left_since(&clean);
    // Of the container, which counts.
    left.retain(|line| !line.contains("sleep"));
    assert!(left.is_empty(), "{left:?}");
    // With the flag it works.
    host.ok(&["pod", "checkpoint", "--file-locks", "-e", &archive, "p"]);
    host.ok(&["pod", "rm", "p"]);
    host.ok(&["pod", "restore", "--file-locks", "-i", &archive]);
    go_on(host, &["one"]);
    assert_eq!(host.status("two"), "running");
}

fn nothing_is_left_of_a_failed_restore(host: &Host) {
    if !is_here(host) {
        return;
    }
    let archive = host.file("p.tar");
    host.ok(&["pod", "create", "--name", "p"]);
    host.start_shell("one", &["--pod", "p", "-v", "data:/data"], COUNT_ALOUD);
    host.start_shell("two", &["--pod", "p"], COUNT_ALOUD);
    host.wait_for_log("two", "1\n");
    host.ok(&["pod", "checkpoint", "-e", &archive, "p"]);
    let restore = ["pod", "restore", "-i", &archive];
    // The pod is there.
    let done = host.run(&restore);
    assert!(
        done.code == 125 && done.stderr.contains("\"p\" is in use"),
        "{done}"
    );
    host.ok(&["pod", "rm", "p"]);
    // Its volume is.
    let done = host.run(&restore);
    assert!(done.code == 125 && done.stderr.contains("volume"), "{done}");
    host.ok(&["volume", "rm", "data"]);
    // The name of the second is taken: the first was thawed already.
    host.ok(&["create", "--name", "two", crate::harness::IMAGE, "true"]);
    let clean = leak::Snapshot::take();
    let done = host.run(&restore);
    assert!(
        done.code == 125 && done.stderr.contains("restoring container two"),
        "{done}"
    );
    let left = leak::Snapshot::left_since(&clean);
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(host.ok(&["pod", "ps", "-q"]), "");
    assert!(!host.exists("one"));
    assert_eq!(host.ok(&["volume", "ls", "-q"]), "");
    host.ok(&["rm", "two"]);
    host.ok(&restore);
    go_on(host, &["one", "two"]);
    end_with_data(host);
}

fn refusals(host: &Host) {
    if !is_here(host) {
        return;
    }
    let archive = host.file("p.tar");
    let freeze = |pod: &str, text: &str| {
        let done = host.run(&["pod", "checkpoint", "-e", &archive, pod]);
        assert!(done.code == 125 && done.stderr.contains(text), "{done}");
    };
    freeze("nope", "no pod with name or ID nope found");
    host.ok(&["pod", "create", "--name", "none", "--infra=false"]);
    freeze("none", "has no infra container");
    host.ok(&["pod", "create", "--name", "p"]);
    freeze("p", "no container of pod p is running");
    host.start_shell("one", &["--pod", "p"], COUNT_ALOUD);
    host.ok(&["pod", "pause", "p"]);
    freeze("p", "is paused");
    host.ok(&["pod", "unpause", "p"]);
    for words in [
        &["pod", "checkpoint", "p"][..],
        &["pod", "checkpoint", "-e", "-", "p"],
        &["pod", "checkpoint", "-e", "/nowhere/p.tar", "p"],
        &["pod", "restore"],
        &["pod", "restore", "-i", "-"],
        &["pod", "restore", "-i", "/nowhere/p.tar"],
    ] {
        assert_eq!(host.run(words).code, 125, "{words:?}");
    }
    assert_eq!(state(host, "p"), "Running");
    // One of a container is none of a pod, and the other way round.
    host.ok(&["container", "checkpoint", "-R", "-e", &archive, "one"]);
    let done = host.run(&["pod", "restore", "-i", &archive]);
    assert!(done.stderr.contains("not that of a pod"), "{done}");
    host.ok(&["pod", "checkpoint", "-R", "-e", &archive, "p"]);
    let done = host.run(&[
        "container",
        "restore",
        "-i",
        &archive,
        "--name",
        "x",
        "--pod",
        "p",
    ]);
    assert_eq!(done.code, 125, "{done}");
    let key = host.file("key.pub");
    fs::write(
        &key,
        "untrusted comment: x\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n",
    )
    .unwrap();
    let done = host.run(&[
        "pod",
        "restore",
        "-i",
        &archive,
        "--name",
        "q",
        "--verify-with",
        &key,
    ]);
    assert!(done.stderr.contains("it is not signed"), "{done}");
}

/// What an archive says of a pod gives it nothing.
fn hostile_archives(host: &Host) {
    if !is_here(host) {
        return;
    }
    let archive = host.file("p.tar");
    counting(host, "p", &[]);
    host.ok(&["pod", "checkpoint", "-e", &archive, "p"]);
    host.ok(&["pod", "rm", "p"]);
    let inner = host.path("inner");
    fs::create_dir_all(&inner).unwrap();
    let place = inner.display().to_string();
    tar(&["-xf", &archive, "-C", &place]);
    let index = inner.join("pod.json");
    let honest: Value = serde_json::from_slice(&fs::read(&index).unwrap()).unwrap();
    let clean = leak::Snapshot::take();
    let refused = |edit: &dyn Fn(&mut Value), text: &str| {
        let mut edited = honest.clone();
        edit(&mut edited);
        fs::write(&index, edited.to_string()).unwrap();
        let done = host.run(&["pod", "restore", "-i", &place]);
        assert!(
            done.code == 125 && done.stderr.contains(text) && !done.stderr.contains('\u{1b}'),
            "{text}: {done}"
        );
        let left = leak::Snapshot::left_since(&clean);
        assert!(left.is_empty(), "{text}: {left:?}");
    };
    let network = |word: &'static str| {
        move |index: &mut Value| index["pod"]["infra"]["networks"] = serde_json::json!([word])
    };
    refused(&network("host"), "--allow-host-network");
    refused(&network("ns:/proc/1/ns/net"), "the archive names network");
    refused(&network("container:x"), "the archive names network");
    refused(
        &|index| index["pod"]["name"] = "../x".into(),
        "names must match",
    );
    refused(
        &|index| index["pod"]["labels"] = serde_json::json!({"a": "\u{1b}[2J"}),
        "label",
    );
    refused(
        &|index| index["containers"][0]["archive"] = "../p.tar".into(),
        "of another name",
    );
    refused(
        &|index| index["containers"][0]["name"] = "a/../../b".into(),
        "container",
    );
    refused(&|index| index["version"] = 9.into(), "newer cryopod");
    refused(
        &|index| index["pod"]["shared"] = serde_json::json!(["net"]),
        "does not share the",
    );
    // What it leaves out is not shared either: its containers find that nothing of theirs is there.
    refused(
        &|index| index["pod"]["infra"] = Value::Null,
        "without an infra container",
    );
    // A link in place of an archive.
    fs::write(&index, honest.to_string()).unwrap();
    let one = inner.join("containers/1-one.tar");
    let aside = host.path("aside.tar");
    fs::rename(&one, &aside).unwrap();
    std::os::unix::fs::symlink(&aside, &one).unwrap();
    let done = host.run(&["pod", "restore", "-i", &place]);
    assert!(
        done.code == 125 && done.stderr.contains("cannot open"),
        "{done}"
    );
    // One that is cut short.
    fs::remove_file(&one).unwrap();
    fs::write(&one, &fs::read(&aside).unwrap()[..2000]).unwrap();
    let done = host.run(&["pod", "restore", "-i", &place]);
    assert_eq!(done.code, 125, "{done}");
    let left = leak::Snapshot::left_since(&clean);
    assert!(left.is_empty(), "{left:?}");
}
