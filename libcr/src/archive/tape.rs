//! The members of a tar stream one after another, each checked before it is handed out.
//!
//! Reads ustar, GNU (long names) and pax (path, linkpath, size) headers. Believes no length: what
//! is counted is what arrives. Knows member names but nothing of where their content goes.

use std::collections::HashSet;
use std::io::{self, Read};

use super::compress::Detected;
use super::parts::PartSource;
use super::source::{Source, Stream};
use super::{ArchiveError, CHUNK, Limits, Opening, Refusal, layout};
use crate::seal::Keys;

/// Long names and pax headers: far above what any tar program writes.
const EXTENSION_LIMIT: u64 = 1 << 20;
/// What may follow the end mark: padding up to a record, at most.
const TRAILER_LIMIT: u64 = 16 << 20;

/// What a member is; all other types were refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type {
    File,
    Directory,
    /// The link `checkpoint/parent`, the only one there can be.
    /// A link from images to those that they build upon, and where it leads.
    ParentLink(String),
}

/// A member whose data can be read next.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// Cleaned name, unique in the archive.
    pub(super) name: String,
    pub(super) kind: layout::Kind,
    pub(super) file_type: Type,
    pub(super) len: u64,
}

pub(super) struct Tape {
    source: Box<dyn Source>,
    /// What follows the source, of an archive in parts.
    more: Option<PartSource>,
    /// Bytes of the tar that were read or passed over.
    position: u64,
    pub(super) archive: String,
    limits: Limits,
    names: HashSet<String>,
    name_bytes: u64,
    /// Data of the current member that was not read yet, and the padding behind it.
    left: u64,
    padding: u64,
    current: String,
    /// Not compressed.
    plain: bool,
    started: bool,
    ended: bool,
    ending: Ending,
    /// What is tried on the parts that follow.
    keys: Keys,
    /// There was more than zeros behind an end mark.
    pub(super) trailer: bool,
}

/// Which of the members that are always last was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    None,
    /// Only a signature may follow.
    Sums,
    Signature,
}

/// Takes bytes, and tells whether all of them are zero.
struct Zeros(bool);

impl io::Write for Zeros {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 &= bytes.iter().all(|byte| *byte == 0);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the extension headers before a member say of it.
#[derive(Default)]
struct Extension {
    name: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    len: Option<u64>,
}

impl Tape {
    /// Recognises the compression. Reads no member yet.
    pub(super) fn new(
        source: impl Read + Send + 'static,
        archive: String,
        opening: Opening,
    ) -> Result<Self, ArchiveError> {
        let stream = Stream::new(source, &archive, &opening.keys)?;
        let plain = stream.found == Detected::Plain && !stream.encrypted;
        let mut tape = Self::of(Box::new(stream), plain, archive, opening.limits);
        tape.keys = opening.keys;
        Ok(tape)
    }

    /// Reads what is at its start and no longer, or not (`plain`), compressed.
    pub(super) fn of(
        source: Box<dyn Source>,
        plain: bool,
        archive: String,
        limits: Limits,
    ) -> Self {
        Self {
            source,
            more: None,
            position: 0,
            archive,
            limits,
            names: HashSet::new(),
            name_bytes: 0,
            left: 0,
            padding: 0,
            current: String::new(),
            plain,
            started: false,
            ended: false,
            ending: Ending::None,
            keys: Keys::default(),
            trailer: false,
        }
    }

    /// Reads one part after another as one archive.
    pub(super) fn of_parts(
        mut parts: PartSource,
        archive: String,
        opening: Opening,
    ) -> Result<Self, ArchiveError> {
        let first = parts.next().unwrap_or_else(|| Ok(Box::new(io::empty())));
        let first = first.map_err(|error| broken(&archive, "before its first member", error))?;
        let mut tape = Self::new(first, archive, opening)?;
        tape.more = Some(parts);
        Ok(tape)
    }

    /// Goes on to the next part; false when that was the last.
    fn next_part(&mut self) -> Result<bool, ArchiveError> {
        let Some(next) = self.more.as_mut().and_then(Iterator::next) else {
            return Ok(false);
        };
        let part = next.map_err(|error| self.broken(error))?;
        self.source = Box::new(Stream::new(part, &self.archive, &self.keys)?);
        Ok(true)
    }

    /// Where in the tar the current member's data goes on.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Whether the current member has data that was neither read nor passed over.
    pub(super) fn is_within(&self) -> bool {
        self.left > 0
    }

    /// What it was read from.
    pub(super) fn into_source(self) -> Box<dyn Source> {
        self.source
    }

    /// The next member, its header checked; nothing after the last end mark.
    pub(super) fn next(&mut self) -> Result<Option<Member>, ArchiveError> {
        while !self.ended {
            if let Some(member) = self.next_of_part()? {
                return Ok(Some(member));
            }
            self.ended = !self.next_part()?;
        }
        Ok(None)
    }

    /// The next member of this part.
    fn next_of_part(&mut self) -> Result<Option<Member>, ArchiveError> {
        self.skip()?;
        let mut extension = Extension::default();
        // A member has at most a long name, a long target and a pax header of its own.
        for _ in 0..8 {
            let Some(header) = self.block()? else {
                self.drain()?;
                return Ok(None);
            };
            let len = header
                .entry_size()
                .map_err(|_| self.damaged("the size in a tar header"))?;
            let kind = header.entry_type();
            match kind.as_byte() {
                b'L' => extension.name = Some(trim_nul(self.extension(len)?)),
                b'K' => extension.target = Some(trim_nul(self.extension(len)?)),
                b'x' => {
                    let bytes = self.extension(len)?;
                    self.pax(&bytes, &mut extension)?;
                }
                // Defaults for all members that follow: git's comment; nothing that we use.
                b'g' => drop(self.extension(len)?),
                _ => match self.member(&header, kind, len, extension)? {
                    Some(member) => return Ok(Some(member)),
                    None => extension = Extension::default(),
                },
            }
        }
        Err(self.damaged("a chain of tar extension headers"))
    }

    fn member(
        &mut self,
        header: &tar::Header,
        kind: tar::EntryType,
        len: u64,
        extension: Extension,
    ) -> Result<Option<Member>, ArchiveError> {
        let raw = extension
            .name
            .unwrap_or_else(|| header.path_bytes().into_owned());
        let raw_name = shown(&raw);
        let archive = self.archive.clone();
        let refuse = |refusal| ArchiveError::Refused {
            archive: archive.clone(),
            member: raw_name.clone(),
            refusal,
        };
        let name = layout::canonical(layout::clean(&raw).map_err(refuse)?);
        let len = extension.len.unwrap_or(len);
        let file_type = match kind.as_byte() {
            // Old tars mark directories by a slash at the end of a file's name.
            b'0' | 0 | b'7' if raw.ends_with(b"/") => Type::Directory,
            b'0' | 0 | b'7' => Type::File,
            b'5' => Type::Directory,
            b'1' | b'2' => {
                let target = extension
                    .target
                    .or_else(|| header.link_name_bytes().map(std::borrow::Cow::into_owned))
                    .unwrap_or_default();
                let plain = target.strip_suffix(b"/").unwrap_or(&target);
                match layout::parent_target(&name, plain) {
                    Some(parent) if kind.as_byte() == b'2' => Type::ParentLink(parent.to_owned()),
                    _ => {
                        let target = shown(&target);
                        return Err(refuse(Refusal::Link { target }));
                    }
                }
            }
            other => {
                return Err(refuse(Refusal::Type {
                    kind: char::from(other),
                }));
            }
        };
        if file_type != Type::File && len != 0 {
            return Err(refuse(Refusal::WrongKind));
        }
        if name.is_empty() {
            // `./`, the root itself, is there when a directory was packed with `tar -C DIR .`.
            return if file_type == Type::Directory {
                Ok(None)
            } else {
                Err(refuse(Refusal::Name))
            };
        }
        let kind = layout::Kind::of(&name);
        let directory = file_type == Type::Directory;
        if !matches!(file_type, Type::ParentLink(_))
            && kind.is_directory(&name).is_some_and(|is| is != directory)
        {
            return Err(refuse(Refusal::WrongKind));
        }
        if len > self.limits.of(&kind) {
            return Err(refuse(Refusal::TooLarge {
                size: len,
                limit: self.limits.of(&kind),
            }));
        }
        if self.position.saturating_add(len) > self.limits.total {
            let size = self.position.saturating_add(len);
            return Err(refuse(Refusal::TooLarge {
                size,
                limit: self.limits.total,
            }));
        }
        self.name_bytes += name.len() as u64;
        // A million names of full length would take 4 GiB of memory.
        if self.names.len() as u64 >= self.limits.entries || self.name_bytes > self.limits.list {
            return Err(refuse(Refusal::TooMany {
                limit: self.limits.entries,
            }));
        }
        let first = self.names.is_empty();
        if !self.names.insert(name.clone()) {
            return Err(refuse(Refusal::Duplicate));
        }
        self.ending = match (&kind, self.ending) {
            (layout::Kind::Signature, Ending::Sums) => Ending::Signature,
            (layout::Kind::Sums, Ending::None) => Ending::Sums,
            (layout::Kind::Manifest, Ending::None) if first => Ending::None,
            (layout::Kind::Signature | layout::Kind::Manifest, _)
            | (_, Ending::Sums | Ending::Signature) => return Err(refuse(Refusal::Misplaced)),
            _ => Ending::None,
        };
        self.left = len;
        self.padding = (512 - len % 512) % 512;
        self.current.clone_from(&name);
        Ok(Some(Member {
            name,
            kind,
            file_type,
            len,
        }))
    }

    /// Appends up to a chunk of the current member's data; nothing is appended at its end.
    pub(super) fn read(&mut self, buffer: &mut Vec<u8>) -> Result<(), ArchiveError> {
        let want = self.left.min(CHUNK as u64);
        if want == 0 {
            return Ok(());
        }
        let before = buffer.len();
        let result = (&mut self.source).take(want).read_to_end(buffer);
        let got = (buffer.len() - before) as u64;
        self.left -= got;
        self.count(got)?;
        result.map_err(|error| self.broken(error))?;
        if got < want {
            return Err(self.cut());
        }
        Ok(())
    }

    /// All data of the current member, whose length was checked against its limit.
    pub(super) fn read_all(&mut self) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = Vec::new();
        while self.left > 0 {
            self.read(&mut bytes)?;
        }
        Ok(bytes)
    }

    /// Goes past what is left of the current member.
    fn skip(&mut self) -> Result<(), ArchiveError> {
        while self.left > 0 {
            let count = self
                .source
                .skip(self.left)
                .map_err(|error| self.broken(error))?;
            if count == 0 {
                return Err(self.cut());
            }
            self.left -= count;
            self.count(count)?;
        }
        let mut padding = [0; 512];
        let len = usize::try_from(std::mem::take(&mut self.padding)).unwrap_or(0);
        self.fill(&mut padding[..len])
    }

    /// The next header; nothing at the end mark.
    fn block(&mut self) -> Result<Option<tar::Header>, ArchiveError> {
        let mut block = [0; 512];
        if self.started {
            self.fill(&mut block)?;
        } else {
            self.first(&mut block)?;
        }
        if block == [0; 512] {
            return Ok(None);
        }
        let header = tar::Header::from_byte_slice(&block);
        // The checksum field itself counts as eight spaces (POSIX ustar).
        let sum: u32 = block[..148]
            .iter()
            .chain(&block[156..])
            .map(|&byte| u32::from(byte))
            .sum();
        if header.cksum().ok() != Some(sum + 8 * 32) {
            return Err(if self.started {
                self.damaged("a tar header")
            } else {
                self.no_archive("it is not a tar, nor one compressed with zstd or gzip")
            });
        }
        self.started = true;
        Ok(Some(header.clone()))
    }

    fn first(&mut self, block: &mut [u8; 512]) -> Result<(), ArchiveError> {
        self.source
            .read_exact(block)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof if self.plain => {
                    self.no_archive("it is too short to be one")
                }
                io::ErrorKind::Other | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                    self.no_archive(&error.to_string())
                }
                _ => self.broken(error),
            })?;
        self.count(512)
    }

    fn extension(&mut self, len: u64) -> Result<Vec<u8>, ArchiveError> {
        if len > EXTENSION_LIMIT {
            return Err(self.damaged("a tar extension header of absurd length"));
        }
        let mut bytes = vec![0; usize::try_from(len.next_multiple_of(512)).unwrap_or(0)];
        self.fill(&mut bytes)?;
        bytes.truncate(usize::try_from(len).unwrap_or(0));
        Ok(bytes)
    }

    fn pax(&self, bytes: &[u8], extension: &mut Extension) -> Result<(), ArchiveError> {
        for record in tar::PaxExtensions::new(bytes) {
            let record = record.map_err(|_| self.damaged("a pax header"))?;
            let key = record.key_bytes();
            let value = record.value_bytes();
            if key == b"path" {
                extension.name = Some(value.to_vec());
            } else if key == b"linkpath" {
                extension.target = Some(value.to_vec());
            } else if key == b"size" {
                let size = std::str::from_utf8(value)
                    .ok()
                    .and_then(|text| text.parse().ok());
                extension.len = Some(size.ok_or_else(|| self.damaged("the size in a pax header"))?);
            } else if key.starts_with(b"GNU.sparse") {
                return Err(ArchiveError::Refused {
                    archive: self.archive.clone(),
                    member: shown(extension.name.as_deref().unwrap_or(b"?")),
                    refusal: Refusal::Type { kind: 'S' },
                });
            }
        }
        Ok(())
    }

    /// Reads the rest, so that a cut or damaged compressed stream shows.
    fn drain(&mut self) -> Result<(), ArchiveError> {
        if !self.started {
            return Err(self.no_archive("it has no members"));
        }
        let mut rest = (&mut self.source).take(TRAILER_LIMIT);
        let mut zeros = Zeros(true);
        let copied = io::copy(&mut rest, &mut zeros);
        self.trailer |= !zeros.0;
        match copied {
            Ok(TRAILER_LIMIT) => Err(self.damaged("there is more after its end")),
            // The second zero block of the end mark.
            Ok(count) if count < 512 => Err(self.cut()),
            Ok(_) => Ok(()),
            Err(error) => Err(self.broken(error)),
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), ArchiveError> {
        self.source
            .read_exact(bytes)
            .map_err(|error| self.broken(error))?;
        self.count(bytes.len() as u64)
    }

    fn count(&mut self, bytes: u64) -> Result<(), ArchiveError> {
        self.position += bytes;
        let flow = self.source.flow();
        let limit = self.limits.ratio;
        if flow.unpacked > self.limits.ratio_from && flow.unpacked / flow.read.max(1) > limit {
            return Err(ArchiveError::Refused {
                archive: self.archive.clone(),
                member: self.current.clone(),
                refusal: Refusal::Bomb { limit },
            });
        }
        Ok(())
    }

    fn no_archive(&self, why: &str) -> ArchiveError {
        ArchiveError::NotAnArchive {
            archive: self.archive.clone(),
            why: why.to_owned(),
        }
    }

    fn damaged(&self, what: &str) -> ArchiveError {
        ArchiveError::Damaged {
            archive: self.archive.clone(),
            what: format!("{what}, {}", self.place()),
        }
    }

    fn cut(&self) -> ArchiveError {
        ArchiveError::Truncated {
            archive: self.archive.clone(),
            missing: format!("it ends {}", self.place()),
        }
    }

    fn place(&self) -> String {
        match (self.left, self.current.as_str()) {
            (_, "") => "before its first member".to_owned(),
            (0, name) => format!("after {name}"),
            (_, name) => format!("within {name}"),
        }
    }

    fn broken(&self, error: io::Error) -> ArchiveError {
        broken(&self.archive, &self.place(), error)
    }
}

/// What an error in reading says of the archive; `place` is where it happened, in words.
pub(super) fn broken(archive: &str, place: &str, error: io::Error) -> ArchiveError {
    let archive = archive.to_owned();
    match error.kind() {
        io::ErrorKind::UnexpectedEof => ArchiveError::Truncated {
            archive,
            missing: format!("it ends {place}"),
        },
        io::ErrorKind::Other | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            ArchiveError::Damaged {
                archive,
                what: format!("{error}, {place}"),
            }
        }
        _ => ArchiveError::Io {
            doing: format!("cannot read {archive}"),
            source: error,
        },
    }
}

/// A name for messages: of one that is as long as a header can make it, the beginning.
fn shown(name: &[u8]) -> String {
    const LONGEST: usize = 255;
    let text = String::from_utf8_lossy(&name[..name.len().min(4 * LONGEST)]);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// GNU long names end in NUL.
fn trim_nul(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(end) = bytes.iter().position(|&byte| byte == 0) {
        bytes.truncate(end);
    }
    bytes
}
