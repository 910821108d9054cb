//! A look into a container's root file system, also while it is not mounted.

use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::PathBuf;

use rustix::fs::{Mode, OFlags};

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::ContainerConfig;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::rootfs;
use crate::storage::overlay;
use crate::store::lock::ContainerLock;
use crate::sys::dir::at;
use crate::sys::mount;

/// An open root.
#[derive(Debug)]
pub struct View {
    /// Before the lock: what is mounted for it alone goes with it.
    root: OwnedFd,
    /// While the root is mounted for this alone, nobody starts, thaws or removes the container.
    _lock: Option<ContainerLock>,
}

impl View {
    /// The root as a path, as long as this lives. A link in it leads out: whoever opens what is
    /// below resolves in the root.
    pub fn path(&self) -> PathBuf {
        format!("/proc/self/fd/{}", self.root.as_raw_fd()).into()
    }
}

/// Opens the root of a container, for reading. Waits for a freeze or a thaw that goes on.
pub fn open(engine: &Engine, id: &str) -> Result<View> {
    let (lock, mut container) = claim(engine, id)?;
    observe(engine, &mut container)?;
    let config = &container.config;
    if config.rootfs.image_id().is_none() || container.state.status.is_alive() {
        let root = open_directory(rootfs::paths(engine, config).merged)?;
        return Ok(View { root, _lock: None });
    }
    Ok(View {
        root: mounted_for_this(engine, config)?,
        _lock: Some(lock),
    })
}

/// Mounts it, read-only, and takes the mount out of the tree at once: it lasts as long as its
/// descriptor.
fn mounted_for_this(engine: &Engine, config: &ContainerConfig) -> Result<OwnedFd> {
    let place = rootfs::view(engine, config);
    // Of one that was killed right here.
    mount::unmount(&place)?;
    fs::create_dir_all(&place).map_err(at("make", &place))?;
    let upper = rootfs::paths(engine, config).upper;
    let mut layers = rootfs::lowers(engine, config)?;
    if upper.exists() {
        layers.insert(0, upper);
    }
    overlay::mount_read_only(&layers, &place, None)?;
    let root = open_directory(place.clone());
    mount::unmount(&place)?;
    fs::remove_dir(&place).map_err(at("remove", &place))?;
    root
}

fn open_directory(path: PathBuf) -> Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::fs::open(&path, flags, Mode::empty());
    Ok(opened.map_err(|errno| at("open", &path)(errno.into()))?)
}
