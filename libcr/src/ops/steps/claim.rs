//! A container for one operation alone: its lock, what a killed engine left of it dealt with, its
//! record read under the lock.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::ops::steps::recovery::{self, Patience};
use crate::store::lock::ContainerLock;

/// Waits for a container's lock, completes or undoes what an engine that died holding it left,
/// and reads the record.
pub fn claim(engine: &Engine, id: &str) -> Result<(ContainerLock, Container)> {
    let lock = engine.lock(id)?;
    recovery::recover_container(engine, id, Patience::Unlimited)?;
    match engine.reload(id) {
        Ok(container) => Ok((lock, container)),
        Err(error) => {
            // Removed while this waited: the lock file was made anew.
            if matches!(error, Error::NoSuchContainer(_)) {
                engine.forget_lock(id)?;
            }
            Err(error)
        }
    }
}
