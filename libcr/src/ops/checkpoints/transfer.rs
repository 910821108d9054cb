//! `checkpoint push` and `checkpoint pull`: checkpoint images to and from registries. Any other image
//! is refused before a byte of it moves.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::image::Image;
use crate::ops::steps::transfer::fetch::bring;
use crate::ops::steps::transfer::resolve::resolve;
use crate::ops::steps::transfer::send::send;
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
        return Err(no_checkpoint(&image.id));
    }
    let to = name::destination(destination.unwrap_or(&own))?;
    let digest = send(engine, &image, &to, access, progress)?;
    engine
        .store
        .transaction(|rows| rows.insert_image_event("push", &image.id, &to.to_string()))?;
    Ok(digest)
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
                let id = found.manifest.config.digest.trim_start_matches("sha256:");
                return Err(no_checkpoint(id));
            }
            Err(error) => {
                failure.get_or_insert(error);
            }
        }
    }
    Err(failure.unwrap_or_else(|| Error::NoSuchImage(word.to_owned())))
}

fn no_checkpoint(id: &str) -> Error {
    Error::Invalid(format!("image is not a checkpoint: {id}"))
}
