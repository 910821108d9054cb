//! A layer that comes in a file: unpacked, and kept as a blob beside that, so that the image can be
//! pushed. Compressed it is kept as it came, a plain one is compressed once.

use std::io::{self, Chain, Cursor, Read, Write};

use crate::engine::Engine;
use crate::error::Result;
use crate::image::blobs::BlobWriter;
use crate::image::layer::{LayerCompression, LayerWriter};
use crate::image::manifest::{CONFIG, Descriptor, MANIFEST, Manifest};
use crate::image::{ImageError, digest_of};
use crate::model::image::Image;
use crate::ops::steps::checkpoint_image;
use crate::seal::Recipients;
use crate::storage::StorageError;
use crate::storage::layer::Layer;

/// What plain layers are compressed with: all that pull images today know it, and it costs a fifth
/// of gzip's time.
const COMPRESSION: LayerCompression = LayerCompression::Zstd(3);

/// Unpacks a layer and keeps it. `expected`: its diff-id, where that is known.
///
/// # Errors
/// [`StorageError`] for what is no layer; nothing of it is there then.
pub fn import(
    engine: &Engine,
    stream: impl Read,
    expected: Option<&str>,
) -> Result<(Layer, Descriptor)> {
    let mut teed = Teed::open(engine, stream)?;
    let layers = engine.layers()?;
    let layer = match expected {
        Some(diff_id) => layers.import_verified(&mut teed, diff_id)?,
        None => layers.import(&mut teed)?,
    };
    Ok((layer, teed.finish()?))
}

/// Keeps a layer that is unpacked already. `expected`: its diff-id.
///
/// # Errors
/// [`StorageError::DigestMismatch`] when it is another.
pub fn keep(engine: &Engine, stream: impl Read, expected: &str) -> Result<Descriptor> {
    let mut layer = LayerWriter::begin(&engine.blobs()?, COMPRESSION, &Recipients::default())?;
    let mut stream = stream;
    io::copy(&mut stream, &mut layer)?;
    let stored = layer.finish()?;
    if stored.diff_id != expected {
        let (expected, actual) = (expected.to_owned(), stored.diff_id);
        return Err(StorageError::DigestMismatch { expected, actual }.into());
    }
    Ok(Descriptor {
        media_type: stored.media_type,
        digest: stored.digest,
        size: stored.size,
        ..Descriptor::default()
    })
}

/// The blob that some image has of a layer.
///
/// # Errors
/// Of the database.
pub fn known(engine: &Engine, diff_id: &str) -> Result<Option<Descriptor>> {
    let blobs = engine.blobs()?;
    for image in engine.store.rows().images()? {
        let Some(at) = image.diff_ids.iter().position(|id| id == diff_id) else {
            continue;
        };
        let Ok(manifest) = checkpoint_image::manifest(engine, &image) else {
            continue;
        };
        let layer = manifest.layers.into_iter().nth(at);
        if let Some(layer) = layer.filter(|layer| blobs.size(&layer.digest) == Some(layer.size)) {
            return Ok(Some(layer));
        }
    }
    Ok(None)
}

/// Whether all that an image's manifest lists is kept, the manifest too.
pub fn is_whole(engine: &Engine, image: &Image) -> bool {
    let (Ok(blobs), Ok(manifest)) = (engine.blobs(), checkpoint_image::manifest(engine, image))
    else {
        return false;
    };
    let mut layers = manifest.layers.iter();
    layers.all(|layer| blobs.size(&layer.digest) == Some(layer.size))
}

/// The manifest of an image that came without one.
///
/// # Errors
/// [`ImageError`] when it can't be put into words.
pub fn manifest(config: &[u8], layers: Vec<Descriptor>) -> Result<Vec<u8>, ImageError> {
    let manifest = Manifest {
        schema_version: 2,
        media_type: MANIFEST.to_owned(),
        config: Descriptor {
            media_type: CONFIG.to_owned(),
            digest: digest_of(config),
            size: config.len() as u64,
            ..Descriptor::default()
        },
        layers,
        ..Manifest::default()
    };
    serde_json::to_vec(&manifest).map_err(|error| ImageError::archive(error.to_string()))
}

enum Sink {
    /// It is compressed: kept as it is.
    Raw(&'static str, BlobWriter),
    /// It is plain.
    Compressed(Box<LayerWriter>),
}

/// A stream that is kept while it is read.
struct Teed<R> {
    stream: Chain<Cursor<Vec<u8>>, R>,
    sink: Sink,
}

impl<R: Read> Teed<R> {
    fn open(engine: &Engine, mut stream: R) -> Result<Self> {
        let mut magic = Vec::with_capacity(4);
        Read::by_ref(&mut stream).take(4).read_to_end(&mut magic)?;
        let blobs = engine.blobs()?;
        let sink = if magic.starts_with(b"\x1f\x8b\x08") {
            Sink::Raw(LayerCompression::Gzip.media_type(false), blobs.writer()?)
        } else if magic.starts_with(b"\x28\xb5\x2f\xfd") {
            Sink::Raw(LayerCompression::Zstd(0).media_type(false), blobs.writer()?)
        } else {
            let layer = LayerWriter::begin(&blobs, COMPRESSION, &Recipients::default())?;
            Sink::Compressed(Box::new(layer))
        };
        Ok(Self {
            stream: Cursor::new(magic).chain(stream),
            sink,
        })
    }

    fn finish(mut self) -> Result<Descriptor> {
        // A decoder stops where the compressed stream ends; the blob is all that came.
        io::copy(&mut self, &mut io::sink())?;
        let (media_type, digest, size) = match self.sink {
            Sink::Raw(kind, blob) => {
                let (digest, size) = blob.finish()?;
                (kind.to_owned(), digest, size)
            }
            Sink::Compressed(layer) => {
                let stored = layer.finish()?;
                (stored.media_type, stored.digest, stored.size)
            }
        };
        Ok(Descriptor {
            media_type,
            digest,
            size,
            ..Descriptor::default()
        })
    }
}

impl<R: Read> Read for Teed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        match &mut self.sink {
            Sink::Raw(_, blob) => blob.write_all(&buffer[..count])?,
            Sink::Compressed(layer) => layer.write_all(&buffer[..count])?,
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn plain_layers_are_compressed_and_others_kept_as_they_are() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = Engine::open(Config::below(root.path()))?;
        let tar = [0_u8; 10240];
        let (layer, plain) = import(&engine, &tar[..], None)?;
        assert_eq!(layer.diff_id, digest_of(&tar));
        assert!(plain.media_type.ends_with("tar+zstd") && plain.size < 200);
        assert_eq!(keep(&engine, &tar[..], &layer.diff_id)?, plain);
        assert!(keep(&engine, &tar[..512], &layer.diff_id).is_err());
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&tar)?;
        let gzip = gzip.finish()?;
        let (same, kept) = import(&engine, &gzip[..], Some(&layer.diff_id))?;
        assert_eq!(same.diff_id, layer.diff_id);
        assert_eq!(kept.digest, digest_of(&gzip));
        assert_eq!(engine.blobs()?.read(&kept.digest)?, gzip);
        let wrong = import(&engine, &gzip[..], Some(&digest_of(b"")));
        assert!(wrong.is_err());
        Ok(())
    }
}
