//! What a host holds before and after a test: a test that leaves something behind fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::wait;

/// Runtimes and kernel need a moment to take a dead container apart.
const SETTLE: Duration = Duration::from_secs(3);

/// `PF_KTHREAD` among the flags of /proc/PID/stat (proc_pid_stat(5), the kernel's sched.h): those of
/// the virtual machine come and go as they like.
const KERNEL_THREAD: u64 = 0x0020_0000;

/// Everything a container may leave on a host, one line a thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot(BTreeSet<String>);

impl Snapshot {
    /// Looks around.
    pub fn take() -> Self {
        let mut lines = BTreeSet::new();
        processes(&mut lines);
        mounts(&mut lines);
        for (kind, directory) in [
            ("netns", "/run/netns"),
            ("interface", "/sys/class/net"),
            ("container directory", "/var/lib/cryopod/containers"),
            ("checkpoint directory", "/var/lib/cryopod/checkpoints"),
            ("network", "/etc/containers/networks"),
            ("volume", "/var/lib/cryopod/volumes"),
            ("container run directory", "/run/cryopod/containers"),
            ("checkpoint work", "/run/criu"),
        ] {
            for name in names(Path::new(directory)) {
                lines.insert(format!("{kind} {directory}/{name}"));
            }
        }
        cgroups(Path::new("/sys/fs/cgroup"), &mut lines);
        firewall(&mut lines);
        rows(&mut lines);
        Self(lines)
    }

    /// How many things there are of each kind; rows by table.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for line in &self.0 {
            let words = line
                .split(' ')
                .take(if line.starts_with("row ") { 2 } else { 1 });
            *counts
                .entry(words.collect::<Vec<_>>().join(" "))
                .or_default() += 1;
        }
        counts
    }

    /// What is there now that was not then, after some time to settle.
    pub fn left_since(before: &Self) -> Vec<String> {
        let mut left = Vec::new();
        wait::try_until(wait::limit(SETTLE), || {
            left = Self::take().0.difference(&before.0).cloned().collect();
            left.is_empty().then_some(())
        });
        left
    }
}

fn names(directory: &Path) -> Vec<String> {
    fs::read_dir(directory)
        .map(|entries| {
            entries
                .flatten()
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect()
        })
        .unwrap_or_default()
}

fn processes(lines: &mut BTreeSet<String>) {
    let own = std::process::id().to_string();
    for pid in names(Path::new("/proc")) {
        if !pid.bytes().all(|byte| byte.is_ascii_digit()) || pid == own {
            continue;
        }
        let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}"));
        let (Ok(stat), Ok(cgroup)) = (read("stat"), read("cgroup")) else {
            continue;
        };
        // The second host of a pair is in the same pid namespace, but not ours to judge.
        if cgroup.lines().any(|line| line.starts_with("0::/peer")) {
            continue;
        }
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let mut fields = after_name.split(' ');
        let state = fields.next().unwrap_or("");
        let parent = fields.next().unwrap_or("");
        let flags: u64 = fields
            .nth(4)
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        // Programs that this snapshot itself runs, what was entered from outside, kernel threads.
        if parent == own || parent == "0" && pid != "1" || flags & KERNEL_THREAD != 0 {
            continue;
        }
        let command = read("cmdline").unwrap_or_default().replace('\0', " ");
        // Whether it sleeps or runs at this moment makes no other process of it.
        let state = if state == "Z" { "dead " } else { "" };
        lines.insert(format!("{state}process {pid} {command}"));
    }
}

fn mounts(lines: &mut BTreeSet<String>) {
    let text = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    for line in text.lines() {
        let mut fields = line.split(' ');
        if let Some(point) = fields.nth(4) {
            let kind = line
                .split(" - ")
                .nth(1)
                .and_then(|rest| rest.split(' ').next());
            lines.insert(format!("mount {point} ({})", kind.unwrap_or("")));
        }
    }
}

fn cgroups(directory: &Path, lines: &mut BTreeSet<String>) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let path = entry.path();
            if path == Path::new("/sys/fs/cgroup/peer") {
                continue;
            }
            lines.insert(format!("cgroup {}", path.display()));
            cgroups(&path, lines);
        }
    }
}

fn firewall(lines: &mut BTreeSet<String>) {
    let output = Command::new("nft")
        .args(["list", "ruleset"])
        .stdin(Stdio::null())
        .output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let mut chain = String::new();
    for line in text.unwrap_or_default().lines().map(str::trim) {
        if line.starts_with("chain ") || line.starts_with("table ") {
            line.trim_end_matches([' ', '{']).clone_into(&mut chain);
        }
        if !line.is_empty() && line != "}" {
            lines.insert(format!("firewall {chain}: {}", without_counts(line)));
        }
    }
}

/// A rule without what it has counted.
fn without_counts(rule: &str) -> String {
    let mut words = Vec::new();
    let mut all = rule.split(' ');
    while let Some(word) = all.next() {
        if matches!(word, "packets" | "bytes") {
            all.next();
        } else {
            words.push(word);
        }
    }
    words.join(" ")
}

/// Rows of the engine's database, by table. Read through Python so that the tests stay strangers to
/// the engine's code; events are a history and may grow.
fn rows(lines: &mut BTreeSet<String>) {
    const SCRIPT: &str = r#"
import os, sqlite3
path = "/var/lib/cryopod/state.db"
if os.path.exists(path):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True, timeout=5)
    for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if table.startswith("sqlite_") or table in ("events", "event", "last_leases"):
            continue
        for row in db.execute('SELECT * FROM "%s"' % table):
            print("row", table, "|".join(str(column)[:40] for column in row[:3]))
"#;
    let output = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::null())
        .output();
    let Ok(output) = output else { return };
    if !output.status.success() {
        lines.insert(format!(
            "unreadable state: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    lines.extend(
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned),
    );
}
