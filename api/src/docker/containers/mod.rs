//! Containers.

pub mod checkpoints;
pub mod create;
pub mod inspect;
pub mod list;
pub mod verbs;
pub mod wait;
