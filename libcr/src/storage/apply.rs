//! Puts an archived tree (rootfs diff, /dev/shm, volume) back into a directory.
//!
//! The archive and what is already in the directory are both taken for hostile: names are resolved
//! inside the directory by the kernel, existing entries are replaced and never written through.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufReader, Read, Seek};
use std::os::fd::AsFd;

use serde::de::{Deserializer as _, Error as _, SeqAccess, Visitor};

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
    /// Whose all of it will be: user and group; `None`: whose it was. As after chown(2), set-id bits
    /// and file capabilities are gone then.
    pub owner: Option<(u32, u32)>,
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
    apply_renamed(directory, tar, options, &BTreeMap::new())
}

/// As [`apply_tree`], with other names for some members: a name of the archive and the one that it
/// gets, which counts for all that is below it too.
pub fn apply_renamed(
    directory: &impl AsFd,
    tar: impl Read,
    options: &ApplyOptions,
    renames: &BTreeMap<String, String>,
) -> Result<u64, StorageError> {
    let mut tar = TarReader::new(Plain::open(tar)?);
    let mut unpacker = Unpacker::new(
        directory,
        options.whiteouts,
        options.devices,
        options.limits,
    );
    unpacker.owner = options.owner;
    for (name, other) in renames {
        let name = split(name.as_bytes())?.join(&b'/');
        unpacker.renames.insert(name, other.as_bytes().to_vec());
    }
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

/// Deletes the paths of a `deleted.files` member, a JSON array of strings, below `directory`.
///
/// A path counts from `directory`, with or without a leading `/`; symbolic links in its parents stay
/// inside; the last component is not followed; directories go with their content. What is absent is
/// passed over. See [`super::diff::encode_name`] for names that aren't UTF-8. The list is read twice,
/// as it comes: never is all of it in memory.
///
/// # Errors
/// [`StorageError::HostilePath`] for a path with `..` or that is the directory itself, found before
/// anything is deleted; [`StorageError::Tar`] for what is no such list.
pub fn delete_listed(
    directory: &impl AsFd,
    mut list: impl Read + Seek,
) -> Result<(), StorageError> {
    let wrap = |source| StorageError::Io {
        doing: "read deleted.files".into(),
        source,
    };
    each_path(&mut list, &mut |path| check_deletion(path))?;
    list.rewind().map_err(wrap)?;
    let root = Contained::new(directory);
    each_path(&mut list, &mut |path| delete_either(root, path))
}

/// Most paths of such a list: more files than any container removes one by one.
const MOST_DELETIONS: usize = 4_000_000;

/// Calls `act` with every path of the list, until one is refused.
fn each_path(
    list: &mut impl Read,
    act: &mut dyn FnMut(&str) -> Result<(), StorageError>,
) -> Result<(), StorageError> {
    struct Paths<'a>(
        &'a mut dyn FnMut(&str) -> Result<(), StorageError>,
        &'a mut Option<StorageError>,
    );
    impl<'de> Visitor<'de> for Paths<'_> {
        type Value = ();

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list of paths")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
            let mut count = 0;
            while let Some(path) = list.next_element::<String>()? {
                count += 1;
                let done = if count > MOST_DELETIONS {
                    Err(StorageError::Limit {
                        what: "deleted files",
                        limit: MOST_DELETIONS as u64,
                    })
                } else {
                    (self.0)(&path)
                };
                if let Err(error) = done {
                    *self.1 = Some(error);
                    return Err(A::Error::custom("a path is refused"));
                }
            }
            Ok(())
        }
    }
    let mut refused = None;
    let mut json = serde_json::Deserializer::from_reader(BufReader::new(list));
    let read = json
        .deserialize_seq(Paths(act, &mut refused))
        .and_then(|()| json.end());
    match (refused, read) {
        (Some(error), _) => Err(error),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) => Err(StorageError::Tar {
            reason: format!("cannot read deleted.files: {error}"),
        }),
    }
}

fn check_deletion(path: &str) -> Result<(), StorageError> {
    if split(path.as_bytes())?.is_empty() {
        return Err(StorageError::HostilePath {
            name: path.to_owned(),
            reason: "it is the directory itself",
        });
    }
    Ok(())
}

fn delete_either(root: Contained<'_>, path: &str) -> Result<(), StorageError> {
    // A foreign archive may hold our escape characters as themselves.
    if !delete(root, path.as_bytes())? {
        let decoded = decode_name(path);
        if decoded != path.as_bytes() {
            delete(root, &decoded)?;
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
