//! `healthcheck run`.

use super::{Opener, Outcome};
use crate::args::health::{HealthcheckCommand, HealthcheckRun};
use crate::output::{CliError, print};
use libcr::ErrorKind;
use libcr::model::health::HealthStatus;
use libcr::ops::lifecycle::healthcheck;

/// `healthcheck VERB`.
pub fn run(opener: &Opener, command: &HealthcheckCommand) -> Outcome {
    match command {
        HealthcheckCommand::Run(flags) => once(opener, flags),
    }
}

// Also what monitors run: it leaves alone what killed engines left of other containers.
fn once(opener: &Opener, flags: &HealthcheckRun) -> Outcome {
    let container = flags.validate()?;
    healthcheck::step_aside();
    match healthcheck::run(&opener.open_without_recovery()?, container) {
        Ok(HealthStatus::Healthy) => Ok(0),
        Ok(status) => print::line(status.as_str()).map(|()| 1),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(CliError::usage(format!(
            "unable to look up {container} to perform a health check: {error}"
        ))),
        Err(error) => Err(error.into()),
    }
}
