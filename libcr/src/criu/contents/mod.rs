//! What the images of a checkpoint hold, for people who ask: processes, what they have open, and
//! their memory by page. Reads only; nothing of it goes into a thaw.
//!
//! [`Look`] tells all that can be understood, from any [`ImageSource`], and where that ends;
//! [`Contents`] is what two checkpoints are compared by, and wants whole images. As everywhere
//! here, images are untrusted: no length is believed, no link is followed.

mod areas;
pub mod demands;
mod file_messages;
mod files;
mod known;
mod look;
mod memory;
mod messages;
pub(super) mod pagemap;
mod sockets;
pub(super) mod source;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use files::OpenFile;
pub use look::Look;
pub use memory::{Memory, PageCounts};
pub use source::{Directory, ImageSource, Part, join};

use super::images::IMAGE_LIMIT;
use super::messages::Process;
use super::{CriuError, wire};
use areas::Space;
use files::{FileTable, Opened};
use messages::{Core, TaskIds};
use source::Images;

use crate::sys::dir::at;

/// Whether all pages are there that the images in a directory list. CRIU would wait for missing ones
/// for ever. Pages are counted, not read; a map that is too large to be looked at is CRIU's affair.
///
/// # Errors
/// [`CriuError::Image`] naming what is damaged and where, [`CriuError::Io`] for what is missing.
pub fn check_pages(directory: &Path) -> Result<(), CriuError> {
    super::generations::chain(directory).map_err(|name| {
        let text = format!(
            "the memory that {} builds upon is gone: {name}",
            directory.display()
        );
        std::io::Error::new(std::io::ErrorKind::NotFound, text)
    })?;
    for entry in std::fs::read_dir(directory).map_err(at("read", directory))? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_str().unwrap_or_default();
        if entry.metadata()?.len() > IMAGE_LIMIT {
            continue;
        }
        let inner = name.strip_prefix("pagemap-");
        if let Some(inner) = inner.and_then(|rest| rest.strip_suffix(".img")) {
            match Memory::read(directory, inner) {
                Err(CriuError::Image { why, .. }) if why == pagemap::TOO_MANY => {}
                read => drop(read?),
            }
        }
    }
    Ok(())
}

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
    pub fn read(directory: &Path) -> Result<Self, CriuError> {
        let mut source = Directory::new(directory, "");
        let mut images = Images::new(&mut source);
        let mut processes: Vec<Process> = Vec::new();
        let there = images.each("pstree.img", wire::PSTREE, |images, _, process| {
            processes.push(process);
            images.may_grow()
        });
        if !there {
            images.missing("pstree.img");
        }
        let table = FileTable::read(&mut images);
        let tasks = processes.iter();
        let mut tasks: Vec<Task> = tasks
            .filter_map(|process| task(&mut images, process, &table))
            .collect();
        tasks.sort_by_key(|task: &Task| task.pid);
        match images.wrong.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(Self {
                tasks,
                images: directory.to_owned(),
            }),
        }
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
        let mut source = Directory::new(&self.images, "");
        let mut images = Images::new(&mut source);
        let mut seen = BTreeSet::new();
        let mut found = BTreeMap::new();
        for task in &self.tasks {
            let space = Space::read(&mut images, task.pid).unwrap_or_default();
            let areas = space.areas.iter();
            for area in areas.filter(|area| area.is_anonymous_shared()) {
                if seen.insert(area.shared) {
                    let name = format!("shmem-{}", area.shared);
                    let memory = Memory::read(&self.images, &name)?;
                    found.insert((task.pid, area.start), memory);
                }
            }
        }
        match images.wrong.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(found),
        }
    }
}

fn task(images: &mut Images<'_>, process: &Process, table: &FileTable) -> Option<Task> {
    let pid = process.pid;
    let core: Core = images.required(&format!("core-{pid}.img"), wire::CORE)?;
    let facts = core.task.unwrap_or_default();
    let apart: Option<TaskIds> = images.first(&format!("ids-{pid}.img"), wire::IDS);
    let ids = apart.or(core.ids);
    let state = state(facts.state);
    let files = match ids.filter(|_| state != "zombie") {
        Some(ids) => table.of(images, ids.files),
        None => Vec::new(),
    };
    Some(Task {
        pid,
        parent: process.ppid,
        command: String::from_utf8_lossy(&facts.command).into_owned(),
        state,
        threads: process.threads.len().max(1),
        files: files.into_iter().map(open_file).collect(),
    })
}

/// In one line, without what differs after each thaw, as the numbers of pipes.
fn open_file((fd, opened): (u32, &Opened)) -> OpenFile {
    OpenFile {
        fd,
        kind: opened.kind,
        what: match &opened.socket {
            Some(ends) => ends.line(),
            None => opened.path.clone(),
        },
        position: opened.position,
    }
}

/// What a process is doing (CRIU's `COMPEL_TASK_*`, `compel/include/uapi/task-state.h`).
fn state(number: u32) -> &'static str {
    match number {
        1 => "running",
        2 | 6 => "zombie",
        3 => "stopped",
        _ => "unknown",
    }
}

#[cfg(test)]
mod look_tests;
#[cfg(test)]
mod tests;
