//! `kill`: a signal to a container's first process.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::status::Status;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::observe::{is_ours, observe};
use crate::sys::{proc, signal};

/// Sends a signal (`KILL`, `SIGKILL`, `9`) and returns the full id.
///
/// # Errors
/// [`Error::WrongState`] unless it runs.
pub fn kill(engine: &Engine, word: &str, wanted: &str) -> Result<String> {
    let number = signal::number(wanted)
        .ok_or_else(|| Error::Invalid(format!("invalid signal: {wanted}")))?;
    let id = engine.find(word)?.config.id;
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    let pid = match (container.state.status, container.state.pid) {
        (Status::Running | Status::Paused, Some(pid)) if is_ours(&container) => pid,
        (status, _) => {
            return Err(Error::WrongState(format!(
                "can only kill running containers. {id} is in state {}",
                status.as_str()
            )));
        }
    };
    // As in Podman, whatever the signal is and does: the restart policy rests from now on.
    let before = container.state.clone();
    container.state.stopped_by_user = true;
    engine
        .store
        .transaction(|rows| rows.update_state(&id, &container.state))?;
    if let Err(error) = proc::signal(pid, number) {
        engine
            .store
            .transaction(|rows| rows.update_state(&id, &before))?;
        return Err(error.into());
    }
    Ok(id)
}
