//! Memory of one container over time: each checkpoint after the first keeps only the pages that
//! are not as an earlier one has them.
//!
//! A *generation* is a directory `memory-N-ID` that describes all memory of one instant, map by map:
//! its `pagemap-*.img` list every page, its `pages-*.img` hold those that changed, and the others are
//! found through its link `parent` in the generation N-1, by the same map and address. That is what
//! CRIU itself reads (`criu/pagemap.c`), so nothing is put together again before a thaw. A
//! checkpoint's own directory then has maps without pages, and a link to its generation.
//!
//! Whether a page is as it was is told by an [`Index`] of digests, which is made of pages that were
//! read here and never comes with them. Pages are compared at the same address alone: memory that a
//! program has moved is kept again (docs/performance.md has the numbers). Knows nothing of
//! containers, images or archives.

mod dump;
mod index;
mod pagemap;
mod split;
#[cfg(test)]
mod tests;
mod usage;

use std::path::{Path, PathBuf};

pub use dump::Memory;
pub use index::{Index, IndexWriter};
pub use split::{GenerationFile, Split};
pub use usage::Usage;

/// Bytes of a page in CRIU's images; the kernel's.
fn page_size() -> u64 {
    rustix::param::page_size() as u64
}

/// Longest chain of generations: with each, a page is looked for in one place more.
pub const DEPTH: u32 = 8;
/// Longest chain that is read. More than [`DEPTH`], which may grow.
pub const READABLE_DEPTH: u32 = 16;
/// The link in a directory of images to those that have the pages it has not.
pub const PARENT: &str = "parent";
/// The index beside the pages of a generation that is kept in a directory.
pub const INDEX: &str = "pages.index";

const PREFIX: &str = "memory-";
const ID_DIGITS: usize = 16;

/// The name of a generation: its place in the chain, and what tells it from others of that place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    number: u32,
    text: String,
}

impl Name {
    /// One of this place, from 1; `random`: hexadecimal digits, 16 at least, of which the first are
    /// used.
    pub fn new(number: u32, random: &str) -> Self {
        let digits: String = random.chars().take(ID_DIGITS).collect();
        Self {
            number,
            text: format!("{PREFIX}{number}-{digits}"),
        }
    }

    /// What a text names; nothing when it is no such name.
    pub fn parse(text: &str) -> Option<Self> {
        let (digits, id) = text.strip_prefix(PREFIX)?.split_once('-')?;
        let plain = !digits.starts_with(['0', '+']) && digits.len() <= 4;
        let number: u32 = digits.parse().ok().filter(|_| plain)?;
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let valid = number <= READABLE_DEPTH && id.len() == ID_DIGITS && id.bytes().all(hex);
        valid.then(|| Self {
            number,
            text: text.to_owned(),
        })
    }

    /// Its place in the chain: 1 has all its pages itself.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// As a directory's name.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Whether a dump should build upon an earlier generation: whether it saves half of its pages, and
/// the chain is neither too long nor, with `chain` pages in all its files, full of old ones.
pub fn is_worth_it(split: &Split, earlier: &Name, chain: u64) -> bool {
    let (changed, all) = (split.changed(), split.pages());
    earlier.number < DEPTH && changed * 2 <= all && chain.saturating_add(changed) <= all * 2
}

/// The generation that the images in a directory build upon, by the name that their link says;
/// whether it is there is another question.
pub fn above(images: &Path) -> Option<Name> {
    let target = std::fs::read_link(images.join(PARENT)).ok()?;
    Name::parse(target.file_name()?.to_str()?)
}

/// The generations that the images in a directory build upon, the newest first.
///
/// # Errors
/// The name of one that is missing, or not of the place that it must be of.
pub fn chain(images: &Path) -> Result<Vec<(Name, PathBuf)>, String> {
    let mut found: Vec<(Name, PathBuf)> = Vec::new();
    let mut directory = images.to_owned();
    while let Some(name) = above(&directory) {
        let below = found.last().map_or(u32::MAX, |(name, _)| name.number);
        let path = std::fs::canonicalize(directory.join(PARENT)).ok();
        // Each has a lower number than the one before: there is an end.
        let Some(path) = path.filter(|path| path.is_dir() && name.number < below) else {
            return Err(name.text);
        };
        directory.clone_from(&path);
        found.push((name, path));
    }
    match found.last() {
        Some((last, _)) if last.number != 1 => Err(last.text.clone()),
        _ => Ok(found),
    }
}
