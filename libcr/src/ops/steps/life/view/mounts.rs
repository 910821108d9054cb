//! What a container that doesn't run would have mounted, mounted for a look into it: its volumes and
//! the directories and files of this host that it was given. No tmpfs: those begin empty.

use std::fs::{File, Metadata};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use cap_std::fs::Dir;
use rustix::fs::{Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::ContainerConfig;
use crate::ops::steps::life::{volume_content, volumes};
use crate::sys::dir::at;
use crate::sys::mount;

/// Mounts all of it in `place`, where the root is mounted. Where it is `writable`, new volumes are
/// filled first and places that aren't there are made, as at a start.
pub(super) fn mount_all(
    engine: &Engine,
    config: &ContainerConfig,
    place: &Path,
    writable: bool,
) -> Result<()> {
    let root = File::open(place).map_err(at("open", place))?;
    if writable && !config.named_volumes.is_empty() {
        volume_content::prepare(engine, config, &Dir::from_std_file(root.try_clone()?))?;
    }
    for (source, destination, read_only) in all(engine, config)? {
        // What isn't there any more isn't seen.
        let Ok(facts) = source.metadata() else {
            continue;
        };
        if let Some(target) = target(root.as_fd(), destination, &facts, writable)? {
            let target = format!("/proc/self/fd/{}", target.as_raw_fd());
            mount::bind(&source, target.as_ref())?;
            mount::make_private(place)?;
        }
        if read_only && let Some(target) = open(root.as_fd(), destination)? {
            let target = format!("/proc/self/fd/{}", target.as_raw_fd());
            mount::make_read_only(target.as_ref())?;
        }
    }
    Ok(())
}

/// Sources and destinations, those that lie in others after them.
fn all<'c>(engine: &Engine, config: &'c ContainerConfig) -> Result<Vec<(PathBuf, &'c str, bool)>> {
    let read_only = |options: &[String]| options.iter().any(|option| option == "ro");
    let mut all = Vec::new();
    for bind in &config.volumes {
        let source = PathBuf::from(&bind.source);
        all.push((source, bind.destination.as_str(), read_only(&bind.options)));
    }
    let directories = volumes::directories(engine, config)?;
    for volume in &config.named_volumes {
        let found = directories.iter().find(|(name, _)| *name == volume.name);
        if let Some((_, data)) = found {
            let destination = volume.destination.as_str();
            all.push((data.clone(), destination, read_only(&volume.options)));
        }
    }
    all.sort_by_key(|(_, destination, _)| Path::new(*destination).components().count());
    Ok(all)
}

/// The place of a mount; none where it isn't there and may not be made.
fn target(
    root: BorrowedFd<'_>,
    destination: &str,
    source: &Metadata,
    writable: bool,
) -> Result<Option<OwnedFd>> {
    let there = open(root, destination)?;
    if there.is_some() || !writable {
        return Ok(there);
    }
    let names: Vec<&str> = destination
        .split('/')
        .filter(|name| !name.is_empty())
        .collect();
    for count in 1..=names.len() {
        let path = names[..count].join("/");
        if open(root, &path)?.is_some() {
            continue;
        }
        let Some(parent) = open(root, &names[..count - 1].join("/"))? else {
            return Ok(None);
        };
        let name = names[count - 1];
        let made = if count < names.len() || source.is_dir() {
            rustix::fs::mkdirat(&parent, name, Mode::from_raw_mode(0o755))
        } else {
            let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::CLOEXEC;
            rustix::fs::openat(&parent, name, flags, Mode::from_raw_mode(0o644)).map(drop)
        };
        match made {
            // A link that leads nowhere is there: it isn't followed.
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(at("make", path.as_ref())(errno.into()).into()),
        }
    }
    open(root, destination)
}

/// What is at a path in a root that links don't leave.
fn open(root: BorrowedFd<'_>, path: &str) -> Result<Option<OwnedFd>> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
    let shown = path;
    let path = if path.is_empty() { "." } else { path };
    match rustix::fs::openat2(root, path, flags, Mode::empty(), resolve) {
        Ok(found) => Ok(Some(found)),
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
        Err(errno) => Err(at("open", shown.as_ref())(errno.into()).into()),
    }
}
