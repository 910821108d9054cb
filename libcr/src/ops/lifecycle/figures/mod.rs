//! What a container does at the moment: its processes, what it uses.

mod columns;
pub mod stats;
pub mod top;
