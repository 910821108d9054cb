//! What a container does at the moment: its processes, what it uses.

mod columns;
pub mod go;
pub mod stats;
pub mod top;
