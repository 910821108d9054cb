//! What remains of a container: its exit status in files, a mark if memory ran out, the exit command in our place.
//! The exit file appears after everything else of the container is written: it means "all done".
#![forbid(unsafe_code)]

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::signal::SigSet;

use crate::arguments::Arguments;
use crate::atomic_file;
use crate::diagnostics::Diagnostics;
use crate::error::MonitorError;

/// Removes what an earlier run of this container left: its exit files and marks.
pub(crate) fn remove_stale(arguments: &Arguments) -> Result<(), MonitorError> {
    atomic_file::remove_stale(&arguments.container_pidfile)?;
    for path in exit_files(arguments) {
        atomic_file::remove_stale(&path)?;
    }
    match &arguments.persist_dir {
        Some(dir) => atomic_file::remove_stale(&dir.join("oom")),
        None => Ok(()),
    }
}

/// Writes the exit status as decimal text: first `PERSIST_DIR/exit`, then `EXIT_DIR/ID`, which is polled for.
/// One that can't be written doesn't keep the other from being written.
pub(crate) fn write_status(
    arguments: &Arguments,
    code: i32,
    out_of_memory: bool,
    diagnostics: &Diagnostics,
) {
    if let Some(dir) = arguments.persist_dir.as_ref().filter(|_| out_of_memory)
        && let Err(error) = atomic_file::write(&dir.join("oom"), b"")
    {
        diagnostics.report(&error);
    }
    for path in exit_files(arguments) {
        if let Err(error) = atomic_file::write(&path, code.to_string().as_bytes()) {
            diagnostics.report(&error);
        }
    }
}

fn exit_files(arguments: &Arguments) -> impl Iterator<Item = PathBuf> {
    let persistent = arguments.persist_dir.as_ref().map(|dir| dir.join("exit"));
    persistent.into_iter().chain(
        arguments
            .exit_dir
            .as_ref()
            .map(|dir| dir.join(&arguments.id)),
    )
}

/// Becomes the exit command; returns only if that fails. Our signals are unblocked for it.
pub(crate) fn execute_command(arguments: &Arguments, diagnostics: &Diagnostics) {
    let Some(program) = &arguments.exit_command else {
        return;
    };
    if !arguments.exit_delay.is_zero() {
        std::thread::sleep(arguments.exit_delay);
    }
    let mut command = Command::new(program);
    command.args(&arguments.exit_command_arguments);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
        .env_remove(crate::handshake::SYNC_VARIABLE)
        .env_remove(crate::handshake::START_VARIABLE);
    let _ = SigSet::empty().thread_set_mask();
    let source = command.exec();
    diagnostics.report(&MonitorError::File {
        action: "executing the exit command",
        path: program.clone(),
        source,
    });
}

/// Counts the kernel's out-of-memory kills in a container's cgroup.
pub(crate) struct OomWatch {
    files: Vec<PathBuf>,
    before: u64,
}

impl OomWatch {
    /// Finds the cgroup of a process: cgroup2's `memory.events`, or v1's `memory.oom_control`
    /// (Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst).
    pub(crate) fn of_process(pid: i32) -> Self {
        let membership = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
        let mut watch = Self {
            files: counter_files(&membership),
            before: 0,
        };
        watch.before = watch.count();
        watch
    }

    /// Whether there was a kill since. A cgroup that is gone already counts none.
    pub(crate) fn happened(&self) -> bool {
        self.count() > self.before
    }

    fn count(&self) -> u64 {
        self.files
            .iter()
            .filter_map(|path| std::fs::read_to_string(path).ok())
            .map(|text| kills(&text))
            .sum()
    }
}

fn counter_files(membership: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in membership.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else {
            continue;
        };
        // The root's counters are the whole machine's, not a container's.
        let path = Path::new(path.trim_start_matches('/'));
        if path.as_os_str().is_empty() || path.starts_with("..") {
            continue;
        }
        if controllers.is_empty() {
            for root in ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] {
                files.push(Path::new(root).join(path).join("memory.events"));
            }
        } else if controllers
            .split(',')
            .any(|controller| controller == "memory")
        {
            files.push(
                Path::new("/sys/fs/cgroup/memory")
                    .join(path)
                    .join("memory.oom_control"),
            );
        }
    }
    files
}

fn kills(counters: &str) -> u64 {
    counters
        .lines()
        .filter_map(|line| line.strip_prefix("oom_kill "))
        .filter_map(|n| n.trim().parse::<u64>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{Invocation, parse};

    #[test]
    fn files_of_an_exit() {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path().to_str().unwrap();
        let persist = dir.path().join("persist");
        std::fs::create_dir(&persist).unwrap();
        let persist_text = persist.to_str().unwrap();
        let words = [
            "-c",
            "abc",
            "-r",
            "crun",
            "-b",
            at,
            "--exit-dir",
            at,
            "--persist-dir",
            persist_text,
        ];
        let Invocation::Monitor(arguments) = parse(words.iter().map(Into::into)).unwrap() else {
            panic!()
        };
        write_status(&arguments, 137, true, &Diagnostics::new(false, "abc"));
        assert_eq!(
            std::fs::read_to_string(dir.path().join("abc")).unwrap(),
            "137"
        );
        assert_eq!(
            std::fs::read_to_string(persist.join("exit")).unwrap(),
            "137"
        );
        assert!(persist.join("oom").exists());
        remove_stale(&arguments).unwrap();
        assert_eq!(std::fs::read_dir(&persist).unwrap().count(), 0);
        assert!(!dir.path().join("abc").exists());
    }

    #[test]
    fn counters_of_both_cgroup_versions() {
        let files = counter_files("4:cpuset,memory:/a/b\n1:name=systemd:/a\n0::/pod/ctr\n");
        let files: Vec<_> = files.iter().map(|path| path.to_str().unwrap()).collect();
        assert_eq!(
            files,
            [
                "/sys/fs/cgroup/memory/a/b/memory.oom_control",
                "/sys/fs/cgroup/pod/ctr/memory.events",
                "/sys/fs/cgroup/unified/pod/ctr/memory.events"
            ]
        );
        assert!(counter_files("0::/\n4:memory:/../x\n").is_empty());
        assert_eq!(kills("low 0\noom 3\noom_kill 2\noom_group_kill 1\n"), 2);
    }
}
