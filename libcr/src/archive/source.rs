//! Where the bytes of a tar come from: a file or stream as it flows, decompressed on the way, or a
//! file in which what nobody wants is passed over without being read.
//!
//! Counts what is read and what becomes of it; judges nothing.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::compress::{Detected, decoder, detect};
use super::{ArchiveError, CHUNK};

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
    /// To read it again from.
    file: Option<Arc<File>>,
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
    /// [`ArchiveError::Empty`], [`ArchiveError::UnsupportedCompression`], [`ArchiveError::Io`].
    pub(super) fn new(
        source: impl Read + Send + 'static,
        archive: &str,
    ) -> Result<Self, ArchiveError> {
        let read = Arc::new(AtomicU64::new(0));
        let mut source = BufReader::with_capacity(CHUNK, Counted(source, Arc::clone(&read)));
        let cannot = |source| ArchiveError::Io {
            doing: format!("cannot read {archive}"),
            source,
        };
        let start = source.fill_buf().map_err(cannot)?;
        let archive = || archive.to_owned();
        if start.is_empty() {
            return Err(ArchiveError::Empty { archive: archive() });
        }
        let found = detect(start);
        let unsupported = match found {
            Detected::Bzip2 => Some("bzip2"),
            Detected::Xz => Some("xz"),
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
            file: None,
        })
    }

    /// The same of a file from its start, which can go back there.
    pub(super) fn of_file(file: Arc<File>, archive: &str) -> Result<Self, ArchiveError> {
        (&*file).rewind().map_err(|source| ArchiveError::Io {
            doing: format!("cannot read {archive}"),
            source,
        })?;
        let mut stream = Self::new(Arc::clone(&file), archive)?;
        stream.file = Some(file);
        Ok(stream)
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
        let file = self.file.clone().ok_or(io::ErrorKind::Unsupported)?;
        *self = Self::of_file(file, "the archive").map_err(io::Error::other)?;
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
