//! Signals as data: blocked, and read from a descriptor in the event loop. Children are reaped here too.
//! Blocking instead of ignoring keeps the dispositions that the container inherits untouched.
#![forbid(unsafe_code)]

use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use rustix::process::{Pid, WaitOptions, WaitStatus, wait};

use crate::error::MonitorError;

/// The monitor's signals.
pub(crate) struct Signals {
    descriptor: SignalFd,
}

impl Signals {
    /// Blocks and collects from now on: SIGCHLD, the three that ask to stop, SIGHUP (which is dropped).
    /// SIGPIPE is ignored already: Rust does so before main and restores it in what it executes.
    pub(crate) fn block() -> Result<Self, MonitorError> {
        let mut set = SigSet::empty();
        for signal in [
            Signal::SIGCHLD,
            Signal::SIGTERM,
            Signal::SIGINT,
            Signal::SIGQUIT,
            Signal::SIGHUP,
        ] {
            set.add(signal);
        }
        set.thread_block()
            .map_err(MonitorError::system("blocking signals"))?;
        let descriptor = SignalFd::with_flags(&set, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)
            .map_err(MonitorError::system("signalfd"))?;
        Ok(Self { descriptor })
    }

    /// The signals that came and ask to stop, by number.
    pub(crate) fn stop_requests(&self) -> Vec<i32> {
        let mut requests = Vec::new();
        while let Ok(Some(information)) = self.descriptor.read_signal() {
            let number = i32::try_from(information.ssi_signo).unwrap_or(0);
            if [
                Signal::SIGTERM as i32,
                Signal::SIGINT as i32,
                Signal::SIGQUIT as i32,
            ]
            .contains(&number)
            {
                requests.push(number);
            }
        }
        requests
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

/// A child that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reaped {
    /// Its process id.
    pub(crate) pid: i32,
    /// Its exit status, or 128 plus the signal that killed it.
    pub(crate) code: i32,
}

/// Reaps every child that has ended, our own and those we inherited as subreaper.
pub(crate) fn reap() -> Vec<Reaped> {
    let mut ended = Vec::new();
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        ended.push(Reaped {
            pid: pid.as_raw_nonzero().get(),
            code: exit_code(status),
        });
    }
    ended
}

/// Ends all children, and those that come to us by it, within a few seconds. What a restore that broke
/// off has made is in nobody's cgroup, and nobody else knows of it.
pub(crate) fn end_children() {
    let own = rustix::process::getpid().as_raw_nonzero();
    // One of proc_pid_task_children(5); there is one thread.
    let list = format!("/proc/self/task/{own}/children");
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        reap();
        let text = std::fs::read_to_string(&list).unwrap_or_default();
        let children = text.split_whitespace().filter_map(|word| word.parse().ok());
        let children: Vec<Pid> = children.filter_map(Pid::from_raw).collect();
        if children.is_empty() || Instant::now() >= deadline {
            return;
        }
        for child in children {
            // One that has ended meanwhile is reaped in the next round.
            let _ = rustix::process::kill_process(child, rustix::process::Signal::KILL);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether a process is a child of ours that has not been reaped.
pub(crate) fn is_child(pid: i32) -> bool {
    use rustix::process::{WaitId, WaitIdOptions, waitid};
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    Pid::from_raw(pid).is_some_and(|pid| waitid(WaitId::Pid(pid), options).is_ok())
}

fn exit_code(status: WaitStatus) -> i32 {
    status
        .exit_status()
        .or_else(|| status.terminating_signal().map(|signal| 128 + signal))
        .unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::zombie_processes)] // reaped by its id below
    fn exit_codes_and_children() {
        for (script, code) in [("exit 7", 7), ("kill -9 $$", 137)] {
            let child = std::process::Command::new("/bin/sh")
                .args(["-c", script])
                .spawn()
                .unwrap();
            let pid = i32::try_from(child.id()).unwrap();
            assert!(is_child(pid));
            // Not `reap`: other tests of this process have children of their own.
            let (_, status) = rustix::process::waitpid(Pid::from_raw(pid), WaitOptions::empty())
                .unwrap()
                .unwrap();
            assert_eq!(exit_code(status), code);
            assert!(!is_child(pid));
        }
    }
}
