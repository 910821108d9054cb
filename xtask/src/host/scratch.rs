//! The directory and the cgroups of one running host, and the removal of what killed ones left.
//!
//! A host has a cgroup in every hierarchy of the machine, v1 ones too: CRIU, unless told otherwise,
//! restores cgroups of all of them, and what it leaves must be within the host's own.
//!
//! A scratch directory belongs to the process that holds the lock on its `lock` file. Whoever can
//! take that lock may remove the directory: its owner is gone.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::fs::{FlockOperation, flock};

use super::recipe::cache_directory;
use super::root::remove_tree;

/// Files and cgroup of one host (or pair), removed when dropped.
#[derive(Debug)]
pub struct Scratch {
    /// Holds the overlay's upper directory and the engines' state; on the cache's file system.
    pub directory: PathBuf,
    /// The cgroup2 directory of the host, or none where cgroup2 is not mounted writable.
    pub cgroup: Option<PathBuf>,
    /// Its directories in the machine's cgroup v1 hierarchies, where there are any.
    pub v1_cgroups: Vec<PathBuf>,
    _lock: File,
}

impl Scratch {
    /// Makes an empty scratch directory and cgroup; first removes those whose owners are gone.
    pub fn create() -> Result<Self> {
        let parent = cache_directory()?.join("running");
        fs::create_dir_all(&parent)?;
        sweep(&parent);
        let name = format!("host-{}-{}", std::process::id(), nanoseconds());
        let directory = parent.join(&name);
        fs::create_dir(&directory)
            .with_context(|| format!("cannot make {}", directory.display()))?;
        let lock = File::create(directory.join("lock"))?;
        flock(&lock, FlockOperation::LockExclusive)?;
        let (v2, v1) = cgroups_of(&directory);
        let cgroup = v2.filter(|path| make_cgroup(path));
        let v1_cgroups = v1.into_iter().filter(|path| make_v1_cgroup(path)).collect();
        Ok(Self {
            directory,
            cgroup,
            v1_cgroups,
            _lock: lock,
        })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        remove(&self.directory);
    }
}

/// Removes every scratch directory whose owner is gone.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        // One without a lock file is being made or being removed this moment.
        let Ok(lock) = File::open(path.join("lock")) else {
            continue;
        };
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            remove(&path);
        }
    }
}

/// Removes a scratch directory and its cgroup; what can't be removed is said and left.
fn remove(directory: &Path) {
    let (v2, v1) = cgroups_of(directory);
    for cgroup in v2.into_iter().chain(v1).filter(|path| path.is_dir()) {
        // Only cgroup2 has it; elsewhere the end of the pid namespace has to do.
        let _ = fs::write(cgroup.join("cgroup.kill"), "1");
        let deadline = Instant::now() + Duration::from_secs(5);
        while remove_cgroup(&cgroup).is_err() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    if let Err(error) = remove_tree(directory) {
        eprintln!("{error}");
    }
}

/// The cgroup directories that belong to a scratch directory by name: in cgroup2, in v1 hierarchies.
fn cgroups_of(directory: &Path) -> (Option<PathBuf>, Vec<PathBuf>) {
    let mountinfo = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let name = directory
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into());
    let own = |mount: PathBuf| mount.join(format!("cryopod-{name}"));
    let v2 = cgroup_mounts(&mountinfo, "cgroup2")
        .into_iter()
        .next()
        .map(own);
    (
        v2,
        cgroup_mounts(&mountinfo, "cgroup")
            .into_iter()
            .map(own)
            .collect(),
    )
}

/// Where file systems of the type are mounted, from /proc/PID/mountinfo (proc_pid_mountinfo(5)).
fn cgroup_mounts(mountinfo: &str, wanted: &str) -> Vec<PathBuf> {
    let mount = |line: &str| {
        let (left, right) = line.split_once(" - ")?;
        let kind = right.split(' ').next()?;
        (kind == wanted)
            .then(|| left.split(' ').nth(4).map(PathBuf::from))
            .flatten()
    };
    mountinfo.lines().filter_map(mount).collect()
}

/// A v1 cgroup; a cpuset one takes processes only once it has processors and memory.
fn make_v1_cgroup(path: &Path) -> bool {
    if fs::create_dir(path).is_err() {
        return false;
    }
    for name in ["cpuset.cpus", "cpuset.mems"] {
        if let Some(Ok(value)) = path
            .parent()
            .map(|parent| fs::read_to_string(parent.join(name)))
        {
            let _ = fs::write(path.join(name), value);
        }
    }
    true
}

fn make_cgroup(path: &Path) -> bool {
    ["", "init", "peer", "peer/init"]
        .iter()
        .all(|part| fs::create_dir(path.join(part)).is_ok())
}

/// Removes a cgroup and those below it, leaves first; fails while one has processes.
fn remove_cgroup(path: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(path)?.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_cgroup(&entry.path())?;
        }
    }
    fs::remove_dir(path)
}

fn nanoseconds() -> u128 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_hierarchies_of_a_hybrid_layout() {
        let text = "30 25 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n\
                    31 30 0:27 / /sys/fs/cgroup/cpu rw shared:1 - cgroup cgroup rw,cpu\n\
                    42 30 0:39 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw\n";
        assert_eq!(
            cgroup_mounts(text, "cgroup2"),
            [PathBuf::from("/sys/fs/cgroup/unified")]
        );
        assert_eq!(
            cgroup_mounts(text, "cgroup"),
            [PathBuf::from("/sys/fs/cgroup/cpu")]
        );
        assert!(cgroup_mounts("1 0 0:1 / / rw - ext4 /dev/vda rw\n", "cgroup2").is_empty());
    }
}
