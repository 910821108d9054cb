//! The image below an archived container, on this host: by id, by its layers, last by its name.
//!
//! Ids differ between hosts that made the same image in different ways; layers don't.

use crate::archive::{Manifest, podman};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::reference::Reference;
use crate::model::id;
use crate::model::image::Image;

/// Finds it; returns it with the name it goes by, and a warning where only the name agrees.
///
/// # Errors
/// [`Error::NoSuchImage`] with what to load.
pub fn find(
    engine: &Engine,
    dump: &podman::ContainerConfig,
    manifest: Option<&Manifest>,
) -> Result<(Image, String, Option<String>)> {
    let rows = engine.store.rows();
    let wanted_name = dump.image_name();
    let layers = manifest
        .and_then(|manifest| manifest.image.as_ref())
        .map(|image| &image.diff_ids);
    if id::is_full_id(&dump.rootfs_image_id)
        && let Some(image) = rows.images_with_prefix(&dump.rootfs_image_id)?.pop()
    {
        return Ok((image, wanted_name.to_owned(), None));
    }
    if let Some(layers) = layers.filter(|layers| !layers.is_empty()) {
        let same = rows
            .images()?
            .into_iter()
            .find(|image| image.diff_ids == **layers);
        if let Some(image) = same {
            return Ok((image, wanted_name.to_owned(), None));
        }
    } else if let Ok(reference) = Reference::parse(wanted_name) {
        for candidate in reference.candidates() {
            if let Some(image) = rows.image_named(&candidate.to_string())? {
                let warning = format!(
                    "image {wanted_name} here has another id than the checkpoint's ({}): taken for the same by its name",
                    id::short(&dump.rootfs_image_id)
                );
                return Ok((image, candidate.to_string(), Some(warning)));
            }
        }
    }
    Err(Error::NoSuchImage(format!(
        "{wanted_name} ({}) is not on this host, and the checkpoint needs it: bring it with `cryopod load` first",
        id::short(&dump.rootfs_image_id)
    )))
}
