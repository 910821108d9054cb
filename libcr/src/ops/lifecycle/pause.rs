//! `pause` and `unpause`: the cgroup freezer.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::status::Status;
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
    let group = Cgroup::at(&cgroup_path(&id));
    let Some(next) = status.after(event) else {
        return Err(Error::WrongState(refusal(&id, status, event)));
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

/// Podman's words: they name the state of one that can't be paused, and else the container.
fn refusal(id: &str, status: Status, event: Event) -> String {
    match (event, status) {
        (Event::Pause, Status::Paused) => format!("\"{id}\" is already paused"),
        (Event::Pause, status) => {
            format!("\"{}\" is not running, can't pause", status.as_str())
        }
        _ => format!("\"{id}\" is not paused, can't unpause"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_in_podmans_words() {
        for (event, status, text) in [
            (
                Event::Pause,
                Status::Exited,
                "\"exited\" is not running, can't pause",
            ),
            (Event::Pause, Status::Paused, "\"abc\" is already paused"),
            (
                Event::Unpause,
                Status::Running,
                "\"abc\" is not paused, can't unpause",
            ),
        ] {
            assert_eq!(refusal("abc", status, event), text);
        }
    }
}
