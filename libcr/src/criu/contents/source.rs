//! Where images are read from, and how: everything that can be read is used, what is wrong is
//! gathered beside it, and no file makes us take more memory than is set here.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use prost::Message;
use rustix::fs::OFlags;

use super::super::CriuError;
use super::super::images::{IMAGE_LIMIT, undecodable, wrong};
use super::super::wire::{Damage, Entries};
use crate::sys::dir::at;

/// Things that are gathered are counted up to this; then there are no more of them.
const COUNT_LIMIT: usize = 1 << 20;
/// The same for bytes of text.
const TEXT_LIMIT: usize = 256 << 20;
/// Complaints that are kept.
const COMPLAINTS: usize = 200;

/// A part of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The image, `DIRECTORY/NAME` or, where the directory has no name, `NAME`.
    pub image: String,
    /// First byte.
    pub offset: u64,
    /// How many bytes.
    pub len: usize,
}

/// Something that holds the images of a checkpoint, and perhaps of those that it builds upon: each
/// in a directory of its own, told apart by a name.
pub trait ImageSource {
    /// The directory of the checkpoint itself; may be empty.
    fn root(&self) -> String;
    /// The directory that the images in another one build upon, if they say that there is one.
    fn parent(&self, directory: &str) -> Option<String>;
    /// The files in a directory: name and bytes. Empty for one that isn't there.
    fn list(&self, directory: &str) -> Vec<(String, u64)>;
    /// What messages call an image.
    fn shown(&self, image: &str) -> PathBuf;
    /// A whole image (as in [`Part::image`]); nothing when there is none.
    ///
    /// # Errors
    /// When it can't be read, or has more than `limit` bytes.
    fn read(&mut self, image: &str, limit: u64) -> Result<Option<Vec<u8>>, CriuError>;
    /// Parts of images, in the order asked for; as many bytes of each as there are.
    ///
    /// # Errors
    /// When they can't be read.
    fn read_parts(&mut self, wanted: &[Part]) -> Result<Vec<Vec<u8>>, CriuError>;
}

/// The name of a file in a directory, either of which [`ImageSource`] gave.
pub fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() {
        name.to_owned()
    } else {
        format!("{directory}/{name}")
    }
}

/// Images in a directory of the file system. No link is followed but `parent`.
#[derive(Debug)]
pub struct Directory {
    base: PathBuf,
    root: String,
}

impl Directory {
    /// The images are in the directory `root` of `base`, or right in it.
    pub fn new(base: &Path, root: &str) -> Self {
        Self {
            base: base.to_owned(),
            root: root.to_owned(),
        }
    }

    /// Opens an image, whatever its size.
    ///
    /// # Errors
    /// [`CriuError::Image`] when it is no plain file.
    pub(in super::super) fn open(&self, image: &str) -> Result<Option<File>, CriuError> {
        let path = self.base.join(image);
        let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits())
            .map_err(io::Error::other)?;
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(&path);
        let file = match opened {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(at("read", &path))?,
        };
        if !file.metadata()?.is_file() {
            return Err(wrong(&path, "it is no file"));
        }
        Ok(Some(file))
    }
}

impl ImageSource for Directory {
    fn root(&self) -> String {
        self.root.clone()
    }

    fn parent(&self, directory: &str) -> Option<String> {
        let parent = join(directory, "parent");
        let link = self.base.join(&parent);
        if !link
            .symlink_metadata()
            .is_ok_and(|facts| facts.is_symlink())
        {
            return None;
        }
        // An absolute path stands for itself; links behind links are followed 40 times only.
        let target = fs::canonicalize(link).ok();
        let target = target.and_then(|target| target.into_os_string().into_string().ok());
        Some(target.unwrap_or(parent))
    }

    fn list(&self, directory: &str) -> Vec<(String, u64)> {
        let entries = fs::read_dir(self.base.join(directory))
            .into_iter()
            .flatten();
        let files = entries.flatten().take(COUNT_LIMIT).filter_map(|entry| {
            let facts = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some((entry.file_name().into_string().ok()?, facts.len()))
        });
        files.collect()
    }

    fn shown(&self, image: &str) -> PathBuf {
        self.base.join(image)
    }

    fn read(&mut self, image: &str, limit: u64) -> Result<Option<Vec<u8>>, CriuError> {
        let Some(file) = self.open(image)? else {
            return Ok(None);
        };
        let path = self.base.join(image);
        let mut bytes = Vec::new();
        file.take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(at("read", &path))?;
        if bytes.len() as u64 > limit {
            return Err(wrong(&path, "it is no file of reasonable size"));
        }
        Ok(Some(bytes))
    }

    fn read_parts(&mut self, wanted: &[Part]) -> Result<Vec<Vec<u8>>, CriuError> {
        let read = |part: &Part| -> Result<Vec<u8>, CriuError> {
            let mut bytes = vec![0; part.len];
            let Some(file) = self.open(&part.image)? else {
                return Ok(Vec::new());
            };
            let mut done = 0;
            while done < bytes.len() {
                let count = file
                    .read_at(&mut bytes[done..], part.offset.saturating_add(done as u64))
                    .map_err(at("read", &self.base.join(&part.image)))?;
                if count == 0 {
                    break;
                }
                done += count;
            }
            bytes.truncate(done);
            Ok(bytes)
        };
        wanted.iter().map(read).collect()
    }
}

/// Images as they are read.
pub(in super::super) struct Images<'s> {
    source: &'s mut dyn ImageSource,
    /// What is wrong with them, the first first.
    pub(in super::super) wrong: Vec<CriuError>,
    /// What else could not be understood, sentences.
    pub(super) notes: Vec<String>,
    /// Bytes of the files of each directory that was asked about.
    sizes: HashMap<String, HashMap<String, u64>>,
    count: usize,
    text: usize,
}

impl<'s> Images<'s> {
    pub(in super::super) fn new(source: &'s mut dyn ImageSource) -> Self {
        Self {
            source,
            wrong: Vec::new(),
            notes: Vec::new(),
            sizes: HashMap::new(),
            count: 0,
            text: 0,
        }
    }

    pub(super) fn source(&mut self) -> &mut dyn ImageSource {
        self.source
    }

    /// Bytes of an image; `None`: there is none.
    pub(super) fn size(&mut self, directory: &str, name: &str) -> Option<u64> {
        if !self.sizes.contains_key(directory) {
            let files = self.source.list(directory).into_iter().collect();
            self.sizes.insert(directory.to_owned(), files);
        }
        self.sizes.get(directory)?.get(name).copied()
    }

    /// Whether there is such a directory with anything in it.
    pub(super) fn has(&mut self, directory: &str) -> bool {
        self.size(directory, "");
        let files = self.sizes.get(directory);
        files.is_some_and(|files| !files.is_empty())
    }

    /// Remembers what is wrong.
    pub(super) fn complain(&mut self, error: CriuError) {
        if self.wrong.len() < COMPLAINTS {
            self.wrong.push(error);
        }
    }

    /// Remembers what is wrong with an image.
    pub(super) fn damaged(&mut self, image: &str, damage: impl Into<Damage>) {
        self.complain(wrong(&self.source.shown(image), damage));
    }

    /// Remembers a sentence, once.
    pub(super) fn note(&mut self, sentence: String) {
        if self.notes.len() < COMPLAINTS && !self.notes.contains(&sentence) {
            self.notes.push(sentence);
        }
    }

    /// Remembers what could not be understood in an image, once.
    pub(super) fn remark(&mut self, image: &str, what: &str) {
        let image = self.source.shown(image);
        self.note(format!("{}: {what}", image.display()));
    }

    /// The complaint about an image that must be there and isn't.
    pub(super) fn missing(&mut self, image: &str) {
        let path = self.source.shown(image);
        let text = format!("read {}: No such file or directory", path.display());
        self.complain(io::Error::new(ErrorKind::NotFound, text).into());
    }

    /// Whether one more thing may be gathered.
    pub(super) fn may_grow(&mut self) -> bool {
        self.count += 1;
        if self.count == COUNT_LIMIT {
            self.note(format!(
                "more than {COUNT_LIMIT} processes, files and areas: the others are left out"
            ));
        }
        self.count < COUNT_LIMIT
    }

    /// A text that is kept once more; empty when there is too much of it.
    pub(super) fn keep(&mut self, text: &str) -> String {
        self.text = self.text.saturating_add(text.len());
        if self.text > TEXT_LIMIT {
            self.note("the names in it are too long: those that follow are left out".to_owned());
            return String::new();
        }
        text.to_owned()
    }

    /// Hands over the entries of an image one after another, up to where it is damaged or `each`
    /// has enough; whether there is such an image.
    pub(super) fn each<M: Message + Default>(
        &mut self,
        image: &str,
        magics: &[u32],
        mut each: impl FnMut(&mut Self, u64, M) -> bool,
    ) -> bool {
        self.each_raw(image, magics, |images, at, entry| {
            let message = M::decode(entry).map_err(|_| undecodable(at))?;
            Ok(each(images, at, message))
        })
    }

    /// The same with the entries as they are.
    pub(super) fn each_raw(
        &mut self,
        image: &str,
        magics: &[u32],
        mut each: impl FnMut(&mut Self, u64, &[u8]) -> Result<bool, Damage>,
    ) -> bool {
        let bytes = match self.source.read(image, IMAGE_LIMIT) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return false,
            Err(error) => {
                self.complain(error);
                return true;
            }
        };
        let entries = match Entries::of(&bytes, magics) {
            Ok(entries) => entries,
            Err(damage) => {
                self.damaged(image, damage);
                return true;
            }
        };
        for entry in entries {
            match entry.and_then(|(at, entry)| each(self, at, entry)) {
                Ok(true) => {}
                Ok(false) => break,
                Err(damage) => {
                    self.damaged(image, damage);
                    break;
                }
            }
        }
        true
    }

    /// The first entry of an image that need not be there.
    pub(super) fn first<M: Message + Default>(&mut self, image: &str, magics: &[u32]) -> Option<M> {
        let mut found = None;
        self.each(image, magics, |_, _, message: M| {
            found = Some(message);
            false
        });
        found
    }

    /// The first entry of an image that must be there and have one.
    pub(super) fn required<M: Message + Default>(
        &mut self,
        image: &str,
        magics: &[u32],
    ) -> Option<M> {
        let (before, mut found) = (self.wrong.len(), None);
        let there = self.each(image, magics, |_, _, message: M| {
            found = Some(message);
            false
        });
        if !there {
            self.missing(image);
        } else if found.is_none() && self.wrong.len() == before {
            self.damaged(image, "it has no entry");
        }
        found
    }
}
