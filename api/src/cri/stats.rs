//! What containers and sandboxes use.

use std::collections::BTreeMap;

use libcr::Engine;
use libcr::model::container::Container;
use libcr::ops::lifecycle::figures::stats::{Stats, sample};
use libcr::ops::lifecycle::ps;
use libcr::ops::pods::PodFacts;

use super::door::Door;
use super::identity::{self, Sandbox};
use super::messages::{
    ContainerAttributes, ContainerStats, ContainerStatsFilter, ContainerStatsResponse, CpuUsage,
    Id, LinuxPodSandboxStats, ListContainerStatsRequest, ListContainerStatsResponse,
    ListPodSandboxStatsRequest, ListPodSandboxStatsResponse, MemoryUsage, NetworkInterfaceUsage,
    NetworkUsage, PodSandboxAttributes, PodSandboxStats, PodSandboxStatsResponse, ProcessUsage,
    UInt64Value,
};
use super::{Refusal, container as containers_of, sandbox as sandboxes_of};

/// `ContainerStats`.
pub async fn container(door: Door, request: Id) -> Result<ContainerStatsResponse, Refusal> {
    let stats = move |engine: &Engine| {
        let container = containers_of::seen(engine, &request.id)?;
        let stats = of_container(engine, &container)?.ok_or_else(|| {
            Refusal::not_found(&format!("the container {} is in no sandbox", request.id))
        })?;
        Ok(ContainerStatsResponse {
            stats: Some(stats.0),
        })
    };
    door.run(stats).await
}

/// `ListContainerStats`: of those that run.
pub async fn containers(
    door: Door,
    request: ListContainerStatsRequest,
) -> Result<ListContainerStatsResponse, Refusal> {
    let filter = request.filter.unwrap_or_default();
    let list = move |engine: &Engine| {
        let mut stats = Vec::new();
        for container in ps::list(engine)? {
            if container.state.status.is_alive() && fits(&container, &filter) {
                stats.extend(gone_is_none(of_container(engine, &container))?);
            }
        }
        let stats = stats.into_iter().map(|(message, _)| message).collect();
        Ok(ListContainerStatsResponse { stats })
    };
    door.run(list).await
}

fn fits(container: &Container, filter: &ContainerStatsFilter) -> bool {
    let config = &container.config;
    config.id.starts_with(&filter.id)
        && config.pod_id().starts_with(&filter.pod_sandbox_id)
        && identity::fits(&config.labels, &filter.label_selector)
}

/// One that was removed meanwhile uses nothing.
fn gone_is_none<T>(found: Result<Option<T>, Refusal>) -> Result<Option<T>, Refusal> {
    match found {
        Err(refusal) if refusal.is_not_found() => Ok(None),
        found => found,
    }
}

/// `None`: Kubernetes doesn't know it.
fn of_container(
    engine: &Engine,
    container: &Container,
) -> Result<Option<(ContainerStats, Stats)>, Refusal> {
    let Some(known) = containers_of::status_of(container) else {
        return Ok(None);
    };
    let stats = sample(engine, &container.config.id, None)?;
    let message = ContainerStats {
        attributes: Some(ContainerAttributes {
            id: known.id,
            metadata: known.metadata,
            labels: known.labels,
            annotations: known.annotations,
        }),
        cpu: Some(cpu(&stats)),
        memory: Some(memory(&stats)),
        writable_layer: None,
    };
    Ok(Some((message, stats)))
}

fn number(value: u64) -> UInt64Value {
    UInt64Value { value }
}

fn cpu(stats: &Stats) -> CpuUsage {
    CpuUsage {
        timestamp: identity::now(),
        usage_core_nano_seconds: Some(number(stats.cpu_nano)),
    }
}

fn memory(stats: &Stats) -> MemoryUsage {
    MemoryUsage {
        timestamp: identity::now(),
        working_set_bytes: Some(number(stats.memory)),
        available_bytes: Some(number(stats.memory_limit.saturating_sub(stats.memory))),
        usage_bytes: Some(number(stats.memory)),
    }
}

/// `PodSandboxStats`.
pub async fn sandbox(door: Door, request: Id) -> Result<PodSandboxStatsResponse, Refusal> {
    let stats = move |engine: &Engine| {
        let (facts, of) = sandboxes_of::known(engine, &request.id)?;
        Ok(PodSandboxStatsResponse {
            stats: Some(of_sandbox(engine, &facts, &of)?),
        })
    };
    door.run(stats).await
}

/// `ListPodSandboxStats`.
pub async fn sandboxes(
    door: Door,
    request: ListPodSandboxStatsRequest,
) -> Result<ListPodSandboxStatsResponse, Refusal> {
    let filter = request.filter.unwrap_or_default();
    let list = move |engine: &Engine| {
        let mut stats = Vec::new();
        for (facts, of) in sandboxes_of::all(engine)? {
            if facts.pod.id.starts_with(&filter.id)
                && identity::fits(&facts.pod.labels, &filter.label_selector)
            {
                let found = of_sandbox(engine, &facts, &of).map(Some);
                stats.extend(gone_is_none(found)?);
            }
        }
        Ok(ListPodSandboxStatsResponse { stats })
    };
    door.run(list).await
}

fn of_sandbox(engine: &Engine, facts: &PodFacts, of: &Sandbox) -> Result<PodSandboxStats, Refusal> {
    let (mut all, mut containers, mut network) = (Stats::default(), Vec::new(), None);
    for container in &facts.containers {
        let stats = if container.config.is_infra() {
            let stats = sample(engine, &container.config.id, None)?;
            network.clone_from(&stats.network);
            stats
        } else {
            match gone_is_none(of_container(engine, container))? {
                None => continue,
                Some((message, stats)) => {
                    containers.push(message);
                    stats
                }
            }
        };
        all.cpu_nano += stats.cpu_nano;
        all.memory += stats.memory;
        all.tasks += stats.tasks;
        all.memory_limit = all.memory_limit.max(stats.memory_limit);
    }
    let interfaces: Vec<_> = network
        .unwrap_or_default()
        .into_iter()
        .map(|(name, one)| NetworkInterfaceUsage {
            name,
            rx_bytes: Some(number(one.received.bytes)),
            rx_errors: Some(number(one.received.errors)),
            tx_bytes: Some(number(one.sent.bytes)),
            tx_errors: Some(number(one.sent.errors)),
        })
        .collect();
    let labels: BTreeMap<String, String> = identity::shown(&facts.pod.labels);
    Ok(PodSandboxStats {
        attributes: Some(PodSandboxAttributes {
            id: facts.pod.id.clone(),
            metadata: Some(sandboxes_of::metadata(of)),
            labels,
            annotations: of.annotations.clone(),
        }),
        linux: Some(LinuxPodSandboxStats {
            cpu: Some(cpu(&all)),
            memory: Some(memory(&all)),
            network: Some(NetworkUsage {
                timestamp: identity::now(),
                default_interface: interfaces.first().cloned(),
                interfaces,
            }),
            process: Some(ProcessUsage {
                timestamp: identity::now(),
                process_count: Some(number(all.tasks)),
            }),
            containers,
        }),
    })
}
