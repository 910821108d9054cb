//! Failures of CRIU, each made by a real container: what the user reads is one sentence of cause
//! and one of remedy, the remedy helps (or the message says that nothing does), and nobody lost
//! anything: after a failed freeze the container runs on as it was, after a failed thaw the
//! checkpoint is whole.
//!
//! The engine asks many of these questions before CRIU does; here CRIU is to answer.

pub mod files;
pub mod host;
pub mod images;
pub mod names;
pub mod objects;
pub mod processes;
pub mod programs;
pub mod sockets;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{Tests, tests};
use crate::harness::{Finished, Host, command, wait};

/// The container of every test here.
const NAME: &str = "held";
/// Where it sees the directory that it shares with the test.
const SHARED: &str = "/shared";
/// What the objects need that a container usually may not.
const FREE: [&str; 11] = [
    "--security-opt",
    "seccomp=unconfined",
    "--cap-add=SYS_ADMIN",
    "--cap-add=NET_ADMIN",
    "--cap-add=NET_RAW",
    "--cap-add=SYS_PTRACE",
    "--cap-add=PERFMON",
    "--cap-add=BPF",
    "--cap-add=SYS_CHROOT",
    "--cap-add=IPC_LOCK",
    "--cap-add=MKNOD",
];
/// Four lines of a terminal.
const MOST: usize = 4 * 80;

/// The words of `container checkpoint` or `container restore`, in one place: whatever the engine
/// would refuse by itself, CRIU is to be asked.
fn words<'a>(verb: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    let asked = ["container", verb, "--skip-check", "all"];
    [&asked[..], options, &[NAME]].concat()
}

/// A container that holds objects one after the other, and the directory that it shares.
struct Holder<'a> {
    host: &'a Host,
    directory: PathBuf,
    pid: i64,
    closed: usize,
}

impl<'a> Holder<'a> {
    /// Starts it with these options, and waits for the first object.
    #[track_caller]
    fn start(host: &'a Host, run: &[&str], objects: &[&str]) -> Self {
        let directory = host.path("shared");
        fs::create_dir_all(&directory).unwrap();
        let mount = format!("{}:{SHARED}", directory.display());
        let run = [run, &["-v", &mount]].concat();
        host.start(
            NAME,
            &run,
            &[&["workload", "keep", SHARED], objects].concat(),
        );
        let holder = Self {
            host,
            directory,
            pid: host.pid(NAME),
            closed: 0,
        };
        holder.wait_for(if objects.is_empty() { "." } else { "has-0" });
        holder
    }

    #[track_caller]
    fn wait_for(&self, mark: &str) {
        let there = wait::try_until(wait::limit(wait::SOON), || {
            let failed = fs::read_to_string(self.directory.join("failed"));
            assert!(failed.is_err(), "the workload says: {failed:?}");
            self.directory.join(mark).exists().then_some(())
        });
        assert!(there.is_some(), "no {mark}: {}", self.host.log(NAME));
    }

    /// The freeze fails for this reason with this advice, and the container runs on.
    #[track_caller]
    fn is_refused(&self, options: &[&str], cause: &str, remedy: &str) {
        let done = self.host.run(&words("checkpoint", options));
        explained(&done, "checkpoint", cause, remedy);
        self.runs_on();
    }

    #[track_caller]
    fn runs_on(&self) {
        let state = &self.host.inspect(NAME)["State"];
        assert_eq!(state["Status"], "running");
        assert_eq!(state["Pid"], self.pid);
    }

    /// The object is there still and is let go; the next one follows.
    #[track_caller]
    fn close(&mut self, last: bool) {
        let number = self.closed;
        fs::write(self.directory.join(format!("close-{number}")), "").unwrap();
        self.wait_for(&format!("closed-{number}"));
        self.closed += 1;
        if !last {
            self.wait_for(&format!("has-{}", self.closed));
        }
    }

    /// CRIU freezes what it won't be able to thaw.
    #[track_caller]
    fn freeze_for_good(&self, options: &[&str]) {
        self.host.ok(&words("checkpoint", options));
    }

    #[track_caller]
    fn freeze(&self, options: &[&str]) {
        // What is known beforehand must not forbid what CRIU can.
        let ask = ["container", "checkpoint", "--dry-run"];
        let preview = self.host.run(&[&ask[..], options, &[NAME]].concat());
        assert_eq!(preview.code, 0, "{preview}");
        self.host.ok(&words("checkpoint", options));
    }

    /// The thaw fails for this reason with this advice, and the checkpoint is as it was.
    #[track_caller]
    fn stays_frozen(&self, options: &[&str], cause: &str, remedy: &str) {
        let done = self.host.run(&words("restore", options));
        explained(&done, "restore", cause, remedy);
        assert_eq!(self.host.status(NAME), "exited");
    }

    #[track_caller]
    fn thaw(&mut self, options: &[&str]) {
        self.host.ok(&words("restore", options));
        self.pid = self.host.pid(NAME);
    }

    /// All is as it was at its start.
    #[track_caller]
    fn end(self) {
        fs::write(self.directory.join("go"), "").unwrap();
        self.wait_for("done");
        assert_eq!(self.host.ok(&["wait", NAME]), "0");
    }
}

/// An object, a part of the cause and one of the remedy that the freeze tells.
type Refusal<'a> = (&'a str, &'a str, &'a str);

/// One container holds one object after the other: each stands in the way, each is let go, and when
/// the last is gone the freeze and the thaw work.
#[track_caller]
fn all_refused(host: &Host, run: &[&str], table: &[Refusal]) {
    let objects: Vec<&str> = table.iter().map(|(object, ..)| *object).collect();
    let mut holder = Holder::start(host, &[&FREE, run].concat(), &objects);
    for (number, (_, cause, remedy)) in table.iter().enumerate() {
        holder.is_refused(&[], cause, remedy);
        holder.close(number + 1 == table.len());
    }
    holder.freeze(&[]);
    holder.thaw(&[]);
    holder.end();
}

/// The message is one line that fits in four of a terminal, with this cause and this remedy; nobody
/// is sent to a log.
#[track_caller]
fn explained(done: &Finished, verb: &str, cause: &str, remedy: &str) {
    assert_eq!(done.code, 125, "{done}");
    let message = done.stderr.trim_end();
    let start = format!("Error: cannot {verb} container {NAME}: ");
    let rest = message.strip_prefix(&start);
    let rest = rest.unwrap_or_else(|| panic!("another beginning: {done}"));
    let (said, advice) = rest.split_once(" (").unwrap_or((rest, ""));
    assert!(!message.contains('\n'), "several lines: {done}");
    assert!(message.chars().count() <= MOST, "too long: {done}");
    // Either part may have brackets of its own.
    assert!(
        rest.ends_with(')') && !advice.is_empty(),
        "no remedy: {done}"
    );
    assert!(!said.starts_with("CRIU says"), "not explained: {done}");
    assert!(!message.contains(".log"), "sent to a log: {done}");
    assert!(rest.contains(cause), "another cause than {cause:?}: {done}");
    assert!(
        rest.contains(remedy),
        "another remedy than {remedy:?}: {done}"
    );
}

/// The command under other circumstances than usual: behind a program, in another environment.
fn under(host: &Host, before: &[&str], path: Option<&Path>, words: &[&str]) -> Finished {
    let line = [
        before,
        &[&host.engine.program],
        &host
            .engine
            .globals
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>(),
        words,
    ]
    .concat();
    let mut command = Command::new(line[0]);
    command.args(&line[1..]);
    if let Some(path) = path {
        let usual = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{usual}", path.display()));
    }
    command::run(&mut command, "")
}

/// A file of the host under another name, until dropped.
struct Hidden {
    path: PathBuf,
    aside: PathBuf,
}

impl Hidden {
    fn begin(path: &Path) -> Self {
        let aside = PathBuf::from(format!("{}.aside", path.display()));
        fs::rename(path, &aside).unwrap();
        Self {
            path: path.to_owned(),
            aside,
        }
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = fs::rename(&self.aside, &self.path);
    }
}

/// CRIU's configuration for the whole host, until dropped.
struct CriuSetting(Option<String>);

impl CriuSetting {
    const FILE: &'static str = "/etc/criu/default.conf";

    fn begin(line: &str) -> Self {
        let before = fs::read_to_string(Self::FILE).ok();
        fs::create_dir_all("/etc/criu").unwrap();
        let text = format!("{}{line}\n", before.as_deref().unwrap_or(""));
        fs::write(Self::FILE, text).unwrap();
        Self(before)
    }
}

impl Drop for CriuSetting {
    fn drop(&mut self) {
        let _ = match &self.0 {
            Some(before) => fs::write(Self::FILE, before),
            None => fs::remove_file(Self::FILE),
        };
    }
}

/// A Python program of the host, ended when dropped.
struct Python(Child);

impl Python {
    /// Starts it and waits for `ready`, which it makes.
    #[track_caller]
    fn begin(script: &str, words: &[&str], ready: &Path) -> Self {
        let child = Command::new("python3")
            .args(["-c", script])
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        let python = Self(child.expect("python3 in the host"));
        wait::until("Python's part", || ready.exists().then_some(()));
        python
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a Python program of the host to its end.
#[track_caller]
fn python(script: &str, words: &[&str]) {
    let done = command::run(Command::new("python3").args(["-c", script]).args(words), "");
    assert_eq!(done.code, 0, "{done}");
}
