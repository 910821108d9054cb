//! `volume rm`: a volume that no container uses, with all that is in it.

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::life::volumes::{find, remove_unused};

/// Removes the volume that a word names.
///
/// # Errors
/// [`crate::store::StoreError::NoSuchVolume`]; [`crate::Error::Conflict`] naming the containers
/// that use it.
pub fn remove(engine: &Engine, word: &str) -> Result<()> {
    remove_unused(engine, &find(engine, word)?.name)
}

/// Ids of the containers that use the volume that a word names.
pub fn users(engine: &Engine, word: &str) -> Result<Vec<String>> {
    let name = find(engine, word)?.name;
    Ok(engine.store.rows().users_of_volume(&name)?)
}
