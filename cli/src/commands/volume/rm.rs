//! `volume rm`.

use crate::args::volume::VolumeRm;
use crate::commands::removal::Removal;
use crate::commands::{Opener, Outcome};
use libcr::ops::volumes::{list, remove};

/// Removes volumes, a line each.
pub fn run(opener: &Opener, flags: &VolumeRm) -> Outcome {
    flags.validate()?;
    let engine = opener.open()?;
    let words = if flags.all {
        let all = list::list(&engine, &list::VolumeFilter::default())?;
        all.into_iter().map(|volume| volume.name).collect()
    } else {
        flags.names.clone()
    };
    let removal = Removal {
        users: remove::users,
        remove: remove::remove,
        force: flags.force,
        timeout: flags.time,
    };
    removal.each(&engine, &words)
}
