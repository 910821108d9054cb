//! `pause` and `unpause`: the cgroup freezer.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::observe::observe;
use crate::sys::cgroup::Cgroup;

/// Freezes a container's processes in memory and returns the full id.
///
/// # Errors
/// [`Error::WrongState`] unless it runs.
pub fn pause(engine: &Engine, word: &str) -> Result<String> {
    change(engine, word, Event::Pause)
}

/// Lets frozen processes go on and returns the full id.
///
/// # Errors
/// [`Error::WrongState`] unless it is paused.
pub fn unpause(engine: &Engine, word: &str) -> Result<String> {
    change(engine, word, Event::Unpause)
}

fn change(engine: &Engine, word: &str, event: Event) -> Result<String> {
    let id = engine.find(word)?.config.id;
    let _lock = engine.lock(&id)?;
    let mut container = engine.reload(&id)?;
    observe(engine, &mut container)?;
    let status = container.state.status;
    let word = status.as_str();
    let group = Cgroup::at(&cgroup_path(&id));
    let Some(next) = status.after(event) else {
        return Err(Error::WrongState(match event {
            Event::Pause => format!("\"{word}\" is not running, can't pause"),
            _ => format!("\"{word}\" is not paused, can't unpause"),
        }));
    };
    let name = if event == Event::Pause {
        group.freeze()?;
        "pause"
    } else {
        group.thaw()?;
        "unpause"
    };
    container.state.status = next;
    engine.store.transaction(|rows| {
        rows.update_state(&id, &container.state)?;
        rows.insert_event(name, &container, "")
    })?;
    Ok(id)
}
