//! Named network namespaces: a namespace kept alive by a bind mount of its nsfs file (ip-netns(8)).
//!
//! The namespace is made by a thread that ends with it, so no thread of the caller ever changes its
//! own. Use a directory of our own, not /run/netns: the first `ip netns add` mounts that one over itself
//! and so hides the mounts that were there before, which then nobody can undo.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use nix::sched::{CloneFlags, setns, unshare};
use rustix::fs::statfs;
use rustix::mount::{UnmountFlags, mount_bind, unmount};

use crate::error::Error;
use crate::rtnetlink;

/// Filesystem type of namespace files (`NSFS_MAGIC`, linux/magic.h).
const NSFS_MAGIC: i64 = 0x6e73_6673;

/// How long a connection may take that no packet leaves the host for.
const CONNECTING: Duration = Duration::from_secs(10);

/// Makes a namespace with `lo` up and binds it to `path`, whose directory is made when missing.
///
/// # Errors
/// [`Error::NamespaceExists`], [`Error::Io`]; then nothing is left at `path`.
pub fn create(path: &Path) -> Result<(), Error> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
    }
    match File::create_new(path) {
        Ok(_) => (),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Error::NamespaceExists {
                path: path.to_owned(),
            });
        }
        Err(error) => return Err(Error::io("create", path)(error)),
    }
    let target = path.to_owned();
    let made = in_thread(move || {
        unshare(CloneFlags::CLONE_NEWNET)?;
        rtnetlink::raise_loopback()?;
        mount_bind("/proc/thread-self/ns/net", &target)?;
        Ok(())
    });
    made.map_err(|error| {
        if let Err(again) = delete(path) {
            tracing::warn!(%again, "network namespace left behind");
        }
        Error::io("create network namespace", path)(error)
    })
}

/// Lets go of the namespace: it ends with its last process. Nothing there is no error.
pub fn delete(path: &Path) -> Result<(), Error> {
    while exists(path) {
        match unmount(path, UnmountFlags::DETACH) {
            Ok(()) => (),
            // Not a mount point, or gone in between: then there is only the file.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOENT) => break,
            Err(error) => return Err(Error::io("unmount", path)(error)),
        }
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// Binds the namespace that a process is in to `path`, over whatever is bound there.
///
/// # Errors
/// [`Error::Io`].
pub fn bind(pid: i32, path: &Path) -> Result<(), Error> {
    // Held first: without the process nothing is changed.
    let namespace = format!("/proc/{pid}/ns/net");
    let held = File::open(&namespace).map_err(Error::io("open", namespace))?;
    delete(path)?;
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
    }
    File::create_new(path).map_err(Error::io("create", path))?;
    let source = format!("/proc/self/fd/{}", held.as_raw_fd());
    mount_bind(source, path).map_err(|error| {
        let _ = fs::remove_file(path);
        Error::io("bind network namespace to", path)(error)
    })
}

/// Device and inode of the namespace that is bound here.
pub fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let facts = fs::metadata(path).ok().filter(|_| exists(path))?;
    Some((facts.dev(), facts.ino()))
}

/// Whether a namespace is bound here; a plain file that an interrupted [`create`] left is none.
pub fn exists(path: &Path) -> bool {
    #[allow(clippy::useless_conversion, clippy::unnecessary_cast)]
    // the width differs by architecture
    statfs(path).is_ok_and(|fs| fs.f_type as i64 == NSFS_MAGIC)
}

/// Makes sure that a namespace is bound here and that it has interfaces of these names; what is missing
/// is made up by idle ones. A back end that undoes an attachment by name then finds what it looks for.
///
/// # Errors
/// [`Error::Io`].
pub(crate) fn make_up(path: &Path, interfaces: &[String]) -> Result<(), Error> {
    if !exists(path) {
        delete(path)?;
        create(path)?;
    }
    let interfaces = interfaces.to_vec();
    let add = move || {
        interfaces
            .iter()
            .try_for_each(|name| rtnetlink::add_link(name, "veth"))
    };
    inside(path, add).map_err(Error::io("make up interfaces in", path))
}

/// Connects to a port on the loopback of the namespace that is bound to `path`, of the host without one:
/// over IPv4, and where nobody listens, over IPv6.
///
/// # Errors
/// [`Error::Io`], with what the kernel said of IPv4.
pub fn connect(path: Option<&Path>, port: u16) -> Result<TcpStream, Error> {
    let work = move || {
        let place = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        TcpStream::connect_timeout(&place, CONNECTING).or_else(|error| {
            let other = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
            TcpStream::connect_timeout(&other, CONNECTING).map_err(|_| error)
        })
    };
    match path {
        Some(path) => inside(path, work),
        None => work(),
    }
    .map_err(Error::io(
        "connect to",
        Path::new(&format!("127.0.0.1:{port}")),
    ))
}

/// Runs `work` in the namespace that is bound to `path`.
pub(crate) fn inside<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let file = File::open(path)?;
    in_thread(move || {
        setns(file, CloneFlags::CLONE_NEWNET)?;
        work()
    })
}

/// Runs `work` in a thread of its own, whose namespace it may change.
fn in_thread<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let thread = thread::Builder::new()
        .name("netns".to_owned())
        .spawn(work)?;
    thread
        .join()
        .unwrap_or_else(|_| Err(io::Error::other("its thread panicked")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt as _;

    #[test]
    fn made_used_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("netns/one");
        let own = fs::metadata("/proc/thread-self/ns/net").unwrap().ino();
        create(&path).unwrap();
        assert!(exists(&path));
        assert_ne!(fs::metadata(&path).unwrap().ino(), own);
        assert_eq!(fs::metadata("/proc/thread-self/ns/net").unwrap().ino(), own);
        assert!(matches!(create(&path), Err(Error::NamespaceExists { .. })));
        assert!(exists(&path));
        // 127.0.0.1 answers only where lo is up.
        let inside = path.clone();
        thread::spawn(move || {
            let file = File::open(inside).unwrap();
            setns(file, CloneFlags::CLONE_NEWNET).unwrap();
            let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.send_to(b"x", socket.local_addr().unwrap()).unwrap();
        })
        .join()
        .unwrap();
        delete(&path).unwrap();
        delete(&path).unwrap();
        assert!(!path.exists());
        let pid = i32::try_from(std::process::id()).unwrap();
        bind(pid, &path).unwrap();
        assert_eq!(identity(&path).unwrap().1, own);
        delete(&path).unwrap();
        assert_eq!(identity(&path), None);
    }

    #[test]
    fn what_listens_inside_is_reached() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("three");
        create(&path).unwrap();
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let listener = inside(&path, move || std::net::TcpListener::bind(address)).unwrap();
            let port = listener.local_addr().unwrap().port();
            let stream = connect(Some(&path), port).unwrap();
            let (_, peer) = listener.accept().unwrap();
            assert_eq!(peer, stream.local_addr().unwrap());
            // It is there and nowhere else.
            assert!(connect(None, port).is_err());
            drop(listener);
            let refused = connect(Some(&path), port).unwrap_err().to_string();
            assert!(refused.contains(&format!("127.0.0.1:{port}")), "{refused}");
        }
        delete(&path).unwrap();
    }

    #[test]
    fn debris_is_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("two");
        fs::write(&path, "").unwrap();
        assert!(!exists(&path));
        delete(&path).unwrap();
        assert!(!path.exists());
        // Bound twice over each other: both go.
        create(&path).unwrap();
        mount_bind(&path, &path).unwrap();
        delete(&path).unwrap();
        assert!(!path.exists());
    }
}
