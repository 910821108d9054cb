//! Verbs about what is in containers, and `prune`, which ends that.

pub mod commit;
pub mod cp;
pub mod diff;
pub mod export;
pub mod prune;
