//! The monitor's ends of the container's stdin, stdout and stderr, and the container's ends for its first process.
//! Pipes, because CRIU can hand new pipes to a restored process; or a terminal that arrives later.
#![forbid(unsafe_code)]

use std::os::fd::OwnedFd;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};

use crate::arguments::Arguments;
use crate::detach::null_device;
use crate::error::MonitorError;
use crate::log::Stream;

/// Bytes read at once; also what one packet to an attach client holds at most. conmon's size.
pub(crate) const CHUNK: usize = 8192;
/// Input of attach clients that the container hasn't taken yet; more is left in their sockets.
const INPUT_LIMIT: usize = 64 * 1024;

/// What the runtime and so the container gets as descriptors 0, 1, 2. `None` everywhere means: inherit ours.
pub(crate) struct ContainerEnds {
    /// Descriptor 0.
    pub(crate) stdin: Option<OwnedFd>,
    /// Descriptor 1.
    pub(crate) stdout: Option<OwnedFd>,
    /// Descriptor 2.
    pub(crate) stderr: Option<OwnedFd>,
}

/// The monitor's ends of the outputs.
#[derive(Default)]
pub(crate) struct Output {
    /// Of descriptor 1, or the terminal's master.
    pub(crate) stdout: Option<OwnedFd>,
    /// Of descriptor 2; with a terminal of the runtime's own stderr, while it runs.
    pub(crate) stderr: Option<OwnedFd>,
    /// Whether `stdout` is a terminal.
    pub(crate) terminal: bool,
}

/// What a read gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Chunk {
    /// So many bytes.
    Bytes(usize),
    /// Nothing now.
    Empty,
    /// A terminal that no process has open at the moment; one may open it again.
    HungUp,
    /// All writers are gone for good; the descriptor is closed.
    End,
}

impl Output {
    /// Reads what is there; never blocks.
    pub(crate) fn read(&mut self, stream: Stream, buffer: &mut [u8]) -> Chunk {
        let descriptor = match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        };
        let Some(open) = descriptor else {
            return Chunk::End;
        };
        match rustix::io::read(&*open, buffer) {
            Ok(count) if count > 0 => Chunk::Bytes(count),
            Err(Errno::AGAIN | Errno::INTR) => Chunk::Empty,
            // pty(7): reading a master without an open slave.
            Err(Errno::IO) if self.terminal && stream == Stream::Stdout => Chunk::HungUp,
            Ok(_) | Err(_) => {
                *descriptor = None;
                Chunk::End
            }
        }
    }
}

/// The way of attach clients' input into the container.
#[derive(Default)]
pub(crate) struct Input {
    descriptor: Option<OwnedFd>,
    pending: Vec<u8>,
    closing: bool,
}

impl Input {
    /// Over a non-blocking descriptor.
    pub(crate) fn new(descriptor: OwnedFd) -> Self {
        Self {
            descriptor: Some(descriptor),
            pending: Vec::new(),
            closing: false,
        }
    }

    /// The descriptor, if there is something to write to it.
    pub(crate) fn waiting(&self) -> Option<&OwnedFd> {
        self.descriptor
            .as_ref()
            .filter(|_| !self.pending.is_empty())
    }

    /// Whether clients may send more.
    pub(crate) fn has_room(&self) -> bool {
        self.pending.len() < INPUT_LIMIT
    }

    /// Adds input; without a descriptor it is dropped, as the container has no stdin.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        if self.descriptor.is_some() && !self.closing {
            self.pending.extend_from_slice(bytes);
            self.send();
        }
    }

    /// Writes what the container takes now.
    pub(crate) fn send(&mut self) {
        while let Some(descriptor) = self
            .descriptor
            .as_ref()
            .filter(|_| !self.pending.is_empty())
        {
            match rustix::io::write(descriptor, &self.pending) {
                Ok(count) => drop(self.pending.drain(..count)),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(_) => *self = Self::default(),
            }
        }
        if self.closing {
            self.descriptor = None;
        }
    }

    /// Closes the container's stdin once everything sent so far has been taken.
    pub(crate) fn close(&mut self) {
        self.closing = true;
        self.send();
    }
}

/// Makes the stdio of a container that is about to be created or restored.
pub(crate) fn open(arguments: &Arguments) -> Result<(ContainerEnds, Output, Input), MonitorError> {
    if arguments.passthrough() {
        let inherit = ContainerEnds {
            stdin: None,
            stdout: None,
            stderr: None,
        };
        return Ok((inherit, Output::default(), Input::default()));
    }
    let (errors, stderr) = output_pipe()?;
    if arguments.terminal {
        // These are the runtime's own; the container's come with the terminal.
        let ends = ContainerEnds {
            stdin: Some(null_device()?),
            stdout: Some(
                stderr
                    .try_clone()
                    .map_err(MonitorError::system("duplicating a pipe"))?,
            ),
            stderr: Some(stderr),
        };
        return Ok((
            ends,
            Output {
                stdout: None,
                stderr: Some(errors),
                terminal: true,
            },
            Input::default(),
        ));
    }
    let (out, stdout) = output_pipe()?;
    let (stdin, input) = if arguments.stdin {
        let (reader, writer) = pipe()?;
        set_nonblocking(&writer)?;
        (reader, Input::new(writer))
    } else {
        (null_device()?, Input::default())
    };
    let ends = ContainerEnds {
        stdin: Some(stdin),
        stdout: Some(stdout),
        stderr: Some(stderr),
    };
    Ok((
        ends,
        Output {
            stdout: Some(out),
            stderr: Some(errors),
            terminal: false,
        },
        input,
    ))
}

/// Makes reads and writes of a descriptor return instead of waiting.
pub(crate) fn set_nonblocking(descriptor: &OwnedFd) -> Result<(), MonitorError> {
    fcntl_getfl(descriptor)
        .and_then(|flags| fcntl_setfl(descriptor, flags | OFlags::NONBLOCK))
        .map_err(MonitorError::system("setting O_NONBLOCK"))
}

fn pipe() -> Result<(OwnedFd, OwnedFd), MonitorError> {
    pipe_with(PipeFlags::CLOEXEC).map_err(MonitorError::system("making a pipe"))
}

fn output_pipe() -> Result<(OwnedFd, OwnedFd), MonitorError> {
    let (reader, writer) = pipe()?;
    set_nonblocking(&reader)?;
    Ok((reader, writer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_is_written_before_it_is_closed() {
        let (reader, writer) = pipe().unwrap();
        set_nonblocking(&writer).unwrap();
        let mut input = Input::new(writer);
        let sent = vec![7_u8; 100 * 1024];
        input.add(&sent);
        assert!(input.waiting().is_some());
        input.close();
        input.add(b"too late");
        let (mut received, mut buffer) = (Vec::new(), [0; CHUNK]);
        loop {
            let count = rustix::io::read(&reader, &mut buffer).unwrap();
            if count == 0 {
                break;
            }
            received.extend_from_slice(&buffer[..count]);
            input.send();
        }
        assert_eq!(received, sent);
    }

    #[test]
    fn a_closed_reader_ends_the_input() {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let mut input = Input::new(writer);
        input.add(b"x");
        assert!(input.waiting().is_none() && input.has_room());
    }
}
