//! `checkpoint inspect`: a list of objects, or each through a template.

use crate::args::checkpoint::{CheckpointInspect, place};
use crate::commands::outcome::Outcomes;
use crate::commands::{Opener, Outcome};
use crate::output::json::{self, is_json};
use crate::output::print;
use crate::output::template::{Schema, render_rows};
use libcr::criu::contents::Task;
use libcr::model::catalogue::NamedCheckpoint;
use libcr::ops::checkpoints::inspect::{Inspected, inspect};
use serde_json::{Value, json};
use std::path::Path;

const SCHEMA: Schema = Schema(&[
    ("*", "checkpoint.Inspect"),
    ("*.Processes.*", "checkpoint.Process"),
    ("*.Processes.*.Files.*", "checkpoint.File"),
]);

/// Shows those that are there; then what isn't is an error.
pub fn run(opener: &Opener, flags: &CheckpointInspect) -> Outcome {
    let (container, names) = flags.validate()?;
    let engine = opener.open()?;
    let mut outcomes = Outcomes::default();
    let mut found = Vec::new();
    for name in names {
        let place = place(name, flags.checkpoint_dir.as_ref());
        match inspect(&engine, container, &place) {
            Ok(inspected) => found.push(document(&inspected)),
            Err(error) => outcomes.fail(error.into()),
        }
    }
    if is_json(&flags.format) {
        print::line(&json::pretty(&found, 5).unwrap_or_default())?;
    } else {
        let (text, result) = render_rows("checkpoint inspect", &flags.format, &found, SCHEMA);
        print::text(&text)?;
        result?;
    }
    outcomes.finish()
}

/// What the catalogue knows, with Go's keys.
pub fn facts(checkpoint: &NamedCheckpoint, directory: &Path) -> Value {
    json!({
        "Id": checkpoint.id,
        "Name": checkpoint.name,
        "Container": checkpoint.container,
        "ContainerName": checkpoint.container_name,
        "Image": checkpoint.image,
        "Created": checkpoint.created,
        "Parent": checkpoint.parent,
        "LeaveRunning": checkpoint.leave_running,
        "Memory": checkpoint.memory,
        "Size": checkpoint.size,
        "FrozenTime": checkpoint.frozen_time,
        "TcpEstablished": checkpoint.tcp_established,
        "FileLocks": checkpoint.file_locks,
        "Runtime": checkpoint.runtime,
        "CriuVersion": checkpoint.criu_version,
        "Arch": checkpoint.arch,
        "Path": directory,
    })
}

fn document(inspected: &Inspected) -> Value {
    let mut document = facts(&inspected.checkpoint, &inspected.directory);
    document["Names"] = json!(inspected.names);
    document["Processes"] = inspected.processes.iter().map(process).collect();
    document
}

fn process(task: &Task) -> Value {
    let files = task.files.iter().map(|file| {
        json!({
            "Fd": file.fd,
            "Kind": file.kind,
            "What": file.what,
            "Position": file.position,
        })
    });
    json!({
        "Pid": task.pid,
        "Parent": task.parent,
        "Command": task.command,
        "State": task.state,
        "Threads": task.threads,
        "Files": files.collect::<Vec<Value>>(),
    })
}
