//! Removes a container that doesn't run: journal, mounts, files, row.

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::Container;
use crate::model::operation::Intent;
use crate::ops::steps::catalogue;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::health;
use crate::ops::steps::life::tear_down::tear_down;
use crate::ops::steps::life::volumes;
use crate::sys::dir::remove_dir_if_present;

/// Removes all of a container, its anonymous volumes too; its lock is held by the caller.
pub fn remove(engine: &Engine, container: &Container) -> Result<()> {
    remove_with(engine, container, true)
}

/// As [`remove`]; its anonymous volumes go only if `volumes` says so.
pub fn remove_with(engine: &Engine, container: &Container, volumes: bool) -> Result<()> {
    let id = &container.config.id;
    // Before the journal: who completes this removal must know what goes.
    volumes::take_anonymous(engine, &container.config, volumes)?;
    let journal = Journal::begin(engine, id, &Intent::Remove)?;
    finish(engine, Some(container), id, journal)
}

/// The rest of a removal that was begun: also for one that a killed engine left.
pub fn finish(
    engine: &Engine,
    container: Option<&Container>,
    id: &str,
    journal: Journal<'_>,
) -> Result<()> {
    if let Some(container) = container {
        tear_down(engine, container)?;
    }
    remove_dir_if_present(&engine.container_dir(id))?;
    catalogue::remove_all(engine, id)?;
    volumes::discard(engine, id)?;
    journal.finish_removal(container)?;
    health::forget(engine, id)?;
    engine.forget_lock(id)
}
