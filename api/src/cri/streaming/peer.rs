//! The other end of a connection, seen past what it has sent and nobody has read yet.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::time::sleep;

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(500);

/// Whoever is at the other end of a socket.
#[derive(Debug)]
pub struct Peer(OwnedFd);

impl Peer {
    /// That of this socket.
    ///
    /// # Errors
    /// There are no descriptors left.
    pub fn of(socket: &impl AsFd) -> io::Result<Self> {
        Ok(Self(socket.as_fd().try_clone_to_owned()?))
    }

    /// Waits until it has closed its end. Whoever reads may wait for somebody else meanwhile, and so
    /// not come to the end of what was sent.
    pub async fn left(&self) {
        while !self.has_left() {
            sleep(LOOK).await;
        }
    }

    fn has_left(&self) -> bool {
        let mut ends = [PollFd::new(&self.0, PollFlags::RDHUP)];
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        matches!(poll(&mut ends, Some(&now)), Ok(count) if count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn past_what_nobody_has_read() -> io::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        let (server, _) = listener.accept()?;
        let peer = Peer::of(&server)?;
        client.write_all(b"unread")?;
        assert!(!peer.has_left());
        drop(client);
        while !peer.has_left() {
            std::thread::yield_now();
        }
        Ok(())
    }
}
