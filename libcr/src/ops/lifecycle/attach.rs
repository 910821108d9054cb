//! `attach` and the streams of `run`: a connection to a running container's standard streams.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::status::Status;
use crate::monitor::attach::Attachment;

/// Connects to a container's standard streams.
///
/// # Errors
/// [`Error::WrongState`] unless it runs.
pub fn attach(engine: &Engine, word: &str) -> Result<Attachment> {
    let container = engine.find(word)?;
    if container.state.status != Status::Running {
        return Err(Error::WrongState(
            "you can only attach to running containers".into(),
        ));
    }
    let attachment = Attachment::connect(&engine.monitor_paths(&container.config.id))?;
    engine
        .store
        .transaction(|rows| rows.insert_event("attach", &container, ""))?;
    Ok(attachment)
}
