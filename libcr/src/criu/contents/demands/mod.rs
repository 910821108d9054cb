//! What images make CRIU give to processes, for whoever must judge it before a thaw: namespaces,
//! credentials, filters, mounts, files. Memory is not read.
//!
//! Reading is strict: what can't be read whole is an error, since CRIU may read it otherwise.

pub mod filter;
mod messages;
mod tarball;

use std::collections::BTreeMap;

use prost::Message;

pub use messages::{Credentials, Filter, Ghost, Limit, Mount, Regular, Remap, Spaces, ThreadCore};
pub use tarball::{Device, Tarball};

use super::super::images::undecodable;
use super::super::messages::Process;
use super::super::{CriuError, wire};
use super::messages::AREAS;
use super::source::{ImageSource, Images, join};
use messages::{Apparmor, Area, Core, FileEntry, Inventory, Network, Pids, Seccomp};

/// No archive of a memory file system that is read from another archive is larger.
const TARBALL: u64 = 1 << 30;
/// Areas that a file is seen in: `VMA_FILE_PRIVATE` and `VMA_FILE_SHARED` of CRIU's `image.h`.
const OF_FILE: u32 = 1 << 6 | 1 << 7;

/// A thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Its number in the container.
    pub id: u32,
    /// Nothing in images of a time before CRIU had threads.
    pub core: Option<ThreadCore>,
}

/// A process that lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its number in the container.
    pub pid: u32,
    /// Nothing: it gets those of its parent.
    pub spaces: Option<Spaces>,
    /// All its threads.
    pub threads: Vec<Thread>,
    /// By the kernel's numbers.
    pub limits: Vec<Limit>,
    /// `oom_score_adj`.
    pub oom_score: i32,
    /// Files that are seen in its memory, and the flags they are opened with for that.
    pub mapped: Vec<(u32, u32)>,
}

/// An open file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its number in the images.
    pub id: u32,
    /// `fd_types` of CRIU's `fdinfo.proto`.
    pub kind: u32,
    /// What it is when it has a path.
    pub regular: Option<Regular>,
    /// It is a raw internet socket.
    pub raw: bool,
    /// It watches a file by its number in the file system, not by its path.
    pub by_handle: bool,
}

/// All of it.
#[derive(Debug, Clone, Default)]
pub struct Demands {
    /// Version of the images.
    pub version: u32,
    /// The namespaces of the dumping CRIU: a process of the same number stays in those of the
    /// thawing one.
    pub outside: Spaces,
    /// The largest number of a process, group, session or thread.
    pub highest_pid: u32,
    /// Living processes; the first is the root.
    pub tasks: Vec<Task>,
    /// All filters of all threads.
    pub filters: Vec<Filter>,
    /// Mounts by mount namespace.
    pub mounts: BTreeMap<u32, Vec<Mount>>,
    /// Network namespaces, and the key of what is to be joined instead.
    pub networks: BTreeMap<u32, Option<Vec<u8>>>,
    /// Keys of pid namespaces that are to be joined.
    pub joined_pids: Vec<Vec<u8>>,
    /// It brings policies for `AppArmor`.
    pub policies: bool,
    /// Open files.
    pub files: Vec<Opened>,
    /// Files without their names.
    pub remaps: Vec<Remap>,
    /// Files that are made anew, by number.
    pub ghosts: BTreeMap<u32, Ghost>,
    /// Memory file systems by image.
    pub tarballs: BTreeMap<String, Tarball>,
    /// Names of all files beside them.
    pub names: Vec<String>,
}

impl Demands {
    /// Reads images; archives of memory file systems where they are wanted.
    ///
    /// # Errors
    /// The first image that can't be read, or that is missing.
    pub fn read(source: &mut dyn ImageSource, tarballs: bool) -> Result<Self, CriuError> {
        let mut images = Images::new(source);
        let root = images.source().root();
        let mut demands = Self::default();
        if let Some(inventory) =
            images.required::<Inventory>(&join(&root, "inventory.img"), wire::INVENTORY)
        {
            demands.version = inventory.version;
            demands.outside = inventory.outside.unwrap_or_default();
        }
        demands.processes(&mut images, &root);
        let (name, mut enough) = (join(&root, "files.img"), true);
        images.each(&name, wire::FILES, |images, _, file: FileEntry| {
            demands.files.push(opened(file));
            enough = images.may_grow();
            enough
        });
        let mut names: Vec<String> = images
            .source()
            .list(&root)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        names.sort_unstable();
        for name in &names {
            demands.image(&mut images, &root, name, tarballs);
        }
        demands.names = names;
        if !images.notes.is_empty() {
            images.damaged(
                &root,
                "it has more processes, files and areas than can be looked at",
            );
        }
        match images.wrong.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(demands),
        }
    }

    fn processes(&mut self, images: &mut Images<'_>, root: &str) {
        let (name, mut tree) = (join(root, "pstree.img"), Vec::new());
        let there = images.each(&name, wire::PSTREE, |images, _, process: Process| {
            tree.push(process);
            images.may_grow()
        });
        if !there {
            images.missing(&name);
        }
        // CRIU's root is the one without a parent, wherever it stands.
        tree.sort_by_key(|process| process.ppid != 0);
        for process in tree {
            let numbers = [process.pid, process.pgid, process.sid];
            let mut highest = numbers.into_iter().max();
            if let Some(task) = task(images, root, &process) {
                // CRIU never learns the thread of a process that has ended: what it writes is what
                // was in its memory.
                highest = highest.max(process.threads.iter().max().copied());
                self.tasks.push(task);
            }
            self.highest_pid = self.highest_pid.max(highest.unwrap_or_default());
        }
    }

    /// An image by the kind that its name says.
    fn image(&mut self, images: &mut Images<'_>, root: &str, name: &str, tarballs: bool) {
        let path = join(root, name);
        let number = |prefix: &str| -> Option<u32> {
            let digits = name.strip_prefix(prefix)?.strip_suffix(".img")?;
            digits.parse().ok()
        };
        if let Some(space) = number("mountpoints-") {
            let list = self.mounts.entry(space).or_default();
            images.each(&path, wire::MOUNTS, |images, _, mount: Mount| {
                list.push(mount);
                images.may_grow()
            });
        } else if let Some(space) = number("netns-") {
            let network = images.first::<Network>(&path, wire::NETNS);
            self.networks.insert(space, network.and_then(|one| one.key));
        } else if number("pidns-").is_some() {
            let pids = images.first::<Pids>(&path, wire::PIDNS);
            self.joined_pids.extend(pids.and_then(|one| one.key));
        } else if name == "seccomp.img" {
            let entry = images.first::<Seccomp>(&path, wire::SECCOMP);
            self.filters = entry.map(|entry| entry.filters).unwrap_or_default();
        } else if name == "apparmor.img" {
            let entry = images.first::<Apparmor>(&path, wire::APPARMOR);
            self.policies |= entry.is_some_and(|entry| !entry.policies.is_empty());
        } else if name == "remap-fpath.img" {
            images.each(&path, wire::REMAP, |images, _, remap: Remap| {
                self.remaps.push(remap);
                images.may_grow()
            });
        } else if let Some(digits) = name.strip_prefix("ghost-file-") {
            let digits = digits.strip_suffix(".img").unwrap_or_default();
            if let Ok(number) = u32::from_str_radix(digits, 16) {
                self.ghost(images, &path, number);
            }
        } else if tarballs && name.starts_with("tmpfs-") {
            match images.source().read(&path, TARBALL) {
                Ok(Some(packed)) if packed.is_empty() => {}
                Ok(Some(packed)) => match Tarball::read(packed.as_slice()) {
                    Ok(tarball) => {
                        self.tarballs.insert(name.to_owned(), tarball);
                    }
                    Err(_) => images.damaged(&path, "it is no packed memory file system"),
                },
                Ok(None) => {}
                Err(error) => images.complain(error),
            }
        }
    }

    /// Content follows the entry of a ghost, so no more than that is read.
    fn ghost(&mut self, images: &mut Images<'_>, path: &str, number: u32) {
        const START: usize = 4096;
        let part = super::source::Part {
            image: path.to_owned(),
            offset: 0,
            len: START,
        };
        let bytes = match images.source().read_parts(&[part]) {
            Ok(mut parts) => parts.pop().unwrap_or_default(),
            Err(error) => return images.complain(error),
        };
        let entry = match wire::Entries::of(&bytes, wire::GHOST) {
            Ok(mut entries) => entries.next(),
            Err(damage) => return images.damaged(path, damage),
        };
        match entry.map(|entry| entry.map(|(at, bytes)| (at, Ghost::decode(bytes)))) {
            Some(Ok((_, Ok(ghost)))) => {
                self.ghosts.insert(number, ghost);
            }
            Some(Ok((at, Err(_)))) => images.damaged(path, undecodable(at)),
            Some(Err(damage)) => images.damaged(path, damage),
            None => images.damaged(path, "it has no entry"),
        }
    }
}

fn task(images: &mut Images<'_>, root: &str, process: &Process) -> Option<Task> {
    let pid = process.pid;
    let own = |kind: &str, id: u32| join(root, &format!("{kind}-{id}.img"));
    let core: Core = images.required(&own("core", pid), wire::CORE)?;
    let facts = core.task.unwrap_or_default();
    // COMPEL_TASK_DEAD and COMPEL_TASK_ZOMBIE.
    if matches!(facts.state, 2 | 6) {
        return None;
    }
    let mut threads = vec![Thread {
        id: pid,
        core: core.thread,
    }];
    for &id in process.threads.iter().filter(|id| **id != pid) {
        let core: Core = images.required(&own("core", id), wire::CORE)?;
        threads.push(Thread {
            id,
            core: core.thread,
        });
    }
    let mut mapped = Vec::new();
    images.each_raw(&own("mm", pid), wire::MM, |images, at, entry| {
        for area in wire::values(entry, AREAS) {
            let area = Area::decode(area).map_err(|_| undecodable(at))?;
            if let Some(flags) = area.open_flags.filter(|_| area.status & OF_FILE != 0) {
                mapped.push((u32::try_from(area.file).unwrap_or(u32::MAX), flags));
            }
            if !images.may_grow() {
                break;
            }
        }
        Ok(false)
    });
    mapped.sort_unstable();
    mapped.dedup();
    Some(Task {
        pid,
        spaces: images.first(&own("ids", pid), wire::IDS),
        threads,
        limits: facts.limits.map(|limits| limits.all).unwrap_or_default(),
        oom_score: facts.oom_score,
        mapped,
    })
}

fn opened(file: FileEntry) -> Opened {
    /// `SOCK_RAW`.
    const RAW: u32 = 3;
    let watches = file.watches.into_iter().flat_map(|watches| watches.all);
    Opened {
        id: file.id,
        kind: file.kind,
        regular: file.regular,
        raw: file.inet.is_some_and(|socket| socket.kind == RAW),
        by_handle: watches
            .filter_map(|watch| watch.handle)
            .any(|handle| handle.path.is_none()),
    }
}

#[cfg(test)]
mod tests;
