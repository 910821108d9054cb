//! `restart`.

use crate::args::container::Restart;
use crate::commands::chosen;
use crate::commands::outcome::Outcomes;
use crate::commands::selected::find;
use crate::commands::{Opener, Outcome};
use libcr::model::status::Status;
use libcr::ops::lifecycle::{ps, restart};

/// Restarts containers, a line each.
pub fn run(opener: &Opener, flags: &Restart) -> Outcome {
    let (selection, filters) = flags.validate()?;
    let engine = opener.open()?;
    let mut wanted = ps::list(&engine)?;
    chosen::choose(&engine, &filters, &mut wanted)?;
    if flags.running {
        wanted.retain(|one| one.state.status == Status::Running);
    }
    let is_wanted = |id: &str| wanted.iter().any(|one| one.config.id == id);
    let timeout = flags
        .time
        .map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX));
    let mut outcomes = Outcomes::default();
    for one in find(&engine, &selection, |_| true)? {
        if is_wanted(&one.id) {
            let restarted = restart::restart(&engine, &one.id, timeout);
            outcomes.add(restarted.map(|_| one.shown).map_err(Into::into))?;
        }
    }
    outcomes.finish()
}
