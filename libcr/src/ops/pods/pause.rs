//! `pod pause` and `pod unpause`.

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::pod::Pod;
use crate::model::event::Event;
use crate::model::status::Status;
use crate::ops::steps::life::suspend::change;

use super::{PodReport, each, facts, tell};

/// Freezes the processes of all containers of a pod that run.
///
/// # Errors
/// [`crate::store::StoreError::NoSuchPod`].
pub fn pause(engine: &Engine, word: &str) -> Result<PodReport> {
    let pod = engine.find_pod(word)?;
    // The infra container last: it gives the others nothing while they still run.
    let running = in_state(engine, &pod, Status::Running)?.into_iter().rev();
    let report = each(engine, &pod, running, "pausing", |engine, id| {
        change(engine, id, Event::Pause)
    });
    tell(engine, &pod, "pause", report)
}

/// Lets the processes of all containers of a pod that are paused go on.
///
/// # Errors
/// [`crate::store::StoreError::NoSuchPod`].
pub fn unpause(engine: &Engine, word: &str) -> Result<PodReport> {
    let pod = engine.find_pod(word)?;
    let paused = in_state(engine, &pod, Status::Paused)?;
    let report = each(engine, &pod, paused, "unpausing", |engine, id| {
        change(engine, id, Event::Unpause)
    });
    tell(engine, &pod, "unpause", report)
}

fn in_state(engine: &Engine, pod: &Pod, status: Status) -> Result<Vec<String>> {
    let all = facts(engine, pod.clone())?.containers.into_iter();
    let mut found: Vec<_> = all.filter(|one| one.state.status == status).collect();
    found.sort_by_key(|one| !one.config.is_infra());
    Ok(found.into_iter().map(|one| one.config.id).collect())
}
