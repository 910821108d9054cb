//! Containers.

pub mod checkpoint;
pub mod create;
pub mod list;
pub mod restore;
pub mod verbs;
pub mod wait;
