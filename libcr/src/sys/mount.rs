//! Mounts: the engine's own tmpfs for /dev/shm, and what is mounted where. mount(2), umount(2),
//! proc(5) for mountinfo.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use nix::mount::{MsFlags, mount};
use rustix::fs::{AtFlags, Mode, OFlags, ResolveFlags, StatxFlags, openat2, statx};
use rustix::io::Errno;
use rustix::mount::{MountFlags, MountPropagationFlags, OpenTreeFlags, UnmountFlags};

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

/// Shows `source`, with what is mounted below it, at `target` too.
pub fn bind(source: &Path, target: &Path) -> io::Result<()> {
    rustix::mount::mount_bind_recursive(source, target)
        .map_err(|errno| at("mount", source)(errno.into()))
}

/// What is mounted or unmounted from now on at or below the mounts at `path` is seen nowhere else.
pub fn make_private(path: &Path) -> io::Result<()> {
    let flags = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    rustix::mount::mount_change(path, flags)
        .map_err(|errno| at("make private the mount at", path)(errno.into()))
}

/// Nothing can be written through the mount at `path`.
pub fn make_read_only(path: &Path) -> io::Result<()> {
    rustix::mount::mount_remount(path, MountFlags::BIND | MountFlags::RDONLY, "")
        .map_err(|errno| at("make read-only the mount at", path)(errno.into()))
}

/// A copy of what is mounted at `path`, with all below, that is nowhere in the tree. It falls apart
/// with its descriptor (open_tree(2)).
pub fn detached_copy(path: &Path) -> io::Result<OwnedFd> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::AT_RECURSIVE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    rustix::mount::open_tree(rustix::fs::CWD, path, flags)
        .map_err(|errno| at("copy the mounts at", path)(errno.into()))
}

/// Unmounts everything mounted at `path`; that nothing is, or that the path is gone, is fine.
///
/// A mount that is still in use disappears from the tree at once and from the kernel with its last
/// user.
pub fn unmount(path: &Path) -> io::Result<()> {
    detach(path)?;
    if is_mounted(path)? {
        return Err(at("unmount", path)(Errno::BUSY.into()));
    }
    Ok(())
}

/// As [`unmount`], in whichever mount namespace this thread is, and without a second look.
pub fn detach(path: &Path) -> io::Result<()> {
    // As many as anybody could have stacked by mistake.
    for _ in 0..64 {
        match rustix::mount::unmount(path, UnmountFlags::DETACH | UnmountFlags::NOFOLLOW) {
            Ok(()) => {}
            Err(Errno::INVAL | Errno::NOENT) => break,
            Err(errno) => return Err(at("unmount", path)(errno.into())),
        }
    }
    Ok(())
}

/// Whether something is mounted exactly at `path` in our mount namespace (proc(5), mountinfo).
pub fn is_mounted(path: &Path) -> io::Result<bool> {
    let path = match fs::canonicalize(path) {
        Ok(path) => path,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(at("look up", path)(error)),
    };
    let table = Path::new("/proc/self/mountinfo");
    let text = fs::read(table).map_err(at("read", table))?;
    Ok(text.split(|byte| *byte == b'\n').any(|line| {
        line.split(|byte| *byte == b' ')
            .nth(4)
            .is_some_and(|field| unescape(field) == path)
    }))
}

/// Where anything is mounted in our mount namespace, in the kernel's order; a place that several
/// mounts cover comes several times.
pub fn points() -> Vec<PathBuf> {
    let text = fs::read("/proc/self/mountinfo").unwrap_or_default();
    text.split(|byte| *byte == b'\n')
        .filter_map(|line| line.split(|byte| *byte == b' ').nth(4))
        .map(unescape)
        .collect()
}

/// A mount in a process's mount namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Its number.
    pub id: u64,
    /// Device of what is mounted, as `st_dev` has it.
    pub device: u64,
    /// What of its file system is mounted.
    pub root: PathBuf,
    /// Where.
    pub point: PathBuf,
    /// Type of the file system: `overlay`, `tmpfs`, `fuse.sshfs`.
    pub kind: String,
}

/// The mounts that a process sees, in the kernel's order; none when it is gone.
pub fn seen_by(pid: i32) -> Vec<Mount> {
    let text = fs::read(format!("/proc/{pid}/mountinfo")).unwrap_or_default();
    text.split(|byte| *byte == b'\n').filter_map(row).collect()
}

/// The number of the mount that is at a path in a process's root, whose links lead nowhere outside of
/// it.
pub fn at_path(pid: i32, path: &Path) -> Option<u64> {
    let directory = fs::File::open(format!("/proc/{pid}/root")).ok()?;
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let found = openat2(
        &directory,
        path,
        flags,
        Mode::empty(),
        ResolveFlags::IN_ROOT,
    )
    .ok()?;
    let facts = statx(&found, "", AtFlags::EMPTY_PATH, StatxFlags::MNT_ID).ok()?;
    Some(facts.stx_mnt_id)
}

fn row(line: &[u8]) -> Option<Mount> {
    let fields: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
    let text = |field: &[u8]| std::str::from_utf8(field).ok().map(str::to_owned);
    let device = text(fields.get(2)?)?;
    let (major, minor) = device.split_once(':')?;
    let end = fields.iter().position(|field| *field == b"-")?;
    Some(Mount {
        id: text(fields.first()?)?.parse().ok()?,
        device: rustix::fs::makedev(major.parse().ok()?, minor.parse().ok()?),
        root: unescape(fields.get(3)?),
        point: unescape(fields.get(4)?),
        kind: text(fields.get(end + 1)?)?,
    })
}

/// Space, tab, newline and backslash stand as three octal digits in mountinfo.
fn unescape(field: &[u8]) -> PathBuf {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, tail @ ..] = rest {
        if let [
            b'\\',
            a @ b'0'..=b'3',
            b @ b'0'..=b'7',
            c @ b'0'..=b'7',
            tail @ ..,
        ] = rest
        {
            plain.push(((a - b'0') << 6) | ((b - b'0') << 3) | (c - b'0'));
            rest = tail;
        } else {
            plain.push(*first);
            rest = tail;
        }
    }
    PathBuf::from(std::ffi::OsString::from_vec(plain))
}
