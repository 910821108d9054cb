//! Brings an image of a registry into the stores: what is missing of its blobs, its layers
//! unpacked, its row. In place only when all of it is right; else nothing of it stays.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::blobs::BlobStore;
use crate::image::manifest::Descriptor;
use crate::image::{ImageError, remote};
use crate::model::image::Image;
use crate::ops::steps::{checkpoint_image, image_lock, image_sweep};
use crate::progress::Progress;
use crate::registry::{Client, RegistryError};
use crate::storage::StorageError;
use crate::sys::{fault, machine};

use super::resolve::Resolved;
use super::still_wanted;

/// Brings it, and gives it its name, unless that is a digest.
///
/// # Errors
/// [`RegistryError`], [`ImageError`] and [`StorageError`] with what is wrong with it.
pub fn bring(engine: &Engine, resolved: &Resolved, progress: &dyn Progress) -> Result<Image> {
    let adding = image_lock::adding(engine)?;
    let brought = stored(engine, resolved, progress).and_then(|image| {
        engine.store.transaction(|rows| {
            rows.insert_image_anew(&image)?;
            rows.insert_image_event("pull", &image.id, &resolved.name.to_string())
        })?;
        Ok(image)
    });
    drop(adding);
    match brought {
        Ok(image) => Ok(image),
        Err(error) => {
            // What is whole of it when the connection broke needs not come twice.
            let broke = matches!(&error, Error::Registry(RegistryError::Lost { .. }));
            if !broke {
                image_sweep::sweep(engine)?;
            }
            Err(error)
        }
    }
}

/// Looks at it where it will not stay.
///
/// # Errors
/// As [`bring`], and of `look`.
pub fn glance<T>(
    engine: &Engine,
    resolved: &Resolved,
    progress: &dyn Progress,
    look: impl FnOnce(&Image) -> Result<T>,
) -> Result<T> {
    let adding = image_lock::adding(engine)?;
    let looked = stored(engine, resolved, progress).and_then(|image| look(&image));
    drop(adding);
    image_sweep::sweep(engine)?;
    looked
}

/// All of it but its row.
fn stored(engine: &Engine, resolved: &Resolved, progress: &dyn Progress) -> Result<Image> {
    let shown = resolved.name.to_string();
    let manifest = &resolved.manifest;
    let checkpoint = checkpoint_image::is_checkpoint(&manifest.annotations);
    let diff_ids = remote::diff_ids(&shown, &resolved.config, &manifest.layers)?;
    if !checkpoint && let Some(odd) = manifest.layers.iter().find(|layer| !is_plain(layer)) {
        let reason = format!(
            "layer {} is of a type that is not understood: {}",
            odd.digest, odd.media_type
        );
        return Err(ImageError::remote(&shown, reason).into());
    }
    let blobs = engine.blobs()?;
    room(engine, &shown, &manifest.layers, &blobs)?;
    let layers = engine.layers()?;
    let mut done = BTreeSet::new();
    for (layer, diff_id) in manifest.layers.iter().zip(&diff_ids) {
        if !done.insert(&layer.digest) {
            continue;
        }
        let was_there = blobs.size(&layer.digest) == Some(layer.size);
        if was_there {
            progress.say(&format!(
                "Copying blob {} skipped: already exists",
                layer.digest
            ));
        } else {
            blob(&resolved.client, layer, &blobs, progress)?;
            fault::point("layer-blob-kept");
        }
        if checkpoint || layers.path(diff_id).is_ok() {
            continue;
        }
        let unpack = || {
            layers
                .import_verified(blobs.open_blob(&layer.digest)?, diff_id)
                .map_err(Error::from)
        };
        match unpack() {
            // What was here of it may be from a disk that lost it.
            Err(error) if was_there => {
                tracing::debug!(digest = layer.digest, %error, "fetching a blob anew");
                blob(&resolved.client, layer, &blobs, progress)?;
                unpack()
            }
            unpacked => unpacked,
        }
        .map_err(|error| wrong_layer(&shown, layer, error))?;
        fault::point("layer-kept");
    }
    progress.say(&format!("Copying config {}", manifest.config.digest));
    let config: serde_json::Value = serde_json::from_slice(&resolved.config)
        .map_err(|error| ImageError::remote(&shown, format!("its configuration: {error}")))?;
    blobs.write(&resolved.config)?;
    let digest = blobs.write(&resolved.document.bytes)?;
    progress.say("Writing manifest to image destination");
    let named = resolved.name.digest.is_none();
    let image = Image {
        id: manifest
            .config
            .digest
            .trim_start_matches("sha256:")
            .to_owned(),
        digest,
        diff_ids,
        names: named.then(|| shown.clone()).into_iter().collect(),
        size: manifest.layers.iter().map(|layer| layer.size).sum(),
        created: Image::created_in(&config),
        config,
    };
    fault::point("blobs-kept");
    Ok(image)
}

/// One blob, into the store or not at all.
fn blob(
    client: &Client,
    layer: &Descriptor,
    blobs: &BlobStore,
    progress: &dyn Progress,
) -> Result<()> {
    let (digest, size) = (&layer.digest, layer.size);
    progress.say(&format!("Copying blob {digest}"));
    let mut writer = blobs.writer()?;
    let mut wanted = Wanted(&mut writer, progress);
    let came = client.blob(digest, size, &mut wanted, &mut |done| {
        progress.bytes(digest, done, Some(size));
    });
    still_wanted(digest, progress)?;
    came?;
    writer.finish_as(digest)?;
    Ok(())
}

/// Takes nothing more once nobody waits for it.
struct Wanted<'a, W>(&'a mut W, &'a dyn Progress);

impl<W: Write> Write for Wanted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.1.cancelled() {
            return Err(io::Error::other("nobody waits for it any more"));
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Refuses what can't fit before anything of it comes.
fn room(engine: &Engine, shown: &str, layers: &[Descriptor], blobs: &BlobStore) -> Result<()> {
    let missing = layers
        .iter()
        .filter(|layer| blobs.size(&layer.digest) != Some(layer.size));
    let needed: u64 = missing.map(|layer| layer.size).sum();
    let free = machine::free_space(&engine.config.root)?;
    if needed <= free {
        return Ok(());
    }
    let reason = format!("it has {needed} bytes, and there is room for {free}");
    Err(ImageError::remote(shown, reason).into())
}

/// Whether a layer is a tar as such, or compressed.
fn is_plain(layer: &Descriptor) -> bool {
    let kind = layer.media_type.as_str();
    kind.is_empty()
        || [".tar", ".tar+gzip", ".tar+zstd", ".tar.gzip", ".tar.zstd"]
            .iter()
            .any(|end| kind.ends_with(end))
}

fn wrong_layer(shown: &str, layer: &Descriptor, error: Error) -> Error {
    match error {
        Error::Storage(StorageError::DigestMismatch { expected, actual }) => {
            let reason = format!(
                "layer {} has another content than its configuration says: diff id {actual}, not {expected}",
                layer.digest
            );
            ImageError::remote(shown, reason).into()
        }
        other => other,
    }
}
