//! `checkpoint diff`: what changed between two checkpoints, process by process: which there are,
//! their memory by page, what they have open; and the files of the root file system.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, FileTypeExt, MetadataExt};
use serde::Serialize;

use crate::archive::layout;
use crate::criu::contents::{Contents, Memory, OpenFile, PageCounts, Task};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::catalogue::{CheckpointPlace, NamedCheckpoint};
use crate::model::container::ContainerConfig;
use crate::ops::steps::catalogue;
use crate::ops::steps::life::rootfs::lowers;
use crate::storage::fingerprint::{Fingerprint, fingerprints};
use crate::sys::dir::at;

/// What differs between an earlier and a later checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Difference {
    /// Name of the earlier one: what was named first.
    pub from: String,
    /// Name of the later one.
    pub to: String,
    /// Processes that came, went or changed.
    pub processes: Changes<ProcessFacts>,
    /// Memory of each process that is in either.
    pub memory: MemoryDifference,
    /// Files, pipes and the like that were opened, closed or read on.
    pub files: Changes<OpenFacts>,
    /// Sockets that were opened, closed or changed.
    pub sockets: Changes<OpenFacts>,
    /// Paths of the root file system that came, went or changed. `None` where one of the two holds
    /// no root file system.
    pub rootfs: Option<Changes<String>>,
}

/// What came, went and changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Changes<T> {
    /// Only in the later one.
    pub added: Vec<T>,
    /// Only in the earlier one.
    pub removed: Vec<T>,
    /// In both; as in the later one.
    pub changed: Vec<T>,
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProcessFacts {
    /// Process id in the container.
    pub pid: u32,
    /// That of its parent.
    pub parent: u32,
    /// Its name.
    pub command: String,
    /// `running`, `stopped` or `zombie`.
    pub state: &'static str,
    /// Number of its threads.
    pub threads: usize,
}

/// Something open in a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OpenFacts {
    /// Process id in the container.
    pub pid: u32,
    /// Its number in the process.
    pub fd: u32,
    /// `file`, `pipe`, `tcp` and so on.
    pub kind: &'static str,
    /// Path, or addresses and state; empty for what has no name.
    pub what: String,
}

/// Memory by page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MemoryDifference {
    /// Bytes of a page.
    pub page_size: u64,
    /// Of all processes.
    pub total: Pages,
    /// What each process has alone, by process id, then what several share.
    pub processes: Vec<ProcessPages>,
}

/// Numbers of pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Pages {
    /// In both with the same content.
    pub same: u64,
    /// In both with another content.
    pub changed: u64,
    /// Only in the later one.
    pub new: u64,
    /// Only in the earlier one.
    pub gone: u64,
}

/// The pages of a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProcessPages {
    /// Process id in the container.
    pub pid: u32,
    /// Its name in the later one, or in the earlier where it is only there.
    pub command: String,
    /// Memory that it shares with others, or may share; counted at the first that has it.
    pub shared: bool,
    /// Its pages.
    #[serde(flatten)]
    pub pages: Pages,
}

/// Compares two checkpoints of a container.
///
/// # Errors
/// [`Error::NoSuchContainer`], [`Error::NoSuchCheckpoint`]; [`crate::criu::CriuError`] when images
/// can't be read.
pub fn compare(
    engine: &Engine,
    container: &str,
    from: &CheckpointPlace,
    to: &CheckpointPlace,
) -> Result<Difference> {
    let container = engine.find(container)?;
    let earlier = catalogue::existing(engine, &container, from)?;
    let later = catalogue::existing(engine, &container, to)?;
    let read = |directory: &Path| Contents::read(&directory.join(layout::CHECKPOINT));
    let (old, new) = (read(&earlier.directory)?, read(&later.directory)?);
    let image = Image::open(engine, &container.config)?;
    Ok(Difference {
        processes: differing(by_pid(&old), by_pid(&new)),
        memory: memory(&old, &new)?,
        files: differing(open_files(&old, false), open_files(&new, false)),
        sockets: differing(open_files(&old, true), open_files(&new, true)),
        rootfs: rootfs(&image, &earlier.directory, &later.directory)?,
        from: name(earlier.checkpoint),
        to: name(later.checkpoint),
    })
}

fn name(checkpoint: NamedCheckpoint) -> String {
    checkpoint.name
}

/// Sorts what two maps hold by its fate. The maps hold what is compared and what is shown.
fn differing<K: Ord, C: PartialEq, T>(
    mut old: BTreeMap<K, (C, T)>,
    new: BTreeMap<K, (C, T)>,
) -> Changes<T> {
    let mut changes = Changes {
        added: Vec::new(),
        removed: Vec::new(),
        changed: Vec::new(),
    };
    for (key, (compared, shown)) in new {
        match old.remove(&key) {
            None => changes.added.push(shown),
            Some((before, _)) if before != compared => changes.changed.push(shown),
            Some(_) => {}
        }
    }
    changes.removed = old.into_values().map(|(_, shown)| shown).collect();
    changes
}

fn by_pid(contents: &Contents) -> BTreeMap<u32, (ProcessFacts, ProcessFacts)> {
    let facts = |task: &Task| ProcessFacts {
        pid: task.pid,
        parent: task.parent,
        command: task.command.clone(),
        state: task.state,
        threads: task.threads,
    };
    let tasks = contents.tasks.iter();
    tasks
        .map(|task| (task.pid, (facts(task), facts(task))))
        .collect()
}

/// What is open in which process under which number, with the position as what may change. Another
/// file under the same number is closed and opened.
type Open = BTreeMap<(u32, u32, &'static str, String), (Option<u64>, OpenFacts)>;

fn open_files(contents: &Contents, sockets: bool) -> Open {
    let mut open = Open::new();
    for task in &contents.tasks {
        let files = task.files.iter();
        for file in files.filter(|file| file.is_socket() == sockets) {
            let OpenFile {
                fd,
                kind,
                what,
                position,
            } = file;
            let shown = OpenFacts {
                pid: task.pid,
                fd: *fd,
                kind,
                what: what.clone(),
            };
            open.insert((task.pid, *fd, kind, what.clone()), (*position, shown));
        }
    }
    open
}

fn memory(old: &Contents, new: &Contents) -> Result<MemoryDifference> {
    let mut names: BTreeMap<u32, &str> = BTreeMap::new();
    for task in old.tasks.iter().chain(&new.tasks) {
        names.insert(task.pid, &task.command);
    }
    let mut total = PageCounts::default();
    let mut processes = Vec::new();
    let mut add = |pid: u32, before: &Memory, after: &Memory, shared: bool| -> Result<()> {
        let counts = before.compare(after)?;
        total.add(counts);
        processes.push(ProcessPages {
            pid,
            command: names.get(&pid).copied().unwrap_or_default().to_owned(),
            shared,
            pages: pages(counts),
        });
        Ok(())
    };
    for &pid in names.keys() {
        add(pid, &old.memory(pid)?, &new.memory(pid)?, false)?;
    }
    let none = Memory::none();
    let (old, new) = (old.shared()?, new.shared()?);
    let places: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for place in places {
        let before = old.get(place).unwrap_or(&none);
        let after = new.get(place).unwrap_or(&none);
        add(place.0, before, after, true)?;
    }
    Ok(MemoryDifference {
        page_size: none.page_size(),
        total: pages(total),
        processes,
    })
}

fn pages(counts: PageCounts) -> Pages {
    let PageCounts {
        same,
        changed,
        new,
        gone,
    } = counts;
    Pages {
        same,
        changed,
        new,
        gone,
    }
}

/// A checkpoint holds what differs from the image, and what of the image is deleted.
fn rootfs(image: &Image, old: &Path, new: &Path) -> Result<Option<Changes<String>>> {
    let (Some(old_files), Some(new_files)) = (files_of(old)?, files_of(new)?) else {
        return Ok(None);
    };
    let (old_gone, new_gone) = (deleted_of(old)?, deleted_of(new)?);
    let paths = old_files.keys().chain(new_files.keys());
    let paths: BTreeSet<&String> = paths.chain(&old_gone).chain(&new_gone).collect();
    let mut changes = Changes {
        added: Vec::new(),
        removed: Vec::new(),
        changed: Vec::new(),
    };
    for path in paths {
        let (before, after) = (old_files.get(path), new_files.get(path));
        let was_there = before.is_some() || !old_gone.contains(path) && image.has(path);
        let is_there = after.is_some() || !new_gone.contains(path) && image.has(path);
        match (was_there, is_there) {
            (false, true) => changes.added.push(path.clone()),
            (true, false) => changes.removed.push(path.clone()),
            (true, true) if before != after => changes.changed.push(path.clone()),
            _ => {}
        }
    }
    Ok(Some(changes))
}

/// The layers of an image, the topmost first.
struct Image(Vec<Dir>);

impl Image {
    fn open(engine: &Engine, config: &ContainerConfig) -> Result<Self> {
        let open = |path: &PathBuf| Dir::open_ambient_dir(path, ambient_authority());
        let layers = lowers(engine, config)?;
        let opened = layers
            .iter()
            .map(|path| Ok(open(path).map_err(at("open", path))?));
        Ok(Self(opened.collect::<Result<_>>()?))
    }

    fn has(&self, path: &str) -> bool {
        let path = path.trim_start_matches('/');
        let found = self
            .0
            .iter()
            .find_map(|layer| layer.symlink_metadata(path).ok());
        // overlayfs's mark for what a layer deletes.
        found.is_some_and(|facts| !(facts.file_type().is_char_device() && facts.rdev() == 0))
    }
}

type Fingerprints = BTreeMap<String, Fingerprint>;

fn files_of(directory: &Path) -> Result<Option<Fingerprints>> {
    let path = directory.join(layout::ROOTFS_DIFF);
    let tar = match File::open(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        tar => tar.map_err(at("open", &path))?,
    };
    Ok(Some(fingerprints(tar, u64::MAX)?))
}

fn deleted_of(directory: &Path) -> Result<BTreeSet<String>> {
    let path = directory.join(layout::DELETED_FILES);
    let text = match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
        text => text.map_err(at("read", &path))?,
    };
    serde_json::from_slice(&text)
        .map_err(|error| Error::Invalid(format!("cannot read {}: {error}", path.display())))
}
