//! Verbs that join a container, start it anew, or call it by another name.

mod attach;
mod rename;
mod restart;

pub use attach::Attach;
pub use rename::Rename;
pub use restart::Restart;
