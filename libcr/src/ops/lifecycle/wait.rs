//! `wait`: until a container has ended, and how.

use std::time::Duration;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::ops::steps::life::observe::look;
use crate::progress::Cancel;
use crate::sys::proc;

/// Waits until the container doesn't run, and returns its exit code. Holds no lock.
///
/// # Errors
/// [`Error::NoSuchContainer`], unless it was removed while waiting after its exit was seen.
pub fn wait(engine: &Engine, word: &str) -> Result<i32> {
    let id = engine.find(word)?.config.id;
    wait_by_id(engine, &id)
}

/// As [`wait`], for a full id: also of a `--rm` container that may be gone any moment.
pub fn wait_by_id(engine: &Engine, id: &str) -> Result<i32> {
    let ended = wait_until(engine, id, &Cancel::default(), |container| {
        !container.state.status.is_alive()
    })?;
    ended.ok_or_else(|| Error::NoSuchContainer(id.to_owned()))
}

/// Waits until `over` says so of the container as it truly is, or it is gone, and returns its exit
/// code; `None` when nobody waits for that any more. Holds no lock.
///
/// # Errors
/// [`Error::NoSuchContainer`] for one that is gone and whose exit nobody has seen.
pub fn wait_until(
    engine: &Engine,
    id: &str,
    cancel: &Cancel,
    mut over: impl FnMut(&Container) -> bool,
) -> Result<Option<i32>> {
    let mut last_seen = None;
    while !cancel.is_cancelled() {
        let Some(mut container) = engine.store.rows().container(id)? else {
            return last_exit(engine, id)
                .or(last_seen)
                .map(Some)
                .ok_or_else(|| Error::NoSuchContainer(id.to_owned()));
        };
        look(engine, &mut container);
        if over(&container) {
            return Ok(Some(container.state.exit_code));
        }
        match container
            .state
            .pid
            .filter(|_| container.state.status.is_alive())
        {
            Some(pid) => {
                proc::wait_gone(pid, Duration::from_millis(250));
            }
            // It waits for a start.
            None => std::thread::sleep(Duration::from_millis(50)),
        }
        last_seen = engine.monitor_paths(id).exit_status().or(last_seen);
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(None)
}

/// The exit code in the last `died` event of a container that is gone.
fn last_exit(engine: &Engine, id: &str) -> Option<i32> {
    let events = engine.store.rows().events_after(0).ok()?;
    let died = events
        .iter()
        .rev()
        .find(|event| event.id == id && event.kind == "died")?;
    died.exit_code()
}
