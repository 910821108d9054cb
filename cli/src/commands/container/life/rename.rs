//! `rename`.

use crate::args::container::Rename;
use crate::commands::{Opener, Outcome};
use libcr::ops::lifecycle::change::rename::rename;

/// Gives a container another name; says nothing.
pub fn run(opener: &Opener, flags: &Rename) -> Outcome {
    let (container, name) = flags.validate()?;
    rename(&opener.open()?, &container, name)?;
    Ok(0)
}
