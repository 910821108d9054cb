//! What a thaw needs of registries: a checkpoint image that is not on this host, and the image below
//! a container.

use crate::archive::{Header, podman};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::image::Image;
use crate::ops::restore::RestoreOptions;
use crate::ops::steps::thawing::base_image;
use crate::ops::steps::transfer::base::{self, Wanted};
use crate::ops::steps::transfer::fetch::{bring, glance};
use crate::ops::steps::transfer::name;
use crate::ops::steps::transfer::resolve::{Resolved, resolve};
use crate::ops::steps::{checkpoint_image, image_lookup};
use crate::progress::Progress;

/// Finds a checkpoint image: on this host, else in its registry. A tag is asked for once; what
/// follows goes by the image that it named then.
///
/// # Errors
/// [`Error::NoSuchImage`], [`Error::Pull`]; [`Error::Invalid`] for one that is no checkpoint, of
/// which nothing is fetched.
pub(super) fn checkpoint(
    engine: &Engine,
    word: &str,
    options: &RestoreOptions,
    progress: &dyn Progress,
) -> Result<(Image, String)> {
    match image_lookup::find(engine, word) {
        Err(error) if name::is_remote(word) && is_missing(&error) => {}
        found => return found,
    }
    let found = resolved(word, options, progress)?;
    let image = bring(engine, &found, progress)?;
    Ok((image, found.name.to_string()))
}

/// Looks into a checkpoint image of a registry, of which nothing stays; `None` where the image is on
/// this host, or can be of no registry. `look` is told the name that names this image for good.
///
/// # Errors
/// As [`checkpoint`].
pub(super) fn look<T>(
    engine: &Engine,
    word: &str,
    options: &RestoreOptions,
    progress: &dyn Progress,
    look: impl FnOnce(&Image, &str) -> Result<T>,
) -> Result<Option<T>> {
    match image_lookup::find(engine, word) {
        Err(error) if name::is_remote(word) && is_missing(&error) => {}
        _ => return Ok(None),
    }
    let found = resolved(word, options, progress)?;
    let exact = found.by_digest().to_string();
    glance(engine, &found, progress, |image| look(image, &exact)).map(Some)
}

fn is_missing(error: &Error) -> bool {
    matches!(
        error,
        // A word with `docker://` is no name of an image here.
        Error::NoSuchImage(_) | Error::Image(crate::image::ImageError::Reference(_))
    )
}

fn resolved(word: &str, options: &RestoreOptions, progress: &dyn Progress) -> Result<Resolved> {
    let names = name::candidates(word)?;
    let name = names
        .first()
        .ok_or_else(|| Error::NoSuchImage(word.to_owned()))?;
    progress.say(&format!("Trying to pull {name}..."));
    let found = resolve(name, &options.access)?;
    if checkpoint_image::is_checkpoint(&found.manifest.annotations) {
        return Ok(found);
    }
    Err(checkpoint_image::no_checkpoint(
        &found.manifest.config.digest,
    ))
}

/// Brings the image below an archived container, where it is not here and its name says which
/// registry has it. What the archive can't say of it is left to the plan.
///
/// # Errors
/// [`Error::NoSuchImage`] with why it could not be pulled.
pub(super) fn base(
    engine: &Engine,
    header: &Header,
    options: &RestoreOptions,
    progress: &dyn Progress,
) -> Result<()> {
    let Ok(dump) = podman::ContainerConfig::from_json(&header.config_dump) else {
        return Ok(());
    };
    let manifest = header.manifest.as_ref();
    let missing = base_image::find(engine, &dump, manifest).err();
    let known = manifest.and_then(|manifest| manifest.image.as_ref());
    // What travels inside is not fetched.
    let inside = known.is_some_and(|known| known.included.is_some());
    if inside || !dump.rootfs.is_empty() || !missing.is_some_and(|error| is_missing(&error)) {
        return Ok(());
    }
    let digest = known.map(|known| known.digest.as_str());
    let digest = digest.filter(|digest| base_image::is_digest(digest));
    let wanted = Wanted {
        name: dump.image_name(),
        digest: digest.or(dump.image_digest()),
        id: dump.image_id(),
        diff_ids: known.map_or(&[], |known| &known.diff_ids),
    };
    let brought = base::bring_missing(engine, wanted, &options.access, progress);
    brought.map(drop).map_err(|error| {
        Error::NoSuchImage(format!(
            "{} is not on this host, and the checkpoint needs it: {error}",
            wanted.name
        ))
    })
}
