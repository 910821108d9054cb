//! `load`: images of a docker-archive or an OCI archive.

use std::path::Path;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::archive::{ImageArchive, LayerBlob};
use crate::image::manifest::{Descriptor, Manifest};
use crate::image::reference::Reference;
use crate::model::image::Image;
use crate::ops::steps::{checkpoint_image, containerd, image_lock, keep_layer};
use crate::sys::fault;

/// Loads all images of a file, a pipe or a directory, and returns the name of each (its id where
/// it has none).
pub fn load(engine: &Engine, path: &Path) -> Result<Vec<String>> {
    let archive = ImageArchive::open(path, &engine.config.root.join("images"))?;
    let _adding = image_lock::adding(engine)?;
    let layers = engine.layers()?;
    let blobs = engine.blobs()?;
    let mut loaded = Vec::new();
    for archived in &archive.images {
        let (mut size, mut diff_ids) = (0, Vec::new());
        let manifest = archived.manifest.as_deref();
        let manifest = manifest
            .map(|bytes| Manifest::from_json("image manifest", bytes))
            .transpose()?;
        // Nobody runs on the layers of a checkpoint: they are kept as they came.
        let checkpoint =
            manifest.is_some_and(|manifest| checkpoint_image::is_checkpoint(&manifest.annotations));
        let id = archived.config_digest.trim_start_matches("sha256:");
        let known = engine.store.rows().images_with_prefix(id)?.pop();
        // Its manifest is kept too, which a docker-archive doesn't have.
        let whole = known
            .filter(|known| archived.manifest.is_none() && keep_layer::is_whole(engine, known));
        let mut kept = Vec::new();
        for blob in &archived.layers {
            let there = layers.path(&blob.diff_id).is_ok();
            if checkpoint {
                archive.copy_layer(blob, &blobs)?;
            } else if archived.manifest.is_some() {
                archive.copy_layer(blob, &blobs)?;
                if !there {
                    layers.import_verified(archive.layer(blob)?, &blob.diff_id)?;
                    fault::point("layer-kept");
                }
            } else if whole.is_none() || !there {
                kept.push(layer(engine, &archive, blob, there)?);
                fault::point("layer-kept");
            }
            size += blob.size;
            diff_ids.push(blob.diff_id.clone());
        }
        let config: serde_json::Value = serde_json::from_slice(&archived.config)
            .map_err(|error| Error::Invalid(format!("invalid image archive: {error}")))?;
        blobs.write(&archived.config)?;
        let digest = match (&archived.manifest, whole) {
            (Some(manifest), _) => blobs.write(manifest)?,
            (None, Some(whole)) => whole.digest,
            (None, None) => blobs.write(&keep_layer::manifest(&archived.config, kept)?)?,
        };
        let names = archived.tags.iter().map(|tag| {
            Ok(Reference::parse(tag)
                .map_err(crate::image::ImageError::from)?
                .local()
                .to_string())
        });
        let image = Image {
            id: id.to_owned(),
            digest,
            diff_ids,
            names: names.collect::<Result<_>>()?,
            size,
            created: Image::created_in(&config),
            config,
        };
        fault::point("blobs-kept");
        engine.store.transaction(|rows| {
            rows.insert_image_anew(&image)?;
            rows.insert_image_event("loadfromarchive", &image.id, &path.display().to_string())
        })?;
        if image.names.is_empty() {
            loaded.push(format!("sha256:{}", image.id));
        } else {
            loaded.extend(image.names);
        }
    }
    for checkpoint in &archive.checkpoints {
        loaded.extend(containerd::keep(engine, &archive, checkpoint)?);
    }
    Ok(loaded)
}

/// A layer of a docker-archive: unpacked where it is `there` not yet, and kept.
fn layer(
    engine: &Engine,
    archive: &ImageArchive,
    blob: &LayerBlob,
    there: bool,
) -> Result<Descriptor> {
    if !there {
        let stream = archive.layer(blob)?;
        return Ok(keep_layer::import(engine, stream, Some(&blob.diff_id))?.1);
    }
    match keep_layer::known(engine, &blob.diff_id)? {
        Some(known) => Ok(known),
        None => keep_layer::keep(engine, archive.layer(blob)?, &blob.diff_id),
    }
}
