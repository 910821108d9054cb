//! `container cleanup`: what the monitor runs when its container has ended. Takes it off its
//! networks, unmounts it, removes it (`--rm`) or starts it again (`--restart`).

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ops::steps::life::launch::launch;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::remove::remove;
use crate::sys::cgroup;

/// Takes the exit command out of the monitors' cgroup, in which it was started: that cgroup goes
/// with the last container. Call it first.
pub fn step_aside() {
    cgroup::leave();
}

/// Removes the engine's own cgroups if nothing is in them any more. Call it last: whoever tore
/// the container down may have found the exit command in there.
pub fn sweep() {
    cgroup::remove_parent_if_empty();
}

/// Cleans up after a container that ended; one that runs, or is gone already, is left alone.
pub fn cleanup(engine: &Engine, word: &str) -> Result<()> {
    let id = match engine.find(word) {
        Err(Error::NoSuchContainer(_)) => return Ok(()),
        container => container?.config.id,
    };
    let _lock = engine.lock(&id)?;
    let mut container = match engine.reload(&id) {
        Err(Error::NoSuchContainer(_)) => return Ok(()),
        container => container?,
    };
    let ended_now = observe(engine, &mut container)?;
    if container.state.status.is_alive() {
        return Ok(());
    }
    // A frozen container is not one that ended by itself.
    let ended = container.state.checkpointed_at.is_none();
    if container.config.auto_remove && ended {
        return remove(engine, &container);
    }
    let policy = container.config.restart_policy;
    let again = policy.starts_again(container.state.exit_code, container.state.restart_count);
    if ended_now && ended && again && !container.state.stopped_by_user {
        let restarts = container.state.restart_count + 1;
        container.state.restart_count = restarts;
        launch(engine, &mut container, false)?;
    }
    Ok(())
}
