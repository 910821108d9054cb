//! Images: brought in from files, registries and containers, sent to registries, listed, inspected,
//! named, removed.

pub mod commit;
pub mod history;
pub mod import;
pub mod inspect;
pub mod list;
pub mod load;
pub mod login;
pub mod pull;
pub mod push;
pub mod remove;
pub mod save;
pub mod tag;

pub use crate::ops::steps::transfer::Access;
pub use crate::registry::Credentials;
