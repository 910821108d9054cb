//! `container checkpoint`.

use crate::args::container::Checkpoint;
use crate::commands::interrupt::{self, Deferred};
use crate::commands::outcome::Outcomes;
use crate::commands::preview;
use crate::commands::selected::find;
use crate::commands::spinner::Steps;
use crate::commands::{Opener, Outcome, keys};
use crate::output::{json, print};
use libcr::model::checkpoint::CheckpointReport;
use libcr::model::status::Status;
use libcr::ops::checkpoint::checkpoint;
use libcr::ops::many;
use serde_json::json;
use std::time::Instant;

/// Freezes containers; a line each, or with `--print-stats` one document for all.
pub fn run(opener: &Opener, flags: &Checkpoint) -> Outcome {
    let (selection, mut options) = flags.validate()?;
    options.sealing = keys::sealing(&flags.seal)?;
    options.validate()?;
    // An archive on standard output leaves no room for lines.
    let silent = options.export.as_deref() == Some(std::path::Path::new("-"));
    let start = Instant::now();
    let engine = opener.open()?;
    if flags.dry_run {
        return preview::checkpoints(&engine, &selection, &options, flags.json);
    }
    let interrupt = Deferred::begin();
    let running = |container: &libcr::model::container::Container| {
        container.state.status == Status::Running && !container.config.is_infra()
    };
    let mut outcomes = Outcomes::default();
    let mut reports = Vec::new();
    let chosen = find(&engine, &selection, running)?;
    let steps = Steps::start("Checkpointing");
    let all = many::each(
        &engine,
        &chosen,
        || !interrupt.asked(),
        |engine, one| checkpoint(engine, &one.id, &options, &steps),
        |one, result| {
            steps.aside(|| match result {
                Err(error) => {
                    outcomes.fail_of(one, chosen.len() > 1, error);
                    Ok(())
                }
                Ok(report) => {
                    reports.push(report);
                    if flags.print_stats || silent {
                        return Ok(());
                    }
                    print::line(&one.shown)
                }
            })
        },
    )?;
    drop(steps);
    if !all {
        return Ok(interrupt::STATUS);
    }
    if flags.print_stats && !silent {
        print::line(&statistics(&reports, start))?;
    }
    outcomes.finish()
}

// Podman's document: four blanks, `null` for no containers, times in microseconds.
fn statistics(reports: &[CheckpointReport], start: Instant) -> String {
    let took = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    let document = json!({
        "podman_checkpoint_duration": took,
        "container_statistics": if reports.is_empty() { serde_json::Value::Null } else { json!(reports) },
    });
    json::pretty(&document, 4).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::statistics;

    #[test]
    fn no_containers_is_null() {
        let text = statistics(&[], std::time::Instant::now());
        assert!(
            text.contains("\n    \"container_statistics\": null\n"),
            "{text}"
        );
    }
}
