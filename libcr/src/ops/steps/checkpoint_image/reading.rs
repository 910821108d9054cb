//! Reads a checkpoint image as the archive that it is.

use std::collections::BTreeMap;
use std::io::{self, Read};

use super::dialect::is_checkpoint;
use crate::archive::PartSource;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::blobs::BlobStore;
use crate::image::manifest::Manifest;
use crate::model::image::Image;

/// The manifest of an image.
///
/// # Errors
/// [`crate::image::ImageError::NoSuchBlob`] for an image that came without one.
pub fn manifest(engine: &Engine, image: &Image) -> Result<Manifest> {
    let bytes = engine.blobs()?.read(&image.digest)?;
    Ok(Manifest::from_json("image manifest", &bytes)?)
}

/// What the manifest of an image says beside its layers; nothing where there is no manifest.
pub fn annotations(engine: &Engine, image: &Image) -> BTreeMap<String, String> {
    manifest(engine, image)
        .map(|manifest| manifest.annotations)
        .unwrap_or_default()
}

/// Whether the layers of an image are encrypted, as their media types say.
pub fn is_encrypted(engine: &Engine, image: &Image) -> bool {
    let encrypted = |media_type: &str| media_type.ends_with("+age");
    manifest(engine, image).is_ok_and(|manifest| {
        let mut layers = manifest.layers.iter();
        layers.any(|layer| encrypted(&layer.media_type))
    })
}

/// The digests of the layers of a checkpoint image; nothing for an image that is no checkpoint.
pub fn layers(engine: &Engine, image: &Image) -> Option<Vec<String>> {
    let manifest = manifest(engine, image).ok()?;
    let digests = manifest.layers.into_iter().map(|layer| layer.digest);
    is_checkpoint(&manifest.annotations).then(|| digests.collect())
}

/// What is said of an image that is no checkpoint, in Podman's words. `id`: also with `sha256:`.
pub fn no_checkpoint(id: &str) -> Error {
    let id = id.trim_start_matches("sha256:");
    Error::Invalid(format!("image is not a checkpoint: {id}"))
}

/// The layers of a checkpoint image, in order, each checked against its digest while it is read.
///
/// # Errors
/// [`Error::Invalid`] for an image that is no checkpoint, in Podman's words.
pub fn open(engine: &Engine, image: &Image) -> Result<PartSource> {
    let Some(digests) = layers(engine, image) else {
        return Err(no_checkpoint(&image.id));
    };
    Ok(Box::new(Layers {
        blobs: engine.blobs()?,
        digests: digests.into_iter(),
    }))
}

struct Layers {
    blobs: BlobStore,
    digests: std::vec::IntoIter<String>,
}

impl Iterator for Layers {
    type Item = io::Result<Box<dyn Read + Send>>;

    fn next(&mut self) -> Option<Self::Item> {
        let digest = self.digests.next()?;
        let blob = self.blobs.open_blob(&digest);
        Some(
            blob.map(|blob| Box::new(blob) as Box<dyn Read + Send>)
                .map_err(io::Error::other),
        )
    }
}
