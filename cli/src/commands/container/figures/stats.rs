//! `stats`.

use super::stats_row::{as_json, as_row};
use super::watch::{Samples, Watch, watch};
use crate::args::container::Stats as Flags;
use crate::args::selection::Selection;
use crate::commands::selected::find;
use crate::commands::{Opener, Outcome};
use crate::output::template::{Headings, Schema};
use crate::output::{CliError, json, print};
use libcr::Engine;
use libcr::model::container::Container;
use libcr::model::status::Status;
use libcr::ops::lifecycle::figures::stats::Stats;
use serde_json::Value;

const SCHEMA: Schema = Schema(&[("*", "containers.containerStats")]);

const STANDARD: &str = "table {{.ID}} {{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.MemPerc}} {{.NetIO}} {{.BlockIO}} {{.PIDS}} {{.UpTime}} {{.AVGCPU}}";

const HEADINGS: Headings = Headings(&[
    ("ID", "ID"),
    ("Name", "NAME"),
    ("CPUPerc", "CPU %"),
    ("MemUsage", "MEM USAGE / LIMIT"),
    ("MemUsageBytes", "MEM USAGE / LIMIT"),
    ("MemPerc", "MEM %"),
    ("NetIO", "NET IO"),
    ("BlockIO", "BLOCK IO"),
    ("PIDS", "PIDS"),
    ("UpTime", "CPU TIME"),
    ("AVGCPU", "AVG CPU %"),
]);

/// Shows what containers use, again and again until interrupted.
pub fn run(opener: &Opener, flags: &Flags) -> Outcome {
    let (selection, interval) = flags.validate()?;
    let engine = opener.open()?;
    let how = Watch {
        interval,
        once: flags.no_stream,
        no_reset: flags.no_reset,
    };
    let gather = |samples: &mut Samples| {
        let mut found = Vec::new();
        for id in chosen(&engine, selection.as_ref())? {
            found.extend(samples.take(&engine, &id)?);
        }
        Ok(found)
    };
    watch(how, gather, |found| show(flags, &found)).map(|()| 0)
}

fn chosen(engine: &Engine, selection: Option<&Selection>) -> Result<Vec<String>, CliError> {
    let running = |container: &Container| container.state.status == Status::Running;
    let found = match selection {
        None => find(engine, &Selection::All, running),
        Some(selection) => find(engine, selection, |_| true),
    };
    let found = found.map_err(|error| match error {
        CliError::Operation { source, .. } => CliError::usage(format!(
            "unable to get list of containers: unable to look up container {source}"
        )),
        other => other,
    })?;
    Ok(found.into_iter().map(|one| one.id).collect())
}

fn show(flags: &Flags, samples: &[Stats]) -> Result<(), CliError> {
    let whole = flags.no_trunc;
    let format = flags.format.as_deref().unwrap_or(STANDARD);
    // A template that says `json` shows a sample's own fields, unlike that of other commands.
    if format == "json" {
        let all: Vec<Value> = samples.iter().map(|one| as_json(one, whole)).collect();
        return print::line(&json::pretty(&all, 1).unwrap_or_default());
    }
    let rows: Vec<Value> = samples.iter().map(|one| as_row(one, whole)).collect();
    print::rows("stats", format, &rows, SCHEMA, HEADINGS, false)
}
