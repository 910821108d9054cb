//! Which pages of a dump an earlier generation has already, and the images that say so.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, symlink};
use std::path::Path;

use super::super::contents::pagemap::Run;
use super::dump::{Map, Memory};
use super::index::{DIGEST, Index, IndexWriter};
use super::pagemap::{self, Entry, IN_PARENT, LAZY, PRESENT};
use super::{PARENT, page_size};
use crate::sys::dir::at;

/// Pages that are written at a time: 1 MiB.
const BATCH: u64 = 256;
/// Pages that are read and hashed at a time, on all processors: 16 MiB.
const HASHED: u64 = 4096;
/// Fewer pages are not worth a thread.
const SHARE: usize = 128;

/// Pages side by side, all of which changed or none.
#[derive(Debug, Clone)]
struct Piece {
    run: Run,
    changed: bool,
}

/// The pages of one map.
#[derive(Debug)]
pub struct SplitMap {
    map: Map,
    pieces: Vec<Piece>,
}

impl SplitMap {
    fn changed(&self) -> u64 {
        let changed = self.pieces.iter().filter(|piece| piece.changed);
        changed.map(|piece| piece.run.pages).sum()
    }

    /// Adds a page, to the piece before it where that is of the same kind and place.
    fn push(&mut self, run: &Run, skip: u64, changed: bool) {
        let page = page_size();
        let (address, first) = (run.address + skip * page, run.first + skip);
        if let Some(last) = self.pieces.last_mut()
            && last.changed == changed
            && last.run.image == run.image
            && last.run.end(page) == address
            && last.run.first + last.run.pages == first
        {
            last.run.pages += 1;
            return;
        }
        self.pieces.push(Piece {
            run: Run {
                address,
                pages: 1,
                image: run.image.clone(),
                first,
            },
            changed,
        });
    }

    /// The map of the new generation.
    fn pagemap(&self) -> Vec<u8> {
        let page = page_size();
        let mut entries: Vec<Entry> = Vec::new();
        for piece in &self.pieces {
            let flags = if piece.changed { PRESENT } else { IN_PARENT };
            let (address, pages) = (piece.run.address, piece.run.pages);
            match entries.last_mut() {
                Some(last)
                    if last.kind() == flags && last.address + last.count() * page == address =>
                {
                    *last = Entry::new(last.address, last.count() + pages, flags);
                }
                _ => entries.push(Entry::new(address, pages, flags)),
            }
        }
        pagemap::image(self.map.pages_id, entries)
    }

    /// The map of the dump itself once a generation has its pages.
    fn emptied(&self) -> Vec<u8> {
        let entries = self.map.entries.iter().map(|entry| {
            let flags = IN_PARENT | (entry.kind() & LAZY);
            Entry::new(entry.address, entry.count(), flags)
        });
        pagemap::image(self.map.pages_id, entries)
    }
}

/// A dump that was compared with an earlier generation.
#[derive(Debug)]
pub struct Split {
    memory: Memory,
    maps: Vec<SplitMap>,
}

impl Split {
    /// Reads all pages of a dump, once, and compares them with an earlier generation. Their
    /// digests go into `index`.
    ///
    /// # Errors
    /// When pages can't be read, or the index can't be written.
    pub fn compare(
        mut memory: Memory,
        earlier: Option<&Index>,
        index: &mut IndexWriter,
    ) -> io::Result<Self> {
        let maps = std::mem::take(&mut memory.maps);
        let mut split = Vec::with_capacity(maps.len());
        for map in maps {
            index.map(&map.name);
            let mut one = SplitMap {
                map,
                pieces: Vec::new(),
            };
            let runs = std::mem::take(&mut one.map.runs);
            for run in &runs {
                compare_run(&memory, run, &mut one, earlier, index)?;
            }
            split.push(one);
        }
        Ok(Self {
            memory,
            maps: split,
        })
    }

    /// Pages that the earlier generation has not, or all.
    pub fn changed(&self) -> u64 {
        self.maps.iter().map(SplitMap::changed).sum()
    }

    /// All pages.
    pub fn pages(&self) -> u64 {
        let pieces = self.maps.iter().flat_map(|map| &map.pieces);
        pieces.map(|piece| piece.run.pages).sum()
    }

    /// Whether the memory is that of the earlier generation: the same pages, none changed. Fewer would
    /// not do: those that are left over in it nobody would keep for the next comparison.
    pub fn is_same(&self, earlier: &Index) -> bool {
        self.changed() == 0 && self.pages() == earlier.pages()
    }

    /// Leaves the earlier generation aside: all pages are taken for changed.
    pub fn forget_earlier(&mut self) {
        for map in &mut self.maps {
            let pieces = std::mem::take(&mut map.pieces);
            for piece in pieces {
                map.pieces.push(Piece {
                    changed: true,
                    ..piece
                });
            }
        }
    }

    /// The images of the new generation, in their order: those that list pages, then those that
    /// hold them, as name and length in bytes.
    pub fn files(&self) -> Vec<(GenerationFile<'_>, String, u64)> {
        let with_pages = || self.maps.iter().filter(|map| !map.pieces.is_empty());
        let lists = with_pages().map(|map| {
            let bytes = map.pagemap();
            let len = bytes.len() as u64;
            (GenerationFile::List(bytes), map.map.file(), len)
        });
        let pages = with_pages().map(|map| {
            let len = map.changed() * page_size();
            (
                GenerationFile::Pages(&self.memory, map),
                map.map.pages_file(),
                len,
            )
        });
        lists.chain(pages).collect()
    }

    /// The dump's own maps as they are once a generation has its pages: name and content. Beside
    /// each belongs an empty image of pages, whose name comes last.
    pub fn emptied(&self) -> Vec<(String, Vec<u8>, String)> {
        let with_pages = self.maps.iter().filter(|map| !map.pieces.is_empty());
        with_pages
            .map(|map| (map.map.file(), map.emptied(), map.map.pages_file()))
            .collect()
    }

    /// Writes the new generation into `directory`, which is made, with a link to its parent. Pages
    /// that are a file of the dump as a whole are not copied: the file gets another name.
    ///
    /// # Errors
    /// When the disk takes no more.
    pub fn write_generation(&self, directory: &Path, parent: Option<&str>) -> io::Result<()> {
        make_directory(directory)?;
        if let Some(parent) = parent {
            let link = directory.join(PARENT);
            symlink(parent, &link).map_err(at("link", &link))?;
        }
        for (file, name, _) in self.files() {
            let path = directory.join(name);
            if let Some(whole) = file.whole()? {
                match fs::hard_link(&whole, &path) {
                    Ok(()) => continue,
                    Err(error) => tracing::debug!(%error, "pages are copied"),
                }
            }
            let mut out = BufWriter::with_capacity(1 << 20, create(&path)?);
            file.write_to(&mut out)?;
            out.flush().map_err(at("write", &path))?;
        }
        Ok(())
    }

    /// Writes the dump as it is once a generation has its pages into `directory`, which is made:
    /// all its other images get a second name there, and `parent` leads to `parent`.
    ///
    /// # Errors
    /// When the disk takes no more.
    pub fn write_emptied(&self, directory: &Path, parent: &str) -> io::Result<()> {
        make_directory(directory)?;
        let emptied = self.emptied();
        for (list, bytes, pages) in &emptied {
            let path = directory.join(list);
            create(&path)?
                .write_all(bytes)
                .map_err(at("write", &path))?;
            create(&directory.join(pages))?;
        }
        let link = directory.join(PARENT);
        symlink(parent, &link).map_err(at("link", &link))?;
        let from = &self.memory.directory;
        for entry in fs::read_dir(from).map_err(at("list", from))? {
            let entry = entry.map_err(at("list", from))?;
            let (name, path) = (entry.file_name(), entry.path());
            let written = |(list, _, pages): &(String, Vec<u8>, String)| {
                name == list.as_str() || name == pages.as_str()
            };
            if name == PARENT || emptied.iter().any(written) {
                continue;
            }
            let to = directory.join(&name);
            fs::hard_link(&path, &to).map_err(at("link", &path))?;
        }
        Ok(())
    }
}

/// An image of a new generation.
#[derive(Debug)]
pub enum GenerationFile<'a> {
    /// Lists pages.
    List(Vec<u8>),
    /// Holds those that changed.
    Pages(&'a Memory, &'a SplitMap),
}

impl GenerationFile<'_> {
    /// Writes its content.
    ///
    /// # Errors
    /// When pages can't be read, or `out` takes no more.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::List(bytes) => out.write_all(bytes),
            Self::Pages(memory, map) => {
                let page = page_size();
                let mut buffer = Vec::new();
                for piece in map.pieces.iter().filter(|piece| piece.changed) {
                    let mut done = 0;
                    while done < piece.run.pages {
                        let now = BATCH.min(piece.run.pages - done);
                        buffer.resize(usize::try_from(now * page).map_err(io::Error::other)?, 0);
                        memory.read_pages(&piece.run, done, &mut buffer)?;
                        out.write_all(&buffer)?;
                        done += now;
                    }
                }
                Ok(())
            }
        }
    }

    /// The file of the dump that has just this content.
    fn whole(&self) -> io::Result<Option<std::path::PathBuf>> {
        let Self::Pages(memory, map) = self else {
            return Ok(None);
        };
        let Some(image) = map.pieces.first().and_then(|piece| piece.run.image.clone()) else {
            return Ok(None);
        };
        // One of the images that this one builds upon is not ours to share.
        if image.contains('/') {
            return Ok(None);
        }
        let mut next = 0;
        for piece in &map.pieces {
            let follows = piece.changed && piece.run.first == next;
            if !follows || piece.run.image.as_ref() != Some(&image) {
                return Ok(None);
            }
            next += piece.run.pages;
        }
        let all = memory.file_len(&image)? == next * page_size();
        Ok(all.then(|| memory.directory.join(&*image)))
    }
}

fn compare_run(
    memory: &Memory,
    run: &Run,
    into: &mut SplitMap,
    earlier: Option<&Index>,
    index: &mut IndexWriter,
) -> io::Result<()> {
    let page = page_size();
    let size = usize::try_from(page).map_err(io::Error::other)?;
    let mut buffer = Vec::new();
    let mut digests: Vec<[u8; DIGEST]> = Vec::new();
    let mut done = 0;
    while done < run.pages {
        let now = HASHED.min(run.pages - done);
        buffer.resize(usize::try_from(now * page).map_err(io::Error::other)?, 0);
        memory.read_pages(run, done, &mut buffer)?;
        digests.resize(buffer.len() / size, [0; DIGEST]);
        hash(&buffer, size, &mut digests);
        let address = run.address + done * page;
        let same = match earlier {
            Some(earlier) => earlier.matches(&into.map.name, address, &digests)?,
            None => vec![false; digests.len()],
        };
        for (number, same) in (done..).zip(same) {
            into.push(run, number, !same);
        }
        index.pages(address, &digests)?;
        done += now;
    }
    Ok(())
}

/// The digest of each page.
fn hash(pages: &[u8], size: usize, digests: &mut [[u8; DIGEST]]) {
    let each = |pages: &[u8], digests: &mut [[u8; DIGEST]]| {
        for (page, digest) in pages.chunks_exact(size).zip(digests) {
            *digest = *blake3::hash(page).as_bytes();
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = digests.len().div_ceil(threads).max(SHARE);
    if share >= digests.len() {
        return each(pages, digests);
    }
    let all = std::thread::scope(|scope| {
        let mut shares = pages.chunks(share * size).zip(digests.chunks_mut(share));
        shares.all(|(pages, digests)| {
            let thread = std::thread::Builder::new();
            thread
                .spawn_scoped(scope, move || each(pages, digests))
                .is_ok()
        })
    });
    if !all {
        // No thread is to be had.
        each(pages, digests);
    }
}

fn make_directory(directory: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .mode(0o700)
        .create(directory)
        .map_err(at("make", directory))
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(at("make", path))
}
