//! The attach socket: SEQPACKET, clients get a type byte and up to 8192 bytes of output, and send raw input.
//! A client that stops reading is given a queue and some time, then it is dropped: the container comes first.
#![forbid(unsafe_code)]

use std::collections::VecDeque;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags, fchmod, open};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, accept_with,
    bind, listen, recv, send, socket_with,
};

use crate::error::MonitorError;
use crate::log::Stream;

/// Output queued for one client before the container has to wait for it.
const CONGESTED: usize = 1024 * 1024;
/// Output queued for one client before it is dropped at once.
const OVERFLOW: usize = 8 * CONGESTED;
/// How long a client may take nothing while output is queued for it.
const PATIENCE: Duration = Duration::from_secs(10);
/// `sun_path` of unix(7), with its final zero.
const LONGEST_SOCKET_PATH: usize = 107;

/// What a client's socket gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// So many bytes of input.
    Input(usize),
    /// Nothing now.
    Nothing,
    /// The client's input has ended; it may still be reading.
    End,
}

struct Client {
    socket: OwnedFd,
    queue: VecDeque<Vec<u8>>,
    queued: usize,
    stalled_since: Option<Instant>,
    sends_input: bool,
    has_sent: bool,
    gone: bool,
}

/// The socket and whoever is connected.
pub(crate) struct AttachServer {
    listener: OwnedFd,
    path: PathBuf,
    clients: Vec<Client>,
}

impl AttachServer {
    /// Makes `DIR/attach`, mode 0700.
    pub(crate) fn listen(dir: &Path) -> Result<Self, MonitorError> {
        let path = dir.join("attach");
        let failed = |error: Errno| MonitorError::file("listening on", &path)(error);
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let listener =
            socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None).map_err(failed)?;
        // The mode of a bound socket's file is that of the socket itself: no moment with a wider one.
        fchmod(&listener, Mode::RWXU).map_err(failed)?;
        // A long path is shortened by a handle on its directory; clients do the same.
        let handle = open(dir, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).map_err(failed)?;
        let address = if path.as_os_str().len() > LONGEST_SOCKET_PATH {
            PathBuf::from(format!("/proc/self/fd/{}/attach", handle.as_raw_fd()))
        } else {
            path.clone()
        };
        bind(&listener, &SocketAddrUnix::new(&address).map_err(failed)?).map_err(failed)?;
        listen(&listener, 10).map_err(failed)?;
        Ok(Self {
            listener,
            path,
            clients: Vec::new(),
        })
    }

    /// For polling.
    pub(crate) fn listener(&self) -> &OwnedFd {
        &self.listener
    }

    /// For polling: each client's number and socket, whether it may send input, whether output waits for it.
    pub(crate) fn clients(&self) -> impl Iterator<Item = (usize, &OwnedFd, bool, bool)> {
        self.clients
            .iter()
            .enumerate()
            .filter(|(_, client)| !client.gone)
            .map(|(number, client)| {
                (
                    number,
                    &client.socket,
                    client.sends_input,
                    client.queued > 0,
                )
            })
    }

    /// Takes in who is waiting.
    pub(crate) fn accept(&mut self) {
        while let Ok(socket) =
            accept_with(&self.listener, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK)
        {
            self.clients.push(Client {
                socket,
                queue: VecDeque::new(),
                queued: 0,
                stalled_since: None,
                sends_input: true,
                has_sent: false,
                gone: false,
            });
        }
    }

    /// Sends a chunk of output to every client; `chunk` holds at most 8192 bytes.
    pub(crate) fn broadcast(&mut self, stream: Stream, chunk: &[u8]) {
        if self.clients.is_empty() {
            return;
        }
        let mut packet = Vec::with_capacity(chunk.len() + 1);
        packet.push(match stream {
            Stream::Stdout => 2,
            Stream::Stderr => 3,
        });
        packet.extend_from_slice(chunk);
        for client in &mut self.clients {
            client.queue_or_send(&packet);
        }
    }

    /// Sends a client what waits for it, as far as it takes it.
    pub(crate) fn send_queued(&mut self, number: usize) {
        if let Some(client) = self.clients.get_mut(number) {
            client.send_queued();
        }
    }

    /// Reads a client's input.
    pub(crate) fn receive(&mut self, number: usize, buffer: &mut [u8]) -> Received {
        let Some(client) = self.clients.get_mut(number) else {
            return Received::Nothing;
        };
        match recv(&client.socket, &mut *buffer, RecvFlags::empty()) {
            Ok((count, _)) if count > 0 => {
                client.has_sent = true;
                Received::Input(count)
            }
            Err(Errno::AGAIN | Errno::INTR) => Received::Nothing,
            Ok(_) | Err(_) => {
                client.sends_input = false;
                Received::End
            }
        }
    }

    /// Whether the client has ever sent input.
    pub(crate) fn has_sent(&self, number: usize) -> bool {
        self.clients
            .get(number)
            .is_some_and(|client| client.has_sent)
    }

    /// The client has closed its socket altogether.
    pub(crate) fn hung_up(&mut self, number: usize) {
        if let Some(client) = self.clients.get_mut(number) {
            client.gone = true;
        }
    }

    /// Forgets clients that have gone or taken nothing for too long. Renumbers the rest.
    pub(crate) fn drop_lost(&mut self) {
        self.clients.retain(|client| {
            !client.gone
                && client
                    .stalled_since
                    .is_none_or(|since| since.elapsed() < PATIENCE)
        });
    }

    /// Whether the container has to wait for a client.
    pub(crate) fn is_congested(&self) -> bool {
        self.clients.iter().any(|client| client.queued > CONGESTED)
    }

    /// Whether output waits for a client.
    pub(crate) fn has_queued(&self) -> bool {
        self.clients.iter().any(|client| client.queued > 0)
    }

    /// When the next client would be lost.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.clients
            .iter()
            .filter_map(|client| client.stalled_since)
            .min()
            .map(|since| since + PATIENCE)
    }
}

impl Drop for AttachServer {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Client {
    fn queue_or_send(&mut self, packet: &[u8]) {
        if self.gone || (self.queue.is_empty() && self.try_send(packet)) {
            return;
        }
        if self.queued + packet.len() > OVERFLOW {
            self.gone = true;
            return;
        }
        self.queued += packet.len();
        self.queue.push_back(packet.to_vec());
        self.stalled_since.get_or_insert_with(Instant::now);
    }

    fn send_queued(&mut self) {
        while let Some(packet) = self.queue.pop_front() {
            if !self.try_send(&packet) {
                self.queue.push_front(packet);
                return;
            }
            self.queued -= packet.len();
            self.stalled_since = Some(Instant::now());
        }
        self.queue = VecDeque::new();
        self.stalled_since = None;
    }

    /// False if the packet has to wait. A dead client takes everything.
    fn try_send(&mut self, packet: &[u8]) -> bool {
        match send(
            &self.socket,
            packet,
            SendFlags::DONTWAIT | SendFlags::NOSIGNAL,
        ) {
            Ok(_) => true,
            Err(Errno::AGAIN | Errno::INTR | Errno::NOBUFS) => false,
            Err(_) => {
                self.gone = true;
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use rustix::net::connect;

    use super::*;

    fn client(path: &Path) -> OwnedFd {
        let socket = socket_with(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        )
        .unwrap();
        connect(&socket, &SocketAddrUnix::new(path).unwrap()).unwrap();
        socket
    }

    #[test]
    fn packets_have_a_type_and_dead_clients_vanish() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("attach");
        let mut server = AttachServer::listen(dir.path()).unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
            0o700
        );
        let (first, second) = (client(&path), client(&path));
        server.accept();
        drop(second);
        server.broadcast(Stream::Stderr, b"oops");
        server.drop_lost();
        assert_eq!(server.clients().count(), 1);
        let mut buffer = [0; 64];
        let (count, _) = recv(&first, &mut buffer[..], RecvFlags::empty()).unwrap();
        assert_eq!(&buffer[..count], b"\x03oops");
        assert!(!server.has_sent(0));
        send(&first, b"hi", SendFlags::empty()).unwrap();
        assert_eq!(server.receive(0, &mut buffer), Received::Input(2));
        assert_eq!(server.receive(0, &mut buffer), Received::Nothing);
        assert!(server.has_sent(0));
        rustix::net::shutdown(&first, rustix::net::Shutdown::Write).unwrap();
        assert_eq!(server.receive(0, &mut buffer), Received::End);
        drop(server);
        assert!(!path.exists());
    }

    #[test]
    fn a_slow_client_is_waited_for_and_gets_everything_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let mut server = AttachServer::listen(dir.path()).unwrap();
        let slow = client(&dir.path().join("attach"));
        server.accept();
        let mut sent = 0_u32;
        while !server.is_congested() {
            let mut chunk = vec![0; 4096];
            chunk[..4].copy_from_slice(&sent.to_le_bytes());
            server.broadcast(Stream::Stdout, &chunk);
            sent += 1;
        }
        assert!(server.deadline().is_some());
        let mut buffer = [0; 8193];
        for number in 0..sent {
            recv(&slow, &mut buffer[..], RecvFlags::empty()).unwrap();
            assert_eq!(buffer[1..5], number.to_le_bytes());
            server.send_queued(0);
        }
        assert!(!server.has_queued() && server.deadline().is_none());
    }

    #[test]
    fn a_stuck_client_is_dropped_in_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let mut server = AttachServer::listen(dir.path()).unwrap();
        let _stuck = client(&dir.path().join("attach"));
        server.accept();
        for _ in 0..=(OVERFLOW / 8192 + 256) {
            server.broadcast(Stream::Stdout, &[0; 8192]);
        }
        server.drop_lost();
        assert_eq!(server.clients().count(), 0);
    }

    #[test]
    fn a_long_path_is_bound_by_its_directory() {
        let dir = tempfile::tempdir().unwrap();
        let long = dir.path().join("x".repeat(120));
        std::fs::create_dir(&long).unwrap();
        let _server = AttachServer::listen(&long).unwrap();
        assert!(long.join("attach").exists());
    }
}
