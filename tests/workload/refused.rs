//! What CRIU can't take along: each is opened and kept (`kept.rs`), so that a test sees the freeze
//! refused, why, and the process running on.

use std::ffi::CString;
use std::fs::{self, File, OpenOptions};
use std::io::{Error, Result, Write};
use std::net::{TcpListener, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::held::{Check, check, holds, same};
use crate::kept::Kept;
use crate::kernel_unsafe as kernel;

/// CLONE_NEW… by the name of /proc/self/ns.
const NAMESPACES: [(&str, i32); 4] = [
    ("user", 0x1000_0000),
    ("ipc", 0x0800_0000),
    ("uts", 0x0400_0000),
    ("cgroup", 0x0200_0000),
];

/// One of them for `hold`, which judges it at the end.
pub fn held(kind: &str) -> Result<Check> {
    let mut kept = object(Path::new("/"), kind, "")?;
    check(move || {
        (kept.look)()?;
        // It holds the object, until here.
        drop(kept.close);
        Ok("still there".into())
    })
}

/// The kinds, by name; `outside` is the directory that the test sees too.
pub fn object(outside: &Path, kind: &str, word: &str) -> Result<Kept> {
    match kind {
        "listener" => open(TcpListener::bind(word)?),
        "mptcp" => socket(2, 1, 262),
        "vsock" => socket(40, 1, 0),
        "xdp" => socket(44, 3, 0),
        "netlink" => unread_netlink(),
        "corked" => corked(),
        "name-of-socket" => name_of_socket(),
        "stream" => open(UnixStream::connect(word)?),
        "datagram" => {
            let socket = UnixDatagram::unbound()?;
            socket.connect(word)?;
            open(socket)
        }
        "bound" => open(UnixListener::bind(word)?),
        "io_uring" => open(kernel::io_uring()?),
        "userfaultfd" => open(kernel::user_faults()?),
        "performance" => open(kernel::performance_counter()?),
        "bpf" => open(kernel::bpf_map()?),
        "landlock" => open(kernel::landlock_ruleset()?),
        "context" => open(kernel::file_system_context()?),
        "secret" => open(kernel::secret_memory()?),
        "huge" => open(kernel::huge_memory_file()?),
        "queue" => queue(),
        "left-queue" => left_queue(),
        "supervisor" => child(&["supervised"]),
        "namespace" => child(&["leave", word]),
        "traced" => traced(),
        "watch" => watch(Path::new(word), false),
        "removed-watch" => watch(Path::new(word), true),
        "file" => open(OpenOptions::new().read(true).write(true).open(word)?),
        "map" => mapped(word),
        "ghost" => ghost(word),
        "renamed" => renamed(word),
        "hidden" => hidden(word),
        "mounted" => mounted(word),
        "passed" => open(passed(outside, word)?),
        "fuse" => fuse(outside, word),
        "tunnel" => tunnel(word),
        "descriptors" => many(word),
        _ => Err(Error::other(format!("there is no {kind}"))),
    }
}

/// A descriptor that is open, afterwards too.
fn open(fd: impl Into<OwnedFd>) -> Result<Kept> {
    keep(vec![fd.into()])
}

fn keep(fds: Vec<OwnedFd>) -> Result<Kept> {
    let numbers: Vec<i32> = fds.iter().map(AsRawFd::as_raw_fd).collect();
    let look = move || {
        for number in &numbers {
            fs::read_link(format!("/proc/self/fd/{number}"))?;
        }
        Ok(())
    };
    Ok(Kept {
        look: Box::new(look),
        close: Box::new(move || {
            drop(fds);
            Ok(())
        }),
    })
}

fn socket(family: i32, kind: i32, protocol: i32) -> Result<Kept> {
    open(kernel::socket_of(family, kind, protocol)?)
}

/// A netlink socket with an answer that nobody has read: to a request for all interfaces.
fn unread_netlink() -> Result<Kept> {
    let fd = kernel::socket_of(16, 3, 0)?;
    let mut request = [0_u8; 32];
    request[0] = 32;
    request[4] = 18;
    request[6..8].copy_from_slice(&0x301_u16.to_ne_bytes());
    File::from(fd.try_clone()?).write_all(&request)?;
    open(fd)
}

fn corked() -> Result<Kept> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect("127.0.0.1:9")?;
    kernel::set_socket_option(&socket, 17, 1, 1)?;
    socket.send(b"the first half")?;
    open(socket)
}

fn name_of_socket() -> Result<Kept> {
    let path = "/data/name-of-socket";
    drop(UnixListener::bind(path)?);
    open(
        OpenOptions::new()
            .read(true)
            .custom_flags(0o10_000_000)
            .open(path)?,
    )
}

fn watch(directory: &Path, remove: bool) -> Result<Kept> {
    fs::create_dir_all(directory)?;
    let fd = kernel::inotify()?;
    kernel::watch(&fd, directory, kernel::IN_CREATE)?;
    if !remove {
        return open(fd);
    }
    // Open it stays, so that the watch doesn't end with it.
    let held = File::open(directory)?;
    fs::remove_dir(directory)?;
    keep(vec![fd, held.into()])
}

fn mapped(path: &str) -> Result<Kept> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let pages = kernel::map(Some(&file), 4096)?;
    let first = pages[0].load(std::sync::atomic::Ordering::Relaxed);
    let look = move || {
        let now = pages[0].load(std::sync::atomic::Ordering::Relaxed);
        same("the mapped file's first word", now, first)
    };
    let mut kept = open(file)?;
    kept.look = Box::new(look);
    Ok(kept)
}

/// A file without a name, larger than CRIU takes along.
fn ghost(path: &str) -> Result<Kept> {
    fs::write(path, vec![7; 2 << 20])?;
    let file = File::open(path)?;
    fs::remove_file(path)?;
    open(file)
}

/// A file that is open under a name that it has no more, and has another one.
fn renamed(path: &str) -> Result<Kept> {
    let file = File::create(path)?;
    fs::hard_link(path, format!("{path}-too"))?;
    fs::remove_file(path)?;
    open(file)
}

/// A file that is open and hidden by a mount.
fn hidden(directory: &str) -> Result<Kept> {
    fs::create_dir_all(directory)?;
    let file = File::create(format!("{directory}/file"))?;
    let mount = mounted(&format!("tmpfs:{directory}"))?;
    let kept = open(file)?;
    Ok(Kept {
        look: kept.look,
        close: Box::new(move || {
            (mount.close)()?;
            (kept.close)()
        }),
    })
}

/// An open queue; the name goes with it.
fn queue() -> Result<Kept> {
    let kept = open(kernel::posix_queue(c"/held")?)?;
    Ok(Kept {
        look: kept.look,
        close: Box::new(move || {
            (kept.close)()?;
            fs::remove_file("/dev/mqueue/held")
        }),
    })
}

/// What a queue is after its last descriptor is closed.
fn left_queue() -> Result<Kept> {
    let path = "/dev/mqueue/left";
    drop(kernel::posix_queue(c"/left")?);
    Ok(Kept {
        look: Box::new(move || fs::metadata(path).map(drop)),
        close: Box::new(move || fs::remove_file(path)),
    })
}

/// `KIND:PATH`
fn mounted(word: &str) -> Result<Kept> {
    let (kind, path) = word.split_once(':').unwrap_or(("tmpfs", word));
    fs::create_dir_all(path)?;
    kernel::mount_at(&CString::new(path)?, &CString::new(kind)?, c"")?;
    mount_at(path.to_owned())
}

/// The mount that is there.
fn mount_at(path: String) -> Result<Kept> {
    let shown = format!(" {path} ");
    let look = move || {
        let all = fs::read_to_string("/proc/self/mountinfo")?;
        holds("the mount is there", all.contains(&shown))
    };
    let close = move || {
        let done = Command::new("umount").args(["-l", &path]).status()?;
        holds("it can be unmounted", done.success())
    };
    Ok(Kept {
        look: Box::new(look),
        close: Box::new(close),
    })
}

/// What a process outside passes through its socket in the directory.
fn passed(outside: &Path, kind: &str) -> Result<OwnedFd> {
    let mut stream = UnixStream::connect(outside.join("pass"))?;
    stream.write_all(kind.as_bytes())?;
    kernel::passed_descriptor(&stream)
}

/// A FUSE file system that nobody serves.
fn fuse(outside: &Path, path: &str) -> Result<Kept> {
    fs::create_dir_all(path)?;
    let fd = passed(outside, "device")?;
    let data = format!("fd={},rootmode=40000,user_id=0,group_id=0", fd.as_raw_fd());
    kernel::mount_at(&CString::new(path)?, c"fuse", &CString::new(data)?)?;
    mount_at(path.to_owned())
}

fn tunnel(name: &str) -> Result<Kept> {
    let fd = OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/net/tun")?;
    kernel::become_tunnel(&fd, name.as_bytes())?;
    open(fd)
}

fn many(count: &str) -> Result<Kept> {
    let open_one = |_| File::open("/dev/null").map(OwnedFd::from);
    keep(
        (0..crate::number(count))
            .map(open_one)
            .collect::<Result<_>>()?,
    )
}

/// A child that says `begun` once it is what it is.
fn child(words: &[&str]) -> Result<Kept> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(words)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut begun = [0; 6];
    let stdout = child.stdout.as_mut().ok_or(std::io::ErrorKind::Other)?;
    std::io::Read::read_exact(stdout, &mut begun)?;
    watched(child)
}

fn traced() -> Result<Kept> {
    let child = Command::new(std::env::current_exe()?).arg("wait").spawn()?;
    crate::processes::wait_until_begun(&child)?;
    kernel::trace(child.id())?;
    watched(child)
}

fn watched(child: Child) -> Result<Kept> {
    let child = std::rc::Rc::new(std::cell::RefCell::new(child));
    let also = child.clone();
    Ok(Kept {
        look: Box::new(move || same("the child", child.borrow_mut().try_wait()?, None)),
        close: Box::new(move || {
            also.borrow_mut().kill()?;
            also.borrow_mut().wait().map(drop)
        }),
    })
}

/// The child of `namespace`.
pub fn leave(namespace: &str) -> Result<()> {
    let known = NAMESPACES.iter().find(|(name, _)| *name == namespace);
    let (_, flag) = known.ok_or_else(|| Error::other(format!("there is no {namespace}")))?;
    kernel::leave(*flag)?;
    crate::say("begun")?;
    crate::processes::wait()
}

/// The child of `supervisor`.
pub fn supervised() -> Result<()> {
    let supervisor = kernel::supervised()?;
    crate::say("begun")?;
    let waited = crate::processes::wait();
    drop(supervisor);
    waited
}
