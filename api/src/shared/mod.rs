//! What the doors say of the same things, and how they read what they are told.

pub mod attach;
pub mod container;
pub mod events;
pub mod exec;
pub mod fields;
pub mod filter;
pub mod images;
pub mod kinds;
pub mod limits;
pub mod listing;
pub mod logs;
pub mod options;
pub mod taken;
pub mod time;
pub mod transfer;
