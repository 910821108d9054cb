//! cgroup version 2 as the engine uses it: freeze, thaw, kill, remove. cgroups(7) and the
//! kernel's Documentation/admin-guide/cgroup-v2.rst.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::dir::at;

/// Directory of our containers below the cgroup mount.
pub const PARENT: &str = "/cryopod";

/// Where the unified hierarchy is mounted: from `/proc/self/mountinfo`, the usual place first.
pub fn mount_point() -> PathBuf {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let found = mounts.lines().find_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        after
            .starts_with("cgroup2 ")
            .then(|| before.split(' ').nth(4).map(PathBuf::from))?
    });
    found.unwrap_or_else(|| PathBuf::from("/sys/fs/cgroup"))
}

/// True where cgroup2 is the only hierarchy.
pub fn is_unified() -> bool {
    mount_point() == Path::new("/sys/fs/cgroup")
}

/// What the processes of a cgroup use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Processor time so far.
    pub cpu: Duration,
    /// That part of it in the kernel.
    pub cpu_in_kernel: Duration,
    /// Anonymous memory, bytes; `None` without the memory controller.
    pub memory: Option<u64>,
    /// Bound of its memory, bytes; `None`: unbounded.
    pub memory_limit: Option<u64>,
    /// Number of processes and threads.
    pub tasks: u64,
    /// Bytes read from block devices so far.
    pub read: u64,
    /// Bytes written to them so far.
    pub written: u64,
}

/// The number behind a key, of a file with a key and a number a line.
fn keyed(text: &str, key: &str) -> Option<u64> {
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    let (_, value) = lines.find(|(found, _)| *found == key)?;
    value.trim().parse().ok()
}

/// A cgroup of the unified hierarchy.
#[derive(Debug, Clone)]
pub struct Cgroup {
    directory: PathBuf,
}

impl Cgroup {
    /// The cgroup at `path` from the mount (`/cryopod/ID`).
    pub fn at(path: &str) -> Self {
        Self {
            directory: mount_point().join(path.trim_start_matches('/')),
        }
    }

    /// True while it is there.
    pub fn exists(&self) -> bool {
        self.directory.is_dir()
    }

    /// Stops all its processes and waits until the kernel says that they stand still.
    ///
    /// # Errors
    /// `TimedOut` after ten seconds (a process in uninterruptible sleep); it is thawed again then.
    pub fn freeze(&self) -> io::Result<()> {
        self.begin_freeze()?;
        let frozen = self.wait_frozen();
        if frozen.is_err() {
            let _ = self.thaw();
        }
        frozen
    }

    /// Tells its processes to stand still, and waits for none.
    pub fn begin_freeze(&self) -> io::Result<()> {
        self.write("cgroup.freeze", "1")
    }

    /// Waits until the processes that were told to stand still do.
    ///
    /// # Errors
    /// As [`Self::freeze`]; nothing is thawed.
    pub fn wait_frozen(&self) -> io::Result<()> {
        self.wait_event("frozen", "1", Duration::from_secs(10))
    }

    /// Lets its processes go on.
    pub fn thaw(&self) -> io::Result<()> {
        self.write("cgroup.freeze", "0")
    }

    /// True when its processes were told to stand still.
    pub fn is_frozen(&self) -> bool {
        fs::read_to_string(self.directory.join("cgroup.freeze"))
            .is_ok_and(|text| text.trim() == "1")
    }

    /// Kills all its processes (they may be frozen) and waits until none is left.
    pub fn kill(&self) -> io::Result<()> {
        if !self.exists() {
            return Ok(());
        }
        match self.write("cgroup.kill", "1") {
            // Kernels before 5.14.
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.kill_each(),
            written => {
                written?;
                self.wait_event("populated", "0", Duration::from_secs(10))
            }
        }
    }

    /// Kills its processes one by one, and those that they forked meanwhile, until none is left.
    fn kill_each(&self) -> io::Result<()> {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.exists() {
            for pid in self.processes() {
                super::proc::signal(pid, 9)?;
            }
            match self.wait_event("populated", "0", Duration::from_millis(20)) {
                Err(error)
                    if error.kind() == io::ErrorKind::TimedOut && Instant::now() < deadline => {}
                ended => return ended,
            }
        }
        Ok(())
    }

    /// Removes it and the cgroups in it; they must be empty. That it is gone is fine.
    pub fn remove(&self) -> io::Result<()> {
        let Ok(entries) = fs::read_dir(&self.directory) else {
            return Ok(());
        };
        for entry in entries.flatten().filter(|entry| entry.path().is_dir()) {
            Self {
                directory: entry.path(),
            }
            .remove()?;
        }
        match fs::remove_dir(&self.directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(at("remove", &self.directory)(error))
            }
            _ => Ok(()),
        }
    }

    /// Its processes and those of the cgroups in it: a container may have made some. Without
    /// those of a foreign PID namespace, which have no number here (the kernel says 0).
    pub fn processes(&self) -> Vec<i32> {
        self.members("cgroup.procs")
    }

    fn members(&self, file: &str) -> Vec<i32> {
        let text = fs::read_to_string(self.directory.join(file)).unwrap_or_default();
        let own = text.lines().filter_map(|line| line.parse().ok());
        let mut all: Vec<i32> = own.filter(|pid| *pid > 0).collect();
        let entries = fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten();
        for child in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
            let child = Self {
                directory: child.path(),
            };
            all.extend(child.members(file));
        }
        all
    }

    /// What its processes use and have used. What no controller counts is nought or `None`.
    pub fn usage(&self) -> Usage {
        let read = |file: &str| fs::read_to_string(self.directory.join(file)).unwrap_or_default();
        let (cpu, io) = (read("cpu.stat"), read("io.stat"));
        let time = |key: &str| Duration::from_micros(keyed(&cpu, key).unwrap_or(0));
        let sum = |key: &str| {
            let words = io.split_ascii_whitespace();
            let values = words.filter_map(|word| word.strip_prefix(key)?.parse::<u64>().ok());
            values.sum()
        };
        // Threads are tasks, too; the controller counts those of foreign PID namespaces as well.
        let tasks = || self.members("cgroup.threads").len() as u64;
        Usage {
            cpu: time("usage_usec"),
            cpu_in_kernel: time("system_usec"),
            memory: keyed(&read("memory.stat"), "anon"),
            memory_limit: read("memory.max").trim().parse().ok(),
            tasks: read("pids.current")
                .trim()
                .parse()
                .unwrap_or_else(|_| tasks()),
            read: sum("rbytes="),
            written: sum("wbytes="),
        }
    }

    /// Makes it if it isn't there and moves a process into it.
    pub fn adopt(&self, pid: i32) -> io::Result<()> {
        fs::create_dir_all(&self.directory).map_err(at("make", &self.directory))?;
        self.write("cgroup.procs", &pid.to_string())
    }

    fn write(&self, file: &str, text: &str) -> io::Result<()> {
        let path = self.directory.join(file);
        // Not made where it is missing: the kernel would refuse that with another error than that
        // the file isn't there.
        let opened = fs::OpenOptions::new().write(true).open(&path);
        opened
            .and_then(|mut opened| opened.write_all(text.as_bytes()))
            .map_err(at("write", &path))
    }

    /// Waits until `cgroup.events` says `key value`; the kernel signals a change as POLLPRI.
    fn wait_event(&self, key: &str, value: &str, limit: Duration) -> io::Result<()> {
        let path = self.directory.join("cgroup.events");
        let deadline = Instant::now() + limit;
        loop {
            let file = fs::File::open(&path).map_err(at("open", &path))?;
            let text = io::read_to_string(&file).map_err(at("read", &path))?;
            if text
                .lines()
                .any(|line| line.split_once(' ') == Some((key, value)))
            {
                return Ok(());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(at("wait for", &path)(io::Error::from(
                    io::ErrorKind::TimedOut,
                )));
            }
            // Bounded, since the event may fall between the read and the poll.
            let wait = left.min(Duration::from_millis(5));
            let timeout = Timespec {
                tv_sec: 0,
                tv_nsec: i64::from(wait.subsec_nanos()),
            };
            let _ = poll(&mut [PollFd::new(&file, PollFlags::PRI)], Some(&timeout));
        }
    }
}

/// Cgroup of the monitors, below [`PARENT`].
pub const MONITORS: &str = "/cryopod/monitors";

/// What the name of a pod's cgroup begins with, below [`PARENT`]; its id follows.
pub const POD_PREFIX: &str = "pod-";

/// Names of the cgroups right below one.
pub fn names_below(path: &str) -> Vec<String> {
    let entries = fs::read_dir(Cgroup::at(path).directory);
    entries
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}

/// Names of the cgroups of pods below [`PARENT`].
pub fn pods() -> Vec<String> {
    let mut names = names_below(PARENT);
    names.retain(|name| name.starts_with(POD_PREFIX));
    names
}

/// Where the cgroup of this name is: right below [`PARENT`], or in that of a pod.
pub fn path_of(name: &str) -> String {
    let usual = format!("{PARENT}/{name}");
    if Cgroup::at(&usual).exists() {
        return usual;
    }
    let of_pods = pods()
        .into_iter()
        .map(|pod| format!("{PARENT}/{pod}/{name}"));
    let mut there = of_pods.filter(|path| Cgroup::at(path).exists());
    there.next().unwrap_or(usual)
}

/// Removes the cgroup of a pod, if any, and those of the engine itself when the last container and
/// monitor are gone.
pub fn remove_parent_if_empty(pod: Option<&str>) {
    for path in pod.into_iter().chain([MONITORS, PARENT]) {
        let _ = fs::remove_dir(Cgroup::at(path).directory);
    }
}

/// Moves this process out of the monitors' cgroup, to the root of the hierarchy or, where that
/// takes no processes (a cgroup namespace), to where process 1 is.
pub fn leave() {
    let own = rustix::process::getpid().as_raw_pid();
    let first = super::proc::cgroup_of(1)
        .ok()
        .flatten()
        .unwrap_or_else(|| "/".into());
    for path in ["/", &first] {
        match Cgroup::at(path).adopt(own) {
            Ok(()) => return,
            Err(error) => tracing::debug!(%error, "leave the monitors' cgroup"),
        }
    }
}

/// Controllers that containers can be given limits of.
pub fn controllers() -> Vec<String> {
    let text = fs::read_to_string(mount_point().join("cgroup.controllers")).unwrap_or_default();
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

/// Enables the controllers that exist for the cgroups below [`PARENT`] and below that of a `pod`,
/// wherever that is, as a cgroupfs manager must. Those that can't be enabled are left; a limit that needs one is
/// refused by the runtime.
pub fn prepare_parent(pod: Option<&str>) -> io::Result<()> {
    let root = mount_point();
    let mut parents: Vec<PathBuf> = Vec::new();
    for path in std::iter::once(PARENT).chain(pod) {
        let directory = Cgroup::at(path).directory;
        fs::create_dir_all(&directory).map_err(at("make", &directory))?;
        // From the root down: one gives on only what it has.
        let above = directory.ancestors().take_while(|above| *above != root);
        let mut above: Vec<PathBuf> = above.map(Path::to_path_buf).collect();
        above.reverse();
        parents.extend(above);
    }
    for directory in std::iter::once(&root).chain(&parents) {
        let enabled =
            fs::read_to_string(directory.join("cgroup.subtree_control")).unwrap_or_default();
        for controller in controllers() {
            if !enabled
                .split_ascii_whitespace()
                .any(|word| word == controller)
            {
                let _ = fs::write(
                    directory.join("cgroup.subtree_control"),
                    format!("+{controller}"),
                );
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_of_the_cgroups_below_count_too() -> io::Result<()> {
        let made = tempfile::tempdir()?;
        let group = Cgroup {
            directory: made.path().to_owned(),
        };
        fs::create_dir_all(made.path().join("a/b"))?;
        fs::write(made.path().join("cgroup.procs"), "7\n0\n")?;
        fs::write(made.path().join("a/b/cgroup.procs"), "8\n9\n")?;
        assert_eq!(group.processes(), [7, 8, 9]);
        Ok(())
    }

    #[test]
    fn what_controllers_say_and_what_without_them() -> io::Result<()> {
        let made = tempfile::tempdir()?;
        let group = Cgroup {
            directory: made.path().to_owned(),
        };
        let write = |file: &str, text: &str| fs::write(made.path().join(file), text);
        write("cgroup.threads", "7\n8\n9\n")?;
        write(
            "cpu.stat",
            "usage_usec 1500\nuser_usec 500\nsystem_usec 1000\n",
        )?;
        write("memory.max", "max\n")?;
        let bare = Usage {
            cpu: Duration::from_micros(1500),
            cpu_in_kernel: Duration::from_millis(1),
            tasks: 3,
            ..Usage::default()
        };
        assert_eq!(group.usage(), bare);
        write("pids.current", "4\n")?;
        write("memory.stat", "anon 4096\nfile 8192\n")?;
        write("memory.max", "65536\n")?;
        write(
            "io.stat",
            "8:0 rbytes=10 wbytes=1 rios=1 wios=1 dbytes=0 dios=0\n8:16 rbytes=5 wbytes=2\n",
        )?;
        let whole = Usage {
            memory: Some(4096),
            memory_limit: Some(65536),
            tasks: 4,
            read: 15,
            written: 3,
            ..bare
        };
        assert_eq!(group.usage(), whole);
        Ok(())
    }

    #[test]
    fn a_kernel_without_cgroup_kill_gets_signals() -> io::Result<()> {
        use std::os::unix::process::ExitStatusExt;
        let made = tempfile::tempdir()?;
        let group = Cgroup {
            directory: made.path().to_owned(),
        };
        let mut child = std::process::Command::new("sleep").arg("60").spawn()?;
        fs::create_dir(made.path().join("inner"))?;
        fs::write(
            made.path().join("inner/cgroup.procs"),
            child.id().to_string(),
        )?;
        fs::write(made.path().join("cgroup.events"), "populated 0\nfrozen 0\n")?;
        group.kill()?;
        assert_eq!(child.wait()?.signal(), Some(9));
        assert!(!made.path().join("cgroup.kill").exists());
        Ok(())
    }
}
