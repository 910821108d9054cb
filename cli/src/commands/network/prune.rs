//! `network prune`.

use crate::args::network::NetworkPrune;
use crate::commands::volume::prune::confirmed;
use crate::commands::{Opener, Outcome};
use crate::output::print;
use libcr::ErrorKind;
use libcr::ops::networks::{list, remove};

const WARNING: &str = "WARNING! This will remove all networks not used by at least one container.";

/// Removes all networks that no container is on, after a question, a line each.
pub fn run(opener: &Opener, flags: &NetworkPrune) -> Outcome {
    let filter = flags.validate()?;
    let engine = opener.open()?;
    if !flags.force {
        print::line(WARNING)?;
        if !confirmed()? {
            return Ok(0);
        }
    }
    for network in list::list(&engine, &filter)? {
        match remove::remove(&engine, &network.name) {
            Ok(()) => print::line(&network.name)?,
            // Somebody removed it, or began to use it, since.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(0)
}
