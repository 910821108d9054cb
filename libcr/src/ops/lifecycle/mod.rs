//! The ordinary verbs of a container's life.

pub mod attach;
pub mod cleanup;
pub mod create;
pub mod exec;
pub mod healthcheck;
pub mod inspect;
pub mod kill;
pub mod logs;
pub mod pause;
pub mod ps;
pub mod rm;
pub mod start;
pub mod stop;
pub mod wait;
