//! Freezing and thawing one container: memory, files, log, terminal and exit code go on.

use crate::harness::{Host, ONLY_IN_IMAGE, value, wait};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    memory_goes_on_in_place,
    memory_goes_on_from_file,
    large_memory_is_intact,
    files_come_back,
    file_that_only_the_image_has,
    shared_memory_comes_back,
    log_goes_on_over_two_restores,
    exit_code_after_thaw,
    terminal_goes_on,
    exec_works_after_thaw,
    once inspect_says_what_happened,
    once prints_what_was_typed_or_ids,
    statistics,
    removed_with_export,
    once compressions,
    several_processes_and_threads,
];

/// Freezes into a file, removes the container and thaws it from the file under its own name.
pub fn move_through_file(host: &Host, name: &str) {
    let archive = host.file(&format!("{name}.tar"));
    host.ok(&["container", "checkpoint", "-e", &archive, name]);
    assert_eq!(host.status(name), "exited");
    host.ok(&["rm", name]);
    host.ok(&["container", "restore", "-i", &archive]);
    assert_eq!(host.status(name), "running");
}

/// The last `key=` number in a text of lines.
fn last_value(text: &str, key: &str) -> u64 {
    text.lines()
        .rev()
        .find_map(|line| value(line, key))
        .unwrap_or(0)
}

fn start_counter(host: &Host, name: &str) -> u64 {
    host.start(name, &[], &["workload", "count", "/data/counter"]);
    last_value(&host.wait_for_log(name, "tick mem=200"), "mem")
}

/// The first number said after the thaw follows the last one said before the freeze.
fn assert_went_on(host: &Host, name: &str, before: &str) {
    let after = host.wait_for_more_log(name, before);
    assert!(
        after.starts_with(before),
        "the log before the freeze changed"
    );
    let first = value(after[before.len()..].lines().next().unwrap_or(""), "mem").unwrap_or(0);
    let last = last_value(before, "mem");
    assert!(
        (last..=last + 200).contains(&first),
        "memory {last} became {first}"
    );
}

fn memory_goes_on_in_place(host: &Host) {
    start_counter(host, "memory");
    assert_eq!(host.ok(&["container", "checkpoint", "memory"]), "memory");
    assert_eq!(host.status("memory"), "exited");
    let before = host.log("memory");
    assert_eq!(host.ok(&["container", "restore", "memory"]), "memory");
    assert_went_on(host, "memory", &before);
}

fn memory_goes_on_from_file(host: &Host) {
    start_counter(host, "memory");
    let archive = host.file("memory.tar");
    host.ok(&["container", "checkpoint", "--export", &archive, "memory"]);
    let before = host.log("memory");
    host.ok(&["rm", "memory"]);
    let id = host.ok(&["container", "restore", "--import", &archive]);
    assert_eq!(id.len(), 64, "an import prints the full id: {id}");
    assert_went_on(host, "memory", &before);
}

fn large_memory_is_intact(host: &Host) {
    host.start("large", &[], &["workload", "eat", "64", "7"]);
    let sum = host
        .wait_for_log("large", "sum=")
        .lines()
        .next()
        .unwrap_or("")
        .to_owned();
    move_through_file(host, "large");
    let before = host.log("large");
    let after = host.wait_for_more_log("large", &before);
    assert!(
        after.lines().all(|line| line == sum),
        "memory changed: {after}"
    );
}

fn files_come_back(host: &Host) {
    host.start_shell("files", &[], COUNT_ALOUD);
    host.shell("files", "echo changed > /etc/issue; echo new > /data/new; chmod 640 /data/new; chown 1000:1000 /data/new; rm /etc/motd; ln -s new /data/link; mkdir -p /data/a/b; echo deep > /data/a/b/c; ln /data/new /data/hard; rm -r /root; truncate -s 1M /data/holes");
    move_through_file(host, "files");
    let text = host.shell("files", "cat /etc/issue /data/new /data/a/b/c; stat -c '%a %u:%g %h' /data/new; readlink /data/link; stat -c %s /data/holes; [ -e /etc/motd ] || echo no motd; [ -e /root ] || echo no root");
    assert_eq!(
        text,
        "changed\nnew\ndeep\n640 1000:1000 2\nnew\n1048576\nno motd\nno root"
    );
}

fn file_that_only_the_image_has(host: &Host) {
    assert!(!std::path::Path::new(ONLY_IN_IMAGE).exists());
    host.start_shell("file", &[], COUNT_ALOUD);
    host.shell("file", &format!("echo changed > {ONLY_IN_IMAGE}"));
    move_through_file(host, "file");
    assert_eq!(host.ok(&["exec", "file", "cat", ONLY_IN_IMAGE]), "changed");
}

fn shared_memory_comes_back(host: &Host) {
    host.start_shell("shm", &[], COUNT_ALOUD);
    host.shell(
        "shm",
        "echo kept > /dev/shm/file; echo kept too > /tmp/file",
    );
    move_through_file(host, "shm");
    assert_eq!(
        host.shell("shm", "cat /dev/shm/file /tmp/file"),
        "kept\nkept too"
    );
    host.ok(&["container", "checkpoint", "shm"]);
    host.ok(&["container", "restore", "shm"]);
    assert_eq!(host.shell("shm", "cat /dev/shm/file"), "kept");
}

fn log_goes_on_over_two_restores(host: &Host) {
    host.start_shell("log", &[], COUNT_ALOUD);
    host.wait_for_log("log", "2\n");
    for _ in 0..2 {
        move_through_file(host, "log");
        let before = host.log("log");
        host.wait_for_more_log("log", &before);
        host.ok(&["container", "checkpoint", "log"]);
        host.ok(&["container", "restore", "log"]);
        let before = host.log("log");
        host.wait_for_more_log("log", &before);
    }
    for (index, line) in host.log("log").lines().enumerate() {
        assert_eq!(
            line,
            index.to_string(),
            "a line is lost or twice in {}",
            host.log("log")
        );
    }
}

fn exit_code_after_thaw(host: &Host) {
    let script = "while [ ! -e /data/go ]; do sleep 0.05; done; exit 7";
    host.start_shell("code", &[], script);
    move_through_file(host, "code");
    host.shell("code", "touch /data/go");
    assert_eq!(host.ok(&["wait", "code"]), "7");
    assert_eq!(host.inspect("code")["State"]["ExitCode"], 7);
    assert_eq!(host.status("code"), "exited");
}

fn terminal_goes_on(host: &Host) {
    host.start_shell(
        "pty",
        &["-t"],
        "while :; do [ -t 0 ] && [ -t 1 ] && echo yes; sleep 0.1; done",
    );
    host.wait_for_log("pty", "yes");
    move_through_file(host, "pty");
    let before = host.log("pty");
    let after = host.wait_for_more_log("pty", &before);
    assert!(
        after.lines().all(|line| line.trim_end() == "yes"),
        "{after}"
    );
}

fn exec_works_after_thaw(host: &Host) {
    host.start_shell("exec", &["-e", "COLOUR=blue"], COUNT_ALOUD);
    move_through_file(host, "exec");
    assert_eq!(
        host.ok(&["exec", "exec", "sh", "-c", "echo $COLOUR; exit 0"]),
        "blue"
    );
    host.ok(&["pause", "exec"]);
    host.ok(&["unpause", "exec"]);
    host.ok(&["stop", "-t", "0", "exec"]);
    assert_eq!(host.inspect("exec")["State"]["ExitCode"], 137);
}

fn inspect_says_what_happened(host: &Host) {
    host.start_shell("state", &[], COUNT_ALOUD);
    host.ok(&["container", "checkpoint", "--keep", "state"]);
    let state = host.inspect("state")["State"].clone();
    assert_eq!(
        (state["Checkpointed"].as_bool(), state["Running"].as_bool()),
        (Some(true), Some(false))
    );
    assert!(
        state["CheckpointedAt"]
            .as_str()
            .is_some_and(|time| time.starts_with("20")),
        "{state}"
    );
    host.ok(&["container", "restore", "--keep", "state"]);
    let state = host.inspect("state")["State"].clone();
    assert_eq!(
        (state["Restored"].as_bool(), state["Running"].as_bool()),
        (Some(true), Some(true))
    );
    assert!(
        state["RestoredAt"]
            .as_str()
            .is_some_and(|time| time.starts_with("20")),
        "{state}"
    );
}

fn prints_what_was_typed_or_ids(host: &Host) {
    let one = host.start_shell("one", &[], COUNT_ALOUD);
    let two = host.start_shell("two", &[], COUNT_ALOUD);
    assert_eq!(host.ok(&["container", "checkpoint", &one[..12]]), one[..12]);
    assert_eq!(host.ok(&["container", "restore", "one"]), "one");
    assert_eq!(host.ok(&["container", "checkpoint", "--latest"]), two);
    assert_eq!(host.ok(&["container", "restore", "--latest"]), two);
    let mut both = [one, two];
    both.sort();
    for verb in ["checkpoint", "restore"] {
        let text = host.ok(&["container", verb, "--all"]);
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, both, "container {verb} --all");
    }
}

fn statistics(host: &Host) {
    let id = host.start_shell("stats", &[], COUNT_ALOUD);
    let text = host.ok(&["container", "checkpoint", "--print-stats", "stats"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(
        json["podman_checkpoint_duration"]
            .as_i64()
            .is_some_and(|time| time > 0),
        "{text}"
    );
    let one = &json["container_statistics"][0];
    assert_eq!(one["Id"].as_str(), Some(id.as_str()));
    assert!(
        one["criu_statistics"]["frozen_time"]
            .as_i64()
            .is_some_and(|time| time > 0),
        "{text}"
    );
    let text = host.ok(&["container", "restore", "--print-stats", "stats"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let one = &json["container_statistics"][0]["criu_statistics"];
    assert!(
        one["restore_time"].as_i64().is_some_and(|time| time > 0),
        "{text}"
    );
}

fn removed_with_export(host: &Host) {
    host.start_shell("rm", &["--rm"], COUNT_ALOUD);
    let text =
        "cannot checkpoint containers that have been started with '--rm' unless '--export' is used";
    host.fails(&["container", "checkpoint", "rm"], 125, text);
    assert_eq!(host.status("rm"), "running");
    let archive = host.file("rm.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "rm"]);
    wait::until("the container is gone", || {
        (!host.exists("rm")).then_some(())
    });
    host.ok(&["container", "restore", "-i", &archive]);
    host.ok(&["stop", "-t", "0", "rm"]);
    wait::until("the thawed container is gone", || {
        (!host.exists("rm")).then_some(())
    });
}

fn compressions(host: &Host) {
    host.start_shell("zip", &[], COUNT_ALOUD);
    for (name, magic) in [
        ("zstd", &[0x28_u8, 0xb5, 0x2f, 0xfd][..]),
        ("gzip", &[0x1f, 0x8b]),
        ("none", &[]),
    ] {
        let archive = host.file(&format!("{name}.tar"));
        host.ok(&[
            "container",
            "checkpoint",
            "--compress",
            name,
            "-e",
            &archive,
            "zip",
        ]);
        let bytes = std::fs::read(&archive).unwrap();
        assert!(bytes.starts_with(magic), "{name}");
        if name == "none" {
            assert_eq!(&bytes[257..262], b"ustar");
        }
        host.ok(&["rm", "zip"]);
        host.ok(&["container", "restore", "-i", &archive]);
    }
}

fn several_processes_and_threads(host: &Host) {
    let script = "workload gap & workload echo 7000 & (workload gap | cat > /dev/null) & while :; do sleep 0.1; done";
    host.start_shell("many", &[], script);
    host.wait_for_log("many", "longest");
    let list = "ps -o comm | sort | grep -cE 'workload|cat'";
    let before = host.shell("many", list);
    move_through_file(host, "many");
    assert_eq!(host.shell("many", list), before);
    let log = host.log("many");
    host.wait_for_more_log("many", &log);
}
