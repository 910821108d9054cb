//! What can be changed of a container that is there.

pub mod prune;
pub mod rename;
pub mod rotate;
pub mod update;
