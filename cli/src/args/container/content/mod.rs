//! Verbs about what is in containers, and `prune`, which ends that.

mod diff;
mod export;
mod prune;

pub use diff::Diff;
pub use export::Export;
pub use prune::Prune;
