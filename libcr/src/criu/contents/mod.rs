//! What the images of a checkpoint hold, for people who ask: processes, what they have open, and
//! their memory by page. Reads only; nothing of it goes into a thaw.
//!
//! As everywhere here, images are untrusted: no length is believed, no link is followed.

mod files;
mod memory;
mod messages;

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use prost::Message;

pub use files::OpenFile;
pub use memory::{Memory, PageCounts};

use super::images::{decode, wrong};
use super::messages::Process;
use super::{CriuError, wire};
use files::FileTable;
use messages::{AddressSpace, Core, TaskIds};

/// CRIU's `VMA_ANON_SHARED` (`criu/include/image.h`).
const ANONYMOUS_SHARED: u32 = 1 << 8;

/// A process in a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Process id in the container.
    pub pid: u32,
    /// That of its parent, 0 for the first process.
    pub parent: u32,
    /// Its name: the first 15 bytes of its program's (`/proc/PID/comm`).
    pub command: String,
    /// `running`, `stopped` or `zombie`.
    pub state: &'static str,
    /// Number of its threads, at least 1.
    pub threads: usize,
    /// What it has open, by number.
    pub files: Vec<OpenFile>,
}

/// A checkpoint's processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// By process id.
    pub tasks: Vec<Task>,
    images: PathBuf,
}

impl Contents {
    /// Reads the images of processes and files in a directory.
    ///
    /// # Errors
    /// [`CriuError::Io`] when one is missing, [`CriuError::Image`] when one is something else.
    pub fn read(images: &Path) -> Result<Self, CriuError> {
        let processes: Vec<Process> = decode(&images.join("pstree.img"), wire::PSTREE)?;
        let table = FileTable::read(images)?;
        let mut tasks = Vec::with_capacity(processes.len());
        for process in processes {
            tasks.push(task(images, &process, &table)?);
        }
        tasks.sort_by_key(|task: &Task| task.pid);
        Ok(Self {
            tasks,
            images: images.to_owned(),
        })
    }

    /// The memory of a process.
    ///
    /// # Errors
    /// As [`Self::read`]. A process without any (a zombie) has no pages.
    pub fn memory(&self, pid: u32) -> Result<Memory, CriuError> {
        Memory::read(&self.images, &pid.to_string())
    }

    /// Memory that processes share, by where it is seen first: process id and address. Its number
    /// in the images differs after each thaw. Files that are mapped are not among it.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn shared(&self) -> Result<BTreeMap<(u32, u64), Memory>, CriuError> {
        let mut seen = BTreeSet::new();
        let mut found = BTreeMap::new();
        for task in &self.tasks {
            let path = self.images.join(format!("mm-{}.img", task.pid));
            let spaces: Vec<AddressSpace> = optional(&path, wire::MM)?;
            let areas = spaces.iter().flat_map(|space| &space.areas);
            for area in areas.filter(|area| area.status & ANONYMOUS_SHARED != 0) {
                if seen.insert(area.shared) {
                    let name = format!("shmem-{}", area.shared);
                    let memory = Memory::read(&self.images, &name)?;
                    found.insert((task.pid, area.start), memory);
                }
            }
        }
        Ok(found)
    }
}

fn task(images: &Path, process: &Process, table: &FileTable) -> Result<Task, CriuError> {
    let path = images.join(format!("core-{}.img", process.pid));
    let core: Vec<Core> = decode(&path, wire::CORE)?;
    let core = core.into_iter().next();
    let core = core.ok_or_else(|| wrong(&path, "it has no entry"))?;
    let facts = core.task.unwrap_or_default();
    let apart: Vec<TaskIds> =
        optional(&images.join(format!("ids-{}.img", process.pid)), wire::IDS)?;
    let ids = apart.into_iter().next().or(core.ids);
    // CRIU's `TASK_ALIVE`, `TASK_DEAD`, `TASK_STOPPED` (criu/include/pstree.h and proc_parse.h).
    let state = match facts.state {
        2 => "zombie",
        3 => "stopped",
        _ => "running",
    };
    let files = match ids.filter(|_| state != "zombie") {
        Some(ids) => table.of(images, ids.files)?,
        None => Vec::new(),
    };
    Ok(Task {
        pid: process.pid,
        parent: process.ppid,
        command: String::from_utf8_lossy(&facts.command).into_owned(),
        state,
        threads: process.threads.len().max(1),
        files,
    })
}

/// The entries of an image that need not be there.
fn optional<M: Message + Default>(path: &Path, magics: &[u32]) -> Result<Vec<M>, CriuError> {
    match decode(path, magics) {
        Err(CriuError::Io(error)) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        other => other,
    }
}

#[cfg(test)]
mod tests;
