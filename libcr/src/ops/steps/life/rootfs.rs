//! A container's root file system and /dev/shm: mounted when it runs, unmounted when it doesn't.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::pod::Shared;
use crate::model::container::{ContainerConfig, Rootfs};
use crate::storage::overlay;
use crate::sys::dir::{at, remove_dir_if_present, sync_parent};
use crate::sys::mount;

/// Directories of one container's files.
#[derive(Debug, Clone)]
pub struct RootfsPaths {
    /// What the container changed.
    pub upper: PathBuf,
    /// overlayfs's own.
    pub work: PathBuf,
    /// What the container sees.
    pub merged: PathBuf,
    /// tmpfs for /dev/shm: the pod's, where IPC is shared.
    pub shm: PathBuf,
    /// That is of the whole pod.
    pub shared_shm: bool,
}

/// Where a container's files are.
pub fn paths(engine: &Engine, config: &ContainerConfig) -> RootfsPaths {
    let directory = engine.container_dir(&config.id);
    let shm_owner = engine.container_dir(config.joined(Shared::Ipc).unwrap_or(&config.id));
    let merged = match &config.rootfs {
        Rootfs::Image { .. } => directory.join("merged"),
        Rootfs::Directory(path) => path.clone(),
    };
    RootfsPaths {
        upper: directory.join("upper"),
        work: directory.join("work"),
        merged,
        shm: shm_owner.join("shm"),
        shared_shm: config.joined(Shared::Ipc).is_some(),
    }
}

/// Layers of a container's image, topmost first; empty for a directory.
pub fn lowers(engine: &Engine, config: &ContainerConfig) -> Result<Vec<PathBuf>> {
    let Some(id) = config.rootfs.image_id() else {
        return Ok(Vec::new());
    };
    let found = engine.store.rows().images_with_prefix(id)?;
    let image = found
        .first()
        .ok_or_else(|| Error::NoSuchImage(id.to_owned()))?;
    let layers = engine.layers()?;
    // Of a layer that is there twice the upper one shows all that both have; the kernel takes none
    // twice.
    let mut seen = BTreeSet::new();
    Ok(image
        .diff_ids
        .iter()
        .rev()
        .filter(|diff_id| seen.insert(*diff_id))
        .map(|diff_id| layers.path(diff_id))
        .collect::<Result<_, _>>()?)
}

/// Mounts root and /dev/shm; what is mounted already stays.
pub fn mount(engine: &Engine, config: &ContainerConfig) -> Result<RootfsPaths> {
    let paths = paths(engine, config);
    if config.rootfs.image_id().is_some() && !mount::is_mounted(&paths.merged)? {
        let lowers = lowers(engine, config)?;
        prepare(&paths, &lowers)?;
        overlay::mount(&lowers, &paths.upper, &paths.work, &paths.merged, None)?;
    }
    if config.joined(Shared::Ipc).is_none() && !mount::is_mounted(&paths.shm)? {
        mount::tmpfs(&paths.shm, config.shm_size)?;
    }
    Ok(paths)
}

/// Makes the directories of a root that is to be mounted, for the first time or again.
pub fn prepare(paths: &RootfsPaths, lowers: &[PathBuf]) -> Result<()> {
    let fresh = !paths.upper.exists();
    for directory in [&paths.upper, &paths.work, &paths.merged] {
        fs::create_dir_all(directory).map_err(at("make", directory))?;
    }
    if fresh {
        overlay::inherit_root(lowers, &paths.upper)?;
    }
    Ok(())
}

/// Where crun mounts the root file system for CRIU while it restores.
const FOR_CRIU: &str = "criu-root";

/// Unmounts both, and what a runtime that was killed left.
pub fn unmount(engine: &Engine, config: &ContainerConfig) -> Result<()> {
    mount::unmount(&engine.bundle(&config.id).join(FOR_CRIU))?;
    mount::unmount(&view(engine, config))?;
    for path in mounted(engine, config) {
        mount::unmount(&path)?;
    }
    Ok(())
}

/// Where the root of a container that doesn't live is mounted, for an instant, to be looked at.
pub fn view(engine: &Engine, config: &ContainerConfig) -> PathBuf {
    engine.container_dir(&config.id).join("view")
}

/// Where a container that lives has something mounted on the host.
pub fn mounted(engine: &Engine, config: &ContainerConfig) -> impl Iterator<Item = PathBuf> {
    let paths = paths(engine, config);
    // A directory of the user's is taken as it is.
    let root = config.rootfs.image_id().map(|_| paths.merged);
    // That of a pod is its infra container's.
    let shm = config.joined(Shared::Ipc).is_none().then_some(paths.shm);
    root.into_iter().chain(shm)
}

/// Removes the place where crun mounts the root file system for CRIU. A crun that was killed left it
/// mounted: what is below is the container's then, or the user's own directory.
pub fn forget_criu_root(bundle: &Path) -> Result<()> {
    let place = bundle.join(FOR_CRIU);
    mount::unmount(&place)?;
    Ok(remove_dir_if_present(&place)?)
}

/// Sets aside what a container changed, before a restore brings the files of another instant:
/// until that has succeeded, these are the only copy. See [`put_back`] and [`forget_aside`].
pub fn set_aside(engine: &Engine, config: &ContainerConfig) -> Result<()> {
    unmount(engine, config)?;
    let paths = paths(engine, config);
    if paths.upper.exists() {
        let aside = aside(engine, config);
        fs::rename(&paths.upper, &aside).map_err(at("rename", &paths.upper))?;
    }
    Ok(remove_dir_if_present(&paths.work)?)
}

/// Brings back what [`set_aside`] took away; nothing was set aside: nothing happens. The root is
/// not mounted.
pub fn put_back(engine: &Engine, config: &ContainerConfig) -> Result<()> {
    let aside = aside(engine, config);
    if aside.exists() {
        let paths = paths(engine, config);
        remove_dir_if_present(&paths.upper)?;
        remove_dir_if_present(&paths.work)?;
        fs::rename(&aside, &paths.upper).map_err(at("rename", &aside))?;
    }
    Ok(())
}

/// Removes what [`set_aside`] took away: the restore has succeeded. Renamed first, so that a
/// removal that is broken off is never put back.
pub fn forget_aside(engine: &Engine, config: &ContainerConfig) -> Result<()> {
    let (aside, discarded) = (aside(engine, config), discarded(engine, config));
    remove_dir_if_present(&discarded)?;
    if aside.exists() {
        fs::rename(&aside, &discarded).map_err(at("rename", &aside))?;
        sync_parent(&discarded)?;
        remove_dir_if_present(&discarded)?;
    }
    Ok(())
}

fn discarded(engine: &Engine, config: &ContainerConfig) -> PathBuf {
    engine.container_dir(&config.id).join("upper.discarded")
}

fn aside(engine: &Engine, config: &ContainerConfig) -> PathBuf {
    engine
        .container_dir(&config.id)
        .join("upper.before-restore")
}

/// Makes the directory of a container's files, which only root may enter.
pub fn make_container_dir(engine: &Engine, id: &str) -> Result<()> {
    let bundle = engine.bundle(id);
    fs::create_dir_all(&bundle).map_err(at("make", &bundle))?;
    let directory = engine.container_dir(id);
    Ok(
        fs::set_permissions(&directory, Permissions::from_mode(0o700))
            .map_err(at("protect", &directory))?,
    )
}
