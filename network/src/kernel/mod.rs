//! What is asked of the kernel itself: namespaces, interfaces, what the host has on its networks.

pub mod announce;
pub mod host;
pub mod netns;
pub(crate) mod rtnetlink;
pub mod settings;
pub mod silence;
