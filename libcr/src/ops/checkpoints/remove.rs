//! `checkpoint rm`: a name of a checkpoint, and the checkpoint with its last name.

use crate::engine::Engine;
use crate::error::Result;
use crate::model::catalogue::CheckpointPlace;
use crate::ops::steps::catalogue::{self, directory, generations};
use crate::ops::steps::claim::claim;
use crate::sys::fault;

/// Removes a checkpoint by its name. One that goes by another name too stays under that.
///
/// The rows go first: files that are left when this is killed are swept by the next command that
/// changes the container's catalogue.
///
/// # Errors
/// [`crate::Error::NoSuchContainer`], [`crate::Error::NoSuchCheckpoint`].
pub fn remove(engine: &Engine, container: &str, place: &CheckpointPlace) -> Result<()> {
    let id = engine.find(container)?.config.id;
    let (_lock, container) = claim(engine, &id)?;
    let found = catalogue::existing(engine, &container, place)?;
    if place.directory.is_some() {
        return directory::remove(&found.directory);
    }
    catalogue::sweep(engine, &id)?;
    let checkpoint = &found.checkpoint.id;
    let last = engine.store.transaction(|rows| {
        rows.delete_checkpoint_name(&id, &place.name)?;
        let last = rows.checkpoint_names(checkpoint)?.is_empty();
        if last {
            rows.delete_checkpoint(checkpoint)?;
        }
        Ok::<_, crate::Error>(last)
    })?;
    fault::point("unlisted");
    if last {
        directory::remove(&found.directory)?;
    }
    generations::reclaim(engine, &id)
}
