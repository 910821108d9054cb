//! The image that a user's word names.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::reference::Reference;
use crate::model::image::Image;

/// Finds an image by id, beginning of an id or name; returns it with its full name (the id where
/// it has none).
pub fn find(engine: &Engine, word: &str) -> Result<(Image, String)> {
    let rows = engine.store.rows();
    let bare = word.strip_prefix("sha256:").unwrap_or(word);
    let name_of = |image: &Image| {
        image
            .names
            .first()
            .cloned()
            .unwrap_or_else(|| image.id.clone())
    };
    if crate::model::id::is_full_id(bare) {
        let found = rows.images_with_prefix(bare)?.pop();
        return found
            .map(|image| (name_of(&image), image))
            .map(|(name, image)| (image, name))
            .ok_or_else(|| Error::NoSuchImage(word.to_owned()));
    }
    if let Ok(reference) = Reference::parse(word) {
        for candidate in reference.candidates() {
            let name = candidate.to_string();
            if let Some(image) = rows.image_named(&name)? {
                return Ok((image, name));
            }
        }
    }
    let mut found = rows.images_with_prefix(bare)?;
    match found.len() {
        0 => {
            // A word that can be no name is told so.
            Reference::parse(word).map_err(crate::image::ImageError::from)?;
            Err(Error::NoSuchImage(word.to_owned()))
        }
        1 => {
            let image = found.remove(0);
            let name = name_of(&image);
            Ok((image, name))
        }
        _ => Err(Error::Ambiguous {
            what: "image",
            word: word.to_owned(),
        }),
    }
}
