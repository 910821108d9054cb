//! The engine kills itself at every phase of every operation on a container (`CRYOPOD_FAIL_AT`, in
//! builds with debug assertions): whatever is half-done then, the next command finds it, says so,
//! and completes or undoes it.

use super::crash::{check_not_lost, check_truth, start_victim, thaw_in_place};
use super::places::PHASES;
use crate::harness::{Host, IMAGE, command, leak};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    create,
    start,
    once start_beside_a_checkpoint,
    remove,
    remove_a_running_one,
    checkpoint,
    once checkpoint_over_an_older_one,
    checkpoint_leaving_it_running,
    checkpoint_that_ends_the_processes,
    once checkpoint_into_the_catalogue,
    once checkpoint_that_shares_its_memory,
    once checkpoint_into_a_directory,
    export,
    once export_of_one_that_is_removed,
    restore,
    once restore_that_keeps_the_checkpoint,
    once restore_to_an_earlier_instant,
    once restore_from_the_catalogue,
    import,
    once import_with_a_volume,
];

/// What needs a kernel that tracks memory.
pub const IN_VM: Tests = tests![once pre_checkpoint, once import_of_a_chain];

/// Runs the command, which must die at the given phase.
#[track_caller]
pub fn die_at(host: &Host, phase: &str, words: &[&str]) {
    let mut cut = host.engine.command(words);
    let done = command::run(cut.env("CRYOPOD_FAIL_AT", phase), "");
    assert_eq!(done.code, 137, "{phase}: {done}");
}

/// The next command says that it found something half-done, and the truth. (Of a container whose
/// processes ended, the monitor's clean-up may have been quicker, and has nobody to tell.)
#[track_caller]
fn told(host: &Host, phase: &str) -> Option<String> {
    let done = host.run(&["ps", "-a"]);
    assert_eq!(done.code, 0, "{phase}: {done}");
    let said = done
        .stderr
        .contains("recovered what a killed engine left of container victim");
    let state = check_truth(host, phase);
    assert!(
        said || state.as_deref() != Some("running"),
        "{phase}: {done}"
    );
    state
}

/// Each phase of a test on a fresh victim; then nothing may stay.
fn at_phases(
    host: &Host,
    test: &str,
    prepare: impl Fn(),
    words: &[&str],
    afterwards: impl Fn(&str, Option<&str>),
) {
    if host.engine.is_podman() {
        return;
    }
    let (_, phases) = PHASES
        .iter()
        .find(|(name, _)| *name == test)
        .expect("a test of the table");
    let clean = leak::Snapshot::take();
    for phase in *phases {
        prepare();
        die_at(host, phase, words);
        let state = told(host, phase);
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

/// Whether a phase of a checkpoint comes after the point from which it is completed.
fn is_whole(phase: &str) -> bool {
    !matches!(
        phase,
        "begun"
            | "frozen"
            | "dumping"
            | "dumped"
            | "captured"
            | "archived"
            | "generation-named"
            | "memory-shared"
    )
}

/// Whether a phase of a restore comes after the point from which it is completed.
fn is_thawed(phase: &str) -> bool {
    matches!(
        phase,
        "thawed" | "configured" | "aside-forgotten" | "images-consumed" | "finish"
    )
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "compared with what ps tells, which may be nothing"
)]
fn running_or_exited(running: bool) -> Option<&'static str> {
    Some(if running { "running" } else { "exited" })
}

fn create(host: &Host) {
    let words = ["create", "--name", "victim", "-v", "/kept", IMAGE, "true"];
    at_phases(
        host,
        "create",
        || (),
        &words,
        |phase, state| {
            assert_eq!(state, None, "{phase}");
            assert_eq!(host.ok(&["volume", "ls", "-q"]), "", "{phase}");
            host.ok(&words);
        },
    );
}

fn start(host: &Host) {
    at_phases(
        host,
        "start",
        || {
            host.ok(&["create", "--name", "victim", IMAGE, "sh", "-c", COUNT_ALOUD]);
        },
        &["start", "victim"],
        |phase, state| {
            assert_eq!(state, Some("created"), "{phase}");
            host.ok(&["start", "victim"]);
            host.wait_for_log("victim", "1\n");
        },
    );
}

/// A cold start leaves the checkpoint: it can be thawed once the start has been undone.
fn start_beside_a_checkpoint(host: &Host) {
    at_phases(
        host,
        "start_beside_a_checkpoint",
        || {
            start_victim(host);
            host.shell("victim", "echo early > /data/file");
            host.ok(&["container", "checkpoint", "victim"]);
        },
        &["start", "victim"],
        |phase, state| {
            assert_eq!(state, Some("exited"), "{phase}");
            host.ok(&["container", "restore", "victim"]);
            assert_eq!(host.shell("victim", "cat /data/file"), "early", "{phase}");
        },
    );
}

fn remove(host: &Host) {
    at_phases(
        host,
        "remove",
        || {
            host.start_shell("victim", &["-v", "/anonymous"], COUNT_ALOUD);
            // Cleaned up after: a removal of one that has just ended does that first.
            host.ok(&["stop", "-t", "0", "victim"]);
        },
        &["rm", "-v", "victim"],
        |phase, state| {
            assert_eq!(state, None, "{phase}: a removal goes on to its end");
            assert_eq!(host.ok(&["volume", "ls", "-q"]), "", "{phase}");
            if phase == "row-removed" {
                // Nothing tells of it any more but this.
                let check = host.ok(&["system", "check", "--quick", "--quiet", "-r", "-m", "0"]);
                assert!(check.contains("there is a lock for container"), "{check}");
            }
        },
    );
}

fn remove_a_running_one(host: &Host) {
    at_phases(
        host,
        "remove_a_running_one",
        || start_victim(host),
        &["rm", "-f", "-t", "0", "victim"],
        |phase, state| {
            let expected = (phase == "stopped").then_some("exited");
            assert_eq!(state, expected, "{phase}");
        },
    );
}

fn checkpoint(host: &Host) {
    at_phases(
        host,
        "checkpoint",
        || start_victim(host),
        &["container", "checkpoint", "victim"],
        |phase, state| {
            assert_eq!(state, running_or_exited(!is_whole(phase)), "{phase}");
            check_not_lost(host, phase, state);
        },
    );
}

fn checkpoint_over_an_older_one(host: &Host) {
    at_phases(
        host,
        "checkpoint_over_an_older_one",
        || {
            start_victim(host);
            host.ok(&["container", "checkpoint", "--leave-running", "victim"]);
            host.shell("victim", "echo late > /data/file");
        },
        &["container", "checkpoint", "victim"],
        |phase, state| {
            assert_eq!(state, running_or_exited(!is_whole(phase)), "{phase}");
            if state == Some("running") {
                // The older one is still whole; it is of an earlier instant.
                host.ok(&["stop", "-t", "0", "victim"]);
                thaw_in_place(host, phase);
                assert_ne!(host.run(&["exec", "victim", "cat", "/data/file"]).code, 0);
                return;
            }
            check_not_lost(host, phase, state);
            assert_eq!(host.shell("victim", "cat /data/file"), "late", "{phase}");
        },
    );
}

fn checkpoint_leaving_it_running(host: &Host) {
    at_phases(
        host,
        "checkpoint_leaving_it_running",
        || start_victim(host),
        &["container", "checkpoint", "--leave-running", "victim"],
        |phase, state| {
            assert_eq!(state, Some("running"), "{phase}");
            check_not_lost(host, phase, state);
        },
    );
}

/// Only the dump knows of the processes once they have ended: it counts from then on.
fn checkpoint_that_ends_the_processes(host: &Host) {
    at_phases(
        host,
        "checkpoint_that_ends_the_processes",
        || {
            start_victim(host);
            host.shell("victim", "echo mine > /data/file");
        },
        &["container", "checkpoint", "--tcp-established", "victim"],
        |phase, state| {
            let lives = matches!(phase, "begun" | "frozen");
            assert_eq!(state, running_or_exited(lives), "{phase}");
            check_not_lost(host, phase, state);
            assert_eq!(host.shell("victim", "cat /data/file"), "mine", "{phase}");
        },
    );
}

fn into_the_catalogue(host: &Host, test: &str, directory: &[&str], options: &[&str]) {
    let listed = || {
        let words = [&["checkpoint", "ls", "-q"], directory, &["victim"]].concat();
        let done = host.run(&words);
        done.stdout.trim_end().to_owned()
    };
    at_phases(
        host,
        test,
        || {
            start_victim(host);
            host.shell("victim", "echo mine > /data/file");
        },
        &[
            &["checkpoint", "create"],
            options,
            directory,
            &["victim", "one"],
        ]
        .concat(),
        |phase, state| {
            assert_eq!(state, running_or_exited(!is_whole(phase)), "{phase}");
            if state == Some("running") {
                assert_eq!(listed(), "", "{phase}");
                // The name is free, and its place.
                let create = ["checkpoint", "create"];
                host.ok(&[&create, options, directory, &["victim", "one"]].concat());
            }
            assert_eq!(listed(), "one", "{phase}");
            let before = host.log("victim");
            host.ok(&[&["start", "--checkpoint", "one"], directory, &["victim"]].concat());
            host.wait_for_more_log("victim", &before);
            assert_eq!(host.shell("victim", "cat /data/file"), "mine", "{phase}");
            host.ok(&[&["checkpoint", "rm"], directory, &["victim", "one"]].concat());
        },
    );
}

fn checkpoint_into_the_catalogue(host: &Host) {
    into_the_catalogue(host, "checkpoint_into_the_catalogue", &[], &[]);
}

fn checkpoint_that_shares_its_memory(host: &Host) {
    let options = ["--dedup"];
    into_the_catalogue(host, "checkpoint_that_shares_its_memory", &[], &options);
}

fn checkpoint_into_a_directory(host: &Host) {
    let directory = host.file("checkpoints");
    let option = ["--checkpoint-dir", &directory];
    into_the_catalogue(host, "checkpoint_into_a_directory", &option, &[]);
    let left = std::fs::read_dir(&directory).map_or(0, Iterator::count);
    assert_eq!(left, 0, "of partial ones something is left");
}

fn export(host: &Host) {
    let archive = host.path("victim.tar");
    let partial = host.path("victim.tar.partial");
    at_phases(
        host,
        "export",
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
            assert_eq!(state, running_or_exited(!is_whole(phase)), "{phase}");
            check_not_lost(host, phase, state);
        },
    );
}

/// `--rm`: the archive is all that is to stay of it.
fn export_of_one_that_is_removed(host: &Host) {
    let archive = host.file("victim.tar");
    at_phases(
        host,
        "export_of_one_that_is_removed",
        || {
            let _ = std::fs::remove_file(&archive);
            host.start_shell("victim", &["--rm"], COUNT_ALOUD);
            host.wait_for_log("victim", "1\n");
        },
        &["container", "checkpoint", "-e", &archive, "victim"],
        |phase, state| {
            // Ended and not yet removed, or removed: never half.
            if phase == "recorded" {
                assert_eq!(state, Some("exited"), "{phase}");
                host.ok(&["rm", "victim"]);
            }
            assert!(!host.exists("victim"), "{phase}");
            host.ok(&["container", "restore", "-i", &archive]);
            let before = host.log("victim");
            host.wait_for_more_log("victim", &before);
        },
    );
}

fn restore(host: &Host) {
    at_phases(
        host,
        "restore",
        || {
            start_victim(host);
            host.ok(&["container", "checkpoint", "victim"]);
        },
        &["container", "restore", "victim"],
        |phase, state| {
            assert_eq!(state, running_or_exited(is_thawed(phase)), "{phase}");
            check_not_lost(host, phase, state);
        },
    );
}

fn restore_that_keeps_the_checkpoint(host: &Host) {
    at_phases(
        host,
        "restore_that_keeps_the_checkpoint",
        || {
            start_victim(host);
            host.shell("victim", "echo early > /data/file");
            host.ok(&["container", "checkpoint", "victim"]);
        },
        &["container", "restore", "--keep", "victim"],
        |phase, state| {
            assert_eq!(state, running_or_exited(is_thawed(phase)), "{phase}");
            if is_thawed(phase) {
                host.shell("victim", "echo late > /data/file");
                host.ok(&["stop", "-t", "0", "victim"]);
            }
            thaw_in_place(host, phase);
            assert_eq!(host.shell("victim", "cat /data/file"), "early", "{phase}");
        },
    );
}

/// The files of a container that ran on after its checkpoint are not lost by a restore that fails.
fn restore_to_an_earlier_instant(host: &Host) {
    at_phases(
        host,
        "restore_to_an_earlier_instant",
        || {
            start_victim(host);
            host.shell("victim", "echo early > /data/file");
            host.ok(&["container", "checkpoint", "--leave-running", "victim"]);
            host.shell("victim", "echo late > /data/file");
            host.ok(&["stop", "-t", "0", "victim"]);
        },
        &["container", "restore", "victim"],
        |phase, state| {
            assert_eq!(state, running_or_exited(is_thawed(phase)), "{phase}");
            if !is_thawed(phase) {
                host.ok(&["start", "victim"]);
                assert_eq!(host.shell("victim", "cat /data/file"), "late", "{phase}");
                host.ok(&["stop", "-t", "0", "victim"]);
                host.ok(&["container", "restore", "victim"]);
            }
            assert_eq!(host.shell("victim", "cat /data/file"), "early", "{phase}");
        },
    );
}

fn restore_from_the_catalogue(host: &Host) {
    let words = ["start", "--checkpoint", "one", "victim"];
    at_phases(
        host,
        "restore_from_the_catalogue",
        || {
            start_victim(host);
            host.shell("victim", "echo early > /data/file");
            host.ok(&["checkpoint", "create", "--leave-running", "victim", "one"]);
            host.shell("victim", "echo late > /data/file");
            host.ok(&["stop", "-t", "0", "victim"]);
        },
        &words,
        |phase, state| {
            assert_eq!(state, running_or_exited(is_thawed(phase)), "{phase}");
            if is_thawed(phase) {
                host.ok(&["stop", "-t", "0", "victim"]);
            } else {
                host.ok(&["start", "victim"]);
                assert_eq!(host.shell("victim", "cat /data/file"), "late", "{phase}");
                host.ok(&["stop", "-t", "0", "victim"]);
            }
            // It stays whatever comes.
            host.ok(&words);
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
        "import",
        || {},
        &words,
        |phase, state| {
            let thawed = is_thawed(phase);
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

fn import_with_a_volume(host: &Host) {
    if host.engine.is_podman() {
        return;
    }
    let archive = host.file("victim.tar");
    host.start_shell("victim", &["-v", "things:/things"], COUNT_ALOUD);
    host.shell("victim", "echo mine > /things/file");
    host.ok(&["container", "checkpoint", "-e", &archive, "victim"]);
    host.ok(&["rm", "victim"]);
    host.ok(&["volume", "rm", "things"]);
    let words = ["container", "restore", "-i", &archive];
    at_phases(
        host,
        "import_with_a_volume",
        || {},
        &words,
        |phase, _| {
            let thawed = is_thawed(phase);
            let volumes = host.ok(&["volume", "ls", "-q"]);
            assert_eq!(volumes, if thawed { "things" } else { "" }, "{phase}");
            if !thawed {
                host.ok(&words);
            }
            assert_eq!(host.shell("victim", "cat /things/file"), "mine", "{phase}");
            host.engine.remove_all();
            host.ok(&["volume", "rm", "things"]);
        },
    );
}

const PRE: [&str; 3] = ["container", "checkpoint", "--pre-checkpoint"];
const LAST: [&str; 3] = ["container", "checkpoint", "--with-previous"];

fn pre_checkpoint(host: &Host) {
    at_phases(
        host,
        "pre_checkpoint",
        || {
            start_victim(host);
            host.ok(&[&PRE[..], &["victim"]].concat());
        },
        &[&PRE[..], &["victim"]].concat(),
        |phase, state| {
            assert_eq!(state, Some("running"), "{phase}");
            let last = host.run(&[&LAST[..], &["victim"]].concat());
            // One that was given up has reset what the kernel tracked: nothing may build upon it.
            if is_whole(phase) || phase == "begun" && last.code == 0 {
                assert_eq!(last.code, 0, "{phase}: {last}");
                thaw_in_place(host, phase);
            } else {
                assert_eq!(last.code, 125, "{phase}: {last}");
                check_not_lost(host, phase, Some("running"));
            }
        },
    );
}

fn import_of_a_chain(host: &Host) {
    let (pre, last) = (host.file("pre.tar"), host.file("last.tar"));
    start_victim(host);
    host.ok(&[&PRE[..], &["-e", &pre, "victim"]].concat());
    host.ok(&[&LAST[..], &["-e", &last, "victim"]].concat());
    host.ok(&["rm", "victim"]);
    let words = [
        "container",
        "restore",
        "-i",
        &last,
        "--import-previous",
        &pre,
    ];
    at_phases(
        host,
        "import_of_a_chain",
        || {},
        &words,
        |phase, state| {
            assert_eq!(state, is_thawed(phase).then_some("running"), "{phase}");
            if is_thawed(phase) {
                host.ok(&["rm", "-f", "-t", "0", "victim"]);
            }
            host.ok(&words);
            let before = host.log("victim");
            host.wait_for_more_log("victim", &before);
        },
    );
}
