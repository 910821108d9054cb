//! `GET /containers/json`.

use jiff::Timestamp;
use libcr::Engine;
use libcr::model::container::{Container, NetworkMode};
use libcr::model::status::Status;
use libcr::ops::lifecycle::figures::go::human_duration;
use serde_json::{Map, Value, json};

use crate::http::{Call, Failure, Reply};
use crate::shared::filter::ContainerFilter;
use crate::shared::listing::{containers, seconds};

/// Answers.
pub fn list(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let filter = ContainerFilter::new(call.query.filters()?)?;
    let limit: Option<i64> = call.query.number("limit")?;
    let limit = limit
        .and_then(|limit| usize::try_from(limit).ok())
        .filter(|limit| *limit > 0);
    let found = containers(engine, &filter, call.query.docker_flag("all"), limit)?;
    let now = Timestamp::now();
    let all: Vec<Value> = found.iter().map(|one| listed(one, now)).collect();
    Ok(Reply::ok(&all))
}

fn listed(container: &Container, now: Timestamp) -> Value {
    let (config, state) = (&container.config, &container.state);
    let id = config.rootfs.image_id();
    json!({
        "Id": config.id,
        "Names": [format!("/{}", config.name)],
        "Image": config.rootfs.typed_name(),
        "ImageID": id.map(|id| format!("sha256:{id}")).unwrap_or_default(),
        "Command": config.process.arguments().join(" "),
        "Created": seconds(Some(&config.created), 0),
        "Ports": ports(container),
        "Labels": config.labels,
        "State": state.status.as_str(),
        "Status": status(container, now),
        "HostConfig": { "NetworkMode": config.network.word() },
        "NetworkSettings": { "Networks": networks(container) },
        "Mounts": [],
    })
}

fn ports(container: &Container) -> Vec<Value> {
    let mut ports = Vec::new();
    for mapping in container.ports() {
        for (outside, inside) in mapping.pairs() {
            ports.push(json!({
                "IP": if mapping.host_ip.is_empty() { "0.0.0.0" } else { &mapping.host_ip },
                "PrivatePort": inside,
                "PublicPort": outside,
                "Type": mapping.protocol.as_str(),
            }));
        }
    }
    ports
}

fn networks(container: &Container) -> Map<String, Value> {
    let mut map = Map::new();
    let NetworkMode::Bridge { networks } = &container.config.network else {
        let word = container.config.network.word().into_owned();
        map.insert(
            word,
            json!({ "IPAddress": "", "NetworkID": "", "EndpointID": "" }),
        );
        return map;
    };
    for (name, _) in networks {
        let block = container.state.network_status.get(name);
        let interface = block.and_then(|block| block.interfaces.values().next());
        let subnets = interface
            .map(|interface| interface.subnets.as_slice())
            .unwrap_or_default();
        let first = subnets.iter().find(|subnet| subnet.ipnet.is_ipv4());
        map.insert(
            name.clone(),
            json!({
                "NetworkID": name,
                "EndpointID": "",
                "IPAddress": first.map(|subnet| subnet.ipnet.ip().to_string()).unwrap_or_default(),
                "IPPrefixLen": first.map_or(0, |subnet| subnet.ipnet.prefix()),
                "Gateway": first.and_then(|subnet| subnet.gateway).map(|ip| ip.to_string()).unwrap_or_default(),
                "MacAddress": interface.map(|interface| interface.mac_address.clone()).unwrap_or_default(),
            }),
        );
    }
    map
}

/// State and since when, in Docker's words.
pub fn status(container: &Container, now: Timestamp) -> String {
    let state = &container.state;
    let since = |time: &Option<String>| {
        let then = seconds(time.as_deref(), now.as_second());
        human_duration(now.as_second().saturating_sub(then))
    };
    match state.status {
        Status::Running => format!("Up {}", since(&state.started_at)),
        Status::Paused => format!("Up {} (Paused)", since(&state.started_at)),
        Status::Exited => format!(
            "Exited ({}) {} ago",
            state.exit_code,
            since(&state.finished_at)
        ),
        Status::Created => "Created".to_owned(),
        Status::Removing => "Removal In Progress".to_owned(),
    }
}
