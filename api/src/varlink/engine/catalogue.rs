//! Checkpoints with a name.

use libcr::Engine;
use libcr::ops::checkpoint::{CheckpointOptions, checkpoint as freeze};
use libcr::ops::checkpoints::show::{ShowOptions, Subject};
use libcr::ops::checkpoints::{list as listing, remove as removal, show as showing};
use libcr::runtime::criu_options::CriuOptions;
use serde::Deserialize;
use serde_json::{Value, json};

use super::containers::{path_of, place};
use super::shown;
use crate::varlink::call::{Call, Telling};
use crate::varlink::failed::Failed;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    container: String,
    name: String,
    #[serde(default)]
    options: Options,
}

/// In the order of the description.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    checkpoint_dir: Option<String>,
    dedup: bool,
    ext_unix_sk: bool,
    file_locks: bool,
    leave_running: bool,
    link_remap: bool,
    shell_job: bool,
    skip_check: Vec<String>,
    tcp_established: bool,
    tcp_skip_in_flight: bool,
    with_previous: bool,
}

pub fn create(engine: &Engine, call: &Call, asked: Create) -> Result<Value, Failed> {
    let flags = asked.options;
    let options = CheckpointOptions {
        leave_running: flags.leave_running,
        tcp_established: flags.tcp_established,
        file_locks: flags.file_locks,
        with_previous: flags.with_previous,
        dedup: flags.dedup,
        named: Some(place(asked.name, flags.checkpoint_dir)?),
        criu: CriuOptions {
            ext_unix_sk: flags.ext_unix_sk,
            link_remap: flags.link_remap,
            shell_job: flags.shell_job,
            tcp_skip_in_flight: flags.tcp_skip_in_flight,
            ..CriuOptions::default()
        },
        skip_checks: flags.skip_check,
        ..CheckpointOptions::default()
    };
    let report = freeze(engine, &asked.container, &options, &Telling::new(call))?;
    Ok(json!({ "report": shown::checkpoint_report(&report) }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct List {
    container: Option<String>,
    checkpoint_dir: Option<String>,
}

pub fn list(engine: &Engine, _: &Call, asked: List) -> Result<Value, Failed> {
    let directory = asked
        .checkpoint_dir
        .map(|path| path_of("--checkpoint-dir", path));
    let directory = directory.transpose()?;
    let found = listing::list(engine, asked.container.as_deref(), directory.as_deref())?;
    let all: Vec<Value> = found.iter().map(shown::checkpoint).collect();
    Ok(json!({ "checkpoints": all }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Show {
    container: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    checkpoint_dir: Option<String>,
}

pub fn show(engine: &Engine, _: &Call, asked: Show) -> Result<Value, Failed> {
    let subject = match asked.name {
        Some(name) => Subject::Named(asked.container, place(name, asked.checkpoint_dir)?),
        None => Subject::Bundle(asked.container),
    };
    let found = showing::show(Some(engine), &subject, &ShowOptions::default())?;
    let found = serde_json::to_value(found).map_err(Failed::invalid)?;
    Ok(json!({ "checkpoint": found }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    container: String,
    name: String,
    #[serde(default)]
    checkpoint_dir: Option<String>,
}

pub fn remove(engine: &Engine, _: &Call, asked: Remove) -> Result<Value, Failed> {
    let place = place(asked.name, asked.checkpoint_dir)?;
    removal::remove(engine, &asked.container, &place)?;
    Ok(json!({}))
}
