//! `pause` and `unpause`: the cgroup freezer.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::status::Status;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::observe::{is_frozen, observe};
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
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    let mut status = container.state.status;
    if event == Event::Unpause && is_frozen(&container) {
        // A killed engine left it so; its record says that it runs.
        status = Status::Paused;
    }
    let group = Cgroup::at(&cgroup_path(&id));
    let Some(next) = status.after(event) else {
        return Err(Error::WrongState(refusal(&id, status, event)));
    };
    let before = container.state.clone();
    container.state.status = next;
    if event == Event::Pause {
        // Written down first: nobody would find one that stands still while its record says that
        // it runs.
        engine
            .store
            .transaction(|rows| rows.update_state(&id, &container.state))?;
        if let Err(error) = group.freeze() {
            engine
                .store
                .transaction(|rows| rows.update_state(&id, &before))?;
            return Err(error.into());
        }
    } else {
        group.thaw()?;
    }
    let name = if event == Event::Pause {
        "pause"
    } else {
        "unpause"
    };
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
