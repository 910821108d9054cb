//! Verbs that join a container, start it anew, limit it otherwise, or call it by another name.

pub mod attach;
pub mod rename;
pub mod restart;
pub mod update;
