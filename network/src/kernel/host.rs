//! What the host itself has on its networks, as getifaddrs(3) tells it: nothing of ours may get in
//! its way.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;

use ipnetwork::IpNetwork;
use nix::ifaddrs::{InterfaceAddress, getifaddrs};
use nix::sys::socket::SockaddrStorage;

use crate::create::InUse;
use crate::error::Error;
use crate::kernel::netns;
use crate::types::Network;

/// Interfaces and subnets of the calling thread's network namespace, beside the networks given.
///
/// # Errors
/// [`Error::Io`].
pub fn in_use(networks: Vec<Network>) -> Result<InUse, Error> {
    let all = getifaddrs().map_err(Error::io("read", "network interfaces"))?;
    let (mut interfaces, mut subnets) = (BTreeSet::new(), Vec::new());
    for one in all {
        subnets.extend(subnet(&one));
        interfaces.insert(one.interface_name);
    }
    Ok(InUse {
        bridge: "",
        networks,
        subnets,
        interfaces,
    })
}

/// Addresses in other network namespaces of this host that have a name in `directory` (ip-netns(8):
/// /run/netns), with that name: those of containers of other engines, whose records are their own.
pub fn addresses_in(directory: &Path) -> BTreeMap<IpAddr, String> {
    let mut found = BTreeMap::new();
    let Ok(entries) = std::fs::read_dir(directory) else {
        return found;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if !netns::exists(&path) {
            continue;
        }
        // One that goes meanwhile has none.
        for ip in netns::inside(&path, addresses).unwrap_or_default() {
            found.insert(ip, entry.file_name().to_string_lossy().into_owned());
        }
    }
    found
}

/// Addresses in the network namespace that is bound to `path`; `None` where it can't be entered.
pub fn addresses_at(path: &Path) -> Option<Vec<IpAddr>> {
    netns::inside(path, addresses).ok()
}

/// Addresses in the network namespaces of all processes that can be seen, each namespace once; the
/// caller's own is not among them.
pub fn addresses_of_processes() -> BTreeSet<IpAddr> {
    use std::os::unix::fs::MetadataExt as _;
    let inode = |path: &Path| std::fs::metadata(path).ok().map(|facts| facts.ino());
    let mut seen: BTreeSet<u64> = inode(Path::new("/proc/self/ns/net")).into_iter().collect();
    let mut found = BTreeSet::new();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    for process in processes {
        let path = process.path().join("ns/net");
        let is_new = inode(&path).is_some_and(|inode| seen.insert(inode));
        if is_new {
            found.extend(addresses_at(&path).unwrap_or_default());
        }
    }
    found
}

/// Whether a bridge of this name is there and has no port.
pub fn is_idle_bridge(name: &str) -> bool {
    let ports = Path::new("/sys/class/net").join(name).join("brif");
    std::fs::read_dir(ports).is_ok_and(|mut ports| ports.next().is_none())
}

/// Removes a bridge unless it has a port.
///
/// # Errors
/// [`Error::Io`].
pub fn remove_idle_bridge(name: &str) -> Result<(), Error> {
    if is_idle_bridge(name) {
        crate::rtnetlink::remove_link(name).map_err(Error::io("remove bridge", name))?;
    }
    Ok(())
}

/// Those of the calling thread's namespace, but loopback's.
fn addresses() -> std::io::Result<Vec<IpAddr>> {
    let all = getifaddrs()?;
    let ips = all.filter_map(|one| ip(one.address.as_ref()?));
    Ok(ips.filter(|ip| !ip.is_loopback()).collect())
}

/// The subnet that an address is on; none for those that every host has.
fn subnet(one: &InterfaceAddress) -> Option<IpNetwork> {
    let ip = ip(one.address.as_ref()?)?;
    let link_local = match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    if ip.is_loopback() || link_local {
        return None;
    }
    IpNetwork::with_netmask(ip, self::ip(one.netmask.as_ref()?)?).ok()
}

fn ip(address: &SockaddrStorage) -> Option<IpAddr> {
    let v4 = || address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
    let v6 = || address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip()));
    v4().or_else(v6)
}

#[cfg(test)]
mod tests {
    use super::in_use;

    #[test]
    fn loopback_is_an_interface_and_no_subnet() {
        let found = in_use(Vec::new()).unwrap();
        assert!(found.interfaces.contains("lo"));
        assert!(!found.subnets.iter().any(|subnet| subnet.ip().is_loopback()));
    }
}
