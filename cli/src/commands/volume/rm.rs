//! `volume rm`.

use crate::args::volume::VolumeRm;
use crate::commands::outcome::Outcomes;
use crate::commands::{Opener, Outcome};
use crate::output::CliError;
use libcr::ops::lifecycle::rm::{RmOptions, rm};
use libcr::ops::volumes::{list, remove};
use libcr::{Engine, Error, ErrorKind};

/// Removes volumes, a line each; status 1 for one that isn't there, 2 for one in use.
pub fn run(opener: &Opener, flags: &VolumeRm) -> Outcome {
    flags.validate()?;
    let engine = opener.open()?;
    let words = if flags.all {
        let all = list::list(&engine, &list::VolumeFilter::default())?;
        all.into_iter().map(|volume| volume.name).collect()
    } else {
        flags.names.clone()
    };
    let mut outcomes = Outcomes::default();
    for word in words {
        match one(&engine, &word, flags) {
            Ok(()) => outcomes.add(Ok(word))?,
            Err(error) if error.kind() == ErrorKind::NotFound && flags.force => {}
            Err(error) => {
                let code = match error.kind() {
                    ErrorKind::NotFound => 1,
                    ErrorKind::Conflict => 2,
                    _ => error.exit_code(),
                };
                outcomes.fail(CliError::with_code(error, code));
            }
        }
    }
    outcomes.finish()
}

fn one(engine: &Engine, word: &str, flags: &VolumeRm) -> Result<(), Error> {
    if flags.force {
        let options = RmOptions {
            force: true,
            timeout: flags.time,
            ..RmOptions::default()
        };
        for user in remove::users(engine, word)? {
            match rm(engine, &user, options) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    remove::remove(engine, word)
}
