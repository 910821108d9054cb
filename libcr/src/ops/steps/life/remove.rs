//! Removes a container that doesn't run: journal, mounts, files, row.

use crate::criu;
use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::{Container, NetworkMode};
use crate::model::operation::Intent;
use crate::ops::steps::catalogue;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::health;
use crate::ops::steps::life::tear_down::tear_down;
use crate::ops::steps::life::volumes;
use crate::sys::dir::remove_dir_if_present;
use crate::sys::fault;

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

/// Removes the infra container of a pod that has no other container, and the pod; its lock is held
/// by the caller.
///
/// # Errors
/// [`crate::store::StoreError::PodInUse`] when somebody has joined the pod since.
pub fn remove_infra(engine: &Engine, container: &Container) -> Result<()> {
    volumes::take_anonymous(engine, &container.config, true)?;
    let journal = Journal::begin_removal_of_pod(engine, container)?;
    finish(engine, Some(container), &container.config.id, journal)
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
        unlock_connections(engine, container);
    }
    fault::point("torn-down");
    remove_dir_if_present(&engine.container_dir(id))?;
    fault::point("files-removed");
    catalogue::remove_all(engine, id)?;
    volumes::discard(engine, id)?;
    fault::point("volumes-removed");
    journal.finish_removal(container)?;
    fault::point("row-removed");
    health::forget(engine, id)?;
    engine.forget_lock(id)
}

/// On the host's network CRIU's rules for the connections of a dump stay until a thaw; now there is
/// going to be none. A failure leaves a rule for connections that nobody has any more.
fn unlock_connections(engine: &Engine, container: &Container) {
    if container.config.network != NetworkMode::Host {
        return;
    }
    let id = &container.config.id;
    let named = std::fs::read_dir(catalogue::own_directory(engine, id));
    let mut homes = vec![engine.bundle(id)];
    homes.extend(
        named
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path()),
    );
    for home in homes {
        let Some(run) = criu::images::run_id(&home.join("checkpoint")) else {
            continue;
        };
        if let Err(error) = network::silence::end_of_run(&run) {
            tracing::debug!(%error, "rules of CRIU may stay");
        }
    }
}
