//! `pod logs`, `pod stats`, `pod top`: those of its containers, one after another.

use crate::args::container::{Logs, Top};
use crate::args::pod::{PodLogs, PodStats};
use crate::args::selection::Selection;
use crate::commands::container::figures::pod_row;
use crate::commands::container::figures::watch::{Samples, Watch, watch};
use crate::commands::container::logs;
use crate::commands::{Opener, Outcome};
use crate::output::harmless::harmless;
use crate::output::template::{Headings, Schema};
use crate::output::{CliError, json, print, table};
use libcr::model::container::pod::PodStatus;
use libcr::model::status::Status;
use libcr::ops::lifecycle::figures::top::{are_descriptors, top};
use libcr::ops::pods::{PodFacts, facts, list};
use libcr::{Engine, ErrorKind};
use serde_json::Value;
use std::time::Duration;

/// Podman's: it has no option for it.
const INTERVAL: Duration = Duration::from_secs(5);

const SCHEMA: Schema = Schema(&[("*", "entities.PodStatsReport")]);

const STANDARD: &str = "table {{.Pod}} {{.CID}} {{.Name}} {{.CPU}} {{.MemUsage}} {{.Mem}} {{.NetIO}} {{.BlockIO}} {{.PIDS}}";

const HEADINGS: Headings = Headings(&[
    ("Pod", "POD"),
    ("CID", "CID"),
    ("Name", "NAME"),
    ("CPU", "CPU %"),
    ("MemUsage", "MEM USAGE/ LIMIT"),
    ("MemUsageBytes", "MEM USAGE/ LIMIT"),
    ("Mem", "MEM %"),
    ("NetIO", "NET IO"),
    ("BlockIO", "BLOCK IO"),
    ("PIDS", "PIDS"),
]);

/// `pod logs`.
pub fn log(opener: &Opener, flags: PodLogs) -> Outcome {
    let selection = flags.validate()?;
    let engine = opener.open()?;
    let pods = selected(&engine, Some(&selection))?;
    let containers = pods.iter().flat_map(|pod| &pod.containers);
    let mut ids = Vec::new();
    let wanted = flags.container.as_deref();
    let wanted = wanted.map(|word| engine.find(word)).transpose()?;
    for one in containers.filter(|one| !one.config.is_infra()) {
        if wanted
            .as_ref()
            .is_none_or(|wanted| wanted.config.id == one.config.id)
        {
            ids.push(one.config.id.clone());
        }
    }
    if let (Some(wanted), true) = (&wanted, ids.is_empty()) {
        return Err(CliError::usage(format!(
            "container {} is not in this pod",
            wanted.config.name
        )));
    }
    if ids.is_empty() {
        return Ok(0);
    }
    let of_containers = Logs {
        latest: false,
        containers: ids,
        ..flags.logs
    };
    logs::run(opener, &of_containers)
}

/// `pod top`.
pub fn processes(opener: &Opener, flags: &Top) -> Outcome {
    let (name, words) = flags.validate()?;
    // Not each of its containers has one, the infra container never.
    if !are_descriptors(words) {
        return Err(CliError::usage(
            "options of ps(1) can only be used with the processes of one container",
        ));
    }
    let engine = opener.open()?;
    let pod = match name {
        Some(name) => facts(&engine, engine.find_pod(&name)?)?,
        None => super::latest(&engine)?,
    };
    let mut rows = Vec::new();
    for one in &pod.containers {
        if one.state.status != Status::Running {
            continue;
        }
        let (titles, processes) = match top(&engine, &one.config.id, words) {
            Ok(listing) => listing.columns(),
            // It ended since it was looked up.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::WrongState) => {
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        if rows.is_empty() {
            rows.push(titles);
        }
        // Names and command lines are the container's own.
        let plain = |row: Vec<String>| row.iter().map(|cell| harmless(cell).into()).collect();
        rows.extend(processes.into_iter().map(plain));
    }
    if rows.is_empty() {
        return Err(CliError::usage(format!(
            "pod {} has no running container: top can only be used on running pods",
            pod.pod.name
        )));
    }
    print::text(&table::align(&rows))?;
    Ok(0)
}

/// `pod stats`.
pub fn figures(opener: &Opener, flags: &PodStats) -> Outcome {
    let selection = flags.validate()?;
    let engine = opener.open()?;
    let how = Watch {
        interval: INTERVAL,
        once: flags.no_stream,
        no_reset: flags.no_reset,
    };
    let gather = |samples: &mut Samples| {
        let mut rows = Vec::new();
        for pod in selected(&engine, selection.as_ref())? {
            for one in &pod.containers {
                let found = samples.take(&engine, &one.config.id)?;
                rows.extend(found.map(|found| pod_row(&pod.pod.id, &found)));
            }
        }
        Ok(rows)
    };
    watch(how, gather, |rows| show(flags, &rows)).map(|()| 0)
}

fn show(flags: &PodStats, rows: &[Value]) -> Result<(), CliError> {
    let format = flags.format.as_deref().unwrap_or(STANDARD);
    if format == "json" {
        return print::line(&json::pretty(&rows, 4).unwrap_or_default());
    }
    print::rows("stats", format, rows, SCHEMA, HEADINGS, false)
}

/// The pods that a selection means; none: those that run.
fn selected(engine: &Engine, selection: Option<&Selection>) -> Result<Vec<PodFacts>, CliError> {
    Ok(match selection {
        Some(Selection::All) => list::list(engine)?,
        Some(Selection::Latest) => vec![super::latest(engine)?],
        Some(Selection::Names(names)) => {
            let one = |name: &String| facts(engine, engine.find_pod(name)?);
            names.iter().map(one).collect::<Result<_, _>>()?
        }
        None => {
            let mut all = list::list(engine)?;
            all.retain(|pod| matches!(pod.status(), PodStatus::Running | PodStatus::Degraded));
            all
        }
    })
}
