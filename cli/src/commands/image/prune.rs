//! `image prune`.

use crate::args::image::ImagePrune;
use crate::commands::outcome::Outcomes;
use crate::commands::volume::prune::confirmed;
use crate::commands::{Opener, Outcome};
use crate::output::print;
use libcr::ops::images::remove::{candidates, prune};

/// Removes images that nobody uses, after a question, a line each.
pub fn run(opener: &Opener, flags: &ImagePrune) -> Outcome {
    let engine = opener.open()?;
    if !flags.force {
        print::line(if flags.all {
            "WARNING! This command removes all images without at least one container associated with them."
        } else {
            "WARNING! This command removes all dangling images."
        })?;
        if !confirmed()? {
            return Ok(0);
        }
    }
    let mut outcomes = Outcomes::default();
    for one in prune(&engine, candidates(&engine, flags.all)?) {
        match one.failed {
            None => print::line(&one.id)?,
            Some(error) => outcomes.fail(error.into()),
        }
    }
    outcomes.finish()
}
