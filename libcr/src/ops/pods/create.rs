//! `pod create`.

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::creation;

pub use crate::ops::steps::creation::pod_plan::{Planned, PodCreateOptions, plan};

/// Makes a pod, its infra container with it, and returns its full id; nothing runs yet.
///
/// # Errors
/// [`crate::Error::Invalid`] for options that make no sense, in Podman's words;
/// [`crate::store::StoreError::PodExists`].
pub fn create(engine: &Engine, options: &PodCreateOptions) -> Result<String> {
    let Planned { pod, infra } = plan(engine, options)?;
    Ok(creation::pod::create(engine, pod, infra, |_, _| Ok(()))?.id)
}
