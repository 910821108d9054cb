//! `stop`, `kill`, `pause`, `unpause`: the same operation on each container, a line each.

use crate::args::container::{Kill, Pause, Stop, Unpause};
use crate::args::selection::Selection;
use crate::commands::outcome::Outcomes;
use crate::commands::selected::{find, find_ignoring};
use crate::commands::{Opener, Outcome};
use libcr::model::container::Container;
use libcr::model::status::Status;
use libcr::ops::lifecycle::{kill, pause, stop};
use libcr::{Engine, Error};

/// `stop`.
pub fn stop(opener: &Opener, flags: &Stop) -> Outcome {
    let selection = flags.validate()?;
    let engine = opener.open()?;
    // Below zero means for ever; so does the longest time there is, near enough.
    let timeout = flags
        .time
        .map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX));
    let alive = |container: &Container| container.state.status.is_alive();
    let mut outcomes = Outcomes::default();
    for one in find_ignoring(&engine, &selection, flags.ignore, alive)? {
        let stopped = stop::stop(&engine, &one.id, timeout);
        outcomes.add(stopped.map(|_| one.shown).map_err(Into::into))?;
    }
    outcomes.finish()
}

/// `kill`.
pub fn kill(opener: &Opener, flags: &Kill) -> Outcome {
    let operation = |engine: &Engine, id: &str| kill::kill(engine, id, &flags.signal);
    each(opener, &flags.validate()?, Status::Running, operation)
}

/// `pause`.
pub fn pause(opener: &Opener, flags: &Pause) -> Outcome {
    each(opener, &flags.validate()?, Status::Running, pause::pause)
}

/// `unpause`.
pub fn unpause(opener: &Opener, flags: &Unpause) -> Outcome {
    each(opener, &flags.validate()?, Status::Paused, pause::unpause)
}

// `--all` means those in state `status`.
fn each(
    opener: &Opener,
    selection: &Selection,
    status: Status,
    operation: impl Fn(&Engine, &str) -> Result<String, Error>,
) -> Outcome {
    let engine = opener.open()?;
    let mut outcomes = Outcomes::default();
    for one in find(&engine, selection, |container| {
        container.state.status == status
    })? {
        outcomes.add(
            operation(&engine, &one.id)
                .map(|_| one.shown)
                .map_err(Into::into),
        )?;
    }
    outcomes.finish()
}
