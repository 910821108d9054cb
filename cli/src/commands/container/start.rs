//! `start`.

use super::attached;
use crate::args::container::Start;
use crate::args::value::detach;
use crate::commands::interrupt::Deferred;
use crate::commands::outcome::Outcomes;
use crate::commands::selected::find;
use crate::commands::spinner::Steps;
use crate::commands::{Opener, Outcome};
use crate::output::CliError;
use crate::output::print;
use crate::terminal::Session;
use libcr::Engine;
use libcr::model::catalogue::CheckpointPlace;
use libcr::ops::lifecycle::start::start;
use libcr::ops::restore::{RestoreOptions, restore};

/// Starts containers, a line each; with `--attach` stays with the one and ends as it does.
pub fn run(opener: &Opener, flags: &Start) -> Outcome {
    let selection = flags.validate()?;
    let engine = opener.open()?;
    let found = find(&engine, &selection, |container| {
        !container.state.status.is_alive()
    })?;
    let mut outcomes = Outcomes::default();
    for one in found {
        if let Some(place) = flags.place() {
            thaw(&engine, &one.id, place)?;
        }
        // `--interactive` alone joins the streams too.
        let attach = flags.attach || flags.interactive;
        match start(&engine, &one.id, attach) {
            Err(error) => outcomes.fail(error.into()),
            Ok(started) => {
                let Some(attachment) = started.attachment else {
                    outcomes.add(Ok(one.shown))?;
                    continue;
                };
                let process = engine.reload(&one.id)?.config.process;
                let session = Session {
                    terminal: process.terminal,
                    input: flags.interactive && process.stdin,
                    signals: flags.sig_proxy.unwrap_or(true) && !process.terminal,
                    detach_keys: detach::parse(&flags.detach_keys)?,
                };
                return attached::stay(&engine, &one.id, attachment, session);
            }
        }
    }
    outcomes.finish()
}

// `--checkpoint`: the container runs afterwards, and starting it is joining it.
fn thaw(engine: &Engine, id: &str, place: CheckpointPlace) -> Result<(), CliError> {
    let _interrupt = Deferred::begin();
    let options = RestoreOptions {
        named: Some(place),
        ..RestoreOptions::default()
    };
    let steps = Steps::start("Restoring");
    let report = restore(engine, id, &options, &steps);
    drop(steps);
    for warning in report?.warnings {
        print::warn(&warning);
    }
    Ok(())
}
