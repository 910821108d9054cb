//! What methods are told, and work that takes its time.

pub mod asked;
pub mod job;
pub mod options;
pub mod pump;
pub mod turns;
