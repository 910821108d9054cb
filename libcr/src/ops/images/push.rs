//! `push`: an image of this host to a registry.

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::image_lookup;
use crate::ops::steps::transfer::send::send;
use crate::ops::steps::transfer::{Access, name};
use crate::progress::Progress;

/// Sends the image that a word names, and returns the digest of its manifest. `destination`: a name
/// of a registry; `None`: the image's own.
///
/// # Errors
/// [`crate::Error::NoSuchImage`]; [`crate::Error::Push`] with what the registry says.
pub fn push(
    engine: &Engine,
    word: &str,
    destination: Option<&str>,
    access: &Access,
    progress: &dyn Progress,
) -> Result<String> {
    let (image, own) = image_lookup::find(engine, word)?;
    let to = name::destination(destination.unwrap_or(&own))?;
    let digest = send(engine, &image, &to, access, progress)?;
    engine
        .store
        .transaction(|rows| rows.insert_image_event("push", &image.id, &to.to_string()))?;
    Ok(digest)
}
