//! The two files in /etc that a container's networks decide.

pub mod hosts;
pub mod resolv;
