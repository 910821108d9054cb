//! What a container needs while it lives: mounts, network, files, monitor, further
//! processes, health checks; its end and its removal.

pub mod bring_up;
pub mod end;
pub mod exec;
pub mod files;
pub mod health;
pub mod launch;
pub mod monitor;
pub mod netplug;
pub mod observe;
pub mod remove;
pub mod rootfs;
pub mod suspend;
pub mod tear_down;
pub mod view;
pub mod volume_content;
pub mod volumes;
