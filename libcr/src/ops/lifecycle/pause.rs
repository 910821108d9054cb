//! `pause` and `unpause`: the cgroup freezer.

use crate::engine::Engine;
use crate::error::Result;
use crate::model::event::Event;
use crate::ops::steps::life::suspend::change;

/// Freezes a container's processes in memory and returns the full id.
///
/// # Errors
/// [`crate::Error::WrongState`] unless it runs.
pub fn pause(engine: &Engine, word: &str) -> Result<String> {
    let id = engine.find(word)?.config.id;
    change(engine, &id, Event::Pause).map(|()| id)
}

/// Lets frozen processes go on and returns the full id.
///
/// # Errors
/// [`crate::Error::WrongState`] unless it is paused.
pub fn unpause(engine: &Engine, word: &str) -> Result<String> {
    let id = engine.find(word)?.config.id;
    change(engine, &id, Event::Unpause).map(|()| id)
}
