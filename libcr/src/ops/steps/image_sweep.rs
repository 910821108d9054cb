//! Takes away layers and blobs that no image has: what a removal left, what a killed engine left,
//! what was brought of an image that turned out to be wrong.

use std::collections::BTreeSet;

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::{checkpoint_image, image_lock};
use crate::storage::StorageError;

/// Of these layers those that no image has. A set: an image may have the same layer twice.
///
/// # Errors
/// Of the database.
pub fn without_image(engine: &Engine, layers: Vec<String>) -> Result<BTreeSet<String>> {
    let images = engine.store.rows().images()?;
    let kept: BTreeSet<String> = images
        .into_iter()
        .flat_map(|image| image.diff_ids)
        .collect();
    let lost = layers.into_iter().filter(|layer| !kept.contains(layer));
    Ok(lost.collect())
}

/// Removes layers. One that is gone already is no failure: a removal that was interrupted got that far.
///
/// # Errors
/// When one can't be removed.
pub fn remove_layers(engine: &Engine, doomed: &BTreeSet<String>) -> Result<()> {
    let layers = engine.layers()?;
    for diff_id in doomed {
        match layers.remove(diff_id) {
            Err(StorageError::NoSuchLayer { .. }) => {}
            removed => removed?,
        }
    }
    Ok(())
}

/// The digests of all blobs that an image has: configurations, manifests, layers as they came.
///
/// # Errors
/// When the store can't be read.
pub fn known_blobs(engine: &Engine) -> Result<BTreeSet<String>> {
    let mut known = BTreeSet::new();
    for image in engine.store.rows().images()? {
        known.insert(format!("sha256:{}", image.id));
        if let Ok(manifest) = checkpoint_image::manifest(engine, &image) {
            known.extend(manifest.layers.into_iter().map(|layer| layer.digest));
        }
        known.insert(image.digest);
    }
    Ok(known)
}

/// Removes the blobs that no image has, and the indexes of memory that was in them. The caller keeps
/// others from adding images.
///
/// # Errors
/// When the store can't be read.
pub fn sweep_blobs(engine: &Engine) -> Result<()> {
    let blobs = engine.blobs()?;
    let known = known_blobs(engine)?;
    let lost = blobs.list()?.into_iter();
    lost.filter(|digest| !known.contains(digest))
        .try_for_each(|digest| blobs.remove(&digest))?;
    checkpoint_image::forget_indexes(engine)
}

/// Sweeps both stores, unless somebody else is adding an image: then it goes with the next removal.
/// The caller adds none itself any more.
///
/// # Errors
/// When a store can't be read.
pub fn sweep(engine: &Engine) -> Result<()> {
    let Some(_alone) = image_lock::removing(engine)? else {
        return Ok(());
    };
    let all = engine.layers()?.list()?;
    remove_layers(engine, &without_image(engine, all)?)?;
    sweep_blobs(engine)
}
