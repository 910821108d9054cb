//! `restart`: stops what runs and starts it, and starts what doesn't.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::status::Status;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::end;
use crate::ops::steps::life::launch::launch;
use crate::ops::steps::life::observe::observe;

/// Starts a container anew and returns its full id. One that runs gets `timeout` seconds (`None`:
/// its own time) before it is killed. A frozen one starts cold, as by `start`; its checkpoint stays.
///
/// Nobody else sees it stopped for good: when this engine dies in between, the container's own
/// clean-up starts it.
///
/// # Errors
/// [`Error::WrongState`] when it is paused; else as [`start`](super::start::start): it is stopped
/// after each.
pub fn restart(engine: &Engine, word: &str, timeout: Option<u32>) -> Result<String> {
    let id = engine.find(word)?.config.id;
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    match container.state.status {
        Status::Paused | Status::Removing => {
            return Err(Error::WrongState(
                "unable to restart a container in a paused or unknown state".into(),
            ));
        }
        Status::Running => {
            tell(engine, &container)?;
            // A signal from the user, earlier, would keep the clean-up from starting it.
            container.state.stopped_by_user = false;
            end::stop_for_restart(engine, &mut container, timeout)?;
        }
        Status::Created | Status::Exited => tell(engine, &container)?,
    }
    container.state.restart_count = 0;
    launch(engine, &mut container, false)?;
    Ok(id)
}

/// Podman tells it before it happens.
fn tell(engine: &Engine, container: &crate::model::container::Container) -> Result<()> {
    Ok(engine
        .store
        .transaction(|rows| rows.insert_event("restart", container, ""))?)
}
