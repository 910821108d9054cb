//! `network rm`.

use crate::args::network::NetworkRm;
use crate::commands::outcome::Outcomes;
use crate::commands::{Opener, Outcome};
use crate::output::CliError;
use libcr::ops::lifecycle::rm::{RmOptions, rm};
use libcr::ops::networks::remove;
use libcr::{Engine, Error, ErrorKind};

/// Removes networks, a line each; status 1 for one that isn't there, 2 for one in use.
pub fn run(opener: &Opener, flags: &NetworkRm) -> Outcome {
    flags.validate()?;
    let engine = opener.open()?;
    let mut outcomes = Outcomes::default();
    for word in &flags.names {
        match one(&engine, word, flags) {
            Ok(()) => outcomes.add(Ok(word.clone()))?,
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

fn one(engine: &Engine, word: &str, flags: &NetworkRm) -> Result<(), Error> {
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
