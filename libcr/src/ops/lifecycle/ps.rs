//! `ps`: all containers as they are now, and what libpod says of each in a list.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::pod::Shared;
use crate::model::container::{Container, ContainerConfig};
use crate::model::health::Health;
use crate::model::status::Status;
use crate::ops::steps::life::health;
use crate::ops::steps::life::observe::look;

/// Go's zero time, in seconds since 1970.
pub const NEVER: i64 = -62_135_596_800;

/// All containers, oldest first, each as it truly is: one that has ended is shown so, even where
/// nobody has cleaned up after it yet. Takes no lock.
pub fn list(engine: &Engine) -> Result<Vec<Container>> {
    let mut containers = engine.store.rows().containers()?;
    for container in &mut containers {
        look(engine, container);
    }
    Ok(containers)
}

/// Who takes part in the network of a pod has its ports.
pub fn show_ports_of_pods(engine: &Engine, containers: &mut [Container]) {
    for one in containers {
        let Some(infra) = one.config.joined(Shared::Net) else {
            continue;
        };
        if let Ok(infra) = engine.reload(infra) {
            one.config.ports = infra.config.ports;
            one.state.ports = infra.state.ports;
        }
    }
}

/// How a container is, if it has a health check.
pub fn health(engine: &Engine, container: &Container) -> Option<Health> {
    health::read(engine, &container.config)
}

/// The container that was made last.
pub fn latest(engine: &Engine) -> Result<Option<Container>> {
    Ok(list(engine)?.pop())
}

/// libpod's `ListContainer` of a container, which is the JSON of `ps` too. The two say what is left
/// to the caller in forms of their own: the pod's name, when it was made, its state in words.
pub fn listed(
    container: &Container,
    pod: Option<&str>,
    created: &Value,
    created_at: &str,
    status: &str,
) -> Value {
    let (config, state) = (&container.config, &container.state);
    let ports = container.ports();
    let or_null = |value: Value, empty: bool| if empty { Value::Null } else { value };
    json!({
        "AutoRemove": config.auto_remove,
        "Command": config.process.arguments(),
        "CreatedAt": created_at,
        "CIDFile": "",
        "Exited": state.status == Status::Exited,
        "ExitedAt": seconds(state.finished_at.as_deref()),
        "ExitCode": state.exit_code,
        "ExposedPorts": null,
        "Id": config.id,
        "Image": config.rootfs.image_name(),
        "ImageID": config.rootfs.image_id().unwrap_or_default(),
        "IsInfra": config.is_infra(),
        "Labels": or_null(json!(config.labels), config.labels.is_empty()),
        "Mounts": mount_points(config),
        "Names": [config.name],
        "Namespaces": {},
        "Networks": config.network.names(),
        "Pid": state.pid.unwrap_or(0),
        "Pod": config.pod_id(),
        "PodName": pod,
        "Ports": or_null(json!(ports), ports.is_empty()),
        "Restarts": state.restart_count,
        "Size": null,
        "StartedAt": seconds(state.started_at.as_deref()),
        "State": state.status.as_str(),
        "Status": status,
        "Created": created,
    })
}

/// Where something is mounted in a container, in Podman's order: its volumes first.
pub fn mount_points(config: &ContainerConfig) -> Vec<&str> {
    let volumes = config.named_volumes.iter();
    let volumes = volumes.map(|volume| volume.destination.as_str());
    let binds = config.volumes.iter();
    volumes
        .chain(binds.map(|bind| bind.destination.as_str()))
        .collect()
}

/// Seconds since 1970 of a time in a record; [`NEVER`] where there is none.
pub fn seconds(time: Option<&str>) -> i64 {
    let time: Option<Timestamp> = time.and_then(|time| time.parse().ok());
    time.map_or(NEVER, Timestamp::as_second)
}
