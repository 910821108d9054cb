//! `start`: mounts, network, monitor, runtime; then the first process begins.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::status::Status;
use crate::monitor::attach::Attachment;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::launch::launch;
use crate::ops::steps::life::observe::{check_new, observe};

/// What starting gave.
#[derive(Debug)]
pub struct Started {
    /// Full id.
    pub id: String,
    /// The container's streams from its first byte on, where asked for.
    pub attachment: Option<Attachment>,
}

/// Starts a container that never ran; asked under its lock, so that of two who want it one has it.
///
/// # Errors
/// [`Error::WrongState`] when it has run, or runs; as [`start`].
pub fn start_new(engine: &Engine, word: &str) -> Result<String> {
    let id = engine.find(word)?.config.id;
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    check_new(&container)?;
    launch(engine, &mut container, false)?;
    Ok(id)
}

/// Starts a container; one that runs already is left as it is.
///
/// With `attach` the connection to its streams is made before its first process begins, so that
/// nothing is missed.
///
/// # Errors
/// [`Error::CommandNotFound`] and [`Error::CommandNotExecutable`] for its command; nothing of a
/// start that failed remains.
pub fn start(engine: &Engine, word: &str, attach: bool) -> Result<Started> {
    let id = engine.find(word)?.config.id;
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    match container.state.status {
        Status::Running => {
            let paths = engine.monitor_paths(&id);
            let attachment = attach.then(|| Attachment::connect(&paths)).transpose()?;
            if attachment.is_some() {
                engine
                    .store
                    .transaction(|rows| rows.insert_event("attach", &container, ""))?;
            }
            return Ok(Started { id, attachment });
        }
        Status::Paused => {
            return Err(Error::WrongState(format!(
                "container {id} must be in Created or Stopped state to be started: it is paused"
            )));
        }
        _ => {}
    }
    container.state.restart_count = 0;
    let attachment = launch(engine, &mut container, attach)?;
    Ok(Started { id, attachment })
}
