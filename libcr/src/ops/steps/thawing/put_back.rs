//! Puts the files of a checkpoint's instant back: /dev/shm, the root file system, named volumes.

use std::fs::File;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::archive::layout;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::ContainerConfig;
use crate::ops::steps::life::rootfs::RootfsPaths;
use crate::ops::steps::life::volumes;
use crate::storage::StorageError;
use crate::storage::apply::{ApplyOptions, Limits, apply_changes, apply_tree, delete_listed};
use crate::sys::dir::{at, remove_dir_if_present};
use crate::sys::machine;

/// Most files of one tree.
const MOST_FILES: u64 = 10_000_000;

fn open(path: &PathBuf) -> Result<Dir> {
    Ok(Dir::open_ambient_dir(path, ambient_authority()).map_err(at("open", path))?)
}

/// How a tree is applied below `place`: no more than there is room for, whatever it unpacks to.
fn options(place: &Path, devices: bool) -> Result<ApplyOptions> {
    Ok(ApplyOptions {
        devices,
        limits: Limits {
            members: MOST_FILES,
            bytes: machine::free_space(place)?,
        },
        ..ApplyOptions::default()
    })
}

/// The limit of bytes is the room that there is below `place`: who meets it is told so.
fn room(place: &Path) -> impl FnOnce(StorageError) -> Error {
    move |error| match error {
        StorageError::Limit { what: "bytes", .. } => {
            Error::Invalid(format!("not enough space in {}: {error}", place.display()))
        }
        error => error.into(),
    }
}

/// Puts /dev/shm back, and with `rootfs` what the container changed in its root file system.
/// `directory` holds the checkpoint's files; both are mounted. `devices`: device nodes come back.
///
/// What the other containers of a pod have in the /dev/shm that they share is of now: where anything
/// is in it, it stays as it is.
pub fn files(directory: &Path, paths: &RootfsPaths, rootfs: bool, devices: bool) -> Result<()> {
    let read = |name: &str| File::open(directory.join(name));
    let in_use = paths.shared_shm && !is_empty(&paths.shm)?;
    if let Ok(tar) = read(layout::DEV_SHM)
        && !in_use
    {
        apply_tree(&open(&paths.shm)?, tar, &options(&paths.shm, false)?)
            .map_err(room(&paths.shm))?;
    }
    if rootfs {
        let root = open(&paths.merged)?;
        let options = options(&paths.merged, devices)?;
        apply_changes(&root, read(layout::ROOTFS_DIFF)?, &options).map_err(room(&paths.merged))?;
        if let Ok(list) = read(layout::DELETED_FILES) {
            delete_listed(&root, list)?;
        }
    }
    Ok(())
}

fn is_empty(directory: &Path) -> Result<bool> {
    let mut entries = std::fs::read_dir(directory).map_err(at("read", directory))?;
    Ok(entries.next().is_none())
}

/// Fills the volumes of an imported container from the tars in its bundle, and removes these.
/// `devices`: device nodes come back; `fills`: which of them, by name.
pub fn volumes(
    engine: &Engine,
    config: &ContainerConfig,
    bundle: &Path,
    devices: bool,
    fills: impl Fn(&str) -> bool,
) -> Result<()> {
    let all = volumes::directories(engine, config)?.into_iter();
    for (name, data) in all.filter(|(name, _)| fills(name)) {
        match File::open(bundle.join(layout::volume(&name))) {
            Ok(tar) => {
                apply_tree(&open(&data)?, tar, &options(&data, devices)?).map_err(room(&data))?;
            }
            Err(error) => {
                tracing::debug!(%error, name, "the archive has no content of this volume");
            }
        }
    }
    Ok(remove_dir_if_present(&bundle.join("volumes"))?)
}
