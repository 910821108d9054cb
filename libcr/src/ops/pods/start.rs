//! `pod start`.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::status::Status;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::launch::launch;
use crate::ops::steps::life::observe::observe;

use super::{PodReport, each, members, tell};

/// Starts all containers of a pod that don't run, its infra container first.
///
/// # Errors
/// [`crate::store::StoreError::NoSuchPod`]; [`Error::NoSuchPod`] for one that has no container.
pub fn start(engine: &Engine, word: &str) -> Result<PodReport> {
    let pod = engine.find_pod(word)?;
    let ids = members(engine, &pod)?;
    if ids.is_empty() {
        return Err(Error::NoSuchPod(format!(
            "no containers in pod {} have no dependencies, cannot start pod: no such container",
            pod.id
        )));
    }
    let report = each(engine, &pod, ids, "starting", start_one);
    tell(engine, &pod, "start", report)
}

/// Starts a container that doesn't run.
pub(super) fn start_one(engine: &Engine, id: &str) -> Result<()> {
    let (_lock, mut container) = claim(engine, id)?;
    observe(engine, &mut container)?;
    if container.state.status == Status::Running {
        return Ok(());
    }
    container.state.restart_count = 0;
    launch(engine, &mut container, false).map(drop)
}
