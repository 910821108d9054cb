//! A look into a container's root file system, also while it is not mounted.

mod mounts;

use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{ContainerConfig, Rootfs};
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::rootfs;
use crate::storage::overlay;
use crate::store::lock::ContainerLock;
use crate::sys::dir::at;
use crate::sys::mount;

/// What a look is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading its own root file system, without what is mounted there.
    Own,
    /// Reading what the container sees.
    Read,
    /// Changing what the container sees.
    Write,
}

/// An open root.
#[derive(Debug)]
pub struct View {
    /// Before the lock: what is mounted for it alone goes with it.
    root: OwnedFd,
    /// As long as it is open, mounts below the root stay joined with it.
    _tree: Option<OwnedFd>,
    /// While the root is mounted for this alone, nobody starts, thaws or removes the container.
    _lock: Option<ContainerLock>,
}

impl View {
    /// The root as a path, as long as this lives. A link in it leads out: whoever opens what is
    /// below resolves in the root.
    pub fn path(&self) -> PathBuf {
        format!("/proc/self/fd/{}", self.root.as_raw_fd()).into()
    }

    /// The root once more: it must not outlive this.
    pub fn root(&self) -> Result<OwnedFd> {
        Ok(self.root.try_clone()?)
    }
}

/// Opens the root of a container. Waits for a freeze or a thaw that goes on. One that doesn't run has
/// its volumes and bind mounts in it, unless its [own](Access::Own) root is asked for.
///
/// # Errors
/// [`Error::WrongState`] for changing what is frozen: memory and files are of one instant.
pub fn open(engine: &Engine, id: &str, access: Access) -> Result<View> {
    let (lock, mut container) = claim(engine, id)?;
    observe(engine, &mut container)?;
    let config = &container.config;
    if container.state.status.is_alive() {
        let path = match container.state.pid {
            Some(pid) if access != Access::Own => PathBuf::from(format!("/proc/{pid}/root")),
            _ => rootfs::paths(engine, config).merged,
        };
        let root = open_directory(&path)?;
        return Ok(View {
            root,
            _tree: None,
            _lock: None,
        });
    }
    let frozen = container.state.checkpointed_at.is_some();
    if access == Access::Write && frozen {
        return Err(Error::WrongState(format!(
            "container {id} is frozen: its files belong to its checkpoint"
        )));
    }
    let tree = match config.rootfs {
        Rootfs::Directory(ref path) if access == Access::Own => open_directory(path)?,
        _ => mounted_for_this(engine, config, access, frozen)?,
    };
    Ok(View {
        root: open_in(&tree)?,
        _tree: Some(tree),
        _lock: Some(lock),
    })
}

/// Mounts it, takes a copy of the mounts that is nowhere in the tree, and unmounts: the copy lasts as
/// long as its descriptor.
fn mounted_for_this(
    engine: &Engine,
    config: &ContainerConfig,
    access: Access,
    frozen: bool,
) -> Result<OwnedFd> {
    let place = rootfs::view(engine, config);
    // Of one that was killed right here.
    mount::unmount(&place)?;
    fs::create_dir_all(&place).map_err(at("make", &place))?;
    let tree = mount_at(engine, config, access, frozen, &place)
        .and_then(|()| Ok(mount::detached_copy(&place)?));
    mount::unmount(&place)?;
    fs::remove_dir(&place).map_err(at("remove", &place))?;
    tree
}

fn mount_at(
    engine: &Engine,
    config: &ContainerConfig,
    access: Access,
    frozen: bool,
    place: &Path,
) -> Result<()> {
    // Places of mounts may have to be made, also to be read.
    let writable = access != Access::Own && !frozen;
    match &config.rootfs {
        Rootfs::Directory(path) => mount::bind(path, place)?,
        Rootfs::Image { .. } => {
            let paths = rootfs::paths(engine, config);
            let mut lowers = rootfs::lowers(engine, config)?;
            if writable {
                rootfs::prepare(&paths, &lowers)?;
                overlay::mount(&lowers, &paths.upper, &paths.work, place, None)?;
            } else {
                if paths.upper.exists() {
                    lowers.insert(0, paths.upper);
                }
                overlay::mount_read_only(&lowers, place, None)?;
            }
        }
    }
    mount::make_private(place)?;
    if access != Access::Own {
        mounts::mount_all(engine, config, place, writable)?;
    }
    Ok(())
}

fn open_in(tree: &OwnedFd) -> Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::fs::openat(tree, ".", flags, Mode::empty());
    Ok(opened.map_err(|errno| at("open", ".".as_ref())(errno.into()))?)
}

fn open_directory(path: &Path) -> Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags, Mode::empty());
    Ok(opened.map_err(|errno| at("open", path)(errno.into()))?)
}
