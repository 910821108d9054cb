//! `rm`: a container's processes (with force), mounts, files and row.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{ContainerConfig, NetworkMode};
use crate::model::event::Event;
use crate::model::status::Status;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::end;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::remove::remove_with;
use crate::ops::steps::sandbox;
use crate::sys::fault;

/// What `rm` is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RmOptions {
    /// `--force`: also a container that runs.
    pub force: bool,
    /// `--time`: seconds between the stop signal and SIGKILL; `None`: the container's own.
    pub timeout: Option<u32>,
    /// `--volumes`: its anonymous volumes go too.
    pub volumes: bool,
}

/// Removes a container and returns its full id.
///
/// # Errors
/// [`Error::WrongState`] when it runs and `force` is not given.
pub fn rm(engine: &Engine, word: &str, options: RmOptions) -> Result<String> {
    let id = engine.find(word)?.config.id;
    let (lock, mut container) = claim(engine, &id)?;
    if container.config.is_infra() {
        return Err(Error::Invalid(format!(
            "container {id} is the infra container of pod {} and cannot be removed without removing the pod",
            container.config.pod_id()
        )));
    }
    observe(engine, &mut container)?;
    refuse_dependents(engine, &id)?;
    if container.state.status.is_alive() {
        if !options.force {
            let state = container.state.status.as_str();
            return Err(Error::WrongState(format!(
                "cannot remove container {id} as it is {state} - running or paused containers cannot be removed without force"
            )));
        }
        end::stop(engine, &mut container, options.timeout)?;
        fault::point("stopped");
    }
    let next = container.state.status.after(Event::Remove);
    container.state.status = next.unwrap_or(Status::Removing);
    remove_with(engine, &container, options.volumes)?;
    drop(lock);
    sandbox::after_end(engine, &container.config)?;
    Ok(id)
}

/// Others in its network would be left in one that nobody knows any more; Podman's words.
fn refuse_dependents(engine: &Engine, id: &str) -> Result<()> {
    let all = engine.store.rows().containers()?;
    let depends = |config: &ContainerConfig| matches!(&config.network, NetworkMode::Container { id: other } if other == id);
    let dependents = all.into_iter().filter(|one| depends(&one.config));
    let ids: Vec<String> = dependents.map(|one| one.config.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "container {id} has dependent containers which must be removed before it: {}: container already exists",
        ids.join(", ")
    )))
}
