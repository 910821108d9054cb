//! The engine kills itself in the middle of what is done to a pod: the pod is there with its infra
//! container, or nothing of it is.

use super::phases::die_at;
use crate::harness::{Host, IMAGE, leak};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![
    pod_create,
    pod_start,
    member_start,
    pod_remove,
    restore_into_a_pod,
    whole_checkpoint,
    whole_checkpoint_left_running,
    whole_restore,
];

/// Where each test kills the engine.
pub const PHASES: &[(&str, &[&str])] = &[
    ("pod_create", &["begun", "directory-made", "finish"]),
    ("pod_start", &["begun", "brought-up", "created", "finish"]),
    ("member_start", &["begun", "created", "finish"]),
    (
        "pod_remove",
        &["member-removed", "begun", "torn-down", "finish"],
    ),
    (
        "restore_into_a_pod",
        &["row-made", "infra-started", "brought-up", "thawed"],
    ),
    (
        "whole_checkpoint",
        &[
            "begun",
            "pod-frozen",
            "frozen",
            "dumped",
            "captured",
            "archived",
            "whole",
            "promoted",
            "ended",
            "recorded",
        ],
    ),
    (
        "whole_checkpoint_left_running",
        &["pod-frozen", "captured", "whole"],
    ),
    (
        "whole_restore",
        &[
            "pod-made",
            "row-made",
            "infra-started",
            "thawed",
            "member-restored",
            "pod-whole",
        ],
    ),
];

fn each(host: &Host, test: &str, body: impl Fn(&str)) {
    if host.engine.is_podman() || host.runtime != "crun" {
        return;
    }
    let (_, phases) = PHASES
        .iter()
        .find(|(name, _)| *name == test)
        .expect("a test of the table");
    let clean = leak::Snapshot::take();
    for phase in *phases {
        body(phase);
        host.engine.remove_all();
        let left = leak::Snapshot::left_since(&clean);
        assert!(left.is_empty(), "{phase}:\n  {}", left.join("\n  "));
    }
}

fn state(host: &Host) -> String {
    host.ok(&[
        "pod",
        "ps",
        "--format",
        "{{.Name}} {{.Status}} {{.NumberOfContainers}}",
    ])
}

fn pod_create(host: &Host) {
    let create = ["pod", "create", "--name", "victim"];
    each(host, "pod_create", |phase| {
        die_at(host, phase, &create);
        assert_eq!(state(host), "", "{phase}");
        assert_eq!(host.ok(&["ps", "-aq"]), "", "{phase}");
        host.ok(&create);
    });
}

fn pod_start(host: &Host) {
    each(host, "pod_start", |phase| {
        host.ok(&["pod", "create", "--name", "victim"]);
        die_at(host, phase, &["pod", "start", "victim"]);
        assert_eq!(state(host), "victim Created 1", "{phase}");
        host.ok(&["pod", "start", "victim"]);
        assert_eq!(state(host), "victim Running 1", "{phase}");
    });
}

/// Killed while it starts the infra container, or the container itself.
fn member_start(host: &Host) {
    each(host, "member_start", |phase| {
        host.ok(&["pod", "create", "--name", "victim"]);
        host.ok(&[
            "create", "--pod", "victim", "--name", "one", IMAGE, "sleep", "1000",
        ]);
        die_at(host, phase, &["start", "one"]);
        assert_ne!(host.status("one"), "running", "{phase}");
        host.ok(&["start", "one"]);
        assert_eq!(state(host), "victim Running 2", "{phase}");
    });
}

fn pod_remove(host: &Host) {
    each(host, "pod_remove", |phase| {
        host.ok(&["pod", "create", "--name", "victim"]);
        host.ok(&["create", "--pod", "victim", "--name", "one", IMAGE, "true"]);
        die_at(host, phase, &["pod", "rm", "victim"]);
        // The first operation that begins is the removal of the container.
        let left = state(host);
        if matches!(phase, "member-removed" | "begun" | "torn-down" | "finish") {
            assert_eq!(left, "victim Created 1", "{phase}");
        }
        assert!(!host.exists("one"), "{phase}");
        host.ok(&["pod", "rm", "victim"]);
        assert_eq!(state(host), "");
    });
}

fn restore_into_a_pod(host: &Host) {
    let archive = host.file("one.tar");
    each(host, "restore_into_a_pod", |phase| {
        host.ok(&["pod", "create", "--name", "first"]);
        host.start_shell("one", &["--pod", "first"], crate::suites::COUNT_ALOUD);
        host.wait_for_log("one", "1\n");
        host.ok(&["container", "checkpoint", "-e", &archive, "one"]);
        host.ok(&["pod", "rm", "-f", "-t", "0", "first"]);
        host.ok(&["pod", "create", "--name", "second"]);
        let restore = ["container", "restore", "-i", &archive, "--pod", "second"];
        die_at(host, phase, &restore);
        if phase == "thawed" {
            assert_eq!(state(host), "second Running 2");
            assert_eq!(host.status("one"), "running");
            return;
        }
        assert!(!host.exists("one"), "{phase}");
        host.ok(&restore);
        assert_eq!(host.status("one"), "running");
    });
}

fn two_of_a_pod(host: &Host) {
    host.ok(&["pod", "create", "--name", "victim"]);
    for name in ["one", "two"] {
        host.start_shell(
            name,
            &["--pod", "victim", "-v", "data:/data"],
            crate::suites::COUNT_ALOUD,
        );
        host.wait_for_log(name, "1\n");
    }
}

#[track_caller]
fn both_go_on(host: &Host, phase: &str) {
    for name in ["one", "two"] {
        assert_eq!(host.status(name), "running", "{phase}");
        let before = host.log(name);
        host.wait_for_more_log(name, &before);
    }
}

/// All of the pod is frozen, or all of it runs on.
fn whole_checkpoint(host: &Host) {
    let archive = host.file("victim.tar");
    each(host, "whole_checkpoint", |phase| {
        two_of_a_pod(host);
        let checkpoint = ["pod", "checkpoint", "-e", &archive, "victim"];
        die_at(host, phase, &checkpoint);
        let decided = ["whole", "promoted", "ended", "recorded"].contains(&phase);
        host.ok(&["ps", "-a"]);
        assert!(!host.path("victim.tar.partial").exists(), "{phase}");
        if decided {
            for name in ["one", "two"] {
                assert_eq!(host.status(name), "exited", "{phase}");
                host.ok(&["container", "restore", name]);
            }
        }
        both_go_on(host, phase);
        host.ok(&checkpoint);
        host.ok(&["pod", "rm", "victim"]);
        host.ok(&["volume", "rm", "data"]);
        host.ok(&["pod", "restore", "-i", &archive]);
        both_go_on(host, phase);
        host.ok(&["pod", "rm", "-f", "-t", "0", "victim"]);
        host.ok(&["volume", "rm", "data"]);
    });
}

fn whole_checkpoint_left_running(host: &Host) {
    let archive = host.file("victim.tar");
    each(host, "whole_checkpoint_left_running", |phase| {
        two_of_a_pod(host);
        let checkpoint = ["pod", "checkpoint", "-R", "-e", &archive, "victim"];
        die_at(host, phase, &checkpoint);
        host.ok(&["ps", "-a"]);
        both_go_on(host, phase);
        host.ok(&checkpoint);
        both_go_on(host, phase);
        host.ok(&["pod", "rm", "-f", "-t", "0", "victim"]);
        host.ok(&["volume", "rm", "data"]);
    });
}

/// All of the pod is there and runs, or nothing of it is there.
fn whole_restore(host: &Host) {
    let archive = host.file("victim.tar");
    let restore = ["pod", "restore", "-i", &archive];
    each(host, "whole_restore", |phase| {
        two_of_a_pod(host);
        host.ok(&["pod", "checkpoint", "-e", &archive, "victim"]);
        host.ok(&["pod", "rm", "victim"]);
        host.ok(&["volume", "rm", "data"]);
        die_at(host, phase, &restore);
        host.ok(&["ps", "-a"]);
        if phase == "pod-whole" {
            assert_eq!(state(host), "victim Running 3");
        } else {
            assert_eq!(state(host), "", "{phase}");
            assert_eq!(host.ok(&["ps", "-aq"]), "", "{phase}");
            assert_eq!(host.ok(&["volume", "ls", "-q"]), "", "{phase}");
            host.ok(&restore);
        }
        both_go_on(host, phase);
        host.ok(&["pod", "rm", "-f", "-t", "0", "victim"]);
        host.ok(&["volume", "rm", "data"]);
    });
}
