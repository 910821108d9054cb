//! An attached session: output of the container to our streams, our input to it, window sizes and
//! signals passed on, until its streams close or the detach keys come.

use super::detach::DetachKeys;
use super::raw::{RawMode, window_size};
use libcr::monitor::attach::{Attachment, Packet};
use rustix::event::{PollFd, PollFlags, poll};
use signal_hook::consts::signal::{
    SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH,
};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The container closed its streams.
    Closed,
    /// The user typed the detach keys; the container goes on.
    Detached,
}

/// What a session passes on.
#[derive(Debug)]
pub struct Session {
    /// The container has a terminal.
    pub terminal: bool,
    /// Our input goes to it.
    pub input: bool,
    /// Signals to us go to it.
    pub signals: bool,
    /// Keys that detach, as bytes; empty for none.
    pub detach_keys: Vec<u8>,
}

impl Session {
    /// Joins the streams until one side ends it. `signal` passes a signal on to the container.
    pub fn join(
        self,
        mut attachment: Attachment,
        mut signal: impl FnMut(i32),
    ) -> io::Result<Ended> {
        let _raw = if self.terminal && self.input {
            RawMode::enter()?
        } else {
            None
        };
        let mut signals = self.listen()?;
        if self.terminal {
            resize(&attachment);
        }
        let mut keys = DetachKeys::new(if self.terminal {
            self.detach_keys
        } else {
            Vec::new()
        });
        let mut input = self.input;
        loop {
            let stdin = rustix::stdio::stdin();
            let (from_container, from_user, from_signals) = {
                let mut watched = vec![
                    PollFd::new(&attachment, PollFlags::IN),
                    PollFd::from_borrowed_fd(signals.get_read().as_fd(), PollFlags::IN),
                ];
                if input {
                    watched.push(PollFd::new(&stdin, PollFlags::IN));
                }
                match poll(&mut watched, None) {
                    Ok(_) | Err(rustix::io::Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
                let ready =
                    |at: usize| watched.get(at).is_some_and(|one| !one.revents().is_empty());
                (ready(0), ready(2), ready(1))
            };
            if from_signals {
                for number in signals.pending() {
                    if number == SIGWINCH {
                        resize(&attachment);
                    } else {
                        signal(number);
                    }
                }
            }
            if from_user {
                let mut typed = [0; 8192];
                let count = match rustix::io::read(stdin, &mut typed) {
                    Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => continue,
                    // A terminal that hung up reads as an error: no more input comes.
                    Err(_) => 0,
                    Ok(count) => count,
                };
                let (passed, detached) = keys.filter(&typed[..count]);
                // A container that is about to end may not take it: its end is seen below.
                let taken = attachment.send(&passed);
                if detached {
                    return Ok(Ended::Detached);
                }
                if count == 0 || taken.is_err() {
                    let _ = attachment.close_input();
                    input = false;
                }
            }
            if from_container && !copy_packet(&mut attachment)? {
                return Ok(Ended::Closed);
            }
        }
    }

    fn listen(&self) -> io::Result<SignalDelivery<UnixStream, SignalOnly>> {
        let mut wanted = Vec::new();
        if self.terminal {
            wanted.push(SIGWINCH);
        }
        if self.signals {
            wanted.extend([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM]);
        }
        let (read, write) = UnixStream::pair()?;
        SignalDelivery::with_pipe(read, write, SignalOnly, wanted)
    }
}

// Whether there may be more.
fn copy_packet(attachment: &mut Attachment) -> io::Result<bool> {
    match attachment.receive()? {
        Packet::End => Ok(false),
        Packet::Output(bytes) => {
            let mut out = io::stdout().lock();
            out.write_all(bytes)?;
            out.flush()?;
            Ok(true)
        }
        Packet::Error(bytes) => {
            io::stderr().lock().write_all(bytes)?;
            Ok(true)
        }
    }
}

// A container's terminal without a size is usable: failing to tell is no reason to end.
fn resize(attachment: &Attachment) {
    if let Some((rows, columns)) = window_size() {
        let _ = attachment.resize(rows, columns);
    }
}
