//! Which addresses and ports a container gets: what the database knows of all others decides, in one
//! transaction with the container's own record.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use network::types::{
    NetAddress, NetInterface, Network, PerNetworkOptions, PortMapping, StatusBlock,
};
use network::{LeaseRequest, Networks};

use crate::error::{Error, Result};
use crate::model::container::ContainerConfig;
use crate::model::id;
use crate::net::{self, SavedAddresses};
use crate::store::Rows;

/// What the back end is going to give, as its answer will say it, less what only it knows (DNS).
pub(super) fn provisional(
    leased: &[(Network, PerNetworkOptions)],
) -> BTreeMap<String, StatusBlock> {
    let block = |network: &Network, own: &PerNetworkOptions| {
        let subnets = own.static_ips.iter().filter_map(|ip| {
            let mut subnets = network.subnets.iter();
            let subnet = subnets.find(|subnet| subnet.subnet.contains(*ip))?;
            Some(NetAddress {
                ipnet: format!("{ip}/{}", subnet.subnet.prefix()).parse().ok()?,
                gateway: subnet.gateway,
            })
        });
        let interface = NetInterface {
            subnets: subnets.collect(),
            mac_address: own.static_mac.clone(),
        };
        StatusBlock {
            interfaces: BTreeMap::from([(own.interface_name.clone(), interface)]),
            ..StatusBlock::default()
        }
    };
    leased
        .iter()
        .map(|(network, own)| (network.name.clone(), block(network, own)))
        .collect()
}

/// Containers of an earlier boot hold nothing, though nobody has looked at their records since.
pub(super) fn release_earlier_boots(rows: &Rows<'_>, boot: &str) -> Result<()> {
    for other in rows.containers()? {
        if other.state.boot_id != boot {
            rows.release_leases(&other.config.id)?;
        }
    }
    Ok(())
}

/// Rules of netavark bind no port on the host, so two containers could publish the same one:
/// what the others have is looked up, whatever their status: one that is being started or that
/// nobody has cleaned up after has its rules too.
pub(super) fn check_ports(
    rows: &Rows<'_>,
    id: &str,
    wanted: &[PortMapping],
    boot: &str,
) -> Result<()> {
    if wanted.is_empty() {
        return Ok(());
    }
    let span = |ports: &PortMapping| {
        u32::from(ports.host_port)..u32::from(ports.host_port) + u32::from(ports.range.max(1))
    };
    let same_place = |a: &PortMapping, b: &PortMapping| {
        let everywhere = |ip: &str| matches!(ip, "" | "0.0.0.0" | "::");
        let (first, second) = (span(a), span(b));
        a.protocol == b.protocol
            && (a.host_ip == b.host_ip || everywhere(&a.host_ip) || everywhere(&b.host_ip))
            && first.start < second.end
            && second.start < first.end
    };
    for other in rows.containers()? {
        if other.config.id == id || other.state.boot_id != boot {
            continue;
        }
        let clash = wanted
            .iter()
            .find(|own| other.state.ports.iter().any(|has| same_place(own, has)));
        if let Some(ports) = clash {
            return Err(Error::Conflict(format!(
                "host port {}/{} is published by container {} already",
                ports.host_port,
                ports.protocol.as_str(),
                other.config.name
            )));
        }
    }
    Ok(())
}

/// Addresses that other engines' containers have, with the names of their namespaces.
pub(super) type Others = BTreeMap<IpAddr, String>;

/// Looks for them: Podman's containers have theirs here, and often the same default network. It enters
/// every namespace, so the database is not kept locked meanwhile.
pub(super) fn others() -> Others {
    network::host::addresses_in(Path::new("/run/netns"))
}

/// Networks with what was leased on each, and what the user should know.
pub(super) type Given = (Vec<(Network, PerNetworkOptions)>, Vec<String>);

pub(super) fn lease_all(
    rows: &Rows<'_>,
    config: &ContainerConfig,
    wanted: &[(String, PerNetworkOptions)],
    networks: &[Network],
    known: &Networks,
    others: &Others,
    saved: &SavedAddresses,
) -> Result<Given> {
    let (mut leased, mut warnings) = (Vec::new(), Vec::new());
    for (network, (name, options)) in networks.iter().zip(wanted) {
        let had = saved.networks.get(name);
        let wish = net::wish(options, had);
        let held = rows.leases(name)?;
        let last = last_leases(rows, network)?;
        let holder = |ip: &IpAddr| {
            let of_plugins = || known.holder(name, *ip).filter(|id| *id != config.id);
            let of_others = || others.get(ip).cloned();
            let mine = held.get(ip).cloned();
            mine.or_else(of_plugins).or_else(of_others)
        };
        let ask = |ips: &[IpAddr]| {
            network::lease(
                network,
                &LeaseRequest {
                    ips,
                    mac: wish.mac,
                    holder: &holder,
                    last: &last,
                },
            )
        };
        let lease = match ask(&wish.ips) {
            Err(network::Error::AddressTaken { ip, holder }) if had.is_some() => {
                let holder = name_of(rows, &holder)?;
                if saved.required {
                    return Err(Error::Conflict(format!(
                        "address {ip} of container {} is held by container {holder}, and open connections need it: stop {holder} first, or restore without --tcp-established",
                        config.name
                    )));
                }
                warnings.push(format!(
                    "address {ip} on network {name} is held by container {holder}: container {} got another one",
                    config.name
                ));
                ask(&options.static_ips)?
            }
            // The network of this host has other subnets than that of the checkpoint's host.
            Err(network::Error::AddressOutside { ip, .. }) if had.is_some() && !saved.required => {
                warnings.push(format!(
                    "address {ip} is in no subnet of network {name} here: container {} got another one",
                    config.name
                ));
                ask(&options.static_ips)?
            }
            lease => lease?,
        };
        for ip in &lease.ips {
            rows.insert_lease(name, *ip, &config.id)?;
            if let Some(subnet) = network
                .subnets
                .iter()
                .find(|subnet| subnet.subnet.contains(*ip))
            {
                rows.set_last_lease(name, &subnet.subnet.to_string(), *ip)?;
            }
        }
        let mut own = options.clone();
        own.static_ips = lease.ips;
        own.static_mac = lease.mac.to_string();
        own.interface_name = wish.interface;
        leased.push((network.clone(), own));
    }
    Ok((leased, warnings))
}

fn last_leases(rows: &Rows<'_>, network: &Network) -> Result<Vec<IpAddr>> {
    let mut last = Vec::new();
    for subnet in &network.subnets {
        last.extend(rows.last_lease(&network.name, &subnet.subnet.to_string())?);
    }
    Ok(last)
}

fn name_of(rows: &Rows<'_>, holder: &str) -> Result<String> {
    let found = rows.container(holder)?;
    Ok(found.map_or_else(
        || id::short(holder).to_owned(),
        |container| container.config.name,
    ))
}
