//! `ps`.

use super::ps_row::{as_json, as_row};
use crate::args::container::Ps;
use crate::args::value::filter::Filter;
use crate::commands::chosen;
use crate::commands::{Opener, Outcome};
use crate::output::json;
use crate::output::template::{Headings, Schema};
use crate::output::{CliError, human, print};
use jiff::Timestamp;
use libcr::Engine;
use libcr::model::container::Container;
use libcr::model::status::Status;
use libcr::ops::lifecycle::ps::{health, list, show_ports_of_pods};
use libcr::ops::pods;
use serde_json::Value;
use std::collections::BTreeMap;

const SCHEMA: Schema = Schema(&[("*", "containers.psReporter")]);

const STANDARD: &str =
    "table {{.ID}} {{.Image}} {{.Command}} {{.RunningFor}} {{.Status}} {{.Ports}} {{.Names}}";

const WITH_POD: &str = " {{.Pod}} {{.PodName}}";

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
    ("Pod", "POD ID"),
    ("PodName", "PODNAME"),
    ("IsInfra", "IS INFRA"),
]);

/// Lists containers.
pub fn run(opener: &Opener, flags: &Ps) -> Outcome {
    let filters = flags.validate()?;
    let engine = opener.open()?;
    let mut containers = list(&engine)?;
    let pods = Pods::of(&engine)?;
    choose(&engine, flags, &filters, &mut containers)?;
    show_ports_of_pods(&engine, &mut containers);
    sort(&flags.sort, &mut containers);
    let now = Timestamp::now();
    if flags.format.as_deref() == Some("json") {
        let all: Vec<Value> = containers
            .iter()
            .map(|one| as_json(one, pods.name(one), health(&engine, one).as_ref(), now))
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
        .map(|one| {
            let health = health(&engine, one);
            as_row(one, pods.name(one), health.as_ref(), flags.no_trunc, now)
        })
        .collect();
    let standard = if flags.pod {
        format!("{STANDARD}{WITH_POD}")
    } else {
        STANDARD.to_owned()
    };
    let format = flags.format.as_deref().unwrap_or(&standard);
    print::rows("ps", format, &rows, SCHEMA, HEADINGS, flags.noheading).map(|()| 0)
}

/// Names of pods by their ids.
struct Pods(BTreeMap<String, String>);

impl Pods {
    fn of(engine: &Engine) -> Result<Self, CliError> {
        let all = pods::list::list(engine)?.into_iter();
        Ok(Self(all.map(|one| (one.pod.id, one.pod.name)).collect()))
    }

    /// Name of a container's pod; empty where it is in none.
    fn name(&self, one: &Container) -> &str {
        self.0.get(one.config.pod_id()).map_or("", String::as_str)
    }
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
