//! The OCI runtime (crun, runc): one struct for its command line. The runtimes agree on every
//! verb used here; where they differ (restore options, error texts), the file says so.
//!
//! Their state is where they keep it for every engine, `/run/NAME`: crun writes that path into
//! checkpoints (as the key of the mounts that mask directories) whatever `--root` says, and finds
//! it again only there. Ids are random, so engines don't meet.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::MemfdFlags;
use serde::Deserialize;

use crate::sys::command::{self, CommandError};
use crate::sys::mount;

pub mod capability;
pub mod criu_options;
pub mod kernel;
pub mod limits;
pub mod pause;
pub mod pod;
pub mod seccomp;
pub mod spec;
pub mod user;

/// What can go wrong with an OCI runtime.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// Not installed.
    #[error(
        "default OCI runtime \"{0}\" not found: invalid argument (install the package \"{0}\", or choose another with --runtime)"
    )]
    Missing(String),
    /// It was run and failed.
    #[error("{0}")]
    Command(#[from] CommandError),
    /// What it left mounted could not be unmounted, or what it shall read not be written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Its answer can't be read.
    #[error("{program} state printed what is not JSON: {source}")]
    State {
        /// Name of the runtime.
        program: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// Which OCI runtime, and where it keeps its state.
#[derive(Debug, Clone)]
pub struct Runtime {
    /// Its name: the last part of its path, `crun` or `runc`.
    pub name: String,
    /// The program.
    pub path: PathBuf,
    /// Its `--root`.
    pub state: PathBuf,
}

/// A line of `runtime state ID`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RuntimeState {
    /// `created`, `running`, `paused` or `stopped` (OCI runtime-spec, runtime.md).
    pub status: String,
    /// First process on the host; 0 when stopped.
    #[serde(default)]
    pub pid: i32,
}

/// What a runtime can do with checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeFeatures {
    /// Its version: `1.28`.
    pub version: String,
    /// It knows `checkpoint` and `restore`.
    pub checkpoints: bool,
    /// It loads libcriu for them.
    pub needs_library: bool,
}

/// How a dump is to be made.
#[derive(Debug, Clone, Copy)]
pub struct CheckpointCall<'a> {
    /// Where the images go; exists.
    pub images: &'a Path,
    /// Where dump.log and stats-dump go; exists.
    pub work: &'a Path,
    /// The processes stay.
    pub leave_running: bool,
    /// Dump established TCP connections.
    pub tcp_established: bool,
    /// Dump file locks.
    pub file_locks: bool,
    /// Memory only; the processes stay, and what they write from now on is tracked.
    pub pre_dump: bool,
    /// Images that hold the memory which didn't change since; relative to `images`.
    pub parent: Option<&'a Path>,
    /// Further arguments: see [`criu_options`].
    pub arguments: &'a [String],
}

impl Runtime {
    /// Finds a runtime by name or path.
    ///
    /// # Errors
    /// [`RuntimeError::Missing`].
    pub fn find(name_or_path: &str) -> Result<Self, RuntimeError> {
        let path = command::find(name_or_path)
            .ok_or_else(|| RuntimeError::Missing(name_or_path.to_owned()))?;
        let name = Path::new(name_or_path).file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let state = Path::new("/run").join(&name);
        Ok(Self { name, path, state })
    }

    /// Arguments that come before every verb.
    pub fn global_arguments(&self) -> Vec<String> {
        vec![format!("--root={}", self.state.display())]
    }

    /// Without the variable by which crun would choose another place for its state.
    fn program(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.env_remove("XDG_RUNTIME_DIR");
        command
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = self.program();
        command.args(self.global_arguments()).arg(verb);
        command
    }

    /// What it says of a container; `None` when it doesn't know it.
    pub fn state(&self, id: &str) -> Result<Option<RuntimeState>, RuntimeError> {
        // Asking for an unknown container is an error with a text of each runtime's own; its
        // state directory is where both keep what they know.
        if !self.state.join(id).is_dir() {
            return Ok(None);
        }
        let output = match command::run(self.command("state").arg(id)) {
            Err(CommandError::Failed { .. }) => return Ok(None),
            output => output?,
        };
        let state = serde_json::from_slice(&output.stdout);
        state.map(Some).map_err(|source| RuntimeError::State {
            program: self.name.clone(),
            source,
        })
    }

    /// The bundle of a container that it knows, from its own record: crun's `status`, runc's
    /// `state.json`. None for one that it doesn't know, or whose record can't be read.
    pub fn bundle_of(&self, id: &str) -> Option<PathBuf> {
        let directory = self.state.join(id);
        let read = |name: &str| -> Option<serde_json::Value> {
            serde_json::from_slice(&std::fs::read(directory.join(name)).ok()?).ok()
        };
        if let Some(status) = read("status") {
            return Some(PathBuf::from(status.get("bundle")?.as_str()?));
        }
        let state = read("state.json")?;
        let labels = state.pointer("/config/labels")?.as_array()?;
        let mut labels = labels.iter().filter_map(serde_json::Value::as_str);
        labels
            .find_map(|label| label.strip_prefix("bundle="))
            .map(PathBuf::from)
    }

    /// Lets a created container's process begin.
    pub fn start(&self, id: &str) -> Result<(), RuntimeError> {
        command::run(self.command("start").arg(id))?;
        Ok(())
    }

    /// Changes limits of a container that has processes; `resources` as a specification has them.
    pub fn update(&self, id: &str, resources: &serde_json::Value) -> Result<(), RuntimeError> {
        let file = rustix::fs::memfd_create("resources", MemfdFlags::CLOEXEC);
        let mut file = File::from(file.map_err(std::io::Error::from)?);
        file.write_all(resources.to_string().as_bytes())?;
        let mut command = self.command("update");
        command
            .arg("--resources")
            .arg(format!("/proc/self/fd/{}", file.as_raw_fd()))
            .arg(id);
        command::run_with(&mut command, &[file.as_fd()])?;
        Ok(())
    }

    /// Forgets a container and removes its cgroup; with `force` kills what is left of it.
    pub fn delete(&self, id: &str) -> Result<(), RuntimeError> {
        if !self.state.join(id).is_dir() {
            return Ok(());
        }
        // runc deletes what is below its directory, and a runtime that was killed in a restore has left
        // the container's root mounted there: the container's files would go.
        mount::unmount(&self.state.join(id).join("criu-root"))?;
        // With --force runc waits 100 ms for processes to end, also where none is left.
        if command::run(self.command("delete").arg(id)).is_err() {
            command::run(self.command("delete").arg("--force").arg(id))?;
        }
        Ok(())
    }

    /// Dumps a container. `inherited` stays open in the runtime and in CRIU: a lock that must
    /// outlive this process.
    pub fn checkpoint(
        &self,
        id: &str,
        call: CheckpointCall<'_>,
        inherited: BorrowedFd<'_>,
    ) -> Result<(), RuntimeError> {
        let mut command = self.command("checkpoint");
        command
            .arg("--image-path")
            .arg(call.images)
            .arg("--work-path")
            .arg(call.work);
        let flags = [
            (call.leave_running, "--leave-running"),
            (call.tcp_established, "--tcp-established"),
            (call.file_locks, "--file-locks"),
            (call.pre_dump, "--pre-dump"),
        ];
        command.args(flags.iter().filter(|(on, _)| *on).map(|(_, flag)| flag));
        if let Some(parent) = call.parent {
            command.arg("--parent-path").arg(parent);
        }
        command.args(call.arguments);
        // Out of the terminal's process group: Ctrl-C must not kill CRIU with its code inside the
        // container's processes.
        command.process_group(0);
        command::run_with(command.arg(id), &[inherited])?;
        Ok(())
    }

    /// A command that runs a further process in a container, `exec --process FILE`, its own messages
    /// as JSON lines in `log`. The caller gives it its standard streams, further options and, last, the
    /// container's id.
    pub fn exec(&self, process: &Path, detach: bool, log: &Path) -> Command {
        let mut command = self.program();
        command
            .args(self.global_arguments())
            .arg("--log-format=json")
            .arg("--log")
            .arg(log);
        command.arg("exec").arg("--process").arg(process);
        if detach {
            command.arg("--detach");
        }
        command
    }

    /// It hands the terminal of a process that isn't detached over a socket (`--console-socket`); runc
    /// refuses that.
    pub fn sends_terminals(&self) -> bool {
        self.name == "crun"
    }

    /// What the program says of itself.
    pub fn features(&self) -> Result<RuntimeFeatures, RuntimeError> {
        let output = command::run(self.program().arg("--version"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text.lines().next().unwrap_or_default();
        // crun lists what it was built with, and loads CRIU as a library; others start the program.
        let is_crun = version.starts_with("crun ");
        let checkpoints = if is_crun {
            text.contains("+CRIU")
        } else {
            command::run(self.program().args(["checkpoint", "--help"])).is_ok()
        };
        let number = version.rsplit(' ').next().unwrap_or_default();
        Ok(RuntimeFeatures {
            version: number.to_owned(),
            checkpoints,
            needs_library: is_crun,
        })
    }

    /// The first line of `--version`.
    pub fn version(&self) -> Result<String, RuntimeError> {
        let output = command::run(self.program().arg("--version"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }
}
