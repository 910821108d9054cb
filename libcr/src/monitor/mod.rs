//! The engine's side of conmon-rs: where its files are, how it is started, how one attaches.
//! The contract is conmon's (`docs/man/conmon-rs.8.md`), with the socket directory of our own.

pub mod attach;
pub mod client;
pub mod paths;

use std::path::PathBuf;

use crate::sys::command::CommandError;

/// What can go wrong between engine and monitor.
#[derive(Debug, thiserror::Error)]
pub enum MonitorError {
    /// The program is not there.
    #[error("the monitor conmon-rs was not found beside cryopod nor in {}: reinstall cryopod, or name it with --conmon", .0.display())]
    Missing(PathBuf),
    /// It could not be started.
    #[error("{0}")]
    Start(#[from] CommandError),
    /// It said why it failed: the OCI runtime's own words.
    #[error("{0}")]
    Runtime(String),
    /// It went away without a word.
    #[error("the monitor ended without saying why")]
    Silent,
    /// It said nothing in time.
    #[error("the monitor did not report within {0} seconds")]
    Timeout(u64),
    /// A file of it can't be used.
    #[error("{}", crate::sys::dir::reason(.0))]
    File(#[from] std::io::Error),
}
