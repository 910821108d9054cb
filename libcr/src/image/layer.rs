//! Writes a layer of an image as a blob: hashed as it is, compressed, hashed again, in one pass.
//!
//! Media types: OCI image-spec, layer.md. Knows nothing of what the layer holds.

use std::fs::File;
use std::io::{self, Write};

use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::blobs::{BlobStore, BlobWriter};
use super::{ImageError, digest_text};
use crate::seal::{Envelope, Recipients};

/// How layers are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerCompression {
    /// Not at all.
    None,
    /// gzip at its fastest level.
    Gzip,
    /// zstd at this level, on all processors.
    Zstd(i32),
}

impl LayerCompression {
    /// The media type of a layer that is compressed so, and encrypted in the age format or not.
    /// Nobody else knows the latter: who doesn't decrypt is to refuse, not to unpack.
    pub fn media_type(self, encrypted: bool) -> &'static str {
        match self {
            Self::None if encrypted => "application/vnd.cryopod.image.layer.v1.tar+age",
            Self::Gzip if encrypted => "application/vnd.cryopod.image.layer.v1.tar+gzip+age",
            Self::Zstd(_) if encrypted => "application/vnd.cryopod.image.layer.v1.tar+zstd+age",
            Self::None => "application/vnd.oci.image.layer.v1.tar",
            Self::Gzip => "application/vnd.oci.image.layer.v1.tar+gzip",
            Self::Zstd(_) => "application/vnd.oci.image.layer.v1.tar+zstd",
        }
    }
}

/// A layer that is in the store of blobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLayer {
    /// As in the manifest.
    pub media_type: String,
    /// `sha256:…` of the blob.
    pub digest: String,
    /// Bytes of the blob.
    pub size: u64,
    /// `sha256:…` of the tar in it; of one that is encrypted that of the blob: a digest of what is in
    /// it would tell who guesses its content that the guess is right.
    pub diff_id: String,
    /// Bytes of the tar in it.
    pub unpacked: u64,
}

enum Encoder {
    None(Envelope<BlobWriter>),
    Gzip(GzEncoder<Envelope<BlobWriter>>),
    Zstd(zstd::Encoder<'static, Envelope<BlobWriter>>),
}

/// A layer in the making; dropped, it goes.
pub struct LayerWriter {
    compression: LayerCompression,
    encrypted: bool,
    encoder: Encoder,
    hash: Sha256,
    unpacked: u64,
}

impl std::fmt::Debug for LayerWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LayerWriter")
            .field("compression", &self.compression)
            .field("unpacked", &self.unpacked)
            .finish_non_exhaustive()
    }
}

impl LayerWriter {
    /// Begins a layer in the store; what is written is the plain tar. One that is encrypted is
    /// another blob each time, even of the same tar.
    ///
    /// # Errors
    /// [`ImageError::Io`] when there is no place for it.
    pub fn begin(
        blobs: &BlobStore,
        compression: LayerCompression,
        recipients: &Recipients,
    ) -> Result<Self, ImageError> {
        let wrap = |source| ImageError::Io {
            doing: "compress a layer".into(),
            source,
        };
        let blob = recipients.envelope(blobs.writer()?).map_err(wrap)?;
        let encoder = match compression {
            LayerCompression::None => Encoder::None(blob),
            LayerCompression::Gzip => {
                Encoder::Gzip(GzEncoder::new(blob, flate2::Compression::fast()))
            }
            LayerCompression::Zstd(level) => {
                let mut encoder = zstd::Encoder::new(blob, level).map_err(wrap)?;
                let processors = std::thread::available_parallelism().map_or(1, usize::from);
                let processors = u32::try_from(processors).unwrap_or(1);
                encoder.multithread(processors).map_err(wrap)?;
                encoder.include_checksum(true).map_err(wrap)?;
                Encoder::Zstd(encoder)
            }
        };
        Ok(Self {
            compression,
            encrypted: !recipients.is_empty(),
            encoder,
            hash: Sha256::new(),
            unpacked: 0,
        })
    }

    /// Puts it on disk.
    ///
    /// # Errors
    /// When the disk takes no more.
    pub fn finish(self) -> io::Result<StoredLayer> {
        let (blob, unnamed) = self.end()?;
        let (digest, size) = blob.finish()?;
        Ok(unnamed.named(digest, size))
    }

    /// The same as a file without a name, which goes when it is closed: the store doesn't keep it.
    ///
    /// # Errors
    /// When the disk takes no more.
    pub fn finish_nameless(self) -> io::Result<(StoredLayer, File)> {
        let (blob, unnamed) = self.end()?;
        let (file, digest, size) = blob.finish_nameless()?;
        Ok((unnamed.named(digest, size), file))
    }

    /// Ends the streams; what the layer is called is known once the blob's digest is.
    fn end(self) -> io::Result<(BlobWriter, Unnamed)> {
        let blob = match self.encoder {
            Encoder::None(encoder) => encoder,
            Encoder::Gzip(encoder) => encoder.finish()?,
            Encoder::Zstd(encoder) => encoder.finish()?,
        };
        let unnamed = Unnamed {
            media_type: self.compression.media_type(self.encrypted),
            // What is inside would confirm a guess.
            diff_id: (!self.encrypted).then(|| digest_text(&self.hash.finalize())),
            unpacked: self.unpacked,
        };
        Ok((blob.finish()?, unnamed))
    }
}

/// A layer before its blob has a digest.
struct Unnamed {
    media_type: &'static str,
    /// `None`: the digest of the blob.
    diff_id: Option<String>,
    unpacked: u64,
}

impl Unnamed {
    fn named(self, digest: String, size: u64) -> StoredLayer {
        StoredLayer {
            media_type: self.media_type.to_owned(),
            diff_id: self.diff_id.unwrap_or_else(|| digest.clone()),
            digest,
            size,
            unpacked: self.unpacked,
        }
    }
}

impl Write for LayerWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = match &mut self.encoder {
            Encoder::None(sink) => sink.write(bytes)?,
            Encoder::Gzip(sink) => sink.write(bytes)?,
            Encoder::Zstd(sink) => sink.write(bytes)?,
        };
        self.hash.update(&bytes[..count]);
        self.unpacked += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.encoder {
            Encoder::None(sink) => sink.flush(),
            Encoder::Gzip(sink) => sink.flush(),
            // A flush would end a block: the end of the layer does that.
            Encoder::Zstd(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::digest_of;

    #[test]
    fn equal_layers_are_one_blob_and_say_what_is_in_them() {
        let root = tempfile::tempdir().unwrap();
        let blobs = BlobStore::open(root.path()).unwrap();
        for compression in [
            LayerCompression::None,
            LayerCompression::Gzip,
            LayerCompression::Zstd(1),
        ] {
            let write = || {
                let mut layer =
                    LayerWriter::begin(&blobs, compression, &Recipients::default()).unwrap();
                layer.write_all(&[7; 5000]).unwrap();
                layer.finish().unwrap()
            };
            let layer = write();
            assert_eq!(layer, write());
            assert_eq!(layer.diff_id, digest_of(&[7; 5000]));
            assert_eq!(layer.unpacked, 5000);
            assert_eq!(blobs.size(&layer.digest), Some(layer.size));
            assert_eq!(layer.size < 500, compression != LayerCompression::None);
        }
    }

    #[test]
    fn an_encrypted_layer_tells_nothing_of_what_is_in_it() {
        let root = tempfile::tempdir().unwrap();
        let blobs = BlobStore::open(root.path()).unwrap();
        let recipient = age::x25519::Identity::generate().to_public().to_string();
        let recipients = Recipients::read(&[recipient]).unwrap();
        let write = || {
            let compression = LayerCompression::Zstd(1);
            let mut layer = LayerWriter::begin(&blobs, compression, &recipients).unwrap();
            layer.write_all(&[7; 5000]).unwrap();
            layer.finish().unwrap()
        };
        let (one, other) = (write(), write());
        assert_ne!(one.digest, other.digest);
        assert_eq!(one.diff_id, one.digest);
        assert!(one.media_type.ends_with("+zstd+age"));
        assert!(
            blobs
                .read(&one.digest)
                .unwrap()
                .starts_with(b"age-encryption.org/")
        );
    }
}
