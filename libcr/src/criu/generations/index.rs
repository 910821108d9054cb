//! The digests of all pages of a generation, by map and address: what the next one is compared with.
//!
//! A file: the BLAKE3 of each page, 32 bytes, in the order of the maps; then JSON that says which
//! pages these are, and whatever its writer wants to know again; the length of the JSON, 8 bytes
//! little-endian; the BLAKE3 of all before. It is a cache: one that is missing, cut or damaged counts
//! as none. It is believed, so it must never come from elsewhere than this host's own reading.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::page_size;
use crate::sys::dir::{at, partial_path, remove_file_if_present};

/// Bytes of a digest.
pub(super) const DIGEST: usize = 32;
/// At four million runs of forty bytes.
const TABLE_LIMIT: u64 = 256 << 20;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Table {
    /// Runs of pages by map: address and number of pages, in order.
    maps: BTreeMap<String, Vec<(u64, u64)>>,
    label: Value,
}

/// An index that is there.
#[derive(Debug)]
pub struct Index {
    file: File,
    /// By map: address, pages, number of its first digest.
    runs: BTreeMap<String, Vec<(u64, u64, u64)>>,
    label: Value,
}

impl Index {
    /// Opens the index at `path`; nothing when there is none that can be used.
    pub fn open(path: &Path) -> Option<Self> {
        let opened = Self::read(path);
        match opened {
            Ok(index) => Some(index),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::warn!(%error, path = %path.display(), "an index of pages is of no use");
                None
            }
        }
    }

    fn read(path: &Path) -> io::Result<Self> {
        let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits())
            .map_err(io::Error::other)?;
        let mut file = OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(path)?;
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "it is damaged");
        let len = file.metadata()?.len();
        let content = len.checked_sub(DIGEST as u64).ok_or_else(damaged)?;
        let mut hash = blake3::Hasher::new();
        io::copy(&mut (&mut file).take(content), &mut hash)?;
        let mut expected = [0; DIGEST];
        file.read_exact(&mut expected)?;
        if hash.finalize() != blake3::Hash::from_bytes(expected) {
            return Err(damaged());
        }
        let mut size = [0; 8];
        let table_end = content.checked_sub(8).ok_or_else(damaged)?;
        file.read_exact_at(&mut size, table_end)?;
        let size = u64::from_le_bytes(size);
        let start = table_end.checked_sub(size).ok_or_else(damaged)?;
        if size > TABLE_LIMIT {
            return Err(damaged());
        }
        let mut text = vec![0; usize::try_from(size).map_err(io::Error::other)?];
        file.read_exact_at(&mut text, start)?;
        let table: Table = serde_json::from_slice(&text).map_err(io::Error::other)?;
        let mut runs = BTreeMap::new();
        let mut next = 0_u64;
        for (map, listed) in table.maps {
            let mut numbered = Vec::with_capacity(listed.len());
            for (address, pages) in listed {
                numbered.push((address, pages, next));
                next = next.checked_add(pages).ok_or_else(damaged)?;
            }
            runs.insert(map, numbered);
        }
        if next.checked_mul(DIGEST as u64) != Some(start) {
            return Err(damaged());
        }
        Ok(Self {
            file,
            runs,
            label: table.label,
        })
    }

    /// How many pages it knows.
    pub(super) fn pages(&self) -> u64 {
        let runs = self.runs.values().flatten();
        runs.map(|(_, pages, _)| pages).sum()
    }

    /// What its writer wanted to know again.
    ///
    /// # Errors
    /// When that is something else.
    pub fn label<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        T::deserialize(&self.label)
    }

    /// Whether each of some pages from an address on is there with the digest given.
    pub(super) fn matches(
        &self,
        map: &str,
        address: u64,
        digests: &[[u8; DIGEST]],
    ) -> io::Result<Vec<bool>> {
        let page = page_size();
        let mut same = vec![false; digests.len()];
        let Some(runs) = self.runs.get(map) else {
            return Ok(same);
        };
        let end = address + digests.len() as u64 * page;
        let first = runs.partition_point(|(start, pages, _)| start + pages * page <= address);
        for (start, pages, number) in runs[first..].iter().take_while(|(start, ..)| *start < end) {
            let from = address.max(*start);
            let to = end.min(start + pages * page);
            let skip = usize::try_from((from - address) / page).map_err(io::Error::other)?;
            let count = usize::try_from((to - from) / page).map_err(io::Error::other)?;
            let mut known = vec![0; count * DIGEST];
            let place = (number + (from - start) / page) * DIGEST as u64;
            self.file.read_exact_at(&mut known, place)?;
            for (index, known) in known.chunks_exact(DIGEST).enumerate() {
                same[skip + index] = known == digests[skip + index];
            }
        }
        Ok(same)
    }
}

/// An index in the making; dropped, it goes.
#[derive(Debug)]
pub struct IndexWriter {
    path: PathBuf,
    partial: PathBuf,
    out: Hashed,
    table: Table,
    finished: bool,
}

#[derive(Debug)]
struct Hashed {
    out: BufWriter<File>,
    hash: blake3::Hasher,
}

impl Hashed {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.out.write_all(bytes)
    }
}

impl IndexWriter {
    /// Begins one that will be at `path`, which has `.partial` behind it until then.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn begin(path: &Path) -> io::Result<Self> {
        let partial = partial_path(path);
        remove_file_if_present(&partial)?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&partial)
            .map_err(at("make", &partial))?;
        Ok(Self {
            path: path.to_owned(),
            partial,
            out: Hashed {
                out: BufWriter::new(file),
                hash: blake3::Hasher::new(),
            },
            table: Table::default(),
            finished: false,
        })
    }

    /// What follows is of this map. Maps come in the order of their names.
    pub(super) fn map(&mut self, name: &str) {
        self.table.maps.insert(name.to_owned(), Vec::new());
    }

    /// The digests of pages from an address on, of the map that came last.
    pub(super) fn pages(&mut self, address: u64, digests: &[[u8; DIGEST]]) -> io::Result<()> {
        let page = page_size();
        let count = digests.len() as u64;
        if let Some(mut runs) = self.table.maps.last_entry() {
            let runs = runs.get_mut();
            match runs.last_mut() {
                Some((start, pages)) if *start + *pages * page == address => *pages += count,
                _ => runs.push((address, count)),
            }
        }
        digests.iter().try_for_each(|digest| self.out.put(digest))
    }

    /// Puts it there. It may be called for another place on the same file system than was said.
    ///
    /// # Errors
    /// When the disk takes no more.
    pub fn finish(mut self, path: Option<&Path>, label: &impl Serialize) -> io::Result<()> {
        self.table.label = serde_json::to_value(label).map_err(io::Error::other)?;
        let text = serde_json::to_vec(&self.table).map_err(io::Error::other)?;
        self.out.put(&text)?;
        self.out.put(&(text.len() as u64).to_le_bytes())?;
        let digest = self.out.hash.finalize();
        self.out.out.write_all(digest.as_bytes())?;
        self.out.out.flush()?;
        self.finished = true;
        let path = path.unwrap_or(&self.path);
        fs::rename(&self.partial, path).map_err(at("rename", &self.partial))
    }
}

impl Drop for IndexWriter {
    fn drop(&mut self) {
        if !self.finished {
            drop(fs::remove_file(&self.partial));
        }
    }
}
