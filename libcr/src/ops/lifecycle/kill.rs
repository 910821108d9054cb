//! `kill`: a signal to a container's first process.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::status::Status;
use crate::ops::steps::life::observe::observe;
use crate::sys::{proc, signal};

/// Sends a signal (`KILL`, `SIGKILL`, `9`) and returns the full id.
///
/// # Errors
/// [`Error::WrongState`] unless it runs.
pub fn kill(engine: &Engine, word: &str, wanted: &str) -> Result<String> {
    let number = signal::number(wanted)
        .ok_or_else(|| Error::Invalid(format!("invalid signal: {wanted}")))?;
    let id = engine.find(word)?.config.id;
    let _lock = engine.lock(&id)?;
    let mut container = engine.reload(&id)?;
    observe(engine, &mut container)?;
    let pid = match (container.state.status, container.state.pid) {
        (Status::Running | Status::Paused, Some(pid)) => pid,
        (status, _) => {
            return Err(Error::WrongState(format!(
                "can only kill running containers. {id} is in state {}",
                status.as_str()
            )));
        }
    };
    proc::signal(pid, number)?;
    Ok(id)
}
