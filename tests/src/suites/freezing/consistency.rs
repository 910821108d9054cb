//! Memory and files in one checkpoint are of one instant, also when the container runs on.

use crate::harness::{Host, value, wait};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![
    leave_running_is_of_one_instant,
    leave_running_with_memory_to_write,
    stopping_is_of_one_instant,
    leave_running_leaves_it_running,
];

/// Waits for what the workload says when it finds that it was frozen, in what the log has beyond
/// `from`, and checks that file and log were equal to its memory then. Returns the number.
pub(super) fn check_gap(host: &Host, name: &str, from: usize) -> u64 {
    let lines = wait::until(&format!("{name} tells of its freeze"), || {
        let log = host.log(name);
        let new: Vec<String> = log.get(from..)?.lines().map(str::to_owned).collect();
        new.iter()
            .any(|line| line.starts_with("gap "))
            .then_some(new)
    });
    let mut counter = 0;
    for line in lines.iter().filter(|line| line.starts_with("gap ")) {
        let memory = value(line, "mem");
        assert_eq!(
            value(line, "file"),
            memory,
            "file and memory of {name}: {line}"
        );
        assert_eq!(
            value(line, "log"),
            memory,
            "log file and memory of {name}: {line}"
        );
        counter = memory.unwrap_or(0);
    }
    counter
}

fn leave_running(host: &Host, script: &str) {
    host.start("writer", &[], &["sh", "-c", script]);
    host.wait_for_log("writer", "tick mem=300");
    for round in 0..3 {
        let archive = host.file(&format!("{round}.tar"));
        host.ok(&[
            "container",
            "checkpoint",
            "--leave-running",
            "-e",
            &archive,
            "writer",
        ]);
        let name = format!("copy{round}");
        host.ok(&["container", "restore", "-i", &archive, "--name", &name]);
        let log = host.log(&name);
        // The copy's log begins with what the original had said until the freeze.
        let from = log.find("gap ").filter(|_| round == 0).unwrap_or(0);
        assert!(check_gap(host, &name, from) >= 300);
        host.ok(&["rm", "-f", "-t", "0", &name]);
    }
    check_gap(host, "writer", 0);
}

fn leave_running_is_of_one_instant(host: &Host) {
    leave_running(host, "exec workload count /data/counter");
}

fn leave_running_with_memory_to_write(host: &Host) {
    leave_running(
        host,
        "workload eat 100 3 > /dev/null & exec workload count /data/counter",
    );
}

fn stopping_is_of_one_instant(host: &Host) {
    host.start("writer", &[], &["workload", "count", "/data/counter"]);
    host.wait_for_log("writer", "tick mem=300");
    let archive = host.file("writer.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "writer"]);
    host.ok(&["rm", "writer"]);
    host.ok(&["container", "restore", "-i", &archive]);
    assert!(check_gap(host, "writer", 0) >= 300);
}

fn leave_running_leaves_it_running(host: &Host) {
    host.start("stay", &[], &["workload", "count", "/data/counter"]);
    host.wait_for_log("stay", "tick mem=100");
    let pid = host.pid("stay");
    host.ok(&["container", "checkpoint", "-R", "stay"]);
    assert_eq!(
        (host.status("stay").as_str(), host.pid("stay")),
        ("running", pid)
    );
    let state = host.inspect("stay")["State"].clone();
    assert_ne!(state["Checkpointed"].as_bool(), Some(true), "{state}");
    let before = host.log("stay");
    host.wait_for_more_log("stay", &before);
}
