//! The terminal of a process that is executed: its other end is ours, and what goes through it is
//! carried between it and whatever the caller has, a terminal or not.
//!
//! A runtime that is given the caller's own streams wants a terminal there, and crun leaves without
//! having read the last of its process's. crun hands its terminal over a socket (`--console-socket`,
//! runc's docs/terminals.md); runc does that for detached processes only, and is given the other end of
//! one of ours instead, of which it copies everything.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, ioctl_fionbio, read, write};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::pty::OpenptFlags;
use rustix::termios::{
    OptionalActions, Termios, Winsize, isatty, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize,
};

use crate::model::id;
use crate::sys::machine;

/// How often the caller's terminal is asked for its size, and the process for its end.
const LOOK: Duration = Duration::from_millis(100);
/// What is carried at a time.
const CHUNK: usize = 32 << 10;
/// What a caller has sent and the process has not read yet, at most.
const UNREAD: usize = 64 << 10;
/// What is read when the process has ended: more than a terminal keeps, so that others that have it and
/// write on keep nobody here.
const REST: usize = 256 << 10;

/// A pseudo-terminal: our end, and the one that a runtime is given.
pub(super) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let ours = rustix::pty::openpt(flags)?;
    rustix::pty::grantpt(&ours)?;
    rustix::pty::unlockpt(&ours)?;
    let path = rustix::pty::ptsname(&ours, Vec::new())?;
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let theirs = rustix::fs::open(path, flags, Mode::empty())?;
    Ok((ours, theirs))
}

/// Where a runtime sends the terminal that it has made.
#[derive(Debug)]
pub(super) struct Console {
    listener: UnixListener,
    path: PathBuf,
}

impl Console {
    /// A socket in this directory, which is made.
    pub(super) fn listen(directory: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(directory)?;
        let name = id::from_random(machine::random()?);
        let name = format!("console-{}", id::short(&name));
        // The path of a socket has 107 bytes at most: a handle on its directory makes it short.
        let handle = File::open(directory)?;
        let short = format!("/proc/self/fd/{}/{name}", handle.as_raw_fd());
        let listener = UnixListener::bind(short)?;
        listener.set_nonblocking(true)?;
        let path = directory.join(name);
        Ok(Self { listener, path })
    }

    /// For the runtime.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The terminal, once the runtime has sent it; `None` for one that ended without.
    fn receive(&self, ended: &AtomicBool) -> io::Result<Option<OwnedFd>> {
        loop {
            // One that ends after sending it is not asked for more.
            let over = ended.load(Ordering::Acquire);
            match self.listener.accept() {
                Ok((connection, _)) => {
                    connection.set_nonblocking(false)?;
                    connection.set_read_timeout(Some(Duration::from_secs(5)))?;
                    return sent(&connection);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if over {
                        return Ok(None);
                    }
                    wait(&mut [PollFd::new(&self.listener, PollFlags::IN)])?;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn sent(connection: &impl AsFd) -> io::Result<Option<OwnedFd>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut name = [0; 256];
    let mut parts = [IoSliceMut::new(&mut name)];
    recvmsg(
        connection,
        &mut parts,
        &mut ancillary,
        RecvFlags::CMSG_CLOEXEC,
    )?;
    let mut messages = ancillary.drain();
    Ok(messages.find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    }))
}

/// Where our end of the process's terminal comes from.
#[derive(Debug)]
pub(super) enum Source {
    /// The runtime sends it.
    Console(Console),
    /// It is here, and the runtime's command has the other one.
    Ours(OwnedFd),
}

/// Carries in a thread of its own, until the process has ended and all that it wrote is carried.
#[derive(Debug)]
pub(super) struct Carrier {
    thread: JoinHandle<io::Result<()>>,
    ended: Arc<AtomicBool>,
}

impl Carrier {
    /// Begins. Input that is a terminal is raw meanwhile.
    ///
    /// # Errors
    /// There are no threads left.
    pub(super) fn start(source: Source, input: OwnedFd, output: OwnedFd) -> io::Result<Self> {
        let ended = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&ended);
        let thread = std::thread::Builder::new().name("exec-terminal".into());
        let thread = thread.spawn(move || {
            let master = match source {
                Source::Ours(master) => Some(master),
                Source::Console(console) => console.receive(&over)?,
            };
            match master {
                Some(master) => carry(&master, &input, &output, &over),
                None => Ok(()),
            }
        })?;
        Ok(Self { thread, ended })
    }

    /// To be called when the runtime's command has ended: carries the rest.
    pub(super) fn finish(self) {
        self.ended.store(true, Ordering::Release);
        match self.thread.join() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "terminal"),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

/// A terminal without line editing, echo and signals, as these are the inner one's; as it was before
/// when dropped.
struct Raw<'t>(&'t OwnedFd, Termios);

impl<'t> Raw<'t> {
    fn of(terminal: &'t OwnedFd) -> io::Result<Option<Self>> {
        if !isatty(terminal) {
            return Ok(None);
        }
        let before = tcgetattr(terminal)?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(terminal, OptionalActions::Now, &raw)?;
        Ok(Some(Self(terminal, before)))
    }
}

impl Drop for Raw<'_> {
    fn drop(&mut self) {
        // There is nobody left to tell.
        let _ = tcsetattr(self.0, OptionalActions::Now, &self.1);
    }
}

fn carry(
    master: &OwnedFd,
    input: &OwnedFd,
    output: &OwnedFd,
    ended: &AtomicBool,
) -> io::Result<()> {
    let _raw = Raw::of(input)?;
    ioctl_fionbio(master, true)?;
    let mut unread: VecDeque<u8> = VecDeque::new();
    let mut buffer = vec![0; CHUNK];
    let (mut is_sending, mut is_heard, mut size) = (true, true, None);
    let mut rest = REST;
    loop {
        resize(master, [input, output], &mut size);
        let over = ended.load(Ordering::Acquire);
        let mut waits = PollFlags::IN;
        if !unread.is_empty() {
            waits |= PollFlags::OUT;
        }
        let mut ends = vec![PollFd::new(master, waits)];
        if is_sending && !over && unread.len() < UNREAD {
            ends.push(PollFd::new(input, PollFlags::IN));
        }
        wait(&mut ends)?;
        let revents: Vec<PollFlags> = ends.iter().map(PollFd::revents).collect();
        if revents[0].contains(PollFlags::OUT) {
            let (next, _) = unread.as_slices();
            match write(master, next) {
                Ok(count) => drop(unread.drain(..count)),
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(_) => unread.clear(),
            }
        }
        if revents[0].intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
            match read(master, &mut buffer) {
                // Who reads no more keeps nobody from writing.
                Ok(count) if count > 0 => {
                    if over {
                        rest = rest.saturating_sub(count);
                    }
                    is_heard = is_heard && write_all(output, &buffer[..count]).is_ok();
                }
                Err(Errno::AGAIN | Errno::INTR) => {}
                // Nobody has its other end any more.
                Ok(_) | Err(_) => return Ok(()),
            }
        } else if over {
            // Others may still have it; what they write is no longer this process's.
            return Ok(());
        }
        if rest == 0 {
            return Ok(());
        }
        if revents.get(1).is_some_and(|flags| !flags.is_empty()) {
            match read(input, &mut buffer) {
                Ok(0) => is_sending = false,
                Ok(count) => unread.extend(&buffer[..count]),
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(_) => is_sending = false,
            }
        }
    }
}

/// Waits for any of them, for a moment.
fn wait(ends: &mut [PollFd<'_>]) -> io::Result<()> {
    let moment = Timespec {
        tv_sec: 0,
        tv_nsec: i64::from(LOOK.subsec_nanos()),
    };
    match poll(ends, Some(&moment)) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn write_all(output: &OwnedFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match write(output, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => wait(&mut [PollFd::new(output, PollFlags::OUT)])?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Gives the inner terminal the size of the outer one, when that has changed: a thread hears of no
/// signal that says so.
fn resize(master: &OwnedFd, outer: [&OwnedFd; 2], known: &mut Option<(u16, u16)>) {
    let found = outer.iter().find_map(|end| tcgetwinsize(end).ok());
    let Some(size) = found.filter(|size| size.ws_row > 0 && size.ws_col > 0) else {
        return;
    };
    let now = Some((size.ws_row, size.ws_col));
    if *known == now {
        return;
    }
    let size = Winsize {
        ws_xpixel: 0,
        ws_ypixel: 0,
        ..size
    };
    if tcsetwinsize(master, size).is_ok() {
        *known = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn pipe() -> (OwnedFd, OwnedFd) {
        rustix::pipe::pipe().unwrap()
    }

    #[test]
    fn everything_both_ways_and_the_last_of_it() {
        let (ours, theirs) = pair().unwrap();
        let (input, typed) = pipe();
        let (shown, output) = pipe();
        let carrier = Carrier::start(Source::Ours(ours), input, output).unwrap();
        let _raw = Raw::of(&theirs).unwrap().unwrap();
        write_all(&typed, b"typed").unwrap();
        let mut seen = [0; 5];
        let mut process = File::from(theirs.try_clone().unwrap());
        process.read_exact(&mut seen).unwrap();
        assert_eq!(&seen, b"typed");
        let reading = std::thread::spawn(move || {
            let mut all = Vec::new();
            File::from(shown).read_to_end(&mut all).map(|_| all)
        });
        let data: Vec<u8> = (0..100_u8).cycle().take(200_000).collect();
        write_all(&theirs, &data).unwrap();
        // It ends while another process has its terminal.
        carrier.finish();
        assert_eq!(reading.join().unwrap().unwrap(), data);
    }

    #[test]
    fn one_that_others_write_to_for_ever() {
        let (ours, theirs) = pair().unwrap();
        let (input, _typed) = pipe();
        let null = File::options().write(true).open("/dev/null").unwrap();
        let carrier = Carrier::start(Source::Ours(ours), input, null.into()).unwrap();
        // Ends with the other end of its terminal.
        let writing = std::thread::spawn(move || while write(&theirs, &[b'y'; 512]).is_ok() {});
        carrier.finish();
        writing.join().unwrap();
    }

    #[test]
    fn a_runtime_that_sends_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let console = Console::listen(&directory.path().join("x".repeat(100))).unwrap();
        let path = console.path().to_owned();
        assert!(path.exists());
        let ((input, _typed), (_shown, output)) = (pipe(), pipe());
        let carrier = Carrier::start(Source::Console(console), input, output).unwrap();
        carrier.finish();
        assert!(!path.exists());
    }

    #[test]
    fn the_size_of_the_outer_one() {
        let ((ours, theirs), (outer, end)) = (pair().unwrap(), pair().unwrap());
        let size = |rows, columns| Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&outer, size(33, 101)).unwrap();
        let input = end.try_clone().unwrap();
        let carrier = Carrier::start(Source::Ours(ours), input, end).unwrap();
        for (rows, columns) in [(33, 101), (24, 80)] {
            tcsetwinsize(&outer, size(rows, columns)).unwrap();
            while tcgetwinsize(&theirs).unwrap().ws_row != rows {
                std::thread::yield_now();
            }
        }
        carrier.finish();
    }
}
