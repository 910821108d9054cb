//! The parts of a checkpoint by their names in an archive, wherever they are.

use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::archive::browse::Range;
use crate::archive::layout::Kind;
use crate::archive::{ArchiveError, Browser, Limits, Opening, layout};
use crate::criu::contents::{Directory, ImageSource, Look, join};
use crate::error::{Error, Result};
use crate::model::shown::Sizes;
use crate::ops::steps::archived_images::ArchivedImages;
use crate::seal::Keys;
use crate::sys::dir::at;

/// Bytes of JSON that are read.
pub(super) const JSON_LIMIT: u64 = 4 << 20;
/// Bytes of a small part.
pub(super) const SMALL_LIMIT: u64 = 1 << 20;
/// Bytes of a list, which takes fifteen times as much in memory.
pub(super) const LIST_LIMIT: u64 = 8 << 20;
/// Files of a directory that are looked at.
const FILE_LIMIT: usize = 1 << 20;

/// Names of which any tells that a directory holds CRIU's images.
const IMAGES: [&str; 2] = ["inventory.img", "pstree.img"];

enum Place {
    Archive(Box<Browser>),
    Directory(PathBuf),
}

/// A checkpoint's parts.
pub(super) struct Members {
    place: Place,
    /// Name and bytes.
    files: Vec<(String, u64)>,
    /// The directory of CRIU's images; may be empty. `None`: there are none.
    root: Option<String>,
    /// It ends before its end.
    cut: bool,
}

impl Members {
    /// Those of an archive.
    ///
    /// # Errors
    /// When it is none, or nothing of it can be read.
    pub(super) fn archive(path: &Path, keys: &Keys) -> Result<Self> {
        let opening = Opening {
            limits: Limits::default(),
            keys: keys.clone(),
        };
        let browser = Browser::open(path, opening)?;
        let files = browser.members().iter();
        let files = files.map(|entry| (entry.name.clone(), entry.len)).collect();
        let cut = !browser.is_whole();
        let members = Self::new(Place::Archive(Box::new(browser)), files, cut);
        let says = [layout::MANIFEST, layout::CONFIG_DUMP, layout::SPEC_DUMP];
        if members.root.is_none() && !says.iter().any(|name| members.len(name).is_some()) {
            return Err(ArchiveError::Missing {
                archive: path.display().to_string(),
                member: layout::CHECKPOINT,
            }
            .into());
        }
        Ok(members)
    }

    /// Those of a directory: what an archive holds, or a bundle, or images right in it.
    ///
    /// # Errors
    /// When there is nothing of a checkpoint in it.
    pub(super) fn directory(path: &Path) -> Result<Self> {
        let mut files = Vec::new();
        for entry in fs::read_dir(path).map_err(at("read", path))? {
            let entry = entry.map_err(at("read", path))?;
            let (Ok(name), Ok(facts)) = (entry.file_name().into_string(), entry.metadata()) else {
                continue;
            };
            let of_images = name == layout::CHECKPOINT
                || layout::pre_checkpoint_number(&name).is_some()
                || name == "volumes";
            if facts.is_file() {
                files.push((name, facts.len()));
            } else if facts.is_dir() && of_images {
                let inner = Directory::new(path, "").list(&name).into_iter();
                files.extend(inner.map(|(file, len)| (join(&name, &file), len)));
            }
            if files.len() > FILE_LIMIT {
                break;
            }
        }
        let members = Self::new(Place::Directory(path.to_owned()), files, false);
        if members.root.is_none() {
            return Err(Error::Invalid(format!(
                "{} holds no checkpoint: neither a directory {} nor images of CRIU",
                path.display(),
                layout::CHECKPOINT
            )));
        }
        Ok(members)
    }

    fn new(place: Place, files: Vec<(String, u64)>, cut: bool) -> Self {
        let within = |directory: &str| {
            let mut names = files.iter().filter_map(|(name, _)| name.split_once('/'));
            names.any(|(first, _)| first == directory)
        };
        let root = [layout::CHECKPOINT, layout::PRE_CHECKPOINT]
            .into_iter()
            .find(|directory| within(directory))
            .or_else(|| {
                // What containerd's `ctr` exports, and what criu(8) writes.
                let images = files
                    .iter()
                    .any(|(name, _)| IMAGES.contains(&name.as_str()));
                images.then_some("")
            });
        Self {
            place,
            root: root.map(str::to_owned),
            files,
            cut,
        }
    }

    /// It is an archive that ends before its end.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// It is an archive that is encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        matches!(&self.place, Place::Archive(browser) if browser.is_encrypted())
    }

    /// Bytes of a part; `None`: there is none of this name.
    pub(super) fn len(&self, name: &str) -> Option<u64> {
        let found = self.files.iter().find(|(file, _)| file == name);
        found.map(|(_, len)| *len)
    }

    /// The named volumes whose content is there, with its bytes.
    pub(super) fn volumes(&self) -> Vec<(String, u64)> {
        let volume = |(name, len): &(String, u64)| {
            // In a bundle they lie beside the rest.
            let beside = name.strip_prefix("volume-");
            let beside = beside.and_then(|name| name.strip_suffix(".tar"));
            match Kind::of(name) {
                Kind::Volume(volume) => Some((volume, *len)),
                _ => Some((beside?.to_owned(), *len)),
            }
        };
        self.files.iter().filter_map(volume).collect()
    }

    /// How much there is of what.
    pub(super) fn sizes(&self) -> Sizes {
        let mut sizes = Sizes {
            archive: match &self.place {
                Place::Archive(browser) => browser.size(),
                Place::Directory(_) => 0,
            },
            rootfs_diff: self.len(layout::ROOTFS_DIFF).unwrap_or(0),
            dev_shm: self.len(layout::DEV_SHM).unwrap_or(0),
            log: self.len(layout::LOG).unwrap_or(0),
            volumes: self.volumes().iter().map(|(_, len)| len).sum(),
            ..Sizes::default()
        };
        for (name, len) in &self.files {
            let (directory, file) = name.rsplit_once('/').unwrap_or(("", name));
            let images = if self.root.as_deref() == Some("") {
                directory.is_empty() && file.strip_suffix(".img").is_some()
            } else {
                matches!(
                    Kind::of(name),
                    Kind::Checkpoint | Kind::Memory | Kind::PreCheckpoint
                )
            };
            if images {
                sizes.images = sizes.images.saturating_add(*len);
                if file.starts_with("pages-") {
                    sizes.memory = sizes.memory.saturating_add(*len);
                }
            }
        }
        sizes
    }

    /// A part; nothing when there is none, or when it can't be read, which `unclear` is told.
    pub(super) fn read(
        &mut self,
        name: &str,
        limit: u64,
        unclear: &mut Vec<String>,
    ) -> Option<Vec<u8>> {
        let len = self.len(name)?;
        if len > limit {
            unclear.push(format!(
                "{name} has {len} bytes, more than the {limit} that are read of it"
            ));
            return None;
        }
        let read: Result<Option<Vec<u8>>> = match &mut self.place {
            Place::Archive(browser) => browser.read(name, limit).map_err(Into::into),
            Place::Directory(path) => read_file(&path.join(name), limit)
                .map(Some)
                .map_err(Into::into),
        };
        read.unwrap_or_else(|error| {
            unclear.push(error.to_string());
            None
        })
    }

    /// The first bytes of a part, as many as there are; none when they can't be read.
    pub(super) fn start(&mut self, name: &str, len: usize) -> Vec<u8> {
        let there = self.len(name).unwrap_or(0);
        let len = usize::try_from(there).map_or(len, |there| there.min(len));
        if len == 0 {
            return Vec::new();
        }
        match &mut self.place {
            Place::Archive(browser) => {
                let range = Range {
                    member: name.to_owned(),
                    offset: 0,
                    len,
                };
                let read = browser.read_ranges(&[range]).unwrap_or_default();
                read.into_iter().next().unwrap_or_default()
            }
            Place::Directory(path) => read_file(&path.join(name), len as u64).unwrap_or_default(),
        }
    }

    /// Looks into the images; nothing when there are none.
    pub(super) fn look(&mut self, environment: bool) -> Option<Look> {
        let root = self.root.as_deref()?;
        Some(match &mut self.place {
            Place::Archive(browser) => {
                Look::into(&mut ArchivedImages::new(browser, root), environment)
            }
            Place::Directory(path) => Look::into(&mut Directory::new(path, root), environment),
        })
    }
}

/// The first bytes of a plain file.
fn read_file(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let flags =
        i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).map_err(io::Error::other)?;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(at("read", path))?;
    let mut bytes = Vec::new();
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(at("read", path))?;
    Ok(bytes)
}
