//! The memory of a process by page, and how that of two checkpoints differs.
//!
//! `pagemap-PID.img` lists runs of pages; those that are present lie one after another in
//! `pages-ID.img`, others in the checkpoint that the link `parent` leads to (CRIU's
//! `criu/pagemap.c`, <https://criu.org/Memory_dumping_and_restoring>). Memory that processes share is
//! in `pagemap-shmem-NUMBER.img` by offset in the same way.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use prost::Message;
use rustix::fs::OFlags;

use super::super::images::{read_image, wrong};
use super::super::{CriuError, wire};
use super::messages::{PagemapEntry, PagemapHead};
use crate::sys::dir::at;

/// Flags of a run: its pages are in the parent; they are here.
const IN_PARENT: u32 = 1;
const PRESENT: u32 = 4;
/// Longest chain of checkpoints that is followed.
const CHAIN_LIMIT: usize = 64;
/// Pages that are compared at a time.
const BATCH: u64 = 64;

/// How many pages of a process are alike in two checkpoints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageCounts {
    /// In both, with the same content.
    pub same: u64,
    /// In both, with another content.
    pub changed: u64,
    /// Only in the later one.
    pub new: u64,
    /// Only in the earlier one.
    pub gone: u64,
}

impl PageCounts {
    /// Adds those of another process.
    pub fn add(&mut self, other: Self) {
        self.same += other.same;
        self.changed += other.changed;
        self.new += other.new;
        self.gone += other.gone;
    }
}

/// Pages side by side, in memory and in a file.
#[derive(Debug, Clone)]
struct Run {
    address: u64,
    pages: u64,
    file: Arc<File>,
    /// Number of its first page in the file.
    first: u64,
}

impl Run {
    /// What is left of it after some pages.
    fn after(&self, pages: u64, page: u64) -> Option<Self> {
        (pages < self.pages).then(|| Self {
            address: self.address + pages * page,
            pages: self.pages - pages,
            file: Arc::clone(&self.file),
            first: self.first + pages,
        })
    }

    fn end(&self, page: u64) -> u64 {
        self.address + self.pages * page
    }
}

/// The memory of a process in a checkpoint.
#[derive(Debug, Clone)]
pub struct Memory {
    /// By address; none overlaps another.
    runs: Vec<Run>,
    /// Bytes of a page.
    page: u64,
}

impl Memory {
    /// Reads `pagemap-NAME.img`: NAME is a process id, or `shmem-` and a number. Where there is
    /// none, there are no pages.
    pub(super) fn read(images: &Path, name: &str) -> Result<Self, CriuError> {
        let mut memory = Self::none();
        let name = format!("pagemap-{name}.img");
        memory.runs = read_runs(images, &name, memory.page, CHAIN_LIMIT)?;
        Ok(memory)
    }

    /// No page at all.
    pub fn none() -> Self {
        Self {
            runs: Vec::new(),
            page: rustix::param::page_size() as u64,
        }
    }

    /// How many pages there are.
    pub fn pages(&self) -> u64 {
        self.runs.iter().map(|run| run.pages).sum()
    }

    /// Bytes of a page.
    pub fn page_size(&self) -> u64 {
        self.page
    }

    /// Compares it with that of a later checkpoint, page by page.
    ///
    /// # Errors
    /// When pages can't be read.
    pub fn compare(&self, later: &Self) -> io::Result<PageCounts> {
        let page = self.page;
        let mut counts = PageCounts::default();
        let (mut old_runs, mut new_runs) = (self.runs.iter(), later.runs.iter());
        let (mut old, mut new) = (old_runs.next().cloned(), new_runs.next().cloned());
        loop {
            let (gone, fresh, both) = match (&old, &new) {
                (None, None) => return Ok(counts),
                (Some(old), None) => (old.pages, 0, 0),
                (None, Some(new)) => (0, new.pages, 0),
                (Some(old), Some(new)) if old.address < new.address => {
                    (old.pages.min((new.address - old.address) / page), 0, 0)
                }
                (Some(old), Some(new)) if new.address < old.address => {
                    (0, new.pages.min((old.address - new.address) / page), 0)
                }
                (Some(old), Some(new)) => {
                    let both = old.pages.min(new.pages);
                    let changed = changed_pages(old, new, both, page)?;
                    counts.changed += changed;
                    counts.same += both - changed;
                    (0, 0, both)
                }
            };
            counts.gone += gone;
            counts.new += fresh;
            if let Some(run) = old.take() {
                old = run
                    .after(gone + both, page)
                    .or_else(|| old_runs.next().cloned());
            }
            if let Some(run) = new.take() {
                new = run
                    .after(fresh + both, page)
                    .or_else(|| new_runs.next().cloned());
            }
        }
    }
}

/// How many of the first pages of two runs differ.
fn changed_pages(old: &Run, new: &Run, pages: u64, page: u64) -> io::Result<u64> {
    let size = usize::try_from(page).map_err(io::Error::other)?;
    let room = usize::try_from(BATCH.min(pages) * page).map_err(io::Error::other)?;
    let (mut before, mut after) = (vec![0; room], vec![0; room]);
    let mut changed = 0;
    let mut done = 0;
    while done < pages {
        let now = BATCH.min(pages - done);
        let bytes = usize::try_from(now * page).map_err(io::Error::other)?;
        old.file
            .read_exact_at(&mut before[..bytes], (old.first + done) * page)?;
        new.file
            .read_exact_at(&mut after[..bytes], (new.first + done) * page)?;
        let pairs = before[..bytes]
            .chunks_exact(size)
            .zip(after[..bytes].chunks_exact(size));
        changed += pairs.filter(|(one, other)| one != other).count() as u64;
        done += now;
    }
    Ok(changed)
}

/// The runs of a pagemap, with those of its parents where it refers to them.
fn read_runs(images: &Path, name: &str, page: u64, chain: usize) -> Result<Vec<Run>, CriuError> {
    let path = images.join(name);
    let bytes = match read_image(&path) {
        Err(CriuError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Vec::new());
        }
        read => read?,
    };
    let bad = |why| wrong(&path, why);
    let entries = wire::entries(&bytes, wire::PAGEMAP).map_err(bad)?;
    let (head, entries) = entries.split_first().ok_or(bad("it has no entry"))?;
    let head = PagemapHead::decode(*head).map_err(|_| bad("its head can't be decoded"))?;
    let (file, stored) = open_pages(images, head.pages_id, page)?;
    let mut parent: Option<Vec<Run>> = None;
    let mut runs = Vec::with_capacity(entries.len());
    let (mut next, mut end) = (0, 0);
    for entry in entries {
        let entry = PagemapEntry::decode(*entry).map_err(|_| bad("an entry can't be decoded"))?;
        let pages = entry.pages.unwrap_or(u64::from(entry.pages_then));
        let last = pages
            .checked_mul(page)
            .and_then(|bytes| entry.address.checked_add(bytes));
        let in_order = entry.address >= end && entry.address.is_multiple_of(page);
        end = last.filter(|_| in_order).ok_or(bad("its runs overlap"))?;
        let flags = match (entry.in_parent, entry.flags) {
            (true, _) => IN_PARENT,
            (false, flags) => flags.unwrap_or(PRESENT),
        };
        if flags & IN_PARENT != 0 {
            if parent.is_none() {
                let chain = chain.checked_sub(1).ok_or(bad("its parents have no end"))?;
                parent = Some(read_runs(&images.join("parent"), name, page, chain)?);
            }
            let inherited = parent.iter().flatten();
            runs.extend(inherited.filter_map(|run| cut(run, entry.address, end, page)));
        } else if flags & PRESENT != 0 {
            let first = next;
            next += pages;
            if next > stored {
                return Err(bad("it names pages that are not there"));
            }
            runs.push(Run {
                address: entry.address,
                pages,
                file: Arc::clone(&file),
                first,
            });
        }
    }
    runs.retain(|run| run.pages > 0);
    Ok(runs)
}

/// The part of a run that lies between two addresses.
fn cut(run: &Run, start: u64, end: u64, page: u64) -> Option<Run> {
    let (from, to) = (run.address.max(start), run.end(page).min(end));
    (from < to).then(|| Run {
        address: from,
        pages: (to - from) / page,
        file: Arc::clone(&run.file),
        first: run.first + (from - run.address) / page,
    })
}

/// Opens `pages-ID.img` and counts its pages.
fn open_pages(images: &Path, id: u32, page: u64) -> Result<(Arc<File>, u64), CriuError> {
    let path = images.join(format!("pages-{id}.img"));
    let flags =
        i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).map_err(io::Error::other)?;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(&path)
        .map_err(at("open", &path))?;
    let facts = file.metadata()?;
    if !facts.is_file() {
        return Err(wrong(&path, "it is no file"));
    }
    Ok((Arc::new(file), facts.len() / page))
}
