//! Reads the archive of a pod. It may be anybody's: no length, no name and no order is believed.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};

use super::{INDEX, INDEX_LIMIT, Index};
use crate::archive::{ArchiveError, Refusal, io_error};
use crate::sys::dir::open_at_once;

/// Bytes of a tar block.
const BLOCK: u64 = 512;

/// The archive of a pod, looked through: what it says of itself, and where the archives of its
/// containers are.
#[derive(Debug)]
pub struct PodReader {
    /// What is in it.
    pub index: Index,
    members: Vec<Member>,
}

/// The archive of one container, to be read as often as wanted.
#[derive(Debug, Clone)]
pub struct Member {
    /// Name of the container, as the index has it.
    pub name: String,
    /// What messages call it.
    pub shown: String,
    file: Arc<File>,
    offset: u64,
    length: u64,
}

impl Member {
    /// A stream of it from its beginning.
    pub fn stream(&self) -> impl Read + Send + 'static {
        Section {
            file: Arc::clone(&self.file),
            offset: self.offset,
            left: self.length,
        }
    }
}

/// A part of a file, which others read other parts of.
struct Section {
    file: Arc<File>,
    offset: u64,
    left: u64,
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX);
        let room = room.min(buffer.len());
        let Some(buffer) = buffer.get_mut(..room) else {
            return Ok(0);
        };
        let count = self.file.read_at(buffer, self.offset)?;
        self.offset += count as u64;
        self.left -= count as u64;
        Ok(count)
    }
}

impl PodReader {
    /// Opens an archive: a file, or a directory that was written as one.
    ///
    /// # Errors
    /// Whatever is wrong with it.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let archive = path.display().to_string();
        let file = open_at_once(path).map_err(io_error(format!("cannot open {archive}")))?;
        let facts = file
            .metadata()
            .map_err(io_error(format!("cannot look at {archive}")))?;
        if facts.is_dir() {
            return Self::in_directory(&file, &archive);
        }
        if !facts.is_file() {
            return Err(not_one(&archive, "it is not a file"));
        }
        Self::in_tar(&Arc::new(file), facts.len(), &archive)
    }

    /// The archive of the container of this name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// The archives of all containers, in the order in which they are to be thawed.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    fn in_tar(file: &Arc<File>, length: u64, archive: &str) -> Result<Self, ArchiveError> {
        if length == 0 {
            return Err(ArchiveError::Empty {
                archive: archive.to_owned(),
            });
        }
        let mut walk = Walk {
            file,
            length,
            next: 0,
            archive,
        };
        let (offset, size) = walk.member(INDEX)?.ok_or_else(|| missing(archive))?;
        if size > INDEX_LIMIT {
            return Err(too_large(archive, size));
        }
        let mut bytes = Vec::new();
        let section = Section {
            file: Arc::clone(file),
            offset,
            left: size,
        };
        read_all(section, size, &mut bytes, archive)?;
        let index = Index::parse(archive, &bytes)?;
        let mut members = Vec::new();
        for entry in &index.containers {
            let found = walk.member(&entry.archive)?;
            let (offset, length) = found.ok_or_else(|| ArchiveError::Truncated {
                archive: archive.to_owned(),
                missing: entry.archive.clone(),
            })?;
            members.push(Member {
                name: entry.name.clone(),
                shown: format!("{archive} ({})", entry.archive),
                file: Arc::clone(file),
                offset,
                length,
            });
        }
        walk.end()?;
        Ok(Self { index, members })
    }

    fn in_directory(directory: &File, archive: &str) -> Result<Self, ArchiveError> {
        let open = |name: &str| -> Result<(File, u64), ArchiveError> {
            let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
            let resolve = ResolveFlags::BENEATH
                | ResolveFlags::NO_SYMLINKS
                | ResolveFlags::NO_MAGICLINKS
                | ResolveFlags::NO_XDEV;
            let opened = openat2(directory, name, flags, Mode::empty(), resolve);
            let file = match opened {
                Err(rustix::io::Errno::NOENT) if name == INDEX => return Err(missing(archive)),
                opened => File::from(opened.map_err(|error| {
                    io_error(format!("cannot open {archive}/{name}"))(error.into())
                })?),
            };
            let facts = file
                .metadata()
                .map_err(io_error(format!("cannot look at {archive}/{name}")))?;
            if !facts.is_file() {
                return Err(ArchiveError::Refused {
                    archive: archive.to_owned(),
                    member: name.to_owned(),
                    refusal: Refusal::WrongKind,
                });
            }
            Ok((file, facts.len()))
        };
        let (file, size) = open(INDEX)?;
        if size > INDEX_LIMIT {
            return Err(too_large(archive, size));
        }
        let mut bytes = Vec::new();
        read_all(file, size, &mut bytes, archive)?;
        let index = Index::parse(archive, &bytes)?;
        let mut members = Vec::new();
        for entry in &index.containers {
            let (file, length) = open(&entry.archive)?;
            members.push(Member {
                name: entry.name.clone(),
                shown: format!("{archive}/{}", entry.archive),
                file: Arc::new(file),
                offset: 0,
                length,
            });
        }
        Ok(Self { index, members })
    }
}

fn read_all(
    source: impl Read,
    size: u64,
    bytes: &mut Vec<u8>,
    archive: &str,
) -> Result<(), ArchiveError> {
    let read = source.take(size).read_to_end(bytes);
    let read = read.map_err(io_error(format!("cannot read {archive}")))?;
    if read as u64 != size {
        return Err(ArchiveError::Truncated {
            archive: archive.to_owned(),
            missing: format!("the rest of {INDEX}"),
        });
    }
    Ok(())
}

/// From header to header.
struct Walk<'a> {
    file: &'a File,
    length: u64,
    next: u64,
    archive: &'a str,
}

impl Walk<'_> {
    /// The next member, which must have this name: where its content is, and its length. `None` at
    /// the end.
    fn member(&mut self, expected: &str) -> Result<Option<(u64, u64)>, ArchiveError> {
        let Some(header) = self.header()? else {
            return Ok(None);
        };
        let name = String::from_utf8_lossy(&header.path_bytes()).into_owned();
        let refused = |refusal| ArchiveError::Refused {
            archive: self.archive.to_owned(),
            member: name.clone(),
            refusal,
        };
        let kind = header.entry_type();
        if !matches!(kind, tar::EntryType::Regular) {
            return Err(refused(Refusal::Type {
                kind: char::from(kind.as_byte()),
            }));
        }
        if name != expected {
            if expected == INDEX {
                return Err(missing(self.archive));
            }
            return Err(refused(Refusal::Misplaced));
        }
        let size = header.size().map_err(|_| self.damaged("a length"))?;
        let offset = self.next;
        let end = offset
            .checked_add(size)
            .filter(|end| *end <= self.length)
            .ok_or_else(|| ArchiveError::Truncated {
                archive: self.archive.to_owned(),
                missing: format!("the rest of {expected}"),
            })?;
        self.next = end.next_multiple_of(BLOCK);
        Ok(Some((offset, size)))
    }

    /// Nothing but zeros follows.
    fn end(&mut self) -> Result<(), ArchiveError> {
        match self.header()? {
            None => Ok(()),
            Some(header) => Err(ArchiveError::Refused {
                archive: self.archive.to_owned(),
                member: String::from_utf8_lossy(&header.path_bytes()).into_owned(),
                refusal: Refusal::Misplaced,
            }),
        }
    }

    fn header(&mut self) -> Result<Option<tar::Header>, ArchiveError> {
        let mut header = tar::Header::new_old();
        let block = header.as_mut_bytes();
        if self.next.saturating_add(BLOCK) > self.length {
            return Err(ArchiveError::Truncated {
                archive: self.archive.to_owned(),
                missing: "the mark at its end".into(),
            });
        }
        self.file
            .read_exact_at(block, self.next)
            .map_err(io_error(format!("cannot read {}", self.archive)))?;
        self.next += BLOCK;
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        if header.cksum().ok() != Some(sum(header.as_bytes())) {
            return Err(if self.next == BLOCK {
                not_one(self.archive, "it does not begin with a tar header")
            } else {
                self.damaged("the sum of a header")
            });
        }
        Ok(Some(header))
    }

    fn damaged(&self, what: &str) -> ArchiveError {
        ArchiveError::Damaged {
            archive: self.archive.to_owned(),
            what: format!("{what} in front of byte {}", self.next),
        }
    }
}

/// The sum of a header's bytes, with blanks in place of the sum itself.
fn sum(block: &[u8; 512]) -> u32 {
    let own = 148..156;
    let each = block.iter().enumerate();
    each.map(|(at, byte)| u32::from(if own.contains(&at) { b' ' } else { *byte }))
        .sum()
}

fn missing(archive: &str) -> ArchiveError {
    not_one(
        archive,
        "it does not begin with pod.json; that of one container is restored with container restore",
    )
}

fn not_one(archive: &str, why: &str) -> ArchiveError {
    ArchiveError::NotAnArchive {
        archive: archive.to_owned(),
        why: format!("not that of a pod: {why}"),
    }
}

fn too_large(archive: &str, size: u64) -> ArchiveError {
    ArchiveError::Refused {
        archive: archive.to_owned(),
        member: INDEX.into(),
        refusal: Refusal::TooLarge {
            size,
            limit: INDEX_LIMIT,
        },
    }
}
