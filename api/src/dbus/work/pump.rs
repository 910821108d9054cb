//! Archives between a caller's descriptor and the engine, which has a pipe. So no path of this
//! process's is opened for a caller, nothing of a file is read twice, and a descriptor that nobody
//! serves any more holds nobody up for ever.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use libcr::progress::Cancel;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, Mode, OFlags, fcntl_getfl, fstat, open};
use rustix::io::Errno;
use rustix::net::sockopt::socket_type;
use rustix::net::{RecvFlags, SendFlags, SocketType, recv, send};
use rustix::pipe::{PipeFlags, pipe_with};

use crate::dbus::refusal::{Answer, Refusal};
use crate::http::body::End;
use crate::shared::taken;

/// How long the other side may do nothing.
const STALL: Duration = Duration::from_mins(1);
/// How often it is asked whether anybody still waits.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};
/// What is carried at a time: as much as a pipe holds.
const CHUNK: usize = 64 << 10;
/// What messages call a descriptor.
pub const SHOWN: &str = "the descriptor";

/// A caller's descriptor that is what it claims to be.
#[derive(Debug)]
enum Far {
    /// A file of a disk or of memory.
    File(OwnedFd),
    /// A pipe, opened anew so that waiting for it is ours to decide.
    Pipe(OwnedFd),
    /// A stream socket.
    Socket(OwnedFd),
}

impl Far {
    fn check(descriptor: OwnedFd, writing: bool) -> Answer<Self> {
        let wrong = |why: &str| Refusal::invalid(format!("the descriptor {why}"));
        let unreadable =
            |errno: Errno| wrong(&format!("cannot be used: {}", io::Error::from(errno)));
        let flags = fcntl_getfl(&descriptor).map_err(unreadable)?;
        if flags.contains(OFlags::PATH) {
            return Err(wrong("is only a path: open the file"));
        }
        let unfit = if writing {
            OFlags::RDONLY
        } else {
            OFlags::WRONLY
        };
        let mode = flags & OFlags::RWMODE;
        if mode == unfit {
            let verb = if writing { "written" } else { "read" };
            return Err(wrong(&format!("is not open to be {verb}")));
        }
        let kind = FileType::from_raw_mode(fstat(&descriptor).map_err(unreadable)?.st_mode);
        match kind {
            FileType::RegularFile => Ok(Self::File(descriptor)),
            FileType::Fifo => {
                use std::os::fd::AsRawFd;
                let path = format!("/proc/self/fd/{}", descriptor.as_raw_fd());
                let mode = if writing {
                    OFlags::WRONLY
                } else {
                    OFlags::RDONLY
                };
                let flags = mode | OFlags::NONBLOCK | OFlags::CLOEXEC;
                let own = open(path, flags, Mode::empty()).map_err(unreadable)?;
                Ok(Self::Pipe(own))
            }
            FileType::Socket => match socket_type(&descriptor) {
                Ok(SocketType::STREAM) => Ok(Self::Socket(descriptor)),
                _ => Err(wrong("is a socket, but no stream")),
            },
            _ => Err(wrong("is no file, pipe or stream socket")),
        }
    }

    fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        match self {
            Self::File(file) | Self::Pipe(file) => rustix::io::read(file, buffer),
            Self::Socket(socket) => {
                recv(socket, buffer, RecvFlags::DONTWAIT).map(|(count, _)| count)
            }
        }
    }

    fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        match self {
            Self::File(file) | Self::Pipe(file) => rustix::io::write(file, bytes),
            Self::Socket(socket) => send(socket, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL),
        }
    }

    /// Waits until what was written is on disk, or has been read.
    fn settle(&self, matters: impl Fn() -> bool) -> io::Result<()> {
        match self {
            Self::File(file) => Ok(rustix::fs::fsync(file)?),
            Self::Pipe(pipe) => taken::out_of_pipe(pipe, STALL, matters),
            Self::Socket(socket) => taken::out_of_socket(socket),
        }
    }
}

impl AsFd for Far {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::File(far) | Self::Pipe(far) | Self::Socket(far) => far.as_fd(),
        }
    }
}

/// The engine's end, and the thread at the other one.
#[derive(Debug)]
pub struct Pump {
    end: End,
    /// Set when what it carries is good for nothing.
    needless: Cancel,
    thread: JoinHandle<io::Result<()>>,
}

impl Pump {
    /// To a caller's descriptor.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn to(descriptor: OwnedFd, cancel: &Cancel) -> Answer<Self> {
        let far = Far::check(descriptor, true)?;
        let (ours, theirs) = pipe()?;
        let (cancel, needless) = (cancel.clone(), Cancel::default());
        let useless = needless.clone();
        Self::begin(theirs, needless, move || {
            fill(&ours, &far, &cancel, &useless)
        })
    }

    /// From a caller's descriptor.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from(descriptor: OwnedFd, cancel: &Cancel) -> Answer<Self> {
        let far = Far::check(descriptor, false)?;
        let (theirs, ours) = pipe()?;
        let cancel = cancel.clone();
        let needless = Cancel::default();
        Self::begin(theirs, needless, move || feed(&far, &ours, &cancel))
    }

    fn begin(
        end: OwnedFd,
        needless: Cancel,
        work: impl FnOnce() -> io::Result<()> + Send + 'static,
    ) -> Answer<Self> {
        let thread = std::thread::Builder::new()
            .name("cryopod-archive".into())
            .spawn(work)
            .map_err(|error| Refusal::internal(&error))?;
        let end = End::new(end);
        Ok(Self {
            end,
            needless,
            thread,
        })
    }

    /// Where the engine opens its end.
    pub fn path(&self) -> PathBuf {
        self.end.path()
    }

    /// What it carries is no archive: nobody need read it.
    pub fn is_needless(&self) {
        self.needless.cancel();
    }

    /// Closes the engine's end and waits until the rest has been carried.
    ///
    /// # Errors
    /// Why it was not.
    pub fn finish(self) -> io::Result<()> {
        drop(self.end);
        self.thread
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the archive's thread ended")))
    }
}

fn pipe() -> Answer<(OwnedFd, OwnedFd)> {
    pipe_with(PipeFlags::CLOEXEC).map_err(|errno| Refusal::internal(&io::Error::from(errno)))
}

/// Whether nobody can read what is written into a pipe any more.
pub fn is_unread(pipe: &impl AsFd) -> bool {
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let mut one = [PollFd::new(pipe, PollFlags::empty())];
    poll(&mut one, Some(&now)).is_ok() && one[0].revents().contains(PollFlags::ERR)
}

/// Waits for one of two descriptors; an error of the other one ends the wait too.
fn wait(
    one: (BorrowedFd<'_>, PollFlags),
    other: BorrowedFd<'_>,
    limit: Option<Duration>,
    cancel: &Cancel,
) -> io::Result<()> {
    let since = Instant::now();
    loop {
        if cancel.is_cancelled() {
            return Err(io::Error::other("nobody waits for it any more"));
        }
        let mut both = [
            PollFd::from_borrowed_fd(one.0, one.1),
            PollFd::from_borrowed_fd(other, PollFlags::empty()),
        ];
        match poll(&mut both, Some(&LOOK)) {
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) if !both[0].revents().is_empty() => return Ok(()),
            // Whoever should take it is gone.
            Ok(_) if both[1].revents().contains(PollFlags::ERR) => {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            // It has hung up, which a poll tells at once each time.
            Ok(_) => std::thread::sleep(Duration::from_millis(20)),
            Err(errno) => return Err(errno.into()),
        }
        if limit.is_some_and(|limit| since.elapsed() > limit) {
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("nothing moves in {SHOWN} since {} seconds", STALL.as_secs()),
            ));
        }
    }
}

/// From the engine to the caller, to its end.
fn fill(ours: &OwnedFd, far: &Far, cancel: &Cancel, needless: &Cancel) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        wait((ours.as_fd(), PollFlags::IN), far.as_fd(), None, cancel)?;
        let count = rustix::io::read(ours, &mut buffer)?;
        if count == 0 {
            return far.settle(|| !cancel.is_cancelled() && !needless.is_cancelled());
        }
        let mut rest = &buffer[..count];
        while !rest.is_empty() {
            wait(
                (far.as_fd(), PollFlags::OUT),
                ours.as_fd(),
                Some(STALL),
                cancel,
            )?;
            match far.write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

/// From the caller to the engine, to its end or until the engine has seen enough.
fn feed(far: &Far, ours: &OwnedFd, cancel: &Cancel) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        match wait(
            (far.as_fd(), PollFlags::IN),
            ours.as_fd(),
            Some(STALL),
            cancel,
        ) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            waited => waited?,
        }
        let count = match far.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(Errno::AGAIN | Errno::INTR) => continue,
            Err(errno) => return Err(errno.into()),
        };
        let mut rest = &buffer[..count];
        while !rest.is_empty() {
            // The engine reads, or closes its end.
            match rustix::io::write(ours, rest) {
                Ok(count) => rest = &rest[count..],
                Err(Errno::INTR) => {}
                Err(Errno::PIPE) => return Ok(()),
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::{Read, Write};
    use std::os::unix::fs::OpenOptionsExt;
    use std::os::unix::net::{UnixDatagram, UnixStream};

    use super::*;

    fn refused(descriptor: impl Into<OwnedFd>, writing: bool) -> String {
        Far::check(descriptor.into(), writing).unwrap_err().message
    }

    #[test]
    fn descriptors_that_are_not_what_they_claim() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        fs::write(&path, "x").unwrap();
        let read = || File::open(&path).unwrap();
        let write = || File::options().write(true).open(&path).unwrap();
        assert!(refused(read(), true).contains("is not open to be written"));
        assert!(refused(write(), false).contains("is not open to be read"));
        assert!(Far::check(read().into(), false).is_ok());
        assert!(Far::check(write().into(), true).is_ok());
        let handle = File::options()
            .read(true)
            .custom_flags(i32::try_from(OFlags::PATH.bits()).unwrap())
            .open(&path)
            .unwrap();
        assert!(refused(handle, false).contains("is only a path"));
        let folder = File::open(directory.path()).unwrap();
        assert!(refused(folder, false).contains("is no file"));
        let zero = File::open("/dev/zero").unwrap();
        assert!(refused(zero, false).contains("is no file"));
        let (datagrams, _other) = UnixDatagram::pair().unwrap();
        assert!(refused(datagrams, true).contains("no stream"));
    }

    #[test]
    fn carried_to_files_pipes_and_sockets() {
        let cancel = Cancel::default();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        let content: Vec<u8> = (0..300_000_u32)
            .map(|number| number.to_le_bytes()[0])
            .collect();
        let send = |pump: Pump| {
            let mut end = File::options().write(true).open(pump.path()).unwrap();
            end.write_all(&content).unwrap();
            drop(end);
            pump.finish().unwrap();
        };
        let file = File::create(&path).unwrap();
        send(Pump::to(file.into(), &cancel).unwrap());
        assert_eq!(fs::read(&path).unwrap(), content);
        let (near, mut far) = UnixStream::pair().unwrap();
        let reader = std::thread::spawn(move || {
            let mut all = Vec::new();
            far.read_to_end(&mut all).unwrap();
            all
        });
        send(Pump::to(near.into(), &cancel).unwrap());
        assert_eq!(reader.join().unwrap(), content);
        let pump = Pump::from(File::open(&path).unwrap().into(), &cancel).unwrap();
        let mut all = Vec::new();
        let mut end = File::open(pump.path()).unwrap();
        // Its own end closes with the pump's.
        let finish = std::thread::spawn(move || pump.finish());
        end.read_to_end(&mut all).unwrap();
        finish.join().unwrap().unwrap();
        assert_eq!(all, content);
    }

    #[test]
    fn nobody_is_held_up_by_a_pipe_that_nobody_reads() {
        let cancel = Cancel::default();
        let (_reader, writer) = pipe().unwrap();
        let pump = Pump::to(writer, &cancel).unwrap();
        let mut end = File::options().write(true).open(pump.path()).unwrap();
        let filler = std::thread::spawn(move || end.write_all(&vec![0; 1 << 20]));
        std::thread::sleep(Duration::from_millis(50));
        cancel.cancel();
        assert!(pump.finish().is_err());
        assert!(filler.join().unwrap().is_err());
        // And where the reader has gone, at once.
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let pump = Pump::to(writer, &Cancel::default()).unwrap();
        let mut end = File::options().write(true).open(pump.path()).unwrap();
        let _ = end.write_all(b"more");
        drop(end);
        assert!(pump.finish().is_err());
    }
}
