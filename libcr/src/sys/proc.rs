//! `/proc`: who a process is, whether it still lives, what it runs. proc(5).

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use rustix_libc_wrappers::process::SignalExt;

use crate::model::operation::ProcessIdentity;
use crate::sys::dir::at;

/// What this process is and in which boot, once [`know_self`] has found out.
static OWN: OnceLock<ProcessIdentity> = OnceLock::new();

/// Finds out what this process is and in which boot. Whoever compares records with either calls it
/// first: one that can't tell this boot from another would take all that runs for ended.
///
/// # Errors
/// When /proc can't be read: not mounted, or too many files are open.
pub fn know_self() -> io::Result<()> {
    if OWN.get().is_some() {
        return Ok(());
    }
    let path = Path::new("/proc/sys/kernel/random/boot_id");
    let boot = fs::read_to_string(path).map_err(at("read", path))?;
    let pid = rustix::process::getpid().as_raw_pid();
    let own = PathBuf::from(format!("/proc/{pid}/stat"));
    let stat = fs::read_to_string(&own).map_err(at("read", &own))?;
    let start_time = started(&stat).ok_or_else(|| io::Error::other("/proc/PID/stat is odd"))?;
    let _ = OWN.set(ProcessIdentity {
        pid,
        start_time,
        boot_id: boot.trim().to_owned(),
    });
    Ok(())
}

/// How urgent a process is to the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Urgency {
    /// nice(2): the lower, the more of the processor it gets.
    pub nice: i32,
    /// `oom_score_adj`: the lower, the later it is killed for want of memory.
    pub oom_score: i32,
}

/// That of this process; what it can't tell is the usual.
pub fn urgency() -> Urgency {
    let score = fs::read_to_string("/proc/self/oom_score_adj").ok();
    Urgency {
        nice: rustix::process::getpriority_process(None).unwrap_or(0),
        oom_score: score.and_then(|text| text.trim().parse().ok()).unwrap_or(0),
    }
}

/// No process of this host has this number or a higher one.
pub fn highest_pid() -> Option<u32> {
    let text = fs::read_to_string("/proc/sys/kernel/pid_max").ok()?;
    text.trim().parse().ok()
}

/// The boot that the machine is in: `/proc/sys/kernel/random/boot_id`.
pub fn boot_id() -> String {
    own_identity().boot_id
}

/// Start time of a process, clock ticks after boot; `None` when there is none (or a zombie).
///
/// # Errors
/// When it can't be looked at, which doesn't say that it is gone.
pub fn start_time(pid: i32) -> io::Result<Option<u64>> {
    Ok(read(pid, "stat")?.as_deref().and_then(started))
}

fn started(stat: &str) -> Option<u64> {
    // The second field is the command in parentheses and may itself hold anything.
    let after_command = stat.rsplit_once(')')?.1;
    let mut fields = after_command.split_ascii_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

/// A file of a process in /proc; `None` when there is no such process.
pub(super) fn read(pid: i32, name: &str) -> io::Result<Option<String>> {
    match fs::read(format!("/proc/{pid}/{name}")) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// ESRCH: it ended between opening and reading.
fn is_gone(error: &io::Error) -> bool {
    let ended = rustix::io::Errno::SRCH.raw_os_error();
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(ended)
}

/// This process.
pub fn own_identity() -> ProcessIdentity {
    if let Err(error) = know_self() {
        tracing::error!(%error, "this process does not know itself");
    }
    OWN.get().cloned().unwrap_or_else(|| ProcessIdentity {
        pid: rustix::process::getpid().as_raw_pid(),
        start_time: 0,
        boot_id: String::new(),
    })
}

/// Whether that very process still lives, or can't be looked at: nothing is done to one for being
/// dead that may live.
pub fn is_alive(identity: &ProcessIdentity) -> bool {
    let is_it = |found: Option<u64>| found == Some(identity.start_time);
    identity.boot_id == boot_id() && start_time(identity.pid).map_or(true, is_it)
}

/// Whether any process has this number, or it can't be looked at.
pub fn exists(pid: i32) -> bool {
    start_time(pid).map_or(true, |found| found.is_some())
}

/// The argument vector of a process.
pub fn arguments(pid: i32) -> Vec<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    split(&bytes)
}

fn split(bytes: &[u8]) -> Vec<String> {
    let text = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    text.split(|byte| *byte == 0)
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect()
}

/// Processes of this PID namespace whose argument vector `wanted` accepts. Those of a host in a
/// container are visible too, and are not ours.
///
/// # Errors
/// When /proc can't be looked through.
pub fn find(wanted: impl Fn(&[String]) -> bool) -> io::Result<Vec<i32>> {
    let own = namespace(rustix::process::getpid().as_raw_pid(), "pid");
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        let words = read(pid, "cmdline")?.unwrap_or_default();
        if wanted(&split(words.as_bytes())) && exists(pid) && namespace(pid, "pid") == own {
            found.push(pid);
        }
    }
    Ok(found)
}

/// The cgroup of a process in the unified hierarchy, as a path from its mount: line `0::` of
/// `/proc/PID/cgroup` (cgroups(7)).
///
/// # Errors
/// When it can't be looked at, which doesn't say that it is gone.
pub fn cgroup_of(pid: i32) -> io::Result<Option<String>> {
    let text = read(pid, "cgroup")?.unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("0::"));
    Ok(line.map(str::to_owned))
}

/// A process and all that descend from it, parents first. From `/proc/PID/task/TID/children`
/// (CONFIG_PROC_CHILDREN, which CRIU needs too).
pub fn tree(root: i32) -> Vec<i32> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(pid) = found.get(next) {
        let tasks = fs::read_dir(format!("/proc/{pid}/task"))
            .into_iter()
            .flatten()
            .flatten();
        let children = tasks
            .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
            .flat_map(|text| {
                text.split_ascii_whitespace()
                    .filter_map(|word| word.parse().ok())
                    .collect::<Vec<_>>()
            });
        let children: Vec<i32> = children.collect();
        found.extend(children);
        next += 1;
    }
    found
}

/// Whether a process is in uninterruptible sleep (state `D`).
pub fn is_uninterruptible(pid: i32) -> bool {
    is_in_state(pid, 'D')
}

/// Whether a process has ended and only waits to be reaped (state `Z`).
pub fn is_dead(pid: i32) -> bool {
    is_in_state(pid, 'Z')
}

/// The name of a process, at most 15 bytes: `comm` of proc(5). Of a dead one too.
pub fn name(pid: i32) -> Option<String> {
    let text = read(pid, "comm").ok().flatten()?;
    Some(text.trim_end().to_owned())
}

/// Whether a process whose name (`comm`) begins so has this directory open. What can't be
/// looked at has it not.
pub fn has_open(name: &str, directory: &Path) -> bool {
    let Ok(wanted) = fs::canonicalize(directory) else {
        return false;
    };
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let mut named =
        pids.filter(|pid| self::name(*pid).is_some_and(|found| found.starts_with(name)));
    named.any(|pid| {
        let open = fs::read_dir(format!("/proc/{pid}/fd"));
        let mut open = open.into_iter().flatten().flatten();
        open.any(|entry| fs::read_link(entry.path()).is_ok_and(|path| path == wanted))
    })
}

/// Number of a process's parent.
pub fn parent(pid: i32) -> Option<i32> {
    let stat = read(pid, "stat").ok().flatten()?;
    let after_command = stat.rsplit_once(')')?.1;
    after_command.split_ascii_whitespace().nth(1)?.parse().ok()
}

fn is_in_state(pid: i32, state: char) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')')
        .is_some_and(|(_, after)| after.trim_start().starts_with(state))
}

/// Device and inode of a namespace of a process, for comparing.
pub fn namespace(pid: i32, kind: &str) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(format!("/proc/{pid}/ns/{kind}")).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// A descriptor of a process that becomes readable when it ends; `None` when there is none.
pub fn pidfd(pid: i32) -> Option<OwnedFd> {
    pidfd_open(Pid::from_raw(pid)?, PidfdFlags::empty()).ok()
}

/// As [`wait_gone`], of one that is gone already or that no descriptor can be had of.
fn wait_unseen(pid: i32, limit: Duration) -> bool {
    let deadline = Instant::now() + limit;
    while exists(pid) {
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

/// Waits until a process has ended, at most `limit`. True when it is gone.
pub fn wait_gone(pid: i32, limit: Duration) -> bool {
    let Some(handle) = pidfd(pid) else {
        return wait_unseen(pid, limit);
    };
    let timeout = Timespec {
        tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(limit.subsec_nanos()),
    };
    let mut watched = [PollFd::new(&handle, PollFlags::IN)];
    matches!(poll(&mut watched, Some(&timeout)), Ok(1..))
}

/// Sends a signal by number, real-time ones too; that the process is gone is fine.
pub fn signal(pid: i32, number: i32) -> io::Result<()> {
    let (Some(pid), Some(signal)) = (Pid::from_raw(pid), Signal::from_raw(number)) else {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    };
    match kill_process(pid, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Kills a process and waits until it is gone (at most ten seconds).
pub fn kill_and_wait(pid: i32) {
    if signal(pid, Signal::KILL.as_raw()).is_ok() {
        wait_gone(pid, Duration::from_secs(10));
    }
}

/// The kernel, when memory runs out, takes another process than this one and those it starts, until
/// the last of these is dropped.
#[derive(Debug)]
pub struct Spared(());

/// How many of them there are, and what the process was before the first.
static SPARED: Mutex<(usize, Option<String>)> = Mutex::new((0, None));

const OOM_SCORE: &str = "oom_score_adj";

impl Spared {
    /// From now on. Without the right to ask for it, nothing changes.
    pub fn begin() -> Self {
        let path = Path::new("/proc/self").join(OOM_SCORE);
        let (count, before) = &mut *SPARED.lock().unwrap_or_else(PoisonError::into_inner);
        if *count == 0 {
            let is = fs::read_to_string(&path).ok();
            *before = is.filter(|_| fs::write(&path, "-1000").is_ok());
        }
        *count += 1;
        Self(())
    }

    /// Takes it back from a process that another thread of ours, which has nothing to do with any of
    /// this, has just started.
    pub fn not_for(pid: u32) {
        let (_, before) = &*SPARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = before {
            let path = Path::new("/proc").join(pid.to_string()).join(OOM_SCORE);
            if let Err(error) = fs::write(path, before.trim()) {
                tracing::debug!(pid, %error, "oom_score_adj stays");
            }
        }
    }
}

impl Drop for Spared {
    fn drop(&mut self) {
        let (count, before) = &mut *SPARED.lock().unwrap_or_else(PoisonError::into_inner);
        *count -= 1;
        if *count > 0 {
            return;
        }
        if let Some(before) = before.take()
            && let Err(error) = fs::write(Path::new("/proc/self").join(OOM_SCORE), before.trim())
        {
            tracing::debug!(%error, "oom_score_adj stays");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_its_namesake_is_not() {
        let own = own_identity();
        assert!(is_alive(&own));
        let parent = i32::try_from(std::os::unix::process::parent_id());
        assert_eq!(super::parent(own.pid), parent.ok());
        assert!(!is_alive(&ProcessIdentity {
            start_time: own.start_time + 1,
            ..own.clone()
        }));
        assert!(!is_alive(&ProcessIdentity {
            boot_id: "another boot".into(),
            ..own
        }));
    }

    #[test]
    fn a_child_is_found_by_its_arguments_and_awaited() -> io::Result<()> {
        let mut child = std::process::Command::new("sleep")
            .arg("86399.25")
            .spawn()?;
        let mut found = Vec::new();
        // Its words are not there at once.
        for _ in 0..500 {
            found = find(|words| words.last().is_some_and(|word| word == "86399.25"))?;
            if !found.is_empty() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
        assert_eq!(found, [pid]);
        assert!(!wait_gone(pid, Duration::from_millis(5)));
        child.kill()?;
        child.wait()?;
        assert!(wait_gone(pid, Duration::from_secs(5)));
        Ok(())
    }

    #[test]
    fn a_real_time_signal_is_sent() -> io::Result<()> {
        use std::os::unix::process::ExitStatusExt;
        let mut child = std::process::Command::new("sleep").arg("60").spawn()?;
        let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
        signal(pid, 37)?;
        assert_eq!(child.wait()?.signal(), Some(37));
        assert!(signal(pid, 32).is_err());
        Ok(())
    }
}
