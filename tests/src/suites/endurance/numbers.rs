//! How much of everything there is on a host: what grows by itself shows in a long run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::member::monitors;
use crate::harness::leak::Snapshot;

/// How much more memory all monitors may have than before, a part of it.
const MORE_MEMORY: u64 = 4;
/// And each in any case, KiB: what one that logged more holds.
const SLACK: u64 = 256;

/// Numbers of things by what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    things: BTreeMap<String, usize>,
    /// KiB that the monitors hold.
    memory: u64,
}

impl Numbers {
    /// Counts.
    pub fn take() -> Self {
        let mut things = Snapshot::take().counts();
        let mut memory = 0;
        let monitors = monitors("");
        for pid in &monitors {
            let open = fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count);
            *things
                .entry("descriptors of monitors".to_owned())
                .or_default() += open;
            memory += resident(*pid);
        }
        things.insert("monitors".to_owned(), monitors.len());
        for directory in [
            "/var/lib/cryopod",
            "/run/cryopod",
            "/run/criu",
            "/run/crun",
            "/run/runc",
        ] {
            things.insert(format!("files in {directory}"), files(Path::new(directory)));
        }
        Self { things, memory }
    }

    /// What there is more of, or less, than before: a line each.
    pub fn changes_since(&self, before: &Self) -> Vec<String> {
        let mut names: Vec<&String> = self.things.keys().chain(before.things.keys()).collect();
        names.sort();
        names.dedup();
        let count = |numbers: &Self, name: &str| numbers.things.get(name).copied().unwrap_or(0);
        let mut changes: Vec<String> = names
            .into_iter()
            .filter(|name| count(self, name) != count(before, name))
            .map(|name| {
                format!(
                    "{name}: {} became {}",
                    count(before, name),
                    count(self, name)
                )
            })
            .collect();
        let slack = SLACK * count(self, "monitors") as u64;
        if self.memory > before.memory + before.memory / MORE_MEMORY + slack {
            let (before, now) = (before.memory, self.memory);
            changes.push(format!("memory of monitors: {before} KiB became {now} KiB"));
        }
        changes
    }

    /// All of them in a line.
    pub fn line(&self) -> String {
        let mut words: Vec<String> = self
            .things
            .iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        words.push(format!("memory of monitors {} KiB", self.memory));
        words.join(", ")
    }
}

/// KiB of memory that a process has.
fn resident(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// Files and directories below a directory, on the same file system: not what containers see.
fn files(directory: &Path) -> usize {
    use std::os::unix::fs::MetadataExt;
    let Ok(facts) = directory.symlink_metadata() else {
        return 0;
    };
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let counted = entries.map(|entry| match entry.metadata() {
        Ok(inner) if inner.is_dir() && inner.dev() == facts.dev() => 1 + files(&entry.path()),
        _ => 1,
    });
    counted.sum()
}
