//! Checkpoints of containerd's `ctr`: read into a checkpoint image of ours, written from any of our
//! checkpoints.
//!
//! containerd keeps a container's changes as an OCI layer, CRIU's images as a flat tar and the
//! specification as JSON in protobuf, each a blob of an index ([`crate::image::containerd`]).

mod changes;
mod criu_tar;
mod layout;
mod reading;
mod source;
mod specification;
mod writing;

pub use layout::{Destination, write as write_layout};
pub use reading::keep;
pub use source::Parts;
pub use writing::{ContainerdImage, OpenBlob, Wanted, write};
