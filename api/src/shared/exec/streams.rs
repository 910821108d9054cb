//! The streams of a process in a container: made for it, read from its first byte on, and carried
//! between it and a client.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use bytes::{Buf, Bytes};
use libcr::ops::lifecycle::exec::Streams;
use libcr::ops::lifecycle::exec::sessions::Session;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::OpenptFlags;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::unix::pipe;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use crate::http::client::Client;
use crate::http::detach::DetachKeys;
use crate::http::frames::{self, frame};
use crate::shared::attach::GONE;

use super::running::End;

/// What is read of a process's output at a time.
const CHUNK: usize = 32 << 10;
/// How long output may come after the process's end: what others that it started still hold open is
/// theirs.
const REST: Duration = Duration::from_millis(100);

/// The service's ends of a process's streams.
pub(super) enum Ends {
    Pipes {
        input: Option<pipe::Sender>,
        output: pipe::Receiver,
        error: pipe::Receiver,
    },
    /// No pipes, but read and written as these are, without a thread that waits.
    Terminal(pipe::Receiver, pipe::Sender),
}

/// Pipes, or a terminal: ours and the process's.
pub(super) fn open(session: &Session) -> io::Result<(Ends, Streams)> {
    if session.options.terminal {
        let ours =
            rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        rustix::pty::grantpt(&ours)?;
        rustix::pty::unlockpt(&ours)?;
        let path = rustix::pty::ptsname(&ours, Vec::new())?;
        let flags =
            rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::CLOEXEC;
        let theirs = rustix::fs::open(path, flags, rustix::fs::Mode::empty())?;
        let streams = Streams {
            input: theirs.try_clone()?,
            output: theirs.try_clone()?,
            error: theirs,
        };
        rustix::io::ioctl_fionbio(&ours, true)?;
        let output = pipe::Receiver::from_owned_fd_unchecked(ours.try_clone()?)?;
        let input = pipe::Sender::from_owned_fd_unchecked(ours)?;
        return Ok((Ends::Terminal(output, input), streams));
    }
    let (to_us, output) = pipe::pipe().map(|(sender, receiver)| (receiver, sender))?;
    let (errors_to_us, error) = pipe::pipe().map(|(sender, receiver)| (receiver, sender))?;
    let (input, stdin) = if session.options.stdin {
        let (sender, receiver) = pipe::pipe()?;
        (Some(sender), receiver.into_blocking_fd()?)
    } else {
        (None, Streams::null()?.input)
    };
    let streams = Streams {
        input: stdin,
        output: output.into_blocking_fd()?,
        error: error.into_blocking_fd()?,
    };
    let ends = Ends::Pipes {
        input,
        output: to_us,
        error: errors_to_us,
    };
    Ok((ends, streams))
}

/// A process's streams, its output being read.
pub(super) struct Reading {
    input: Option<Input>,
    written: mpsc::Receiver<Vec<u8>>,
    unread: Unread,
    is_terminal: bool,
}

impl Reading {
    pub(super) fn of(ends: Ends) -> io::Result<Self> {
        let unread = Unread::of(&ends)?;
        let is_terminal = matches!(ends, Ends::Terminal(..));
        let (pieces, written) = mpsc::channel(4);
        let input: Option<Input> = match ends {
            Ends::Pipes {
                input,
                output,
                error,
            } => {
                tokio::spawn(read_both(output, error, pieces));
                input.map(|input| Box::new(input) as _)
            }
            Ends::Terminal(output, input) => {
                tokio::spawn(read(output, pieces));
                Some(Box::new(input) as _)
            }
        };
        Ok(Self {
            input,
            written,
            unread,
            is_terminal,
        })
    }

    /// Our end of the process's terminal, if it has one.
    pub(super) fn terminal(&self) -> Option<BorrowedFd<'_>> {
        let end = self.unread.0.first().filter(|_| self.is_terminal)?;
        Some(end.as_fd())
    }
}

/// The streams that a process writes to, to see whether there is more to read.
struct Unread(Vec<OwnedFd>);

impl Unread {
    fn of(ends: &Ends) -> io::Result<Self> {
        let copies: io::Result<Vec<OwnedFd>> = match ends {
            Ends::Pipes { output, error, .. } => [output.as_fd(), error.as_fd()]
                .into_iter()
                .map(|end| end.try_clone_to_owned())
                .collect(),
            Ends::Terminal(output, _) => Ok(vec![output.as_fd().try_clone_to_owned()?]),
        };
        Ok(Self(copies?))
    }

    /// Something waits to be read: a reader that gets no time has not seen it yet.
    fn any(&self) -> bool {
        let mut all: Vec<PollFd<'_>> = self
            .0
            .iter()
            .map(|end| PollFd::new(end, PollFlags::IN))
            .collect();
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        poll(&mut all, Some(&now)).is_ok()
            && all.iter().any(|end| end.revents().contains(PollFlags::IN))
    }
}

async fn read(mut stream: impl AsyncRead + Unpin + Send, pieces: mpsc::Sender<Vec<u8>>) {
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = tokio::select! {
            read = stream.read(&mut buffer) => read,
            // Somebody may hold the other end for long after the process that it was for.
            () = pieces.closed() => return,
        };
        // A terminal whose other end is closed is an error to read.
        let Ok(count) = read else {
            return;
        };
        if count == 0 || pieces.send(buffer[..count].to_vec()).await.is_err() {
            return;
        }
    }
}

/// Both streams in the order in which they were written, as far as that can be seen.
async fn read_both(
    mut output: pipe::Receiver,
    mut error: pipe::Receiver,
    pieces: mpsc::Sender<Vec<u8>>,
) {
    let (mut of_output, mut of_error) = (vec![0; CHUNK], vec![0; CHUNK]);
    let (mut output_open, mut error_open) = (true, true);
    while output_open || error_open {
        let piece = tokio::select! {
            biased;
            count = output.read(&mut of_output), if output_open => match count {
                Ok(count) if count > 0 => frame(frames::OUTPUT, &of_output[..count]),
                _ => {
                    output_open = false;
                    continue;
                }
            },
            count = error.read(&mut of_error), if error_open => match count {
                Ok(count) if count > 0 => frame(frames::ERROR, &of_error[..count]),
                _ => {
                    error_open = false;
                    continue;
                }
            },
            // Others may hold the pipes for long after the process that they were for.
            () = pieces.closed() => return,
        };
        if pieces.send(piece.to_vec()).await.is_err() {
            return;
        }
    }
}

/// Carries bytes both ways until the process has ended and all it wrote is on its way.
pub(super) async fn join(
    mut client: Client,
    read: Reading,
    mut ended: watch::Receiver<End>,
    mut keys: DetachKeys,
) -> io::Result<()> {
    let Reading {
        mut input,
        mut written,
        unread,
        is_terminal: _,
    } = read;
    let mut buffer = vec![0; CHUNK];
    // What the client has sent and the process has not taken yet: while it takes none, its output is
    // carried all the same, or one that echoes would never go on.
    let mut pending = Bytes::new();
    let (mut open, mut over, mut quiet) = (true, false, 0);
    // Put off by output alone: input that comes without end keeps nobody here.
    let mut look = Box::pin(sleep(GONE));
    loop {
        tokio::select! {
            piece = written.recv() => match piece {
                Some(piece) => {
                    quiet = 0;
                    client.write_all(&piece).await?;
                    look.set(sleep(if over { REST } else { GONE }));
                }
                None => break,
            },
            count = client.read(&mut buffer), if open && !over && pending.is_empty() => match count? {
                0 => {
                    open = false;
                    input = None;
                }
                count => {
                    let (bytes, detached) = keys.pass(&buffer[..count]);
                    if detached {
                        return client.shutdown().await;
                    }
                    pending = Bytes::from(bytes);
                }
            },
            taken = feed(&mut input, &pending), if !over && !pending.is_empty() => {
                if let Ok(count) = taken {
                    pending.advance(count);
                } else {
                    // It reads no more: what still comes is dropped.
                    input = None;
                    pending.clear();
                }
            }
            () = is_ended(&mut ended), if !over => {
                over = true;
                look.set(sleep(REST));
            }
            () = &mut look => {
                look.set(sleep(if over { REST } else { GONE }));
                if client.is_gone() {
                    break;
                }
                // The second look is for what the reader had taken and not passed on at the first.
                quiet = if over && !unread.any() { quiet + 1 } else { 0 };
                if quiet > 1 {
                    break;
                }
            }
        }
    }
    if !over && !client.is_gone() {
        // Its exit code is there when the client asks for it.
        is_ended(&mut ended).await;
    }
    client.shutdown().await
}

type Input = Box<dyn AsyncWrite + Send + Unpin>;

/// Gives a process some of this, and says how much it took.
async fn feed(input: &mut Option<Input>, bytes: &[u8]) -> io::Result<usize> {
    let Some(input) = input else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    input.write(bytes).await
}

async fn is_ended(ended: &mut watch::Receiver<End>) {
    // Whoever would tell it being gone means the same.
    let _ = ended.wait_for(|end| *end != End::Open).await.is_ok();
}
