//! Images: brought in, listed, inspected, removed.

pub mod import;
pub mod inspect;
pub mod list;
pub mod load;
pub mod remove;
