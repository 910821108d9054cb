//! `GET /containers/{name}/json`: what libpod has, in Docker's shape.

use libcr::Engine;
use libcr::ops::lifecycle::inspect::inspect as known;
use serde_json::{Map, Value, json};

use crate::http::{Call, Failure, Reply};

/// Answers.
pub fn inspect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut facts = known(engine, call.name())?;
    let container = engine.find(call.name())?;
    let (config, process) = (&container.config, &container.config.process);
    let nothing_or = |list: &[String]| {
        if list.is_empty() {
            Value::Null
        } else {
            json!(list)
        }
    };
    let empty: Map<String, Value> = Map::new();
    let volumes: Map<String, Value> = config
        .named_volumes
        .iter()
        .map(|volume| (volume.destination.clone(), json!({})))
        .collect();
    let ports: Map<String, Value> = facts["NetworkSettings"]["Ports"]
        .as_object()
        .unwrap_or(&empty)
        .keys()
        .map(|port| (port.clone(), json!({})))
        .collect();
    let healthcheck = facts["Config"]["Healthcheck"].take();
    let mut docker_config = json!({
        "Hostname": config.hostname,
        "Domainname": "",
        "User": process.user,
        "AttachStdin": process.stdin,
        "AttachStdout": true,
        "AttachStderr": true,
        "ExposedPorts": ports,
        "Tty": process.terminal,
        "OpenStdin": process.stdin,
        "StdinOnce": false,
        "Env": facts["Config"]["Env"],
        "Cmd": nothing_or(&process.command),
        "Image": config.rootfs.typed_name(),
        "Volumes": volumes,
        "WorkingDir": process.workdir,
        "Entrypoint": nothing_or(&process.entrypoint),
        "OnBuild": null,
        "Labels": config.labels,
        "StopSignal": facts["Config"]["StopSignal"],
        "StopTimeout": config.stop_timeout,
    });
    if !healthcheck.is_null() {
        docker_config["Healthcheck"] = healthcheck;
    }
    facts["Config"] = docker_config;
    facts["Name"] = format!("/{}", config.name).into();
    let image = config.rootfs.image_id().map(|id| format!("sha256:{id}"));
    facts["Image"] = image.unwrap_or_default().into();
    facts["Platform"] = "linux".into();
    facts["AppArmorProfile"] = "".into();
    facts["ExecIDs"] = Value::Null;
    facts["LogPath"] = facts["HostConfig"]["LogConfig"]["Path"].take();
    facts["HostConfig"]["LogConfig"] = json!({
        "Type": if config.log_driver == "k8s-file" { "json-file" } else { &config.log_driver },
        "Config": config.log_options,
    });
    // Modes that Docker knows by no word.
    for mode in ["PidMode", "UTSMode"] {
        facts["HostConfig"][mode] = "".into();
    }
    facts["HostConfig"]["CgroupnsMode"] = "private".into();
    // One that is paused runs, for Docker.
    if facts["State"]["Paused"] == true {
        facts["State"]["Running"] = true.into();
    }
    // The short id is no alias that anybody asked for.
    let own = json!([libcr::model::id::short(&config.id)]);
    let networks = facts["NetworkSettings"]["Networks"].as_object_mut();
    for network in networks.into_iter().flat_map(Map::values_mut) {
        if network["Aliases"] == own {
            network["Aliases"] = Value::Null;
            network["DNSNames"] = own.clone();
        }
    }
    Ok(Reply::ok(&facts))
}
