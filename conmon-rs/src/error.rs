//! What can go wrong in the monitor. Each message contains its source's text, once.
//! The text of these errors is what the engine reads from the sync pipe.
#![forbid(unsafe_code)]

use std::io;
use std::path::{Path, PathBuf};

/// Why the container could not be started, restored or watched.
#[derive(Debug, thiserror::Error)]
pub enum MonitorError {
    /// A file or socket that the monitor owns could not be made, read or replaced.
    #[error("{action} {path}: {source}", path = path.display())]
    File {
        /// What was tried, as a present participle.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The kernel's answer.
        source: io::Error,
    },
    /// A system call without a path failed.
    #[error("{call}: {source}")]
    System {
        /// What was tried.
        call: &'static str,
        /// The kernel's answer.
        source: io::Error,
    },
    /// The OCI runtime could not be executed at all.
    #[error("starting the OCI runtime {program}: {source}", program = program.display())]
    RuntimeSpawn {
        /// The program as given by `--runtime`.
        program: PathBuf,
        /// The kernel's answer.
        source: io::Error,
    },
    /// The OCI runtime refused; the text is its own.
    #[error("{message}")]
    Runtime {
        /// The runtime's last logged error, or what it wrote to stderr.
        message: String,
    },
    /// The OCI runtime succeeded but its pid file holds no process id.
    #[error("the OCI runtime left no process id in {path}", path = path.display())]
    NoProcessId {
        /// The file given to the runtime as `--pid-file`.
        path: PathBuf,
    },
    /// The OCI runtime succeeded but sent no terminal over the console socket.
    #[error("the OCI runtime sent no terminal over the console socket")]
    NoTerminal,
    /// The container runs, but its exit status can never be learned here.
    #[error("process {pid} of the container is not a child of the monitor")]
    NotOurChild {
        /// The process id that the runtime reported.
        pid: i32,
    },
    /// The monitor was told to stop before there was a container.
    #[error("signal {signal} came before the container was created")]
    Interrupted {
        /// The signal's number.
        signal: i32,
    },
    /// `--log-path` names journald, but there is no journal to write to.
    #[error("log driver journald: {path}: {source}", path = path.display())]
    NoJournal {
        /// The journal's socket.
        path: PathBuf,
        /// The kernel's answer.
        source: io::Error,
    },
}

impl MonitorError {
    /// For `map_err` on a file operation.
    pub(crate) fn file<E: Into<io::Error>>(
        action: &'static str,
        path: &Path,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::File {
            action,
            path: path.to_owned(),
            source: source.into(),
        }
    }

    /// For `map_err` on a system call.
    pub(crate) fn system<E: Into<io::Error>>(call: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::System {
            call,
            source: source.into(),
        }
    }
}
