//! Deals with what killed engines left half-done, when an engine opens. The rules are in
//! `steps::recovery`; here is which operations, and how long anybody waits for them.

use std::time::Duration;

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::life::volumes;
use crate::ops::steps::recovery::{self, Patience};
use crate::ops::steps::thawing::unpack;
use crate::store::lock::ContainerLock;
use crate::sys::proc;

/// How long a command that may have nothing to do with it waits for a runtime that outlived its
/// engine and still dumps.
const PATIENCE: Duration = Duration::from_secs(2);

/// Completes or undoes all operations whose process is gone. One that can't be dealt with now
/// (a runtime is still at it, a program is missing) is left for later: it must not keep other
/// containers from being used.
pub fn recover(engine: &Engine) -> Result<()> {
    unpack::sweep(engine)?;
    if let Err(error) = volumes::sweep(engine) {
        tracing::warn!(%error, "volumes that were being removed are still there");
    }
    let locks = engine.config.run_root.join("locks");
    let operations = engine.store.rows().operations()?;
    for operation in operations
        .iter()
        .filter(|operation| !proc::is_alive(&operation.owner))
    {
        let id = &operation.container;
        let Some(_lock) = ContainerLock::acquire_within(&locks, id, PATIENCE)? else {
            tracing::warn!(
                container = id,
                "a runtime whose engine was killed is still at it"
            );
            continue;
        };
        if let Err(error) = recovery::recover_container(engine, id, Patience::Bounded) {
            tracing::warn!(container = id, %error, "recovery of what a killed engine left failed");
        } else if engine.store.rows().container(id)?.is_none() {
            // Another command was quicker: its lock went with the container, and this one is new.
            engine.forget_lock(id)?;
        }
    }
    Ok(())
}
