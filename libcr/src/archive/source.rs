//! Where the bytes of a tar come from: a file or stream as it flows, decompressed on the way, or a
//! file in which what nobody wants is passed over without being read.
//!
//! Counts what is read and what becomes of it; judges nothing.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::compress::{Detected, decoder, detect};
use super::tape::broken;
use super::{ArchiveError, CHUNK};
use crate::seal::{Keys, Locked, unlock};

/// How much of a stream is passed over at a time, bytes: what zstd decompresses in one go.
const SCRAP: usize = 128 << 10;
/// How much of a file is read at a time where most is passed over, bytes.
const AHEAD: usize = 16 << 10;

/// The bytes of a tar.
pub(super) trait Source: Read + Send {
    /// Passes over up to `count` bytes, as many as can be at once; over none only at the end.
    fn skip(&mut self, count: u64) -> io::Result<u64>;

    /// Goes back to the first byte.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] for what flows but once.
    fn rewind(&mut self) -> io::Result<()>;

    /// Bytes read from the file so far and bytes they were unpacked to.
    fn flow(&self) -> Flow;
}

/// How much came, and what it became.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Flow {
    pub(super) read: u64,
    pub(super) unpacked: u64,
}

/// What comes one byte after the other.
pub(super) struct Stream {
    decoder: Box<dyn Read + Send>,
    pub(super) found: Detected,
    read: Arc<AtomicU64>,
    unpacked: u64,
    scrap: Vec<u8>,
    /// It came encrypted.
    pub(super) encrypted: bool,
    /// To read it again from, and with.
    file: Option<(Arc<File>, Keys)>,
}

/// Counts what comes from the file.
struct Counted<R>(R, Arc<AtomicU64>);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl Stream {
    /// Recognises the compression; `archive` is what messages call it.
    ///
    /// # Errors
    /// [`ArchiveError::Empty`], [`ArchiveError::UnsupportedCompression`], [`ArchiveError::Io`]; for
    /// one that is encrypted also what keys that don't fit earn.
    pub(super) fn new(
        source: impl Read + Send + 'static,
        archive: &str,
        keys: &Keys,
    ) -> Result<Self, ArchiveError> {
        let read = Arc::new(AtomicU64::new(0));
        let mut source = BufReader::with_capacity(CHUNK, Counted(source, Arc::clone(&read)));
        let start = source.fill_buf().map_err(|source| ArchiveError::Io {
            doing: format!("cannot read {archive}"),
            source,
        })?;
        if detect(start) != Detected::Age {
            return Self::of(source, read, archive);
        }
        let opened = unlock(source, keys).map_err(|locked| refused(archive, locked))?;
        let source = BufReader::with_capacity(CHUNK, opened);
        let mut stream = Self::of(source, read, archive)?;
        stream.encrypted = true;
        Ok(stream)
    }

    fn of(
        mut source: impl BufRead + Send + 'static,
        read: Arc<AtomicU64>,
        archive: &str,
    ) -> Result<Self, ArchiveError> {
        let cannot = |error| broken(archive, "before its first member", error);
        let start = source.fill_buf().map_err(cannot)?;
        let archive = || archive.to_owned();
        if start.is_empty() {
            return Err(ArchiveError::Empty { archive: archive() });
        }
        let found = detect(start);
        let unsupported = match found {
            Detected::Bzip2 => Some("bzip2"),
            Detected::Xz => Some("xz"),
            Detected::Age | Detected::ArmoredAge => {
                let why = if found == Detected::Age {
                    "it is encrypted twice"
                } else {
                    "it is encrypted and armored, as text: encrypt it without --armor"
                };
                return Err(ArchiveError::NotAnArchive {
                    archive: archive(),
                    why: why.to_owned(),
                });
            }
            Detected::Plain | Detected::Gzip | Detected::Zstd => None,
        };
        if let Some(found) = unsupported {
            let archive = archive();
            return Err(ArchiveError::UnsupportedCompression { archive, found });
        }
        Ok(Self {
            decoder: decoder(found, source).map_err(cannot)?,
            found,
            read,
            unpacked: 0,
            scrap: Vec::new(),
            encrypted: false,
            file: None,
        })
    }

    /// The same of a file from its start, which can go back there.
    pub(super) fn of_file(
        file: Arc<File>,
        archive: &str,
        keys: &Keys,
    ) -> Result<Self, ArchiveError> {
        (&*file).rewind().map_err(|source| ArchiveError::Io {
            doing: format!("cannot read {archive}"),
            source,
        })?;
        let mut stream = Self::new(Arc::clone(&file), archive, keys)?;
        stream.file = Some((file, keys.clone()));
        Ok(stream)
    }
}

/// What it means for an archive that it can't be opened.
fn refused(archive: &str, locked: Locked) -> ArchiveError {
    let archive = archive.to_owned();
    match locked {
        Locked::NoKey(recipients) => ArchiveError::Encrypted {
            archive,
            recipients,
        },
        Locked::WrongKey(recipients) => ArchiveError::WrongKey {
            archive,
            recipients,
        },
        Locked::Passphrase => ArchiveError::Passphrase { archive },
        Locked::Cut => ArchiveError::Truncated {
            archive,
            missing: "it ends within the header of its encryption".into(),
        },
        Locked::Damaged(what) => ArchiveError::Damaged { archive, what },
        Locked::Io(source) => ArchiveError::Io {
            doing: format!("cannot read {archive}"),
            source,
        },
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.read(buffer)?;
        self.unpacked += count as u64;
        Ok(count)
    }
}

impl Source for Stream {
    fn skip(&mut self, count: u64) -> io::Result<u64> {
        let mut scrap = std::mem::take(&mut self.scrap);
        scrap.resize(SCRAP, 0);
        let len = usize::try_from(count).unwrap_or(SCRAP).min(SCRAP);
        let result = self.read(&mut scrap[..len]);
        self.scrap = scrap;
        result.map(|count| count as u64)
    }

    fn rewind(&mut self) -> io::Result<()> {
        let (file, keys) = self.file.clone().ok_or(io::ErrorKind::Unsupported)?;
        *self = Self::of_file(file, "the archive", &keys).map_err(io::Error::other)?;
        Ok(())
    }

    fn flow(&self) -> Flow {
        Flow {
            read: self.read.load(Ordering::Relaxed),
            unpacked: self.unpacked,
        }
    }
}

/// An uncompressed file.
pub(super) struct Plain {
    file: BufReader<Arc<File>>,
    len: u64,
    position: u64,
    read: u64,
}

impl Plain {
    /// From its start.
    pub(super) fn new(file: Arc<File>) -> io::Result<Self> {
        (&*file).rewind()?;
        Ok(Self {
            len: file.metadata()?.len(),
            // Headers that lie apart: what is read ahead of them is thrown away mostly.
            file: BufReader::with_capacity(AHEAD, file),
            position: 0,
            read: 0,
        })
    }
}

impl Read for Plain {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.position += count as u64;
        self.read += count as u64;
        Ok(count)
    }
}

impl Source for Plain {
    fn skip(&mut self, count: u64) -> io::Result<u64> {
        let count = count.min(self.len.saturating_sub(self.position));
        // A file is never longer than that.
        self.file
            .seek_relative(i64::try_from(count).map_err(io::Error::other)?)?;
        self.position += count;
        Ok(count)
    }

    fn rewind(&mut self) -> io::Result<()> {
        self.file.rewind()?;
        self.position = 0;
        Ok(())
    }

    fn flow(&self) -> Flow {
        Flow {
            read: self.read,
            unpacked: self.read,
        }
    }
}
