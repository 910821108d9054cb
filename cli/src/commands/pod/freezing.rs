//! `pod checkpoint`, `pod restore`.

use crate::args::pod::{PodCheckpoint, PodRestore};
use crate::commands::interrupt::Deferred;
use crate::commands::spinner::Steps;
use crate::commands::{Opener, Outcome, keys};
use crate::output::{json, print};
use libcr::ops::{checkpoint, restore};
use serde::Serialize;

/// Freezes a pod; its id, or with `--print-stats` one document.
pub fn checkpoint(opener: &Opener, flags: &PodCheckpoint) -> Outcome {
    let options = flags.validate()?;
    let engine = opener.open()?;
    let word = match flags.names.first() {
        Some(name) => name.clone(),
        None => super::latest(&engine)?.pod.id,
    };
    let _interrupt = Deferred::begin();
    let steps = Steps::start("Checkpointing");
    let report = checkpoint::checkpoint_pod(&engine, &word, &options, &steps)?;
    drop(steps);
    for name in &report.left_out {
        print::warn(&format!(
            "container {name} does not run: it is not in the archive"
        ));
    }
    told(flags.print_stats, &report.id, &report)
}

/// Thaws a pod; its id, or with `--print-stats` one document.
pub fn restore(opener: &Opener, flags: &PodRestore) -> Outcome {
    let (archive, mut options) = flags.validate()?;
    options.each.unsealing = keys::unsealing(&flags.unseal)?;
    let engine = opener.open()?;
    let _interrupt = Deferred::begin();
    let steps = Steps::start("Restoring");
    let report = restore::restore_pod(&engine, &archive, &options, &steps)?;
    drop(steps);
    report
        .warnings
        .iter()
        .for_each(|warning| print::warn(warning));
    told(flags.print_stats, &report.id, &report)
}

fn told(statistics: bool, id: &str, report: &impl Serialize) -> Outcome {
    if statistics {
        print::line(&json::pretty(report, 4).unwrap_or_default())?;
    } else {
        print::line(id)?;
    }
    Ok(0)
}
