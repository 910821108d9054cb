//! `container prune`.

use crate::args::container::Prune;
use crate::commands::outcome::Outcomes;
use crate::commands::volume::prune::confirmed;
use crate::commands::{Opener, Outcome};
use crate::output::print;
use libcr::ops::lifecycle::change::prune::{candidates, prune};

/// Removes all containers that don't run, after a question, a line each.
pub fn run(opener: &Opener, flags: &Prune) -> Outcome {
    let filter = flags.validate()?;
    let engine = opener.open()?;
    let found = candidates(&engine, &filter)?;
    if !flags.force {
        print::line("WARNING! This will remove all non running containers.")?;
        let frozen = found.iter();
        let frozen = frozen.filter(|one| one.state.checkpointed_at.is_some());
        for one in frozen {
            print::warn(&format!(
                "{} is frozen: its checkpoint goes with it",
                one.config.name
            ));
        }
        if !confirmed()? {
            return Ok(0);
        }
    }
    let mut outcomes = Outcomes::default();
    for one in found {
        match prune(&engine, &one) {
            Ok(true) => print::line(&one.config.id)?,
            Ok(false) => {}
            Err(error) => outcomes.fail(error.into()),
        }
    }
    outcomes.finish()
}
