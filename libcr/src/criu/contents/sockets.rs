//! The ends of sockets as people write them.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use super::file_messages::{InetSocket, NetlinkSocket, PacketSocket, UnixSocket};

/// Both ends of a socket, and what it is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ends {
    /// `established`, `listening`, `connecting`, `closing`; empty where there is nothing to say.
    pub(super) state: &'static str,
    /// `address:port`, a path, `@name` in the abstract space; empty for one without a name.
    pub(super) local: String,
    /// The same of the other end.
    pub(super) remote: String,
}

impl Ends {
    /// In one line: `LOCAL -> REMOTE STATE`.
    pub(super) fn line(&self) -> String {
        let mut line = self.local.clone();
        if !self.remote.is_empty() {
            line.push_str(" -> ");
            line.push_str(&self.remote);
        }
        if !self.state.is_empty() {
            line.push(' ');
            line.push_str(self.state);
        }
        line.trim_start().to_owned()
    }
}

/// States of sockets that say something (Linux `include/net/tcp_states.h`).
fn state(number: u32, connected: bool) -> &'static str {
    match number {
        1 if connected => "established",
        // The last is a request that the listener has not seen yet.
        2 | 3 | 12 => "connecting",
        4..=6 | 8 | 9 | 11 => "closing",
        10 => "listening",
        _ => "",
    }
}

/// An internet socket: its kind and ends.
pub(super) fn inet(socket: &InetSocket) -> (&'static str, Ends) {
    let kind = match socket.kind {
        1 => "tcp",
        2 => "udp",
        _ => "raw",
    };
    let address = |words: &[u32], port: u32| -> Option<SocketAddr> {
        let bytes: Vec<u8> = words
            .iter()
            .take(4)
            .flat_map(|word| word.to_le_bytes())
            .collect();
        let port = u16::try_from(port).ok()?;
        if let Ok(four) = <[u8; 4]>::try_from(bytes.get(..4)?)
            && socket.family == 2
        {
            return Some((Ipv4Addr::from(four), port).into());
        }
        let sixteen = <[u8; 16]>::try_from(bytes.get(..16)?).ok()?;
        Some((Ipv6Addr::from(sixteen), port).into())
    };
    let text = |address: SocketAddr| address.to_string();
    let remote = address(&socket.target, socket.target_port).filter(|end| end.port() != 0);
    let ends = Ends {
        state: state(socket.state, kind == "tcp"),
        local: address(&socket.source, socket.source_port).map_or_else(String::new, text),
        remote: remote.map_or_else(String::new, text),
    };
    (kind, ends)
}

/// A socket of the file system; the name of its other end is found later.
pub(super) fn unix(socket: &UnixSocket) -> Ends {
    let local = match socket.name.as_slice() {
        // An abstract name, as ss(8) and /proc/net/unix show it.
        [0, rest @ ..] => format!("@{}", String::from_utf8_lossy(rest)),
        // A path's end is stored with it.
        name => String::from_utf8_lossy(name.strip_suffix(&[0]).unwrap_or(name)).into_owned(),
    };
    Ends {
        // Only a stream is connected: type 2 is a datagram socket.
        state: state(socket.state, socket.kind != 2),
        local,
        remote: String::new(),
    }
}

/// A netlink socket, as ss(8) shows it: `PROTOCOL:PORT`.
pub(super) fn netlink(socket: &NetlinkSocket) -> Ends {
    // Linux `include/uapi/linux/netlink.h`.
    let protocol = match socket.protocol {
        0 => "route",
        2 => "usersock",
        3 => "firewall",
        4 => "sock_diag",
        5 => "nflog",
        6 => "xfrm",
        7 => "selinux",
        8 => "iscsi",
        9 => "audit",
        10 => "fib_lookup",
        11 => "connector",
        12 => "netfilter",
        13 => "ip6_fw",
        14 => "dnrtmsg",
        15 => "kobject_uevent",
        16 => "generic",
        18 => "scsitransport",
        19 => "ecryptfs",
        20 => "rdma",
        21 => "crypto",
        22 => "smc",
        _ => "",
    };
    let protocol = if protocol.is_empty() {
        socket.protocol.to_string()
    } else {
        protocol.to_owned()
    };
    let remote = (socket.target_port != 0).then(|| format!("{protocol}:{}", socket.target_port));
    Ends {
        state: "",
        local: format!("{protocol}:{}", socket.port),
        remote: remote.unwrap_or_default(),
    }
}

/// A packet socket: the protocol it hears, in hexadecimal, and on which interface.
pub(super) fn packet(socket: &PacketSocket) -> Ends {
    // CRIU has it in the network's order.
    let [high, low, ..] = socket.protocol.to_le_bytes();
    let protocol = format!("protocol 0x{high:02x}{low:02x}");
    Ends {
        state: "",
        local: match socket.interface {
            0 => protocol,
            number => format!("{protocol} on interface {number}"),
        },
        remote: String::new(),
    }
}
