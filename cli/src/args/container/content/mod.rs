//! Verbs about what is in containers, and `prune`, which ends that.

mod commit;
mod cp;
mod diff;
mod export;
mod prune;

pub use commit::Commit;
pub use cp::{Copied, Cp};
pub use diff::Diff;
pub use export::Export;
pub use prune::Prune;
