//! `rm`: a container's processes (with force), mounts, files and row.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::status::Status;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::end;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::remove::remove;

/// Removes a container and returns its full id.
///
/// # Errors
/// [`Error::WrongState`] when it runs and `force` is not given.
pub fn rm(engine: &Engine, word: &str, force: bool, timeout: Option<u32>) -> Result<String> {
    let id = engine.find(word)?.config.id;
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    if container.state.status.is_alive() {
        if !force {
            let state = container.state.status.as_str();
            return Err(Error::WrongState(format!(
                "cannot remove container {id} as it is {state} - running or paused containers cannot be removed without force"
            )));
        }
        end::stop(engine, &mut container, timeout)?;
    }
    let next = container.state.status.after(Event::Remove);
    container.state.status = next.unwrap_or(Status::Removing);
    remove(engine, &container)?;
    Ok(id)
}
