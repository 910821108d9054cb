//! `checkpoint tag`: another name for a checkpoint of our own catalogue.

use crate::engine::Engine;
use crate::error::Result;
use crate::model::catalogue::CheckpointPlace;
use crate::ops::steps::catalogue;
use crate::ops::steps::claim::claim;

/// Gives the checkpoint `name` of a container the name `new` too.
///
/// # Errors
/// [`crate::Error::NoSuchContainer`], [`crate::Error::NoSuchCheckpoint`];
/// [`crate::Error::Conflict`] when the new name is taken.
pub fn tag(engine: &Engine, container: &str, name: &str, new: &str) -> Result<()> {
    catalogue::check_name(new)?;
    let id = engine.find(container)?.config.id;
    let (_lock, container) = claim(engine, &id)?;
    let place = CheckpointPlace {
        name: name.to_owned(),
        directory: None,
    };
    let found = catalogue::existing(engine, &container, &place)?;
    engine.store.transaction(|rows| {
        if rows.checkpoint_named(&id, new)?.is_some() {
            return Err(catalogue::name_taken(new, &container.config.name));
        }
        Ok(rows.insert_checkpoint_name(&id, new, &found.checkpoint.id)?)
    })
}
