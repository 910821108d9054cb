//! Puts the files of a checkpoint's instant back: /dev/shm, the root file system, named volumes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::archive::layout;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::ContainerConfig;
use crate::ops::steps::life::rootfs::RootfsPaths;
use crate::ops::steps::life::volumes;
use crate::storage::apply::{ApplyOptions, apply_changes, apply_tree, delete_paths};
use crate::sys::dir::{at, remove_dir_if_present};

fn open(path: &PathBuf) -> Result<Dir> {
    Ok(Dir::open_ambient_dir(path, ambient_authority()).map_err(at("open", path))?)
}

/// Puts /dev/shm back, and with `rootfs` what the container changed in its root file system.
/// `directory` holds the checkpoint's files; both are mounted. `devices`: device nodes come back.
pub fn files(directory: &Path, paths: &RootfsPaths, rootfs: bool, devices: bool) -> Result<()> {
    let read = |name: &str| File::open(directory.join(name));
    if let Ok(tar) = read(layout::DEV_SHM) {
        apply_tree(&open(&paths.shm)?, tar, &ApplyOptions::default())?;
    }
    if rootfs {
        let root = open(&paths.merged)?;
        let options = ApplyOptions {
            devices,
            ..ApplyOptions::default()
        };
        apply_changes(&root, read(layout::ROOTFS_DIFF)?, &options)?;
        if let Ok(text) = fs::read(directory.join(layout::DELETED_FILES)) {
            let deleted: Vec<String> = serde_json::from_slice(&text)
                .map_err(|error| Error::Invalid(format!("cannot read deleted.files: {error}")))?;
            delete_paths(&root, &deleted)?;
        }
    }
    Ok(())
}

/// Fills the volumes of an imported container from the tars in its bundle, and removes these.
/// `devices`: device nodes come back.
pub fn volumes(
    engine: &Engine,
    config: &ContainerConfig,
    bundle: &Path,
    devices: bool,
) -> Result<()> {
    let options = ApplyOptions {
        devices,
        ..ApplyOptions::default()
    };
    for (name, data) in volumes::directories(engine, config)? {
        match File::open(bundle.join(layout::volume(&name))) {
            Ok(tar) => {
                apply_tree(&open(&data)?, tar, &options)?;
            }
            Err(error) => {
                tracing::debug!(%error, name, "the archive has no content of this volume");
            }
        }
    }
    Ok(remove_dir_if_present(&bundle.join("volumes"))?)
}
