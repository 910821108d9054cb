//! Archives whose CRIU images were edited, so that a process would come back with more than its
//! container grants: each is refused by name before CRIU runs, and nothing of it is left. One frozen
//! container for all, and the archive without an edit still thaws.

mod cases;

use std::fs;
use std::path::Path;
use std::process::Command;

use super::golden::archive::Unpacked;
use super::{Tests, tests};
use crate::harness::{Host, command};
use cases::CASES;

pub const TESTS: Tests = tests![once edited, granted];

/// The container of every test here.
const NAME: &str = "edited";
/// It has a link in its root and one in a memory file system, which lead to the host for whoever
/// follows them from outside.
const SCRIPT: &str = "ln -s /etc /out; ln -s /etc /scratch/out; sleep 1000 & i=0; while :; do echo tick $i; i=$((i+1)); sleep 0.2; done";

/// An archive for each edit in a directory of the test, named by its number.
#[track_caller]
fn edit(host: &Host, unpacked: &Unpacked, table: &[[&str; 2]]) -> String {
    let target = host.file("archives");
    fs::create_dir_all(&target).unwrap();
    let source = unpacked.path("").display().to_string();
    let table = serde_json::to_string(table).unwrap();
    let mut python = Command::new("python3");
    python.args(["-c", include_str!("edit.py"), &source, &target, &table]);
    let done = command::run(&mut python, "");
    assert_eq!(done.code, 0, "{done}");
    target
}

/// Nothing of a container is here: no row, no directory, no mount.
#[track_caller]
fn nothing_is_left(host: &Host, after: &str) {
    assert_eq!(host.ok(&["ps", "-aq"]), "", "{after}");
    let containers = Path::new("/var/lib/cryopod/containers");
    let left: Vec<_> = fs::read_dir(containers).into_iter().flatten().collect();
    assert!(left.is_empty(), "{after}: {left:?}");
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(
        !mounts.contains("/cryopod/containers/"),
        "{after}: {mounts}"
    );
}

/// Freezes the container into an archive, of which nothing else is left.
#[track_caller]
fn freeze(host: &Host, script: &str, options: &[&str], text: &str) -> String {
    host.start_shell(NAME, options, script);
    host.wait_for_log(NAME, text);
    let archive = host.file("honest.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, NAME]);
    host.ok(&["rm", NAME]);
    archive
}

fn edited(host: &Host) {
    let options = ["--security-opt", "no-new-privileges", "--tmpfs", "/scratch"];
    let honest = freeze(host, SCRIPT, &options, "tick 3");
    let unpacked = Unpacked::of(host, &honest);
    let table: Vec<[&str; 2]> = CASES.iter().map(|case| [case.name, case.edit]).collect();
    let archives = edit(host, &unpacked, &table);
    let mut wrong = Vec::new();
    for (number, case) in CASES.iter().enumerate() {
        let archive = format!("{archives}/{number}.tar");
        let line = [
            "container",
            "restore",
            "--skip-check",
            "all",
            "-i",
            &archive,
        ];
        let done = host.run(&line);
        let refused = done.code == 125 && done.stderr.contains(case.words);
        if !refused || done.stderr.trim_end().contains('\n') {
            wrong.push(format!("{}: no {:?}: {done}", case.name, case.words));
            host.engine.remove_all();
            continue;
        }
        nothing_is_left(host, case.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        !Path::new("/etc/ghost").exists(),
        "a file was made on the host"
    );
    // What an import refuses, its preview tells.
    let preview = ["container", "restore", "--dry-run", "-i"];
    let first = format!("{archives}/0.tar");
    let done = host.run(&[&preview[..], &[&first]].concat());
    assert_eq!(done.code, 125, "{done}");
    assert!(done.stdout.contains(CASES[0].words), "{done}");
    let done = host.run(&[&preview[..], &[&honest]].concat());
    let fine = "ask for nothing that the container has not";
    assert!(done.code == 0 && done.stdout.contains(fine), "{done}");
    host.ok(&["container", "restore", "-i", &honest]);
    host.wait_for_log(NAME, "tick 9");
    host.ok(&["rm", "-f", "-t", "0", NAME]);
}

/// What the user grants comes back: a container that may mount, with what it mounted and what of the
/// host is mounted into it.
fn granted(host: &Host) {
    let shared = host.path("shared");
    fs::create_dir(&shared).unwrap();
    let mount = format!("{}:/shared:ro", shared.display());
    let script = "mkdir /own; mount -t tmpfs own /own && echo here > /own/file; i=0; while :; do echo tick $i $(cat /own/file); i=$((i+1)); sleep 0.2; done";
    let options = ["--cap-add", "SYS_ADMIN", "-v", &mount];
    let archive = freeze(host, script, &options, "tick 3 here");
    let restore = ["container", "restore", "-i", &archive];
    host.fails(&restore, 125, "--allow-");
    nothing_is_left(host, "without grants");
    let grants = ["--allow-capabilities", "--allow-mounts"];
    host.ok(&[&restore[..], &grants].concat());
    host.wait_for_log(NAME, "tick 9 here");
    host.ok(&["rm", "-f", "-t", "0", NAME]);
}
