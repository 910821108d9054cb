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

/// Sweeps both stores, unless somebody else is adding an image: then it goes with the next removal.
/// The caller adds none itself any more.
///
/// # Errors
/// When a store can't be read.
pub fn sweep(engine: &Engine) -> Result<()> {
    let layers = engine.layers()?;
    let Some(_alone) = image_lock::removing(engine)? else {
        return Ok(());
    };
    for diff_id in without_image(engine, layers.list()?)? {
        match layers.remove(&diff_id) {
            Err(StorageError::NoSuchLayer { .. }) => {}
            removed => removed?,
        }
    }
    let blobs = engine.blobs()?;
    let known = checkpoint_image::known_blobs(engine)?;
    let lost = blobs.list()?.into_iter();
    lost.filter(|digest| !known.contains(digest))
        .try_for_each(|digest| Ok(blobs.remove(&digest)?))
}
