//! Phases that operations share; the only place where two subsystems meet.

pub mod base_image;
pub mod bring_up;
pub mod consume;
pub mod dump;
pub mod end;
pub mod failure;
pub mod files;
pub mod freeze;
pub mod image_lookup;
pub mod journal;
pub mod launch;
pub mod monitor;
pub mod netplug;
pub mod observe;
pub mod pack;
pub mod podman_config;
pub mod preflight;
pub mod remove;
pub mod rootfs;
pub mod settle;
pub mod tear_down;
pub mod thaw;
pub mod thaw_again;
pub mod undo;
pub mod unpack;
