//! From a container's record to the network crate and back: which addresses it wishes, and the
//! text of the two files in /etc that depend on its networks. Pure; the leases are the store's.

use std::collections::BTreeMap;
use std::net::IpAddr;

use network::MacAddress;
use network::hosts::{self, Hosts};
use network::resolv::{DnsOptions, Resolv};
use network::types::{Network, PerNetworkOptions, StatusBlock};

use crate::model::container::{ContainerConfig, NetworkMode};

/// Addresses that a restore asks for again: those of `network.status`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SavedAddresses {
    /// By network: addresses and MAC of its first interface.
    pub networks: BTreeMap<String, SavedAddress>,
    /// Connections are open on them: another address won't do.
    pub required: bool,
}

/// What a container had on one network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SavedAddress {
    /// Addresses, one a subnet.
    pub ips: Vec<IpAddr>,
    /// MAC of the interface.
    pub mac: Option<MacAddress>,
    /// Name of the interface inside.
    pub interface: String,
}

/// Reads what a container had from its saved network status.
pub fn saved(
    status: &BTreeMap<String, StatusBlock>,
    keep_ip: bool,
    keep_mac: bool,
) -> BTreeMap<String, SavedAddress> {
    let first = |block: &StatusBlock| {
        let (name, interface) = block.interfaces.iter().next()?;
        let ips = interface.subnets.iter().map(|subnet| subnet.ipnet.ip());
        Some(SavedAddress {
            ips: if keep_ip { ips.collect() } else { Vec::new() },
            mac: interface.mac_address.parse().ok().filter(|_| keep_mac),
            interface: name.clone(),
        })
    };
    status
        .iter()
        .filter_map(|(name, block)| Some((name.clone(), first(block)?)))
        .collect()
}

/// What a container asks of one of its networks: what it had wins over what its configuration
/// says, as Podman does.
pub fn wish(options: &PerNetworkOptions, saved: Option<&SavedAddress>) -> SavedAddress {
    let mut wish = saved.cloned().unwrap_or_default();
    if wish.ips.is_empty() {
        wish.ips.clone_from(&options.static_ips);
    }
    wish.mac = wish.mac.or_else(|| options.static_mac.parse().ok());
    if wish.interface.is_empty() {
        wish.interface.clone_from(&options.interface_name);
    }
    wish
}

/// Text of `/etc/hosts`.
pub fn hosts_text(
    config: &ContainerConfig,
    networks: &[Network],
    status: &BTreeMap<String, StatusBlock>,
) -> String {
    let base = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    let host = hosts::host_address(networks, status);
    let names = vec![config.hostname.clone(), config.name.clone()];
    let addresses: Vec<IpAddr> = match config.network {
        NetworkMode::Bridge { .. } => status.values().flat_map(StatusBlock::addresses).collect(),
        NetworkMode::None => vec![IpAddr::from([127, 0, 0, 1])],
        NetworkMode::Host | NetworkMode::Container { .. } | NetworkMode::Namespace { .. } => {
            Vec::new()
        }
    };
    let added = config.hosts_add.iter().filter_map(|entry| {
        let (name, ip) = entry.split_once(':')?;
        let ip = if ip == "host-gateway" {
            host?
        } else {
            ip.parse().ok()?
        };
        Some((ip, name.to_owned()))
    });
    Hosts {
        added: added.collect(),
        base: &base,
        host,
        container: addresses
            .into_iter()
            .map(|ip| (ip, names.clone()))
            .collect(),
    }
    .text()
}

/// Text of `/etc/resolv.conf`.
pub fn resolv_text(config: &ContainerConfig, status: &BTreeMap<String, StatusBlock>) -> String {
    let host = network::resolv::read_host().unwrap_or_default();
    let addresses = || status.values().flat_map(StatusBlock::addresses);
    let mut resolv = Resolv {
        host: &host,
        user: DnsOptions {
            servers: config
                .dns
                .iter()
                .filter_map(|server| server.parse().ok())
                .collect(),
            search: config.dns_search.clone(),
            options: config.dns_options.clone(),
        },
        private: config.network != NetworkMode::Host,
        ipv6: addresses().any(|ip| ip.is_ipv6()),
        ..Resolv::default()
    };
    for block in status.values() {
        resolv.add_status(block);
    }
    resolv.text()
}
