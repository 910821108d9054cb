//! Whether a freeze or a thaw can work, asked before anything is touched.

use std::fs;
use std::path::Path;

use crate::criu;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::status::Status;
use crate::sys::dir::at;

/// CRIU's oldest version that will do, as it numbers itself: 3.17.
pub const OLDEST_CRIU: u32 = 31_700;

/// CRIU is there and new enough; returns its version number.
pub fn criu(engine: &Engine) -> Result<u32> {
    let found = criu::Facts::find(&engine.config.run_root)?;
    if found.version < OLDEST_CRIU {
        return Err(Error::MissingOnHost(format!(
            "checkpoint/restore requires at least CRIU {OLDEST_CRIU}, current version is {}: install a newer package \"criu\"",
            found.version
        )));
    }
    Ok(found.version)
}

/// A container may be frozen now; returns CRIU's version number.
pub fn can_checkpoint(engine: &Engine, container: &Container) -> Result<u32> {
    let status = container.state.status;
    if status != Status::Running {
        return Err(Error::WrongState(format!(
            "\"{}\" is not running, cannot checkpoint",
            status.as_str()
        )));
    }
    let criu_version = criu(engine)?;
    engine.runtime_of(container)?;
    Ok(criu_version)
}

/// The kernel tells which memory was written to, as pre-checkpoints need it.
///
/// # Errors
/// [`criu::CriuError::MemoryTracking`] in Podman's words, and which option of the kernel it is.
pub fn memory_tracking() -> Result<()> {
    Ok(criu::features::Features::find()?.require_memory_tracking()?)
}

/// A directory that the user names for new images holds nothing.
///
/// # Errors
/// [`Error::Invalid`], naming the option.
pub fn empty_directory(option: &str, path: &Path) -> Result<()> {
    match fs::read_dir(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        entries => {
            if entries.map_err(at("read", path))?.next().is_none() {
                return Ok(());
            }
            Err(Error::Invalid(format!(
                "invalid {option} \"{}\": it is not empty: give a new directory",
                path.display()
            )))
        }
    }
}

/// A container may be thawed now: it doesn't run, and these images are whole. Returns CRIU's
/// version number.
pub fn can_restore(engine: &Engine, container: &Container, images: &Path) -> Result<u32> {
    let id = &container.config.id;
    if container.state.status.is_alive() {
        return Err(Error::WrongState(format!(
            "container {id} is running or paused, cannot restore"
        )));
    }
    let criu_version = criu(engine)?;
    let inventory = images.join("inventory.img");
    if let Err(error) = fs::metadata(&inventory) {
        return Err(Error::Invalid(format!(
            "a complete checkpoint for this container cannot be found, cannot restore: {}: {error}",
            inventory.display()
        )));
    }
    Ok(criu_version)
}
