//! `rmi`: a name, and with the last one the image and the layers that no other image has.

use std::collections::BTreeSet;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::blobs::BlobStore;
use crate::model::id;
use crate::ops::steps::image_lookup;

/// What `rmi` removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removed {
    /// Names taken away.
    pub untagged: Vec<String>,
    /// Ids of images that are gone.
    pub deleted: Vec<String>,
}

/// Removes an image's name, or the image itself when it is named by id or has no other name.
///
/// # Errors
/// [`Error::Conflict`] while containers use it, or it has several names and `force` is not given.
pub fn remove(engine: &Engine, word: &str, force: bool) -> Result<Removed> {
    let (image, name) = image_lookup::find(engine, word)?;
    let by_id = image.id.starts_with(word.trim_start_matches("sha256:"));
    if !by_id && image.names.len() > 1 {
        engine
            .store
            .transaction(|rows| rows.delete_image_name(&name))?;
        return Ok(Removed {
            untagged: vec![name],
            deleted: Vec::new(),
        });
    }
    if by_id && image.names.len() > 1 && !force {
        return Err(Error::Conflict(format!(
            "unable to delete image \"{}\" by ID with more than one tag ({:?}): please force removal",
            image.id, image.names
        )));
    }
    let users = engine.store.rows().containers_of_image(&image.id)?;
    if let Some(user) = users.first() {
        return Err(Error::Conflict(format!(
            "image used by {}: image is in use by a container: consider listing external containers and force-removing image",
            user.config.id
        )));
    }
    engine
        .store
        .transaction(|rows| rows.delete_image(&image.id))?;
    let kept: BTreeSet<String> = engine
        .store
        .rows()
        .images()?
        .into_iter()
        .flat_map(|image| image.diff_ids)
        .collect();
    let layers = engine.layers()?;
    for diff_id in image
        .diff_ids
        .iter()
        .filter(|diff_id| !kept.contains(*diff_id))
    {
        layers.remove(diff_id)?;
    }
    let blobs = BlobStore::open(engine.config.root.join("images"))?;
    blobs.remove(&format!("sha256:{}", image.id))?;
    if image.digest != format!("sha256:{}", image.id) {
        blobs.remove(&image.digest)?;
    }
    tracing::debug!(image = id::short(&image.id), "image removed");
    Ok(Removed {
        untagged: image.names,
        deleted: vec![image.id],
    })
}
