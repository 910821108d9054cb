//! `pod inspect`: Podman's fields (libpod/define/pod_inspect.go).

use serde_json::{Map, Value, json};

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::pod::Shared;
use crate::model::container::{Container, NetworkMode};
use crate::ops::steps::life::bring_up::pod_cgroup;
use crate::sys::cgroup;

use super::facts;

/// Everything about a pod, as one object of Podman's.
///
/// # Errors
/// [`crate::store::StoreError::NoSuchPod`].
pub fn inspect(engine: &Engine, word: &str) -> Result<Value> {
    let facts = facts(engine, engine.find_pod(word)?)?;
    let pod = &facts.pod;
    let mut object = json!({
        "Id": pod.id,
        "Name": pod.name,
        "Created": pod.created,
        "CreateCommand": pod.create_command,
        "ExitPolicy": pod.exit_policy.as_str(),
        "State": facts.status().as_str(),
        "Hostname": pod.hostname,
    });
    let mut rest = Map::new();
    let mut add = |key: &str, value: Value| rest.insert(key.to_owned(), value);
    if !pod.labels.is_empty() {
        add("Labels", json!(pod.labels));
    }
    add("CreateCgroup", pod.own_cgroup.into());
    if pod.own_cgroup {
        add("CgroupParent", cgroup::PARENT.into());
        add("CgroupPath", pod_cgroup(&pod.id, &pod.cgroup_parent).into());
    }
    add("CreateInfra", pod.infra.is_some().into());
    if let Some(id) = &pod.infra {
        add("InfraContainerID", id.clone().into());
    }
    if let Some(infra) = facts.infra() {
        add("InfraConfig", infra_config(infra, &facts.networks()));
    }
    if !pod.shared.is_empty() {
        let words = pod.shared.iter().map(|kind| kind.word());
        add("SharedNamespaces", words.collect::<Vec<_>>().into());
    }
    add("NumContainers", facts.containers.len().into());
    if !facts.containers.is_empty() {
        let one = |container: &Container| {
            json!({
                "Id": container.config.id,
                "Name": container.config.name,
                "State": container.state.status.as_str(),
            })
        };
        add("Containers", facts.containers.iter().map(one).collect());
    }
    add("LockNumber", 0.into());
    if let Some(map) = object.as_object_mut() {
        map.extend(rest);
    }
    Ok(object)
}

fn infra_config(infra: &Container, networks: &[String]) -> Value {
    let config = &infra.config;
    let list = |texts: &[String]| {
        if texts.is_empty() {
            Value::Null
        } else {
            json!(texts)
        }
    };
    let (mut ip, mut mac) = (String::new(), String::new());
    if let NetworkMode::Bridge { networks } = &config.network
        && let Some((_, own)) = networks.first()
    {
        ip = own
            .static_ips
            .first()
            .map(ToString::to_string)
            .unwrap_or_default();
        mac.clone_from(&own.static_mac);
    }
    let private = |kind: Shared| {
        if config.joined(kind).is_some() {
            "pod"
        } else {
            "private"
        }
    };
    json!({
        "PortBindings": bindings(infra),
        "HostNetwork": config.network == NetworkMode::Host,
        "StaticIP": ip,
        "StaticMAC": mac,
        "NoManageResolvConf": false,
        "DNSServer": list(&config.dns),
        "DNSSearch": null,
        "DNSOption": null,
        "NoManageHostname": false,
        "NoManageHosts": false,
        "HostAdd": list(&config.hosts_add),
        "HostsFile": "",
        "Networks": list(networks),
        "NetworkOptions": null,
        "pid_ns": private(Shared::Pid),
        "userns": "host",
        "uts_ns": private(Shared::Uts),
    })
}

fn bindings(infra: &Container) -> Value {
    let mut map: Map<String, Value> = Map::new();
    for mapping in &infra.config.ports {
        for offset in 0..mapping.range.max(1) {
            let port = mapping.container_port.saturating_add(offset);
            let key = format!("{port}/{}", mapping.protocol.as_str());
            let host = if mapping.host_ip.is_empty() {
                "0.0.0.0"
            } else {
                &mapping.host_ip
            };
            let port = mapping.host_port.saturating_add(offset);
            let entry = json!({ "HostIp": host, "HostPort": port.to_string() });
            if let Some(list) = map.entry(key).or_insert_with(|| json!([])).as_array_mut() {
                list.push(entry);
            }
        }
    }
    map.into()
}
