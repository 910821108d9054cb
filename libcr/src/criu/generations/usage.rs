//! Who reads which pages of files that several share.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, SeekFrom};

use super::{Memory, page_size};
use crate::sys::dir::at;

/// Pages of files by who reads them; each reader counts by a number.
#[derive(Debug, Default)]
pub struct Usage {
    /// First page, the one behind the last, and the reader.
    files: BTreeMap<PathBuf, Vec<(u64, u64, usize)>>,
}

impl Usage {
    /// Adds what a reader's memory is made of.
    pub fn add(&mut self, reader: usize, memory: &Memory) {
        for (path, first, pages) in memory.places() {
            let ranges = self.files.entry(path).or_default();
            ranges.push((first, first + pages, reader));
        }
    }

    /// By reader, from 0 to `readers`: bytes that nobody else reads, and bytes that others read
    /// too. Only files below one of which `counts` says so.
    pub fn shares(&self, readers: usize, counts: impl Fn(&Path) -> bool) -> Vec<(u64, u64)> {
        let mut shares = vec![(0, 0); readers];
        for (_, ranges) in self.files.iter().filter(|(path, _)| counts(path)) {
            for (first, end, by) in pieces(ranges) {
                let bytes = (end - first) * page_size();
                for reader in &by {
                    let Some(share) = shares.get_mut(*reader) else {
                        continue;
                    };
                    if by.len() == 1 {
                        share.0 += bytes;
                    } else {
                        share.1 += bytes;
                    }
                }
            }
        }
        shares
    }

    /// Gives the disk back what nobody reads of a file. Done twice, it does nothing more.
    ///
    /// # Errors
    /// When the file can't be opened, or its file system knows no holes.
    pub fn punch(&self, path: &Path) -> io::Result<()> {
        let page = page_size();
        let file = File::options()
            .read(true)
            .write(true)
            .open(path)
            .map_err(at("open", path))?;
        let len = file.metadata()?.len() / page;
        let ranges = self.files.get(path).map_or(&[][..], Vec::as_slice);
        let mut next = 0;
        for (first, end, _) in pieces(ranges) {
            hole(&file, next, first).map_err(at("free pages of", path))?;
            next = end;
        }
        hole(&file, next, len).map_err(at("free pages of", path))
    }
}

/// Makes a hole of these pages, unless there is one.
fn hole(file: &File, first: u64, end: u64) -> io::Result<()> {
    let page = page_size();
    if first >= end {
        return Ok(());
    }
    match rustix::fs::seek(file, SeekFrom::Data(first * page)) {
        Ok(data) if data < end * page => {}
        // All from there on is a hole.
        Ok(_) | Err(rustix::io::Errno::NXIO) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    Ok(rustix::fs::fallocate(
        file,
        flags,
        first * page,
        (end - first) * page,
    )?)
}

/// Ranges cut where readers begin and end, in order: none overlaps another.
fn pieces(ranges: &[(u64, u64, usize)]) -> Vec<(u64, u64, Vec<usize>)> {
    let mut events: Vec<(u64, bool, usize)> = Vec::with_capacity(ranges.len() * 2);
    for (first, end, reader) in ranges {
        events.push((*first, true, *reader));
        events.push((*end, false, *reader));
    }
    events.sort_unstable();
    // One reader may read a page in two places.
    let mut open: BTreeMap<usize, usize> = BTreeMap::new();
    let mut found = Vec::new();
    let mut at = 0;
    for (place, begins, reader) in events {
        if place > at && !open.is_empty() {
            found.push((at, place, open.keys().copied().collect()));
        }
        at = place;
        if begins {
            *open.entry(reader).or_default() += 1;
        } else if let Some(count) = open.get_mut(&reader) {
            *count -= 1;
            if *count == 0 {
                open.remove(&reader);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;

    #[test]
    fn ranges_are_cut_where_readers_differ() {
        let cut = pieces(&[(0, 4, 0), (2, 6, 1), (8, 9, 1), (8, 9, 1)]);
        let expected = [
            (0, 2, vec![0]),
            (2, 4, vec![0, 1]),
            (4, 6, vec![1]),
            (8, 9, vec![1]),
        ];
        assert_eq!(cut, expected);
        assert!(pieces(&[]).is_empty());
    }

    #[test]
    fn what_nobody_reads_is_given_back() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pages-1.img");
        let page = usize::try_from(page_size()).unwrap();
        std::fs::write(&path, vec![7; page * 16]).unwrap();
        let mut usage = Usage::default();
        usage
            .files
            .insert(path.clone(), vec![(2, 4, 0), (10, 12, 1), (3, 4, 1)]);
        assert_eq!(
            usage.shares(2, |_| true),
            [(page_size(), page_size()), (2 * page_size(), page_size())]
        );
        for _ in 0..2 {
            usage.punch(&path).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            let kept: Vec<usize> = (0..16).filter(|number| bytes[number * page] == 7).collect();
            assert_eq!(kept, [2, 3, 10, 11]);
            assert_eq!(
                std::fs::metadata(&path).unwrap().blocks() * 512,
                4 * page_size()
            );
        }
        usage.files.clear();
        usage.punch(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().blocks(), 0);
    }
}
