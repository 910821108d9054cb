//! The sockets of a network namespace: `/proc/PID/net` (proc_pid_net(5)), and for the other ends
//! of unix sockets, which only it tells, sock_diag(7).

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// A TCP socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tcp {
    /// State (Linux `include/net/tcp_states.h`): 1 is established, 10 listening.
    pub state: u8,
    /// This end.
    pub local: SocketAddr,
    /// The other end.
    pub remote: SocketAddr,
    /// For a listening one: connections that nobody has accepted yet.
    pub waiting: u64,
}

/// A unix socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unix {
    /// 1 stream, 2 datagram, 5 seqpacket (socket(2)).
    pub kind: u8,
    /// As [`Tcp::state`].
    pub state: u8,
    /// Inode of the other end; 0: none.
    pub peer: u32,
    /// A path, `@name`, or nothing.
    pub name: String,
    /// Both ways are shut down: the other end is closed.
    pub is_shut: bool,
    /// For a listening one: inodes of those that wait to be accepted.
    pub waiting: Vec<u32>,
}

/// Sockets by inode.
#[derive(Debug, Clone, Default)]
pub struct Sockets {
    /// TCP over IPv4 and IPv6.
    pub tcp: BTreeMap<u64, Tcp>,
    /// Unix sockets.
    pub unix: BTreeMap<u64, Unix>,
    /// UDP, raw, ICMP, netlink and packet sockets.
    pub others: BTreeSet<u64>,
}

impl Sockets {
    /// Those of the network namespace that a process is in.
    ///
    /// # Errors
    /// When the process is gone or its namespace can't be entered.
    pub fn of(pid: i32) -> io::Result<Self> {
        let mut found = Self::default();
        for table in ["tcp", "tcp6"] {
            found
                .tcp
                .extend(rows(pid, table).filter_map(|row| tcp(&row)));
        }
        // The column of the inode, counted from 0.
        for (table, column) in [
            ("udp", 9),
            ("udp6", 9),
            ("udplite", 9),
            ("udplite6", 9),
            ("raw", 9),
            ("raw6", 9),
            ("icmp", 9),
            ("icmp6", 9),
            ("netlink", 9),
            ("packet", 8),
        ] {
            let inodes = rows(pid, table).filter_map(|row| row.get(column)?.parse::<u64>().ok());
            found.others.extend(inodes);
        }
        let namespace = File::open(format!("/proc/{pid}/ns/net"))?;
        // Only a thread of its own may change its namespace.
        let asked = std::thread::Builder::new()
            .name("sock-diag".into())
            .spawn(move || {
                move_into_link_name_space(
                    std::os::fd::AsFd::as_fd(&namespace),
                    Some(LinkNameSpaceType::Network),
                )?;
                unix_sockets()
            })?;
        found.unix = asked
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("its thread panicked")))?;
        Ok(found)
    }

    /// Whether it is a socket of a kind that is known here.
    pub fn knows(&self, inode: u64) -> bool {
        self.tcp.contains_key(&inode)
            || self.unix.contains_key(&inode)
            || self.others.contains(&inode)
    }
}

/// The rows of a table as words, without its heading.
fn rows(pid: i32, table: &str) -> impl Iterator<Item = Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
    let lines: Vec<Vec<String>> = text
        .lines()
        .skip(1)
        .map(|line| line.split_ascii_whitespace().map(str::to_owned).collect())
        .collect();
    lines.into_iter()
}

fn tcp(row: &[String]) -> Option<(u64, Tcp)> {
    let inode = row.get(9)?.parse().ok()?;
    let waiting = row.get(4)?.split_once(':')?.1;
    let socket = Tcp {
        state: u8::from_str_radix(row.get(3)?, 16).ok()?,
        local: address(row.get(1)?)?,
        remote: address(row.get(2)?)?,
        waiting: u64::from_str_radix(waiting, 16).ok()?,
    };
    // 0: a connection in TIME_WAIT, or one that waits to be accepted.
    (inode != 0).then_some((inode, socket))
}

/// `0100007F:1F90`: words of the address as they lie in memory, and the port.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let words = address.as_bytes().chunks(8);
    let bytes: Vec<u8> = words
        .map(|word| {
            let word = std::str::from_utf8(word).ok()?;
            Some(u32::from_str_radix(word, 16).ok()?.to_ne_bytes())
        })
        .collect::<Option<Vec<_>>>()?
        .concat();
    let ip = match bytes.len() {
        4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok().map(Ipv4Addr::from)?),
        16 => IpAddr::from(<[u8; 16]>::try_from(bytes).ok().map(Ipv6Addr::from)?).to_canonical(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// `SOCK_DIAG_BY_FAMILY` (linux/sock_diag.h).
const BY_FAMILY: u16 = 20;
/// `NLM_F_REQUEST | NLM_F_DUMP`.
const DUMP: u16 = 0x301;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
/// `UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_ICONS` (linux/unix_diag.h), and the attributes that
/// answer; shutdowns are told in any case.
const SHOW: u32 = 0x1 | 0x4 | 0x8;
const NAME: u16 = 0;
const PEER: u16 = 2;
const WAITING: u16 = 3;
const SHUTDOWN: u16 = 6;
/// `RCV_SHUTDOWN | SEND_SHUTDOWN` (net/sock.h).
const BOTH_WAYS: u8 = 3;
/// struct nlmsghdr, struct unix_diag_msg.
const HEADER: usize = 16;
const MESSAGE: usize = 16;

/// Asks the kernel for all unix sockets of the calling thread's network namespace.
fn unix_sockets() -> io::Result<BTreeMap<u64, Unix>> {
    let socket = rustix::net::socket_with(
        AddressFamily::NETLINK,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        Some(netlink::SOCK_DIAG),
    )?;
    let mut request = Vec::new();
    request.extend(40_u32.to_ne_bytes());
    request.extend(BY_FAMILY.to_ne_bytes());
    request.extend(DUMP.to_ne_bytes());
    request.extend([0; 8]);
    // struct unix_diag_req: family, protocol, padding, states, inode, what to show, cookie.
    request.extend([1, 0, 0, 0]);
    request.extend(u32::MAX.to_ne_bytes());
    request.extend([0; 4]);
    request.extend(SHOW.to_ne_bytes());
    request.extend([0; 8]);
    let kernel = netlink::SocketAddrNetlink::new(0, 0);
    rustix::net::sendto(&socket, &request, SendFlags::empty(), &kernel)?;
    let mut found = BTreeMap::new();
    let mut answer = vec![0; 1 << 16];
    loop {
        let (length, _) = rustix::net::recv(&socket, answer.as_mut_slice(), RecvFlags::empty())?;
        let mut rest = answer.get(..length).unwrap_or_default();
        while let Some((kind, body)) = message(rest) {
            match kind {
                NLMSG_DONE => return Ok(found),
                NLMSG_ERROR => {
                    return Err(io::Error::other("the kernel doesn't list unix sockets"));
                }
                _ => found.extend(unix(body)),
            }
            let step = (HEADER + body.len()).next_multiple_of(4);
            rest = rest.get(step..).unwrap_or_default();
        }
    }
}

/// Kind and body of the first message of a netlink answer.
fn message(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let length = usize::try_from(u32_at(bytes, 0)?).ok()?;
    Some((u16_at(bytes, 4)?, bytes.get(HEADER..length)?))
}

fn unix(body: &[u8]) -> Option<(u64, Unix)> {
    let mut socket = Unix {
        kind: *body.get(1)?,
        state: *body.get(2)?,
        peer: 0,
        name: String::new(),
        is_shut: false,
        waiting: Vec::new(),
    };
    let inode = u64::from(u32_at(body, 4)?);
    let mut rest = body.get(MESSAGE..)?;
    while let (Some(length), Some(kind)) = (u16_at(rest, 0), u16_at(rest, 2)) {
        let length = usize::from(length);
        let Some(value) = rest.get(4..length) else {
            break;
        };
        match kind {
            PEER => socket.peer = u32_at(value, 0).unwrap_or(0),
            NAME => socket.name = name(value),
            SHUTDOWN => socket.is_shut = value.first() == Some(&BOTH_WAYS),
            WAITING => {
                let words = value.chunks_exact(4);
                socket.waiting = words.filter_map(|word| u32_at(word, 0)).collect();
            }
            _ => {}
        }
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Some((inode, socket))
}

fn name(value: &[u8]) -> String {
    match value {
        [0, rest @ ..] => format!("@{}", String::from_utf8_lossy(rest)),
        name => {
            let end = name.iter().position(|byte| *byte == 0);
            String::from_utf8_lossy(&name[..end.unwrap_or(name.len())]).into_owned()
        }
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsFd;
    use std::os::unix::net::{UnixListener, UnixStream};

    fn inode(socket: impl AsFd) -> u64 {
        rustix::fs::fstat(socket).map_or(0, |facts| facts.st_ino)
    }

    #[test]
    fn own_sockets() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let client = TcpStream::connect(listener.local_addr()?)?;
        let (one, other) = UnixStream::pair()?;
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("socket");
        let unix_listener = UnixListener::bind(&path)?;
        let waiting = UnixStream::connect(&path)?;
        let udp = std::net::UdpSocket::bind("[::1]:0")?;
        let pid = rustix::process::getpid().as_raw_pid();
        let found = Sockets::of(pid)?;
        let listening = &found.tcp[&inode(&listener)];
        assert_eq!((listening.state, listening.waiting), (10, 1));
        let connected = &found.tcp[&inode(&client)];
        assert_eq!(connected.state, 1);
        assert_eq!(connected.remote, listener.local_addr()?);
        assert_eq!(connected.local, client.local_addr()?);
        assert_eq!(u64::from(found.unix[&inode(&one)].peer), inode(&other));
        let asked = &found.unix[&inode(&unix_listener)];
        assert_eq!(asked.name, path.to_string_lossy());
        assert_eq!(
            asked
                .waiting
                .iter()
                .map(|one| u64::from(*one))
                .collect::<Vec<_>>(),
            [inode(&waiting)]
        );
        let waits = &found.unix[&inode(&waiting)];
        assert_eq!((waits.state, waits.peer, waits.is_shut), (1, 0, false));
        assert!(found.knows(inode(&udp)) && !found.knows(1));
        Ok(())
    }
}
