//! What a CRIU that was killed in a dump leaves in its container's mount namespace.
//!
//! To see what other mounts hide of a file system CRIU mounts it a second time for a moment, in the
//! container itself (criu/mount.c, `get_clean_mnt`). When it is killed then, the mount stays, the next
//! dump takes it for the container's own, and what comes of that can't be thawed.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use nix::sched::{CloneFlags, unshare};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::model::container::Container;
use crate::storage::diff::is_criu_mount_point;
use crate::sys::dir::at;
use crate::sys::mount;

/// Takes such mounts away, and the directories that were made for them. Where that can't be done the
/// log says so, and a dump goes on: it is refused when it is thawed, not before.
pub fn remove(container: &Container) {
    let Some(pid) = container.state.pid else {
        return;
    };
    let mounts = mount::seen_by(pid).into_iter().map(|mount| mount.point);
    let stray: Vec<PathBuf> = mounts.filter(|point| is_stray(point)).collect();
    if stray.is_empty() {
        return;
    }
    let name = &container.config.name;
    match remove_in(pid, stray) {
        Ok(()) => tracing::debug!(name, "what a killed CRIU had mounted is unmounted"),
        Err(error) => tracing::warn!(name, %error, "a mount that a killed CRIU left stays"),
    }
}

fn is_stray(point: &Path) -> bool {
    let below = point.strip_prefix("/").unwrap_or(point);
    is_criu_mount_point(below.as_os_str().as_bytes())
}

/// In a thread of its own, which ends in the namespace of that process: its paths and links lead
/// nowhere outside of it.
fn remove_in(pid: i32, stray: Vec<PathBuf>) -> io::Result<()> {
    let path = format!("/proc/{pid}/ns/mnt");
    let path = Path::new(&path);
    let namespace = File::open(path).map_err(at("open", path))?;
    let done = std::thread::Builder::new()
        .name("stray-mounts".into())
        .spawn(move || {
            // Root and working directory are the process's, until then.
            unshare(CloneFlags::CLONE_FS)?;
            move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Mount))?;
            for point in stray {
                mount::detach(&point)?;
                // Nothing else makes directories of this name; one that isn't empty is somebody's.
                let _ = std::fs::remove_dir(&point);
            }
            Ok(())
        })?;
    let died = |_| Err(io::Error::other("its thread panicked"));
    done.join().unwrap_or_else(died)
}
