//! Volumes and networks removed by name, a line each: with `--force` the containers that use one go
//! first. The statuses are Podman's.

use super::Outcome;
use super::outcome::Outcomes;
use crate::output::CliError;
use libcr::ops::lifecycle::rm::{RmOptions, rm};
use libcr::{Engine, Error, ErrorKind};

/// Who uses what a word names, and how it is removed.
#[derive(Debug, Clone, Copy)]
pub struct Removal {
    /// Ids of the containers that use it.
    pub users: fn(&Engine, &str) -> Result<Vec<String>, Error>,
    /// Removes it.
    pub remove: fn(&Engine, &str) -> Result<(), Error>,
    /// `--force`.
    pub force: bool,
    /// `--time`.
    pub timeout: Option<u32>,
}

impl Removal {
    /// Removes each; status 1 for one that isn't there, 2 for one in use.
    pub fn each(self, engine: &Engine, words: &[String]) -> Outcome {
        let mut outcomes = Outcomes::default();
        for word in words {
            match self.one(engine, word) {
                Ok(()) => outcomes.add(Ok(word.clone()))?,
                Err(error) if error.kind() == ErrorKind::NotFound && self.force => {}
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

    fn one(self, engine: &Engine, word: &str) -> Result<(), Error> {
        if self.force {
            let options = RmOptions {
                force: true,
                timeout: self.timeout,
                ..RmOptions::default()
            };
            for user in (self.users)(engine, word)? {
                match rm(engine, &user, options) {
                    Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
        (self.remove)(engine, word)
    }
}
