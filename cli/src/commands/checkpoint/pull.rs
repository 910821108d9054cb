//! `checkpoint pull`.

use crate::args::checkpoint::CheckpointPull;
use crate::commands::spinner::Transfer;
use crate::commands::{Opener, Outcome};
use crate::output::print;
use libcr::ops::checkpoints::transfer;

/// Brings a checkpoint image and prints its id.
pub fn run(opener: &Opener, flags: &CheckpointPull) -> Outcome {
    let word = flags.validate()?;
    let access = flags.access.access_as(flags.creds.as_deref())?;
    let engine = opener.open()?;
    let progress = Transfer::start(flags.quiet);
    let pulled = transfer::pull(&engine, word, &access, &progress);
    drop(progress);
    print::line(&pulled?.id).map(|()| 0)
}
