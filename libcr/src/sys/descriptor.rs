//! What a process has open: `/proc/PID/fd` and `/proc/PID/fdinfo` (proc_pid_fd(5),
//! proc_pid_fdinfo(5)). Looks from outside, touches nothing.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{AtFlags, Mode, OFlags, StatxFlags, statx};

/// An open descriptor of a process.
#[derive(Debug, Clone)]
pub struct Descriptor {
    /// Its number in the process.
    pub number: i32,
    /// What its link says: a path in the process's mounts, `socket:[123]`, `anon_inode:[eventfd]`.
    pub target: OsString,
    /// What it is of; for a socket or a pipe its inode there.
    pub metadata: Option<Metadata>,
    /// The mount it was opened on, as mountinfo numbers it.
    pub mount: Option<u64>,
    /// Text of its fdinfo; none of one that became another faster than we could look.
    info: String,
}

impl Descriptor {
    /// The inode in a link such as `socket:[123]`, when it is of this kind.
    pub fn inode_of(&self, kind: &str) -> Option<u64> {
        let text = self.target.to_str()?;
        let number = text.strip_prefix(kind)?.strip_prefix(":[")?;
        number.strip_suffix(']')?.parse().ok()
    }

    /// The kernel's word for an object without a file: `[eventfd]`, `inotify`, `bpf-map`.
    pub fn anonymous(&self) -> Option<&str> {
        self.target.to_str()?.strip_prefix("anon_inode:")
    }

    /// The file had this name and has it no more.
    pub fn is_deleted(&self) -> bool {
        self.target.as_bytes().ends_with(b" (deleted)")
    }

    /// The process holds a lock or a lease on it.
    pub fn is_locked(&self) -> bool {
        self.info.lines().any(|line| line.starts_with("lock:"))
    }

    /// Device, as `st_dev` has it, and inode of each file that an inotify descriptor watches.
    pub fn watches(&self) -> impl Iterator<Item = (u64, u64)> {
        let lines = self
            .info
            .lines()
            .filter(|line| line.starts_with("inotify "));
        lines.filter_map(|line| {
            let number = |key: &str| {
                let mut words = line.split_ascii_whitespace();
                let hex = words.find_map(|word| word.strip_prefix(key))?;
                u64::from_str_radix(hex, 16).ok()
            };
            // The kernel's own form: 12 bits of major number above 20 of the minor one.
            let device = number("sdev:")?;
            let part = |part: u64| u32::try_from(part).ok();
            let device = rustix::fs::makedev(part(device >> 20)?, part(device & 0xf_ffff)?);
            Some((device, number("ino:")?))
        })
    }

    fn field(&self, name: &str) -> Option<&str> {
        let line = self.info.lines().find_map(|line| line.strip_prefix(name));
        line.map(str::trim)
    }
}

/// All descriptors of a process, by number; none when it is gone.
pub fn all(pid: i32) -> Vec<Descriptor> {
    let directory = format!("/proc/{pid}/fd");
    let entries = fs::read_dir(&directory).into_iter().flatten().flatten();
    let mut found: Vec<Descriptor> = entries
        .filter_map(|entry| {
            let number: i32 = entry.file_name().to_str()?.parse().ok()?;
            of_one_file(pid, number, &entry.path())
        })
        .collect();
    found.sort_by_key(|descriptor| descriptor.number);
    found
}

/// A descriptor all of whose facts are of one file: a shell for one makes its standard output another
/// file and back again with every command, and is not stopped meanwhile.
fn of_one_file(pid: i32, number: i32, path: &Path) -> Option<Descriptor> {
    const TRIES: u32 = 10;
    let mut seen = None;
    for _ in 0..TRIES {
        // Holds the file, without opening it, whatever becomes of the descriptor.
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let held = rustix::fs::open(path, flags, Mode::empty()).ok()?;
        let link = format!("/proc/self/fd/{}", held.as_raw_fd());
        let facts = statx(&held, "", AtFlags::EMPTY_PATH, StatxFlags::MNT_ID).ok();
        let one = Descriptor {
            number,
            target: fs::read_link(link).ok()?.into_os_string(),
            mount: facts.map(|facts| facts.stx_mnt_id),
            metadata: File::from(held).metadata().ok(),
            info: fs::read_to_string(format!("/proc/{pid}/fdinfo/{number}")).ok()?,
        };
        // Linux says the inode there since 5.14.
        let inode = one.field("ino:").and_then(|inode| inode.parse().ok());
        let held = one.metadata.as_ref().map(MetadataExt::ino);
        if inode.is_none() || inode == held {
            return Some(one);
        }
        seen = Some(one);
    }
    let info = String::new();
    seen.map(|one| Descriptor { info, ..one })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::fd::OwnedFd;
    use std::sync::atomic::{AtomicBool, Ordering};

    fn own(number: i32) -> Option<Descriptor> {
        let pid = i32::try_from(std::process::id()).ok()?;
        all(pid).into_iter().find(|found| found.number == number)
    }

    #[test]
    fn files_locks_and_sockets() -> std::io::Result<()> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("file");
        let mut file = File::create(&path)?;
        file.write_all(b"text")?;
        let seen = own(file.as_raw_fd()).ok_or(std::io::ErrorKind::NotFound)?;
        assert_eq!(seen.target, path);
        assert!(seen.mount.is_some() && !seen.is_locked() && !seen.is_deleted());
        rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive)?;
        fs::remove_file(&path)?;
        let seen = own(file.as_raw_fd()).ok_or(std::io::ErrorKind::NotFound)?;
        assert!(seen.is_locked() && seen.is_deleted());
        assert_eq!(seen.metadata.map(|facts| facts.nlink()), Some(0));
        let (socket, _other) = std::os::unix::net::UnixStream::pair()?;
        let seen = own(socket.as_raw_fd()).ok_or(std::io::ErrorKind::NotFound)?;
        let inode = seen.metadata.as_ref().map(MetadataExt::ino);
        assert!(inode.is_some() && seen.inode_of("socket") == inode);
        assert_eq!(seen.inode_of("pipe"), None);
        Ok(())
    }

    /// Of one that is now a file, now a socket: never the name of one with the mount of the other.
    #[test]
    fn one_that_changes() -> std::io::Result<()> {
        let file = tempfile::NamedTempFile::new()?;
        let (socket, _other) = std::os::unix::net::UnixStream::pair()?;
        let mut changing: OwnedFd = file.reopen()?.into();
        let number = changing.as_raw_fd();
        let mounts = [file.as_file().as_raw_fd(), socket.as_raw_fd()]
            .map(|number| own(number).and_then(|seen| seen.mount));
        assert_ne!(mounts[0], mounts[1]);
        let done = AtomicBool::new(false);
        let seen = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let _ = rustix::io::dup2(&socket, &mut changing);
                    let _ = rustix::io::dup2(&file, &mut changing);
                }
            });
            let path = format!("/proc/self/fd/{number}");
            let look = || {
                of_one_file(
                    rustix::process::getpid().as_raw_nonzero().get(),
                    number,
                    path.as_ref(),
                )
            };
            let seen: Vec<_> = (0..2000).filter_map(|_| look()).collect();
            done.store(true, Ordering::Relaxed);
            seen
        });
        for one in &seen {
            let is_file = one.target == file.path();
            assert_eq!(one.mount, mounts[usize::from(!is_file)], "{one:?}");
            let is_regular = one.metadata.as_ref().is_some_and(Metadata::is_file);
            assert_eq!(is_regular, is_file, "{one:?}");
        }
        assert!(seen.iter().any(|one| one.target == file.path()));
        Ok(())
    }
}
