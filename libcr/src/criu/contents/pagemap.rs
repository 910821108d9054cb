//! Which pages of a process, or of memory that several share, a checkpoint holds, and where.
//!
//! `pagemap-PID.img` lists runs of pages; those that are present lie one after another in
//! `pages-ID.img`, others in the checkpoint that the link `parent` leads to (CRIU's
//! `criu/pagemap.c`, <https://criu.org/Memory_dumping_and_restoring>). Memory that processes share is
//! in `pagemap-shmem-NUMBER.img` by offset in the same way.

use std::sync::Arc;

use prost::Message;

use super::super::images::{IMAGE_LIMIT, undecodable};
use super::super::wire;
use super::super::wire::Damage;
use super::messages::{PagemapEntry, PagemapHead};
use super::source::{Images, join};

/// Flags of a run: its pages are in the parent; they are here.
const IN_PARENT: u32 = 1;
const PRESENT: u32 = 4;
/// These, and that they may come later.
const KNOWN: u32 = 7;
/// Longest chain of checkpoints that is followed.
const CHAIN_LIMIT: usize = 64;
/// Most runs of one map: at four million, memory of a terabyte in pieces of 64 pages.
const RUN_LIMIT: usize = 1 << 22;
/// What is wrong with a map that has more.
pub(super) const TOO_MANY: &str = "it has too many runs";

/// Pages side by side, in memory and in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Run {
    pub(in super::super) address: u64,
    pub(in super::super) pages: u64,
    /// The image that holds them; `None`: none that is here.
    pub(in super::super) image: Option<Arc<str>>,
    /// Number of its first page in the image.
    pub(in super::super) first: u64,
}

impl Run {
    pub(in super::super) fn end(&self, page: u64) -> u64 {
        self.address + self.pages * page
    }

    /// The part that lies between two addresses.
    fn cut(&self, start: u64, end: u64, page: u64) -> Option<Self> {
        let (from, to) = (self.address.max(start), self.end(page).min(end));
        (from < to).then(|| Self {
            address: from,
            pages: (to - from) / page,
            image: self.image.clone(),
            first: self.first + (from - self.address) / page,
        })
    }
}

/// The runs of `pagemap-NAME.img`, by address; none overlaps another. NAME is a process id, or
/// `shmem-` and a number. Where there is no such image there are no pages.
pub(in super::super) fn runs(images: &mut Images<'_>, name: &str, page: u64) -> Vec<Run> {
    let root = images.source().root();
    let name = format!("pagemap-{name}.img");
    runs_in(images, &root, &name, page, CHAIN_LIMIT).unwrap_or_default()
}

/// The runs of a pagemap, with those of its parents where it refers to them; `None` when there is
/// no such image.
fn runs_in(
    images: &mut Images<'_>,
    directory: &str,
    name: &str,
    page: u64,
    chain: usize,
) -> Option<Vec<Run>> {
    let image = join(directory, name);
    let bytes = match images.source().read(&image, IMAGE_LIMIT) {
        Ok(bytes) => bytes?,
        Err(error) => {
            images.complain(error);
            return Some(Vec::new());
        }
    };
    let mut map = Map {
        page,
        runs: Vec::new(),
        end: 0,
        parent: None,
        here: true,
    };
    if let Err(damage) = map.read(images, directory, name, &bytes, chain) {
        images.damaged(&image, damage);
    }
    Some(map.runs)
}

/// A map that is being read.
struct Map {
    page: u64,
    runs: Vec<Run>,
    /// Where the last run ends.
    end: u64,
    parent: Option<Vec<Run>>,
    /// The parent is here.
    here: bool,
}

impl Map {
    fn read(
        &mut self,
        images: &mut Images<'_>,
        directory: &str,
        name: &str,
        bytes: &[u8],
        chain: usize,
    ) -> Result<(), Damage> {
        let mut entries = wire::Entries::of(bytes, wire::PAGEMAP)?;
        let (at, head) = entries.next().ok_or("it has no entry")??;
        let head = PagemapHead::decode(head).map_err(|_| undecodable(at))?;
        let file = format!("pages-{}.img", head.pages_id);
        let stored = images.size(directory, &file).map(|len| len / self.page);
        let pages: Arc<str> = join(directory, &file).into();
        let mut next = 0;
        for entry in entries {
            let (at, entry) = entry?;
            let wrong = |why| Damage { at: Some(at), why };
            let entry = PagemapEntry::decode(entry).map_err(|_| undecodable(at))?;
            let count = entry.pages.unwrap_or(u64::from(entry.pages_then));
            let (start, page) = (entry.address, self.page);
            let last = count
                .checked_mul(page)
                .and_then(|bytes| start.checked_add(bytes));
            let in_order = start >= self.end && start.is_multiple_of(page);
            self.end = last.filter(|_| in_order).ok_or(wrong("its runs overlap"))?;
            if count == 0 {
                continue;
            }
            if self.runs.len() >= RUN_LIMIT {
                return Err(wrong(TOO_MANY));
            }
            let run = |image, first| Run {
                address: start,
                pages: count,
                image,
                first,
            };
            let flags = match (entry.in_parent, entry.flags) {
                (true, _) => IN_PARENT,
                (false, flags) => flags.unwrap_or(PRESENT),
            };
            if flags & !KNOWN != 0 {
                let what = format!("pages of a kind that is not known (flags {flags:#x})");
                images.remark(&join(directory, name), &what);
            }
            if flags & IN_PARENT != 0 {
                if self.parent.is_none() {
                    let chain = chain
                        .checked_sub(1)
                        .ok_or(wrong("its parents have no end"))?;
                    let above = parent(images, directory, name, page, chain);
                    self.here = above.is_some();
                    self.parent = Some(above.unwrap_or_default());
                }
                let parent = self.parent.as_deref().unwrap_or_default();
                let from = parent.partition_point(|run| run.end(page) <= start);
                let inherited = parent[from..]
                    .iter()
                    .take_while(|run| run.address < self.end);
                let inherited = inherited.filter_map(|run| run.cut(start, self.end, page));
                let room = RUN_LIMIT - self.runs.len();
                let before = self.runs.len();
                self.runs.extend(inherited.take(room));
                let found: u64 = self.runs[before..].iter().map(|run| run.pages).sum();
                if self.here && found < count && self.runs.len() < RUN_LIMIT {
                    return Err(wrong("it names pages that its parent has not"));
                }
            } else if flags & PRESENT != 0 {
                let first = next;
                next += count;
                match stored {
                    None => self.runs.push(run(None, 0)),
                    Some(stored) if next > stored => {
                        return Err(wrong("it names pages that are not there"));
                    }
                    Some(_) => self.runs.push(run(Some(Arc::clone(&pages)), first)),
                }
            }
            // Else the page is zero, or a server of pages has it.
        }
        if stored.is_none() && self.runs.iter().any(|run| run.image.is_none()) {
            let pages = images.source().shown(&pages);
            images.note(format!(
                "{} is not here: the memory in it is elsewhere, as with a page server",
                pages.display()
            ));
        }
        Ok(())
    }
}

/// The runs of the same map in the parent; nothing where that isn't here, which is noted.
fn parent(
    images: &mut Images<'_>,
    directory: &str,
    name: &str,
    page: u64,
    chain: usize,
) -> Option<Vec<Run>> {
    let above = images.source().parent(directory);
    if let Some(above) = &above
        && images.has(above)
    {
        // A process that is new since then has no map there.
        return Some(runs_in(images, above, name, page, chain).unwrap_or_default());
    }
    let link = join(directory, "parent");
    let link = images.source().shown(&link);
    images.note(format!(
        "the checkpoint builds upon an earlier one that is not here ({}): memory in that is missing",
        link.display()
    ));
    None
}
