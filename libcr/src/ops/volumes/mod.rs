//! Volumes: made, listed, inspected, removed by name. What containers make, see and take with them
//! is in `steps::life::volumes`.

pub mod create;
pub mod inspect;
pub mod list;
pub mod remove;
