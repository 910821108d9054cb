//! `checkpoint push` and `checkpoint pull`: checkpoint images to and from registries. Any other image
//! is refused before a byte of it moves.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::image::Image;
use crate::ops::steps::transfer::fetch::bring;
use crate::ops::steps::transfer::resolve::resolve;
use crate::ops::steps::transfer::send::push_image;
use crate::ops::steps::transfer::{Access, name};
use crate::ops::steps::{checkpoint_image, image_lookup};
use crate::progress::Progress;

/// Sends the checkpoint image that a word names, and returns the digest of its manifest.
/// `destination`: a name of a registry; `None`: the image's own.
///
/// # Errors
/// [`Error::Invalid`] for an image that is no checkpoint; [`Error::Push`].
pub fn push(
    engine: &Engine,
    word: &str,
    destination: Option<&str>,
    access: &Access,
    progress: &dyn Progress,
) -> Result<String> {
    let (image, own) = image_lookup::find(engine, word)?;
    if checkpoint_image::layers(engine, &image).is_none() {
        return Err(checkpoint_image::no_checkpoint(&image.id));
    }
    push_image(
        engine,
        &image,
        destination.unwrap_or(&own),
        access,
        progress,
    )
}

/// Brings the checkpoint image that a word names in a registry.
///
/// # Errors
/// [`Error::Invalid`] for an image that is no checkpoint; [`Error::Pull`].
pub fn pull(
    engine: &Engine,
    word: &str,
    access: &Access,
    progress: &dyn Progress,
) -> Result<Image> {
    let mut failure = None;
    for name in name::candidates(word)? {
        progress.say(&format!("Trying to pull {name}..."));
        match resolve(&name, access) {
            Ok(found) if checkpoint_image::is_checkpoint(&found.manifest.annotations) => {
                return bring(engine, &found, progress);
            }
            Ok(found) => {
                let id = &found.manifest.config.digest;
                return Err(checkpoint_image::no_checkpoint(id));
            }
            Err(error) => {
                failure.get_or_insert(error);
            }
        }
    }
    Err(failure.unwrap_or_else(|| Error::NoSuchImage(word.to_owned())))
}
