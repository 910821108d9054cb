//! `history`.

use crate::args::image::History;
use crate::args::selection::exactly_one;
use crate::commands::{Opener, Outcome};
use crate::output::json::is_json;
use crate::output::template::{Headings, JSON_FACE, Schema};
use crate::output::{human, print};
use jiff::Timestamp;
use libcr::ops::images::history::{Step, history};
use serde_json::{Value, json};

const SCHEMA: Schema = Schema(&[("*", "images.historyReporter")]);

const HEADINGS: Headings = Headings(&[
    ("ID", "ID"),
    ("Created", "CREATED"),
    ("CreatedBy", "CREATED BY"),
    ("Size", "SIZE"),
    ("Comment", "COMMENT"),
    ("Tags", "TAGS"),
]);

/// What Podman calls a step that is no image here.
const MISSING: &str = "<missing>";

/// Letters of a command that a table shows.
const COMMAND: usize = 45;

/// Lists the steps that made an image, the last one first.
pub fn run(opener: &Opener, flags: &History) -> Outcome {
    let steps = history(&opener.open()?, exactly_one(&flags.names)?)?;
    let format = flags.format.as_deref().unwrap_or_default();
    if is_json(format) && format.trim() == "json" {
        let all: Vec<Value> = steps.iter().map(as_json).collect();
        return print::line(&Value::from(all).to_string()).map(|()| 0);
    }
    let now = Timestamp::now();
    let rows: Vec<Value> = steps.iter().map(|step| row(step, flags, now)).collect();
    if flags.quiet && format.is_empty() {
        let mut ids = rows.iter().filter_map(|row| row["ID"].as_str());
        return ids.try_for_each(print::line).map(|()| 0);
    }
    let standard = "table {{.ID}} {{.Created}} {{.CreatedBy}} {{.Size}} {{.Comment}}";
    let format = if format.is_empty() { standard } else { format };
    print::rows("history", format, &rows, SCHEMA, HEADINGS, false)?;
    Ok(0)
}

fn row(step: &Step, flags: &History, now: Timestamp) -> Value {
    let created: Timestamp = step.created.parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let id = step.id.as_deref().unwrap_or(MISSING);
    let cut = !flags.no_trunc && step.created_by.chars().count() > COMMAND;
    let created_by = if cut {
        let start: String = step.created_by.chars().take(COMMAND - 3).collect();
        format!("{start}...")
    } else {
        step.created_by.clone()
    };
    let (created, size) = if flags.human {
        (human::ago(created, now), human::size(step.size))
    } else {
        (step.created.clone(), step.size.to_string())
    };
    json!({
        "ID": if id == MISSING { id } else { human::id(id, flags.no_trunc) },
        "Created": created,
        "CreatedBy": created_by,
        "Size": size,
        "Comment": step.comment,
        "Tags": step.names.join(", "),
        JSON_FACE: as_json(step),
    })
}

fn as_json(step: &Step) -> Value {
    let mut shown = json!({
        "id": step.id.as_deref().unwrap_or(MISSING),
        "size": step.size,
        "created": step.created,
    });
    for (key, text) in [("CreatedBy", &step.created_by), ("comment", &step.comment)] {
        if !text.is_empty() {
            shown[key] = json!(text);
        }
    }
    if !step.names.is_empty() {
        shown["tags"] = json!(step.names);
    }
    shown
}
