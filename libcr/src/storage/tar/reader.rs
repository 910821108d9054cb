//! Reads the members of a tar stream, in one pass and with every length bounded.
//!
//! Understands V7, ustar, PAX and GNU headers (long names, base-256 numbers, sparse files of the old
//! GNU format and of PAX formats 0.0, 0.1 and 1.0). Sources: POSIX.1-2017 `pax`, GNU tar's manual
//! ("Tar Internals"). Decides nothing about where members go.

use std::io::{self, Read};

use super::numbers::{decimal, number, records, time, unsigned};
use crate::storage::StorageError;
use crate::storage::node::{Attrs, Kind};
use crate::storage::xattr::is_portable;

/// Longest name, extended header or sparse map that is read into memory.
const META_LIMIT: u64 = 1 << 20;
/// Most extended headers in front of one member: a name, a target, attributes.
const HEADER_LIMIT: usize = 8;
/// Most bytes of one member's extended attributes; the kernel takes 64 KiB of names or of a value.
const XATTR_LIMIT: usize = 256 << 10;
/// Most parts of a sparse file.
const SEGMENT_LIMIT: usize = 1 << 20;
const BLOCK: usize = 512;

/// A run of data in a sparse file: offset and length in bytes.
type Segment = (u64, u64);

/// One member; its data is read from the reader before the next is asked for.
#[derive(Debug)]
pub(in crate::storage) struct Member {
    /// The name as in the archive.
    pub(in crate::storage) path: Vec<u8>,
    pub(in crate::storage) kind: Kind,
    pub(in crate::storage) attrs: Attrs,
    /// Where the stored data belongs in the file; one run for an ordinary file.
    pub(in crate::storage) segments: Vec<Segment>,
}

/// The stream.
#[derive(Debug)]
pub(in crate::storage) struct TarReader<R> {
    stream: R,
    /// Unread bytes of the current member's data.
    data: u64,
    /// Bytes that fill its last block.
    padding: u64,
}

/// What extended headers said about the next member.
#[derive(Debug, Default)]
struct Extended {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    uid: Option<u64>,
    gid: Option<u64>,
    mtime: Option<(i64, u32)>,
    xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    sparse_version: (Option<u64>, Option<u64>),
    sparse_name: Option<Vec<u8>>,
    sparse_size: Option<u64>,
    sparse_numbers: Option<Vec<u64>>,
}

impl Extended {
    fn read(&mut self, block: &[u8]) -> Result<(), StorageError> {
        for (key, value) in records(block)? {
            match key {
                b"path" => self.path = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => self.size = Some(decimal(value)?),
                b"uid" => self.uid = Some(decimal(value)?),
                b"gid" => self.gid = Some(decimal(value)?),
                b"mtime" => self.mtime = Some(time(value)?),
                b"GNU.sparse.major" => self.sparse_version.0 = Some(decimal(value)?),
                b"GNU.sparse.minor" => self.sparse_version.1 = Some(decimal(value)?),
                b"GNU.sparse.name" => self.sparse_name = Some(value.to_vec()),
                b"GNU.sparse.size" | b"GNU.sparse.realsize" => {
                    self.sparse_size = Some(decimal(value)?);
                }
                b"GNU.sparse.offset" | b"GNU.sparse.numbytes" => {
                    self.sparse_numbers
                        .get_or_insert_default()
                        .push(decimal(value)?);
                }
                b"GNU.sparse.map" => {
                    let parts = value
                        .split(|byte| *byte == b',')
                        .filter(|part| !part.is_empty());
                    self.sparse_numbers = Some(parts.map(decimal).collect::<Result<_, _>>()?);
                }
                _ => {
                    if let Some(name) = key.strip_prefix(b"SCHILY.xattr.") {
                        let name = unescape(name);
                        if is_portable(&name) {
                            self.xattrs.retain(|(other, _)| *other != name);
                            self.xattrs.push((name, value.to_vec()));
                            let all = self.xattrs.iter();
                            let bytes: usize =
                                all.map(|(name, value)| name.len() + value.len()).sum();
                            if bytes > XATTR_LIMIT {
                                return Err(StorageError::tar("extended attributes are too long"));
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// GNU tar writes `=` and `%` in attribute names as `%3D` and `%25`.
fn unescape(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name;
    while let [first, tail @ ..] = rest {
        if let Some(tail) = rest.strip_prefix(b"%3D") {
            plain.push(b'=');
            rest = tail;
        } else if let Some(tail) = rest.strip_prefix(b"%25") {
            plain.push(b'%');
            rest = tail;
        } else {
            plain.push(*first);
            rest = tail;
        }
    }
    plain
}

impl<R: Read> TarReader<R> {
    /// Starts at the stream's first byte, which is the first header's.
    pub(in crate::storage) fn new(stream: R) -> Self {
        Self {
            stream,
            data: 0,
            padding: 0,
        }
    }

    /// The stream behind the last member read, for what follows the archive's end.
    pub(in crate::storage) fn into_inner(self) -> R {
        self.stream
    }

    /// The next member, or nothing at the archive's end (a block of zeros, or the stream's end
    /// between two members). What was not read of the last one's data is skipped.
    pub(in crate::storage) fn next_member(&mut self) -> Result<Option<Member>, StorageError> {
        let mut extended = Extended::default();
        let mut pending = false;
        for _ in 0..=HEADER_LIMIT {
            self.skip()?;
            let Some(header) = self.block()? else {
                return if pending {
                    Err(StorageError::tar("it ends early"))
                } else {
                    Ok(None)
                };
            };
            if header.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            check_sum(&header)?;
            let size = unsigned(&header[124..136])?;
            pending = true;
            match header[156] {
                b'L' => extended.path = Some(trim_nul(&self.meta(size)?).to_vec()),
                b'K' => extended.link = Some(trim_nul(&self.meta(size)?).to_vec()),
                b'x' | b'X' => {
                    let block = self.meta(size)?;
                    extended.read(&block)?;
                }
                // Global headers carry a commit id or nothing; sizes in them would be nonsense.
                b'g' => drop(self.meta(size)?),
                _ => return self.member(&header, extended).map(Some),
            }
        }
        Err(StorageError::tar(
            "there are too many extended headers in a row",
        ))
    }

    fn member(&mut self, header: &[u8; BLOCK], extended: Extended) -> Result<Member, StorageError> {
        let path = match (&extended.sparse_name, &extended.path) {
            (Some(name), _) | (None, Some(name)) => name.clone(),
            _ => header_name(header),
        };
        let shown = || String::from_utf8_lossy(&path).into_owned();
        let link = extended
            .link
            .unwrap_or_else(|| trim_nul(&header[157..257]).to_vec());
        let id = |value: u64| {
            u32::try_from(value)
                .ok()
                .filter(|id| *id != u32::MAX)
                .ok_or_else(|| {
                    StorageError::tar(format!("owner {value} of {:?} is out of range", shown()))
                })
        };
        let device = || -> Result<(u32, u32), StorageError> {
            let part = |field| -> Result<u32, StorageError> {
                u32::try_from(unsigned(field)?)
                    .map_err(|_| StorageError::tar("a device number is out of range"))
            };
            Ok((part(&header[329..337])?, part(&header[337..345])?))
        };
        let stored = match extended.size {
            Some(size) => size,
            None => unsigned(&header[124..136])?,
        };
        let mut segments = Vec::new();
        let kind = match header[156] {
            0 if path.ends_with(b"/") => Kind::Directory,
            b'0' | 0 | b'7' | b'S' => Kind::File { size: stored },
            b'1' => Kind::HardLink { target: link },
            b'2' => Kind::Symlink { target: link },
            b'3' | b'4' => {
                let (major, minor) = device()?;
                match header[156] {
                    b'3' => Kind::Character { major, minor },
                    _ => Kind::Block { major, minor },
                }
            }
            b'5' => Kind::Directory,
            b'6' => Kind::Fifo,
            other => {
                let other = char::from(other);
                return Err(StorageError::tar(format!(
                    "{:?} is of unknown type {other:?}",
                    shown()
                )));
            }
        };
        let mut kind = kind;
        // Only files own data; a link's size field repeats its target's in some writers.
        self.expect_data(if matches!(kind, Kind::File { .. }) {
            stored
        } else {
            0
        });
        if let Kind::File { size } = &mut kind {
            let real = if header[156] == b'S' {
                segments = self.old_sparse(header)?;
                Some(unsigned(&header[483..495])?)
            } else if extended.sparse_version.0 == Some(1) {
                segments = self.sparse_map()?;
                extended.sparse_size
            } else if let Some(numbers) = &extended.sparse_numbers {
                segments = pairs(numbers)?;
                extended.sparse_size
            } else {
                segments.push((0, stored));
                Some(stored)
            };
            *size = real.ok_or_else(|| StorageError::tar("a sparse file has no size"))?;
            check_segments(&segments, *size, self.data)?;
        }
        Ok(Member {
            kind,
            attrs: Attrs {
                mode: u32::try_from(number(&header[100..108])? & 0o7777).unwrap_or(0),
                uid: id(extended
                    .uid
                    .map_or_else(|| unsigned(&header[108..116]), Ok)?)?,
                gid: id(extended
                    .gid
                    .map_or_else(|| unsigned(&header[116..124]), Ok)?)?,
                mtime: match extended.mtime {
                    Some(time) => time,
                    None => (number(&header[136..148])?, 0),
                },
                xattrs: extended.xattrs,
            },
            path,
            segments,
        })
    }

    /// The parts of a file in the old GNU format: four in the header, 21 in each block after it.
    fn old_sparse(&mut self, header: &[u8; BLOCK]) -> Result<Vec<Segment>, StorageError> {
        let (data, padding) = (self.data, self.padding);
        let mut numbers = Vec::new();
        let mut take = |fields: &[u8]| -> Result<(), StorageError> {
            for pair in fields.chunks_exact(24).filter(|pair| pair[0] != 0) {
                numbers.push(unsigned(&pair[..12])?);
                numbers.push(unsigned(&pair[12..])?);
            }
            if numbers.len() > 2 * SEGMENT_LIMIT {
                return Err(StorageError::tar("a sparse file has too many parts"));
            }
            Ok(())
        };
        take(&header[386..482])?;
        let mut more = header[482] != 0;
        while more {
            let block = self
                .block()?
                .ok_or_else(|| StorageError::tar("it ends early"))?;
            take(&block[..504])?;
            more = block[504] != 0;
        }
        (self.data, self.padding) = (data, padding);
        pairs(&numbers)
    }

    /// The map of PAX format 1.0: decimal lines in whole blocks at the start of the data.
    fn sparse_map(&mut self) -> Result<Vec<Segment>, StorageError> {
        let mut text = Vec::new();
        let mut numbers = Vec::new();
        let mut expected = None;
        while expected.is_none_or(|count| numbers.len() < count) {
            let mut block = [0; BLOCK];
            self.read_exact(&mut block)
                .map_err(|_| StorageError::tar("a sparse map ends early"))?;
            text.extend_from_slice(&block);
            while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
                if expected.is_some_and(|count| numbers.len() == count) {
                    break;
                }
                let value = decimal(&text[..end])?;
                text.drain(..=end);
                if expected.is_some() {
                    numbers.push(value);
                } else {
                    let count = usize::try_from(value).ok().filter(|n| *n <= SEGMENT_LIMIT);
                    let count = count
                        .ok_or_else(|| StorageError::tar("a sparse file has too many parts"))?;
                    expected = Some(2 * count);
                }
            }
            if text.len() > 4 * BLOCK {
                return Err(StorageError::tar("a sparse map is malformed"));
            }
        }
        pairs(&numbers)
    }

    fn expect_data(&mut self, size: u64) {
        self.data = size;
        self.padding = size.wrapping_neg() % 512;
    }

    /// The content of a header about the next header.
    fn meta(&mut self, size: u64) -> Result<Vec<u8>, StorageError> {
        if size > META_LIMIT {
            return Err(StorageError::tar("an extended header is too long"));
        }
        self.expect_data(size);
        let mut content = Vec::new();
        self.read_to_end(&mut content).map_err(stream_error)?;
        Ok(content)
    }

    fn skip(&mut self) -> Result<(), StorageError> {
        io::copy(self, &mut io::sink()).map_err(stream_error)?;
        let padding = std::mem::take(&mut self.padding);
        let skipped = io::copy(
            &mut Read::by_ref(&mut self.stream).take(padding),
            &mut io::sink(),
        );
        // Padding behind the last member's data may be missing; the next header then is, too.
        skipped.map(drop).map_err(stream_error)
    }

    /// One block, or nothing at the stream's end.
    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, StorageError> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            match self.stream.read(&mut block[filled..]) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(StorageError::tar("it ends early")),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(stream_error(error)),
            }
        }
        Ok(Some(block))
    }
}

impl<R: Read> Read for TarReader<R> {
    /// The current member's stored data.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let limit = usize::try_from(self.data)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        if limit == 0 {
            return Ok(0);
        }
        let count = self.stream.read(&mut buffer[..limit])?;
        if count == 0 {
            let text = "invalid tar archive: it ends early";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, text));
        }
        self.data -= count as u64;
        Ok(count)
    }
}

fn stream_error(source: io::Error) -> StorageError {
    if source.kind() == io::ErrorKind::UnexpectedEof {
        return StorageError::tar("it ends early");
    }
    StorageError::Io {
        doing: "read archive".into(),
        source,
    }
}

fn trim_nul(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// The name of the header itself; the `prefix` field exists in POSIX's format only.
fn header_name(header: &[u8; BLOCK]) -> Vec<u8> {
    let name = trim_nul(&header[..100]);
    let prefix = trim_nul(&header[345..500]);
    if &header[257..263] == b"ustar\0" && !prefix.is_empty() {
        return [prefix, name].join(&b'/');
    }
    name.to_vec()
}

/// The sum of all bytes with the field itself as spaces; old writers added signed bytes.
fn check_sum(header: &[u8; BLOCK]) -> Result<(), StorageError> {
    let bad = || StorageError::tar("a header's checksum is wrong");
    let expected = number(&header[148..156]).map_err(|_| bad())?;
    let bytes = || {
        header[..148]
            .iter()
            .chain(b"        ")
            .chain(&header[156..])
    };
    let plain: i64 = bytes().map(|byte| i64::from(*byte)).sum();
    let signed: i64 = bytes().map(|byte| i64::from(byte.cast_signed())).sum();
    if expected == plain || expected == signed {
        Ok(())
    } else {
        Err(bad())
    }
}

fn pairs(numbers: &[u64]) -> Result<Vec<Segment>, StorageError> {
    if !numbers.len().is_multiple_of(2) {
        return Err(StorageError::tar("a sparse map is malformed"));
    }
    Ok(numbers
        .chunks_exact(2)
        .map(|pair| (pair[0], pair[1]))
        .collect())
}

/// Parts must come in order, not overlap, lie within the file and make up the stored data.
fn check_segments(segments: &[Segment], size: u64, stored: u64) -> Result<(), StorageError> {
    let bad = || StorageError::tar("a sparse map doesn't fit its file");
    let mut end = 0;
    let mut total = 0_u64;
    for (offset, length) in segments {
        if *offset < end {
            return Err(bad());
        }
        end = offset
            .checked_add(*length)
            .filter(|end| *end <= size)
            .ok_or_else(bad)?;
        total += length;
    }
    if total == stored { Ok(()) } else { Err(bad()) }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
