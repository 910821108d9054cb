//! The image below a container inside its checkpoint (`--include-image`): an OCI image layout among
//! the archive's members, so that it thaws where nobody has the image and nothing can be pulled.
//!
//! A blob is a member, and in a checkpoint image a layer of its own: equal base layers are equal
//! layers of all checkpoints. Layers that are kept as they came are copied. Of those that are only
//! there unpacked a tar is made again; it isn't the tar that was unpacked, so it has another digest,
//! and goes under a configuration and manifest that say so: another image with the same files.

mod bring;
mod gather;

pub use bring::{Brought, bring, check, forget, keep};
pub use gather::{BaseImage, append, base_layers, of};
