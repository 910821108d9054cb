//! How the memory of a process differs between two checkpoints, page by page.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use super::super::CriuError;
use super::pagemap;
use super::source::{Directory, Images};

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
    pub(super) fn read(directory: &Path, name: &str) -> Result<Self, CriuError> {
        let mut memory = Self::none();
        let mut source = Directory::new(directory, "");
        let mut images = Images::new(&mut source);
        let runs = pagemap::runs(&mut images, name, memory.page);
        if let Some(error) = images.wrong.into_iter().next() {
            return Err(error);
        }
        let mut files: HashMap<Arc<str>, Arc<File>> = HashMap::new();
        for run in runs {
            let absent = || {
                io::Error::new(
                    io::ErrorKind::NotFound,
                    format!("read the pages of pagemap-{name}.img: they are not there"),
                )
            };
            let image = run.image.ok_or_else(absent)?;
            let known = files.get(&image).map(Arc::clone);
            let file = match known {
                Some(file) => file,
                None => Arc::new(source.open(&image)?.ok_or_else(absent)?),
            };
            files.insert(image, Arc::clone(&file));
            memory.runs.push(Run {
                address: run.address,
                pages: run.pages,
                file,
                first: run.first,
            });
        }
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
