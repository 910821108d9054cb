//! `volume ls`.

use crate::args::volume::VolumeList;
use crate::commands::{Opener, Outcome};
use crate::output::json::{self, is_json};
use crate::output::template::{Headings, JSON_FACE, Schema};
use crate::output::{human, print};
use jiff::Timestamp;
use libcr::ops::volumes::{inspect, list};
use serde_json::Value;

const SCHEMA: Schema = Schema(&[("*", "*types.VolumeListReport")]);

const STANDARD: &str = "table {{.Driver}} {{.Name}}";

const HEADINGS: Headings = Headings(&[
    ("Name", "VOLUME NAME"),
    ("Driver", "DRIVER"),
    ("Mountpoint", "MOUNTPOINT"),
    ("CreatedAt", "CREATED AT"),
    ("Labels", "LABELS"),
    ("Options", "OPTIONS"),
    ("Scope", "SCOPE"),
    ("MountCount", "MOUNT COUNT"),
]);

/// Lists volumes.
pub fn run(opener: &Opener, flags: &VolumeList) -> Outcome {
    let filter = flags.validate()?;
    let engine = opener.open()?;
    let volumes = list::list(&engine, &filter)?;
    if flags.quiet {
        return volumes
            .iter()
            .try_for_each(|volume| print::line(&volume.name))
            .map(|()| 0);
    }
    let all: Vec<Value> = volumes
        .iter()
        .map(|volume| inspect::describe(&engine, volume))
        .collect();
    let format = flags.format.as_deref().unwrap_or(STANDARD);
    if is_json(format) {
        return print::line(&json::pretty(&all, 2).unwrap_or_default()).map(|()| 0);
    }
    let rows: Vec<Value> = all.into_iter().map(as_row).collect();
    print::rows("ls", format, &rows, SCHEMA, HEADINGS, flags.noheading).map(|()| 0)
}

// What a template shows otherwise than JSON does, or JSON leaves out.
fn as_row(facts: Value) -> Value {
    let mut row = facts.clone();
    let created = facts["CreatedAt"].as_str().unwrap_or_default();
    if let Ok(created) = created.parse::<Timestamp>() {
        row["CreatedAt"] = human::go_time(created).into();
    }
    if let Some(row) = row.as_object_mut() {
        for flag in ["Anonymous", "NeedsCopyUp", "NeedsChown"] {
            row.entry(flag).or_insert(Value::Bool(false));
        }
        for number in ["UID", "GID"] {
            row.entry(number).or_insert(Value::from(0));
        }
        row.insert(JSON_FACE.to_owned(), facts);
    }
    row
}
