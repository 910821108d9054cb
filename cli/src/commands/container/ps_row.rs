//! A container as `ps` shows it: the fields of a template (Podman's psReporter), and the JSON
//! (libpod's ListContainer), whose values differ.

use crate::output::human;
use crate::output::template::JSON_FACE;
use jiff::Timestamp;
use libcr::model::container::{Container, ContainerConfig, NetworkMode};
use libcr::model::health::Health;
use libcr::model::status::Status;
use serde_json::{Value, json};
use std::fmt::Write as _;

// Go's zero time, in seconds since 1970.
const NEVER: i64 = -62_135_596_800;

/// The fields that a template can name.
pub fn as_row(
    container: &Container,
    pod: &str,
    health: Option<&Health>,
    whole: bool,
    now: Timestamp,
) -> Value {
    let (config, state) = (&container.config, &container.state);
    let created = instant(Some(&config.created));
    let mounts = mounts(config);
    let created_json = created.map_or_else(|| json!(config.created), |at| json!(at.to_string()));
    json!({
        "ID": human::id(&config.id, whole),
        "Image": config.rootfs.image_name(),
        "ImageID": human::id(config.rootfs.image_id().unwrap_or_default(), whole),
        "Command": human::command(&config.process.arguments(), whole),
        "CreatedAt": created.map(human::go_time),
        "Created": created.map(human::go_time),
        "CreatedHuman": created.map(|created| human::ago(created, now)),
        "RunningFor": created.map(|created| human::ago(created, now)),
        "Status": status(container, health, now),
        "State": state.status.as_str(),
        "Ports": ports(container),
        "Names": config.name,
        "Labels": config.labels,
        "Mounts": mounts,
        "Networks": networks(container).join(","),
        "Pid": state.pid.unwrap_or(0),
        "ExitCode": state.exit_code,
        "Exited": exited(container),
        "ExitedAt": seconds(state.finished_at.as_ref()),
        "StartedAt": seconds(state.started_at.as_ref()),
        "AutoRemove": config.auto_remove,
        "IsInfra": config.is_infra(),
        "Pod": human::id(config.pod_id(), whole),
        "PodName": pod,
        "Restarts": state.restart_count,
        JSON_FACE: listed(container, pod, &created_json, "", ""),
    })
}

/// The element of `ps --format json`.
pub fn as_json(container: &Container, pod: &str, health: Option<&Health>, now: Timestamp) -> Value {
    let created = instant(Some(&container.config.created));
    listed(
        container,
        pod,
        &json!(created.map_or(NEVER, Timestamp::as_second)),
        &created
            .map(|created| human::ago(created, now))
            .unwrap_or_default(),
        &status(container, health, now),
    )
}

// The order of Podman: its volumes first.
fn mounts(config: &ContainerConfig) -> Vec<&str> {
    let volumes = config.named_volumes.iter();
    let volumes = volumes.map(|volume| volume.destination.as_str());
    let binds = config.volumes.iter();
    volumes
        .chain(binds.map(|bind| bind.destination.as_str()))
        .collect()
}

fn listed(
    container: &Container,
    pod: &str,
    created: &Value,
    created_at: &str,
    status: &str,
) -> Value {
    let (config, state) = (&container.config, &container.state);
    let mounts = mounts(config);
    let labels = if config.labels.is_empty() {
        Value::Null
    } else {
        json!(config.labels)
    };
    // While it runs the ports that it has; else those it was asked to have.
    let ports = if state.status.is_alive() {
        &state.ports
    } else {
        &config.ports
    };
    json!({
        "AutoRemove": config.auto_remove,
        "Command": config.process.arguments(),
        "CreatedAt": created_at,
        "CIDFile": "",
        "Exited": exited(container),
        "ExitedAt": seconds(state.finished_at.as_ref()),
        "ExitCode": state.exit_code,
        "ExposedPorts": null,
        "Id": config.id,
        "Image": config.rootfs.image_name(),
        "ImageID": config.rootfs.image_id().unwrap_or_default(),
        "IsInfra": config.is_infra(),
        "Labels": labels,
        "Mounts": mounts,
        "Names": [config.name],
        "Namespaces": {},
        "Networks": networks(container),
        "Pid": state.pid.unwrap_or(0),
        "Pod": config.pod_id(),
        "PodName": pod,
        "Ports": if ports.is_empty() { Value::Null } else { json!(ports) },
        "Restarts": state.restart_count,
        "Size": null,
        "StartedAt": seconds(state.started_at.as_ref()),
        "State": state.status.as_str(),
        "Status": status,
        "Created": created,
    })
}

// Only of one that is up it matters how it is.
fn status(container: &Container, health: Option<&Health>, now: Timestamp) -> String {
    let state = &container.state;
    let text = human::status(
        state.status.as_str(),
        state.exit_code,
        instant(state.started_at.as_ref()),
        instant(state.finished_at.as_ref()),
        now,
    );
    match health {
        Some(health) if state.status == Status::Running => {
            format!("{text} ({})", health.status.as_str())
        }
        _ => text,
    }
}

fn exited(container: &Container) -> bool {
    container.state.status.as_str() == "exited"
}

fn instant(text: Option<&String>) -> Option<Timestamp> {
    text?.parse().ok()
}

fn seconds(text: Option<&String>) -> i64 {
    instant(text).map_or(NEVER, Timestamp::as_second)
}

fn networks(container: &Container) -> Vec<&str> {
    match &container.config.network {
        NetworkMode::Bridge { networks } => {
            networks.iter().map(|(name, _)| name.as_str()).collect()
        }
        _ => Vec::new(),
    }
}

// `0.0.0.0:8080->80/tcp, 127.0.0.1:8000-8002->90-92/udp`.
fn ports(container: &Container) -> String {
    let (config, state) = (&container.config, &container.state);
    let chosen = if state.status.is_alive() {
        &state.ports
    } else {
        &config.ports
    };
    let mut text = String::new();
    for port in chosen {
        if !text.is_empty() {
            text.push_str(", ");
        }
        let ip = if port.host_ip.is_empty() {
            "0.0.0.0"
        } else {
            &port.host_ip
        };
        let range = |first: u16| match port.range {
            0 | 1 => first.to_string(),
            count => format!("{first}-{}", first.saturating_add(count - 1)),
        };
        let host = if port.host_port == 0 {
            String::new()
        } else {
            range(port.host_port)
        };
        let inside = range(port.container_port);
        let _ = write!(text, "{ip}:{host}->{inside}/{}", port.protocol.as_str());
    }
    text
}
