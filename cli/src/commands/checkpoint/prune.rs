//! `checkpoint prune`.

use crate::args::checkpoint::CheckpointPrune;
use crate::commands::{Opener, Outcome};
use crate::output::{CliError, human, print};
use libcr::ops::checkpoints::prune::{Pruned, prune};
use std::io::BufRead;

/// Removes checkpoints once the user agrees; a line each, and what that made room for.
pub fn run(opener: &Opener, flags: &CheckpointPrune) -> Outcome {
    let options = flags.validate()?;
    if !flags.force && !agreed()? {
        return Ok(0);
    }
    let pruned = prune(&opener.open()?, &options)?;
    for one in &pruned {
        print::line(&line(one))?;
    }
    let bytes = pruned.iter().map(|one| one.freed).sum();
    let total = format!("Total reclaimed space: {}", human::size(bytes));
    print::line(&total).map(|()| 0)
}

// Docker's question; anything but y is no.
fn agreed() -> Result<bool, CliError> {
    print::text(
        "WARNING! This will remove checkpoints for good.\nAre you sure you want to continue? [y/N] ",
    )?;
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.map_err(|source| CliError::Io {
        doing: "read the answer".to_owned(),
        source,
    })?;
    Ok(answer.trim_start().starts_with(['y', 'Y']))
}

fn line(pruned: &Pruned) -> String {
    let owner = &pruned.checkpoint.container_name;
    format!("{owner} {}", pruned.names.join(" "))
}
