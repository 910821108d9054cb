//! `kill -9` of the engine at any moment of a checkpoint or restore: the next command tells the
//! truth, and the container can be used or removed.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{Host, command, is_there, leak, wait};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    during_checkpoint,
    during_export,
    during_export_leaving_it_running,
    during_restore,
    during_import,
];

/// How many moments of an operation are tried.
const MOMENTS: u32 = 6;

/// Runs the command, kills it after the given time and says whether it was still running.
fn kill_after(host: &Host, words: &[&str], delay: Duration) -> bool {
    let mut child = host.spawn(words);
    std::thread::sleep(delay);
    let running = child.try_wait().expect("a child can be asked").is_none();
    let _ = child.kill();
    command::wait(&mut child, &words.join(" "), command::LIMIT);
    running
}

/// What `ps -a` says of the one container there is; none without any.
fn told(host: &Host) -> Option<String> {
    let all: Value = serde_json::from_str(&host.ok(&["ps", "-a", "--format", "json"])).unwrap();
    let all = all.as_array().cloned().unwrap_or_default();
    assert!(all.len() <= 1, "one container became {all:?}");
    all.first()
        .map(|one| one["State"].as_str().unwrap_or("").to_owned())
}

/// Whatever state is told must be true: running ones count on, exited ones have no process.
pub fn check_truth(host: &Host, moment: &str) -> Option<String> {
    let state = told(host);
    match state.as_deref() {
        Some("running") => {
            let before = host.log("victim");
            host.wait_for_more_log("victim", &before);
            assert_ne!(host.shell("victim", "echo alive"), "", "{moment}");
        }
        Some("exited") => {
            let before = host.log("victim");
            std::thread::sleep(Duration::from_millis(250));
            assert_eq!(
                host.log("victim"),
                before,
                "{moment}: exited, but its process lives"
            );
        }
        Some("created") | None => {}
        Some(other) => panic!("{moment}: told to be {other}"),
    }
    state
}

/// Runs `prepare`, then the command cut off at moments spread over the time it takes, and each time
/// `afterwards` with what is told; then removes everything and checks that nothing stays.
fn at_many_moments(
    host: &Host,
    prepare: impl Fn(),
    words: &[&str],
    afterwards: impl Fn(&str, Option<&str>),
) {
    prepare();
    let started = Instant::now();
    host.ok(words);
    let whole = started.elapsed();
    host.engine.remove_all();
    let clean = leak::Snapshot::take();
    for index in 0..MOMENTS {
        let delay = whole * (index + 1) / (MOMENTS + 1);
        let moment = format!(
            "killed after {} of {} ms",
            delay.as_millis(),
            whole.as_millis()
        );
        prepare();
        kill_after(host, words, delay);
        let state = check_truth(host, &moment);
        afterwards(&moment, state.as_deref());
        host.engine.remove_all();
        let left = leak::Snapshot::left_since(&clean);
        assert!(
            left.is_empty(),
            "{moment}; left behind:\n  {}",
            left.join("\n  ")
        );
    }
}

pub fn start_victim(host: &Host) {
    host.start_shell("victim", &[], COUNT_ALOUD);
    host.wait_for_log("victim", "1\n");
}

/// An exited one must thaw, from what is on the disk here, and count on.
pub fn thaw_in_place(host: &Host, moment: &str) {
    let before = host.log("victim");
    let done = host.run(&["container", "restore", "victim"]);
    assert_eq!(done.code, 0, "{moment}: exited, and then {done}");
    host.wait_for_more_log("victim", &before);
}

/// After a cut-off freeze the container runs on, or is frozen as it should be; nothing is lost.
pub fn check_not_lost(host: &Host, moment: &str, state: Option<&str>) {
    match state {
        Some("running") => {
            host.ok(&["container", "checkpoint", "victim"]);
            thaw_in_place(host, moment);
        }
        Some("exited") => thaw_in_place(host, moment),
        other => panic!("{moment}: told {other:?}"),
    }
    for (index, line) in host.log("victim").lines().enumerate() {
        assert_eq!(line, index.to_string(), "{moment}: a line is lost or twice");
    }
}

fn during_checkpoint(host: &Host) {
    at_many_moments(
        host,
        || start_victim(host),
        &["container", "checkpoint", "victim"],
        |moment, state| check_not_lost(host, moment, state),
    );
}

fn during_export(host: &Host) {
    let archive = host.path("victim.tar");
    at_many_moments(
        host,
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
        |moment, state| {
            if is_there(&archive) && state == Some("exited") {
                // Whole or absent: a file under its final name must thaw.
                host.ok(&["rm", "victim"]);
                let done =
                    host.run(&["container", "restore", "-i", &archive.display().to_string()]);
                assert_eq!(done.code, 0, "{moment}: {done}");
            } else {
                check_not_lost(host, moment, state);
            }
        },
    );
}

fn during_export_leaving_it_running(host: &Host) {
    let archive = host.file("victim.tar");
    at_many_moments(
        host,
        || start_victim(host),
        &[
            "container",
            "checkpoint",
            "--leave-running",
            "-e",
            &archive,
            "victim",
        ],
        |moment, state| {
            assert_eq!(state, Some("running"), "{moment}");
            check_not_lost(host, moment, state);
        },
    );
}

fn during_restore(host: &Host) {
    at_many_moments(
        host,
        || {
            start_victim(host);
            host.ok(&["container", "checkpoint", "victim"]);
        },
        &["container", "restore", "victim"],
        |moment, state| check_not_lost(host, moment, state),
    );
}

fn during_import(host: &Host) {
    let archive = host.file("victim.tar");
    start_victim(host);
    host.ok(&["container", "checkpoint", "-e", &archive, "victim"]);
    host.ok(&["rm", "victim"]);
    let words = ["container", "restore", "-i", &archive];
    at_many_moments(
        host,
        || {},
        &words,
        |moment, state| {
            if state.is_some() {
                host.ok(&["rm", "-f", "-t", "0", "victim"]);
            }
            let done = wait::try_until(Duration::from_secs(2), || {
                let done = host.run(&words);
                (done.code == 0).then_some(done)
            });
            assert!(
                done.is_some(),
                "{moment}: the archive no longer thaws: {}",
                host.run(&words)
            );
            let before = host.log("victim");
            host.wait_for_more_log("victim", &before);
        },
    );
}
