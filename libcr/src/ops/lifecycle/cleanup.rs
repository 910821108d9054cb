//! `container cleanup`: what the monitor runs when its container has ended. Takes it off its
//! networks, unmounts it, removes it (`--rm`) or starts it again (`--restart`).

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::launch::launch;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::remove::remove;
use crate::ops::steps::sandbox;
use crate::sys::cgroup;

/// Takes the exit command out of the monitors' cgroup, in which it was started: that cgroup goes
/// with the last container. Call it first.
pub fn step_aside() {
    cgroup::leave();
}

/// Removes the engine's own cgroups if nothing is in them any more. Call it last: whoever tore
/// the container down may have found the exit command in there.
pub fn sweep() {
    cgroup::remove_parent_if_empty(None);
}

/// Cleans up after a container that ended; one that runs, or is gone already, is left alone.
pub fn cleanup(engine: &Engine, word: &str) -> Result<()> {
    let id = match engine.find(word) {
        Err(Error::NoSuchContainer(_)) => return Ok(()),
        container => container?.config.id,
    };
    // Also recovers what an engine that was killed meanwhile left: its rule comes first.
    let (lock, mut container) = match claim(engine, &id) {
        Err(Error::NoSuchContainer(_)) => return Ok(()),
        claimed => claimed?,
    };
    finish(engine, &mut container)?;
    drop(lock);
    sandbox::after_end(engine, &container.config)
}

fn finish(engine: &Engine, container: &mut Container) -> Result<()> {
    observe(engine, container)?;
    if container.state.status.is_alive() {
        return Ok(());
    }
    // A frozen container is not one that ended by itself.
    let ended = container.state.checkpointed_at.is_none();
    if container.config.auto_remove && ended {
        return remove(engine, container);
    }
    // Whoever saw its end first has decided; a user who stopped it since has changed that.
    if container.state.restart_due && ended {
        container.state.restart_count += 1;
        launch(engine, container, false)?;
    }
    Ok(())
}
