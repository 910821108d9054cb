//! Verbs that join a container, start it anew, limit it otherwise, or call it by another name.

mod attach;
mod rename;
mod resources;
mod restart;
mod update;

pub use attach::Attach;
pub use rename::Rename;
pub use resources::Resources;
pub use restart::Restart;
pub use update::Update;
