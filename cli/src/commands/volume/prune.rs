//! `volume prune`.

use crate::args::volume::VolumePrune;
use crate::commands::{Opener, Outcome};
use crate::output::{CliError, print};
use libcr::ErrorKind;
use libcr::ops::volumes::{list, remove};
use std::io::BufRead;

const WARNING: &str = "WARNING! This will remove all volumes not used by at least one container. The following volumes will be removed:";

/// Removes all volumes that no container uses, after a question, a line each.
pub fn run(opener: &Opener, flags: &VolumePrune) -> Outcome {
    let filter = flags.validate()?;
    let engine = opener.open()?;
    let volumes = list::list(&engine, &filter)?;
    if !flags.force {
        if volumes.is_empty() {
            return print::line("No dangling volumes found").map(|()| 0);
        }
        print::line(WARNING)?;
        for volume in &volumes {
            print::line(&volume.name)?;
        }
        if !confirmed()? {
            return Ok(0);
        }
    }
    for volume in volumes {
        match remove::remove(&engine, &volume.name) {
            Ok(()) => print::line(&volume.name)?,
            // Somebody removed it, or began to use it, since.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(0)
}

/// Asks whether to go on.
pub fn confirmed() -> Result<bool, CliError> {
    print::text("Are you sure you want to continue? [y/N] ")?;
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    let length = read.map_err(|source| CliError::Io {
        doing: "read answer".to_owned(),
        source,
    })?;
    if length == 0 {
        return Err(CliError::usage("EOF"));
    }
    Ok(answer.starts_with(['y', 'Y']))
}
