//! Images: their names, their configuration, the archives they come in, the blobs we keep.
//!
//! Reads what strangers packed: names inside archives never become paths outside, documents have a
//! size limit, digests are compared with what was read. Knows neither layers on disk nor the
//! database: it hands out streams and bytes.

pub mod archive;
pub mod blobs;
pub mod commit;
pub mod config;
pub mod containerd;
pub mod layer;
pub mod manifest;
pub mod reference;
pub mod remote;

mod compression;
mod members;

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

/// What can go wrong with images.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The kernel refused something.
    #[error("{doing}: {}", crate::sys::dir::reason(source))]
    Io {
        /// What was being done, with the path.
        doing: String,
        /// What the kernel said.
        source: io::Error,
    },
    /// The archive to be loaded isn't there, in Podman's words.
    #[error("stat {path}: no such file or directory")]
    Absent {
        /// As the caller named it.
        path: String,
    },
    /// A file or directory is in none of the formats, in Podman's words.
    #[error("payload does not match any of the supported image formats:{}", attempts.iter().fold(String::new(), |text, attempt| text + "\n * " + attempt))]
    NoFormat {
        /// A line for each format that was tried: its name, a colon, the reason.
        attempts: Vec<String>,
    },
    /// The archive is of a known format but damaged or incomplete.
    #[error("invalid image archive: {reason}")]
    Archive {
        /// What is wrong.
        reason: String,
    },
    /// What a registry says of an image can't be true, or isn't understood.
    #[error("{what}: {reason}")]
    Remote {
        /// The image, by the name it was asked for.
        what: String,
        /// What is wrong.
        reason: String,
    },
    /// A blob isn't what its name says.
    #[error("digest mismatch: expected {expected}, got {actual}")]
    DigestMismatch {
        /// The digest it is named by.
        expected: String,
        /// The digest of what was read.
        actual: String,
    },
    /// A document is larger than such documents are.
    #[error("{name} is larger than {limit} bytes")]
    TooLarge {
        /// The member's name.
        name: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A blob isn't in the store.
    #[error("blob {digest} not found")]
    NoSuchBlob {
        /// The digest asked for.
        digest: String,
    },
    /// Text that should be `sha256:` and 64 lower-case hexadecimal digits.
    #[error("invalid digest {digest:?}")]
    BadDigest {
        /// The text.
        digest: String,
    },
    /// An image name that can't be one.
    #[error(transparent)]
    Reference(#[from] reference::ReferenceError),
    /// A `--change` that isn't understood, in Podman's words.
    #[error("invalid change {change:?} - {reason}")]
    Change {
        /// As the user wrote it.
        change: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl ImageError {
    pub(crate) fn io(doing: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let doing = format!("{doing} {}", path.display());
        move |source| Self::Io { doing, source }
    }

    pub(crate) fn remote(what: &str, reason: impl Into<String>) -> Self {
        // It quotes what a stranger wrote.
        Self::Remote {
            what: what.to_owned(),
            reason: crate::error::one_line(&reason.into()),
        }
    }

    pub(crate) fn archive(reason: impl Into<String>) -> Self {
        Self::Archive {
            reason: reason.into(),
        }
    }
}

/// The digest of bytes: `sha256:` and 64 hexadecimal digits.
pub fn digest_of(bytes: &[u8]) -> String {
    digest_text(&Sha256::digest(bytes))
}

fn digest_text(hash: &[u8]) -> String {
    hash.iter().fold("sha256:".to_owned(), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The hexadecimal digits of a digest.
fn digest_hex(digest: &str) -> Result<&str, ImageError> {
    digest
        .strip_prefix("sha256:")
        .filter(|hex| {
            hex.len() == 64
                && hex
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
        .ok_or_else(|| ImageError::BadDigest {
            digest: digest.to_owned(),
        })
}
