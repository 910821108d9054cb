//! The interfaces on the bus, one a file; each translates and decides nothing.

pub mod checkpoint;
pub mod container;
pub mod facts;
pub mod log_control;
pub mod root;
pub mod transfer;
