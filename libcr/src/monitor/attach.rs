//! An open connection to a container's standard streams: a sequenced-packet socket. Packets from
//! the monitor hold one byte (2 standard output, 3 standard error) and up to 8192 bytes; packets
//! to it are raw standard input (conmon's protocol).

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, Shutdown, SocketAddrUnix, SocketFlags, SocketType,
    connect, recv, send, shutdown, socket_with,
};

use super::paths::MonitorPaths;

/// One packet of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packet<'a> {
    /// Standard output (also a terminal's only stream).
    Output(&'a [u8]),
    /// Standard error.
    Error(&'a [u8]),
    /// The container's streams are closed.
    End,
}

/// A connection to a container's standard streams.
#[derive(Debug)]
pub struct Attachment {
    socket: OwnedFd,
    paths: MonitorPaths,
    buffer: Box<[u8; 8193]>,
}

impl Attachment {
    /// Connects to the monitor of a container.
    pub fn connect(paths: &MonitorPaths) -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
        // A socket path holds at most 107 bytes: go through the directory's descriptor.
        let directory = rustix::fs::open(
            &paths.directory,
            OFlags::PATH | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let number = std::os::fd::AsRawFd::as_raw_fd(&directory);
        let address = SocketAddrUnix::new(format!("/proc/self/fd/{number}/attach"))?;
        connect(&socket, &address)?;
        Ok(Self {
            socket,
            paths: paths.clone(),
            buffer: Box::new([0; 8193]),
        })
    }

    /// Waits for the next packet.
    pub fn receive(&mut self) -> io::Result<Packet<'_>> {
        let count = loop {
            match recv(&self.socket, &mut self.buffer[..], RecvFlags::empty()) {
                Ok((count, _)) => break count,
                // A monitor that ended with input of ours unread says so before what it had sent.
                Err(rustix::io::Errno::INTR | rustix::io::Errno::CONNRESET) => {}
                Err(error) => return Err(error.into()),
            }
        };
        Ok(match self.buffer[..count].split_first() {
            None => Packet::End,
            Some((3, data)) => Packet::Error(data),
            Some((_, data)) => Packet::Output(data),
        })
    }

    /// Sends standard input.
    pub fn send(&self, data: &[u8]) -> io::Result<()> {
        for chunk in data.chunks(8192) {
            send(&self.socket, chunk, SendFlags::NOSIGNAL)?;
        }
        Ok(())
    }

    /// Says that no more input comes.
    pub fn close_input(&self) -> io::Result<()> {
        Ok(shutdown(&self.socket, Shutdown::Write)?)
    }

    /// Tells the container's terminal its size.
    pub fn resize(&self, rows: u16, columns: u16) -> io::Result<()> {
        super::client::resize(&self.paths, rows, columns)
    }
}

impl AsFd for Attachment {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::net::socketpair;

    #[test]
    fn what_was_sent_before_the_end_comes_before_it() -> io::Result<()> {
        let flags = SocketFlags::CLOEXEC;
        let (socket, monitor) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
        let mut attachment = Attachment {
            socket,
            paths: MonitorPaths::new(std::path::Path::new("/nowhere"), "id"),
            buffer: Box::new([0; 8193]),
        };
        attachment.send(b"never read")?;
        send(&monitor, b"\x02last", SendFlags::empty())?;
        send(&monitor, b"\x03of it", SendFlags::empty())?;
        drop(monitor);
        assert_eq!(attachment.receive()?, Packet::Output(b"last"));
        assert_eq!(attachment.receive()?, Packet::Error(b"of it"));
        assert_eq!(attachment.receive()?, Packet::End);
        assert_eq!(attachment.receive()?, Packet::End);
        Ok(())
    }
}
