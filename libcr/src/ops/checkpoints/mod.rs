//! The catalogue of named checkpoints: what users ask for, a file each. Making one is
//! [`crate::ops::checkpoint`], thawing one [`crate::ops::restore`].

pub mod compare;
pub mod containerd;
pub mod inspect;
pub mod list;
pub mod prune;
pub mod remove;
pub mod show;
pub mod tag;
pub mod transfer;
pub mod verify;
