//! `create`: a container's row and directory; nothing runs yet.

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::creation;

pub use crate::ops::steps::creation::{
    CreateOptions, DEFAULT_SHM_SIZE, HealthOptions, KernelOptions,
};

/// Makes a container and returns its full id.
///
/// # Errors
/// [`crate::Error::NoSuchImage`], [`crate::Error::Invalid`] for options that make no sense,
/// [`crate::Error::Conflict`] when the name is taken.
pub fn create(engine: &Engine, options: &CreateOptions) -> Result<String> {
    creation::create(engine, options)
}
