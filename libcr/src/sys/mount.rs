//! Mounts that the engine makes itself: tmpfs for /dev/shm. mount(2), umount(2).

use std::fs;
use std::io;
use std::path::Path;

use nix::mount::{MntFlags, MsFlags, mount, umount2};

use super::dir::at;

/// Mounts a tmpfs of at most `size` bytes at `path`, which is made, world-writable and sticky.
pub fn tmpfs(path: &Path, size: u64) -> io::Result<()> {
    fs::create_dir_all(path).map_err(at("make", path))?;
    let flags = MsFlags::MS_NOEXEC | MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    let options = format!("mode=1777,size={size}");
    mount(
        Some("shm"),
        path,
        Some("tmpfs"),
        flags,
        Some(options.as_str()),
    )
    .map_err(io::Error::from)
    .map_err(at("mount tmpfs at", path))
}

/// Unmounts whatever is mounted at `path`, however often; that nothing is there is fine.
pub fn unmount(path: &Path) -> io::Result<()> {
    loop {
        match umount2(path, MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW) {
            Ok(()) => {}
            Err(nix::errno::Errno::EINVAL | nix::errno::Errno::ENOENT) => return Ok(()),
            Err(error) => return Err(at("unmount", path)(error.into())),
        }
    }
}

/// True when something is mounted at `path`.
pub fn is_mounted(path: &Path) -> bool {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let wanted = path.to_string_lossy();
    mounts
        .lines()
        .any(|line| line.split(' ').nth(4) == Some(wanted.as_ref()))
}
