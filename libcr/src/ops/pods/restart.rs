//! `pod restart`.

use crate::engine::Engine;
use crate::error::Result;

use super::start::start_one;
use super::stop::stop_all;
use super::{PodReport, each, members, tell};

/// Stops all containers of a pod and starts them again, those that didn't run too. All are stopped
/// before the first is started: a new infra container brings new namespaces.
///
/// # Errors
/// [`crate::store::StoreError::NoSuchPod`].
pub fn restart(engine: &Engine, word: &str) -> Result<PodReport> {
    let pod = engine.find_pod(word)?;
    let stopped = tell(engine, &pod, "stop", stop_all(engine, &pod, None)?)?;
    if !stopped.failures.is_empty() {
        return Ok(stopped);
    }
    let ids = members(engine, &pod)?;
    let report = each(engine, &pod, ids, "starting", start_one);
    tell(engine, &pod, "start", report)
}
