//! CRIU's images inside an archive.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use crate::archive::browse::Range;
use crate::archive::{ArchiveError, Browser, layout};
use crate::criu::CriuError;
use crate::criu::contents::{ImageSource, Part};

/// Images as members of an archive.
#[derive(Debug)]
pub struct ArchivedImages<'b> {
    browser: &'b mut Browser,
    root: String,
    /// Files by directory: name and bytes.
    directories: HashMap<String, Vec<(String, u64)>>,
    lengths: HashMap<String, u64>,
}

impl<'b> ArchivedImages<'b> {
    /// Those of the checkpoint in the directory `root`.
    pub fn new(browser: &'b mut Browser, root: &str) -> Self {
        let mut directories: HashMap<String, Vec<(String, u64)>> = HashMap::new();
        let mut lengths = HashMap::new();
        for entry in browser.members() {
            let (directory, file) = entry.name.rsplit_once('/').unwrap_or(("", &entry.name));
            let files = directories.entry(directory.to_owned()).or_default();
            files.push((file.to_owned(), entry.len));
            lengths.insert(entry.name.clone(), entry.len);
        }
        Self {
            browser,
            root: root.to_owned(),
            directories,
            lengths,
        }
    }

    /// The directories of generations in one of images, by their numbers.
    fn generations<'s>(&'s self, images: &'s str) -> impl Iterator<Item = (u32, &'s String)> {
        self.directories.keys().filter_map(move |name| {
            let inner = name.strip_prefix(images)?.strip_prefix('/')?;
            Some((layout::generation_number(inner)?, name))
        })
    }

    /// The only one of which `is` says so.
    fn generation(&self, images: &str, is: impl Fn(u32) -> bool) -> Option<String> {
        let mut found = self.generations(images).filter(|(number, _)| is(*number));
        match (found.next(), found.next()) {
            (Some((_, name)), None) => Some(name.clone()),
            _ => None,
        }
    }

    fn has(&self, directory: &str) -> bool {
        self.directories.contains_key(directory)
    }
}

fn failed(error: ArchiveError) -> CriuError {
    match error {
        ArchiveError::Io { source, doing } => {
            let reason = crate::sys::dir::reason(&source);
            io::Error::new(source.kind(), format!("{doing}: {reason}")).into()
        }
        error => io::Error::other(error.to_string()).into(),
    }
}

impl ImageSource for ArchivedImages<'_> {
    fn root(&self) -> String {
        self.root.clone()
    }

    /// Links are not listed; where they lead follows from the names. A checkpoint builds upon the
    /// newest pre-checkpoint, that upon the one of the highest number, each other upon the one
    /// before it (`steps/freezing/place.rs`; Podman has one pre-checkpoint alone). Where there are
    /// generations of memory, a checkpoint builds upon that of the highest number, and each upon
    /// the one before.
    fn parent(&self, directory: &str) -> Option<String> {
        let (above, generation) = directory.rsplit_once('/').unwrap_or(("", directory));
        if let Some(number) = layout::generation_number(generation) {
            return self.generation(above, |found| found + 1 == number);
        }
        if let Some(newest) = self.generations(directory).map(|(number, _)| number).max() {
            return self.generation(directory, |found| found == newest);
        }
        let older = |number: u32| format!("{}-{number}", layout::PRE_CHECKPOINT);
        let parent = match layout::pre_checkpoint_number(directory) {
            None => layout::PRE_CHECKPOINT.to_owned(),
            Some(0) => {
                let numbers = self.directories.keys();
                let numbers = numbers.filter_map(|name| layout::pre_checkpoint_number(name));
                older(numbers.max().filter(|number| *number > 0)?)
            }
            Some(number) => older(number.checked_sub(1).filter(|number| *number > 0)?),
        };
        self.has(&parent).then_some(parent)
    }

    fn list(&self, directory: &str) -> Vec<(String, u64)> {
        self.directories.get(directory).cloned().unwrap_or_default()
    }

    fn shown(&self, image: &str) -> PathBuf {
        image.into()
    }

    fn read(&mut self, image: &str, limit: u64) -> Result<Option<Vec<u8>>, CriuError> {
        self.browser.read(image, limit).map_err(failed)
    }

    fn read_parts(&mut self, wanted: &[Part]) -> Result<Vec<Vec<u8>>, CriuError> {
        // A range beyond its member would fail all of them.
        let range = |part: &Part| {
            let len = self.lengths.get(&part.image).copied().unwrap_or(0);
            let left = len.saturating_sub(part.offset);
            let len = usize::try_from(left).map_or(part.len, |left| left.min(part.len));
            (len > 0).then(|| Range {
                member: part.image.clone(),
                offset: part.offset,
                len,
            })
        };
        let ranges: Vec<Option<Range>> = wanted.iter().map(range).collect();
        let asked: Vec<Range> = ranges.iter().flatten().cloned().collect();
        let mut read = self
            .browser
            .read_ranges(&asked)
            .map_err(failed)?
            .into_iter();
        let mut found = |range: Option<Range>| match range {
            Some(_) => read.next().unwrap_or_default(),
            None => Vec::new(),
        };
        Ok(ranges.into_iter().map(&mut found).collect())
    }
}
