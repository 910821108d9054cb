//! The connection to a bus. zbus's own would leave a descriptor that comes open in every program that
//! is started at that moment, a container's monitor among them: here it closes on exec from its first
//! instant.

use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixStream as StdStream};

use async_trait::async_trait;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, RecvMsg, recvmsg as receive,
};
use tokio::io::Interest;
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use zbus::Address;
use zbus::address::Transport;
use zbus::address::transport::UnixSocket;
use zbus::connection::socket::{ReadHalf, Socket, Split};
use zbus::fdo::ConnectionCredentials;

/// Descriptors of one message (the kernel's SCM_MAX_FD).
const DESCRIPTORS: usize = 253;

/// A connection.
#[derive(Debug)]
pub struct BusSocket(UnixStream);

impl BusSocket {
    /// Connects to a bus, which must be at a unix socket: others pass no descriptors.
    ///
    /// # Errors
    /// Nobody is there.
    pub fn connect(address: &Address) -> io::Result<Self> {
        let Transport::Unix(unix) = address.transport() else {
            return Err(io::Error::other("the bus is at no unix socket"));
        };
        let place = match unix.path() {
            UnixSocket::File(path) => SocketAddr::from_pathname(path)?,
            UnixSocket::Abstract(name) => SocketAddr::from_abstract_name(name.as_bytes())?,
            _ => return Err(io::Error::other("the address is one to listen at")),
        };
        let stream = StdStream::connect_addr(&place)?;
        stream.set_nonblocking(true)?;
        UnixStream::from_std(stream).map(Self)
    }
}

impl Socket for BusSocket {
    type ReadHalf = Receiving;
    type WriteHalf = OwnedWriteHalf;

    fn split(self) -> Split<Receiving, OwnedWriteHalf> {
        let (read, write) = self.0.into_split();
        Split::new(Receiving(read), write)
    }
}

/// The half that receives.
#[derive(Debug)]
pub struct Receiving(OwnedReadHalf);

#[async_trait]
impl ReadHalf for Receiving {
    async fn recvmsg(&mut self, buffer: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
        let stream: &UnixStream = self.0.as_ref();
        loop {
            stream.readable().await?;
            match stream.try_io(Interest::READABLE, || received(stream, buffer)) {
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                    ) => {}
                received => return received,
            }
        }
    }

    fn can_pass_unix_fd(&self) -> bool {
        true
    }

    async fn peer_credentials(&mut self) -> io::Result<ConnectionCredentials> {
        self.0.peer_credentials().await
    }
}

fn received(stream: &UnixStream, buffer: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut pieces = [IoSliceMut::new(buffer)];
    let flags = RecvFlags::CMSG_CLOEXEC;
    let RecvMsg { bytes, .. } = receive(stream, &mut pieces, &mut ancillary, flags)?;
    let mut descriptors = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(some) = message {
            descriptors.extend(some);
        }
    }
    if bytes == 0 {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    Ok((bytes, descriptors))
}

#[cfg(test)]
mod tests {
    use std::io::IoSlice;
    use std::os::fd::AsFd;

    use rustix::io::{FdFlags, fcntl_getfd};
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn descriptors_close_on_exec_from_their_first_instant() {
        let (near, far) = UnixStream::pair().unwrap();
        let given = [far.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        assert!(ancillary.push(SendAncillaryMessage::ScmRights(&given)));
        let pieces = [IoSlice::new(b"message")];
        sendmsg(&far, &pieces, &mut ancillary, SendFlags::empty()).unwrap();
        let (mut receiving, _) = BusSocket(near).split().take();
        let mut buffer = [0; 64];
        let (count, descriptors) = receiving.recvmsg(&mut buffer).await.unwrap();
        assert_eq!((&buffer[..count], descriptors.len()), (&b"message"[..], 1));
        let flags = fcntl_getfd(&descriptors[0]).unwrap();
        assert!(flags.contains(FdFlags::CLOEXEC));
    }
}
