//! `wait`.

use crate::args::container::Wait;
use crate::args::selection::Selection;
use crate::commands::selected::latest;
use crate::commands::{Opener, Outcome};
use crate::output::{CliError, print};
use libcr::ops::lifecycle::{ps, wait};
use libcr::{Engine, ErrorKind};
use std::time::Duration;

/// Waits for each container and prints its exit status.
pub fn run(opener: &Opener, flags: &Wait) -> Outcome {
    let (selection, interval) = flags.validate()?;
    let engine = opener.open()?;
    let names = match selection {
        Selection::Names(names) => names,
        _ => vec![latest(&engine)?.config.id],
    };
    for name in names {
        let code = if flags.condition.is_empty() {
            wait::wait(&engine, &name).map_err(CliError::from)
        } else {
            condition(&engine, &name, &flags.condition, interval)
        };
        let code = match code {
            Err(CliError::Operation { source, .. })
                if flags.ignore
                    && source
                        .downcast_ref::<libcr::Error>()
                        .is_some_and(|error| error.kind() == ErrorKind::NotFound) =>
            {
                -1
            }
            other => other?,
        };
        print::line(&code.to_string())?;
    }
    Ok(0)
}

// Waits for one of the states; Podman prints the exit status if it ended, else -1.
fn condition(
    engine: &Engine,
    name: &str,
    wanted: &[String],
    interval: Duration,
) -> Result<i32, CliError> {
    let id = engine.find(name)?.config.id;
    loop {
        let all = ps::list(engine)?;
        let Some(container) = all.into_iter().find(|container| container.config.id == id) else {
            return Ok(-1);
        };
        let status = container.state.status.as_str();
        // `stopped` and `configured` are Podman's other words for two of ours.
        let fits = |word: &String| match word.as_str() {
            "stopped" => status == "exited",
            "configured" | "initialized" => status == "created",
            word => word == status,
        };
        if wanted.iter().any(fits) {
            return Ok(if status == "exited" {
                container.state.exit_code
            } else {
                -1
            });
        }
        std::thread::sleep(interval);
    }
}
