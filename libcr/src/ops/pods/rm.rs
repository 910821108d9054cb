//! `pod rm`: a pod and all its containers.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::container::pod::Pod;
use crate::model::event::Event;
use crate::model::status::Status;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::end;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::remove::{remove_infra, remove_with};
use crate::sys::fault;

use super::stop::stop_all;
use super::{PodReport, each, facts, members};

/// Removes a pod: its containers first, its infra container and its row in one transaction at the
/// end. With `force` containers that run are stopped, `timeout` seconds before they are killed.
///
/// Killed on the way it leaves a pod with fewer containers, for another `pod rm`.
///
/// # Errors
/// [`crate::store::StoreError::NoSuchPod`]; [`Error::WrongState`] for a container that runs,
/// without `force`.
pub fn rm(engine: &Engine, word: &str, force: bool, timeout: Option<u32>) -> Result<PodReport> {
    let pod = engine.find_pod(word)?;
    if !force {
        refuse_running(engine, &pod)?;
    }
    let stopped = stop_all(engine, &pod, timeout)?;
    if !stopped.failures.is_empty() {
        return Ok(stopped);
    }
    let others = members(engine, &pod)?.into_iter();
    let others = others.filter(|id| pod.infra.as_ref() != Some(id));
    let report = each(engine, &pod, others, "removing", |engine, id| {
        let (_lock, container) = ended(engine, id)?;
        remove_with(engine, &container, true)?;
        fault::point("member-removed");
        Ok(())
    });
    if !report.failures.is_empty() {
        return Ok(report);
    }
    match &pod.infra {
        Some(infra) => match ended(engine, infra) {
            Ok((_lock, container)) => remove_infra(engine, &container)?,
            // Its row was lost.
            Err(Error::NoSuchContainer(_)) => delete_row(engine, &pod)?,
            Err(error) => return Err(error),
        },
        None => delete_row(engine, &pod)?,
    }
    Ok(report)
}

fn delete_row(engine: &Engine, pod: &Pod) -> Result<()> {
    Ok(engine.store.transaction(|rows| {
        rows.delete_pod(&pod.id)?;
        rows.insert_pod_event("remove", pod)
    })?)
}

/// A container that doesn't run (any more), on its way out.
fn ended(engine: &Engine, id: &str) -> Result<(crate::store::lock::ContainerLock, Container)> {
    let (lock, mut container) = claim(engine, id)?;
    observe(engine, &mut container)?;
    if container.state.status.is_alive() {
        // Somebody started it since.
        end::stop(engine, &mut container, None)?;
    }
    let next = container.state.status.after(Event::Remove);
    container.state.status = next.unwrap_or(Status::Removing);
    Ok((lock, container))
}

fn refuse_running(engine: &Engine, pod: &Pod) -> Result<()> {
    let facts = facts(engine, pod.clone())?;
    let mut others = facts.containers.iter().filter(|one| !one.config.is_infra());
    match others.find(|one| one.state.status.is_alive()) {
        None => Ok(()),
        Some(one) => Err(Error::WrongState(format!(
            "not all containers could be removed from pod {}: cannot remove container {} as it is {} - running or paused containers cannot be removed without force",
            pod.id,
            one.config.id,
            one.state.status.as_str()
        ))),
    }
}
