//! Compression of archives: chosen when writing, recognised by its first bytes when reading.
//!
//! zstd uses all processors and is written as [`super::frames`], so that readers can begin in the
//! middle. Knows nothing of what it compresses.

use std::io::{self, BufRead, Read, Write};
use std::str::FromStr;

use super::frames::FrameEncoder;
use crate::seal::{self, Recipients};

/// How an archive is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip at its fastest level, on one processor.
    Gzip,
    /// zstd at this level (1 to 19), on all processors.
    Zstd(i32),
}

impl Default for Compression {
    /// zstd at level 1: memory pages gain little from more, and downtime counts.
    fn default() -> Self {
        Self::Zstd(1)
    }
}

/// What an archive looks like from outside.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// How it is compressed.
    pub compression: Compression,
    /// Whom it is encrypted to; nobody: it is not.
    pub recipients: Recipients,
}

impl From<Compression> for Form {
    /// Not encrypted.
    fn from(compression: Compression) -> Self {
        Self {
            compression,
            recipients: Recipients::default(),
        }
    }
}

/// A word that names no compression, with Podman's text for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "selected compression algorithm ({0:?}) not supported. Please select one from: gzip, none, zstd"
)]
pub struct UnknownCompression(pub String);

impl FromStr for Compression {
    type Err = UnknownCompression;

    /// The values of Podman's `--compress`, in any case.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word.to_ascii_lowercase().as_str() {
            "none" => Ok(Self::None),
            "gzip" => Ok(Self::Gzip),
            "zstd" => Ok(Self::default()),
            _ => Err(UnknownCompression(word.to_owned())),
        }
    }
}

/// What the first bytes of a file say about its compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detected {
    /// None of the known ones: plain, or not an archive.
    Plain,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// Recognised, not read.
    Bzip2,
    /// Recognised, not read.
    Xz,
    /// Encrypted: what is in it is known once it is opened.
    Age,
    /// The same as text; recognised, not read.
    ArmoredAge,
}

/// Recognises compression, and encryption, by magic number.
pub fn detect(start: &[u8]) -> Detected {
    match start {
        [0x1f, 0x8b, 0x08, ..] => Detected::Gzip,
        // The second are skippable frames (RFC 8878 §3.1.2), which pzstd puts first.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Detected::Zstd,
        [0x42, 0x5a, 0x68, ..] => Detected::Bzip2,
        [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, ..] => Detected::Xz,
        start if start.starts_with(seal::MAGIC) => Detected::Age,
        start if start.starts_with(seal::ARMOR) => Detected::ArmoredAge,
        _ => Detected::Plain,
    }
}

/// Reads what was compressed with `found`.
pub(super) fn decoder(
    found: Detected,
    source: impl BufRead + Send + 'static,
) -> io::Result<Box<dyn Read + Send>> {
    Ok(match found {
        Detected::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(source)),
        Detected::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(source)?),
        _ => Box::new(source),
    })
}

/// Compresses on the way to `W`.
pub(super) enum Encoder<W: Write> {
    None(W),
    Gzip(flate2::write::GzEncoder<W>),
    Zstd(FrameEncoder<W>),
}

impl<W: Write> Encoder<W> {
    pub(super) fn new(compression: Compression, sink: W) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::None(sink),
            Compression::Gzip => Self::Gzip(flate2::write::GzEncoder::new(
                sink,
                flate2::Compression::fast(),
            )),
            Compression::Zstd(level) => Self::Zstd(FrameEncoder::new(sink, level)?),
        })
    }

    /// Ends the compressed stream and returns what it went to.
    pub(super) fn finish(self) -> io::Result<W> {
        match self {
            Self::None(sink) => Ok(sink),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::None(sink) => sink.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::None(sink) => sink.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_magic() {
        assert_eq!("ZSTD".parse(), Ok(Compression::Zstd(1)));
        assert_eq!("None".parse(), Ok(Compression::None));
        let error = "lzma".parse::<Compression>().unwrap_err().to_string();
        assert_eq!(
            error,
            "selected compression algorithm (\"lzma\") not supported. Please select one from: gzip, none, zstd"
        );
        assert_eq!(detect(b"BZh91AY"), Detected::Bzip2);
        assert_eq!(detect(&[0xfd, b'7', b'z', b'X', b'Z', 0]), Detected::Xz);
        assert_eq!(detect(b""), Detected::Plain);
        for (compression, magic) in [
            (Compression::Gzip, Detected::Gzip),
            (Compression::Zstd(1), Detected::Zstd),
            (Compression::None, Detected::Plain),
        ] {
            let mut encoder = Encoder::new(compression, Vec::new()).unwrap();
            encoder.write_all(b"some bytes").unwrap();
            let bytes = encoder.finish().unwrap();
            assert_eq!(detect(&bytes), magic);
            let mut back = Vec::new();
            decoder(magic, io::Cursor::new(bytes))
                .unwrap()
                .read_to_end(&mut back)
                .unwrap();
            assert_eq!(back, b"some bytes");
        }
    }
}
