//! Where CRIU makes files without names: it does so from the host's side of the container's mounts,
//! where a link of the container would lead to the host. An honest path has none, since it is the
//! kernel's.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::mounts::{covers, key};
use super::{NEVER, files, is_plain, shown};
use crate::criu::contents::Directory;
use crate::criu::contents::demands::{Demands, Mount};
use crate::error::{Error, Result};

/// Looks at the paths in an archive's images below the mounted root, and below what the specification
/// mounts from this host.
///
/// # Errors
/// [`Error::Restore`] naming the path; [`crate::criu::CriuError`] for images that can't be read.
pub fn check(name: &str, images: &Path, spec: &Value) -> Result<()> {
    let demands = Demands::read(&mut Directory::new(images, ""), false)?;
    let first = demands.tasks.first().and_then(|task| task.spaces);
    let mounts = first.and_then(|spaces| demands.mounts.get(&spaces.mount));
    for path in files::paths(&demands) {
        let led = mounts.is_some_and(|mounts| through_link(path, mounts, spec));
        if led || !is_plain(path) {
            return Err(Error::Restore {
                name: name.to_owned(),
                cause: format!("remap-fpath.img: {} leads through a link", shown(path)),
                remedy: Some(NEVER.to_owned()),
                log: None,
            });
        }
    }
    Ok(())
}

pub(super) fn through_link(path: &[u8], mounts: &[Mount], spec: &Value) -> bool {
    let above = mounts.iter().filter(|mount| covers(&mount.place, path));
    let Some(mount) = above.max_by_key(|mount| mount.place.len()) else {
        return false;
    };
    let Some(source) = source(mount, spec) else {
        return false;
    };
    let base = if mount.place == b"/" {
        b""
    } else {
        mount.place.as_slice()
    };
    let inner = path.strip_prefix(base).unwrap_or_default();
    let inner = PathBuf::from(
        String::from_utf8_lossy(inner)
            .trim_start_matches('/')
            .to_owned(),
    );
    let mut at = source;
    for step in inner.parent().into_iter().flat_map(Path::components) {
        at.push(step);
        match at.symlink_metadata() {
            Ok(facts) if facts.is_symlink() => return true,
            Ok(_) => {}
            // What isn't there CRIU makes by a name in the directory above.
            Err(_) => return false,
        }
    }
    false
}

/// The directory of this host that is mounted there; nothing for a file system of its own.
fn source(mount: &Mount, spec: &Value) -> Option<PathBuf> {
    if mount.place == b"/" {
        return spec["root"]["path"].as_str().map(PathBuf::from);
    }
    key(mount)?;
    let mut list = spec["mounts"].as_array()?.iter();
    let found = list.find(|entry| {
        entry["destination"]
            .as_str()
            .is_some_and(|place| place.as_bytes() == mount.place)
    });
    found?["source"].as_str().map(PathBuf::from)
}
