//! Memory and files in one checkpoint are of one instant, also when the container runs on.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::harness::{Host, IMAGE, is_there, value, wait};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![
    leave_running_is_of_one_instant,
    leave_running_with_memory_to_write,
    stopping_is_of_one_instant,
    leave_running_leaves_it_running,
    nobody_begins_in_it_meanwhile,
    a_criu_that_reads_no_configuration,
];

/// The numbers at which the workload says that it was frozen.
fn gaps(log: &str) -> Vec<u64> {
    let lines = log.lines().filter(|line| line.starts_with("gap "));
    lines.filter_map(|line| value(line, "mem")).collect()
}

/// Waits until the workload says that it was frozen, at a number that `is_meant`, and checks that
/// file and log were equal to its memory whenever it was. Returns the last number.
pub(super) fn check_gap(host: &Host, name: &str, is_meant: impl Fn(u64) -> bool) -> u64 {
    let log = wait::until(&format!("{name} tells of its freeze"), || {
        let log = host.log(name);
        gaps(&log).into_iter().any(&is_meant).then_some(log)
    });
    let mut counter = 0;
    for line in log.lines().filter(|line| line.starts_with("gap ")) {
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
        let before = gaps(&host.log("writer"));
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
        // The original says where it stood; the copy began to live there.
        let frozen_at = wait::until("the writer tells of its freeze", || {
            let now = gaps(&host.log("writer"));
            now.into_iter().find(|number| !before.contains(number))
        });
        assert!(frozen_at >= 300);
        check_gap(host, &name, |number| number == frozen_at);
        host.ok(&["rm", "-f", "-t", "0", &name]);
    }
    check_gap(host, "writer", |_| true);
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
    assert!(check_gap(host, "writer", |_| true) >= 300);
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

/// A process that `exec` started now would be in no dump, and write while files are captured.
fn nobody_begins_in_it_meanwhile(host: &Host) {
    let id = host.start("busy", &[], &["workload", "eat", "300", "7"]);
    host.wait_for_log("busy", "sum=");
    let archive = host.file("busy.tar");
    let mut child = host.spawn(&["container", "checkpoint", "-R", "-e", &archive, "busy"]);
    wait::until("the checkpoint has begun", || {
        host.path("busy.tar.partial").exists().then_some(())
    });
    host.ok(&["exec", "busy", "touch", "/data/later"]);
    assert!(child.wait().unwrap().success());
    let events = host.ok(&[
        "events",
        "--stream=false",
        "--filter",
        &format!("container={id}"),
        "--format",
        "{{.Status}}",
    ]);
    let at = |what: &str| events.lines().position(|line| line == what);
    let (frozen, begun) = (at("checkpoint"), at("exec"));
    assert!(frozen.is_some() && frozen < begun, "{events}");
    host.ok(&["container", "restore", "-i", &archive, "--name", "copy"]);
    let found = host.run(&["exec", "copy", "test", "-e", "/data/later"]);
    assert_eq!(found.code, 1, "the file is of a later instant");
}

/// As an older runtime's, or one of another make: it can't be held back until the container stands
/// still, so that it is frozen first.
fn a_criu_that_reads_no_configuration(host: &Host) {
    let program = host.path(host.runtime);
    let script = format!(
        "#!/bin/sh\nfor last; do :; done\ncase \" $* \" in *' checkpoint '*)\n\
         sed -i s/org.criu.config/org.criu.nothing/ /run/{0}/$last/*.json;;\nesac\nexec {0} \"$@\"\n",
        host.runtime
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut engine = host.engine.clone();
    engine.globals = vec!["--runtime".to_owned(), program.display().to_string()];
    let run = ["run", "-d", "--name", "old", IMAGE];
    engine.ok(&[&run[..], &["workload", "count", "/data/counter"]].concat());
    host.wait_for_log("old", "tick mem=300");
    let note = format!("/run/cryopod/{}.unguarded", host.runtime);
    for round in 0..2 {
        let archive = host.file(&format!("{round}.tar"));
        let before = gaps(&host.log("old"));
        engine.ok(&["container", "checkpoint", "-R", "-e", &archive, "old"]);
        assert!(
            is_there(Path::new(&note)),
            "it was found out the first time"
        );
        let frozen_at = wait::until("the counter tells of its freeze", || {
            let now = gaps(&host.log("old"));
            now.into_iter().rfind(|number| !before.contains(number))
        });
        host.ok(&["container", "restore", "-i", &archive, "--name", "copy"]);
        check_gap(host, "copy", |number| number >= frozen_at);
        host.ok(&["rm", "-f", "-t", "0", "copy"]);
    }
    std::fs::remove_file(note).unwrap();
}
