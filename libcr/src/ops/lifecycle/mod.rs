//! The ordinary verbs of a container's life.

pub mod attach;
pub mod change;
pub mod cleanup;
pub mod content;
pub mod create;
pub mod exec;
pub mod figures;
pub mod healthcheck;
pub mod inspect;
pub mod kill;
pub mod logs;
pub mod pause;
pub mod ps;
pub mod restart;
pub mod rm;
pub mod start;
pub mod stop;
pub mod wait;
