//! `checkpoint push` and `checkpoint pull`.

use crate::args::checkpoint::{CheckpointPull, CheckpointPush};
use crate::commands::image::transfer::keep_digest;
use crate::commands::spinner::Transfer;
use crate::commands::{Opener, Outcome};
use crate::output::print;
use libcr::ops::checkpoints::transfer;

/// Brings a checkpoint image and prints its id.
pub fn pull(opener: &Opener, flags: &CheckpointPull) -> Outcome {
    let word = flags.validate()?;
    let access = flags.access.access_as(flags.creds.as_deref())?;
    let engine = opener.open()?;
    let progress = Transfer::start(flags.quiet);
    let pulled = transfer::pull(&engine, word, &access, &progress);
    drop(progress);
    print::line(&pulled?.id).map(|()| 0)
}

/// Sends a checkpoint image; prints nothing.
pub fn push(opener: &Opener, flags: &CheckpointPush) -> Outcome {
    let (word, destination) = flags.validate()?;
    let access = flags.access.access_as(flags.creds.as_deref())?;
    let engine = opener.open()?;
    let progress = Transfer::start(flags.quiet);
    let pushed = transfer::push(&engine, word, destination, &access, &progress);
    drop(progress);
    keep_digest(flags.digestfile.as_deref(), &pushed?)
}
