//! Where a monitor's files are: `<run>/containers/<id>/` and `<run>/exits/<id>`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::sys::dir::{remove_dir_if_present, remove_file_if_present};

/// The files of one monitor.
#[derive(Debug, Clone)]
pub struct MonitorPaths {
    /// `<run>/containers/<id>`: everything but the exit file.
    pub directory: PathBuf,
    /// `<run>/exits`.
    pub exit_directory: PathBuf,
    id: String,
}

impl MonitorPaths {
    /// Of container `id` in the engine's run directory.
    pub fn new(run: &Path, id: &str) -> Self {
        Self {
            directory: run.join("containers").join(id),
            exit_directory: run.join("exits"),
            id: id.to_owned(),
        }
    }

    /// The runtime writes the container's first process here.
    pub fn pid_file(&self) -> PathBuf {
        self.directory.join("pidfile")
    }

    /// The monitor writes itself here.
    pub fn monitor_pid_file(&self) -> PathBuf {
        self.directory.join("conmon.pid")
    }

    /// Sequenced-packet socket of standard input and output.
    pub fn attach(&self) -> PathBuf {
        self.directory.join("attach")
    }

    /// FIFO for window size, log reopening and flushing.
    pub fn control(&self) -> PathBuf {
        self.directory.join("ctl")
    }

    /// Number of the last flush that is done.
    pub fn flushed(&self) -> PathBuf {
        self.directory.join("flushed")
    }

    /// Log of the OCI runtime, JSON lines.
    pub fn runtime_log(&self) -> PathBuf {
        self.directory.join("oci-log")
    }

    /// Exit status and out-of-memory marker that outlive the exit file.
    pub fn persist(&self) -> PathBuf {
        self.directory.join("persist")
    }

    /// Exit status as decimal text; its presence says that the container ended.
    pub fn exit_file(&self) -> PathBuf {
        self.exit_directory.join(&self.id)
    }

    /// Makes the directories and removes what an earlier run left.
    pub fn prepare(&self) -> io::Result<()> {
        self.clear()?;
        fs::create_dir_all(self.persist())?;
        fs::create_dir_all(&self.exit_directory)
    }

    /// Removes all files.
    pub fn clear(&self) -> io::Result<()> {
        remove_dir_if_present(&self.directory)?;
        remove_file_if_present(&self.exit_file())
    }

    /// How the container ended, if it did.
    pub fn exit_status(&self) -> Option<i32> {
        fs::read_to_string(self.exit_file())
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// The kernel killed it for want of memory.
    pub fn out_of_memory(&self) -> bool {
        self.persist().join("oom").exists()
    }

    /// The monitor, as it wrote itself down.
    pub fn monitor_pid(&self) -> Option<i32> {
        fs::read_to_string(self.monitor_pid_file())
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// The container's first process, as the runtime wrote it down.
    pub fn container_pid(&self) -> Option<i32> {
        fs::read_to_string(self.pid_file())
            .ok()?
            .trim()
            .parse()
            .ok()
    }
}
