//! Tells the neighbours where a container's addresses are now: a gratuitous ARP for each IPv4
//! address, an unsolicited neighbour advertisement for each IPv6 one. Without it a peer on the segment
//! goes on sending to the place where the container was before it moved, until its entry is too old.
//!
//! The kernel sends them itself when an interface gets a hardware address, be it the one that it has
//! (Documentation/networking/ip-sysctl.rst: `arp_notify`, `ndisc_notify`).

use std::fs;
use std::io;
use std::path::Path;

use crate::error::Error;
use crate::mac::MacAddress;
use crate::netns;
use crate::rtnetlink;

/// Announces all addresses of these interfaces of the namespace at `netns`.
///
/// # Errors
/// [`Error::Io`]; the rest is announced all the same.
pub fn announce(netns: &Path, interfaces: &[(String, MacAddress)]) -> Result<(), Error> {
    let interfaces = interfaces.to_vec();
    let each = move || {
        let mut first = Ok(());
        for (name, mac) in &interfaces {
            if let Err(error) = announce_one(name, *mac) {
                first = first.and(Err(error));
            }
        }
        first
    };
    netns::inside(netns, each).map_err(Error::io("announce addresses of", netns))
}

fn announce_one(name: &str, mac: MacAddress) -> io::Result<()> {
    // It becomes part of a path.
    if name.is_empty() || name.starts_with('.') || name.contains('/') {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    fs::write(format!("/proc/sys/net/ipv4/conf/{name}/arp_notify"), "1")?;
    let neighbours = format!("/proc/sys/net/ipv6/conf/{name}/ndisc_notify");
    match fs::write(neighbours, "1") {
        // A kernel without IPv6.
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    rtnetlink::set_address(name, mac)
}
