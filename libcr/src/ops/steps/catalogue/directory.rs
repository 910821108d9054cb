//! Directories that the user gives for checkpoints (`--checkpoint-dir`): which may be trusted, and
//! what is in one. Memory of containers is written there and processes are made of what is read.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use super::{Existing, record};
use crate::error::{Error, Result};
use crate::model::id;
use crate::sys::dir::{at, remove_dir_if_present, sync_parent};
use crate::sys::fault;

/// Written by others than the owner, and the sticky bit that lets them remove only what is theirs.
const OTHERS_WRITE: u32 = 0o022;
const STICKY: u32 = 0o1000;

/// The path without `.` and slashes at its end, which would make the kernel follow a link.
pub fn normal(path: &Path) -> PathBuf {
    path.components().collect()
}

/// As [`check_option`] for `--checkpoint-dir`.
pub fn check(path: &Path) -> Result<bool> {
    check_option("--checkpoint-dir", path)
}

/// Whether the directory is there, once it is one to be trusted: absolute, no symbolic link, of
/// root or of the caller, and nobody else may change what is in it.
///
/// # Errors
/// [`Error::Invalid`], naming the option and what is wrong.
pub fn check_option(option: &str, path: &Path) -> Result<bool> {
    let refuse = |why: String| {
        let text = format!("invalid {option} \"{}\": {why}", path.display());
        Err(Error::Invalid(text))
    };
    if !path.is_absolute() {
        return refuse("it must be an absolute path".into());
    }
    let up = |part| matches!(part, Component::ParentDir);
    if path.components().any(up) {
        return refuse("it must be a path without `..`".into());
    }
    let found = match fs::symlink_metadata(normal(path)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        found => found.map_err(at("look at", path))?,
    };
    if found.is_symlink() {
        return refuse("it is a symbolic link: give the directory that it leads to".into());
    }
    if !found.is_dir() {
        return refuse("it is not a directory".into());
    }
    let (owner, own) = (found.uid(), rustix::process::geteuid().as_raw());
    if owner != 0 && owner != own {
        return refuse(format!(
            "it belongs to user {owner}, who could change checkpoints in it: give one that belongs to root"
        ));
    }
    if found.mode() & OTHERS_WRITE != 0 && found.mode() & STICKY == 0 {
        return refuse(
            "others may write to it: take that away (chmod go-w) or give another".into(),
        );
    }
    Ok(true)
}

/// The checkpoints in a directory of the user's, by name; `container`: those of this full id only,
/// as Pouch has it. What isn't a checkpoint is passed over.
///
/// # Errors
/// As [`check`]; [`Error::Invalid`] too when it is not there.
pub fn list(path: &Path, container: Option<&str>) -> Result<Vec<Existing>> {
    if !check(path)? {
        // Docker's words.
        let text = format!("checkpoint directory \"{}\" does not exist", path.display());
        return Err(Error::Invalid(text));
    }
    let path = normal(path);
    let mut found = Vec::new();
    for entry in fs::read_dir(&path).map_err(at("read", &path))? {
        let name = entry.map_err(at("read", &path))?.file_name();
        let Some(name) = name.to_str().filter(|name| id::check_name(name).is_ok()) else {
            continue;
        };
        let directory = path.join(name);
        let read = check(&directory).and_then(|_| record::read(&directory));
        let mut checkpoint = match read {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                tracing::debug!(%error, directory = %directory.display(), "not a checkpoint");
                continue;
            }
        };
        name.clone_into(&mut checkpoint.name);
        if container.is_none_or(|id| id == checkpoint.container) {
            found.push(Existing {
                directory,
                checkpoint,
            });
        }
    }
    found.sort_by(|one, other| one.checkpoint.name.cmp(&other.checkpoint.name));
    Ok(found)
}

/// Where a checkpoint's directory goes on its way out.
fn doomed(directory: &Path) -> PathBuf {
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    directory.with_file_name(format!(".{name}.removed"))
}

/// Removes what a killed engine left of an earlier checkpoint of this place.
pub fn forget_doomed(directory: &Path) -> Result<()> {
    Ok(remove_dir_if_present(&doomed(directory))?)
}

/// Removes a checkpoint's directory: first its name, so that no half of one is taken for a whole.
pub fn remove(directory: &Path) -> Result<()> {
    let doomed = doomed(directory);
    remove_dir_if_present(&doomed)?;
    match fs::rename(directory, &doomed) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        renamed => renamed.map_err(at("remove", directory))?,
    }
    sync_parent(directory)?;
    fault::point("renamed-away");
    Ok(remove_dir_if_present(&doomed)?)
}
