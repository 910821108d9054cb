//! Checkpoints as OCI images: an archive whose members are in the image's layers, and annotations
//! on the manifest that say so in the words of three engines.
//!
//! A layer is a tar as Podman's only one, so Podman, which mounts them over one another, finds the
//! files of an archive. Layers are kept as blobs; nobody runs on them.

mod dialect;
mod making;
mod memory;
mod reading;

pub use dialect::{foreign_annotations, is_checkpoint};
pub use making::ImageInTheMaking;
pub use memory::forget_indexes;
pub use reading::{annotations, is_encrypted, layers, manifest, no_checkpoint, open};
