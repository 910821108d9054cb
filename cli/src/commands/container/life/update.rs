//! `update`.

use crate::args::container::Update;
use crate::commands::selected::latest;
use crate::commands::{Opener, Outcome};
use crate::output::print;
use libcr::ops::lifecycle::change::update::update;

/// Changes limits and restart policy of a container and prints its id.
pub fn run(opener: &Opener, flags: &Update) -> Outcome {
    let (name, changes) = flags.validate()?;
    let engine = opener.open()?;
    let name = match name {
        Some(name) => name,
        None => latest(&engine)?.config.id,
    };
    print::line(&update(&engine, &name, &changes)?)?;
    Ok(0)
}
