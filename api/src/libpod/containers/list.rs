//! `GET /containers/json`: libpod's ListContainer.

use std::collections::BTreeMap;

use libcr::Engine;
use libcr::model::container::{Container, NetworkMode};
use libcr::model::status::Status;
use libcr::ops::pods::list::list as pods;
use serde_json::{Value, json};

use crate::http::{Call, Failure, Reply};
use crate::shared::filter::ContainerFilter;
use crate::shared::listing::{containers, seconds};

/// Go's zero time, in seconds since 1970.
const NEVER: i64 = -62_135_596_800;

/// Answers.
pub fn list(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let query = &call.query;
    let filter = ContainerFilter::new(query.filters()?)?;
    let last: Option<i64> = match query.number("limit")? {
        Some(limit) => Some(limit),
        None => query.number("last")?,
    };
    let last = last
        .and_then(|last| usize::try_from(last).ok())
        .filter(|last| *last > 0);
    let found = containers(engine, &filter, query.flag("all")?, last)?;
    let names: BTreeMap<String, String> = pods(engine)?
        .into_iter()
        .map(|one| (one.pod.id, one.pod.name))
        .collect();
    let all: Vec<Value> = found.iter().map(|one| listed(one, &names)).collect();
    Ok(Reply::ok(&all))
}

fn listed(container: &Container, pods: &BTreeMap<String, String>) -> Value {
    let (config, state) = (&container.config, &container.state);
    let ports = if state.status.is_alive() {
        &state.ports
    } else {
        &config.ports
    };
    let networks: Vec<&str> = match &config.network {
        NetworkMode::Bridge { networks } => {
            networks.iter().map(|(name, _)| name.as_str()).collect()
        }
        _ => Vec::new(),
    };
    let named = config
        .named_volumes
        .iter()
        .map(|volume| volume.destination.as_str());
    let binds = config.volumes.iter().map(|bind| bind.destination.as_str());
    let mounts: Vec<&str> = named.chain(binds).collect();
    let or_null = |value: Value, empty: bool| if empty { Value::Null } else { value };
    let pod = config.pod.as_ref().map_or("", |own| own.pod.as_str());
    json!({
        "AutoRemove": config.auto_remove,
        "Command": config.process.arguments(),
        "Created": config.created,
        "CreatedAt": "",
        "CIDFile": "",
        "Exited": state.status == Status::Exited,
        "ExitedAt": seconds(state.finished_at.as_deref(), NEVER),
        "ExitCode": state.exit_code,
        "ExposedPorts": null,
        "Id": config.id,
        "Image": config.rootfs.image_name(),
        "ImageID": config.rootfs.image_id().unwrap_or_default(),
        "IsInfra": config.is_infra(),
        "Labels": or_null(json!(config.labels), config.labels.is_empty()),
        "Mounts": mounts,
        "Names": [config.name],
        "Namespaces": {},
        "Networks": networks,
        "Pid": state.pid.unwrap_or(0),
        "Pod": pod,
        "PodName": pods.get(pod),
        "Ports": or_null(json!(ports), ports.is_empty()),
        "Restarts": state.restart_count,
        "Size": null,
        "StartedAt": seconds(state.started_at.as_deref(), NEVER),
        "State": state.status.as_str(),
        "Status": "",
    })
}
