//! Pre-checkpoints: memory saved in steps while the container runs, thawed as a whole; and limits in
//! cgroup v2. Both need a kernel that throw-away hosts may not have: most of this runs in the virtual
//! machine (`cargo xtask e2e --vm`), the refusal where the kernel can't.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use serde_json::Value;

use crate::harness::{Engine, Host, IMAGE, command, value, wait};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![asks_the_kernel_first];

pub const IN_VM: Tests = tests![
    kernel_tracks_memory,
    two_steps,
    once chain_of_three,
    once chain_in_directories_of_ones_own,
    once named_one_builds_on_a_pre_checkpoint,
    two_archives,
    runc limits_hold_after_the_thaw,
    once previous_must_exist,
];

pub const INTEROP_IN_VM: Tests = tests![
    crun podman_thaws_both_of_ours,
    runc we_thaw_both_of_podmans,
];

/// Podman's words, and the option that it leaves out.
const NO_TRACKING: [&str; 2] = [
    "system (architecture/kernel/CRIU) does not support memory tracking",
    "CONFIG_MEM_SOFT_DIRTY",
];

const PRE: [&str; 3] = ["container", "checkpoint", "--pre-checkpoint"];
const FINAL: [&str; 3] = ["container", "checkpoint", "--with-previous"];

/// Starts a container that changes its memory and checks it, round after round.
fn start(engine: &Engine, options: &[&str]) {
    let line = [
        &["run", "-d", "--name", "churn"],
        options,
        &[IMAGE, "workload", "churn", "32"],
    ]
    .concat();
    engine.ok(&line);
    next_rounds(engine);
}

fn log(engine: &Engine) -> String {
    engine.ok(&["logs", "churn"])
}

fn last_round(log: &str) -> u64 {
    log.lines()
        .rev()
        .find_map(|line| value(line, "round"))
        .unwrap_or(0)
}

/// Waits for three more rounds; in none of all so far may memory be another than it was.
#[track_caller]
fn next_rounds(engine: &Engine) {
    let before = last_round(&log(engine));
    let log = wait::until("three more rounds", || {
        Some(log(engine)).filter(|log| last_round(log) >= before + 3)
    });
    assert!(!log.contains("BROKEN"), "memory is of two times: {log}");
    let rounds: Vec<u64> = log
        .lines()
        .filter_map(|line| value(line, "round"))
        .collect();
    assert!(
        rounds.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "rounds were lost or repeated: {log}"
    );
}

/// Checkpoints with `--print-stats` and returns how many pages CRIU wrote.
#[track_caller]
fn pages_written(host: &Host, words: &[&str]) -> u64 {
    let text = host.ok(&[words, &["--print-stats", "churn"]].concat());
    let json: Value = serde_json::from_str(&text).unwrap();
    json["container_statistics"][0]["criu_statistics"]["pages_written"]
        .as_u64()
        .unwrap_or_else(|| panic!("no pages_written in {text}"))
}

/// The kernel's answer, not the engine's.
fn tracking() -> bool {
    command::run(
        Command::new("criu").args(["check", "--feature", "mem_dirty_track"]),
        "",
    )
    .code
        == 0
}

fn asks_the_kernel_first(host: &Host) {
    start(&host.engine, &[]);
    for words in [&PRE, &FINAL] {
        let line = [&words[..], &["churn"]].concat();
        if tracking() {
            // This host can do it, so both must work, in this order.
            host.ok(&line);
            continue;
        }
        let done = host.fails(&line, 125, NO_TRACKING[0]);
        assert!(done.stderr.contains(NO_TRACKING[1]), "{done}");
        assert_eq!(host.status("churn"), "running");
        next_rounds(&host.engine);
    }
}

fn kernel_tracks_memory(_host: &Host) {
    assert!(tracking(), "the VM is of no use without it");
}

fn two_steps(host: &Host) {
    start(&host.engine, &[]);
    let first = pages_written(host, &PRE);
    assert_eq!(host.status("churn"), "running");
    next_rounds(&host.engine);
    let last = pages_written(host, &FINAL);
    assert_eq!(host.status("churn"), "exited");
    assert!(
        first > 8192 && last < first / 2,
        "32 MB are 8192 pages; written: {first}, then {last}"
    );
    host.ok(&["container", "restore", "churn"]);
    next_rounds(&host.engine);
    // And a checkpoint without the past is a full one again.
    let full = pages_written(host, &["container", "checkpoint"]);
    assert!(full > 8192, "{full}");
    host.ok(&["container", "restore", "churn"]);
    next_rounds(&host.engine);
}

fn chain_of_three(host: &Host) {
    start(&host.engine, &[]);
    let mut written = Vec::new();
    for _ in 0..3 {
        written.push(pages_written(host, &PRE));
        next_rounds(&host.engine);
    }
    written.push(pages_written(host, &FINAL));
    assert!(
        written[1..].iter().all(|pages| *pages < written[0] / 2),
        "each holds what changed since the one before: {written:?}"
    );
    host.ok(&["container", "restore", "churn"]);
    next_rounds(&host.engine);
}

/// Checkpoints into two archives and removes the container.
fn freeze_twice(engine: &Engine, pre: &str, last: &str) {
    engine.ok(&[&PRE[..], &["-e", pre, "churn"]].concat());
    next_rounds(engine);
    engine.ok(&[&FINAL[..], &["-e", last, "churn"]].concat());
    engine.ok(&["rm", "churn"]);
    let size = |path| fs::metadata(path).unwrap().len();
    assert!(
        size(last) < size(pre) / 2,
        "the second holds what changed: {} bytes after {}",
        size(last),
        size(pre)
    );
}

fn thaw_both(engine: &Engine, pre: &str, last: &str) {
    engine.ok(&["container", "restore", "-i", last, "--import-previous", pre]);
    next_rounds(engine);
}

fn chain_in_directories_of_ones_own(host: &Host) {
    start(&host.engine, &[]);
    let (pre, last) = (host.file("pre"), host.file("last"));
    let first = pages_written(host, &[&PRE[..], &["--image-path", &pre]].concat());
    next_rounds(&host.engine);
    let blocks = || fs::metadata(host.path("pre/pages-1.img")).unwrap().blocks();
    let before = blocks();
    let onto = [
        "--image-path",
        &last,
        "--parent-path",
        "../pre",
        "--auto-dedup",
    ];
    let second = pages_written(host, &[&["container", "checkpoint"], &onto[..]].concat());
    assert!(second < first / 2, "written: {first}, then {second}");
    assert!(blocks() < before, "what is written anew is punched out");
    host.ok(&["container", "restore", "churn"]);
    next_rounds(&host.engine);
}

fn named_one_builds_on_a_pre_checkpoint(host: &Host) {
    start(&host.engine, &[]);
    host.ok(&[&PRE[..], &["churn"]].concat());
    next_rounds(&host.engine);
    host.ok(&["checkpoint", "create", "--with-previous", "churn", "one"]);
    host.ok(&["start", "--checkpoint", "one", "churn"]);
    next_rounds(&host.engine);
    host.ok(&["stop", "-t", "0", "churn"]);
    // It keeps what it builds upon: a second thaw needs no other. Rounds are told again.
    let before = log(&host.engine);
    host.ok(&["start", "--checkpoint", "one", "churn"]);
    let after = host.wait_for_more_log("churn", &before);
    assert!(!after.contains("BROKEN"), "memory is of two times: {after}");
}

fn two_archives(host: &Host) {
    let (pre, last) = (host.file("pre.tar.zst"), host.file("last.tar.zst"));
    start(&host.engine, &[]);
    freeze_twice(&host.engine, &pre, &last);
    host.fails(
        &["container", "restore", "-i", &last],
        125,
        "--import-previous",
    );
    assert!(!host.exists("churn"), "a refused import leaves nothing");
    thaw_both(&host.engine, &pre, &last);
}

/// A file of the cgroup in which the container's first process is.
fn limit(host: &Host, file: &str) -> String {
    let pid = host.pid("churn");
    let text = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
    let path = text.trim().strip_prefix("0::").unwrap();
    // A runtime may put it into a group below the one that it limits.
    let mut directory = std::path::PathBuf::from(format!("/sys/fs/cgroup{path}"));
    loop {
        let found = fs::read_to_string(directory.join(file)).unwrap_or_else(|_| "none".into());
        if found.trim() != "max" {
            return found.trim().to_owned();
        }
        assert!(directory.pop(), "no limit {file} at {path}");
    }
}

fn limits_hold_after_the_thaw(host: &Host) {
    let limits = || (limit(host, "memory.max"), limit(host, "pids.max"));
    let expected = ("134217728".to_owned(), "50".to_owned());
    start(&host.engine, &["--memory", "128m", "--pids-limit", "50"]);
    assert_eq!(limits(), expected);
    pages_written(host, &PRE);
    next_rounds(&host.engine);
    pages_written(host, &FINAL);
    host.ok(&["container", "restore", "churn"]);
    next_rounds(&host.engine);
    assert_eq!(limits(), expected);
    let archive = host.file("limits.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "churn"]);
    host.ok(&["rm", "churn"]);
    host.ok(&["container", "restore", "-i", &archive]);
    next_rounds(&host.engine);
    assert_eq!(limits(), expected);
}

fn previous_must_exist(host: &Host) {
    start(&host.engine, &[]);
    let line = [&FINAL[..], &["churn"]].concat();
    host.fails(&line, 125, "pre-checkpoint");
    assert_eq!(host.status("churn"), "running");
    // Nor is that of an earlier life one to build upon.
    host.ok(&[&PRE[..], &["churn"]].concat());
    host.ok(&["container", "checkpoint", "churn"]);
    host.ok(&["container", "restore", "churn"]);
    host.fails(&line, 125, "pre-checkpoint");
    next_rounds(&host.engine);
}

fn podman_thaws_both_of_ours(host: &Host) {
    let (pre, last) = (host.file("pre.tar.zst"), host.file("last.tar.zst"));
    start(&host.engine, &[]);
    freeze_twice(&host.engine, &pre, &last);
    let podman = Engine::podman().with_runtime(host.runtime);
    thaw_both(&podman, &pre, &last);
    podman.remove_all();
}

fn we_thaw_both_of_podmans(host: &Host) {
    let (pre, last) = (host.file("pre.tar.zst"), host.file("last.tar.zst"));
    let podman = Engine::podman().with_runtime(host.runtime);
    start(&podman, &[]);
    freeze_twice(&podman, &pre, &last);
    thaw_both(&host.engine, &pre, &last);
}
