//! Which subnets a new network gets: those asked for, or free ones.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnetwork::{IpNetwork, Ipv4Network, Ipv6Network};

use super::{CreateRequest, InUse, SubnetRequest, invalid};
use crate::error::Error;
use crate::mac::random;
use crate::types::Subnet;

/// Where subnets of networks without any come from, with their prefix length: `default_subnet_pools`
/// of containers.conf(5), without 10.88.0.0/16, which is the default network's.
const POOLS: [(Ipv4Addr, u8, u8); 5] = [
    (Ipv4Addr::new(10, 89, 0, 0), 16, 24),
    (Ipv4Addr::new(10, 90, 0, 0), 15, 24),
    (Ipv4Addr::new(10, 92, 0, 0), 14, 24),
    (Ipv4Addr::new(10, 96, 0, 0), 11, 24),
    (Ipv4Addr::new(10, 128, 0, 0), 9, 24),
];

/// The subnets of the request, clear of all that is in use.
pub(super) fn subnets(
    request: &CreateRequest,
    bridge: bool,
    in_use: &InUse,
) -> Result<Vec<Subnet>, Error> {
    // Who looks after the bridge has given it its addresses already.
    let unmanaged = request
        .options
        .get("mode")
        .is_some_and(|mode| mode == "unmanaged");
    let mut used = if unmanaged {
        Vec::new()
    } else {
        in_use.subnets.clone()
    };
    used.extend(
        in_use
            .networks
            .iter()
            .flat_map(|n| &n.subnets)
            .map(|s| s.subnet),
    );
    // An internal network needs no way to the host, unless names are resolved there.
    let gateway = bridge && (!request.internal || !request.disable_dns);
    let mut subnets = Vec::new();
    for asked in &request.subnets {
        let subnet = own_subnet(asked, gateway)?;
        if bridge && let Some(taken) = used.iter().find(|other| overlap(other, &subnet.subnet)) {
            return Err(Error::SubnetTaken {
                subnet: subnet.subnet,
                by: *taken,
            });
        }
        used.push(subnet.subnet);
        subnets.push(subnet);
    }
    if !bridge && subnets.is_empty() {
        return Err(invalid(
            "host-local ipam driver needs at least one subnet".into(),
        ));
    }
    if subnets.is_empty() {
        subnets.push(with_gateway(free_v4(&used)?, gateway));
    }
    if request.ipv6 && bridge && !subnets.iter().any(|s| s.subnet.is_ipv6()) {
        subnets.push(with_gateway(free_v6(&used)?, gateway));
    }
    Ok(subnets)
}

fn with_gateway(subnet: IpNetwork, gateway: bool) -> Subnet {
    Subnet {
        gateway: gateway.then(|| first_address(&subnet)),
        subnet,
        lease_range: None,
    }
}

fn own_subnet(asked: &SubnetRequest, gateway: bool) -> Result<Subnet, Error> {
    // 10.1.1.5/24 means 10.1.1.0/24, as in Podman.
    let network = asked.subnet.network();
    let subnet = IpNetwork::new(network, asked.subnet.prefix())
        .map_err(|error| invalid(error.to_string()))?;
    let inside = |what: &str, ip: Option<IpAddr>| match ip {
        Some(ip) if !subnet.contains(ip) => {
            Err(invalid(format!("{what} {ip} not in subnet {subnet}")))
        }
        _ => Ok(()),
    };
    inside("gateway", asked.gateway)?;
    if let Some(range) = &asked.range {
        inside("lease range start ip", range.start_ip)?;
        inside("lease range end ip", range.end_ip)?;
        if let (Some(start), Some(end)) = (range.start_ip, range.end_ip)
            && start > end
        {
            return Err(invalid(format!(
                "lease range start ip {start} is after its end {end}"
            )));
        }
    }
    Ok(Subnet {
        gateway: asked
            .gateway
            .or_else(|| gateway.then(|| first_address(&subnet))),
        subnet,
        lease_range: asked.range.clone(),
    })
}

fn first_address(subnet: &IpNetwork) -> IpAddr {
    match subnet {
        IpNetwork::V4(v4) => IpAddr::V4(Ipv4Addr::from(u32::from(v4.network()) | 1)),
        IpNetwork::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6.network()) | 1)),
    }
}

/// Whether two ranges share an address.
fn overlap(a: &IpNetwork, b: &IpNetwork) -> bool {
    a.is_ipv4() == b.is_ipv4() && (a.contains(b.network()) || b.contains(a.network()))
}

fn free_v4(used: &[IpNetwork]) -> Result<IpNetwork, Error> {
    for (base, prefix, size) in POOLS {
        let first = u32::from(base);
        let step = 1_u32 << (32 - size);
        let number = 1_u32 << (size - prefix);
        for index in 0..number {
            let network = Ipv4Addr::from(first + index * step);
            let Ok(candidate) = Ipv4Network::new(network, size) else {
                continue;
            };
            let candidate = IpNetwork::V4(candidate);
            if !used.iter().any(|other| overlap(other, &candidate)) {
                return Ok(candidate);
            }
        }
    }
    Err(Error::NoFreeSubnet)
}

/// A unique local /64 with a random global id (RFC 4193).
fn free_v6(used: &[IpNetwork]) -> Result<IpNetwork, Error> {
    for _ in 0..64 {
        let mut octets = [0; 16];
        octets[0] = 0xfd;
        octets[1..8].copy_from_slice(&random::<7>()?);
        let Ok(candidate) = Ipv6Network::new(Ipv6Addr::from(octets), 64) else {
            continue;
        };
        let candidate = IpNetwork::V6(candidate);
        if !used.iter().any(|other| overlap(other, &candidate)) {
            return Ok(candidate);
        }
    }
    Err(Error::NoFreeSubnet)
}
