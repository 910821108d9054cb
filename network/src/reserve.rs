//! Takes published ports on the host: free ones are chosen, and all are bound for as long as the
//! descriptors live, so that no other program gets them while netavark only rewrites packets.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, ipproto, listen, socket_with};

use crate::error::Error;
use crate::types::{PortMapping, Protocol};

/// How often a run of free ports is looked for before giving up; each try is another random start.
const ATTEMPTS: usize = 64;

/// Binds every port of every mapping. The descriptors close on exec; hand them on on purpose.
///
/// # Errors
/// [`Error::PortUnavailable`] for the first that can't be had; then all are let go.
pub fn reserve(mappings: &[PortMapping]) -> Result<Vec<OwnedFd>, Error> {
    let mut held = Vec::new();
    for mapping in mappings {
        let ip = host_address(mapping)?;
        for offset in 0..mapping.range {
            let Some(port) = mapping.host_port.checked_add(offset) else {
                return Err(unavailable(mapping, ip, u16::MAX, Errno::INVAL));
            };
            match take(ip, port, mapping.protocol) {
                Ok(socket) => held.push(socket),
                // Nothing on this kernel could take the port from us either.
                Err(Errno::PROTONOSUPPORT | Errno::SOCKTNOSUPPORT | Errno::AFNOSUPPORT)
                    if mapping.protocol == Protocol::Sctp => {}
                Err(error) => return Err(unavailable(mapping, ip, port, error)),
            }
        }
    }
    Ok(held)
}

/// Fills in host ports that are 0 with free ones, a run of neighbours for a range. They are free at this
/// moment: [`reserve`] makes sure of them.
///
/// # Errors
/// [`Error::NoFreePort`], or [`Error::PortUnavailable`] if the host address can't be bound at all.
pub fn choose_host_ports(mappings: &mut [PortMapping]) -> Result<(), Error> {
    // Ports chosen in this call stay bound until its end, so that none is chosen twice.
    let mut held = Vec::new();
    for mapping in mappings.iter_mut().filter(|m| m.host_port == 0) {
        let ip = host_address(mapping)?;
        let (port, sockets) = free_run(mapping, ip)?;
        mapping.host_port = port;
        held.extend(sockets);
    }
    Ok(())
}

fn free_run(mapping: &PortMapping, ip: IpAddr) -> Result<(u16, Vec<OwnedFd>), Error> {
    // The kernel chooses for TCP and UDP; where it has no SCTP a TCP port is as good a guess.
    let protocol = match mapping.protocol {
        Protocol::Sctp => Protocol::Tcp,
        other => other,
    };
    for _ in 0..ATTEMPTS {
        let first = take(ip, 0, protocol).map_err(|error| unavailable(mapping, ip, 0, error))?;
        let Some(port) = port_of(&first) else {
            break;
        };
        let mut sockets = vec![first];
        for offset in 1..mapping.range {
            match port
                .checked_add(offset)
                .map(|next| take(ip, next, protocol))
            {
                Some(Ok(socket)) => sockets.push(socket),
                _ => break,
            }
        }
        if sockets.len() == usize::from(mapping.range) {
            return Ok((port, sockets));
        }
    }
    Err(Error::NoFreePort {
        container_port: mapping.container_port,
        range: mapping.range,
    })
}

/// A socket bound to the port; TCP and SCTP listen, since two that don't may share a port.
fn take(ip: IpAddr, port: u16, protocol: Protocol) -> Result<OwnedFd, Errno> {
    let family = match ip {
        IpAddr::V4(_) => AddressFamily::INET,
        IpAddr::V6(_) => AddressFamily::INET6,
    };
    let (kind, number) = match protocol {
        Protocol::Tcp => (SocketType::STREAM, ipproto::TCP),
        Protocol::Udp => (SocketType::DGRAM, ipproto::UDP),
        Protocol::Sctp => (SocketType::STREAM, ipproto::SCTP),
    };
    let socket = socket_with(family, kind, SocketFlags::CLOEXEC, Some(number))?;
    if ip.is_ipv6() {
        rustix::net::sockopt::set_ipv6_v6only(&socket, true)?;
    }
    if protocol != Protocol::Udp {
        // Old connections in TIME_WAIT don't keep a port.
        rustix::net::sockopt::set_socket_reuseaddr(&socket, true)?;
    }
    bind(&socket, &SocketAddr::new(ip, port))?;
    if protocol != Protocol::Udp {
        listen(&socket, 128)?;
    }
    Ok(socket)
}

fn port_of(socket: &OwnedFd) -> Option<u16> {
    let name = rustix::net::getsockname(socket).ok()?;
    SocketAddr::try_from(name)
        .ok()
        .map(|address| address.port())
}

fn host_address(mapping: &PortMapping) -> Result<IpAddr, Error> {
    if mapping.host_ip.is_empty() {
        return Ok(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    }
    // Mappings also come from archives, unparsed.
    mapping.host_ip.parse().map_err(|_| Error::PortUnavailable {
        protocol: upper(mapping.protocol),
        family: mapping.protocol.as_str().to_owned(),
        address: format!("{}:{}", mapping.host_ip, mapping.host_port),
        reason: "not an IP address".to_owned(),
    })
}

fn unavailable(mapping: &PortMapping, ip: IpAddr, port: u16, error: Errno) -> Error {
    let address = if mapping.host_ip.is_empty() {
        format!(":{port}")
    } else {
        SocketAddr::new(ip, port).to_string()
    };
    let version = if ip.is_ipv6() { '6' } else { '4' };
    Error::PortUnavailable {
        protocol: upper(mapping.protocol),
        family: format!("{}{version}", mapping.protocol.as_str()),
        address,
        reason: words(error),
    }
}

fn upper(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
        Protocol::Sctp => "SCTP",
    }
}

/// The system's text as Go prints it: lower case, without Rust's `(os error N)`.
fn words(error: Errno) -> String {
    let text = std::io::Error::from(error).to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(characters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, UdpSocket};

    fn ports(texts: &[&str]) -> Vec<PortMapping> {
        crate::port::parse_all(texts).unwrap()
    }

    #[test]
    fn taken_port_is_told_as_podman_tells_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let error = reserve(&ports(&[&format!("{port}:80")])).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "cannot listen on the TCP port: listen tcp4 :{port}: bind: address already in use"
            )
        );
        let error = reserve(&ports(&["192.0.2.1:8081:80/udp"])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot listen on the UDP port: listen udp4 192.0.2.1:8081: bind: cannot assign requested address"
        );
    }

    #[test]
    fn held_until_dropped() {
        let mut mappings = ports(&["127.0.0.1::80-82", "127.0.0.1::80/udp", "127.0.0.1::90"]);
        choose_host_ports(&mut mappings).unwrap();
        assert!(mappings.iter().all(|m| m.host_port != 0));
        let held = reserve(&mappings).unwrap();
        assert_eq!(held.len(), 5);
        let tcp = ("127.0.0.1", mappings[0].host_port + 2);
        let udp = ("127.0.0.1", mappings[1].host_port);
        assert!(TcpListener::bind(tcp).is_err());
        assert!(UdpSocket::bind(udp).is_err());
        drop(held);
        TcpListener::bind(tcp).unwrap();
        UdpSocket::bind(udp).unwrap();
    }

    #[test]
    fn one_command_line_can_not_have_a_port_twice() {
        let mut one = ports(&["127.0.0.1::80"]);
        choose_host_ports(&mut one).unwrap();
        let port = one[0].host_port;
        let both = [
            format!("127.0.0.1:{port}:80"),
            format!("127.0.0.1:{port}:81"),
        ];
        let both: Vec<&str> = both.iter().map(String::as_str).collect();
        assert!(reserve(&ports(&both)).is_err());
    }

    #[test]
    fn mappings_from_an_archive_are_not_trusted() {
        let mapping: PortMapping = serde_json::from_str(
            r#"{"host_ip":"nonsense","container_port":80,"host_port":65535,"range":9}"#,
        )
        .unwrap();
        assert!(reserve(std::slice::from_ref(&mapping)).is_err());
        let mapping = PortMapping {
            host_ip: "127.0.0.1".to_owned(),
            ..mapping
        };
        assert!(reserve(&[mapping]).is_err());
    }
}
