//! Mounts layers and a container's own directory as one tree, and takes the mount down again.
//!
//! The options keep the upper directory the whole truth about what the container changed, so that it
//! can be archived: no index, no redirects, no files whose data stayed below
//! (Documentation/filesystems/overlayfs.rst).

use std::ffi::CString;
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::mount::MountFlags;

pub use crate::sys::mount::{is_mounted, unmount};

use super::StorageError;
use super::node::Node;

/// mount(2) takes one page of options with the closing zero byte.
const OPTIONS_LIMIT: usize = 4095;

/// Mounts `lowers` (the topmost first) below `upper` at `merged`.
///
/// `work` is an empty directory on the filesystem of `upper`. `label` is an SELinux context for the
/// whole mount. The directories must exist; the upper one should have been through
/// [`inherit_root`] once.
///
/// # Errors
/// [`StorageError::TooManyLayers`] when not even short names of the layers fit into a mount call
/// (about 200 layers).
pub fn mount(
    lowers: &[PathBuf],
    upper: &Path,
    work: &Path,
    merged: &Path,
    label: Option<&str>,
) -> Result<(), StorageError> {
    mount_overlay(lowers, Some((upper, work)), merged, label)
}

/// Mounts `lowers` (the topmost first) read-only at `merged`.
pub fn mount_read_only(
    lowers: &[PathBuf],
    merged: &Path,
    label: Option<&str>,
) -> Result<(), StorageError> {
    let [single] = lowers else {
        return mount_overlay(lowers, None, merged, label);
    };
    // Overlayfs refuses a single layer without an upper one.
    let wrap = |errno: Errno| StorageError::io("mount", merged)(errno.into());
    rustix::mount::mount_bind(single, merged).map_err(wrap)?;
    let flags = MountFlags::BIND | MountFlags::RDONLY;
    rustix::mount::mount_remount(merged, flags, "").map_err(|errno| {
        drop(unmount(merged));
        wrap(errno)
    })
}

fn mount_overlay(
    lowers: &[PathBuf],
    upper: Option<(&Path, &Path)>,
    merged: &Path,
    label: Option<&str>,
) -> Result<(), StorageError> {
    let wrap = |errno: Errno| StorageError::io("mount overlay at", merged)(errno.into());
    let paths: Vec<&Path> = lowers
        .iter()
        .map(PathBuf::as_path)
        .chain(upper.into_iter().flat_map(|(u, w)| [u, w]))
        .collect();
    // Separators in names can't be written alike for all kernels.
    let awkward = |path: &&Path| {
        path.as_os_str()
            .as_bytes()
            .iter()
            .any(|byte| matches!(byte, b':' | b',' | b'\\' | b'"'))
    };
    let plain: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| path.as_os_str().as_bytes().to_vec())
        .collect();
    let mut data = options(&plain, upper.is_some(), label);
    // Open directories have short names under /proc for the time of the call.
    let mut held = Vec::new();
    if data.len() > OPTIONS_LIMIT || paths.iter().any(awkward) {
        let mut short = Vec::with_capacity(paths.len());
        for path in &paths {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let fd = rustix::fs::open(*path, flags, Mode::empty())
                .map_err(|errno| StorageError::io("open", path)(errno.into()))?;
            short.push(format!("/proc/self/fd/{}", fd.as_raw_fd()).into_bytes());
            held.push(fd);
        }
        data = options(&short, upper.is_some(), label);
    }
    if data.len() > OPTIONS_LIMIT {
        return Err(StorageError::TooManyLayers {
            layers: lowers.len(),
        });
    }
    let data = CString::new(data).map_err(|_| wrap(Errno::INVAL))?;
    let flags = if upper.is_some() {
        MountFlags::empty()
    } else {
        MountFlags::RDONLY
    };
    rustix::mount::mount("overlay", merged, "overlay", flags, data.as_c_str()).map_err(wrap)
}

/// The option string. With an upper directory it and its work directory are the last two paths.
fn options(paths: &[Vec<u8>], upper: bool, label: Option<&str>) -> Vec<u8> {
    let lowers = paths.len() - if upper { 2 } else { 0 };
    let mut data = b"lowerdir=".to_vec();
    data.extend(paths[..lowers].join(&b':'));
    if let [upper, work] = &paths[lowers..] {
        data.extend([b",upperdir=", upper.as_slice(), b",workdir=", work].concat());
    }
    // `nofollow` is `off` without following marks that a layer could bring.
    data.extend(b",index=off,redirect_dir=nofollow,metacopy=off");
    if let Some(label) = label.filter(|label| !label.is_empty()) {
        data.extend(format!(",context=\"{label}\"").into_bytes());
    }
    data
}

/// Gives a fresh upper directory the mode, owner and attributes of the lowers' root: the mount shows
/// those of the upper one.
pub fn inherit_root(lowers: &[PathBuf], upper: &Path) -> Result<(), StorageError> {
    let Some(top) = lowers.first() else {
        return Ok(());
    };
    let from = File::open(top).map_err(StorageError::io("open", top))?;
    let to = File::open(upper).map_err(StorageError::io("open", upper))?;
    match Node::read(from.as_fd(), b"")? {
        Some(node) => node.attrs.apply(to.as_fd(), b"", false),
        None => Ok(()),
    }
}

#[cfg(test)]
#[path = "tests/overlay.rs"]
mod tests;
