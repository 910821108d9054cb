//! `container restore`.

use crate::args::container::{Restore, RestoreSource};
use crate::args::selection::{Selection, plain};
use crate::commands::interrupt::{self, Deferred};
use crate::commands::outcome::Outcomes;
use crate::commands::preview;
use crate::commands::selected::{Selected, find};
use crate::commands::spinner::Steps;
use crate::commands::{Opener, Outcome, keys};
use crate::output::{CliError, json, print};
use libcr::model::checkpoint::RestoreReport;
use libcr::model::status::Status;
use libcr::ops::many;
use libcr::ops::restore;
use libcr::{Engine, Error, ErrorKind};
use serde_json::json;
use std::time::Instant;

/// Thaws containers; a line each, or with `--print-stats` one document for all.
pub fn run(opener: &Opener, flags: &Restore) -> Outcome {
    let start = Instant::now();
    let (engine, (source, mut options)) = match flags.validate() {
        Ok(valid) => (opener.open()?, valid),
        // What is refused for containers may be right for images.
        Err(error) if !flags.names.is_empty() && flags.import.is_none() => {
            let engine = opener.open()?;
            if !are_images(&engine, &flags.names)? {
                return Err(error);
            }
            (engine, flags.validate_for(true)?)
        }
        Err(error) => return Err(error),
    };
    options.unsealing = keys::unsealing(&flags.unseal)?;
    if flags.dry_run {
        return preview::restores(&engine, &source, &options, flags.json);
    }
    let interrupt = Deferred::begin();
    let mut outcomes = Outcomes::default();
    let mut reports = Vec::new();
    let steps = Steps::start("Restoring");
    let mut done = |report: RestoreReport, shown: Option<&str>| {
        let warnings = report.warnings.iter();
        warnings.for_each(|warning| print::warn(warning));
        if !flags.print_stats {
            print::line(shown.unwrap_or(&report.id))?;
        }
        reports.push(report);
        Ok::<(), CliError>(())
    };
    match source {
        RestoreSource::Archive(file) => {
            let result = restore::import(&engine, &file, &options, &steps);
            match steps.aside(|| result.map(|report| done(report, None))) {
                Err(error) => outcomes.fail(error.into()),
                Ok(told) => told?,
            }
        }
        RestoreSource::Containers(selection) => {
            let (images, selection) = part(&engine, selection)?;
            let chosen = chosen(&engine, &selection)?;
            let all = many::each(
                &engine,
                &chosen,
                || !interrupt.asked(),
                |engine, one| restore::restore(engine, &one.id, &options, &steps),
                |one, result| {
                    steps.aside(|| match result {
                        Err(error) => {
                            outcomes.fail_of(one, chosen.len() > 1, error);
                            Ok(())
                        }
                        Ok(report) => done(report, Some(&one.shown)),
                    })
                },
            )?;
            for image in &images {
                if !all || interrupt.asked() {
                    return Ok(interrupt::STATUS);
                }
                let result = restore::restore_image(&engine, image, &options, &steps);
                match steps.aside(|| result.map(|report| done(report, None))) {
                    Err(error) => outcomes.fail(error.into()),
                    Ok(told) => told?,
                }
            }
            if !all {
                return Ok(interrupt::STATUS);
            }
        }
    }
    drop(steps);
    if flags.print_stats {
        print::line(&statistics(&reports, start))?;
    }
    outcomes.finish()
}

fn are_images(engine: &Engine, names: &[String]) -> Result<bool, CliError> {
    for name in names {
        if !restore::is_image(engine, &plain(name))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The checkpoint images among the names, and the rest.
pub fn part(engine: &Engine, selection: Selection) -> Result<(Vec<String>, Selection), CliError> {
    let Selection::Names(names) = selection else {
        return Ok((Vec::new(), selection));
    };
    let (mut images, mut containers) = (Vec::new(), Vec::new());
    for name in names {
        if restore::is_image(engine, &name)? {
            images.push(name);
        } else {
            containers.push(name);
        }
    }
    Ok((images, Selection::Names(containers)))
}

// Names are looked up before anything is done; an image could have been meant too.
pub fn chosen(engine: &Engine, selection: &Selection) -> Result<Vec<Selected>, CliError> {
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

// Podman's document: four blanks, `null` for no containers, times in microseconds.
fn statistics(reports: &[RestoreReport], start: Instant) -> String {
    let took = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    let document = json!({
        "podman_restore_duration": took,
        "container_statistics": if reports.is_empty() { serde_json::Value::Null } else { json!(reports) },
    });
    json::pretty(&document, 4).unwrap_or_default()
}
