//! Looks into an archive without unpacking it: what is in it, and bytes of what is wanted.
//!
//! Where the file can be read at random (uncompressed, or zstd in [`super::frames`]), nothing else
//! is read. Any other is read through once to list it; small members are kept meanwhile, and what
//! was not kept takes one more pass. As in unpacking, nothing is trusted, but digests are not
//! checked: that would take all of it.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use super::compress::Detected;
use super::frames::Frames;
use super::layout::{self, Kind};
use super::source::{Plain, Source, Stream};
use super::tape::{Tape, Type, broken};
use super::{ArchiveError, Opening, Refusal, io_error, reader};

/// How much is kept in reading through an archive, bytes of all members together.
const KEPT: u64 = 64 << 20;

/// A member of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its cleaned name, unique in the archive.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
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
pub struct Browser {
    archive: String,
    size: u64,
    encrypted: bool,
    listing: Listing,
    /// Numbers of the members, by name.
    by_name: Vec<usize>,
}

/// What an archive has, in its order.
struct Listing {
    whole: bool,
    members: Vec<Entry>,
    places: Vec<Place>,
    source: Box<dyn Source>,
}

/// Where the data of a member is.
struct Place {
    /// Offset in the tar.
    start: u64,
    /// All of it, where reading it again would take a pass.
    kept: Option<Vec<u8>>,
}

/// A wanted range, by offsets in the tar.
struct Part<'a> {
    start: u64,
    end: u64,
    /// Which of those that are wanted.
    number: usize,
    member: &'a str,
}

impl std::fmt::Debug for Browser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Browser")
            .field("archive", &self.archive)
            .finish_non_exhaustive()
    }
}

impl Browser {
    /// Lists the members without reading the content of large ones. Works without root.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] when there is no such file, and all that a hostile or damaged archive
    /// can earn. One that is cut off is listed up to there, if it has a member at all.
    pub fn open(path: &Path, opening: impl Into<Opening>) -> Result<Self, ArchiveError> {
        let Opening { limits, keys } = opening.into();
        let cannot = || io_error(format!("cannot read {}", path.display()));
        let no_file = || cannot()(io::Error::other("it is not a file"));
        // Opening a FIFO would wait for who writes it.
        if path
            .metadata()
            .is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
        {
            return Err(no_file());
        }
        let (file, archive) = reader::open(path)?;
        let metadata = file.metadata().map_err(cannot())?;
        if !metadata.is_file() {
            return Err(no_file());
        }
        let file = Arc::new(file);
        let stream = Stream::of_file(Arc::clone(&file), &archive, &keys)?;
        let (found, encrypted) = (stream.found, stream.encrypted);
        let random = match found {
            // What is in it lies in the file as something else.
            _ if encrypted => None,
            Detected::Plain => Some(Plain::new(file).map(|plain| Box::new(plain) as _)),
            Detected::Zstd => Frames::open(file)
                .map(|frames| frames.map(|frames| Box::new(frames) as _))
                .transpose(),
            _ => None,
        };
        let random: Option<Box<dyn Source>> = random.transpose().map_err(cannot())?;
        let plain = found == Detected::Plain && !encrypted;
        let list = |source, kept| {
            let tape = Tape::of(source, plain, archive.clone(), limits);
            Listing::of(tape, kept)
        };
        let listing = match random.map(|source| list(source, 0)) {
            Some(Ok(listing)) => listing,
            Some(Err(error)) if plain => return Err(error),
            // Frames that are not what the seek table says, or damaged: who reads all sees which.
            Some(Err(_)) | None => list(Box::new(stream), KEPT)?,
        };
        let mut by_name: Vec<_> = (0..listing.members.len()).collect();
        by_name.sort_unstable_by_key(|&number| &listing.members[number].name);
        Ok(Self {
            archive,
            size: metadata.len(),
            encrypted,
            listing,
            by_name,
        })
    }

    /// The files in the archive, in its order; directories and links have nothing to read.
    pub fn members(&self) -> &[Entry] {
        &self.listing.members
    }

    /// Bytes of the archive's file.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether it came encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// True when the end mark was found; false when the archive is truncated: then
    /// [`Self::members`] has those that are there as a whole.
    pub fn is_whole(&self) -> bool {
        self.listing.whole
    }

    /// A whole member of at most `limit` bytes; `None` when there is none of that name. To read
    /// several large ones, [`Self::read_ranges`] may take fewer passes.
    ///
    /// # Errors
    /// [`ArchiveError::Refused`] when it is longer; as [`Self::read_ranges`].
    pub fn read(&mut self, member: &str, limit: u64) -> Result<Option<Vec<u8>>, ArchiveError> {
        let Some(number) = self.find(member) else {
            return Ok(None);
        };
        let size = self.listing.members[number].len;
        let len = match usize::try_from(size) {
            Ok(len) if size <= limit => len,
            _ => {
                return Err(ArchiveError::Refused {
                    archive: self.archive.clone(),
                    member: member.to_owned(),
                    refusal: Refusal::TooLarge { size, limit },
                });
            }
        };
        let all = Range {
            member: member.to_owned(),
            offset: 0,
            len,
        };
        Ok(self.read_ranges(&[all])?.pop())
    }

    /// Parts of members, in the order asked, in one pass at the most over an archive that can't be
    /// read at random. They are in memory together: ask for no more than there is room for.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`] for a range that goes beyond its member or whose member is not
    /// there, and for content that can't be decompressed.
    pub fn read_ranges(&mut self, wanted: &[Range]) -> Result<Vec<Vec<u8>>, ArchiveError> {
        let mut found = vec![Vec::new(); wanted.len()];
        let mut parts = Vec::new();
        for (number, range) in wanted.iter().enumerate() {
            let (place, end) = self.place(range)?;
            if let Some(kept) = &place.kept {
                let from = usize::try_from(range.offset).unwrap_or(usize::MAX);
                // Both ends were checked against the length of the member.
                let bytes = kept.get(from..from.saturating_add(range.len));
                found[number] = bytes.unwrap_or_default().to_vec();
            } else if range.len > 0 {
                parts.push(Part {
                    start: place.start + range.offset,
                    end: place.start + end,
                    number,
                    member: &range.member,
                });
            }
        }
        if parts.is_empty() {
            return Ok(found);
        }
        parts.sort_unstable_by_key(|part| part.start);
        let source = self.listing.source.as_mut();
        source
            .rewind()
            .map_err(io_error(format!("cannot read {}", self.archive)))?;
        let mut position = 0;
        let mut rest = &parts[..];
        while let Some(first) = rest.first() {
            // What overlaps is read once.
            let mut end = first.end;
            let mut count = 1;
            while let Some(next) = rest.get(count).filter(|next| next.start < end) {
                end = end.max(next.end);
                count += 1;
            }
            let bytes =
                cut(source, first.start - position, end - first.start).map_err(|error| {
                    broken(&self.archive, &format!("within {}", first.member), error)
                })?;
            position = end;
            let (group, others) = rest.split_at(count);
            rest = others;
            if let [only] = group {
                found[only.number] = bytes;
                continue;
            }
            for part in group {
                // The group is no longer than what is wanted of it, which is in memory twice now.
                let from = usize::try_from(part.start - first.start).unwrap_or(usize::MAX);
                let bytes = bytes.get(from..from.saturating_add(wanted[part.number].len));
                found[part.number] = bytes.unwrap_or_default().to_vec();
            }
        }
        Ok(found)
    }

    fn find(&self, member: &str) -> Option<usize> {
        let members = &self.listing.members;
        self.by_name
            .binary_search_by(|&number| members[number].name.as_str().cmp(member))
            .ok()
            .map(|at| self.by_name[at])
    }

    /// Where the member is and where in it the range ends.
    fn place(&self, range: &Range) -> Result<(&Place, u64), ArchiveError> {
        let Range {
            member,
            offset,
            len,
        } = range;
        let damaged = |what| ArchiveError::Damaged {
            archive: self.archive.clone(),
            what,
        };
        let number = self
            .find(member)
            .ok_or_else(|| damaged(format!("it has no {member:?}")))?;
        let has = self.listing.members[number].len;
        let end = offset.checked_add(*len as u64).filter(|&end| end <= has);
        let end = end.ok_or_else(|| {
            damaged(format!(
                "{member} has {has} bytes, too few for {len} at offset {offset}"
            ))
        })?;
        Ok((&self.listing.places[number], end))
    }
}

impl Listing {
    /// Reads all headers, and keeps up to so many bytes of small members.
    fn of(mut tape: Tape, mut kept: u64) -> Result<Self, ArchiveError> {
        let mut members: Vec<Entry> = Vec::new();
        let mut places = Vec::new();
        let mut next = |tape: &mut Tape| -> Result<bool, ArchiveError> {
            let Some(member) = tape.next()? else {
                return Ok(false);
            };
            if member.file_type != Type::File {
                return Ok(true);
            }
            let start = tape.position();
            let keep = member.len <= kept && describes(&member.kind, &member.name);
            members.push(Entry {
                name: member.name,
                kind: member.kind,
                len: member.len,
            });
            places.push(Place { start, kept: None });
            if keep {
                kept -= member.len;
                let bytes = tape.read_all()?;
                if let Some(place) = places.last_mut() {
                    place.kept = Some(bytes);
                }
            }
            Ok(true)
        };
        let whole = loop {
            match next(&mut tape) {
                Ok(true) => {}
                Ok(false) => break true,
                Err(ArchiveError::Truncated { archive, missing }) => {
                    if tape.is_within() {
                        members.pop();
                        places.pop();
                    }
                    if members.is_empty() {
                        return Err(ArchiveError::Truncated { archive, missing });
                    }
                    break false;
                }
                Err(error) => return Err(error),
            }
        };
        Ok(Self {
            whole,
            members,
            places,
            source: tape.into_source(),
        })
    }
}

/// Whether a member tells of the checkpoint, rather than being what it consists of.
fn describes(kind: &Kind, name: &str) -> bool {
    match kind {
        Kind::Log | Kind::DevShm | Kind::RootfsDiff | Kind::Volume(_) => false,
        Kind::Checkpoint | Kind::Memory | Kind::PreCheckpoint => {
            !name.rsplit('/').next().is_some_and(layout::is_pages)
        }
        _ => true,
    }
}

/// The `len` bytes after the next `before`.
fn cut(source: &mut dyn Source, mut before: u64, len: u64) -> io::Result<Vec<u8>> {
    while before > 0 {
        match source.skip(before)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => before -= count,
        }
    }
    let mut bytes = Vec::new();
    if source.take(len).read_to_end(&mut bytes)? as u64 == len {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests;
