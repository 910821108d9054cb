//! A container's life.

use libcr::model::catalogue::CheckpointPlace;
use libcr::model::status::Status;
use libcr::ops::lifecycle::change::rename;
use libcr::ops::lifecycle::{inspect, kill, pause, restart, rm, start, stop, wait};
use libcr::ops::restore::{RestoreOptions, restore};
use libcr::{Engine, ErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};

use super::shown;
use crate::shared::filter::ContainerFilter;
use crate::shared::listing::containers;
use crate::varlink::call::{Call, Telling};
use crate::varlink::failed::Failed;

/// What has only a name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    pub name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    name: String,
    #[serde(default)]
    checkpoint: Option<String>,
    #[serde(default)]
    checkpoint_dir: Option<String>,
}

pub fn start(engine: &Engine, call: &Call, asked: Start) -> Result<Value, Failed> {
    let id = engine.find(&asked.name)?.config.id;
    if let Some(name) = asked.checkpoint {
        let options = RestoreOptions {
            named: Some(place(name, asked.checkpoint_dir)?),
            ..RestoreOptions::default()
        };
        restore(engine, &id, &options, &Telling::to_the_end(call))?;
    } else if asked.checkpoint_dir.is_some() {
        return Err(Failed::invalid(
            "--checkpoint-dir can only be used with --checkpoint",
        ));
    }
    Ok(json!({ "id": start::start(engine, &id, false)?.id }))
}

/// A named checkpoint's place.
///
/// # Errors
/// `Invalid` for a directory that isn't absolute.
pub fn place(name: String, directory: Option<String>) -> Result<CheckpointPlace, Failed> {
    let directory = directory.map(|path| path_of("--checkpoint-dir", path));
    Ok(CheckpointPlace {
        name,
        directory: directory.transpose()?,
    })
}

/// A path of this host. Where this process stands, and what it has as its standard input, is nothing
/// to a client.
///
/// # Errors
/// `Invalid` for one that isn't absolute.
pub fn path_of(option: &str, path: String) -> Result<std::path::PathBuf, Failed> {
    if path.starts_with('/') {
        return Ok(path.into());
    }
    Err(Failed::invalid(format!(
        "invalid path {path:?} for {option}: it must be absolute"
    )))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    name: String,
    #[serde(default)]
    timeout: Option<u32>,
}

pub fn stop(engine: &Engine, _: &Call, asked: Stop) -> Result<Value, Failed> {
    let stopped = stop::stop(engine, &asked.name, asked.timeout)?;
    Ok(json!({ "id": stopped.id }))
}

pub fn restart(engine: &Engine, _: &Call, asked: Stop) -> Result<Value, Failed> {
    let id = restart::restart(engine, &asked.name, asked.timeout)?;
    Ok(json!({ "id": id }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    name: String,
    new_name: String,
}

pub fn rename(engine: &Engine, _: &Call, asked: Rename) -> Result<Value, Failed> {
    let id = rename::rename(engine, &asked.name, &asked.new_name)?;
    Ok(json!({ "id": id }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kill {
    name: String,
    #[serde(default)]
    signal: Option<String>,
}

pub fn kill(engine: &Engine, _: &Call, asked: Kill) -> Result<Value, Failed> {
    let signal = asked.signal.as_deref().unwrap_or("KILL");
    Ok(json!({ "id": kill::kill(engine, &asked.name, signal)? }))
}

pub fn pause(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    Ok(json!({ "id": pause::pause(engine, &asked.name)? }))
}

pub fn unpause(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    Ok(json!({ "id": pause::unpause(engine, &asked.name)? }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    name: String,
    #[serde(default)]
    condition: Vec<String>,
}

pub fn wait(engine: &Engine, call: &Call, asked: Wait) -> Result<Value, Failed> {
    let mut wanted = Vec::new();
    for word in &asked.condition {
        let status = match word.as_str() {
            "stopped" => Some(Status::Exited),
            word => Status::parse(word),
        };
        wanted.push(status.ok_or_else(|| {
            Failed::invalid(format!("invalid condition {word:?}: it must be a state"))
        })?);
    }
    if wanted.is_empty() {
        wanted.push(Status::Exited);
    }
    let id = engine.find(&asked.name)?.config.id;
    let ended = wait::wait_until(engine, &id, &call.cancel, |one| {
        let status = one.state.status;
        // One that was never started has stopped, to Podman.
        wanted.contains(&status) || (wanted.contains(&Status::Exited) && !status.is_alive())
    });
    match ended {
        Ok(code) => Ok(json!({ "exit_code": code.unwrap_or(0) })),
        Err(error) if error.kind() == ErrorKind::NotFound && wanted.contains(&Status::Removing) => {
            Ok(json!({ "exit_code": -1 }))
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct List {
    all: bool,
    filter: Vec<String>,
    last: Option<usize>,
}

pub fn list(engine: &Engine, _: &Call, asked: List) -> Result<Value, Failed> {
    let filter = ContainerFilter::new(conditions(&asked.filter))?;
    let last = asked.last.filter(|last| *last > 0);
    let found = containers(engine, &filter, asked.all, last)?;
    let all: Vec<Value> = found.iter().map(shown::container).collect();
    Ok(json!({ "containers": all }))
}

/// Key and value of each filter.
pub fn conditions(filters: &[String]) -> Vec<(String, String)> {
    let parts = |text: &String| {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        (key.to_owned(), value.to_owned())
    };
    filters.iter().map(parts).collect()
}

pub fn inspect(engine: &Engine, _: &Call, asked: Name) -> Result<Value, Failed> {
    Ok(json!({ "container": inspect::inspect(engine, &asked.name)? }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    name: String,
    #[serde(default)]
    force: bool,
    #[serde(default)]
    timeout: Option<u32>,
    #[serde(default)]
    volumes: bool,
}

pub fn remove(engine: &Engine, _: &Call, asked: Remove) -> Result<Value, Failed> {
    let options = rm::RmOptions {
        force: asked.force,
        timeout: asked.timeout,
        volumes: asked.volumes,
    };
    Ok(json!({ "id": rm::rm(engine, &asked.name, options)? }))
}
