//! `network rm`.

use crate::args::network::NetworkRm;
use crate::commands::removal::Removal;
use crate::commands::{Opener, Outcome};
use libcr::ops::networks::remove;

/// Removes networks, a line each.
pub fn run(opener: &Opener, flags: &NetworkRm) -> Outcome {
    flags.validate()?;
    let removal = Removal {
        users: remove::users,
        remove: remove::remove,
        force: flags.force,
        timeout: flags.time,
    };
    removal.each(&opener.open()?, &flags.names)
}
