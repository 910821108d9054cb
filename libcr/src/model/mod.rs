//! Pure data: what the engine knows about containers, images and checkpoints. No I/O; imports
//! nothing of ours.

pub mod catalogue;
pub mod checkpoint;
pub mod container;
pub mod damage;
pub mod event;
pub mod finding;
pub mod health;
pub mod id;
pub mod image;
pub mod operation;
pub mod preview;
pub mod shown;
pub mod status;
pub mod volume;
