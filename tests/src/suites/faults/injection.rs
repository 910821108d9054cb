//! Lets system calls of a command fail, by strace, and judges what the command then says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use crate::harness::{Finished, Host, command};

/// What writes, and how it can fail; the first is what a full disk says, where it can.
const CALLS: &[(&str, &[&str])] = &[
    ("write", &["ENOSPC", "EIO", "EDQUOT"]),
    ("pwrite64", &["ENOSPC", "EIO"]),
    ("writev", &["ENOSPC", "EIO"]),
    ("copy_file_range", &["ENOSPC", "EIO"]),
    ("sendfile", &["ENOSPC", "EIO"]),
    ("splice", &["ENOSPC", "EIO"]),
    ("fsync", &["EIO", "ENOSPC"]),
    ("fdatasync", &["EIO", "ENOSPC"]),
    ("syncfs", &["EIO", "ENOSPC"]),
    ("ftruncate", &["ENOSPC", "EIO"]),
    ("fallocate", &["ENOSPC"]),
    ("openat", &["ENOSPC", "EMFILE", "EROFS"]),
    ("mkdir", &["ENOSPC", "EROFS"]),
    ("mkdirat", &["ENOSPC", "EROFS"]),
    ("rename", &["ENOSPC", "EROFS", "EIO"]),
    ("renameat", &["ENOSPC", "EROFS"]),
    ("renameat2", &["ENOSPC", "EROFS"]),
    ("link", &["ENOSPC", "EDQUOT"]),
    ("linkat", &["ENOSPC", "EDQUOT"]),
    ("symlink", &["ENOSPC", "EROFS"]),
    ("symlinkat", &["ENOSPC", "EROFS"]),
    ("unlink", &["EIO", "EROFS"]),
    ("unlinkat", &["EIO", "EROFS"]),
    ("rmdir", &["EIO", "EBUSY"]),
    ("chmod", &["EROFS"]),
    ("fchmod", &["EROFS"]),
    ("fchmodat", &["EROFS"]),
    ("chown", &["EDQUOT"]),
    ("fchown", &["EDQUOT"]),
    ("fchownat", &["EDQUOT"]),
    ("utimensat", &["EROFS"]),
    ("setxattr", &["ENOSPC"]),
    ("fsetxattr", &["ENOSPC"]),
    ("lsetxattr", &["ENOSPC"]),
    ("mknodat", &["ENOSPC"]),
    ("mount", &["ENOMEM"]),
    ("umount2", &["EBUSY"]),
    ("unshare", &["ENOSPC"]),
    ("flock", &["EINTR", "ENOLCK"]),
    ("clone3", &["EAGAIN"]),
    ("vfork", &["EAGAIN"]),
    ("pipe2", &["EMFILE"]),
    ("socket", &["EMFILE"]),
    ("connect", &["EAGAIN"]),
    ("sendto", &["EIO"]),
    ("sendmsg", &["EIO"]),
];

/// An operation that is disturbed again and again.
pub struct Scene<'a> {
    /// The engine.
    pub host: &'a Host,
    /// The operation.
    pub words: &'a [&'a str],
    /// Brings everything back to where the operation can begin, checking on the way that what the
    /// next command says is true.
    pub settle: &'a dyn Fn(&Finished) -> Result<(), String>,
}

/// One fault: which call, how it fails, and the which one of its thread.
pub type Fault = (&'static str, &'static str, u32);

fn strace(host: &Host, options: &[&str], words: &[&str]) -> Finished {
    let engine = host.engine.command(words);
    // What the engine starts is let go: runtime, CRIU, monitor and netavark meet no fault.
    let mut traced = Command::new("strace");
    traced
        .args(["-f", "-qq", "-b", "execve"])
        .args(options)
        .arg(engine.get_program())
        .args(engine.get_args());
    command::run(&mut traced, "")
}

impl Scene<'_> {
    /// How often each call is made by the thread that makes it most often.
    fn count(&self) -> BTreeMap<&'static str, u32> {
        let log = self.host.file("strace.log");
        let names: Vec<&str> = CALLS.iter().map(|(name, _)| *name).collect();
        let trace = format!("trace={}", names.join(","));
        let done = strace(self.host, &["-o", &log, "-e", &trace], self.words);
        (self.settle)(&done).unwrap_or_else(|error| panic!("with no fault: {error}"));
        let text = fs::read_to_string(&log).unwrap();
        let mut by_thread: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for line in text.lines() {
            let Some((thread, call)) = line.split_once(' ') else {
                continue;
            };
            let name = call.trim_start().split('(').next().unwrap_or_default();
            if let Some(name) = names.iter().find(|known| **known == name) {
                *by_thread.entry((thread, name)).or_default() += 1;
            }
        }
        let mut most = BTreeMap::new();
        for ((_, name), count) in by_thread {
            let name = *names.iter().find(|known| **known == name).unwrap_or(&"");
            let known = most.entry(name).or_insert(0);
            *known = count.max(*known);
        }
        most
    }

    /// All that can be made to fail here, or the given ones.
    fn chosen(&self, some: &[Fault]) -> Vec<Fault> {
        let wanted = std::env::var("FAULTS").unwrap_or_default();
        let Some(prefix) = wanted.strip_prefix("all") else {
            return some.to_vec();
        };
        let prefix = prefix.trim_start_matches(':');
        let counted = self.count();
        eprintln!("{}: {counted:?}", self.words.join(" "));
        let mut all = Vec::new();
        for (call, errors) in CALLS.iter().filter(|(call, _)| call.starts_with(prefix)) {
            let most = counted.get(call).copied().unwrap_or(0);
            for when in 1..=most {
                // Every place fails once, in turn with each error.
                let error = errors[when as usize % errors.len()];
                all.push((*call, error, when));
            }
        }
        all
    }

    /// Disturbs the operation with each fault and fails with all that was wrong.
    pub fn play(&self, some: &[Fault]) {
        let mut wrong = String::new();
        let mut tally: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
        let log = self.host.file("strace.log");
        let some: Vec<Fault> = self.chosen(some);
        for (call, error, when) in &some {
            let inject = format!("inject={call}:error={error}:when={when}");
            let trace = format!("trace={call}");
            let done = strace(
                self.host,
                &["-o", &log, "-e", &trace, "-e", &inject],
                self.words,
            );
            let text = fs::read_to_string(&log).unwrap_or_default();
            let injected = text.lines().find(|line| line.contains("(INJECTED)"));
            let counts = tally.entry(call).or_default();
            counts[0] += 1;
            counts[1] += u32::from(injected.is_some());
            counts[2] += u32::from(done.code != 0);
            let judged = [judge(&done, injected), (self.settle)(&done)];
            for problem in judged.into_iter().filter_map(Result::err) {
                let _ = writeln!(
                    wrong,
                    "{call} {error} {when}: {problem}\n  at {}\n  {done}",
                    injected.unwrap_or("none")
                );
            }
        }
        if std::env::var_os("FAULTS").is_some() {
            eprintln!("[tried, met, told]: {tally:?}");
        }
        assert!(wrong.is_empty(), "{}:\n{wrong}", self.words.join(" "));
    }
}

/// Success, or one line that says what failed.
fn judge(done: &Finished, injected: Option<&str>) -> Result<(), String> {
    let text = &done.stderr;
    if text.contains("panicked") {
        return Err("a panic".into());
    }
    // Before our code began, or where it says its last words.
    let early = text.contains("error while loading shared libraries");
    let mute = injected.is_some_and(|line| line.contains("write(1,") || line.contains("write(2,"));
    if done.code == 0 || early || mute {
        return Ok(());
    }
    if done.code != 125 {
        return Err(format!("exit status {}", done.code));
    }
    // What netavark is told goes through a pipe: it says that it was told nothing.
    let told = injected.is_some_and(|line| line.contains("container_id"));
    if told && text.contains("netavark") {
        return Ok(());
    }
    let errors = text.lines().filter(|line| line.starts_with("Error: "));
    let [line] = errors.collect::<Vec<_>>()[..] else {
        return Err("not one line that says what failed".into());
    };
    if text.contains("(os error ") {
        return Err("a number instead of words".into());
    }
    if injected.is_none() {
        return Err("failed without a fault".into());
    }
    let words = [
        "No space left",
        "nput/output error",
        "I/O error",
        "quota exceeded",
        "Quota exceeded",
        "Too many open files",
        "Read-only file system",
        "Device or resource busy",
        "Cannot allocate memory",
        "Resource temporarily unavailable",
        "No locks available",
        "database or disk is full",
        "unable to open database file",
        "locking protocol",
        "Interrupted system call",
        "readonly database",
        "database is locked",
    ];
    if words.iter().any(|word| line.contains(word)) {
        return Ok(());
    }
    Err("it does not say what failed".into())
}
