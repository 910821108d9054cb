//! The four things asked of rtnetlink(7) directly, in the network namespace of the calling thread. Each
//! is one message, answered by NLMSG_ERROR with code 0 or a negated errno.

use std::io;

use crate::mac::MacAddress;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink};

const RTM_NEWLINK: u16 = 16;
const RTM_DELLINK: u16 = 17;
const NLM_F_REQUEST: u16 = 0x1;
const NLM_F_ACK: u16 = 0x4;
const NLM_F_EXCL: u16 = 0x200;
const NLM_F_CREATE: u16 = 0x400;
const NLMSG_ERROR: u16 = 2;
const IFLA_ADDRESS: u16 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_LINKINFO: u16 = 18;
const IFLA_INFO_KIND: u16 = 1;
const IFF_UP: u32 = 1;
/// `lo` is the first interface of every namespace.
const LOOPBACK_INDEX: i32 = 1;

/// Sets `lo` up.
pub(crate) fn raise_loopback() -> io::Result<()> {
    new_link(0, LOOPBACK_INDEX, IFF_UP, &[])
}

/// Makes an interface of this kind, `bridge` or `veth` (whose other end gets a name that the kernel
/// chooses). One of this name that exists already is left as it is.
pub(crate) fn add_link(name: &str, kind: &str) -> io::Result<()> {
    let kind = attribute(IFLA_INFO_KIND, kind.as_bytes())?;
    let mut attributes = attribute(IFLA_IFNAME, &[name.as_bytes(), &[0]].concat())?;
    attributes.extend(attribute(IFLA_LINKINFO, &kind)?);
    match new_link(NLM_F_CREATE | NLM_F_EXCL, 0, 0, &attributes) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Gives an interface a hardware address.
pub(crate) fn set_address(name: &str, mac: MacAddress) -> io::Result<()> {
    let mut attributes = attribute(IFLA_IFNAME, &[name.as_bytes(), &[0]].concat())?;
    attributes.extend(attribute(IFLA_ADDRESS, &mac.octets())?);
    new_link(0, 0, 0, &attributes)
}

/// Removes an interface; one that isn't there is gone.
pub(crate) fn remove_link(name: &str) -> io::Result<()> {
    let attributes = attribute(IFLA_IFNAME, &[name.as_bytes(), &[0]].concat())?;
    match ask(RTM_DELLINK, 0, 0, 0, &attributes) {
        // ENODEV has no kind of its own.
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::NODEV.raw_os_error()) => {
            Ok(())
        }
        other => other,
    }
}

/// struct rtattr: length without padding, type, value; padded to four bytes.
fn attribute(kind: u16, value: &[u8]) -> io::Result<Vec<u8>> {
    let length = u16::try_from(value.len() + 4).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut bytes = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    Ok(bytes)
}

fn new_link(flags: u16, index: i32, up: u32, attributes: &[u8]) -> io::Result<()> {
    ask(RTM_NEWLINK, flags, index, up, attributes)
}

fn ask(kind: u16, flags: u16, index: i32, up: u32, attributes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(32 + attributes.len())
        .map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut message = Vec::new();
    // struct nlmsghdr: length, type, flags, sequence, port id.
    message.extend(length.to_ne_bytes());
    message.extend(kind.to_ne_bytes());
    message.extend((NLM_F_REQUEST | NLM_F_ACK | flags).to_ne_bytes());
    message.extend([0; 8]);
    // struct ifinfomsg: family, padding and type, index, flags, change mask.
    message.extend([0; 4]);
    message.extend(index.to_ne_bytes());
    message.extend(up.to_ne_bytes());
    message.extend(up.to_ne_bytes());
    message.extend(attributes);

    let socket = rustix::net::socket_with(
        AddressFamily::NETLINK,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        None, // protocol 0 is NETLINK_ROUTE
    )?;
    let kernel = netlink::SocketAddrNetlink::new(0, 0);
    rustix::net::sendto(&socket, &message, SendFlags::empty(), &kernel)?;
    let mut answer = [0_u8; 512];
    let (length, _) = rustix::net::recv(&socket, &mut answer, RecvFlags::empty())?;
    let kind = u16::from_ne_bytes([answer[4], answer[5]]);
    let code = i32::from_ne_bytes([answer[16], answer[17], answer[18], answer[19]]);
    if length < 20 || kind != NLMSG_ERROR {
        return Err(io::Error::other("unexpected answer from rtnetlink"));
    }
    match code {
        0 => Ok(()),
        code => Err(io::Error::from_raw_os_error(-code)),
    }
}
