//! Freezing and thawing.

use libcr::Engine;
use libcr::ops::checkpoint::{CheckpointOptions, checkpoint as freeze};
use libcr::ops::restore::{RestoreOptions, restore as thaw};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::varlink::call::Call;
use crate::varlink::failed::Failed;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Checkpoint {
    name: String,
    keep: bool,
    leave_running: bool,
    tcp_established: bool,
}

pub fn checkpoint(engine: &Engine, call: &Call, asked: Checkpoint) -> Result<Value, Failed> {
    let options = CheckpointOptions {
        keep: asked.keep,
        leave_running: asked.leave_running,
        tcp_established: asked.tcp_established,
        ..CheckpointOptions::default()
    };
    let report = freeze(engine, &asked.name, &options, &call.cancel);
    let report = report.map_err(|error| Failed::from(error).about(&asked.name))?;
    Ok(json!({ "id": report.id }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Restore {
    name: String,
    keep: bool,
    tcp_established: bool,
}

pub fn restore(engine: &Engine, _: &Call, asked: Restore) -> Result<Value, Failed> {
    let options = RestoreOptions {
        keep: asked.keep,
        tcp_established: asked.tcp_established,
        ..RestoreOptions::default()
    };
    let report = thaw(engine, &asked.name, &options, &libcr::progress::Silent);
    let report = report.map_err(|error| Failed::from(error).about(&asked.name))?;
    Ok(json!({ "id": report.id }))
}
