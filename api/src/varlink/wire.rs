//! Messages and descriptors of a connection: bytes up to a zero byte, and what came beside them
//! (unix(7), `SCM_RIGHTS`). A peer can make neither grow without bounds.

use std::collections::VecDeque;
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, recvmsg};
use tokio::io::Interest;
use tokio::net::UnixStream;
use tokio::time::timeout;

/// Longest message, bytes: far beyond any container's options.
pub const LIMIT: usize = 4 << 20;
/// Most descriptors that wait for the call they came with; the kernel closes what is beyond.
pub const DESCRIPTORS: usize = 16;
/// What is read at a time, bytes.
const CHUNK: usize = 64 << 10;
/// How long a peer may take for the rest of a message, or for reading one.
pub const STALL: Duration = Duration::from_mins(1);

/// A connection.
#[derive(Debug)]
pub struct Wire {
    stream: UnixStream,
    /// What has come.
    bytes: Vec<u8>,
    /// Where in it the first message begins that is not taken yet.
    start: usize,
    /// Up to where behind that no zero byte is.
    searched: usize,
    /// Descriptors, with the place in `bytes` of the last byte that came with them.
    descriptors: VecDeque<(usize, OwnedFd)>,
    ended: bool,
}

/// A message as it came.
#[derive(Debug, Default)]
pub struct Frame {
    /// Its JSON.
    pub bytes: Vec<u8>,
    /// What came with it.
    pub descriptors: Vec<OwnedFd>,
}

/// Why there is no next message.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The peer is gone, or the connection is broken.
    #[error("the connection is broken: {0}")]
    Io(#[from] io::Error),
    /// It is longer than [`LIMIT`].
    #[error("a message is longer than {LIMIT} bytes")]
    TooLong,
    /// Its rest doesn't come, or nobody reads what is sent.
    #[error("the peer has stalled")]
    Stalled,
}

impl Wire {
    /// Of a stream that has just been accepted.
    pub fn new(stream: UnixStream) -> Self {
        Self {
            stream,
            bytes: Vec::new(),
            start: 0,
            searched: 0,
            descriptors: VecDeque::new(),
            ended: false,
        }
    }

    /// The next message; `None` when the peer has said all. May be dropped and asked again.
    ///
    /// # Errors
    /// [`WireError`].
    pub async fn next(&mut self) -> Result<Option<Frame>, WireError> {
        loop {
            if let Some(frame) = self.take() {
                return Ok(Some(frame));
            }
            if self.waiting() > LIMIT {
                return Err(WireError::TooLong);
            }
            if self.ended {
                return Ok(None);
            }
            if self.waiting() == 0 {
                self.fill().await?;
            } else {
                let filled = timeout(STALL, self.fill()).await;
                filled.map_err(|_| WireError::Stalled)??;
            }
        }
    }

    /// Takes the first message that is whole.
    fn take(&mut self) -> Option<Frame> {
        let fresh = &self.bytes[self.searched..];
        let Some(found) = fresh.iter().position(|byte| *byte == 0) else {
            self.searched = self.bytes.len();
            return None;
        };
        let end = self.searched + found;
        let mut frame = Frame {
            bytes: self.bytes[self.start..end].to_vec(),
            descriptors: Vec::new(),
        };
        self.start = end + 1;
        self.searched = self.start;
        while let Some((_, descriptor)) = self.descriptors.pop_front_if(|(place, _)| *place <= end)
        {
            frame.descriptors.push(descriptor);
        }
        Some(frame)
    }

    /// Bytes that are not taken yet.
    fn waiting(&self) -> usize {
        self.bytes.len() - self.start
    }

    /// Forgets what was taken, once that is more than what must be moved for it.
    fn compact(&mut self) {
        if self.start >= CHUNK.max(self.waiting()) || self.waiting() == 0 {
            self.bytes.drain(..self.start);
            for (place, _) in &mut self.descriptors {
                *place -= self.start;
            }
            self.searched -= self.start;
            self.start = 0;
        }
    }

    /// More may be read ahead of the call that is being answered.
    pub fn has_room(&self) -> bool {
        !self.ended && self.waiting() <= LIMIT && self.descriptors.len() < DESCRIPTORS
    }

    /// Waits for bytes and takes them. Dropped before its end it has taken nothing.
    ///
    /// # Errors
    /// A broken connection.
    pub async fn fill(&mut self) -> io::Result<()> {
        loop {
            self.stream.readable().await?;
            let received = self
                .stream
                .try_io(Interest::READABLE, || receive(&self.stream));
            match received {
                Ok((bytes, descriptors)) => {
                    self.compact();
                    self.ended = bytes.is_empty();
                    self.bytes.extend_from_slice(&bytes);
                    // The kernel never reads past the write that they came with, so its last byte
                    // is one of theirs, whatever earlier writes are in front of it.
                    let place = self.bytes.len().saturating_sub(1);
                    for descriptor in descriptors {
                        // What is too many is closed.
                        if self.descriptors.len() < DESCRIPTORS {
                            self.descriptors.push_back((place, descriptor));
                        }
                    }
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends bytes.
    ///
    /// # Errors
    /// [`WireError::Stalled`] for a peer that doesn't read them.
    pub async fn send(&self, bytes: &[u8]) -> Result<(), WireError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let writable = timeout(STALL, self.stream.writable()).await;
            writable.map_err(|_| WireError::Stalled)??;
            match self.stream.try_write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The peer has closed its end: it reads no answer. One that only sends nothing more still does.
    pub fn is_gone(&self) -> bool {
        let mut one = [PollFd::new(&self.stream, PollFlags::empty())];
        let at_once = Timespec::default();
        let looked = poll(&mut one, Some(&at_once));
        looked.is_ok() && one[0].revents().intersects(PollFlags::HUP | PollFlags::ERR)
    }
}

fn receive(stream: &UnixStream) -> io::Result<(Vec<u8>, Vec<OwnedFd>)> {
    let mut bytes = vec![0; CHUNK];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let received = recvmsg(
        stream.as_fd(),
        &mut [IoSliceMut::new(&mut bytes)],
        &mut beside,
        RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT,
    )?;
    if received.flags.contains(ReturnFlags::CTRUNC) {
        tracing::debug!("more descriptors than {DESCRIPTORS}");
    }
    let mut descriptors = Vec::new();
    for message in beside.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            descriptors.extend(rights);
        }
    }
    bytes.truncate(received.bytes);
    Ok((bytes, descriptors))
}
