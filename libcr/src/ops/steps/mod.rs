//! Phases that operations share; the only place where two subsystems meet.

pub mod archived_images;
pub mod catalogue;
pub mod checkpoint_image;
pub mod claim;
pub mod creation;
pub mod failure;
pub mod freezing;
pub mod image_lock;
pub mod image_lookup;
pub mod inspection;
pub mod journal;
pub mod life;
pub mod podman_config;
pub mod preflight;
pub mod recovery;
pub mod sandbox;
pub mod thawing;
pub mod undo;
pub mod volume_filter;
