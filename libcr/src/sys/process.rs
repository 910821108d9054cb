//! What `/proc/PID` tells of a process at one instant: proc(5).

use std::fs;
use std::io;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::proc;

/// A process, as far as it can be looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Process {
    /// Its number here.
    pub pid: i32,
    /// Its numbers from this process's PID namespace down to its own (`NSpid`).
    pub pids: Vec<i32>,
    /// Its process group, numbered likewise (`NSpgid`).
    pub groups: Vec<i32>,
    /// Its parent, as numbered here; 0: none.
    pub parent: i32,
    /// Its name, at most 15 bytes.
    pub name: String,
    /// Its command line, a blank after each word; empty for one that has ended.
    pub arguments: String,
    /// `R`, `S`, `D`, `Z`, `T` ….
    pub state: char,
    /// Device number of its terminal; 0: none.
    pub terminal: u32,
    /// nice(2).
    pub nice: i32,
    /// Processor time used, its own and of the children it has waited for left out.
    pub used: Duration,
    /// Time since it began.
    pub elapsed: Duration,
    /// Size of its address space, bytes.
    pub virtual_size: u64,
    /// Its memory in RAM, bytes.
    pub resident: u64,
    /// Real and effective user.
    pub users: (u32, u32),
    /// Real and effective group.
    pub group_ids: (u32, u32),
    /// Further groups.
    pub further_groups: Vec<u32>,
    /// seccomp(2): 0 disabled, 1 strict, 2 filter.
    pub seccomp: u32,
    /// Capabilities as bits: inheritable, permitted, effective, bounding, ambient.
    pub capabilities: [u64; 5],
    /// Its security label; empty: none.
    pub label: String,
}

/// Looks at a process; `None` when there is none any more.
///
/// # Errors
/// When it can't be looked at, which doesn't say that it is gone.
pub fn look(pid: i32) -> io::Result<Option<Process>> {
    let (Some(stat), Some(status)) = (proc::read(pid, "stat")?, proc::read(pid, "status")?) else {
        return Ok(None);
    };
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    // Many kernels have no such file, or refuse it without a security module.
    let label = fs::read_to_string(format!("/proc/{pid}/attr/current")).unwrap_or_default();
    let since_boot = clock_gettime(ClockId::Boottime);
    let now = Duration::new(
        u64::try_from(since_boot.tv_sec).unwrap_or(0),
        u32::try_from(since_boot.tv_nsec).unwrap_or(0),
    );
    let mut process = Process {
        pid,
        arguments: String::from_utf8_lossy(&words).replace('\0', " "),
        label: label.trim_end_matches(['\0', '\n']).to_owned(),
        ..Process::default()
    };
    let read = of_stat(&mut process, &stat, now).and_then(|()| of_status(&mut process, &status));
    read.ok_or_else(|| io::Error::other(format!("/proc/{pid} is odd")))?;
    Ok(Some(process))
}

/// Anonymous memory of a process in RAM, bytes; 0 when it can't be told.
pub fn anonymous_memory(pid: i32) -> u64 {
    let status = proc::read(pid, "status").ok().flatten().unwrap_or_default();
    let kibibytes = || {
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"))?;
        line.split_ascii_whitespace().next()?.parse::<u64>().ok()
    };
    kibibytes().unwrap_or(0).saturating_mul(1024)
}

fn of_stat(process: &mut Process, stat: &str, now: Duration) -> Option<()> {
    let (before, after) = stat.rsplit_once(')')?;
    before.split_once('(')?.1.clone_into(&mut process.name);
    // From the third field on.
    let fields: Vec<&str> = after.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at - 3)?.parse::<u64>().ok();
    let signed = |at: usize| fields.get(at - 3)?.parse::<i32>().ok();
    process.state = fields.first()?.chars().next()?;
    process.parent = signed(4)?;
    process.terminal = u32::from_ne_bytes(signed(7)?.to_ne_bytes());
    process.used = ticks(number(14)? + number(15)?);
    process.nice = signed(19)?;
    process.elapsed = now.saturating_sub(ticks(number(22)?));
    process.virtual_size = number(23)?;
    process.resident = number(24)?.saturating_mul(rustix::param::page_size() as u64);
    Some(())
}

fn ticks(count: u64) -> Duration {
    let hertz = rustix::param::clock_ticks_per_second().max(1);
    Duration::from_nanos(count.saturating_mul(1_000_000_000 / hertz))
}

fn of_status(process: &mut Process, status: &str) -> Option<()> {
    let words = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        Some(line.split_ascii_whitespace().collect::<Vec<_>>())
    };
    let numbers = |key: &str| -> Option<Vec<u32>> {
        words(key)?.iter().map(|word| word.parse().ok()).collect()
    };
    let pids = |key: &str| -> Option<Vec<i32>> {
        words(key)?.iter().map(|word| word.parse().ok()).collect()
    };
    let bits = |key: &str| u64::from_str_radix(words(key)?.first()?, 16).ok();
    let ids = |key: &str| Some((*numbers(key)?.first()?, *numbers(key)?.get(1)?));
    process.pids = pids("NSpid:")?;
    process.groups = pids("NSpgid:")?;
    process.users = ids("Uid:")?;
    process.group_ids = ids("Gid:")?;
    process.further_groups = numbers("Groups:")?;
    // A kernel without it has no such line.
    process.seccomp = numbers("Seccomp:")
        .and_then(|found| found.first().copied())
        .unwrap_or(0);
    process.capabilities = [
        bits("CapInh:")?,
        bits("CapPrm:")?,
        bits("CapEff:")?,
        bits("CapBnd:")?,
        bits("CapAmb:")?,
    ];
    Some(())
}

/// A terminal by its device number, as ps(1) names it: `pts/0`, `tty1`, `?` for none.
pub fn terminal_name(device: u32) -> String {
    // The kernel's encoding of a device number in 32 bits (kdev_t.h, new_encode_dev).
    let (major, minor) = (
        (device >> 8) & 0xfff,
        (device & 0xff) | ((device >> 12) & 0xfff00),
    );
    match major {
        136..=143 => format!("pts/{}", (major - 136) * 256 + minor),
        4 if minor < 64 => format!("tty{minor}"),
        4 => format!("ttyS{}", minor - 64),
        5 if minor == 1 => "console".into(),
        _ => "?".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process() -> io::Result<()> {
        let own = proc::own_identity().pid;
        let process = look(own)?.ok_or_else(|| io::Error::other("gone"))?;
        assert_eq!(process.pids.first(), Some(&own));
        assert_eq!(Some(process.parent), proc::parent(own));
        assert!(process.resident > 0 && process.virtual_size >= process.resident);
        assert!(process.elapsed > Duration::ZERO && process.elapsed < Duration::from_hours(24));
        assert!(process.arguments.ends_with(' '));
        assert_eq!(look(0)?, None);
        let anonymous = anonymous_memory(own);
        assert!(anonymous > 0 && anonymous_memory(0) == 0);
        Ok(())
    }

    #[test]
    fn a_name_may_hold_anything() {
        let stat = "7 (a) S (b) T 3 7 7 34816 7 0 0 0 0 0 150 50 0 0 20 -5 1 0 100 4096 2 0";
        let mut process = Process::default();
        let read = of_stat(&mut process, stat, Duration::from_secs(5));
        assert!(read.is_some());
        assert_eq!((process.name.as_str(), process.state), ("a) S (b", 'T'));
        assert_eq!((process.parent, process.nice), (3, -5));
        assert_eq!(process.used, ticks(200));
        assert_eq!(
            process.elapsed,
            Duration::from_secs(5).saturating_sub(ticks(100))
        );
        assert_eq!(terminal_name(process.terminal), "pts/0");
        for broken in ["", "7 (a", "7 (a) S 3 7"] {
            assert!(of_stat(&mut process, broken, Duration::ZERO).is_none());
        }
    }

    #[test]
    fn terminals() {
        for (major, minor, name) in [
            (0, 0, "?"),
            (136, 3, "pts/3"),
            (137, 2, "pts/258"),
            (4, 1, "tty1"),
            (4, 64, "ttyS0"),
            (5, 1, "console"),
            (9, 9, "?"),
        ] {
            assert_eq!(terminal_name((major << 8) | minor), name);
        }
    }
}
