//! Puts an archived tree (rootfs diff, /dev/shm, volume) back into a directory.
//!
//! The archive and what is already in the directory are both taken for hostile: names are resolved
//! inside the directory by the kernel, existing entries are replaced and never written through.

use std::io::{Read, Seek};
use std::os::fd::AsFd;

use super::StorageError;
use super::contained::{self, Contained, split};
use super::decompress::Plain;
use super::diff::decode_name;
use super::tar::reader::TarReader;
use super::unpack::Unpacker;

/// First bytes of a gzip stream (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What names that start with `.wh.` mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whiteouts {
    /// Nothing special: Podman's and our own archives list deletions in `deleted.files`.
    #[default]
    Literal,
    /// They delete what is in the directory: containerd's `rootfs-diff.tar` is an OCI layer.
    Delete,
    /// They become overlayfs's marks, for a directory that will be a layer.
    Overlay,
}

/// How much an archive may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most members.
    pub members: u64,
    /// Most bytes of file data, holes not counted.
    pub bytes: u64,
}

impl Default for Limits {
    /// As much as the disk takes.
    fn default() -> Self {
        Self {
            members: u64::MAX,
            bytes: u64::MAX,
        }
    }
}

/// How a tree is to be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ApplyOptions {
    /// What `.wh.` names mean.
    pub whiteouts: Whiteouts,
    /// Whether device nodes may be made; else one is [`StorageError::Device`].
    pub devices: bool,
    /// How much it may hold.
    pub limits: Limits,
}

/// Unpacks a tar, plain or compressed with gzip or zstd, into `directory`.
///
/// Restores modes, owners, times, hard links, pipes, sparse files, `user.*` and `trusted.*`
/// attributes (overlayfs's own never), ACLs and file capabilities. An entry of another type is
/// replaced, a directory keeps what is in it. Returns the bytes of file data. On an error what was
/// unpacked until then stays: the caller discards the directory.
pub fn apply_tree(
    directory: &impl AsFd,
    tar: impl Read,
    options: &ApplyOptions,
) -> Result<u64, StorageError> {
    let mut tar = TarReader::new(Plain::open(tar)?);
    let mut unpacker = Unpacker::new(
        directory,
        options.whiteouts,
        options.devices,
        options.limits,
    );
    unpacker.run(&mut tar)?;
    Ok(unpacker.bytes())
}

/// Applies the `rootfs-diff.tar` of a checkpoint, whichever engine wrote it; else as
/// [`apply_tree`].
///
/// Podman, CRI-O and this engine write a plain tar and list deletions elsewhere. containerd puts in
/// the layer that it makes of a container's changes: always compressed with gzip, deletions as
/// `.wh.` names. So a compressed one is a layer.
pub fn apply_changes(
    directory: &impl AsFd,
    mut tar: impl Read + Seek,
    options: &ApplyOptions,
) -> Result<u64, StorageError> {
    let wrap = |source| StorageError::Io {
        doing: "read rootfs-diff.tar".into(),
        source,
    };
    let mut magic = Vec::with_capacity(2);
    (&mut tar).take(2).read_to_end(&mut magic).map_err(wrap)?;
    tar.rewind().map_err(wrap)?;
    let mut options = *options;
    if magic == GZIP {
        options.whiteouts = Whiteouts::Delete;
    }
    apply_tree(directory, tar, &options)
}

/// Deletes the paths of a `deleted.files` list below `directory`.
///
/// A path counts from `directory`, with or without a leading `/`; symbolic links in its parents stay
/// inside; the last component is not followed; directories go with their content. What is absent is
/// passed over. A path with `..` or that is the directory itself is [`StorageError::HostilePath`],
/// found before anything is deleted. See [`super::diff::encode_name`] for names that aren't UTF-8.
pub fn delete_paths(directory: &impl AsFd, paths: &[String]) -> Result<(), StorageError> {
    for path in paths {
        if split(path.as_bytes())?.is_empty() {
            return Err(StorageError::HostilePath {
                name: path.clone(),
                reason: "it is the directory itself",
            });
        }
    }
    let root = Contained::new(directory);
    for path in paths {
        // A foreign archive may hold our escape characters as themselves.
        if !delete(root, path.as_bytes())? {
            let decoded = decode_name(path);
            if decoded != path.as_bytes() {
                delete(root, &decoded)?;
            }
        }
    }
    Ok(())
}

/// Whether there was something to delete.
fn delete(root: Contained<'_>, path: &[u8]) -> Result<bool, StorageError> {
    let components = split(path)?;
    let Some((name, above)) = components.split_last() else {
        return Ok(false);
    };
    // Parents that are absent, no directories or loops: the path doesn't exist.
    let Ok(parent) = root.directory(above) else {
        return Ok(false);
    };
    let present =
        contained::lstat(parent.as_fd(), name).map_err(StorageError::errno("look up", path))?;
    if present.is_some() {
        contained::remove(parent.as_fd(), name)?;
    }
    Ok(present.is_some())
}

#[cfg(test)]
#[path = "tests/apply.rs"]
mod tests;
