//! `ps`.

use super::ps_row::{as_json, as_row};
use crate::args::container::Ps;
use crate::args::value::filter::Filter;
use crate::commands::chosen;
use crate::commands::{Opener, Outcome};
use crate::output::json;
use crate::output::template::{Headings, Schema, is_table, render_list, render_table};
use crate::output::{CliError, human, print};
use jiff::Timestamp;
use libcr::Engine;
use libcr::model::container::Container;
use libcr::model::status::Status;
use libcr::ops::lifecycle::ps::{health, list};
use serde_json::Value;

const SCHEMA: Schema = Schema(&[("*", "containers.psReporter")]);

const STANDARD: &str =
    "table {{.ID}} {{.Image}} {{.Command}} {{.RunningFor}} {{.Status}} {{.Ports}} {{.Names}}";

const HEADINGS: Headings = Headings(&[
    ("ID", "CONTAINER ID"),
    ("Image", "IMAGE"),
    ("ImageID", "IMAGE ID"),
    ("Command", "COMMAND"),
    ("RunningFor", "CREATED"),
    ("Created", "CREATED"),
    ("CreatedAt", "CREATED"),
    ("CreatedHuman", "CREATED"),
    ("Status", "STATUS"),
    ("State", "STATE"),
    ("Ports", "PORTS"),
    ("Names", "NAMES"),
    ("Labels", "LABELS"),
    ("Mounts", "MOUNTS"),
    ("Networks", "NETWORKS"),
    ("Pid", "PID"),
    ("ExitCode", "EXITCODE"),
    ("Exited", "EXITED"),
    ("ExitedAt", "EXITED"),
    ("StartedAt", "STARTED"),
    ("Restarts", "RESTARTS"),
]);

/// Lists containers.
pub fn run(opener: &Opener, flags: &Ps) -> Outcome {
    let filters = flags.validate()?;
    let engine = opener.open()?;
    let mut containers = list(&engine)?;
    choose(&engine, flags, &filters, &mut containers)?;
    sort(&flags.sort, &mut containers);
    let now = Timestamp::now();
    if flags.format.as_deref() == Some("json") {
        let all: Vec<Value> = containers
            .iter()
            .map(|one| as_json(one, health(&engine, one).as_ref(), now))
            .collect();
        return print::line(&json::pretty(&all, 2).unwrap_or_default()).map(|()| 0);
    }
    if flags.quiet && flags.format.is_none() {
        for one in &containers {
            print::line(human::id(&one.config.id, flags.no_trunc))?;
        }
        return Ok(0);
    }
    let rows: Vec<Value> = containers
        .iter()
        .map(|one| as_row(one, health(&engine, one).as_ref(), flags.no_trunc, now))
        .collect();
    let format = flags.format.as_deref().unwrap_or(STANDARD);
    if is_table(format) {
        print::text(&render_table(
            "ps",
            format,
            &rows,
            SCHEMA,
            HEADINGS,
            flags.noheading,
        )?)?;
        return Ok(0);
    }
    let (text, result) = render_list("ps", format, &rows, SCHEMA);
    print::text(&text)?;
    result.map_err(CliError::from).map(|()| 0)
}

// Oldest first comes in; `--last` and `--latest` take the end of it.
fn choose(
    engine: &Engine,
    flags: &Ps,
    filters: &[Filter],
    containers: &mut Vec<Container>,
) -> Result<(), CliError> {
    let last = if flags.latest {
        Some(1)
    } else {
        usize::try_from(flags.last).ok()
    };
    let about_state = filters
        .iter()
        .any(|filter| matches!(filter.key.as_str(), "status" | "exited"));
    if !flags.all && last.is_none() && !about_state {
        containers.retain(|one| one.state.status == Status::Running);
    }
    chosen::choose(engine, filters, containers)?;
    if let Some(count) = last.filter(|count| *count < containers.len()) {
        containers.drain(..containers.len() - count);
    }
    Ok(())
}

fn sort(key: &str, containers: &mut [Container]) {
    match key {
        "command" => containers.sort_by_key(|one| one.config.process.arguments()),
        "id" => containers.sort_by(|left, right| left.config.id.cmp(&right.config.id)),
        "image" => containers.sort_by_key(|one| one.config.rootfs.image_name().to_owned()),
        "names" => containers.sort_by(|left, right| left.config.name.cmp(&right.config.name)),
        "status" => containers.sort_by_key(|one| one.state.status.as_str()),
        // Created and runningfor are the order they come in.
        _ => {}
    }
}
