//! Several containers or images, some of which fail: a line for each, and the status of the last
//! error (Podman prints all errors and ends with that of the last).

use super::Outcome;
use crate::output::{CliError, print};

/// Collects what became of each.
#[derive(Debug, Default)]
pub struct Outcomes {
    last: Option<CliError>,
}

impl Outcomes {
    /// One more: its line on success, its error else.
    pub fn add(&mut self, result: Result<String, CliError>) -> Result<(), CliError> {
        match result {
            Ok(line) => print::line(&line),
            Err(error) => {
                self.fail(error);
                Ok(())
            }
        }
    }

    /// One more error.
    pub fn fail(&mut self, error: CliError) {
        if let Some(before) = self.last.replace(error)
            && let Some(text) = before.render(false)
        {
            eprintln!("{text}");
        }
    }

    /// 0, or the last error.
    pub fn finish(self) -> Outcome {
        self.last.map_or(Ok(0), Err)
    }
}
