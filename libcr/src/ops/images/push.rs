//! `push`: an image of this host to a registry.

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::image_lookup;
use crate::ops::steps::transfer::Access;
use crate::ops::steps::transfer::send::push_image;
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
    push_image(
        engine,
        &image,
        destination.unwrap_or(&own),
        access,
        progress,
    )
}
