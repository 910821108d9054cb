//! How much of everything there is on a host: what grows by itself shows in a long run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::member::monitors;
use crate::harness::leak::Snapshot;

/// How much more memory all monitors may have than before, a part of it.
const MORE_MEMORY: u64 = 4;
/// And each in any case, KiB: what one that logged more holds.
const SLACK: u64 = 256;

/// Where engine, runtimes and CRIU keep files.
const DIRECTORIES: [&str; 5] = [
    "/var/lib/cryopod",
    "/run/cryopod",
    "/run/criu",
    "/run/crun",
    "/run/runc",
];

/// CRIU's logs of the last failures, which a killed monitor makes; the engine keeps so many, no more.
const LOGS: (&str, usize) = ("/run/cryopod/logs", 64);

/// Numbers of things by what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    things: BTreeMap<String, usize>,
    /// Files by path, the ids in it left out.
    files: BTreeMap<String, usize>,
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
        let mut files = BTreeMap::new();
        for directory in DIRECTORIES {
            let before = files.values().sum::<usize>();
            gather(Path::new(directory), &mut files);
            let count = files.values().sum::<usize>() - before;
            things.insert(format!("files in {directory}"), count);
        }
        Self {
            things,
            files,
            memory,
        }
    }

    /// No process waits to be reaped.
    pub fn is_settled(&self) -> bool {
        !self.things.contains_key("dead")
    }

    /// What there is more of, or less, than before: a line each.
    pub fn changes_since(&self, before: &Self) -> Vec<String> {
        let mut changes = differences(&before.things, &self.things);
        changes.extend(differences(&before.files, &self.files));
        let slack = SLACK * self.things.get("monitors").map_or(0, |&count| count as u64);
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

/// Counts that are not the same, a line each.
fn differences(before: &BTreeMap<String, usize>, after: &BTreeMap<String, usize>) -> Vec<String> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let count = |numbers: &BTreeMap<String, usize>, name| numbers.get(name).copied().unwrap_or(0);
    let changed = names.into_iter().filter_map(|name| {
        let (before, after) = (count(before, name), count(after, name));
        (before != after).then(|| format!("{name}: {before} became {after}"))
    });
    changed.collect()
}

/// Files and directories below a directory, on the same file system: not what containers see.
fn gather(directory: &Path, files: &mut BTreeMap<String, usize>) {
    let Ok(facts) = directory.symlink_metadata() else {
        return;
    };
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path == Path::new(LOGS.0) {
            let count = fs::read_dir(&path).map_or(0, Iterator::count);
            assert!(count <= LOGS.1, "{count} logs in {}", LOGS.0);
            continue;
        }
        let words = path.iter().map(|word| word.to_string_lossy());
        let words = words.map(|word| if is_id(&word) { "ID".into() } else { word });
        let shown: Vec<_> = words.collect();
        *files.entry(shown[1..].join("/")).or_default() += 1;
        let inner = path.symlink_metadata();
        if inner.is_ok_and(|inner| inner.is_dir() && inner.dev() == facts.dev()) {
            gather(&path, files);
        }
    }
}

/// 64 hex digits.
fn is_id(word: &str) -> bool {
    word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}
