//! A container's life.

use libcr::model::status::Status;
use libcr::ops::lifecycle::{healthcheck, inspect as look, kill as send, pause as still, ps, rm};
use libcr::ops::lifecycle::{restart as again, start as begin, stop as end, wait as ended};
use libcr::{Engine, ErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};

use super::stopped;
use crate::varlink::call::Call;
use crate::varlink::failed::Failed;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Name {
    pub name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Id {
    pub id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NameOrId {
    #[serde(rename = "nameOrID")]
    name: String,
}

/// 0: it is there; 1: it isn't.
pub fn exists(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    let found = match engine.find(&asked.name) {
        Ok(_) => 0,
        Err(error) if error.kind() == ErrorKind::NotFound => 1,
        Err(error) => return Err(error.into()),
    };
    Ok(json!({ "exists": found }))
}

/// JSON in a string, as all that this interface shows of one thing.
pub fn inspect(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    let found = look::inspect(engine, &asked.name)?;
    Ok(json!({ "container": found.to_string() }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InspectData {
    name: String,
    #[serde(rename = "size")]
    _size: bool,
}

pub fn inspect_data(engine: &Engine, _: &Call, asked: InspectData) -> Result<Value, Failed> {
    let found = look::inspect(engine, &asked.name)?;
    Ok(json!({ "config": found.to_string() }))
}

pub fn config(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    let found = look::inspect(engine, &asked.name)?;
    Ok(json!({ "config": found["Config"].to_string() }))
}

pub fn state(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    let found = look::inspect(engine, &asked.name)?;
    Ok(json!({ "config": found["State"].to_string() }))
}

pub fn start(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    let id = begin::start(engine, &asked.name, false)?.id;
    Ok(json!({ "container": id }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stop {
    name: String,
    timeout: i64,
}

pub fn stop(engine: &Engine, _: &Call, asked: Stop) -> Result<Value, Failed> {
    let id = engine.find(&asked.name)?.config.id;
    let all = ps::list(engine)?;
    let status = all.iter().find(|one| one.config.id == id);
    if status.is_some_and(|one| one.state.status == Status::Exited) {
        return Err(stopped(&id));
    }
    // Below zero means for ever; so does the longest time there is, near enough.
    let timeout = u32::try_from(asked.timeout).unwrap_or(u32::MAX);
    Ok(json!({ "container": end::stop(engine, &id, Some(timeout))?.id }))
}

pub fn restart(engine: &Engine, _: &Call, asked: Stop) -> Result<Value, Failed> {
    let timeout = u32::try_from(asked.timeout).unwrap_or(u32::MAX);
    let id = again::restart(engine, &asked.name, Some(timeout));
    let id = id.map_err(|error| Failed::from(error).about(&asked.name))?;
    Ok(json!({ "container": id }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Kill {
    name: String,
    signal: i64,
}

pub fn kill(engine: &Engine, _: &Call, asked: Kill) -> Result<Value, Failed> {
    let id = send::kill(engine, &asked.name, &asked.signal.to_string());
    let id = id.map_err(|error| Failed::from(error).about(&asked.name))?;
    Ok(json!({ "container": id }))
}

pub fn pause(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    let id = still::pause(engine, &asked.name);
    let id = id.map_err(|error| Failed::from(error).about(&asked.name))?;
    Ok(json!({ "container": id }))
}

pub fn unpause(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    let id = still::unpause(engine, &asked.name);
    let id = id.map_err(|error| Failed::from(error).about(&asked.name))?;
    Ok(json!({ "container": id }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wait {
    name: String,
    /// How often the engine looks is its own affair.
    #[serde(rename = "interval")]
    _interval: i64,
}

pub fn wait(engine: &Engine, call: &Call, asked: Wait) -> Result<Value, Failed> {
    let id = engine.find(&asked.name)?.config.id;
    let code = ended::wait_until(engine, &id, &call.cancel, |one| {
        !one.state.status.is_alive()
    })?;
    Ok(json!({ "exitcode": code.unwrap_or(0) }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Remove {
    name: String,
    force: bool,
    #[serde(rename = "removeVolumes")]
    volumes: bool,
}

pub fn remove(engine: &Engine, _: &Call, asked: Remove) -> Result<Value, Failed> {
    let options = rm::RmOptions {
        force: asked.force,
        timeout: None,
        volumes: asked.volumes,
    };
    let id = rm::rm(engine, &asked.name, options);
    let id = id.map_err(|error| Failed::from(error).about(&asked.name))?;
    Ok(json!({ "container": id }))
}

pub fn delete_stopped(
    engine: &Engine,
    _: &Call,
    _: crate::varlink::service::Nothing,
) -> Result<Value, Failed> {
    let mut removed = Vec::new();
    for one in ps::list(engine)? {
        if one.state.status.is_alive() {
            continue;
        }
        match rm::rm(engine, &one.config.id, rm::RmOptions::default()) {
            Ok(id) => removed.push(id),
            // Somebody removed it, or started it, since.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::WrongState) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(json!({ "containers": removed }))
}

pub fn health(engine: &Engine, _: &Call, asked: NameOrId) -> Result<Value, Failed> {
    let status = healthcheck::run(engine, &asked.name);
    let status = status.map_err(|error| Failed::from(error).about(&asked.name))?;
    Ok(json!({ "healthCheckStatus": status.as_str() }))
}

/// Where its streams can be joined: as Podman's monitor, ours listens there.
pub fn sockets(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    let id = engine.find(&asked.name)?.config.id;
    let paths = engine.monitor_paths(&id);
    Ok(json!({ "sockets": {
        "container_id": id,
        "io_socket": paths.attach(),
        "control_socket": paths.control(),
    } }))
}
