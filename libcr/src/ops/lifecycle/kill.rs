//! `kill`: a signal to a container's first process.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::status::Status;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::end;
use crate::ops::steps::life::observe::{is_ours, observe};
use crate::sys::signal;

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
    let status = container.state.status;
    if !matches!(status, Status::Running | Status::Paused) || !is_ours(&container) {
        return Err(Error::WrongState(format!(
            "can only kill running containers. {id} is in state {}",
            status.as_str()
        )));
    }
    end::kill(engine, &mut container, number)?;
    Ok(id)
}
