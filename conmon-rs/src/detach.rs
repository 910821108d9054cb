//! Leaves the caller: own session, own stdio, no descriptor but those it was given, subreaper.
//! Runs once, before anything else is opened.
#![forbid(unsafe_code)]

use std::fs::{self, OpenOptions};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use rustix::process::{getpid, set_child_subreaper, setsid};

use crate::error::MonitorError;
use crate::process_unsafe;

/// Takes the descriptors that the environment variables name and closes every other one above stderr,
/// but for `preserved` ones from 3 on, which are the container's.
///
/// # Errors
/// One of the preserved descriptors is not open.
pub(crate) fn take_descriptors<const N: usize>(
    variables: [&str; N],
    preserved: u32,
) -> Result<[Option<OwnedFd>; N], MonitorError> {
    let first = RawFd::try_from(preserved)
        .unwrap_or(RawFd::MAX)
        .saturating_add(3);
    if !(3..first).all(process_unsafe::is_open) {
        let source = std::io::Error::from(rustix::io::Errno::BADF);
        return Err(MonitorError::System {
            call: "preserving descriptors for the container",
            source,
        });
    }
    let taken = variables.map(|variable| {
        let number: RawFd = std::env::var(variable).ok()?.trim().parse().ok()?;
        // A number among the container's own is not ours.
        (number >= first)
            .then(|| process_unsafe::take_inherited(number))
            .flatten()
    });
    let mut kept: Vec<RawFd> = taken.iter().flatten().map(AsRawFd::as_raw_fd).collect();
    kept.sort_unstable();
    let mut next = first;
    for number in kept {
        process_unsafe::close_inherited(next..=number - 1);
        next = number + 1;
    }
    process_unsafe::close_inherited(next..=RawFd::MAX);
    Ok(taken)
}

/// Makes the forked child independent of everything above it. With `keep_stdio` (driver passthrough) the
/// caller's stdin, stdout and stderr stay.
pub(crate) fn settle(keep_stdio: bool) -> Result<(), MonitorError> {
    setsid().map_err(MonitorError::system("setsid"))?;
    std::env::set_current_dir("/").map_err(MonitorError::system("chdir /"))?;
    // The container's init is a grandchild; orphaned by the runtime it must come to us, not to init.
    set_child_subreaper(Some(getpid())).map_err(MonitorError::system("becoming subreaper"))?;
    if !keep_stdio {
        let null = null_device()?;
        rustix::stdio::dup2_stdin(&null).map_err(MonitorError::system("dup2"))?;
        rustix::stdio::dup2_stdout(&null).map_err(MonitorError::system("dup2"))?;
        rustix::stdio::dup2_stderr(&null).map_err(MonitorError::system("dup2"))?;
    }
    Ok(())
}

/// /dev/null for reading and writing.
pub(crate) fn null_device() -> Result<OwnedFd, MonitorError> {
    let path = std::path::Path::new("/dev/null");
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(MonitorError::file("opening", path))?;
    Ok(file.into())
}

/// Protects the monitor from the kernel's out-of-memory killer; returns the value to go back to.
/// Done after the runtime was started, so that the container doesn't inherit it.
pub(crate) fn shun_oom_killer() -> Option<String> {
    let before = fs::read_to_string("/proc/self/oom_score_adj").ok()?;
    fs::write("/proc/self/oom_score_adj", "-1000").ok()?;
    Some(before)
}

/// Undoes what a child inherited of [`shun_oom_killer`]. One that has ended already needs nothing.
pub(crate) fn expose_to_oom_killer(child: u32) {
    let _ = fs::write(format!("/proc/{child}/oom_score_adj"), "0");
}

/// Undoes [`shun_oom_killer`] for the sake of what is executed next.
pub(crate) fn face_oom_killer(before: &str) {
    let _ = fs::write("/proc/self/oom_score_adj", before.trim());
}
