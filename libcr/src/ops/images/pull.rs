//! `pull`: an image of a registry, with all that is missing of it.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::image::Image;
use crate::ops::steps::image_lookup;
use crate::ops::steps::transfer::fetch::bring;
use crate::ops::steps::transfer::resolve::{digest, resolve};
use crate::ops::steps::transfer::{Access, name};
use crate::progress::Progress;

/// When the registry is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PullPolicy {
    /// Whatever is here.
    Always,
    /// When there is no such image here.
    #[default]
    Missing,
    /// Not at all.
    Never,
    /// Always, and what is here will do where the registry can't be asked.
    Newer,
}

impl PullPolicy {
    /// Of Podman's word.
    ///
    /// # Errors
    /// [`Error::Invalid`] in Podman's words.
    pub fn parse(word: &str) -> Result<Self> {
        match word {
            "always" => Ok(Self::Always),
            "missing" | "ifnotpresent" | "IfNotPresent" => Ok(Self::Missing),
            "never" => Ok(Self::Never),
            "newer" | "ifnewer" => Ok(Self::Newer),
            other => Err(Error::Invalid(format!(
                "unsupported pull policy \"{other}\""
            ))),
        }
    }
}

/// Brings the image that a word names, as the policy has it, and returns it.
///
/// # Errors
/// [`Error::Pull`]; [`Error::NoSuchImage`] where nobody may be asked.
pub fn pull(
    engine: &Engine,
    word: &str,
    policy: PullPolicy,
    access: &Access,
    progress: &dyn Progress,
) -> Result<Image> {
    let here = match image_lookup::find(engine, word) {
        Ok((image, _)) => Some(image),
        Err(Error::NoSuchImage(_)) => None,
        // A word with a transport is no name of an image here.
        Err(_) if word.contains("://") => None,
        Err(error) => return Err(error),
    };
    match (policy, here) {
        (PullPolicy::Missing | PullPolicy::Never, Some(image)) => Ok(image),
        (PullPolicy::Never, None) => Err(Error::NoSuchImage(word.to_owned())),
        (PullPolicy::Newer, Some(image)) => newer(engine, word, image, access, progress),
        (PullPolicy::Always, Some(image)) if image.id.starts_with(word) => Ok(image),
        _ => any(engine, word, access, progress),
    }
}

/// The first of the images that a word may stand for.
fn any(engine: &Engine, word: &str, access: &Access, progress: &dyn Progress) -> Result<Image> {
    let mut failure = None;
    for name in name::candidates(word)? {
        progress.say(&format!("Trying to pull {name}..."));
        match resolve(&name, access) {
            Ok(resolved) => return bring(engine, &resolved, progress),
            Err(error) => {
                failure.get_or_insert(error);
            }
        }
    }
    Err(failure.unwrap_or_else(|| Error::NoSuchImage(word.to_owned())))
}

fn newer(
    engine: &Engine,
    word: &str,
    here: Image,
    access: &Access,
    progress: &dyn Progress,
) -> Result<Image> {
    let Ok(names) = name::candidates(word) else {
        return Ok(here);
    };
    let Some(name) = names.into_iter().next() else {
        return Ok(here);
    };
    match digest(&name, access) {
        Ok(there) if there != here.digest => any(engine, word, access, progress),
        Ok(_) => Ok(here),
        Err(error) => {
            tracing::debug!(%error, "what is here will do");
            Ok(here)
        }
    }
}
