//! What a tree's node is and has besides its data: type, permissions, owner, time, attributes; how they
//! are read and given back without following the node. Knows no archive format.

use std::os::fd::BorrowedFd;

use rustix::fs::{AtFlags, FileType, Gid, Mode, OFlags, Timespec, Timestamps, Uid};
use rustix::io::Errno;

use super::xattr::{self, Attributes};
use super::{StorageError, contained};

/// The type of a node with what only that type has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Data of that many bytes.
    File { size: u64 },
    /// A directory.
    Directory,
    /// A symbolic link with its target.
    Symlink { target: Vec<u8> },
    /// Another name of a member that came before.
    HardLink { target: Vec<u8> },
    /// A character device.
    Character { major: u32, minor: u32 },
    /// A block device.
    Block { major: u32, minor: u32 },
    /// A named pipe.
    Fifo,
}

/// What all types have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attrs {
    /// Permission bits with set-id and sticky, 12 bits.
    pub(super) mode: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Seconds since the epoch, and nanoseconds of the second.
    pub(super) mtime: (i64, u32),
    pub(super) xattrs: Attributes,
}

/// A node as it was found.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) attrs: Attrs,
    /// Device and inode number when the node has more than one name.
    pub(super) shared: Option<(u64, u64)>,
}

impl Node {
    /// Reads `name` in `parent` without following it. `None` for a socket, which no tar can hold.
    pub(super) fn read(parent: BorrowedFd<'_>, name: &[u8]) -> Result<Option<Self>, StorageError> {
        let wrap = |errno| StorageError::errno("read", name)(errno);
        let own = if name.is_empty() { b"." } else { name };
        let stat = contained::lstat(parent, own)
            .map_err(wrap)?
            .ok_or(Errno::NOENT)
            .map_err(wrap)?;
        let device = (
            rustix::fs::major(stat.st_rdev),
            rustix::fs::minor(stat.st_rdev),
        );
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Kind::File {
                size: u64::try_from(stat.st_size).unwrap_or(0),
            },
            FileType::Directory => Kind::Directory,
            FileType::Symlink => Kind::Symlink {
                target: rustix::fs::readlinkat(parent, own, Vec::new())
                    .map_err(wrap)?
                    .into_bytes(),
            },
            FileType::CharacterDevice => Kind::Character {
                major: device.0,
                minor: device.1,
            },
            FileType::BlockDevice => Kind::Block {
                major: device.0,
                minor: device.1,
            },
            FileType::Fifo => Kind::Fifo,
            _ => return Ok(None),
        };
        let several = stat.st_nlink > 1 && kind != Kind::Directory;
        Ok(Some(Self {
            kind,
            attrs: Attrs {
                mode: stat.st_mode & 0o7777,
                uid: stat.st_uid,
                gid: stat.st_gid,
                mtime: (
                    stat.st_mtime,
                    u32::try_from(stat.st_mtime_nsec).unwrap_or(0),
                ),
                xattrs: xattr::portable(parent, name).map_err(wrap)?,
            },
            shared: several.then_some((stat.st_dev, stat.st_ino)),
        }))
    }
}

impl Attrs {
    /// Another owner: set-id bits and file capabilities go, as with chown(2).
    pub(super) fn chown(&mut self, (uid, gid): (u32, u32)) {
        (self.uid, self.gid) = (uid, gid);
        self.mode &= 0o1777;
        self.xattrs
            .retain(|(name, _)| name != b"security.capability");
    }

    /// Gives the attributes to `name` in `parent`, not followed. An empty name is `parent` itself.
    ///
    /// The order matters: changing the owner clears set-id bits and file capabilities, and anything
    /// after the times would move them.
    pub(super) fn apply(
        &self,
        parent: BorrowedFd<'_>,
        name: &[u8],
        symlink: bool,
    ) -> Result<(), StorageError> {
        let own = if name.is_empty() { b"." } else { name };
        let wrap = |doing: &'static str| StorageError::errno(doing, name);
        let (uid, gid) = (Uid::from_raw(self.uid), Gid::from_raw(self.gid));
        rustix::fs::chownat(parent, own, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)
            .map_err(wrap("change owner of"))?;
        if !symlink {
            // fchmodat can't be told not to follow before Linux 6.6: go through a descriptor.
            let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let node =
                rustix::fs::openat(parent, own, flags, Mode::empty()).map_err(wrap("open"))?;
            let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&node));
            rustix::fs::chmod(path.as_str(), Mode::from_raw_mode(self.mode & 0o7777))
                .map_err(wrap("change mode of"))?;
        }
        xattr::replace(parent, name, &self.xattrs)?;
        let mtime = Timespec {
            tv_sec: self.mtime.0,
            tv_nsec: i64::from(self.mtime.1),
        };
        let times = Timestamps {
            last_access: mtime,
            last_modification: mtime,
        };
        rustix::fs::utimensat(parent, own, &times, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(wrap("set time of"))
    }
}
