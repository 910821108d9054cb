//! `images`: all images.

use crate::engine::Engine;
use crate::error::Result;
use crate::model::image::Image;

/// All images, newest first, each with the number of containers made from it.
pub fn list(engine: &Engine) -> Result<Vec<(Image, usize)>> {
    let rows = engine.store.rows();
    let with_users = |image: Image| {
        let users = rows.containers_of_image(&image.id)?.len();
        Ok((image, users))
    };
    rows.images()?.into_iter().map(with_users).collect()
}

/// The image that a word names.
pub fn find(engine: &Engine, word: &str) -> Result<Image> {
    Ok(crate::ops::steps::image_lookup::find(engine, word)?.0)
}
