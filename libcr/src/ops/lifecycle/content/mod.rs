//! What is in a container's root file system: what it changed, all of it, a part of it.

pub mod copy;
pub mod diff;
pub mod export;
