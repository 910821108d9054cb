//! Attaches a container to its networks with kept or new addresses, and takes it off.

use std::collections::BTreeMap;
use std::net::IpAddr;

use network::types::{Network, PerNetworkOptions, PortMapping, StatusBlock};
use network::{Backend, LeaseRequest, Netavark, NetworkDirectory, SetupRequest};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{Container, NetworkMode};
use crate::model::id;
use crate::net::{self, SavedAddresses};
use crate::store::Rows;

/// What plugging in gave.
#[derive(Debug, Default)]
pub struct Plugged {
    /// Addresses and MACs by network.
    pub status: BTreeMap<String, StatusBlock>,
    /// The networks themselves.
    pub networks: Vec<Network>,
    /// Published ports, host ports chosen.
    pub ports: Vec<PortMapping>,
    /// What the user should know (a new address).
    pub warnings: Vec<String>,
}

/// Makes the container's network namespace, leases its addresses and lets the back end set it
/// up. A failure leaves nothing.
pub fn plug(engine: &Engine, container: &Container, saved: &SavedAddresses) -> Result<Plugged> {
    let id = &container.config.id;
    let NetworkMode::Bridge { networks: wanted } = &container.config.network else {
        if container.config.network == NetworkMode::None {
            make_namespace(engine, id)?;
        }
        return Ok(Plugged::default());
    };
    let directory = NetworkDirectory::new(&engine.config.network_config_dir);
    let networks = wanted
        .iter()
        .map(|(name, _)| directory.get(name))
        .collect::<Result<Vec<_>, _>>()?;
    // Host ports that are taken are found before anything is made.
    let mut ports = container.config.ports.clone();
    network::reserve::choose_host_ports(&mut ports)?;
    drop(network::reserve::reserve(&ports)?);

    let (leased, warnings) = engine.store.transaction(|rows| {
        rows.release_leases(id)?;
        check_ports(rows, id, &ports)?;
        lease_all(rows, container, wanted, &networks, saved)
    })?;
    let request = SetupRequest {
        networks: leased,
        port_mappings: ports.clone(),
        ..request(container)
    };
    let set_up = || -> Result<_> {
        make_namespace(engine, id)?;
        Ok(backend(engine)?.setup(&engine.netns(id), &request)?)
    };
    match set_up() {
        Ok(status) => Ok(Plugged {
            status,
            networks,
            ports,
            warnings,
        }),
        Err(error) => {
            network::netns::delete(&engine.netns(id))?;
            engine.store.transaction(|rows| rows.release_leases(id))?;
            Err(error)
        }
    }
}

/// Takes a container off its networks: interfaces, rules, namespace, leases. What is gone
/// already is passed over.
pub fn unplug(engine: &Engine, container: &Container) -> Result<()> {
    let id = &container.config.id;
    let netns = engine.netns(id);
    if !container.state.network_status.is_empty() && network::netns::exists(&netns) {
        let directory = NetworkDirectory::new(&engine.config.network_config_dir);
        let known = container
            .state
            .network_status
            .iter()
            .filter_map(|(name, block)| {
                // A network that was removed meanwhile has nothing left to take off.
                let network = directory.get(name).ok()?;
                let (interface, facts) = block.interfaces.iter().next()?;
                let options = PerNetworkOptions {
                    static_ips: facts
                        .subnets
                        .iter()
                        .map(|subnet| subnet.ipnet.ip())
                        .collect(),
                    static_mac: facts.mac_address.clone(),
                    interface_name: interface.clone(),
                    ..PerNetworkOptions::default()
                };
                Some((network, options))
            });
        let request = SetupRequest {
            networks: known.collect(),
            port_mappings: container.state.ports.clone(),
            ..request(container)
        };
        if let Err(error) = backend(engine)?.teardown(&netns, &request) {
            // The namespace goes in any case, and its interfaces with it.
            tracing::warn!(container = id, %error, "network teardown");
        }
    }
    network::netns::delete(&netns)?;
    engine.store.transaction(|rows| rows.release_leases(id))?;
    Ok(())
}

/// Rules of netavark bind no port on the host, so two containers could publish the same one:
/// what the others have is looked up.
fn check_ports(rows: &Rows<'_>, id: &str, wanted: &[PortMapping]) -> Result<()> {
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
        if other.config.id == id || !other.state.status.is_alive() {
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

fn make_namespace(engine: &Engine, id: &str) -> Result<()> {
    let path = engine.netns(id);
    // One that a killed engine left has nobody in it.
    network::netns::delete(&path)?;
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(crate::sys::dir::at("make", parent))?;
    }
    Ok(network::netns::create(&path)?)
}

fn backend(engine: &Engine) -> Result<Netavark> {
    Ok(Netavark::find(engine.config.run_root.join("networks"))?)
}

fn request(container: &Container) -> SetupRequest {
    SetupRequest {
        container_id: container.config.id.clone(),
        container_name: container.config.name.clone(),
        hostname: container.config.hostname.clone(),
        dns_servers: container
            .config
            .dns
            .iter()
            .filter_map(|ip| ip.parse().ok())
            .collect(),
        ..SetupRequest::default()
    }
}

type Leased = (Vec<(Network, PerNetworkOptions)>, Vec<String>);

fn lease_all(
    rows: &Rows<'_>,
    container: &Container,
    wanted: &[(String, PerNetworkOptions)],
    networks: &[Network],
    saved: &SavedAddresses,
) -> Result<Leased> {
    let (mut leased, mut warnings) = (Vec::new(), Vec::new());
    for (network, (name, options)) in networks.iter().zip(wanted) {
        let had = saved.networks.get(name);
        let wish = net::wish(options, had);
        let held = rows.leases(name)?;
        let last = last_leases(rows, network)?;
        let holder = |ip: &IpAddr| held.get(ip).cloned();
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
                        container.config.name
                    )));
                }
                warnings.push(format!(
                    "address {ip} on network {name} is held by container {holder}: container {} got another one",
                    container.config.name
                ));
                ask(&options.static_ips)?
            }
            // The network of this host has other subnets than that of the checkpoint's host.
            Err(network::Error::AddressOutside { ip, .. }) if had.is_some() && !saved.required => {
                warnings.push(format!(
                    "address {ip} is in no subnet of network {name} here: container {} got another one",
                    container.config.name
                ));
                ask(&options.static_ips)?
            }
            lease => lease?,
        };
        for ip in &lease.ips {
            rows.insert_lease(name, *ip, &container.config.id)?;
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
