//! Looks into an archive without unpacking it. Stands in until the real one comes; see there.

use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::compress::{Detected, decoder, detect};
use super::{ArchiveError, Limits, io_error, layout};

/// A member of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its cleaned name, unique in the archive.
    pub name: String,
    /// What it is for.
    pub kind: layout::Kind,
    /// Its length in bytes.
    pub len: u64,
}

/// Bytes of a member that are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Name of the member.
    pub member: String,
    /// Where in the member they begin, bytes.
    pub offset: u64,
    /// How many.
    pub len: usize,
}

/// An archive that is looked into.
#[derive(Debug)]
pub struct Browser {
    archive: String,
    size: u64,
    tar: File,
    members: Vec<Entry>,
    starts: Vec<u64>,
    whole: bool,
}

impl Browser {
    /// Lists the members.
    pub fn open(path: &Path, _limits: Limits) -> Result<Self, ArchiveError> {
        let archive = path.display().to_string();
        let cannot = || io_error(format!("cannot read {archive}"));
        let mut file = File::open(path).map_err(cannot())?;
        let size = file.metadata().map_err(cannot())?.len();
        let mut start = [0; 8];
        let count = file.read_at(&mut start, 0).map_err(cannot())?;
        let found = detect(&start[..count]);
        if found != Detected::Plain {
            let mut plain = tempfile::tempfile().map_err(cannot())?;
            let mut source = decoder(found, BufReader::new(file)).map_err(cannot())?;
            // What is cut shows as a tar that is.
            drop(io::copy(&mut source, &mut plain));
            plain.flush().map_err(cannot())?;
            plain.seek(SeekFrom::Start(0)).map_err(cannot())?;
            file = plain;
        }
        let len = file.metadata().map_err(cannot())?.len();
        let (mut members, mut starts, mut whole) = (Vec::new(), Vec::new(), true);
        let mut end = 0;
        let mut tar = tar::Archive::new(file.try_clone().map_err(cannot())?);
        for entry in tar.entries_with_seek().map_err(cannot())? {
            let Ok(entry) = entry else {
                whole = false;
                break;
            };
            end = (entry.raw_file_position() + entry.size()).next_multiple_of(512);
            if !entry.header().entry_type().is_file() {
                continue;
            }
            if entry.raw_file_position() + entry.size() > len {
                whole = false;
                break;
            }
            let name = layout::clean(&entry.path_bytes());
            let name = name.map_err(|refusal| ArchiveError::Refused {
                archive: archive.clone(),
                member: String::from_utf8_lossy(&entry.path_bytes()).into_owned(),
                refusal,
            })?;
            let name = layout::canonical(name);
            members.push(Entry {
                kind: layout::Kind::of(&name),
                name,
                len: entry.size(),
            });
            starts.push(entry.raw_file_position());
        }
        let mut mark = [1; 512];
        whole &= file.read_exact_at(&mut mark, end).is_ok() && mark == [0; 512];
        if members.is_empty() {
            return Err(ArchiveError::NotAnArchive {
                archive,
                why: "it is not a tar, nor one compressed with zstd or gzip".into(),
            });
        }
        Ok(Self {
            archive,
            size,
            tar: file,
            members,
            starts,
            whole,
        })
    }

    /// The files in the archive, in its order.
    pub fn members(&self) -> &[Entry] {
        &self.members
    }

    /// Bytes of the archive's file.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// False when the archive is truncated.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// A whole member of at most `limit` bytes.
    pub fn read(&mut self, member: &str, limit: u64) -> Result<Option<Vec<u8>>, ArchiveError> {
        let Some(entry) = self.members.iter().find(|entry| entry.name == member) else {
            return Ok(None);
        };
        let len = usize::try_from(entry.len.min(limit)).unwrap_or(0);
        let range = Range {
            member: member.to_owned(),
            offset: 0,
            len,
        };
        Ok(self.read_ranges(&[range])?.pop())
    }

    /// Parts of members, in the order asked.
    pub fn read_ranges(&mut self, wanted: &[Range]) -> Result<Vec<Vec<u8>>, ArchiveError> {
        let read = |range: &Range| {
            let place = self
                .members
                .iter()
                .position(|entry| entry.name == range.member);
            let place =
                place.filter(|place| range.offset + range.len as u64 <= self.members[*place].len);
            let place = place.ok_or_else(|| ArchiveError::Damaged {
                archive: self.archive.clone(),
                what: format!("{} is shorter than it should be", range.member),
            })?;
            let mut bytes = vec![0; range.len];
            self.tar
                .read_exact_at(&mut bytes, self.starts[place] + range.offset)
                .map_err(io_error(format!("cannot read {}", self.archive)))?;
            Ok(bytes)
        };
        wanted.iter().map(read).collect()
    }
}
