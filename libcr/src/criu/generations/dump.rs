//! The memory that a directory of images describes, with the pages of those that it builds upon.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use prost::Message;

use super::super::contents::pagemap::{self, Run};
use super::super::contents::source::Images;
use super::super::contents::{Directory, ImageSource};
use super::super::images::{read_image, undecodable, wrong};
use super::super::{CriuError, wire};
use super::page_size;
use super::pagemap::{Entry, Head, IN_PARENT, PRESENT};
use crate::sys::dir::at;

/// One map: the memory of a process, or memory that several share.
#[derive(Debug, Clone)]
pub(super) struct Map {
    /// As in `pagemap-NAME.img`.
    pub(super) name: String,
    /// Its pages are in `pages-ID.img`.
    pub(super) pages_id: u32,
    /// As the directory itself lists them: what belongs together, and what may come later.
    pub(super) entries: Vec<Entry>,
    /// Where each page is, by address.
    pub(super) runs: Vec<Run>,
}

impl Map {
    /// Name of the image that lists its pages.
    pub(super) fn file(&self) -> String {
        format!("pagemap-{}.img", self.name)
    }

    /// Name of the image that has them.
    pub(super) fn pages_file(&self) -> String {
        format!("pages-{}.img", self.pages_id)
    }
}

/// All memory in a directory of images.
#[derive(Debug)]
pub struct Memory {
    pub(super) directory: PathBuf,
    /// By name.
    pub(super) maps: Vec<Map>,
    files: HashMap<Arc<str>, File>,
}

impl Memory {
    /// Reads the maps; the pages are not read yet.
    ///
    /// # Errors
    /// [`CriuError::Image`] for what is damaged, [`CriuError::Io`] for what is missing, also of
    /// the images that it builds upon.
    pub fn read(directory: &Path) -> Result<Self, CriuError> {
        let mut source = Directory::new(directory, "");
        let mut names: Vec<String> = source
            .list("")
            .into_iter()
            .filter_map(|(file, _)| {
                let inner = file.strip_prefix("pagemap-")?.strip_suffix(".img")?;
                Some(inner.to_owned())
            })
            .collect();
        names.sort_unstable();
        let mut maps = Vec::new();
        let mut images = Images::new(&mut source);
        for name in names {
            maps.push(read_map(directory, &mut images, name)?);
        }
        let mut files = HashMap::new();
        for run in maps.iter().flat_map(|map| &map.runs) {
            let image = run.image.as_ref().ok_or_else(absent)?;
            if !files.contains_key(image) {
                let file = source.open(image)?.ok_or_else(absent)?;
                files.insert(Arc::clone(image), file);
            }
        }
        Ok(Self {
            directory: directory.to_owned(),
            maps,
            files,
        })
    }

    /// How many pages there are.
    pub fn pages(&self) -> u64 {
        let runs = self.maps.iter().flat_map(|map| &map.runs);
        runs.map(|run| run.pages).sum()
    }

    /// Bytes of all pages.
    pub fn bytes(&self) -> u64 {
        self.pages() * page_size()
    }

    /// Where its pages are: the file, the number of the first in it, and how many.
    pub fn places(&self) -> impl Iterator<Item = (PathBuf, u64, u64)> + '_ {
        let runs = self.maps.iter().flat_map(|map| &map.runs);
        runs.filter_map(|run| {
            let image = run.image.as_deref()?;
            Some((self.directory.join(image), run.first, run.pages))
        })
    }

    /// Reads pages of a run, from its page `skip` on, until the buffer is full.
    pub(super) fn read_pages(&self, run: &Run, skip: u64, buffer: &mut [u8]) -> io::Result<()> {
        let image = run.image.as_ref().ok_or_else(absent)?;
        let file = self.files.get(image).ok_or_else(absent)?;
        file.read_exact_at(buffer, (run.first + skip) * page_size())
            .map_err(at("read", Path::new(&**image)))
    }

    /// Bytes of a file that pages are in.
    pub(super) fn file_len(&self, image: &Arc<str>) -> io::Result<u64> {
        let file = self.files.get(image).ok_or_else(absent)?;
        Ok(file.metadata()?.len())
    }
}

fn absent() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "pages of the memory are not there")
}

fn read_map(directory: &Path, images: &mut Images<'_>, name: String) -> Result<Map, CriuError> {
    let path = directory.join(format!("pagemap-{name}.img"));
    let bytes = read_image(&path)?;
    let mut parts = wire::Entries::of(&bytes, wire::PAGEMAP).map_err(|why| wrong(&path, why))?;
    let head = parts
        .next()
        .ok_or_else(|| wrong(&path, "it has no entry"))?;
    let (offset, head) = head.map_err(|why| wrong(&path, why))?;
    let head = Head::decode(head).map_err(|_| wrong(&path, undecodable(offset)))?;
    let mut entries = Vec::new();
    for part in parts {
        let (offset, part) = part.map_err(|why| wrong(&path, why))?;
        let entry = Entry::decode(part).map_err(|_| wrong(&path, undecodable(offset)))?;
        if entry.kind() & (IN_PARENT | PRESENT) == 0 {
            return Err(wrong(&path, "it lists pages that are elsewhere"));
        }
        if entry.count() > 0 {
            entries.push(entry);
        }
    }
    let runs = pagemap::runs(images, &name, page_size());
    if let Some(error) = images.wrong.pop() {
        return Err(error);
    }
    let listed: u64 = entries.iter().map(Entry::count).sum();
    if runs.iter().map(|run| run.pages).sum::<u64>() != listed {
        return Err(wrong(&path, "it lists pages that are in no image"));
    }
    Ok(Map {
        name,
        pages_id: head.pages_id,
        entries,
        runs,
    })
}
