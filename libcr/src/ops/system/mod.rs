//! `info`, `version` and `system check`: about the engine as a whole.

pub mod check;
mod info;

pub use info::{VERSION, info, version};
