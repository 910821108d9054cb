//! What is in a container's root file system: what it changed, all of it.

pub mod diff;
pub mod export;
