//! CRIU: which one there is and what it can do, what it wrote, and what its errors mean.
//!
//! The dump and the restore themselves go through the OCI runtime, which calls CRIU; this module
//! prepares and explains them. It reads and, in one place ([`images::empty_cgroup_state`]), rewrites
//! the files that CRIU writes. It knows nothing of containers, archives or runtimes.

use std::io;
use std::path::{Path, PathBuf};

pub mod config_file;
pub mod contents;
pub mod facts;
pub mod features;
pub mod gate;
pub mod generations;
pub mod host_name;
pub mod images;
pub mod ipc_limits;
pub mod kernel_config;
pub mod log;
pub mod messages;
pub mod netns;
pub mod rehost;
pub mod stats;
mod wire;

pub use facts::Facts;
pub use features::Features;
pub use images::{ImageFacts, empty_cgroup_state};
pub use log::Explanation;

/// Why CRIU or one of its files can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CriuError {
    /// There is no `criu` in PATH.
    #[error(
        "cannot find the program criu, which checkpoint and restore need; install the package `criu`"
    )]
    Missing,
    /// `criu --version` says something else than a version.
    #[error("cannot understand the version that criu prints: {output:?}")]
    Version {
        /// What it printed.
        output: String,
    },
    /// CRIU is older than what is needed.
    #[error("checkpoint/restore requires at least CRIU {needed}, current version is {found}")]
    TooOld {
        /// The oldest that will do, as 31700 for 3.17.
        needed: u32,
        /// The one there is.
        found: u32,
    },
    /// `criu check` fails: kernel and CRIU don't fit, or privileges are missing.
    #[error("this system cannot checkpoint: criu check fails: {reason}")]
    Check {
        /// CRIU's own error lines.
        reason: String,
    },
    /// Pre-dumps can't work here: nobody tells CRIU which pages changed. Podman's words, then ours.
    #[error("system (architecture/kernel/CRIU) does not support memory tracking: {reason}")]
    MemoryTracking {
        /// Which of the three it is, as far as the kernel's configuration tells, and what to do.
        reason: String,
    },
    /// A file could not be read or written.
    #[error("{}", crate::sys::dir::reason(.0))]
    Io(#[from] io::Error),
    /// A file is not the CRIU image that its name says.
    #[error("{}: {why}", place(path, *offset))]
    Image {
        /// The file.
        path: PathBuf,
        /// Where in it, bytes from its start, when it is in one place.
        offset: Option<u64>,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// The start of a sentence about an image.
fn place(path: &Path, offset: Option<u64>) -> String {
    let path = path.display();
    match offset {
        Some(offset) => format!("{path}: at byte {offset}"),
        None => format!("{path} is not a CRIU image of its kind"),
    }
}
