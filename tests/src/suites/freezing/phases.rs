//! The engine kills itself at every phase of every operation (`CRYOPOD_FAIL_AT`, in builds with debug
//! assertions): whatever is half-done then, the next command finds it, completes or undoes it.

use super::crash::{check_not_lost, check_truth, start_victim};
use crate::harness::{Host, command, leak};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    start,
    remove,
    checkpoint,
    checkpoint_leaving_it_running,
    export,
    restore,
    restore_to_an_earlier_instant,
    import,
];

/// Runs the command, which must die at the given phase.
#[track_caller]
fn die_at(host: &Host, phase: &str, words: &[&str]) {
    let mut cut = host.engine.command(words);
    let done = command::run(cut.env("CRYOPOD_FAIL_AT", phase), "");
    assert_eq!(done.code, 137, "{phase}: {done}");
}

/// Each phase on a fresh victim; then nothing may stay.
fn at_phases(
    host: &Host,
    phases: &[&str],
    prepare: impl Fn(),
    words: &[&str],
    afterwards: impl Fn(&str, Option<&str>),
) {
    if host.engine.is_podman() {
        return;
    }
    let clean = leak::Snapshot::take();
    for phase in phases {
        prepare();
        die_at(host, phase, words);
        let state = check_truth(host, phase);
        afterwards(phase, state.as_deref());
        host.engine.remove_all();
        let left = leak::Snapshot::left_since(&clean);
        assert!(
            left.is_empty(),
            "{phase}; left behind:\n  {}",
            left.join("\n  ")
        );
    }
}

fn start(host: &Host) {
    at_phases(
        host,
        &["begun", "brought-up", "created", "finish"],
        || {
            let image = crate::harness::IMAGE;
            host.ok(&["create", "--name", "victim", image, "sh", "-c", COUNT_ALOUD]);
        },
        &["start", "victim"],
        |phase, state| {
            assert_eq!(state, Some("created"), "{phase}");
            host.ok(&["start", "victim"]);
            host.wait_for_log("victim", "1\n");
        },
    );
}

fn remove(host: &Host) {
    at_phases(
        host,
        &["begun", "finish"],
        || {
            start_victim(host);
            host.ok(&["kill", "victim"]);
            host.wait_for_status("victim", "exited");
        },
        &["rm", "victim"],
        |phase, state| assert_eq!(state, None, "{phase}: a removal goes on to its end"),
    );
}

fn checkpoint(host: &Host) {
    at_phases(
        host,
        &[
            "begun", "frozen", "dumping", "dumped", "captured", "whole", "finish",
        ],
        || start_victim(host),
        &["container", "checkpoint", "victim"],
        |phase, state| {
            let whole = matches!(phase, "whole" | "finish");
            assert_eq!(
                state,
                Some(if whole { "exited" } else { "running" }),
                "{phase}"
            );
            check_not_lost(host, phase, state);
        },
    );
}

fn checkpoint_leaving_it_running(host: &Host) {
    at_phases(
        host,
        &["begun", "frozen", "dumping", "dumped", "captured", "finish"],
        || start_victim(host),
        &["container", "checkpoint", "--leave-running", "victim"],
        |phase, state| {
            assert_eq!(state, Some("running"), "{phase}");
            check_not_lost(host, phase, state);
        },
    );
}

fn export(host: &Host) {
    let archive = host.path("victim.tar");
    let partial = host.path("victim.tar.partial");
    at_phases(
        host,
        &[
            "begun", "frozen", "dumping", "dumped", "captured", "archived", "whole", "finish",
        ],
        || {
            let _ = std::fs::remove_file(&archive);
            start_victim(host);
        },
        &[
            "container",
            "checkpoint",
            "-e",
            &archive.display().to_string(),
            "victim",
        ],
        |phase, state| {
            assert!(!partial.exists(), "{phase}: a partial archive is left");
            check_not_lost(host, phase, state);
        },
    );
}

fn restore(host: &Host) {
    at_phases(
        host,
        &["begun", "brought-up", "thawed", "finish"],
        || {
            start_victim(host);
            host.ok(&["container", "checkpoint", "victim"]);
        },
        &["container", "restore", "victim"],
        |phase, state| {
            let thawed = matches!(phase, "thawed" | "finish");
            assert_eq!(
                state,
                Some(if thawed { "running" } else { "exited" }),
                "{phase}"
            );
            check_not_lost(host, phase, state);
        },
    );
}

/// The files of a container that ran on after its checkpoint are not lost by a restore that fails.
fn restore_to_an_earlier_instant(host: &Host) {
    at_phases(
        host,
        &["set-aside", "brought-up"],
        || {
            start_victim(host);
            host.shell("victim", "echo early > /data/file");
            host.ok(&["container", "checkpoint", "--leave-running", "victim"]);
            host.shell("victim", "echo late > /data/file");
            host.ok(&["stop", "-t", "0", "victim"]);
        },
        &["container", "restore", "victim"],
        |phase, state| {
            assert_eq!(state, Some("exited"), "{phase}");
            host.ok(&["start", "victim"]);
            assert_eq!(host.shell("victim", "cat /data/file"), "late", "{phase}");
            host.ok(&["stop", "-t", "0", "victim"]);
            host.ok(&["container", "restore", "victim"]);
            assert_eq!(host.shell("victim", "cat /data/file"), "early", "{phase}");
        },
    );
}

fn import(host: &Host) {
    if host.engine.is_podman() {
        return;
    }
    let archive = host.file("victim.tar");
    start_victim(host);
    host.ok(&["container", "checkpoint", "-e", &archive, "victim"]);
    host.ok(&["rm", "victim"]);
    let words = ["container", "restore", "-i", &archive];
    at_phases(
        host,
        &[
            "begun",
            "unpacked",
            "made",
            "brought-up",
            "thawed",
            "finish",
        ],
        || {},
        &words,
        |phase, state| {
            let thawed = matches!(phase, "thawed" | "finish");
            assert_eq!(state, thawed.then_some("running"), "{phase}");
            if thawed {
                host.ok(&["rm", "-f", "-t", "0", "victim"]);
            }
            host.ok(&words);
            let before = host.log("victim");
            host.wait_for_more_log("victim", &before);
        },
    );
}
