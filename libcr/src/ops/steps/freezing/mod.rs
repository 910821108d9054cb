//! From a running container to a checkpoint: freeze, dump, capture, archive, settle.

pub mod capture;
pub mod dump;
pub mod freeze;
pub mod kubernetes;
pub mod pack;
pub mod place;
pub mod settle;
pub mod stray_mounts;
