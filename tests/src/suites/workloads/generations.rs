//! A thawed container is frozen again, ten times in a row: memory, files and log go on each time.

use super::{Plan, Tests, tests};
use crate::harness::{Host, value, wait};

pub const TESTS: Tests = tests![ten_in_place, ten_by_turns];

const GENERATIONS: usize = 10;

/// The last `mem=` that the container said.
fn counter(log: &str) -> u64 {
    let mut lines = log.lines().rev();
    lines.find_map(|line| value(line, "mem")).unwrap_or(0)
}

/// The workload numbers its ticks: none may be missing from the log or be there twice.
fn check_log(log: &str) {
    let ticks = log.lines().filter(|line| line.starts_with("tick "));
    for (index, line) in ticks.enumerate() {
        let expected = (index as u64 + 1) * 100;
        assert_eq!(
            value(line, "mem"),
            Some(expected),
            "the log has a gap: {log}"
        );
    }
}

fn count_through(host: &Host, through_file: impl Fn(usize) -> bool) {
    let name = "count";
    host.start(name, &[], &["workload", "count", "/data/counter"]);
    host.wait_for_log(name, "tick ");
    let plan = Plan::default();
    for generation in 1..=GENERATIONS {
        if through_file(generation) {
            plan.move_through_file(host, name);
        } else {
            plan.in_place(host, name);
        }
        // It says so when it finds that time has passed, with what both its files hold then.
        let log = wait::until("it tells of its freeze", || {
            let log = host.log(name);
            let gaps = log.lines().filter(|line| line.starts_with("gap ")).count();
            (gaps >= generation).then_some(log)
        });
        for line in log.lines().filter(|line| line.starts_with("gap ")) {
            let memory = value(line, "mem");
            assert_eq!(
                value(line, "file"),
                memory,
                "generation {generation}: {line}"
            );
            assert_eq!(
                value(line, "log"),
                memory,
                "generation {generation}: {line}"
            );
        }
        let before = counter(&log);
        wait::until("it counts on", || {
            (counter(&host.log(name)) > before).then_some(())
        });
    }
    host.ok(&["kill", name]);
    host.wait_for_status(name, "exited");
    check_log(&host.log(name));
}

fn ten_in_place(host: &Host) {
    count_through(host, |_| false);
}

fn ten_by_turns(host: &Host) {
    count_through(host, |generation| generation % 2 == 0);
}
