//! What a path names in a root that it can't leave: links mean what they mean to a process whose root
//! it is, the last one too.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;

use super::StorageError;
use super::contained::{lstat, open_in};

/// As many links as the kernel follows (path_resolution(7)).
const LINKS: usize = 40;

/// What is there, or would be.
#[derive(Debug)]
pub struct Found {
    /// Something is there.
    pub exists: bool,
    /// It, where it is a directory.
    pub directory: Option<OwnedFd>,
    /// The directory it is in or would be in, where that is there.
    pub parent: Option<OwnedFd>,
    /// Its name in there.
    pub name: Vec<u8>,
    /// Its name as the path has it; of a link its own. Empty for the root.
    pub shown: Vec<u8>,
    /// Its type, size, times.
    pub stat: Option<Stat>,
}

/// Finds what a path names below `root`.
pub fn locate(root: BorrowedFd<'_>, path: &Path) -> Result<Found, StorageError> {
    let mut path = path.as_os_str().as_bytes().to_vec();
    let mut shown = None;
    for _ in 0..LINKS {
        let (above, name) = parts(&path);
        let shown_name = shown.get_or_insert_with(|| name.clone()).clone();
        let nothing = |parent| Found {
            exists: false,
            directory: None,
            parent,
            name: name.clone(),
            shown: shown_name.clone(),
            stat: None,
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        let parent = match open_in(root, &above, flags, resolve) {
            Err(Errno::NOENT | Errno::NOTDIR) => return Ok(nothing(None)),
            opened => opened.map_err(wrap(&path))?,
        };
        if name.is_empty() {
            let stat = rustix::fs::fstat(&parent).map_err(wrap(&path))?;
            return Ok(Found {
                exists: true,
                directory: Some(parent),
                stat: Some(stat),
                ..nothing(None)
            });
        }
        let Some(stat) = lstat(parent.as_fd(), &name).map_err(wrap(&path))? else {
            return Ok(nothing(Some(parent)));
        };
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => {
                let target = rustix::fs::readlinkat(&parent, &name[..], Vec::new());
                let target = target.map_err(wrap(&path))?.into_bytes();
                path = if target.starts_with(b"/") {
                    target
                } else {
                    [&above[..], &target].join(&b'/')
                };
            }
            FileType::Directory => {
                let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let opened = rustix::fs::openat(&parent, &name[..], flags, Mode::empty());
                return Ok(Found {
                    exists: true,
                    directory: Some(opened.map_err(wrap(&path))?),
                    stat: Some(stat),
                    ..nothing(Some(parent))
                });
            }
            _ => {
                return Ok(Found {
                    exists: true,
                    stat: Some(stat),
                    ..nothing(Some(parent))
                });
            }
        }
    }
    Err(wrap(&path)(Errno::LOOP))
}

fn wrap(path: &[u8]) -> impl FnOnce(Errno) -> StorageError + '_ {
    StorageError::errno("find", path)
}

/// The path of the directory above, and the last name; none where the path ends in the root or `..`.
fn parts(path: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let components: Vec<&[u8]> = path
        .split(|byte| *byte == b'/')
        .filter(|component| !component.is_empty() && *component != b".")
        .collect();
    match components.split_last() {
        Some((name, above)) if *name != b".." => (above.join(&b'/'), name.to_vec()),
        _ => (components.join(&b'/'), Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};
    use std::os::unix::fs::symlink;

    #[test]
    fn links_stay_inside() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let root = folder.path().join("root");
        fs::create_dir_all(root.join("data/sub"))?;
        fs::write(folder.path().join("secret"), "outside")?;
        fs::write(root.join("data/file"), "inside")?;
        symlink("../../secret", root.join("data/up"))?;
        symlink("/data/file", root.join("absolute"))?;
        symlink("/data", root.join("to-directory"))?;
        symlink("round", root.join("round"))?;
        let root = File::open(&root)?;
        let find = |path: &str| locate(root.as_fd(), path.as_ref());
        let name = |path: &str| {
            let found = find(path).map_err(std::io::Error::other)?;
            let texts =
                [found.name, found.shown].map(|name| String::from_utf8_lossy(&name).into_owned());
            Ok::<_, std::io::Error>((
                found.exists,
                found.directory.is_some(),
                found.parent.is_some(),
                texts.join(" "),
            ))
        };
        for (path, exists, directory, parent, names) in [
            ("/data/file", true, false, true, "file file"),
            ("data/./file", true, false, true, "file file"),
            ("/absolute", true, false, true, "file absolute"),
            ("/to-directory/", true, true, true, "data to-directory"),
            ("/to-directory/file", true, false, true, "file file"),
            ("/data/up", false, false, true, "secret up"),
            ("/../../secret", false, false, true, "secret secret"),
            ("/data/new", false, false, true, "new new"),
            ("/no/new", false, false, false, "new new"),
            ("/data/file/x", false, false, false, "x x"),
            ("/", true, true, false, " "),
            ("/data/sub/..", true, true, false, " "),
        ] {
            assert_eq!(
                name(path)?,
                (exists, directory, parent, names.to_owned()),
                "{path}"
            );
        }
        assert!(find("/round").is_err());
        Ok(())
    }
}
