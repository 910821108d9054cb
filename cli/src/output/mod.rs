//! Everything that reaches the user's terminal: tables, JSON, Go templates, humane numbers, errors,
//! a sign of life during long work. Nothing here asks the engine.

pub mod damage;
pub mod error;
pub mod findings;
pub mod harmless;
pub mod human;
pub mod json;
pub mod log;
pub mod page;
pub mod print;
pub mod progress;
pub mod table;
pub mod template;
pub mod yaml;

pub use error::CliError;
