//! Undoes the compression of an archive or a layer blob, known by its first bytes (RFC 1952,
//! RFC 8878), and checks the digest of what was read.

use std::io::{self, BufReader, Cursor, Read};

use sha2::{Digest, Sha256};

use super::{ImageError, digest_text};

/// A stream of either kind.
type Stream = Box<dyn Read + Send>;

/// Whether the stream is compressed, and its plain form. `None` of compression means gzip or zstd
/// were not found; bzip2 and xz are errors.
pub(super) fn plain(mut stream: Stream) -> Result<(bool, Stream), ImageError> {
    let wrap = |source| ImageError::Io {
        doing: "read archive".into(),
        source,
    };
    let mut magic = Vec::with_capacity(6);
    Read::by_ref(&mut stream)
        .take(6)
        .read_to_end(&mut magic)
        .map_err(wrap)?;
    for (start, name) in [(&b"BZh"[..], "bzip2"), (b"\xfd7zXZ\0", "xz")] {
        if magic.starts_with(start) {
            let reason = format!("unsupported compression {name}; use gzip, zstd or none");
            return Err(ImageError::Archive { reason });
        }
    }
    let gzip = magic.starts_with(b"\x1f\x8b\x08");
    let zstd = magic.starts_with(b"\x28\xb5\x2f\xfd");
    let whole = BufReader::new(Cursor::new(magic).chain(stream));
    Ok(if gzip {
        (true, Box::new(flate2::bufread::MultiGzDecoder::new(whole)))
    } else if zstd {
        (
            true,
            Box::new(zstd::Decoder::with_buffer(whole).map_err(wrap)?),
        )
    } else {
        (false, Box::new(whole))
    })
}

/// A stream that fails at its end when it wasn't what its digest says.
pub(super) struct Checked<R> {
    stream: R,
    hash: Sha256,
    expected: String,
}

impl<R: Read> Checked<R> {
    pub(super) fn new(stream: R, expected: &str) -> Self {
        Self {
            stream,
            hash: Sha256::new(),
            expected: expected.to_owned(),
        }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.hash.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() {
            let actual = digest_text(&self.hash.clone().finalize());
            if actual != self.expected {
                let expected = self.expected.clone();
                let error = ImageError::DigestMismatch { expected, actual };
                return Err(io::Error::new(io::ErrorKind::InvalidData, error));
            }
        }
        Ok(count)
    }
}
