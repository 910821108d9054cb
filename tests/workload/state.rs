//! What the kernel says of this process and all its descendants, as lines that can be compared: who
//! they are, where they stand, what they may, which signals wait, which descriptors are open on
//! what and who shares them. It must be the same after a thaw.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::Result;

/// Fields of /proc/PID/status that a thaw must not change.
const STATUS: &[&str] = &[
    "Umask",
    "Uid",
    "Gid",
    "Groups",
    "Threads",
    "SigPnd",
    "ShdPnd",
    "SigBlk",
    "SigIgn",
    "SigCgt",
    "CapInh",
    "CapPrm",
    "CapEff",
    "CapBnd",
    "CapAmb",
    "NoNewPrivs",
    "Seccomp",
];

/// The lines of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State(BTreeSet<String>);

impl State {
    /// Looks at this process and its descendants.
    pub fn take() -> Result<Self> {
        let mut lines = BTreeSet::new();
        let mut groups = HashMap::new();
        for (pid, line) in family()? {
            // Of a dead one nothing else is left to be kept.
            let dead = line.contains(") Z ");
            lines.insert(format!("{pid} {line}"));
            if dead {
                continue;
            }
            of_process(pid, &mut lines, &mut groups);
        }
        Ok(Self(lines))
    }

    /// Lines that only one of both has, with a sign in front.
    pub fn differences(&self, now: &Self) -> Vec<String> {
        let gone = self.0.difference(&now.0).map(|line| format!("-{line}"));
        let new = now.0.difference(&self.0).map(|line| format!("+{line}"));
        gone.chain(new).collect()
    }
}

/// Own pid and those of all descendants, with a line of names, groups, session and state.
fn family() -> Result<BTreeMap<u32, String>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
            continue;
        };
        let Some((name, rest)) = stat.rsplit_once(") ") else {
            continue;
        };
        let fields: Vec<&str> = rest.split(' ').collect();
        // Running and sleeping come and go; stopped and dead are for a thaw to keep.
        let state = if matches!(fields[0], "R" | "S" | "D") {
            "lives"
        } else {
            fields[0]
        };
        let parent: u32 = fields[1].parse().unwrap_or(0);
        let (group, session, nice) = (fields[2], fields[3], fields[16]);
        let terminal = if fields[4] == "0" { "no" } else { "a" };
        let line = format!(
            "{name}) {state} parent {parent} group {group} session {session} {terminal} terminal nice {nice}"
        );
        all.insert(pid, (parent, line));
    }
    let own = std::process::id();
    let belongs = |mut pid: u32| loop {
        if pid == own {
            return true;
        }
        match all.get(&pid) {
            Some((parent, _)) if *parent != 0 => pid = *parent,
            _ => return false,
        }
    };
    Ok(all
        .iter()
        .filter(|(pid, _)| belongs(**pid))
        .map(|(pid, (_, line))| (*pid, line.clone()))
        .collect())
}

fn of_process(pid: u32, lines: &mut BTreeSet<String>, groups: &mut HashMap<String, String>) {
    let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
    for line in read("status").lines() {
        let key = line.split(':').next().unwrap_or("");
        if STATUS.contains(&key) {
            lines.insert(format!("{pid} {}", line.trim_end()));
        }
    }
    for link in ["cwd", "root", "exe"] {
        let target = fs::read_link(format!("/proc/{pid}/{link}"));
        lines.insert(format!("{pid} {link} {target:?}"));
    }
    for file in [
        "cmdline",
        "environ",
        "oom_score_adj",
        "limits",
        "timerslack_ns",
    ] {
        for line in read(file).replace('\0', " ").lines() {
            lines.insert(format!("{pid} {file} {}", line.trim_end()));
        }
    }
    for (name, list) in [("thread", "task"), ("descriptor", "fd")] {
        let Ok(entries) = fs::read_dir(format!("/proc/{pid}/{list}")) else {
            continue;
        };
        let mut numbers: Vec<u32> = entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .collect();
        numbers.sort_unstable();
        for number in numbers {
            let what = if list == "task" {
                Some(read(&format!("task/{number}/comm")).trim_end().to_owned())
            } else {
                descriptor(pid, number, groups)
            };
            if let Some(what) = what {
                lines.insert(format!("{pid} {name} {number} {what}"));
            }
        }
    }
}

/// Target, position and flags of a descriptor. Inode numbers of pipes and sockets change with a
/// thaw, but not who shares them: they are numbered in the order they are met.
fn descriptor(pid: u32, number: u32, groups: &mut HashMap<String, String>) -> Option<String> {
    let target = fs::read_link(format!("/proc/{pid}/fd/{number}")).ok()?;
    let target = target.to_string_lossy().into_owned();
    if target.starts_with("/proc/") && target.ends_with("/fd") {
        return None;
    }
    let shown = if target.starts_with("pipe:[") || target.starts_with("socket:[") {
        let next = groups.len();
        let kind = target.split(':').next().unwrap_or("").to_owned();
        groups
            .entry(target)
            .or_insert_with(|| format!("{kind} {next}"))
            .clone()
    } else if target.ends_with(" (deleted)") {
        "a deleted file".to_owned()
    } else {
        target
    };
    let info = fs::read_to_string(format!("/proc/{pid}/fdinfo/{number}")).ok()?;
    let of = |key: &str| {
        let line = info
            .lines()
            .find(|line| line.starts_with(key))
            .unwrap_or("");
        line.split_whitespace().nth(1).unwrap_or("").to_owned()
    };
    // CRIU opens pipes again as files that may be large (0100000); to a pipe that means nothing.
    let flags = u32::from_str_radix(&of("flags:"), 8).unwrap_or(0) & !0o100_000;
    Some(format!("{shown} at {} with {flags:o}", of("pos:")))
}
