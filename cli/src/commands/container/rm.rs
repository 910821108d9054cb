//! `rm`.

use crate::args::container::Rm;
use crate::args::selection::Selection;
use crate::commands::outcome::Outcomes;
use crate::commands::selected::{Selected, find};
use crate::commands::{Opener, Outcome};
use crate::output::CliError;
use libcr::ops::lifecycle::rm::{RmOptions, rm};
use libcr::{Error, ErrorKind};

/// Removes containers, a line each; status 1 for one that isn't there, 2 for one that runs.
pub fn run(opener: &Opener, flags: &Rm) -> Outcome {
    let selection = flags.validate()?;
    let engine = opener.open()?;
    let chosen = match &selection {
        // One name that is wrong does not save the others.
        Selection::Names(names) => names
            .iter()
            .map(|name| Selected {
                id: name.clone(),
                shown: name.clone(),
                name: name.clone(),
            })
            .collect(),
        other => find(&engine, other, |_| true)?,
    };
    let options = RmOptions {
        force: flags.force,
        timeout: flags
            .time
            .map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)),
        volumes: flags.volumes,
    };
    let mut outcomes = Outcomes::default();
    for one in chosen {
        match rm(&engine, &one.id, options) {
            Ok(_) => outcomes.add(Ok(one.shown))?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if !flags.ignore && !flags.force {
                    outcomes.fail(absent(&one.shown));
                }
            }
            Err(error @ Error::WrongState(_)) => outcomes.fail(CliError::with_code(error, 2)),
            Err(error) => outcomes.fail(error.into()),
        }
    }
    outcomes.finish()
}

// Podman words it another way round here than everywhere else.
fn absent(name: &str) -> CliError {
    let text = format!("no container with ID or name \"{name}\" found: no such container");
    CliError::Operation {
        code: 1,
        source: text.into(),
    }
}
