//! `pod stop`.

use crate::engine::Engine;
use crate::error::Result;
use crate::model::pod::Pod;
use crate::ops::many;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::end;
use crate::ops::steps::life::observe::observe;

use super::{PodReport, each, members, tell};

/// Stops all containers of a pod, its infra container last. `timeout`: seconds before they are
/// killed; `None`: each container's own.
///
/// # Errors
/// [`crate::store::StoreError::NoSuchPod`].
pub fn stop(engine: &Engine, word: &str, timeout: Option<u32>) -> Result<PodReport> {
    let pod = engine.find_pod(word)?;
    let report = stop_all(engine, &pod, timeout)?;
    tell(engine, &pod, "stop", report)
}

/// Stops them all: at the same time, since each may take its time to end; then the infra container.
pub(super) fn stop_all(engine: &Engine, pod: &Pod, timeout: Option<u32>) -> Result<PodReport> {
    let (infra, others): (Vec<String>, Vec<String>) = members(engine, pod)?
        .into_iter()
        .partition(|id| pod.infra.as_ref() == Some(id));
    let mut results = Vec::new();
    let stopped = |engine: &Engine, id: &String| stop_one(engine, id, timeout);
    many::each(
        engine,
        &others,
        || true,
        stopped,
        |id: &String, result| {
            results.push((id.clone(), result));
            Ok::<_, crate::Error>(())
        },
    )?;
    let mut results = results.into_iter();
    let mut report = each(engine, pod, others.clone(), "stopping", |_, _| {
        results.next().map_or(Ok(()), |(_, result)| result)
    });
    if report.failures.is_empty() {
        let last = each(engine, pod, infra, "stopping", |engine, id| {
            stop_one(engine, id, timeout)
        });
        report.failures.extend(last.failures);
    }
    Ok(report)
}

/// Stops a container that lives.
fn stop_one(engine: &Engine, id: &str, timeout: Option<u32>) -> Result<()> {
    let (_lock, mut container) = claim(engine, id)?;
    observe(engine, &mut container)?;
    if container.state.status.is_alive() {
        let stopped = end::stop(engine, &mut container, timeout)?;
        tracing::debug!(container = id, killed = stopped, "stopped with its pod");
    } else if container.state.restart_due {
        container.state.stopped_by_user = true;
        container.state.restart_due = false;
        engine
            .store
            .transaction(|rows| rows.update_state(id, &container.state))?;
    }
    Ok(())
}
