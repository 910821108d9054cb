//! `checkpoint ls`.

use crate::args::checkpoint::{CheckpointList, directory};
use crate::args::selection::at_most_one;
use crate::commands::{Opener, Outcome};
use crate::output::json::{self, is_json};
use crate::output::template::{Headings, JSON_FACE, Schema};
use crate::output::{CliError, human, print};
use jiff::Timestamp;
use libcr::model::catalogue::NamedCheckpoint;
use libcr::ops::checkpoints::list::{Listed, list};
use serde_json::{Value, json};

const SCHEMA: Schema = Schema(&[("*", "checkpoint.Summary")]);

const HEADINGS: Headings = Headings(&[
    ("Name", "CHECKPOINT NAME"),
    ("ID", "CHECKPOINT ID"),
    ("Container", "CONTAINER"),
    ("ContainerID", "CONTAINER ID"),
    ("Created", "CREATED"),
    ("CreatedAt", "CREATED AT"),
    ("Size", "SIZE"),
    ("Own", "OWN"),
    ("Shared", "SHARED"),
    ("Memory", "MEMORY"),
    ("Parent", "PARENT"),
    ("Frozen", "FROZEN"),
    ("Runtime", "RUNTIME"),
    ("Path", "PATH"),
]);

/// Lists checkpoints, a line for each name.
pub fn run(opener: &Opener, flags: &CheckpointList) -> Outcome {
    let container = at_most_one(&flags.names)?;
    let directory = directory(flags.checkpoint_dir.as_ref());
    let found = list(&opener.open()?, container, directory)?;
    let format = flags.format.as_deref().unwrap_or_default();
    if is_json(format) && format.trim() == "json" {
        let all: Vec<Value> = found.iter().map(as_json).collect();
        return print::line(&json::pretty(&all, 4).unwrap_or_default()).map(|()| 0);
    }
    if flags.quiet && format.is_empty() {
        let names = found.iter().map(|one| one.checkpoint.name.as_str());
        return names.into_iter().try_for_each(print::line).map(|()| 0);
    }
    let now = Timestamp::now();
    let rows: Vec<Value> = found
        .iter()
        .map(|one| row(one, flags.no_trunc, now))
        .collect();
    // Without a container they are of several.
    let owner = if container.is_none() {
        "{{.Container}} "
    } else {
        ""
    };
    let standard = format!(
        "table {{{{.Name}}}} {owner}{{{{.Created}}}} {{{{.Size}}}} {{{{.Own}}}} {{{{.Shared}}}} {{{{.Memory}}}} {{{{.Parent}}}}"
    );
    let format = if format.is_empty() { &standard } else { format };
    render(format, &rows, flags.noheading)?;
    Ok(0)
}

fn render(format: &str, rows: &[Value], noheading: bool) -> Result<(), CliError> {
    print::rows("checkpoint ls", format, rows, SCHEMA, HEADINGS, noheading)
}

fn row(listed: &Listed, whole: bool, now: Timestamp) -> Value {
    let checkpoint = &listed.checkpoint;
    let created = instant(checkpoint);
    let parent = listed
        .parent_name
        .clone()
        .unwrap_or_else(|| human::id(&checkpoint.parent, whole).to_owned());
    json!({
        "Name": checkpoint.name,
        "ID": human::id(&checkpoint.id, whole),
        "Container": checkpoint.container_name,
        "ContainerID": human::id(&checkpoint.container, whole),
        "Image": human::id(&checkpoint.image, whole),
        "Created": human::ago(created, now),
        "CreatedAt": human::go_time(created),
        "Size": human::size(checkpoint.size),
        "Own": human::size(listed.own),
        "Shared": human::size(listed.shared),
        "Memory": human::size(checkpoint.memory),
        "Parent": parent,
        "Frozen": format!("{} us", checkpoint.frozen_time),
        "LeaveRunning": checkpoint.leave_running,
        "TcpEstablished": checkpoint.tcp_established,
        "FileLocks": checkpoint.file_locks,
        "Runtime": checkpoint.runtime,
        "Arch": checkpoint.arch,
        "Path": listed.directory,
        JSON_FACE: as_json(listed),
    })
}

fn instant(checkpoint: &NamedCheckpoint) -> Timestamp {
    checkpoint.created.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

fn as_json(listed: &Listed) -> Value {
    let mut facts = super::inspect::facts(&listed.checkpoint, &listed.directory);
    facts["Own"] = listed.own.into();
    facts["Shared"] = listed.shared.into();
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::template::render_rows;

    #[test]
    fn a_line_for_people_and_one_for_programs() {
        let listed = Listed {
            checkpoint: NamedCheckpoint {
                id: "a".repeat(64),
                name: "one".into(),
                created: "2026-01-01T00:00:00Z".into(),
                size: 2_000_000,
                memory: 1000,
                parent: "b".repeat(64),
                ..NamedCheckpoint::default()
            },
            parent_name: None,
            directory: "/d/one".into(),
            own: 1_500_000,
            shared: 500_000,
        };
        let now = "2026-01-01T02:00:00Z".parse().unwrap();
        let text =
            "{{.Name}} {{.ID}} {{.Created}} {{.Size}} {{.Own}} {{.Shared}} {{.Memory}} {{.Parent}}";
        let (text, result) = render_rows("ls", text, &[row(&listed, false, now)], SCHEMA);
        result.unwrap();
        assert_eq!(
            text,
            "one aaaaaaaaaaaa 2 hours ago 2 MB 1.5 MB 500 kB 1 kB bbbbbbbbbbbb\n"
        );
        assert_eq!(as_json(&listed)["Size"], 2_000_000);
        assert_eq!(as_json(&listed)["Shared"], 500_000);
        let named = Listed {
            parent_name: Some("zero".into()),
            ..listed
        };
        assert_eq!(row(&named, false, now)["Parent"], "zero");
    }
}
