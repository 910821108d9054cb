//! Finds out by its first bytes how a stream is compressed, and undoes it.
//!
//! Magic numbers: gzip RFC 1952, Zstandard RFC 8878, bzip2 and xz from their file format
//! descriptions. File names and media types play no part.

use std::io::{self, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;

use super::StorageError;

/// The stream with its first bytes put back.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

/// A stream in plain form.
pub(super) enum Plain<'r, R: Read> {
    /// It was not compressed.
    None(Whole<R>),
    /// Gzip, of one or several members.
    Gzip(Box<MultiGzDecoder<Whole<R>>>),
    /// Zstandard, of one or several frames.
    Zstd(Box<zstd::Decoder<'r, io::BufReader<Whole<R>>>>),
}

impl<R: Read> Plain<'_, R> {
    /// Looks at the first six bytes and sets up the decoder.
    pub(super) fn open(mut stream: R) -> Result<Self, StorageError> {
        let wrap = |source| StorageError::Io {
            doing: "read archive".into(),
            source,
        };
        let mut magic = Vec::with_capacity(6);
        Read::by_ref(&mut stream)
            .take(6)
            .read_to_end(&mut magic)
            .map_err(wrap)?;
        if magic.starts_with(b"BZh") {
            return Err(StorageError::Compression { algorithm: "bzip2" });
        }
        if magic.starts_with(b"\xfd7zXZ\0") {
            return Err(StorageError::Compression { algorithm: "xz" });
        }
        let gzip = magic.starts_with(b"\x1f\x8b\x08");
        let zstd = magic.starts_with(b"\x28\xb5\x2f\xfd");
        let whole = Cursor::new(magic).chain(stream);
        Ok(if gzip {
            Self::Gzip(Box::new(MultiGzDecoder::new(whole)))
        } else if zstd {
            Self::Zstd(Box::new(zstd::Decoder::new(whole).map_err(wrap)?))
        } else {
            Self::None(whole)
        })
    }
}

impl<R: Read> Read for Plain<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::None(stream) => stream.read(buffer),
            Self::Gzip(stream) => stream.read(buffer),
            Self::Zstd(stream) => stream.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn plain(bytes: &[u8]) -> Result<Vec<u8>, StorageError> {
        let mut out = Vec::new();
        Plain::open(bytes)?.read_to_end(&mut out).unwrap();
        Ok(out)
    }

    #[test]
    fn each_compression_is_found_by_its_magic() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"hello").unwrap();
        assert_eq!(plain(&gzip.finish().unwrap()).unwrap(), b"hello");
        assert_eq!(
            plain(&zstd::encode_all(&b"hello"[..], 1).unwrap()).unwrap(),
            b"hello"
        );
        assert_eq!(plain(b"hello").unwrap(), b"hello");
        assert_eq!(plain(b"").unwrap(), b"");
    }

    #[test]
    fn what_is_not_supported_is_named() {
        let message = |bytes: &[u8]| plain(bytes).unwrap_err().to_string();
        assert!(message(b"BZh91AY").contains("bzip2"));
        assert!(message(b"\xfd7zXZ\0\0\0").contains("xz"));
    }
}
