//! `CheckpointContainer` and `CheckpointPod`: archives of what goes on afterwards.

pub mod experimental;
pub mod restore;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use libcr::Engine;
use libcr::model::container::Container;
use libcr::ops::checkpoint::{
    CheckpointOptions, Kubernetes, PodCheckpointOptions, PodOutput, checkpoint, checkpoint_pod,
};
use libcr::progress::Cancel;
use tokio::time::sleep;

use super::door::Door;
use super::identity::{self, given};
use super::messages::{CheckpointContainerRequest, CheckpointPodRequest, Empty};
use super::{Refusal, sandbox};
use crate::http::call::CancelGuard;

/// Answers. The container stands still while its files are captured and goes on afterwards, also after
/// a failure and when the time is over.
pub async fn container(door: Door, request: CheckpointContainerRequest) -> Result<Empty, Refusal> {
    given(&request.container_id)?;
    let location = PathBuf::from(&request.location);
    if !location.is_absolute() {
        return Err(Refusal::invalid(&format!(
            "invalid location {:?}: it must be an absolute path",
            request.location
        )));
    }
    let seconds = u64::try_from(request.timeout)
        .map_err(|_| Refusal::invalid("the time must not be negative"))?;
    let id = request.container_id;
    let cancel = Cancel::default();
    let _gone = CancelGuard(cancel.clone());
    let of_work = cancel.clone();
    let work = door.run(move |engine| {
        let container = engine.find(&id)?;
        let options = CheckpointOptions {
            export: Some(location),
            compress: Some("none".into()),
            leave_running: true,
            kubernetes: known(engine, &container),
            ..CheckpointOptions::default()
        };
        checkpoint(engine, &container.config.id, &options, &of_work)?;
        Ok(Empty {})
    });
    tokio::pin!(work);
    if seconds == 0 {
        return work.await;
    }
    tokio::select! {
        done = &mut work => done,
        () = sleep(Duration::from_secs(seconds)) => {
            cancel.cancel();
            // It may be whole by now.
            work.await.map_err(|_| {
                Refusal::late(&format!("the checkpoint took longer than {seconds} s"))
            })
        }
    }
}

/// What Kubernetes knows of a container, for its archive; `None`: it doesn't know it.
pub fn known(engine: &Engine, container: &Container) -> Option<Kubernetes> {
    let config = &container.config;
    let own: identity::Container = identity::read(&config.labels)?;
    if own.sandbox != config.pod_id() {
        return None;
    }
    let (facts, of) = sandbox::known(engine, &own.sandbox).ok()?;
    let network = sandbox::described(&facts, &of).network.unwrap_or_default();
    let others = network.additional_ips.into_iter().map(|other| other.id);
    Some(Kubernetes {
        name: own.name,
        attempt: own.attempt,
        labels: identity::shown(&config.labels),
        annotations: own.annotations,
        log_path: own.log_path,
        image: own.image,
        sandbox: facts.pod.id.clone(),
        sandbox_name: facts.pod.name.clone(),
        pod: of.name,
        namespace: of.namespace,
        addresses: std::iter::once(network.ip)
            .chain(others)
            .filter(|ip| !ip.is_empty())
            .collect(),
    })
}

/// `CheckpointPod`: all containers that run in a sandbox, of one instant, into an empty directory.
/// Those that run must be those that are named. A client that no longer waits takes it back.
pub async fn pod(door: Door, request: CheckpointPodRequest) -> Result<Empty, Refusal> {
    if door.deadline.is_none() {
        return Err(Refusal::invalid("a checkpoint of a pod needs a deadline"));
    }
    if let Some(option) = request.options.keys().next() {
        return Err(Refusal::invalid(&format!("unknown option {option:?}")));
    }
    if request.container_ids.is_empty() {
        return Err(Refusal::invalid("the request names no containers"));
    }
    let output = PathBuf::from(&request.output_path);
    if !output.is_absolute() {
        return Err(Refusal::invalid(&format!(
            "invalid output path {:?}: it must be absolute",
            request.output_path
        )));
    }
    door.run_cancelled(move |engine, cancel| {
        let (facts, _) = sandbox::known(engine, &request.pod_sandbox_id)?;
        let mut containers = BTreeSet::new();
        for id in &request.container_ids {
            containers.insert(engine.find(given(id)?)?.config.id);
        }
        let options = PodCheckpointOptions {
            output: PodOutput::Directory(output),
            leave_running: true,
            compress: Some("none".into()),
            file_locks: false,
            ignore_rootfs: false,
            ignore_volumes: false,
            containers,
            skip_checks: Vec::new(),
        };
        checkpoint_pod(engine, &facts.pod.id, &options, cancel)?;
        Ok(Empty {})
    })
    .await
}
