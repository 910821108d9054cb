//! Workloads that are frozen and thawed, each judged from inside: a program sets its objects up,
//! says READY, and after the thaw says whether all of them, and all that the kernel tells of its
//! processes, are as they were (`tests/workload/held.rs`).

pub mod generations;
pub mod kernel;
pub mod processes;
pub mod programs;
pub mod refused;
pub mod trees;

use std::time::Duration;

use serde_json::Value;

use super::{Tests, tests};
use crate::harness::{Host, wait};

/// A workload's words and the options that it needs.
#[derive(Debug, Default, Clone, Copy)]
struct Plan<'a> {
    /// What follows `workload hold`.
    words: &'a [&'a str],
    /// Of `run`.
    run: &'a [&'a str],
    /// Of `container checkpoint`.
    freeze: &'a [&'a str],
    /// Of `container restore`.
    thaw: &'a [&'a str],
}

impl Plan<'_> {
    /// Sets the workload up in a container and waits until it is ready.
    #[track_caller]
    fn start(&self, host: &Host, name: &str) {
        host.start(
            name,
            self.run,
            &[&["workload", "hold"], self.words].concat(),
        );
        let ready = wait::try_until(Duration::from_mins(1), || {
            let log = host.log(name);
            assert!(!log.contains("workload:"), "it could not be set up: {log}");
            log.contains("READY").then_some(())
        });
        assert!(ready.is_some(), "not ready: {}", host.log(name));
    }

    /// Freezes into a file, removes the container and thaws it from there.
    #[track_caller]
    fn move_through_file(&self, host: &Host, name: &str) {
        let archive = host.file("frozen.tar");
        let freeze = [
            "container",
            "checkpoint",
            "--compress",
            "none",
            "-e",
            &archive,
        ];
        predicted(host, &[&freeze[..], self.freeze, &[name]].concat(), "");
        host.ok(&["rm", name]);
        let thaw = ["container", "restore", "-i", &archive];
        predicted(host, &[&thaw[..], self.thaw].concat(), "");
    }

    /// Freezes and thaws in place.
    #[track_caller]
    fn in_place(&self, host: &Host, name: &str) {
        let freeze = ["container", "checkpoint"];
        predicted(host, &[&freeze[..], self.freeze, &[name]].concat(), "");
        let thaw = ["container", "restore"];
        predicted(host, &[&thaw[..], self.thaw, &[name]].concat(), "");
    }

    /// Freezes, thaws and lets the workload judge. The objects are the same to CRIU either way:
    /// crun's containers go through a file, runc's stay in place, which halves the time.
    #[track_caller]
    fn judge(&self, host: &Host) {
        let name = "held";
        self.start(host, name);
        if host.runtime == "crun" {
            self.move_through_file(host, name);
        } else {
            self.in_place(host, name);
        }
        verdict(host, name);
    }
}

/// Runs a checkpoint or a restore that `--dry-run` has been asked about: it must end as that said.
/// `why` is what it fails with; empty: it succeeds.
#[track_caller]
fn predicted(host: &Host, words: &[&str], why: &str) {
    let preview = host.run(&[words, &["--dry-run", "--json"]].concat());
    let told: Value = serde_json::from_str(&preview.stdout).expect("a preview");
    let done = host.run(words);
    let succeeds = why.is_empty();
    assert_eq!(done.code, if succeeds { 0 } else { 125 }, "{done}");
    assert_eq!(preview.code, done.code, "{preview}\n{done}");
    assert_eq!(told[0]["Possible"], succeeds, "{preview}");
    assert!(done.stderr.contains(why), "no {why:?} in: {done}");
    assert!(preview.stdout.contains(why), "no {why:?} in: {preview}");
}

/// Says that it is time to verify, and fails with what the workload finds wrong.
#[track_caller]
pub fn verdict(host: &Host, name: &str) {
    // The workload may end, and its namespace with it, before `touch` has.
    let told = host.run(&["exec", name, "touch", "/dev/shm/go"]);
    assert!([0, 137].contains(&told.code), "{told:?}");
    let log = wait::try_until(Duration::from_mins(1), || {
        Some(host.log(name)).filter(|log| log.contains("\nOK ") || log.contains("\nWRONG "))
    });
    let log = log.expect("a verdict");
    let said: Vec<&str> = log.lines().skip(1).collect();
    assert!(said.len() == 1 && said[0].starts_with("OK "), "{log}");
    assert_eq!(host.ok(&["wait", name]), "0");
}

/// The workload with these words and no option of its own.
#[track_caller]
fn judge(host: &Host, words: &[&str]) {
    let plan = Plan {
        words,
        ..Plan::default()
    };
    plan.judge(host);
}
