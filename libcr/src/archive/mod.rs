//! Checkpoint archives: one file that holds a frozen container, in Podman's format.
//!
//! An archive is a tar, compressed with zstd or gzip or not at all, whose members are those of
//! `podman container checkpoint --export` ([`layout`]). Two members are ours and ignored by Podman:
//! `cryopod.json` ([`manifest`]), always first, and `cryopod.sums` ([`sums`]), always last. An
//! archive without them is taken for one of Podman, CRI-O or containerd and read all the same.
//!
//! [`writer`] writes one in one pass; [`reader`] reads the small members first and unpacks the rest
//! below a directory handle; [`browse`] looks into one without unpacking it. Nothing in here trusts what it reads, knows what a checkpoint is good
//! for, or decides where it goes.

use std::io;

pub mod browse;
pub mod compress;
mod frames;
pub mod layout;
pub mod limits;
pub mod manifest;
pub mod parts;
pub mod pod;
pub mod podman;
pub mod reader;
mod source;
mod spill;
pub mod sums;
mod tape;
mod writeback;
pub mod writer;

pub use browse::Browser;
pub use compress::{Compression, Form};
pub use limits::{Limits, Opening};
pub use manifest::Manifest;
pub use parts::{Part, PartSource, Parts};
pub use reader::{Contents, Header, Reader, Selection, Signed};
pub use writer::{Summary, Writer};

/// How many bytes go through the archive at a time: 1 MiB.
pub(crate) const CHUNK: usize = 1 << 20;

/// Why an archive could not be written, read or trusted.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A file of ours, not the content of an archive, could not be used.
    #[error("{doing}: {}", crate::sys::dir::reason(source))]
    Io {
        /// What was being done, with the path.
        doing: String,
        /// What the kernel said.
        source: io::Error,
    },
    /// Another process is writing the same archive at this moment.
    #[error("{archive} is being written by another process")]
    Busy {
        /// Path of the archive.
        archive: String,
    },
    /// The file holds no byte.
    #[error("{archive} is not a checkpoint archive: it is empty")]
    Empty {
        /// Path of the archive, or what stands for a stream.
        archive: String,
    },
    /// The file is something else.
    #[error("{archive} is not a checkpoint archive: {why}")]
    NotAnArchive {
        /// Path of the archive, or what stands for a stream.
        archive: String,
        /// What gives it away.
        why: String,
    },
    /// The file is compressed in a way that is recognised but not read here.
    #[error(
        "{archive} is compressed with {found}, which is not supported; recompress it with zstd or gzip"
    )]
    UnsupportedCompression {
        /// Path of the archive, or what stands for a stream.
        archive: String,
        /// `bzip2` or `xz`.
        found: &'static str,
    },
    /// It is encrypted, and there is no key.
    #[error("{archive} is encrypted for {recipients}: give --decrypt-with KEYFILE")]
    Encrypted {
        /// Path of the archive, or what stands for a stream.
        archive: String,
        /// For whom, as far as that can be known.
        recipients: String,
    },
    /// It is encrypted for somebody else.
    #[error("{archive} is encrypted for {recipients}, and no key that was given opens it")]
    WrongKey {
        /// Path of the archive, or what stands for a stream.
        archive: String,
        /// For whom, as far as that can be known.
        recipients: String,
    },
    /// It is encrypted, and not for a key.
    #[error(
        "{archive} is encrypted with a passphrase, which is not supported: unlock it with age -d"
    )]
    Passphrase {
        /// Path of the archive, or what stands for a stream.
        archive: String,
    },
    /// It is signed, and not what was signed.
    #[error("{archive} is not what was signed: {what}")]
    NotAsSigned {
        /// Path of the archive, or what stands for a stream.
        archive: String,
        /// Which part, and how it is known.
        what: String,
    },
    /// The archive ends before its end.
    #[error("{archive} is truncated: {missing}")]
    Truncated {
        /// Path of the archive, or what stands for a stream.
        archive: String,
        /// What should have followed.
        missing: String,
    },
    /// The archive is not what its writer wrote.
    #[error("{archive} is damaged: {what}")]
    Damaged {
        /// Path of the archive, or what stands for a stream.
        archive: String,
        /// Which part, and how it is known.
        what: String,
    },
    /// A member that no checkpoint has and that might harm: nothing of it was written.
    #[error("{archive} refused: member {member:?} {refusal}")]
    Refused {
        /// Path of the archive, or what stands for a stream.
        archive: String,
        /// Name of the member as the archive gives it.
        member: String,
        /// What is wrong with it.
        refusal: Refusal,
    },
    /// A member without which the archive is not a checkpoint.
    #[error("{archive} is not a checkpoint archive: it has no {member}")]
    Missing {
        /// Path of the archive, or what stands for a stream.
        archive: String,
        /// Name of the member.
        member: &'static str,
    },
    /// A JSON member that can't be read.
    #[error("{archive}: cannot read {member}: {source}")]
    Json {
        /// Path of the archive, or what stands for a stream.
        archive: String,
        /// Name of the member.
        member: &'static str,
        /// Where and why.
        source: serde_json::Error,
    },
    /// The archive was written by a later version of this program.
    #[error(
        "{archive} has archive format {found}, this version reads up to {supported}; a newer cryopod is needed"
    )]
    Version {
        /// Path of the archive, or what stands for a stream.
        archive: String,
        /// Format version that it names.
        found: u32,
        /// The latest one known here.
        supported: u32,
    },
    /// Only the header was asked for, and large members were passed over to reach it.
    #[error("{archive}: its header was read without unpacking; open it again to unpack it")]
    HeaderOnly {
        /// Path of the archive, or what stands for a stream.
        archive: String,
    },
}

/// What makes a member unacceptable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its name starts at the root of the file system.
    #[error("has an absolute name")]
    Absolute,
    /// Its name goes up.
    #[error("has `..` in its name")]
    Parent,
    /// Its name is empty, longer than 4096 bytes, not UTF-8 or has control characters.
    #[error("has a name that no file of a checkpoint has")]
    Name,
    /// It is a link other than `checkpoint/parent`.
    #[error("is a link to {target:?}")]
    Link {
        /// Where it points.
        target: String,
    },
    /// It is a device, FIFO, sparse file or an unknown type.
    #[error("is neither a file nor a directory (tar type {kind:?})")]
    Type {
        /// The type byte of the tar header.
        kind: char,
    },
    /// There was one of this name before.
    #[error("is there twice")]
    Duplicate,
    /// It is a directory where a file belongs, or the other way round.
    #[error("is a directory where a file belongs, or a file where a directory belongs")]
    WrongKind,
    /// It is larger than such a member ever is, or than there is room for.
    #[error("has {size} bytes, more than the {limit} allowed")]
    TooLarge {
        /// Bytes that it has, or that the archive has with it.
        size: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The archive has more members than a checkpoint ever has.
    #[error("is one more than the {limit} members allowed")]
    TooMany {
        /// Members allowed.
        limit: u64,
    },
    /// The archive grows more in unpacking than memory and files do.
    #[error("unpacks to more than {limit} times its compressed size")]
    Bomb {
        /// Ratio allowed.
        limit: u64,
    },
    /// It follows `cryopod.sums` and is not its signature, is one elsewhere, or is a `cryopod.json`
    /// that is not first.
    #[error("is in the wrong place")]
    Misplaced,
}

/// Makes an [`ArchiveError::Io`] of an I/O error.
pub(crate) fn io_error(doing: impl Into<String>) -> impl FnOnce(io::Error) -> ArchiveError {
    let doing = doing.into();
    move |source| ArchiveError::Io { doing, source }
}
