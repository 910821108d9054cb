//! What is in a container, and what goes on in it.

pub mod change;
pub mod content;
pub mod figures;
