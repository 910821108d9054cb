//! `container restore`.

use crate::args::container::{Restore, RestoreSource};
use crate::args::selection::Selection;
use crate::commands::interrupt::{self, Deferred};
use crate::commands::outcome::Outcomes;
use crate::commands::selected::{Selected, find};
use crate::commands::spinner::Steps;
use crate::commands::{Opener, Outcome};
use crate::output::{CliError, json, print};
use libcr::model::checkpoint::RestoreReport;
use libcr::model::status::Status;
use libcr::ops::restore::{self, RestoreOptions};
use libcr::{Engine, Error, ErrorKind};
use serde_json::json;
use std::time::Instant;

/// Thaws containers; a line each, or with `--print-stats` one document for all.
pub fn run(opener: &Opener, flags: &Restore) -> Outcome {
    let (source, options) = flags.validate()?;
    let start = Instant::now();
    let engine = opener.open()?;
    let interrupt = Deferred::begin();
    let mut outcomes = Outcomes::default();
    let mut reports = Vec::new();
    let mut done = |result: Result<RestoreReport, Error>, shown: Option<String>| {
        match result {
            Err(error) => outcomes.fail(error.into()),
            Ok(report) => {
                report
                    .warnings
                    .iter()
                    .for_each(|warning| print::warn(warning));
                if !flags.print_stats {
                    print::line(shown.as_ref().unwrap_or(&report.id))?;
                }
                reports.push(report);
            }
        }
        Ok::<(), CliError>(())
    };
    match source {
        RestoreSource::Archive(file) => {
            let steps = Steps::start("Restoring");
            let result = restore::import(&engine, &file, &options, &steps);
            drop(steps);
            done(result, None)?;
        }
        RestoreSource::Containers(selection) => {
            for one in chosen(&engine, &selection)? {
                if interrupt.asked() {
                    return Ok(interrupt::STATUS);
                }
                let result = local(&engine, &one, &options);
                done(result, Some(one.shown))?;
            }
        }
    }
    if flags.print_stats {
        print::line(&statistics(&reports, start))?;
    }
    outcomes.finish()
}

// Names are looked up before anything is done; an image could have been meant too.
fn chosen(engine: &Engine, selection: &Selection) -> Result<Vec<Selected>, CliError> {
    if let Selection::Names(names) = selection {
        for name in names {
            match engine.find(name) {
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    return Err(Error::NoSuchContainerOrImage(name.clone()).into());
                }
                _ => {}
            }
        }
    }
    find(engine, selection, |container| {
        container.state.status == Status::Exited
    })
}

fn local(
    engine: &Engine,
    one: &Selected,
    options: &RestoreOptions,
) -> Result<RestoreReport, Error> {
    let steps = Steps::start("Restoring");
    restore::restore(engine, &one.id, options, &steps)
}

// Podman's document: four blanks, `null` for no containers, times in microseconds.
fn statistics(reports: &[RestoreReport], start: Instant) -> String {
    let took = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    let document = json!({
        "podman_restore_duration": took,
        "container_statistics": if reports.is_empty() { serde_json::Value::Null } else { json!(reports) },
    });
    json::pretty(&document, 4).unwrap_or_default()
}
