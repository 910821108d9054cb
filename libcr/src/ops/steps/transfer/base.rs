//! The image below a checkpoint, brought from its registry where it is not here.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::image::reference::Reference;
use crate::image::remote;
use crate::progress::Progress;

use super::fetch::bring;
use super::resolve::{Resolved, resolve};
use super::{Access, name};

/// What is known of the image that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Its name where the checkpoint was made.
    pub name: &'a str,
    /// Digest of its manifest there.
    pub digest: Option<&'a str>,
    /// Digest of its configuration there, 64 hexadecimal digits.
    pub id: Option<&'a str>,
    /// Its layers; empty: not known.
    pub diff_ids: &'a [String],
}

/// Brings it; whether there was a registry to ask.
///
/// Asked for by digest where one is known: a name may mean another image by now. One that has
/// another digest is right when it has the same layers.
///
/// # Errors
/// [`Error::Pull`]; [`Error::Invalid`] when the registry has another image under that name.
pub fn bring_missing(
    engine: &Engine,
    wanted: Wanted<'_>,
    access: &Access,
    progress: &dyn Progress,
) -> Result<bool> {
    if !name::is_remote(wanted.name) {
        return Ok(false);
    }
    let Some(named) = name::candidates(wanted.name)?.into_iter().next() else {
        return Ok(false);
    };
    progress.say(&format!("Trying to pull {named}..."));
    let exact = wanted.digest.map(|digest| Reference {
        tag: None,
        digest: Some(digest.to_owned()),
        ..named.clone()
    });
    let by_digest = exact.as_ref().map(|exact| resolve(exact, access));
    let found = match by_digest {
        Some(Ok(mut found)) => {
            // Of this name the registry said nothing, so nobody here is given it.
            found.name.clone_from(exact.as_ref().unwrap_or(&named));
            found
        }
        // Pushed anew with other compression it has another digest, and the same layers.
        Some(Err(error)) if error.kind() == crate::ErrorKind::NotFound => {
            let found = resolve(&named, access).map_err(|_| error)?;
            same(found, wanted)?
        }
        Some(Err(error)) => return Err(error),
        None => same(resolve(&named, access)?, wanted)?,
    };
    bring(engine, &found, progress)?;
    Ok(true)
}

fn same(found: Resolved, wanted: Wanted<'_>) -> Result<Resolved> {
    let shown = found.name.to_string();
    let layers = remote::diff_ids(&shown, &found.config, &found.manifest.layers)?;
    let id = found.manifest.config.digest.trim_start_matches("sha256:");
    let is_same = if wanted.diff_ids.is_empty() {
        wanted.id.is_none_or(|wanted| wanted == id)
    } else {
        wanted.diff_ids == layers
    };
    if is_same {
        return Ok(found);
    }
    Err(Error::Invalid(format!(
        "{shown} is another image by now ({}) than the one that the checkpoint was made on",
        found.document.digest
    )))
}
