//! `/proc`: who a process is, whether it still lives, what it runs. proc(5).

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use rustix_libc_wrappers::process::SignalExt;

use crate::model::operation::ProcessIdentity;

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
    fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// Start time of a process, clock ticks after boot; `None` when there is none (or a zombie).
pub fn start_time(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the command in parentheses and may itself hold anything.
    let after_command = stat.rsplit_once(')')?.1;
    let mut fields = after_command.split_ascii_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

/// This process.
pub fn own_identity() -> ProcessIdentity {
    let pid = rustix::process::getpid().as_raw_pid();
    ProcessIdentity {
        pid,
        start_time: start_time(pid).unwrap_or_default(),
        boot_id: boot_id(),
    }
}

/// Whether that very process still lives.
pub fn is_alive(identity: &ProcessIdentity) -> bool {
    identity.boot_id == boot_id() && start_time(identity.pid) == Some(identity.start_time)
}

/// Whether any process has this number.
pub fn exists(pid: i32) -> bool {
    start_time(pid).is_some()
}

/// The argument vector of a process.
pub fn arguments(pid: i32) -> Vec<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let text = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
    text.split(|byte| *byte == 0)
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect()
}

/// Processes of this PID namespace whose argument vector `wanted` accepts. Those of a host in a
/// container are visible too, and are not ours.
pub fn find(wanted: impl Fn(&[String]) -> bool) -> Vec<i32> {
    let own = namespace(rustix::process::getpid().as_raw_pid(), "pid");
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| exists(*pid) && wanted(&arguments(*pid)))
        .filter(|pid| namespace(*pid, "pid") == own)
        .collect()
}

/// The cgroup of a process in the unified hierarchy, as a path from its mount: line `0::` of
/// `/proc/PID/cgroup` (cgroups(7)).
pub fn cgroup_of(pid: i32) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    text.lines()
        .find_map(|line| line.strip_prefix("0::"))
        .map(str::to_owned)
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

/// Waits until a process has ended, at most `limit`. True when it is gone.
pub fn wait_gone(pid: i32, limit: Duration) -> bool {
    let Some(handle) = pidfd(pid) else {
        return true;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_its_namesake_is_not() {
        let own = own_identity();
        assert!(is_alive(&own));
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
        let found = find(|words| words.last().is_some_and(|word| word == "86399.25"));
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
