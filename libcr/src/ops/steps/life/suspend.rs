//! Stands a container still in memory, and lets it go on: the cgroup freezer.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::status::Status;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::observe::{is_frozen, observe};
use crate::sys::cgroup::Cgroup;

/// Pauses or unpauses the container with this full id.
///
/// # Errors
/// [`Error::WrongState`] unless it runs or is paused, respectively.
pub fn change(engine: &Engine, id: &str, event: Event) -> Result<()> {
    let (_lock, mut container) = claim(engine, id)?;
    observe(engine, &mut container)?;
    let mut status = container.state.status;
    if event == Event::Unpause && is_frozen(&container) {
        // A killed engine left it so; its record says that it runs.
        status = Status::Paused;
    }
    let group = Cgroup::at(&cgroup_path(&container.config));
    let Some(next) = status.after(event) else {
        return Err(Error::WrongState(refusal(id, status, event)));
    };
    let before = container.state.clone();
    container.state.status = next;
    if event == Event::Pause {
        // Written down first: nobody would find one that stands still while its record says that
        // it runs.
        engine
            .store
            .transaction(|rows| rows.update_state(id, &container.state))?;
        if let Err(error) = group.freeze() {
            engine
                .store
                .transaction(|rows| rows.update_state(id, &before))?;
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
        rows.update_state(id, &container.state)?;
        rows.insert_event(name, &container, "")
    })?;
    Ok(())
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
