//! Lets the OCI runtime and CRIU dump a frozen container into a directory, and says what it
//! means when they can't.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::ops::steps::failure;
use crate::runtime::{CheckpointCall, RuntimeError};
use crate::store::lock::ContainerLock;
use crate::sys::command::CommandError;
use crate::sys::proc;

/// Dumps into `call.images`, which is there; returns the runtime's time. What a failure leaves
/// there is for the caller to remove.
///
/// The runtime inherits the container's lock: a command that comes after this engine was killed
/// waits until the dump has ended.
pub fn dump(
    engine: &Engine,
    container: &Container,
    call: CheckpointCall<'_>,
    lock: &ContainerLock,
) -> Result<Duration> {
    let runtime = engine.runtime_of(container)?;
    let started = Instant::now();
    match runtime.checkpoint(&container.config.id, call, lock.descriptor()) {
        Ok(()) => Ok(started.elapsed()),
        Err(error) if !call.leave_running && is_whole(container, call.images) => {
            // CRIU was done; the runtime stumbled over its own clean-up.
            tracing::warn!(%error, "the dump is whole all the same");
            Ok(started.elapsed())
        }
        Err(error) => Err(explain(
            engine,
            container,
            &error,
            &call.work.join("dump.log"),
        )),
    }
}

/// CRIU writes the inventory last, and a dump that ends the processes ends them after it.
fn is_whole(container: &Container, images: &Path) -> bool {
    let ended = container
        .state
        .pid
        .is_none_or(|pid| proc::wait_gone(pid, Duration::from_secs(5)));
    ended && images.join("inventory.img").exists()
}

fn explain(engine: &Engine, container: &Container, error: &RuntimeError, log: &Path) -> Error {
    if matches!(error, RuntimeError::Command(CommandError::Start { .. })) {
        return Error::MissingOnHost(error.to_string());
    }
    let (cause, remedy) = failure::meaning(log, &error.to_string());
    Error::Checkpoint {
        name: container.config.name.clone(),
        cause,
        remedy,
        log: failure::keep_log(engine, &container.config.id, log),
    }
}
