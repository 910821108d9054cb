//! A container as `ps` shows it: the fields of a template (Podman's psReporter), and the JSON
//! (libpod's ListContainer), whose values differ.

use crate::output::human;
use crate::output::template::JSON_FACE;
use jiff::Timestamp;
use libcr::model::container::Container;
use libcr::model::health::Health;
use libcr::model::status::Status;
use libcr::ops::lifecycle::ps::{NEVER, listed, mount_points, seconds};
use serde_json::{Value, json};
use std::fmt::Write as _;

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
        "Mounts": mount_points(config),
        "Networks": config.network.names().join(","),
        "Pid": state.pid.unwrap_or(0),
        "ExitCode": state.exit_code,
        "Exited": exited(container),
        "ExitedAt": seconds(state.finished_at.as_deref()),
        "StartedAt": seconds(state.started_at.as_deref()),
        "AutoRemove": config.auto_remove,
        "IsInfra": config.is_infra(),
        "Pod": human::id(config.pod_id(), whole),
        "PodName": pod,
        "Restarts": state.restart_count,
        JSON_FACE: listed(container, Some(pod), &created_json, "", ""),
    })
}

/// The element of `ps --format json`.
pub fn as_json(container: &Container, pod: &str, health: Option<&Health>, now: Timestamp) -> Value {
    let created = instant(Some(&container.config.created));
    listed(
        container,
        Some(pod),
        &json!(created.map_or(NEVER, Timestamp::as_second)),
        &created
            .map(|created| human::ago(created, now))
            .unwrap_or_default(),
        &status(container, health, now),
    )
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

// `0.0.0.0:8080->80/tcp, 127.0.0.1:8000-8002->90-92/udp`.
fn ports(container: &Container) -> String {
    let mut text = String::new();
    for port in container.ports() {
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
