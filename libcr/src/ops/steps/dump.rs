//! Lets the OCI runtime and CRIU dump a frozen container into a directory, and says what it
//! means when they can't.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::criu;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::runtime::{CheckpointCall, RuntimeError};
use crate::store::lock::ContainerLock;
use crate::sys::dir::{at, remove_dir_if_present};

/// Dumps into `call.images`, which is made anew; returns the runtime's time.
///
/// The runtime inherits the container's lock: a command that comes after this engine was killed
/// waits until the dump has ended.
pub fn dump(
    engine: &Engine,
    container: &Container,
    call: CheckpointCall<'_>,
    lock: &ContainerLock,
) -> Result<Duration> {
    remove_dir_if_present(call.images)?;
    fs::create_dir_all(call.images).map_err(at("make", call.images))?;
    fs::set_permissions(call.images, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    let runtime = engine.runtime_of(container)?;
    let started = Instant::now();
    match runtime.checkpoint(&container.config.id, call, lock.descriptor()) {
        Ok(()) => Ok(started.elapsed()),
        Err(error) => {
            remove_dir_if_present(call.images)?;
            Err(explain(container, &error, &call.work.join("dump.log")))
        }
    }
}

fn explain(container: &Container, error: &RuntimeError, log: &Path) -> Error {
    let (cause, remedy) = match criu::log::explain(log) {
        Ok(Some(explanation)) => (explanation.cause, explanation.remedy.map(str::to_owned)),
        _ => (last_line(&error.to_string()), None),
    };
    Error::Checkpoint {
        name: container.config.name.clone(),
        cause,
        remedy,
        log: log.exists().then(|| log.to_owned()),
    }
}

/// The last thing a runtime said; both write their reason there.
pub fn last_line(text: &str) -> String {
    text.lines().next_back().unwrap_or_default().trim().to_owned()
}
