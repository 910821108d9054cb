//! The names of an archive's members, as Podman, CRI-O and containerd write them.
//!
//! Source: Podman `libpod/container_internal_common.go` (`exportCheckpoint`) and checkpointctl's
//! `lib/metadata.go`. Pure text: what a name means, nothing about content.

use super::Refusal;

/// Our manifest, first member.
pub const MANIFEST: &str = "cryopod.json";
/// Our digests, last member.
pub const SUMS: &str = "cryopod.sums";
/// Podman's container configuration, JSON.
pub const CONFIG_DUMP: &str = "config.dump";
/// The OCI configuration that the container ran with, JSON.
pub const SPEC_DUMP: &str = "spec.dump";
/// Addresses and MACs by network name, JSON.
pub const NETWORK_STATUS: &str = "network.status";
/// CRIU's statistics of the dump.
pub const STATS_DUMP: &str = "stats-dump";
/// The container's log.
pub const LOG: &str = "ctr.log";
/// Directory of the CRIU images.
pub const CHECKPOINT: &str = "checkpoint";
/// Directory of the CRIU images of an earlier pre-dump.
pub const PRE_CHECKPOINT: &str = "pre-checkpoint";
/// Link in [`CHECKPOINT`] to [`PRE_CHECKPOINT`].
pub const PARENT_LINK: &str = "checkpoint/parent";
/// Where [`PARENT_LINK`] points.
pub const PARENT_TARGET: &str = "../pre-checkpoint";
/// Tar of /dev/shm.
pub const DEV_SHM: &str = "devshm-checkpoint.tar";
/// Tar of what was changed or added in the root file system.
pub const ROOTFS_DIFF: &str = "rootfs-diff.tar";
/// JSON array of the absolute paths that were removed from the root file system.
pub const DELETED_FILES: &str = "deleted.files";
/// Directory that Podman always writes and nothing uses.
pub const ARTIFACTS: &str = "artifacts";

/// What a member is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// [`MANIFEST`].
    Manifest,
    /// [`SUMS`].
    Sums,
    /// [`CONFIG_DUMP`].
    Config,
    /// [`SPEC_DUMP`].
    Spec,
    /// [`NETWORK_STATUS`].
    NetworkStatus,
    /// [`STATS_DUMP`].
    Stats,
    /// [`LOG`].
    Log,
    /// The directory [`CHECKPOINT`] or a file right in it.
    Checkpoint,
    /// The directory [`PRE_CHECKPOINT`] or a file right in it.
    PreCheckpoint,
    /// [`DEV_SHM`].
    DevShm,
    /// [`ROOTFS_DIFF`].
    RootfsDiff,
    /// [`DELETED_FILES`].
    DeletedFiles,
    /// `volumes/NAME.tar`: the content of the named volume NAME.
    Volume(String),
    /// Something of another engine, or unknown: read past, never unpacked.
    Other,
}

impl Kind {
    /// What the member of this (cleaned) name is for.
    pub fn of(name: &str) -> Self {
        match name {
            MANIFEST => return Self::Manifest,
            SUMS => return Self::Sums,
            CONFIG_DUMP => return Self::Config,
            SPEC_DUMP => return Self::Spec,
            NETWORK_STATUS => return Self::NetworkStatus,
            STATS_DUMP => return Self::Stats,
            LOG => return Self::Log,
            CHECKPOINT => return Self::Checkpoint,
            PRE_CHECKPOINT => return Self::PreCheckpoint,
            DEV_SHM => return Self::DevShm,
            ROOTFS_DIFF => return Self::RootfsDiff,
            DELETED_FILES => return Self::DeletedFiles,
            _ => {}
        }
        match name.split_once('/') {
            Some((CHECKPOINT, file)) if !file.contains('/') => Self::Checkpoint,
            Some((PRE_CHECKPOINT, file)) if !file.contains('/') => Self::PreCheckpoint,
            Some(("volumes", file)) if !file.contains('/') => match file.strip_suffix(".tar") {
                Some(volume) if !volume.is_empty() => Self::Volume(volume.to_owned()),
                _ => Self::Other,
            },
            _ => Self::Other,
        }
    }

    /// Whether a member of this kind and name is a directory; nothing for kinds that may be either.
    pub(super) fn is_directory(&self, name: &str) -> Option<bool> {
        match self {
            Self::Other => None,
            Self::Checkpoint => Some(name == CHECKPOINT),
            Self::PreCheckpoint => Some(name == PRE_CHECKPOINT),
            _ => Some(false),
        }
    }
}

/// The member that holds the content of a named volume.
pub fn volume(name: &str) -> String {
    format!("volumes/{name}.tar")
}

/// Takes `./` from the front and `/` from the end of a member's name, and refuses names that could
/// leave the directory they are unpacked into or that no file of a checkpoint has.
///
/// The name of the archive's own root (`./`) becomes the empty string.
///
/// # Errors
/// [`Refusal::Absolute`], [`Refusal::Parent`], [`Refusal::Name`].
pub fn clean(raw: &[u8]) -> Result<String, Refusal> {
    let name = std::str::from_utf8(raw).map_err(|_| Refusal::Name)?;
    if name.is_empty() || name.len() > 4096 || name.chars().any(char::is_control) {
        return Err(Refusal::Name);
    }
    if name.starts_with('/') {
        return Err(Refusal::Absolute);
    }
    let mut parts = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err(Refusal::Parent),
            part if part.len() > 255 => return Err(Refusal::Name),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned_or_refused() {
        assert_eq!(clean(b"./checkpoint/").unwrap(), "checkpoint");
        assert_eq!(clean(b"a//b/./c").unwrap(), "a/b/c");
        assert_eq!(clean(b"./").unwrap(), "");
        assert_eq!(clean(b"/etc/passwd"), Err(Refusal::Absolute));
        assert_eq!(clean(b"a/../b"), Err(Refusal::Parent));
        assert_eq!(clean(b".."), Err(Refusal::Parent));
        assert_eq!(clean(b""), Err(Refusal::Name));
        assert_eq!(clean(b"a\nb"), Err(Refusal::Name));
        assert_eq!(clean(b"a\xff"), Err(Refusal::Name));
        assert_eq!(clean(&[b'a'; 300]), Err(Refusal::Name));
    }

    #[test]
    fn kinds() {
        assert_eq!(Kind::of("checkpoint/core-1.img"), Kind::Checkpoint);
        assert_eq!(Kind::of("checkpoint/a/b"), Kind::Other);
        assert_eq!(Kind::of("checkpoints"), Kind::Other);
        assert_eq!(Kind::of(&volume("data")), Kind::Volume("data".into()));
        assert_eq!(Kind::of("volumes/.tar"), Kind::Other);
        assert_eq!(Kind::of("bind.mounts"), Kind::Other);
        assert_eq!(Kind::of("devshm-checkpoint.tar"), Kind::DevShm);
    }
}
