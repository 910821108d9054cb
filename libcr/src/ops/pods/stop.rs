//! `pod stop`.

use crate::config::Config;
use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::pod::Pod;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::end;
use crate::ops::steps::life::observe::observe;

use super::{PodReport, each, members, tell};

/// Containers that are stopped at the same time.
const AT_A_TIME: usize = 16;

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
    for some in others.chunks(AT_A_TIME) {
        results.extend(stop_together(&engine.config, some, timeout));
    }
    let mut results = results.into_iter();
    let mut report = each(engine, pod, others.clone(), "stopping", |_, _| {
        results.next().unwrap_or(Ok(()))
    });
    if report.failures.is_empty() {
        let last = each(engine, pod, infra, "stopping", |engine, id| {
            stop_one(engine, id, timeout)
        });
        report.failures.extend(last.failures);
        if pod.stays_down && report.failures.is_empty() {
            // What began between its own turn and that of the infra container. Nothing can any more.
            let late = each(
                engine,
                pod,
                members(engine, pod)?,
                "stopping",
                |engine, id| stop_one(engine, id, timeout),
            );
            report.failures.extend(late.failures);
        }
    }
    Ok(report)
}

/// Each in a thread of its own: a connection to the database belongs to one.
fn stop_together(config: &Config, ids: &[String], timeout: Option<u32>) -> Vec<Result<()>> {
    let alone = |id: &String| stop_one(&Engine::open(config.clone())?, id, timeout);
    let died = || Err(std::io::Error::other("its thread died").into());
    std::thread::scope(|scope| {
        let begin = |id| {
            let thread = std::thread::Builder::new().name("container".into());
            thread
                .spawn_scoped(scope, move || alone(id))
                .map_err(|_| id)
        };
        let threads: Vec<_> = ids.iter().map(begin).collect();
        let ended = threads.into_iter().map(|one| match one {
            Ok(thread) => thread.join().unwrap_or_else(|_| died()),
            Err(id) => alone(id),
        });
        ended.collect()
    })
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
