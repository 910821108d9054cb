//! Freezing and thawing: what goes on, what travels, what is kept, what a broken run leaves.

pub mod all;
pub mod catalogue;
pub mod checkpoint;
pub mod consistency;
pub mod options;
pub mod precopy;
pub mod restore;
pub mod travel;
