//! Phases that operations share; the only place where two subsystems meet.

pub mod archived_images;
pub mod catalogue;
pub mod checkpoint_image;
pub mod claim;
pub mod containerd;
pub mod creation;
pub mod failure;
pub mod freezing;
pub mod image_lock;
pub mod image_lookup;
pub mod image_sweep;
pub mod included_image;
pub mod inspection;
pub mod journal;
pub mod keep_layer;
pub mod life;
pub mod podman_config;
pub mod preflight;
pub mod recovery;
pub mod sandbox;
pub mod thawing;
pub mod transfer;
pub mod undo;
pub mod volume_filter;
