//! Things as this interface describes them.

use libcr::Engine;
use libcr::model::checkpoint::{CheckpointReport, RestoreReport};
use libcr::model::container::Container;
use libcr::model::image::Image;
use libcr::model::volume::{LOCAL_DRIVER, Volume};
use libcr::ops::checkpoints::list::Listed;
use libcr::ops::events::StoredEvent;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::shared::images::labels;
use crate::varlink::message::without_nulls;

/// `Container`.
pub fn container(one: &Container) -> Value {
    let (config, state) = (&one.config, &one.state);
    let networks = config.network.names();
    without_nulls(json!({
        "id": config.id,
        "name": config.name,
        "image": config.rootfs.image_name(),
        "image_id": config.rootfs.image_id().unwrap_or_default(),
        "command": config.process.arguments(),
        "created": config.created,
        "status": state.status.as_str(),
        "checkpointed": state.checkpointed_at.is_some(),
        "pid": state.pid.filter(|_| state.status.is_alive()),
        "exit_code": state.exit_code,
        "started_at": state.started_at,
        "finished_at": state.finished_at,
        "checkpointed_at": state.checkpointed_at,
        "restored_at": state.restored_at,
        "labels": config.labels,
        "networks": networks,
    }))
}

/// `CheckpointReport`.
pub fn checkpoint_report(report: &CheckpointReport) -> Value {
    without_nulls(json!({
        "id": report.id,
        "runtime_checkpoint_duration": report.runtime_checkpoint_duration,
        "container_frozen_duration": report.container_frozen_duration,
        "criu_statistics": statistics(report.criu_statistics.as_ref()),
    }))
}

/// `RestoreReport`.
pub fn restore_report(report: &RestoreReport) -> Value {
    without_nulls(json!({
        "id": report.id,
        "runtime_restore_duration": report.runtime_restore_duration,
        "criu_statistics": statistics(report.criu_statistics.as_ref()),
        "warnings": report.warnings,
    }))
}

fn statistics(figures: Option<&impl Serialize>) -> Value {
    serde_json::to_value(figures).unwrap_or_default()
}

/// `Checkpoint`.
pub fn checkpoint(listed: &Listed) -> Value {
    let one = &listed.checkpoint;
    without_nulls(json!({
        "id": one.id,
        "name": one.name,
        "container": one.container,
        "container_name": one.container_name,
        "image": one.image,
        "created": one.created,
        "parent": listed.parent_name,
        "leave_running": one.leave_running,
        "memory": one.memory,
        "size": one.size,
        "own": listed.own,
        "shared": listed.shared,
        "frozen_time": one.frozen_time,
        "tcp_established": one.tcp_established,
        "file_locks": one.file_locks,
        "runtime": one.runtime,
        "criu_version": one.criu_version,
        "arch": one.arch,
        "directory": listed.directory,
    }))
}

/// `Image`.
pub fn image(image: &Image, users: usize) -> Value {
    json!({
        "id": image.id,
        "digest": image.digest,
        "names": image.names,
        "created": image.created,
        "size": image.size,
        "containers": users,
        "labels": labels(image),
    })
}

/// `Volume`.
pub fn volume(engine: &Engine, volume: &Volume) -> Value {
    json!({
        "name": volume.name,
        "driver": LOCAL_DRIVER,
        "created": volume.created,
        "mountpoint": engine.volume_data(&volume.name),
        "labels": volume.labels,
        "options": volume.options,
    })
}

/// `Event`.
pub fn event(event: &StoredEvent) -> Value {
    let labels: Map<String, Value> = event
        .labels
        .iter()
        .map(|(key, value)| (key.clone(), value.as_str().into()))
        .collect();
    without_nulls(json!({
        "number": event.number,
        "time": event.time,
        "type": event.subject,
        "status": event.kind,
        "id": event.id,
        "name": event.name,
        "image": event.image,
        "exit_code": event.exit_code(),
        "health_status": event.health().map(|(status, _)| status),
        "labels": labels,
    }))
}
