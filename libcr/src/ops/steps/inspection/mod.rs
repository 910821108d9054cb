//! Inspections: what stands in the way of a freeze, asked of the kernel and of the host before
//! anything is touched. Each check has a name, a verdict and a remedy.
//!
//! Only what is certain fails: a container changes while it is looked at, and whatever slips
//! through is explained from CRIU's log.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::finding::Findings;

pub mod host;
mod objects;
pub mod packages;
pub mod process;
mod setting;
mod sockets;
mod space;
pub mod words;

use process::Processes;

/// What the caller of a freeze allows, and where it goes.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    /// `--tcp-established`.
    pub tcp_established: bool,
    /// `--tcp-skip-in-flight`.
    pub tcp_skip_in_flight: bool,
    /// `--ext-unix-sk`.
    pub ext_unix_sk: bool,
    /// `--file-locks`.
    pub file_locks: bool,
    /// `--link-remap`.
    pub link_remap: bool,
    /// `--shell-job`.
    pub shell_job: bool,
    /// `--leave-running`.
    pub leave_running: bool,
    /// `--pre-checkpoint`: files stay out of it.
    pub memory_only: bool,
    /// The directory of the images, or one above it.
    pub images: PathBuf,
    /// The archive, when there is to be one in a file.
    pub export: Option<PathBuf>,
    /// The archive is not compressed.
    pub uncompressed: bool,
    /// Directories whose files go into the archive: what the container changed (overlayfs' upper
    /// layer), its named volumes.
    pub packed: Vec<PathBuf>,
    /// Only memory that changed since an earlier dump is written; how much that is nobody can tell.
    pub incremental: bool,
    /// Memory goes elsewhere: to a page server.
    pub memory_elsewhere: bool,
}

/// Names of the checks of a running container, in their order: what `--skip-check` takes.
pub const CHECKS: [&str; 18] = [
    "file-locks",
    "kernel-objects",
    "devices",
    "unlinked-files",
    "outside-files",
    "terminals",
    "watches",
    "connections",
    "connections-being-made",
    "unix-sockets",
    "socket-kinds",
    "tracers",
    "namespaces",
    "mounts",
    "exec-sessions",
    "seccomp",
    "space",
    "archive-space",
];

/// Looks at the processes of a running container and at the room for what is made of them.
pub fn running(container: &Container, allowed: &Allowed) -> (Processes, Findings) {
    let processes = Processes::of(container);
    let mut findings = Findings::default();
    if !allowed.memory_only {
        objects::inspect(&processes, allowed, &mut findings);
        sockets::inspect(&processes, allowed, &mut findings);
    }
    setting::inspect(container, &processes, allowed, &mut findings);
    space::inspect(&processes, allowed, &mut findings);
    (processes, findings)
}

/// Words of `--skip-check` that name a check, or `all`.
///
/// # Errors
/// [`Error::Invalid`], listing the names.
pub fn check_names(words: &[String], known: &[&str]) -> Result<()> {
    let wrong = words
        .iter()
        .find(|word| *word != "all" && !known.contains(&word.as_str()));
    wrong.map_or(Ok(()), |word| {
        Err(Error::Invalid(format!(
            "invalid value \"{word}\" for --skip-check: choose from: {}, all",
            known.join(", ")
        )))
    })
}
