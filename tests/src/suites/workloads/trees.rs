//! The difference between a container's root and its image carries all that a file is: the listing
//! of the whole tree, made inside, is the same after a move.

use super::{Plan, Tests, tests};
use crate::harness::Host;

pub const TESTS: Tests = tests![every_kind_of_change, device_nodes];

fn listing(host: &Host) -> Vec<String> {
    let mut lines = Vec::new();
    for directory in ["/opt", "/data", "/tmp", "/root", "/etc"] {
        let text = host.ok(&["exec", "tree", "workload", "list", directory]);
        lines.extend(text.lines().map(str::to_owned));
    }
    lines
}

fn scribble(host: &Host, run: &[&str], words: &[&str], thaw: &[&str]) {
    host.start("tree", run, &["workload", "wait"]);
    host.ok(&[&["exec", "tree", "workload", "scribble"], words].concat());
    let before = listing(host);
    assert!(before.len() > 40, "{before:#?}");
    let plan = Plan {
        thaw,
        ..Plan::default()
    };
    // Twice: the second difference is made from what the first one put back.
    for generation in 1..=2 {
        plan.move_through_file(host, "tree");
        let after = listing(host);
        let gone = before.iter().filter(|line| !after.contains(line));
        let new = after.iter().filter(|line| !before.contains(line));
        let changes: Vec<String> = gone
            .map(|line| format!("- {line}"))
            .chain(new.map(|line| format!("+ {line}")))
            .collect();
        assert!(
            changes.is_empty(),
            "generation {generation}:\n{}",
            changes.join("\n")
        );
    }
}

fn every_kind_of_change(host: &Host) {
    scribble(host, &[], &[], &[]);
}

fn device_nodes(host: &Host) {
    let grant = ["--allow-capabilities", "--allow-devices"];
    scribble(host, &["--cap-add", "MKNOD"], &["nodes"], &grant);
}
