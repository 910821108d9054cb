//! `pod ps`: all pods as they are now.

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::model::container::pod::PodStatus;

use super::{PodFacts, facts};

/// All pods, oldest first. Takes no lock.
///
/// # Errors
/// When the store can't be read.
pub fn list(engine: &Engine) -> Result<Vec<PodFacts>> {
    let pods = engine.store.rows().pods()?;
    pods.into_iter().map(|pod| facts(engine, pod)).collect()
}

/// The pod that a word names, and what is true of it now. Takes no lock.
///
/// # Errors
/// [`Error::NoSuchPod`]; when the store can't be read.
pub fn find(engine: &Engine, word: &str) -> Result<PodFacts> {
    facts(engine, engine.find_pod(word)?)
}

/// Whether there is a pod that a word names.
///
/// # Errors
/// When the store can't be read.
pub fn exists(engine: &Engine, word: &str) -> Result<bool> {
    match engine.find_pod(word) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(Error::Ambiguous { .. }) => Ok(true),
        found => found.map(|_| true),
    }
}

/// Whether `pod prune` removes it: all its containers have ended.
pub fn has_ended(pod: &PodFacts) -> bool {
    matches!(pod.status(), PodStatus::Exited | PodStatus::Stopped)
}
