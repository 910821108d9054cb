//! `stop`: the stop signal, some time, then SIGKILL.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::end;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::remove::remove;

/// How a stop ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Full id.
    pub id: String,
    /// It had to be killed.
    pub killed: bool,
}

/// Stops a container, waiting `timeout` seconds before it kills (`None`: the container's own
/// time). One that doesn't run is left as it is.
pub fn stop(engine: &Engine, word: &str, timeout: Option<u32>) -> Result<Stopped> {
    let id = engine.find(word)?.config.id;
    let (lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    let alive = container.state.status.is_alive();
    if !alive && !container.state.restart_due {
        return Ok(Stopped { id, killed: false });
    }
    if !alive {
        container.state.stopped_by_user = true;
        container.state.restart_due = false;
        engine
            .store
            .transaction(|rows| rows.update_state(&id, &container.state))?;
        return Ok(Stopped { id, killed: false });
    }
    let killed = end::stop(engine, &mut container, timeout)?;
    // The container's own clean-up waits for this lock and then removes it (`--rm`).
    drop(lock);
    if container.config.auto_remove {
        remove_if_asked(engine, &id)?;
    }
    Ok(Stopped { id, killed })
}

/// Removes a `--rm` container that has ended, if its own clean-up hasn't yet.
fn remove_if_asked(engine: &Engine, id: &str) -> Result<()> {
    match claim(engine, id) {
        Err(Error::NoSuchContainer(_)) => Ok(()),
        Err(error) => Err(error),
        Ok((_lock, container)) if container.state.status.is_alive() => Ok(()),
        Ok((_lock, container)) => remove(engine, &container),
    }
}
