//! Containers as `ListContainers` and `ContainerStatus` have them.

use libcr::model::container::{Container, ContainerConfig, Rootfs};
use libcr::model::status::Status;

use crate::cri::identity::{self, nanoseconds};
use crate::cri::messages::{
    self, CONTAINER_CREATED, CONTAINER_EXITED, CONTAINER_RUNNING, CONTAINER_UNKNOWN,
    ContainerFilter, ContainerMetadata, ContainerResources, ContainerStatus, ImageSpec,
    LinuxContainerResources, Mount,
};

/// What identifies it in its sandbox.
fn metadata(known: &identity::Container) -> ContainerMetadata {
    ContainerMetadata {
        name: known.name.clone(),
        attempt: known.attempt,
    }
}

fn state(status: Status) -> i32 {
    match status {
        Status::Created => CONTAINER_CREATED,
        Status::Running | Status::Paused => CONTAINER_RUNNING,
        Status::Exited => CONTAINER_EXITED,
        Status::Removing => CONTAINER_UNKNOWN,
    }
}

fn image_id(config: &ContainerConfig) -> &str {
    match &config.rootfs {
        Rootfs::Image { id, .. } => id,
        Rootfs::Directory(_) => "",
    }
}

fn image(known: &identity::Container) -> ImageSpec {
    ImageSpec {
        image: known.image.clone(),
        ..ImageSpec::default()
    }
}

/// One of a list; `None`: Kubernetes doesn't know it.
pub fn item(container: &Container) -> Option<messages::Container> {
    let config = &container.config;
    let known = known(config)?;
    Some(messages::Container {
        id: config.id.clone(),
        pod_sandbox_id: config.pod_id().to_owned(),
        metadata: Some(metadata(&known)),
        image: Some(image(&known)),
        image_ref: image_id(config).to_owned(),
        state: state(container.state.status),
        created_at: nanoseconds(Some(&config.created)),
        labels: identity::shown(&config.labels),
        annotations: known.annotations,
        image_id: image_id(config).to_owned(),
    })
}

/// What Kubernetes knows of a container in the sandbox that it was made in: one that was thawed
/// elsewhere has brought its label along.
fn known(config: &ContainerConfig) -> Option<identity::Container> {
    let known: identity::Container = identity::read(&config.labels)?;
    (known.sandbox == config.pod_id()).then_some(known)
}

/// Whether it is what a filter asks for.
pub fn fits(one: &messages::Container, filter: &ContainerFilter) -> bool {
    one.id.starts_with(&filter.id)
        && one.pod_sandbox_id.starts_with(&filter.pod_sandbox_id)
        && filter.state.is_none_or(|state| state.state == one.state)
        && identity::fits(&one.labels, &filter.label_selector)
}

/// All of it; `None`: Kubernetes doesn't know it.
pub fn status_of(container: &Container) -> Option<ContainerStatus> {
    let (config, now) = (&container.config, &container.state);
    let known = known(config)?;
    let ended = now.status == Status::Exited;
    let reason = match now.exit_code {
        _ if !ended => "",
        _ if now.oom_killed => "OOMKilled",
        0 => "Completed",
        _ => "Error",
    };
    let mounts = config.volumes.iter().map(|bind| Mount {
        container_path: bind.destination.clone(),
        host_path: bind.source.clone(),
        readonly: bind.options.iter().any(|option| option == "ro"),
        ..Mount::default()
    });
    let limits = &config.limits;
    let number = |limit: Option<u64>| limit.and_then(|limit| i64::try_from(limit).ok());
    Some(ContainerStatus {
        id: config.id.clone(),
        metadata: Some(metadata(&known)),
        state: state(now.status),
        created_at: nanoseconds(Some(&config.created)),
        started_at: nanoseconds(now.started_at.as_deref()),
        finished_at: if ended {
            nanoseconds(now.finished_at.as_deref())
        } else {
            0
        },
        exit_code: if ended { now.exit_code } else { 0 },
        image: Some(image(&known)),
        image_ref: image_id(config).to_owned(),
        reason: reason.to_owned(),
        message: now.error.clone(),
        labels: identity::shown(&config.labels),
        mounts: mounts.collect(),
        log_path: known.log_path,
        resources: Some(ContainerResources {
            linux: Some(LinuxContainerResources {
                memory_limit_in_bytes: number(limits.memory).unwrap_or(0),
                memory_swap_limit_in_bytes: limits.memory_swap.unwrap_or(0),
                cpu_shares: number(limits.cpu_shares).unwrap_or(0),
                cpu_quota: limits.cpu_quota.unwrap_or(0),
                cpu_period: number(limits.cpu_period).unwrap_or(0),
                cpuset_cpus: limits.cpuset_cpus.clone(),
                cpuset_mems: limits.cpuset_mems.clone(),
                oom_score_adj: config.kernel.oom_score_adj.map_or(0, i64::from),
                ..LinuxContainerResources::default()
            }),
        }),
        image_id: image_id(config).to_owned(),
        annotations: known.annotations,
    })
}
