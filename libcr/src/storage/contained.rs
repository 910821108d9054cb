//! A directory that names from an archive can't leave.
//!
//! Every name is split into components and resolved by the kernel with `openat2(2)` and
//! `RESOLVE_IN_ROOT`: symbolic links inside mean what they mean to a process whose root the
//! directory is. Only the last component is acted on, relative to its parent's descriptor and never
//! followed. Not for concurrent writers that don't share our interest.

use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::StorageError;

/// The longest path that the kernel takes, bytes (`PATH_MAX`), and how much of one is told.
const LONGEST: usize = 4096;
const LONGEST_SHOWN: usize = 255;

/// The components of a name out of an archive, none of them empty, `.` or `..`.
///
/// A leading `/` counts as the directory itself, as Podman takes it. The empty list is the directory.
pub(super) fn split(name: &[u8]) -> Result<Vec<&[u8]>, StorageError> {
    let hostile = |reason| StorageError::HostilePath {
        name: String::from_utf8_lossy(&name[..name.len().min(LONGEST_SHOWN)]).into_owned(),
        reason,
    };
    if name.len() > LONGEST {
        return Err(hostile("it is longer than any path"));
    }
    if name.contains(&0) {
        return Err(hostile("it contains a zero byte"));
    }
    let components: Vec<&[u8]> = name
        .split(|byte| *byte == b'/')
        .filter(|component| !component.is_empty() && *component != b".")
        .collect();
    if components.contains(&&b".."[..]) {
        return Err(hostile("it contains .."));
    }
    Ok(components)
}

/// An `openat2` that is tried again while renames elsewhere make the kernel unsure (EAGAIN).
pub(super) fn open_in(
    root: BorrowedFd<'_>,
    path: &[u8],
    flags: OFlags,
    resolve: ResolveFlags,
) -> Result<OwnedFd, Errno> {
    let path = if path.is_empty() { b"." } else { path };
    let mut attempts = 0;
    loop {
        match rustix::fs::openat2(root, path, flags | OFlags::CLOEXEC, Mode::empty(), resolve) {
            Err(Errno::AGAIN) if attempts < 128 => attempts += 1,
            result => return result,
        }
    }
}

/// The directory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contained<'d> {
    root: BorrowedFd<'d>,
}

impl<'d> Contained<'d> {
    /// Confines names to `root`, an open directory.
    pub(super) fn new(root: &'d impl AsFd) -> Self {
        Self { root: root.as_fd() }
    }

    /// The directory itself.
    pub(super) fn root(self) -> BorrowedFd<'d> {
        self.root
    }

    /// Opens a directory below, following links inside.
    pub(super) fn directory(self, components: &[&[u8]]) -> Result<OwnedFd, Errno> {
        open_in(
            self.root,
            &components.join(&b'/'),
            OFlags::RDONLY | OFlags::DIRECTORY,
            ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS,
        )
    }

    /// Opens a directory below and makes those that are missing on the way, with mode 0755.
    pub(super) fn directory_made(self, components: &[&[u8]]) -> Result<OwnedFd, StorageError> {
        match self.directory(components) {
            Err(Errno::NOENT) => {}
            result => return result.map_err(StorageError::errno("open", &components.join(&b'/'))),
        }
        let mut parent = self
            .directory(&[])
            .map_err(StorageError::errno("open", b"/"))?;
        for depth in 1..=components.len() {
            let here = &components[..depth];
            let wrap = |errno| StorageError::errno("create directory", &here.join(&b'/'))(errno);
            parent = match self.directory(here) {
                Err(Errno::NOENT) => {
                    rustix::fs::mkdirat(&parent, here[depth - 1], Mode::from_raw_mode(0o755))
                        .map_err(wrap)?;
                    self.directory(here).map_err(wrap)?
                }
                result => result.map_err(wrap)?,
            };
        }
        Ok(parent)
    }
}

/// Removes `name` from `parent`, whatever it is, without following it; that it was absent is fine.
pub(super) fn remove(parent: BorrowedFd<'_>, name: &[u8]) -> Result<(), StorageError> {
    match rustix::fs::unlinkat(parent, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(Errno::ISDIR | Errno::PERM) => {
            let wrap = |source| StorageError::Io {
                doing: format!("remove {}", String::from_utf8_lossy(name)),
                source,
            };
            let parent = File::from(parent.try_clone_to_owned().map_err(wrap)?);
            cap_std::fs::Dir::from_std_file(parent)
                .remove_dir_all(OsStr::from_bytes(name))
                .map_err(wrap)
        }
        Err(errno) => Err(StorageError::errno("remove", name)(errno)),
    }
}

/// The names in a directory, sorted by bytes, without `.` and `..`.
pub(super) fn names(directory: BorrowedFd<'_>) -> Result<Vec<Vec<u8>>, Errno> {
    let mut names = Vec::new();
    for entry in rustix::fs::Dir::read_from(directory)? {
        let name = entry?.file_name().to_bytes().to_vec();
        if name != b"." && name != b".." {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The metadata of `name` in `parent`, not followed; `None` when there is nothing.
pub(super) fn lstat(
    parent: BorrowedFd<'_>,
    name: &[u8],
) -> Result<Option<rustix::fs::Stat>, Errno> {
    match rustix::fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// Whether this is overlayfs's mark of a deletion: a character device 0:0
/// (Documentation/filesystems/overlayfs.rst).
pub(super) fn is_whiteout(stat: &rustix::fs::Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::CharacterDevice && stat.st_rdev == 0
}

/// Whether the metadata is that of a directory.
pub(super) fn is_directory(stat: &rustix::fs::Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::Directory
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn names_are_cleaned_or_refused() {
        assert_eq!(split(b"./a//b/").unwrap(), [b"a", b"b"]);
        assert_eq!(split(b"/etc/passwd").unwrap(), [&b"etc"[..], b"passwd"]);
        assert!(split(b"./").unwrap().is_empty());
        assert!(split(b"a/../b").is_err());
        assert!(split(b"a\0b").is_err());
        let long = split(&b"a/".repeat(5000)).unwrap_err().to_string();
        assert!(long.contains("longer than any path") && long.len() < 400);
    }

    #[test]
    fn links_are_followed_inside_only() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("inner");
        fs::create_dir_all(inner.join("run")).unwrap();
        std::os::unix::fs::symlink("/run", inner.join("absolute")).unwrap();
        std::os::unix::fs::symlink("../../..", inner.join("up")).unwrap();
        let directory = File::open(&inner).unwrap();
        let contained = Contained::new(&directory);
        contained.directory_made(&[b"absolute", b"made"]).unwrap();
        contained.directory_made(&[b"up", b"here"]).unwrap();
        assert!(inner.join("run/made").is_dir());
        assert!(inner.join("here").is_dir());
    }

    #[test]
    fn removal_does_not_follow() {
        let outer = tempfile::tempdir().unwrap();
        let kept = outer.path().join("kept");
        fs::create_dir(&kept).unwrap();
        fs::write(kept.join("file"), "x").unwrap();
        let inner = outer.path().join("inner/dir");
        fs::create_dir_all(&inner).unwrap();
        std::os::unix::fs::symlink(&kept, inner.join("link")).unwrap();
        let directory = File::open(outer.path().join("inner")).unwrap();
        remove(directory.as_fd(), b"dir").unwrap();
        remove(directory.as_fd(), b"dir").unwrap();
        assert!(!inner.exists());
        assert!(kept.join("file").exists());
    }
}
