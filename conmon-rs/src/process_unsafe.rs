//! The calls that Rust can't check: fork, inherited descriptors, the signal mask between fork and exec.
//! The only unsafe code of the monitor. Nothing here decides anything.

use std::io;
use std::ops::RangeInclusive;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::libc;
use nix::sys::signal::{SigSet, SigmaskHow, sigprocmask};
use nix::unistd::{ForkResult, fork};

/// The two sides of [`split`].
pub(crate) enum Side {
    /// The first process, which is to write the pid file and leave.
    Parent {
        /// The monitor's process id.
        child: i32,
    },
    /// The monitor.
    Child,
}

/// Forks. Must be called while the process has one thread, which is always so here: no thread is ever made.
pub(crate) fn split() -> io::Result<Side> {
    // SAFETY: the process is single-threaded, so no lock can be held by a thread that the child lacks.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(Side::Parent {
            child: child.as_raw(),
        }),
        ForkResult::Child => Ok(Side::Child),
    }
}

/// Takes over a descriptor that the engine left open for us and says the number of.
/// `None` when nothing is open at that number. To be called once per number, before anything else is opened.
pub(crate) fn take_inherited(number: RawFd) -> Option<OwnedFd> {
    if number < 3 {
        return None;
    }
    // SAFETY: fcntl with F_SETFD changes a flag of a descriptor, whoever it belongs to, and fails if there is none.
    if unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) } < 0 {
        return None;
    }
    // SAFETY: open (just checked), and ours alone: this runs before the monitor opens its first descriptor, and the
    // environment names each number for one purpose.
    Some(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Closes every descriptor in a range. The caller must own none of them through a Rust handle.
pub(crate) fn close_inherited(range: RangeInclusive<RawFd>) {
    let (Ok(first), Ok(last)) = (u32::try_from(*range.start()), u32::try_from(*range.end())) else {
        return;
    };
    if first > last {
        return;
    }
    // SAFETY: called for inherited descriptors that no Rust handle owns: those nobody took, before the monitor opens
    // its first one, and those kept for the container. Kernel 5.9, and the platform starts at 5.10.
    unsafe { libc::close_range(first, last, 0) };
}

/// Whether a descriptor is open.
pub(crate) fn is_open(number: RawFd) -> bool {
    // SAFETY: fcntl with F_GETFD reads a flag and fails if there is no such descriptor.
    unsafe { libc::fcntl(number, libc::F_GETFD) >= 0 }
}

/// Closes the descriptors from 3 on that were kept for the container, once the runtime has them. All of them were
/// open from the start (`detach::take_descriptors` sees to it), so none of the monitor's own has such a number.
pub(crate) fn close_preserved(count: u32) {
    if let Ok(count) = RawFd::try_from(count)
        && count > 0
    {
        close_inherited(3..=count.saturating_add(2));
    }
}

/// Makes a command start with no signal blocked: the monitor blocks those it reads from a signalfd, and a
/// blocked mask would otherwise reach the container.
pub(crate) fn unblock_signals(command: &mut Command) {
    // SAFETY: between fork and exec only sigprocmask is called, which is async-signal-safe; nothing is allocated.
    unsafe {
        command.pre_exec(|| {
            sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None)
                .map_err(io::Error::from)
        });
    }
}
