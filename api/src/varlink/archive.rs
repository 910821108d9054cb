//! Archives through descriptors that a client has passed: between one of them and the engine is a
//! pipe, so that whatever the client does with its end, only its own operation feels it.
//!
//! A descriptor must be what it is used as: a file, a pipe or a stream socket, open for that. It is
//! never opened again by its path, which would give rights that the client's own has not, and never
//! waited for while it is blocking: its flags are the client's too.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use libcr::progress::{Cancel, Progress, Step};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, OFlags, fcntl_getfl, fstat};
use rustix::net::{RecvFlags, SendFlags, SocketType, recv, send, sockopt};
use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};

use super::failed::Failed;
use super::wire::STALL;
use crate::shared::taken;

/// What a pipe holds, bytes, and what is carried at a time.
const CHUNK: usize = 1 << 20;
/// How often it is looked whether a client is gone that neither reads nor writes.
const LOOK: Duration = Duration::from_millis(200);
/// What messages call it.
const NAME: &str = "the archive's descriptor";

/// What a descriptor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Pipe,
    Socket,
}

/// A descriptor that can be read from or written to, as was asked for.
#[derive(Debug)]
pub struct Passed {
    descriptor: OwnedFd,
    kind: Kind,
}

/// What it is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// An archive comes from it.
    Read,
    /// An archive goes there.
    Write,
}

impl Passed {
    /// Checks a descriptor.
    ///
    /// # Errors
    /// `Invalid`, saying what it is instead.
    pub fn new(descriptor: OwnedFd, wanted: Use) -> Result<Self, Failed> {
        let flags = fcntl_getfl(&descriptor).map_err(Failed::invalid)?;
        let stat = fstat(&descriptor).map_err(Failed::invalid)?;
        let (unfit, verb) = match wanted {
            Use::Read => (OFlags::WRONLY, "reading"),
            Use::Write => (OFlags::RDONLY, "writing"),
        };
        let mode = flags & OFlags::ACCMODE;
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Ok(Kind::File),
            FileType::Fifo => Ok(Kind::Pipe),
            FileType::Socket => match sockopt::socket_type(&descriptor) {
                Ok(SocketType::STREAM) => Ok(Kind::Socket),
                _ => Err("a socket of packets"),
            },
            FileType::Directory => Err("a directory"),
            _ => Err("a device"),
        };
        let kind = kind.map_err(|found| {
            Failed::invalid(format!(
                "{NAME} is {found}: it must be a file, a pipe or a stream socket"
            ))
        })?;
        if flags.contains(OFlags::PATH) || (mode == unfit && kind != Kind::Socket) {
            return Err(Failed::invalid(format!("{NAME} is not open for {verb}")));
        }
        Ok(Self { descriptor, kind })
    }
}

/// Does work that writes an archive to a path, and carries it to a client. The work is given a
/// progress of its own: once the archive is written, it gives up unless that has arrived.
///
/// # Errors
/// What the work gives; `Failed` when the client has not got all of it.
pub fn written_to<T>(
    client: &Passed,
    cancel: &Cancel,
    progress: &dyn Progress,
    work: impl FnOnce(&Path, &dyn Progress) -> Result<T, Failed>,
) -> Result<T, Failed> {
    let (reader, writer) = pipe()?;
    let path = path_of(&writer);
    let needless = AtomicBool::new(false);
    let matters = || !cancel.is_cancelled() && !needless.load(Ordering::Relaxed);
    thread::scope(|scope| {
        let carried = scope.spawn(|| {
            let reader = reader;
            let carried = carry(own(&reader), client.end(), cancel);
            // From here on the work can't write any more.
            drop(reader);
            carried?;
            match client.kind {
                Kind::File => Ok(rustix::fs::fsync(&client.descriptor)?),
                Kind::Pipe => taken::out_of_pipe(&client.descriptor, STALL, matters),
                Kind::Socket => taken::out_of_socket(&client.descriptor),
            }
        });
        let delivery = Delivery {
            progress,
            writes: AtomicBool::new(false),
            way: Mutex::new(Some((writer, carried))),
            lost: Mutex::new(None),
            stopped: AtomicBool::new(false),
        };
        let done = work(&path, &delivery);
        // What a failure leaves is no archive: nobody need read it.
        needless.store(done.is_err(), Ordering::Relaxed);
        delivery.arrives();
        let carried = match locked(&delivery.lost).take() {
            None => Ok(()),
            Some(error) => Err(error),
        };
        let lost = |error: io::Error| {
            let text = format!("the archive did not reach {NAME}: {error}");
            Err(Failed::new(libcr::ErrorKind::Failed, text))
        };
        match (done, carried) {
            (Ok(done), Ok(())) => Ok(done),
            (Ok(_), Err(error)) => lost(error),
            // Nobody has cancelled it but the archive.
            (Err(_), Err(error)) if delivery.stopped.load(Ordering::Relaxed) => lost(error),
            (Err(failed), Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
                let shown = path.display().to_string();
                Err(failed.calling(&shown, &format!("{NAME} ({error})")))
            }
            (Err(failed), _) => Err(failed.calling(&path.display().to_string(), NAME)),
        }
    })
}

/// An archive on its way to a client.
struct Delivery<'s> {
    progress: &'s dyn Progress,
    /// The archive is being written, or has been.
    writes: AtomicBool,
    /// Our end of the pipe, and who carries what comes out of the other one.
    way: Mutex<Option<(OwnedFd, ScopedJoinHandle<'s, io::Result<()>>)>>,
    lost: Mutex<Option<io::Error>>,
    /// The work was told to give up because of that.
    stopped: AtomicBool,
}

impl Delivery<'_> {
    /// Waits until the archive is where the client wants it; false when it can't get there.
    fn arrives(&self) -> bool {
        if let Some((writer, carried)) = locked(&self.way).take() {
            drop(writer);
            let carried = carried.join();
            let carried = carried.unwrap_or_else(|_| Err(io::Error::other("lost")));
            *locked(&self.lost) = carried.err();
        }
        locked(&self.lost).is_none()
    }
}

impl Progress for Delivery<'_> {
    fn step(&self, container: &str, step: Step) {
        self.writes.store(step == Step::Write, Ordering::Relaxed);
        self.progress.step(container, step);
    }

    fn bytes(&self, container: &str, done: u64, total: Option<u64>) {
        self.progress.bytes(container, done, total);
    }

    fn say(&self, line: &str) {
        self.progress.say(line);
    }

    /// Asked once more when the archive is written and the container has not been ended: it is, only
    /// when the archive has arrived.
    fn cancelled(&self) -> bool {
        if self.progress.cancelled() {
            return true;
        }
        let stops = self.writes.load(Ordering::Relaxed) && !self.arrives();
        self.stopped.fetch_or(stops, Ordering::Relaxed);
        stops
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does work that reads an archive from a path, while it comes from a client.
///
/// # Errors
/// What the work gives; `Invalid` where the client's descriptor broke off.
pub fn read_from<T>(
    client: &Passed,
    cancel: &Cancel,
    work: impl FnOnce(&Path) -> Result<T, Failed>,
) -> Result<T, Failed> {
    let (reader, writer) = pipe()?;
    let path = path_of(&reader);
    thread::scope(|scope| {
        let carried = scope.spawn(move || {
            let carried = carry(client.end(), own(&writer), cancel);
            drop(writer);
            carried
        });
        let done = work(&path);
        drop(reader);
        let carried: io::Result<()> = carried
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("lost")));
        match (done, carried) {
            // The work has seen enough before the end: it says itself why.
            (Err(_), Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failed::invalid(format!("{NAME} broke off: {error}")))
            }
            (done, _) => done.map_err(|failed| failed.calling(&path.display().to_string(), NAME)),
        }
    })
}

fn pipe() -> Result<(OwnedFd, OwnedFd), Failed> {
    let made = pipe_with(PipeFlags::CLOEXEC);
    let (reader, writer) = made.map_err(|error| Failed::new(libcr::ErrorKind::Failed, error))?;
    // Where the host allows less, it is as large as it is.
    let _ = fcntl_setpipe_size(&writer, CHUNK);
    Ok((reader, writer))
}

/// Where this process can open it.
fn path_of(descriptor: &OwnedFd) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", descriptor.as_raw_fd()))
}

/// Where bytes come from or go to.
#[derive(Debug, Clone, Copy)]
struct End<'a> {
    descriptor: BorrowedFd<'a>,
    kind: Kind,
    /// It is the client's, which must not keep the engine waiting; the engine may take its time.
    is_clients: bool,
}

impl Passed {
    fn end(&self) -> End<'_> {
        End {
            descriptor: self.descriptor.as_fd(),
            kind: self.kind,
            is_clients: true,
        }
    }
}

fn own(pipe: &OwnedFd) -> End<'_> {
    End {
        descriptor: pipe.as_fd(),
        kind: Kind::Pipe,
        is_clients: false,
    }
}

/// Carries bytes to their end. The client is waited for, and never blocked on.
fn carry(from: End<'_>, to: End<'_>, cancel: &Cancel) -> io::Result<()> {
    let mut source = File::from(from.descriptor.try_clone_to_owned()?);
    let mut target = File::from(to.descriptor.try_clone_to_owned()?);
    let mut buffer = Vec::new();
    loop {
        ready(from, PollFlags::IN, to, cancel)?;
        if from.kind == Kind::Pipe && to.kind == Kind::Pipe {
            ready(to, PollFlags::OUT, to, cancel)?;
            let (from, to) = (from.descriptor, to.descriptor);
            match splice(from, None, to, None, CHUNK, SpliceFlags::NONBLOCK) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if is_passing(&error.into()) => {}
                Err(error) => return Err(error.into()),
            }
            continue;
        }
        buffer.resize(CHUNK, 0);
        // Nobody else reads from a pipe of ours, and a file doesn't block.
        let received = match from.kind {
            Kind::Socket => recv(from.descriptor, &mut buffer, RecvFlags::DONTWAIT)
                .map(|(count, _)| count)
                .map_err(io::Error::from),
            Kind::File | Kind::Pipe => source.read(&mut buffer),
        };
        let count = match received {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if is_passing(&error) => continue,
            Err(error) => return Err(error),
        };
        let mut rest = &buffer[..count];
        while !rest.is_empty() {
            ready(to, PollFlags::OUT, to, cancel)?;
            let sent = match to.kind {
                Kind::Socket => {
                    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
                    send(to.descriptor, rest, flags).map_err(io::Error::from)
                }
                Kind::File | Kind::Pipe => target.write(rest),
            };
            match sent {
                Ok(count) => rest = &rest[count..],
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

/// Waits until an end is ready. It is in vain when nobody takes the bytes any more, or nobody waits
/// for the operation.
fn ready(end: End<'_>, wanted: PollFlags, to: End<'_>, cancel: &Cancel) -> io::Result<()> {
    let begun = Instant::now();
    let look = Timespec::try_from(LOOK).map_err(io::Error::other)?;
    loop {
        if cancel.is_cancelled() {
            return Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                "the client is gone",
            ));
        }
        let mut both = [
            PollFd::from_borrowed_fd(end.descriptor, wanted),
            PollFd::from_borrowed_fd(to.descriptor, PollFlags::empty()),
        ];
        match poll(&mut both, Some(&look)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        if both[1].revents().contains(PollFlags::ERR) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        // An end of file is something to read too.
        if !both[0].revents().is_empty() {
            return Ok(());
        }
        if end.is_clients && begun.elapsed() > STALL {
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("nothing happened for {} seconds", STALL.as_secs()),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, SeekFrom};
    use std::os::unix::net::{UnixDatagram, UnixStream};

    use libcr::progress::Silent;

    fn refused(descriptor: OwnedFd, wanted: Use) -> String {
        match Passed::new(descriptor, wanted) {
            Err(Failed::Engine(told)) => told.message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_not_what_it_is_used_as_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("f");
        std::fs::write(&path, "x").unwrap();
        let open = |path: &Path| OwnedFd::from(File::open(path).unwrap());
        assert!(refused(open(&path), Use::Write).contains("not open for writing"));
        let write_only = File::options().write(true).open(&path).unwrap();
        assert!(refused(write_only.into(), Use::Read).contains("not open for reading"));
        assert!(refused(open(directory.path()), Use::Read).contains("is a directory"));
        assert!(refused(open(Path::new("/dev/zero")), Use::Read).contains("is a device"));
        let packets = UnixDatagram::unbound().unwrap();
        assert!(refused(packets.into(), Use::Read).contains("socket of packets"));
        let name_only = rustix::fs::open(&path, OFlags::PATH, rustix::fs::Mode::empty()).unwrap();
        assert!(refused(name_only, Use::Read).contains("not open"));
    }

    #[test]
    fn who_has_not_got_the_archive_keeps_the_container() {
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        let client = Passed::new(writer, Use::Write).unwrap();
        // It fits into all buffers on the way, and its reader is gone before it has read.
        let told = written_to(&client, &Cancel::default(), &Silent, |path, progress| {
            progress.step("c", Step::Write);
            std::fs::write(path, "small").map_err(Failed::invalid)?;
            drop(reader);
            assert!(progress.cancelled());
            Err::<(), _>(libcr::Error::Cancelled("c".into()).into())
        });
        let told = format!("{told:?}");
        assert!(told.contains("the archive did not reach"), "{told}");
    }

    /// Larger than all buffers on the way.
    fn content() -> Vec<u8> {
        (0..5_000_000_u32)
            .map(|number| number.to_le_bytes()[1])
            .collect()
    }

    fn export(client: OwnedFd) -> Result<(), Failed> {
        let client = Passed::new(client, Use::Write).unwrap();
        written_to(&client, &Cancel::default(), &Silent, |path, _| {
            let done = std::fs::write(path, content());
            done.map_err(Failed::invalid)
        })
    }

    fn import(client: OwnedFd) -> Result<Vec<u8>, Failed> {
        let client = Passed::new(client, Use::Read).unwrap();
        read_from(&client, &Cancel::default(), |path| {
            std::fs::read(path).map_err(Failed::invalid)
        })
    }

    #[test]
    fn files_pipes_and_sockets_carry_all_of_it() {
        let mut file = tempfile::tempfile().unwrap();
        export(file.try_clone().unwrap().into()).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        assert_eq!(import(file.into()).unwrap(), content());
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        let read = thread::spawn(move || import(reader));
        export(writer).unwrap();
        assert_eq!(read.join().unwrap().unwrap(), content());
        let (near, far) = UnixStream::pair().unwrap();
        let read = thread::spawn(move || import(far.into()));
        export(near.into()).unwrap();
        assert_eq!(read.join().unwrap().unwrap(), content());
    }

    #[test]
    fn a_client_that_closes_its_end_breaks_the_work_off() {
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        drop(reader);
        assert!(export(writer).is_err());
        let (near, far) = UnixStream::pair().unwrap();
        drop(far);
        assert!(export(near.into()).is_err());
    }

    #[test]
    fn work_that_fails_waits_for_no_client() {
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        let client = Passed::new(reader, Use::Read).unwrap();
        let failed = read_from(&client, &Cancel::default(), |path| {
            Err::<(), _>(Failed::invalid(format!("{}: no", path.display())))
        });
        match failed {
            Err(Failed::Engine(told)) => assert_eq!(told.message, format!("{NAME}: no")),
            other => panic!("{other:?}"),
        }
        drop(writer);
    }

    #[test]
    fn nobody_waits_for_a_client_that_is_gone() {
        let (reader, _writer) = rustix::pipe::pipe().unwrap();
        let client = Passed::new(reader, Use::Read).unwrap();
        let cancel = Cancel::default();
        cancel.cancel();
        let failed = read_from(&client, &cancel, |path| {
            std::fs::read(path).map_err(Failed::invalid)
        });
        // The work sees an end of file; it says what that means.
        assert!(failed.is_ok());
    }
}
