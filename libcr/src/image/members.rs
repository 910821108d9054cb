//! Named members of an image archive, in a tar file or in a directory, read at random.
//!
//! A tar is indexed once by its headers; member names are keys, never paths on our disk. In a
//! directory cap-std keeps names inside.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use cap_std::fs::Dir;
use tar::{EntryType, Header, PaxExtensions};

use super::ImageError;

/// Longest long-name record or PAX header.
const META_LIMIT: u64 = 1 << 20;
/// Longest name or target of a link, bytes.
const NAME_LIMIT: usize = 4096;
/// An image archive has a handful of members for each layer.
const MEMBER_LIMIT: usize = 100_000;

/// Where members are read from.
#[derive(Debug)]
pub(super) enum Members {
    /// A plain tar and its index.
    Tar {
        file: Arc<File>,
        index: BTreeMap<String, Place>,
    },
    /// A directory.
    Directory(Dir),
}

/// Where a tar's member is.
#[derive(Debug)]
pub(super) enum Place {
    Data {
        offset: u64,
        size: u64,
    },
    /// Old docker-archives link layers that occur twice.
    Link(String),
}

impl Members {
    /// Opens a directory.
    pub(super) fn directory(path: &Path) -> Result<Self, ImageError> {
        Dir::open_ambient_dir(path, cap_std::ambient_authority())
            .map(Self::Directory)
            .map_err(ImageError::io("open", path))
    }

    /// Indexes a plain tar in a seekable file.
    pub(super) fn tar(file: File) -> Result<Self, ImageError> {
        let wrap = |source| ImageError::Io {
            doing: "read archive".into(),
            source,
        };
        let length = file.metadata().map_err(wrap)?.len();
        let mut index = BTreeMap::new();
        let (mut at, mut name, mut long_size) = (0_u64, None::<Vec<u8>>, None::<u64>);
        let mut link = None::<Vec<u8>>;
        while at < length {
            let mut block = [0_u8; 512];
            file.read_exact_at(&mut block, at)
                .map_err(|_| ImageError::archive("it ends early"))?;
            if block.iter().all(|byte| *byte == 0) {
                break;
            }
            let header = Header::from_byte_slice(&block);
            check_sum(header, &block)?;
            let size = header
                .entry_size()
                .map_err(|_| ImageError::archive("a size is malformed"))?;
            let kind = header.entry_type();
            at += 512;
            let size = match kind {
                EntryType::XHeader | EntryType::GNULongName | EntryType::GNULongLink => size,
                _ => long_size.take().unwrap_or(size),
            };
            let owns = !matches!(
                kind,
                EntryType::Symlink | EntryType::Link | EntryType::Directory
            );
            let size = if owns { size } else { 0 };
            let end = at.checked_add(size).filter(|end| *end <= length);
            let end = end.ok_or_else(|| ImageError::archive("it ends early"))?;
            match kind {
                EntryType::XHeader => {
                    for record in PaxExtensions::new(&meta(&file, at, size)?) {
                        let record =
                            record.map_err(|_| ImageError::archive("a PAX header is malformed"))?;
                        let value = record.value_bytes();
                        match record.key_bytes() {
                            b"path" => name = Some(value.to_vec()),
                            b"linkpath" => link = Some(value.to_vec()),
                            b"size" => {
                                let text = record.value().ok().and_then(|text| text.parse().ok());
                                long_size = Some(text.ok_or_else(|| {
                                    ImageError::archive("a PAX header is malformed")
                                })?);
                            }
                            _ => {}
                        }
                    }
                }
                EntryType::GNULongName => name = Some(c_string(meta(&file, at, size)?)),
                EntryType::GNULongLink => link = Some(c_string(meta(&file, at, size)?)),
                _ => {
                    let path = name
                        .take()
                        .unwrap_or_else(|| header.path_bytes().into_owned());
                    let target = link
                        .take()
                        .or_else(|| header.link_name_bytes().map(Into::into));
                    let long = |name: &[u8]| name.len() > NAME_LIMIT;
                    if long(&path) || target.as_ref().is_some_and(|target| long(target)) {
                        return Err(ImageError::archive("a name is too long"));
                    }
                    let path = normal(&String::from_utf8_lossy(&path), "");
                    match kind {
                        EntryType::Regular | EntryType::Continuous => {
                            drop(index.insert(path, Place::Data { offset: at, size }));
                        }
                        EntryType::Symlink | EntryType::Link => {
                            let target =
                                String::from_utf8_lossy(&target.unwrap_or_default()).into_owned();
                            let base = match kind {
                                EntryType::Symlink => {
                                    path.rsplit_once('/').map_or("", |(base, _)| base)
                                }
                                _ => "",
                            };
                            let target = normal(&target, base);
                            drop(index.insert(path, Place::Link(target)));
                        }
                        _ => {}
                    }
                }
            }
            if index.len() > MEMBER_LIMIT {
                return Err(ImageError::archive("it has too many members"));
            }
            at = end.next_multiple_of(512);
        }
        Ok(Self::Tar {
            file: Arc::new(file),
            index,
        })
    }

    /// Whether there is such a member.
    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Self::Tar { index, .. } => index.contains_key(name),
            Self::Directory(directory) => directory.is_file(name),
        }
    }

    /// A stream of a member's bytes, and how many there are.
    pub(super) fn open(&self, name: &str) -> Result<(Box<dyn Read + Send>, u64), ImageError> {
        let absent = || ImageError::archive(format!("{name} is missing"));
        match self {
            Self::Directory(directory) => {
                let wrap = |source: io::Error| match source.kind() {
                    io::ErrorKind::NotFound => absent(),
                    _ => ImageError::Io {
                        doing: format!("open {name}"),
                        source,
                    },
                };
                let meta = directory.metadata(name).map_err(wrap)?;
                if !meta.is_file() {
                    return Err(ImageError::archive(format!("{name} is no regular file")));
                }
                let file = directory.open(name).map_err(wrap)?;
                Ok((Box::new(file.into_std()), meta.len()))
            }
            Self::Tar { file, index } => {
                let mut name = normal(name, "");
                for _ in 0..16 {
                    match index.get(&name).ok_or_else(absent)? {
                        Place::Link(target) => name.clone_from(target),
                        Place::Data { offset, size } => {
                            let range = Range {
                                file: Arc::clone(file),
                                at: *offset,
                                left: *size,
                            };
                            return Ok((Box::new(range), *size));
                        }
                    }
                }
                Err(ImageError::archive(format!("{name} is a loop of links")))
            }
        }
    }

    /// A member that is a document, at most `limit` bytes.
    pub(super) fn document(&self, name: &str, limit: u64) -> Result<Vec<u8>, ImageError> {
        let (stream, size) = self.open(name)?;
        let mut bytes = Vec::new();
        if size <= limit {
            stream
                .take(limit + 1)
                .read_to_end(&mut bytes)
                .map_err(|source| ImageError::Io {
                    doing: format!("read {name}"),
                    source,
                })?;
        }
        if size > limit || bytes.len() as u64 > limit {
            return Err(ImageError::TooLarge {
                name: name.to_owned(),
                limit,
            });
        }
        Ok(bytes)
    }
}

fn meta(file: &File, at: u64, size: u64) -> Result<Vec<u8>, ImageError> {
    let length = usize::try_from(size).ok().filter(|_| size <= META_LIMIT);
    let mut bytes =
        vec![0; length.ok_or_else(|| ImageError::archive("an extended header is too long"))?];
    file.read_exact_at(&mut bytes, at)
        .map_err(|_| ImageError::archive("it ends early"))?;
    Ok(bytes)
}

fn c_string(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(end) = bytes.iter().position(|byte| *byte == 0) {
        bytes.truncate(end);
    }
    bytes
}

fn check_sum(header: &Header, block: &[u8; 512]) -> Result<(), ImageError> {
    let blank = block[..148].iter().chain(&[b' '; 8]).chain(&block[156..]);
    let sum: u32 = blank.map(|byte| u32::from(*byte)).sum();
    if header.cksum().is_ok_and(|expected| expected == sum) {
        return Ok(());
    }
    Err(ImageError::archive("a tar header's checksum is wrong"))
}

/// A key: components without `.`, and `..` taken back.
fn normal(name: &str, base: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A part of a file, read without moving the file's own position.
struct Range {
    file: Arc<File>,
    at: u64,
    left: u64,
}

impl Read for Range {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let want = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        if want == 0 {
            return Ok(0);
        }
        let count = self.file.read_at(&mut buffer[..want], self.at)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at += count as u64;
        self.left -= count as u64;
        Ok(count)
    }
}
