//! CRIU or the runtime fails or is killed at any moment of a dump or of a restore, or
//! hangs: the container runs on, parasite or not, or its checkpoint is whole.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use super::crash::start_victim;
use crate::harness::{Finished, Host, command, is_there, leak, wait};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![
    dump_that_can_not_write,
    dump_killed,
    dump_killed_before_it_unmounts,
    dump_that_ends_the_processes_killed,
    dump_hangs,
    restore_fails_at_its_end,
    restore_killed,
    runtime_killed_in_a_dump,
    runtime_killed_in_a_dump_that_ends_the_processes,
];

/// A script in CRIU's place, until dropped; `$CRIU` is the real one.
struct Wrapped(&'static str);

impl Wrapped {
    const AWAY: &'static str = "/var/tmp/criu-behind-a-test";

    fn in_script(script: &str) -> Self {
        let path = ["/usr/sbin/criu", "/usr/bin/criu"]
            .into_iter()
            .find(|path| is_there(Path::new(path)))
            .expect("CRIU is in the host");
        let done = command::run(Command::new("mv").args([path, Self::AWAY]), "");
        assert_eq!(done.code, 0, "{done}");
        // Only what works on a container is disturbed: not the question for its version.
        let text = format!(
            "#!/bin/bash\nCRIU={}\n[ \"$1\" = swrk ] || exec $CRIU \"$@\"\n{script}\nexec $CRIU \"$@\"\n",
            Self::AWAY
        );
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(path)
    }
}

impl Drop for Wrapped {
    fn drop(&mut self) {
        command::run(Command::new("mv").args(["-f", Self::AWAY, self.0]), "");
    }
}

/// The script kills `whom` once CRIU's log has the line. Who waits for it is no child of CRIU's, which
/// takes the end of any child for that of one it has made (criu/namespaces.c, `dump_namespaces`).
fn on_line(log: &str, line: &str, kill: &str) -> String {
    format!(
        "OWN=$$; ABOVE=$PPID\n\
         ( ( for i in $(seq 2000); do grep -qs -- '{line}' /var/lib/cryopod/containers/*/bundle/{log} && break; sleep 0.001; done\n\
         {kill} ) </dev/null >/dev/null 2>&1 & )"
    )
}

/// The script kills after some time.
fn after(milliseconds: u32, kill: &str) -> String {
    format!(
        "OWN=$$; ABOVE=$PPID\n\
         ( ( sleep {}.{:03}; {kill} ) </dev/null >/dev/null 2>&1 & )",
        milliseconds / 1000,
        milliseconds % 1000
    )
}

#[track_caller]
fn is_told(done: &Finished, what: &str) {
    assert_eq!(done.code, 125, "{what}: {done}");
    let errors = done
        .stderr
        .lines()
        .filter(|line| line.starts_with("Error: "));
    assert_eq!(errors.count(), 1, "{what}: {done}");
    assert!(!done.stderr.contains("panicked"), "{what}: {done}");
}

/// Nobody traces its processes or has left them stopped, and it counts on, with none left out.
#[track_caller]
fn runs_on(host: &Host, what: &str) {
    assert_eq!(host.status("victim"), "running", "{what}");
    let before = host.log("victim");
    let log = host.wait_for_more_log("victim", &before);
    // A `sleep` of its shell may have met a breakpoint: see `after_its_end`.
    let counted = log.lines().filter(|line| !line.contains("breakpoint trap"));
    for (index, line) in counted.enumerate() {
        assert_eq!(line, index.to_string(), "{what}: a line is lost or twice");
    }
    let status = fs::read_to_string(format!("/proc/{}/status", host.pid("victim"))).unwrap();
    assert!(status.contains("TracerPid:\t0"), "{what}: {status}");
}

/// The truth after a dump that was disturbed; in the end it runs.
#[track_caller]
fn settled(host: &Host, done: &Finished, what: &str) {
    if done.code == 0 {
        host.ok(&["container", "restore", "victim"]);
    } else {
        is_told(done, what);
        if host.status("victim") == "exited" {
            after_its_end(host, what);
            return;
        }
    }
    runs_on(host, what);
}

/// A dump that ends the processes was whole; or a process met a breakpoint of CRIU's code in it, with
/// nobody left to catch that: the kernel ends such a one (128 + SIGTRAP). No engine can keep it from
/// that, and the record says so.
#[track_caller]
fn after_its_end(host: &Host, what: &str) {
    let code = host.inspect("victim")["State"]["ExitCode"].as_i64();
    if code == Some(0) {
        let done = host.run(&["container", "restore", "victim"]);
        assert_eq!(done.code, 0, "{what}: {done:?}\n{}", images());
        runs_on(host, what);
        return;
    }
    assert_eq!(code, Some(133), "{what}");
    host.ok(&["rm", "victim"]);
    start_victim(host);
}

/// What the dump left, for a message.
fn images() -> String {
    let list = "ls -l --full-time /var/lib/cryopod/containers/*/bundle/checkpoint";
    let list = Command::new("sh").args(["-c", list]).output().unwrap();
    String::from_utf8_lossy(&list.stdout).into_owned()
}

fn skips(host: &Host) -> bool {
    host.engine.is_podman()
}

const CHECKPOINT: [&str; 3] = ["container", "checkpoint", "victim"];
const RESTORE: [&str; 3] = ["container", "restore", "victim"];
const ENDING: [&str; 4] = ["container", "checkpoint", "--tcp-established", "victim"];

/// No file may get larger than this: memory can't be written, in the middle of it.
fn dump_that_can_not_write(host: &Host) {
    if skips(host) {
        return;
    }
    start_victim(host);
    for blocks in [0, 8, 64, 200] {
        let wrapped = Wrapped::in_script(&format!("ulimit -f {blocks}"));
        let done = host.run(&CHECKPOINT);
        drop(wrapped);
        settled(host, &done, &format!("{blocks} blocks"));
        assert!(!is_there(Path::new("/var/lib/cryopod/core")));
    }
    host.ok(&CHECKPOINT);
    host.ok(&RESTORE);
    runs_on(host, "undisturbed");
}

/// Its tasks may be seized, stopped, or have its code in them.
fn dump_killed(host: &Host) {
    if skips(host) {
        return;
    }
    start_victim(host);
    for line in ["Seized task", "Parasite", "Dumping pages", "Dumping core"] {
        let kill = on_line("dump.log", line, "kill -9 $OWN");
        let wrapped = Wrapped::in_script(&kill);
        let done = host.run(&CHECKPOINT);
        drop(wrapped);
        settled(host, &done, line);
    }
    for milliseconds in [10, 40, 70, 100] {
        let wrapped = Wrapped::in_script(&after(milliseconds, "kill -9 $OWN"));
        let done = host.run(&CHECKPOINT);
        drop(wrapped);
        settled(host, &done, &format!("after {milliseconds} ms"));
    }
}

/// CRIU mounts a file system of the container a second time, in the container, to see what is below
/// other mounts: killed before it has unmounted it, it leaves no mount that a checkpoint would have.
fn dump_killed_before_it_unmounts(host: &Host) {
    if skips(host) {
        return;
    }
    start_victim(host);
    let trace = host.file("trace");
    let wrapped = Wrapped::in_script(&format!(
        "exec strace -f -o {trace} -e trace=mount,umount2 -e inject=umount2:signal=KILL $CRIU \"$@\""
    ));
    let done = host.run(&CHECKPOINT);
    drop(wrapped);
    let trace = fs::read_to_string(&trace).unwrap();
    assert!(
        trace.contains("cr-tmpfs"),
        "it was not killed there: {trace}"
    );
    assert_ne!(done.code, 0, "{done}");
    if host.status("victim") == "running" {
        let mounts = fs::read_to_string(format!("/proc/{}/mountinfo", host.pid("victim"))).unwrap();
        assert!(!mounts.contains("cr-tmpfs"), "{mounts}");
    }
    settled(host, &done, "before it unmounts");
    host.ok(&CHECKPOINT);
    host.ok(&RESTORE);
    runs_on(host, "undisturbed");
}

fn dump_that_ends_the_processes_killed(host: &Host) {
    if skips(host) {
        return;
    }
    start_victim(host);
    for line in ["Parasite", "Dumping pages", "Writing stats"] {
        let kill = on_line("dump.log", line, "kill -9 $OWN");
        let wrapped = Wrapped::in_script(&kill);
        let done = host.run(&ENDING);
        drop(wrapped);
        settled(host, &done, line);
    }
}

/// Kills a child that a failed test left.
struct Spawned(Child);

impl Drop for Spawned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn signal(pid: u32, name: &str) {
    let line = [format!("-{name}"), pid.to_string()];
    command::run(Command::new("kill").args(line), "");
}

/// There is no limit of time: a large process may take long. Other commands answer meanwhile; who
/// loses patience ends CRIU, not the engine.
fn dump_hangs(host: &Host) {
    if skips(host) {
        return;
    }
    start_victim(host);
    let note = host.file("pid");
    // Not yet begun: the container runs meanwhile.
    let script = format!("echo $$ > {note}; exec sleep 600");
    let wrapped = Wrapped::in_script(&script);
    let mut hanging = Spawned(host.spawn(&CHECKPOINT));
    let pid = wait::until("CRIU has been started", || {
        fs::read_to_string(&note).ok()?.trim().parse::<u32>().ok()
    });
    runs_on(host, "CRIU has not begun");
    // Ctrl-C cuts nothing in half.
    signal(hanging.0.id(), "INT");
    std::thread::sleep(Duration::from_millis(300));
    assert!(hanging.0.try_wait().unwrap().is_none(), "it was cut off");
    signal(pid, "KILL");
    let code = command::wait(&mut hanging.0, "checkpoint", command::LIMIT);
    drop(wrapped);
    assert_eq!(code, 125);
    runs_on(host, "CRIU was ended");
    // In the middle: it stands still meanwhile, as told.
    let stop = on_line(
        "dump.log",
        "Dumping core",
        "kill -STOP $OWN && echo $OWN > NOTE",
    );
    let _ = fs::remove_file(&note);
    let wrapped = Wrapped::in_script(&stop.replace("NOTE", &note));
    let mut hanging = Spawned(host.spawn(&CHECKPOINT));
    let pid = wait::until("CRIU hangs", || {
        fs::read_to_string(&note).ok()?.trim().parse::<u32>().ok()
    });
    host.ok(&["ps", "-a"]);
    assert!(hanging.0.try_wait().unwrap().is_none(), "it does not wait");
    signal(pid, "KILL");
    let code = command::wait(&mut hanging.0, "checkpoint", command::LIMIT);
    drop(wrapped);
    assert_eq!(code, 125);
    if host.status("victim") == "exited" {
        after_its_end(host, "CRIU was ended in the middle");
    } else {
        runs_on(host, "CRIU was ended in the middle");
    }
}

/// A configuration of the host's own makes CRIU fail when everything is there again.
fn restore_fails_at_its_end(host: &Host) {
    if skips(host) {
        return;
    }
    start_victim(host);
    host.ok(&CHECKPOINT);
    let clean = leak::Snapshot::take();
    for action in ["setup-namespaces", "post-restore"] {
        let script = host.path("action.sh");
        let text = format!("#!/bin/sh\n[ \"$CRTOOLS_SCRIPT_ACTION\" != {action} ]\n");
        fs::write(&script, text).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        let option = format!("--action-script {}", script.display());
        let _configuration = Configuration::write(&option.replace("--", ""));
        let done = host.run(&RESTORE);
        is_told(&done, action);
        assert_eq!(host.status("victim"), "exited", "{action}");
        let left = leak::Snapshot::left_since(&clean);
        assert!(left.is_empty(), "{action}: {left:?}");
    }
    host.ok(&RESTORE);
    runs_on(host, "undisturbed");
}

/// /etc/criu/default.conf, which CRIU reads always.
struct Configuration;

impl Configuration {
    const PATH: &'static str = "/etc/criu/default.conf";

    fn write(text: &str) -> Self {
        fs::create_dir_all("/etc/criu").unwrap();
        fs::write(Self::PATH, format!("{text}\n")).unwrap();
        Self
    }
}

impl Drop for Configuration {
    fn drop(&mut self) {
        let _ = fs::remove_file(Self::PATH);
    }
}

/// After a failed restore the checkpoint is as it was. A restore that broke off may have let the processes go on for a moment: what they printed then is in
/// the log, and is printed again.
#[track_caller]
fn thaws_again(host: &Host, done: &Finished, what: &str) {
    if done.code != 0 {
        is_told(done, what);
        assert_eq!(host.status("victim"), "exited", "{what}");
        host.ok(&RESTORE);
    }
    assert_eq!(host.status("victim"), "running", "{what}");
    let before = host.log("victim");
    host.wait_for_more_log("victim", &before);
    host.ok(&CHECKPOINT);
}

fn restore_killed(host: &Host) {
    if skips(host) {
        return;
    }
    start_victim(host);
    host.ok(&CHECKPOINT);
    for line in ["Forking task", "Opening", "Restoring", "Restore finished"] {
        let kill = on_line("restore.log", line, "kill -9 $OWN");
        let wrapped = Wrapped::in_script(&kill);
        let done = host.run(&RESTORE);
        drop(wrapped);
        thaws_again(host, &done, line);
    }
    for milliseconds in [20, 50, 80] {
        let wrapped = Wrapped::in_script(&after(milliseconds, "kill -9 $OWN"));
        let done = host.run(&RESTORE);
        drop(wrapped);
        thaws_again(host, &done, &format!("after {milliseconds} ms"));
    }
}

/// CRIU outlives its runtime; nobody takes its work for undone before it has ended.
fn runtime_killed_in_a_dump(host: &Host) {
    if skips(host) {
        return;
    }
    start_victim(host);
    for line in ["Seized task", "Dumping pages", "Dumping core"] {
        let kill = on_line("dump.log", line, "kill -9 $ABOVE");
        let wrapped = Wrapped::in_script(&kill);
        let done = host.run(&CHECKPOINT);
        drop(wrapped);
        settled(host, &done, line);
    }
}

fn runtime_killed_in_a_dump_that_ends_the_processes(host: &Host) {
    if skips(host) {
        return;
    }
    start_victim(host);
    for line in ["Parasite", "Dumping pages", "Dumping core"] {
        let kill = on_line("dump.log", line, "kill -9 $ABOVE");
        let wrapped = Wrapped::in_script(&kill);
        let done = host.run(&ENDING);
        drop(wrapped);
        settled(host, &done, line);
    }
}
