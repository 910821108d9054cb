//! `attach` and the streams of `run`: a connection to a running container's standard streams.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{Container, Process};
use crate::model::status::Status;
use crate::monitor::attach::Attachment;
use crate::ops::steps::life::observe::look;

/// A container that somebody has joined.
#[derive(Debug)]
pub struct Attached {
    /// Full id.
    pub id: String,
    /// What runs in it: whether it has a terminal, whether it takes input.
    pub process: Process,
    /// Its streams. They end when the container ends, and when it is frozen and stopped.
    pub attachment: Attachment,
}

/// Connects to a container's standard streams. Takes no lock; many may be connected at a time.
///
/// # Errors
/// [`Error::NotRunning`] unless it runs: one that is paused would never answer.
pub fn attach(engine: &Engine, word: &str) -> Result<Attached> {
    let mut container = engine.find(word)?;
    look(engine, &mut container);
    check(&container)?;
    let attachment = Attachment::connect(&engine.monitor_paths(&container.config.id))?;
    engine
        .store
        .transaction(|rows| rows.insert_event("attach", &container, ""))?;
    Ok(Attached {
        id: container.config.id,
        process: container.config.process,
        attachment,
    })
}

/// Whether a container, as it truly is, can be attached to.
///
/// # Errors
/// [`Error::NotRunning`] unless it runs.
pub fn check(container: &Container) -> Result<()> {
    if container.state.status == Status::Running {
        return Ok(());
    }
    Err(Error::NotRunning(
        "you can only attach to running containers".into(),
    ))
}
