//! The processes of a running container as an inspection sees them: who they are and what they
//! hold at this moment. Nothing is stopped for it, so it may be otherwise a moment later.

use std::collections::BTreeMap;
use std::fs;

use crate::model::container::Container;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::sys::cgroup::Cgroup;
use crate::sys::descriptor::{self, Descriptor};
use crate::sys::{mount, proc};

/// A process of a container.
#[derive(Debug, Clone)]
pub struct Process {
    /// Its id on the host.
    pub pid: i32,
    /// Its id in the container.
    pub inner: i32,
    /// Its name.
    pub name: String,
    /// Who traces it; 0: nobody.
    pub tracer: i32,
    /// 0 none, 1 strict, 2 filtered (seccomp(2)).
    pub seccomp: u8,
    /// Bytes of its memory that no file backs, and of memory that it shares.
    pub memory: u64,
    /// It has ended and waits for its parent.
    pub is_dead: bool,
    /// What it has open.
    pub descriptors: Vec<Descriptor>,
}

impl Process {
    /// How messages call it: `redis-server (process 7)`.
    pub fn shown(&self) -> String {
        format!("{} (process {})", self.name, self.inner)
    }

    fn read(pid: i32) -> Option<Self> {
        let status = Status::read(pid)?;
        let kilobytes = |key: &str| status.number(key).unwrap_or(0) * 1024;
        let ids = status.word("NSpid");
        Some(Self {
            pid,
            inner: ids
                .split_ascii_whitespace()
                .next_back()
                .and_then(|id| id.parse().ok())
                .unwrap_or(pid),
            name: harmless(status.word("Name")),
            tracer: status.number("TracerPid").unwrap_or(0).try_into().ok()?,
            seccomp: status.number("Seccomp").unwrap_or(0).try_into().ok()?,
            memory: kilobytes("RssAnon") + kilobytes("VmSwap"),
            is_dead: status.word("State").starts_with(['Z', 'X']),
            descriptors: descriptor::all(pid),
        })
    }
}

/// `/proc/PID/status` (proc_pid_status(5)) as a table.
struct Status(BTreeMap<String, String>);

impl Status {
    fn read(pid: i32) -> Option<Self> {
        let text = fs::read(format!("/proc/{pid}/status")).ok()?;
        let text = String::from_utf8_lossy(&text);
        let rows = text.lines().filter_map(|line| line.split_once(':'));
        let table = rows.map(|(key, value)| (key.to_owned(), value.trim().to_owned()));
        Some(Self(table.collect()))
    }

    fn word(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    fn number(&self, key: &str) -> Option<u64> {
        let first = self.word(key).split_ascii_whitespace().next()?;
        first.parse().ok()
    }
}

/// All that is looked at of a container.
#[derive(Debug, Clone)]
pub struct Processes {
    /// The first process and its descendants, it first: what a dump takes.
    pub all: Vec<Process>,
    /// Sessions of `exec` and what they started: a dump leaves them out.
    pub foreign: Vec<Process>,
    /// The mounts that the first one sees.
    pub mounts: Vec<mount::Mount>,
}

impl Processes {
    /// Looks at a running container; nobody is there when it has ended.
    pub fn of(container: &Container) -> Self {
        let first = container.state.pid.unwrap_or(0);
        let (mut family, mut mounts) = (Vec::new(), Vec::new());
        if first > 0 {
            family = proc::tree(first);
            mounts = mount::seen_by(first);
        }
        let group = Cgroup::at(&cgroup_path(&container.config));
        let pids = group.processes().into_iter();
        let foreign = pids.filter(|pid| !family.contains(pid));
        Self {
            foreign: foreign.filter_map(Process::read).collect(),
            all: family.iter().copied().filter_map(Process::read).collect(),
            mounts,
        }
    }

    /// The first process.
    pub fn first(&self) -> Option<&Process> {
        self.all.first()
    }

    /// Every open descriptor, with who has it.
    pub fn descriptors(&self) -> impl Iterator<Item = (&Process, &Descriptor)> {
        self.all
            .iter()
            .flat_map(|process| process.descriptors.iter().map(move |one| (process, one)))
    }

    /// Bytes of memory that a dump writes.
    pub fn memory(&self) -> u64 {
        self.all.iter().map(|process| process.memory).sum()
    }
}

/// A name that a container chose, for a message: nothing of it steers a terminal.
pub fn harmless(text: &str) -> String {
    let clean = text.chars().map(|char| {
        if char.is_control() || matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            '?'
        } else {
            char
        }
    });
    clean.take(200).collect()
}
