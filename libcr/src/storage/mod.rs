//! Layers, overlay mounts, and trees of files as tar streams.
//!
//! Everything here works on directories that the caller names and on streams whose content nobody
//! vouches for. A name found in an archive is resolved by the kernel inside the directory it belongs
//! to (`openat2` with `RESOLVE_IN_ROOT`), so neither `..`, absolute names nor symbolic links lead
//! out. Nothing here knows containers, images or the database.

pub mod apply;
pub mod diff;
pub mod fingerprint;
pub mod layer;
pub mod located;
pub mod overlay;

pub mod tree;

mod contained;
mod decompress;
mod node;
mod tar;
mod unpack;
mod xattr;

use std::io;
use std::path::Path;

/// What can go wrong with layers, mounts and trees.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The kernel refused something; `ENOSPC` and the like are in the source.
    #[error("{doing}: {}", crate::sys::dir::reason(source))]
    Io {
        /// What was being done, with the path.
        doing: String,
        /// What the kernel said.
        source: io::Error,
    },
    /// The stream isn't a tar archive, or its structure is damaged.
    #[error("invalid tar archive: {reason}")]
    Tar {
        /// What is wrong, with the member's name where there is one.
        reason: String,
    },
    /// A member or a path in a list can't be meant for the directory that it is unpacked to.
    #[error("refusing path {name:?}: {reason}")]
    HostilePath {
        /// The name as it was in the archive; bytes that are not UTF-8 are replaced.
        name: String,
        /// Which rule it breaks.
        reason: &'static str,
    },
    /// A stream is compressed in a way that isn't supported.
    #[error("unsupported compression {algorithm}; use gzip, zstd or none")]
    Compression {
        /// `bzip2` or `xz`.
        algorithm: &'static str,
    },
    /// An archive holds more than the caller allowed.
    #[error("archive exceeds the limit of {limit} {what}")]
    Limit {
        /// `members` or `bytes`.
        what: &'static str,
        /// The allowed number.
        limit: u64,
    },
    /// A device node came where the caller allows none.
    #[error("refusing device node {name:?}: devices are not allowed here")]
    Device {
        /// The member's name.
        name: String,
    },
    /// The layer isn't in the store.
    #[error("layer {diff_id} not found")]
    NoSuchLayer {
        /// The diff-id asked for.
        diff_id: String,
    },
    /// A diff-id isn't `sha256:` and 64 lower-case hexadecimal digits.
    #[error("invalid layer digest {diff_id:?}")]
    BadDiffId {
        /// The text as given.
        diff_id: String,
    },
    /// A layer's content isn't what its digest says.
    #[error("layer digest mismatch: expected {expected}, got {actual}")]
    DigestMismatch {
        /// What the image's configuration says.
        expected: String,
        /// What was read.
        actual: String,
    },
    /// A file became shorter or of another type between planning a tar and writing it.
    #[error("{path} changed while it was being archived")]
    Changed {
        /// The file, relative to the tree.
        path: String,
    },
    /// The upper directory was written by an overlay mount with options that hide content from it.
    #[error("cannot tell the changes of {path}: overlay attribute {attribute} is set")]
    ForeignOverlay {
        /// The file, relative to the upper directory.
        path: String,
        /// For example `trusted.overlay.redirect`.
        attribute: String,
    },
    /// More layers than an overlay mount can take.
    #[error("too many layers for one overlay mount: {layers}")]
    TooManyLayers {
        /// How many were given.
        layers: usize,
    },
}

impl StorageError {
    /// Wraps an I/O error with what was being done to which path.
    pub(crate) fn io(doing: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let doing = format!("{doing} {}", path.display());
        move |source| Self::Io { doing, source }
    }

    /// The same for a name in bytes and the kernel's error number.
    pub(crate) fn errno(doing: &str, name: &[u8]) -> impl FnOnce(rustix::io::Errno) -> Self {
        let doing = format!("{doing} {}", String::from_utf8_lossy(name));
        move |source| Self::Io {
            doing,
            source: source.into(),
        }
    }

    /// A complaint about the archive's structure.
    pub(crate) fn tar(reason: impl Into<String>) -> Self {
        Self::Tar {
            reason: reason.into(),
        }
    }
}
