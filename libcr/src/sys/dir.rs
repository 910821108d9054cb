//! Files that are either wholly there or not at all: written beside, synced, renamed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Puts the path into the text of an I/O error, so that the line people see names the file.
pub fn at<'a>(doing: &'a str, path: &'a Path) -> impl FnOnce(io::Error) -> io::Error + 'a {
    move |error| io::Error::new(error.kind(), format!("{doing} {}: {error}", path.display()))
}

/// Writes `bytes` to `path` with permission bits `mode`, so that a crash at any instant leaves
/// either the old content or the new one: a `.partial` file beside it is synced and renamed.
pub fn write_atomic(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let partial = partial_path(path);
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)?;
        sync_parent(path)
    };
    write()
        .inspect_err(|_| drop(fs::remove_file(&partial)))
        .map_err(at("write", path))
}

/// The name beside `path` under which its next content is prepared.
pub fn partial_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

/// Makes a rename or a removal in the directory of `path` durable.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => Ok(()),
    }
}

/// Removes a file; that it was not there is fine.
pub fn remove_file_if_present(path: &Path) -> io::Result<()> {
    absent_is_fine(fs::remove_file(path), path)
}

/// Removes a directory and what is in it; that it was not there is fine.
///
/// Never crosses into another mount's content on purpose: callers unmount first.
pub fn remove_dir_if_present(path: &Path) -> io::Result<()> {
    absent_is_fine(fs::remove_dir_all(path), path)
}

fn absent_is_fine(result: io::Result<()>, path: &Path) -> io::Result<()> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at("remove", path)(error)),
        _ => Ok(()),
    }
}
