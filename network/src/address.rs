//! Which addresses and which MAC a container gets on a network. Pure: who holds what is told by the
//! caller, who also records the result.
//!
//! Podman's rule (libnetwork/netavark/ipam.go): one address a subnet; the one after the last leased,
//! round the range, passing over taken ones and the gateway, so that a freed address is not reused at
//! once. An address asked for may lie outside the lease range but not outside the subnet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnetwork::IpNetwork;

use crate::error::Error;
use crate::mac::MacAddress;
use crate::types::{Network, Subnet};

/// What a container wishes and what the caller knows.
#[derive(Clone, Copy)]
pub struct LeaseRequest<'a> {
    /// Addresses asked for, at most one a subnet; subnets without one get the next free address.
    pub ips: &'a [IpAddr],
    /// MAC asked for.
    pub mac: Option<MacAddress>,
    /// Id of the container that holds this address on the network now.
    pub holder: &'a dyn Fn(&IpAddr) -> Option<String>,
    /// Address last leased in each subnet of the network, in any order; those of no subnet are ignored.
    pub last: &'a [IpAddr],
}

impl std::fmt::Debug for LeaseRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LeaseRequest")
            .field("ips", &self.ips)
            .field("mac", &self.mac)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

/// What the container gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// One address a subnet, in the network's order; empty where the engine leases none.
    pub ips: Vec<IpAddr>,
    /// MAC of the interface.
    pub mac: MacAddress,
}

/// Chooses addresses and MAC.
///
/// # Errors
/// The `Address…` variants and `NoFreeAddress` of [`Error`].
pub fn lease(network: &Network, request: &LeaseRequest<'_>) -> Result<Lease, Error> {
    let name = || network.name.clone();
    if !network.leases_addresses()
        && let Some(&ip) = request.ips.first()
    {
        return Err(Error::AddressUnmanaged {
            ip,
            network: name(),
        });
    }
    let outside = |ip: &&IpAddr| !network.subnets.iter().any(|s| s.subnet.contains(**ip));
    if let Some(&ip) = request.ips.iter().find(outside) {
        return Err(Error::AddressOutside {
            ip,
            network: name(),
        });
    }
    let mut wanted = request.ips.to_vec();
    let mut ips = Vec::new();
    if network.leases_addresses() {
        for subnet in &network.subnets {
            let asked = wanted.iter().position(|ip| subnet.subnet.contains(*ip));
            ips.push(match asked.map(|index| wanted.remove(index)) {
                Some(ip) => requested(network, subnet, ip, request)?,
                None => next_free(subnet, request)?,
            });
        }
    }
    if let Some(&ip) = wanted.first() {
        return Err(Error::AddressSurplus {
            ip,
            network: name(),
        });
    }
    let mac = match request.mac {
        Some(mac) => mac,
        None => MacAddress::random()?,
    };
    Ok(Lease { ips, mac })
}

fn requested(
    network: &Network,
    subnet: &Subnet,
    ip: IpAddr,
    request: &LeaseRequest<'_>,
) -> Result<IpAddr, Error> {
    let what = if subnet.gateway == Some(ip) {
        Some("gateway")
    } else {
        let (first, last) = usable(&subnet.subnet);
        match number(ip) {
            at if at < first => Some("network"),
            at if at > last => Some("broadcast"),
            _ => None,
        }
    };
    if let Some(what) = what {
        return Err(Error::AddressReserved {
            ip,
            what,
            network: network.name.clone(),
        });
    }
    match (request.holder)(&ip) {
        Some(holder) => Err(Error::AddressTaken { ip, holder }),
        None => Ok(ip),
    }
}

fn next_free(subnet: &Subnet, request: &LeaseRequest<'_>) -> Result<IpAddr, Error> {
    let (mut start, mut end) = usable(&subnet.subnet);
    if let Some(range) = &subnet.lease_range {
        let inside = |ip: &Option<IpAddr>| ip.filter(|ip| subnet.subnet.contains(*ip)).map(number);
        start = inside(&range.start_ip).map_or(start, |ip| ip.max(start));
        end = inside(&range.end_ip).map_or(end, |ip| ip.min(end));
    }
    let address = |at| address(&subnet.subnet, at);
    let last = request.last.iter().find(|ip| subnet.subnet.contains(**ip));
    let first = match last.map(|ip| number(*ip)) {
        Some(last) if (start..end).contains(&last) => last + 1,
        _ => start,
    };
    (first..=end)
        .chain(start..first)
        .map(address)
        .find(|ip| subnet.gateway != Some(*ip) && (request.holder)(ip).is_none())
        .ok_or_else(|| Error::NoFreeAddress {
            start: address(start),
            end: address(end),
        })
}

/// First and last address that a host can have. Subnets of one or two addresses have neither network
/// nor broadcast address (RFC 3021, RFC 6164); IPv6 has no broadcast, its first is the anycast one.
fn usable(subnet: &IpNetwork) -> (u128, u128) {
    let first = number(subnet.network());
    match subnet {
        IpNetwork::V4(v4) => {
            let last = number(IpAddr::V4(v4.broadcast()));
            if v4.prefix() >= 31 {
                (first, last)
            } else {
                (first + 1, last - 1)
            }
        }
        IpNetwork::V6(v6) => {
            let last = number(IpAddr::V6(v6.broadcast()));
            (if v6.prefix() >= 127 { first } else { first + 1 }, last)
        }
    }
}

fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(v4) => u32::from(v4).into(),
        IpAddr::V6(v6) => v6.into(),
    }
}

fn address(subnet: &IpNetwork, at: u128) -> IpAddr {
    match (subnet, u32::try_from(at)) {
        (IpNetwork::V4(_), Ok(at)) => IpAddr::V4(Ipv4Addr::from(at)),
        _ => IpAddr::V6(Ipv6Addr::from(at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(subnets: &str) -> Network {
        serde_json::from_str(&format!(r#"{{"name":"n","subnets":{subnets}}}"#)).unwrap()
    }

    fn small() -> Network {
        network(r#"[{"subnet":"10.0.0.0/29","gateway":"10.0.0.1"}]"#)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn ask(net: &Network, ips: &[&str], taken: &[&str], last: &[&str]) -> Result<String, String> {
        let parse = |list: &[&str]| list.iter().map(|t| ip(t)).collect::<Vec<_>>();
        let (ips, taken, last) = (parse(ips), parse(taken), parse(last));
        let holder = |ip: &IpAddr| taken.contains(ip).then(|| "ab12".to_owned());
        let request = LeaseRequest {
            ips: &ips,
            mac: None,
            holder: &holder,
            last: &last,
        };
        let lease = lease(net, &request).map_err(|e| e.to_string())?;
        let texts: Vec<String> = lease.ips.iter().map(ToString::to_string).collect();
        Ok(texts.join(" "))
    }

    #[test]
    fn next_after_last_and_round() {
        let net = small();
        assert_eq!(ask(&net, &[], &[], &[]).unwrap(), "10.0.0.2");
        assert_eq!(ask(&net, &[], &[], &["10.0.0.2"]).unwrap(), "10.0.0.3");
        assert_eq!(
            ask(&net, &[], &["10.0.0.4"], &["10.0.0.3", "192.0.2.1"]).unwrap(),
            "10.0.0.5"
        );
        assert_eq!(ask(&net, &[], &[], &["10.0.0.6"]).unwrap(), "10.0.0.2");
        let all = ["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"];
        assert_eq!(
            ask(&net, &[], &all, &["10.0.0.4"]).unwrap_err(),
            "IPAM error: failed to find free IP in range: 10.0.0.1 - 10.0.0.6"
        );
        assert_eq!(
            ask(&net, &[], &all[1..], &["10.0.0.4"]).unwrap(),
            "10.0.0.2"
        );
    }

    #[test]
    fn lease_range_is_kept() {
        let net = network(
            r#"[{"subnet":"10.0.0.0/24","lease_range":{"start_ip":"10.0.0.10","end_ip":"10.0.0.11"}}]"#,
        );
        assert_eq!(ask(&net, &[], &[], &["10.0.0.200"]).unwrap(), "10.0.0.10");
        assert_eq!(ask(&net, &[], &[], &["10.0.0.10"]).unwrap(), "10.0.0.11");
        assert_eq!(ask(&net, &[], &[], &["10.0.0.11"]).unwrap(), "10.0.0.10");
        assert_eq!(ask(&net, &["10.0.0.99"], &[], &[]).unwrap(), "10.0.0.99");
    }

    #[test]
    fn one_a_subnet() {
        let net =
            network(r#"[{"subnet":"10.0.0.0/29","gateway":"10.0.0.1"},{"subnet":"fd00::/64"}]"#);
        assert_eq!(ask(&net, &[], &[], &[]).unwrap(), "10.0.0.2 fd00::1");
        assert_eq!(
            ask(&net, &["fd00::7"], &[], &["fd00::3"]).unwrap(),
            "10.0.0.2 fd00::7"
        );
        assert!(
            ask(&net, &["10.0.0.2", "10.0.0.3"], &[], &[])
                .unwrap_err()
                .contains("only one address per subnet")
        );
    }

    #[test]
    fn requests_refused() {
        let net = small();
        assert_eq!(
            ask(&net, &["10.99.0.1"], &[], &[]).unwrap_err(),
            "requested static ip 10.99.0.1 not in any subnet on network n"
        );
        assert_eq!(
            ask(&net, &["10.0.0.5"], &["10.0.0.5"], &[]).unwrap_err(),
            "IPAM error: requested ip address 10.0.0.5 is already allocated to container ID ab12"
        );
        for (address, what) in [
            ("10.0.0.0", "network"),
            ("10.0.0.7", "broadcast"),
            ("10.0.0.1", "gateway"),
        ] {
            assert!(ask(&net, &[address], &[], &[]).unwrap_err().contains(what));
        }
    }

    #[test]
    fn tiny_and_whole_ranges() {
        let net = network(r#"[{"subnet":"10.0.0.4/31"}]"#);
        assert_eq!(ask(&net, &[], &["10.0.0.4"], &[]).unwrap(), "10.0.0.5");
        let net = network(r#"[{"subnet":"::/0"}]"#);
        assert_eq!(
            ask(&net, &[], &[], &["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]).unwrap(),
            "::1"
        );
    }

    #[test]
    fn without_address_management() {
        let mut net = small();
        net.ipam_options
            .insert("driver".to_owned(), "none".to_owned());
        assert_eq!(ask(&net, &[], &[], &[]).unwrap(), "");
        assert!(ask(&net, &["10.0.0.3"], &[], &[]).is_err());
    }
}
