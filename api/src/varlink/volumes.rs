//! Volumes as both interfaces remove them.

use libcr::Engine;
use libcr::ops::lifecycle::rm::{RmOptions, rm};
use libcr::ops::volumes::remove as gone;

/// Removes a volume; with `force` the containers that use it first.
///
/// # Errors
/// Of the operations.
pub fn remove(engine: &Engine, name: &str, force: bool) -> libcr::Result<()> {
    if force {
        for user in gone::users(engine, name)? {
            let options = RmOptions {
                force: true,
                ..RmOptions::default()
            };
            rm(engine, &user, options)?;
        }
    }
    gone::remove(engine, name)
}
