//! The one error type of this crate. Texts are Podman's where Podman has one for the same case; every
//! source's text is part of the message, so printing the outermost error is enough.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;

use ipnetwork::IpNetwork;

/// What can go wrong on the way to a network.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No network has this name, id or id prefix.
    #[error("unable to find network with name or ID {name}: network not found")]
    NetworkNotFound {
        /// What was asked for.
        name: String,
    },
    /// An id prefix fits several networks.
    #[error("more than one result for network ID {prefix}")]
    NetworkAmbiguous {
        /// What was asked for.
        prefix: String,
    },
    /// A network has this name already.
    #[error("network name {name} already used: network already exists")]
    NetworkExists {
        /// The name.
        name: String,
    },
    /// A network can't be as it was asked for.
    #[error("{reason}: invalid argument")]
    NetworkInvalid {
        /// Why not.
        reason: String,
    },
    /// The default network is always there.
    #[error("default network {name} cannot be removed")]
    NetworkIsDefault {
        /// Its name.
        name: String,
    },
    /// Addresses would belong to two networks.
    #[error("subnet {subnet} is already used on the host or by another config (it overlaps {by})")]
    SubnetTaken {
        /// What was asked for.
        subnet: IpNetwork,
        /// What is there.
        by: IpNetwork,
    },
    /// All subnets of the pools are in use.
    #[error("could not find free subnet from subnet pools: give one with --subnet")]
    NoFreeSubnet,
    /// A network file is not what it should be.
    #[error("network config {}: {reason}", path.display())]
    NetworkFile {
        /// The file.
        path: PathBuf,
        /// Why, in words.
        reason: String,
    },
    /// A requested address lies in no subnet of the network.
    #[error("requested static ip {ip} not in any subnet on network {network}")]
    AddressOutside {
        /// The address.
        ip: IpAddr,
        /// Name of the network.
        network: String,
    },
    /// A requested address is leased.
    #[error("IPAM error: requested ip address {ip} is already allocated to container ID {holder}")]
    AddressTaken {
        /// The address.
        ip: IpAddr,
        /// Id of the container that has it.
        holder: String,
    },
    /// A requested address can belong to no container: network, broadcast or gateway address.
    #[error(
        "requested ip address {ip} is the {what} address of network {network} and can't be given to a container"
    )]
    AddressReserved {
        /// The address.
        ip: IpAddr,
        /// `network`, `broadcast` or `gateway`.
        what: &'static str,
        /// Name of the network.
        network: String,
    },
    /// More addresses requested than subnets hold them.
    #[error("requested ip address {ip}: only one address per subnet of network {network}")]
    AddressSurplus {
        /// The address that has no subnet left.
        ip: IpAddr,
        /// Name of the network.
        network: String,
    },
    /// Addresses requested on a network where the engine leases none (DHCP, no IPAM).
    #[error("requested static ip {ip}: network {network} has no address management")]
    AddressUnmanaged {
        /// The address.
        ip: IpAddr,
        /// Name of the network.
        network: String,
    },
    /// The subnet is used up.
    #[error("IPAM error: failed to find free IP in range: {start} - {end}")]
    NoFreeAddress {
        /// First address tried.
        start: IpAddr,
        /// Last address tried.
        end: IpAddr,
    },
    /// Not a MAC address.
    #[error("address {text}: invalid MAC address")]
    MacInvalid {
        /// What was given.
        text: String,
    },
    /// A MAC address no interface can have: multicast or all zero.
    #[error("address {text}: not a unicast MAC address")]
    MacNotUnicast {
        /// What was given.
        text: String,
    },
    /// A malformed `-p`.
    #[error(transparent)]
    Port(#[from] crate::port::PortError),
    /// A host port can't be had.
    #[error("cannot listen on the {protocol} port: listen {family} {address}: bind: {reason}")]
    PortUnavailable {
        /// `TCP`, `UDP` or `SCTP`.
        protocol: &'static str,
        /// Go's name for protocol and family: `tcp4`, `udp6`, …
        family: String,
        /// `IP:PORT`, the IP empty for all.
        address: String,
        /// The system's words.
        reason: String,
    },
    /// No run of free host ports of this length was found.
    #[error(
        "failed to find an open port to expose container port {container_port} with range {range} on the host"
    )]
    NoFreePort {
        /// First container port of the mapping.
        container_port: u16,
        /// Length of the run.
        range: u16,
    },
    /// The netavark program is nowhere.
    #[error(
        "could not find \"netavark\" in one of {searched:?} or in $PATH: install the package netavark (the same name on Debian, Fedora and Arch)"
    )]
    NetavarkMissing {
        /// Directories looked into.
        searched: Vec<PathBuf>,
    },
    /// netavark ran and failed.
    #[error("netavark: {message}")]
    Netavark {
        /// Its own message.
        message: String,
    },
    /// A CNI plugin is nowhere.
    #[error(
        "could not find CNI plugin {plugin:?} in one of {searched:?}: install the package containernetworking-plugins (Debian, Fedora) or cni-plugins (Arch, Alpine)"
    )]
    CniPluginMissing {
        /// Its name, the `type` in the network's configuration.
        plugin: String,
        /// Directories looked into.
        searched: Vec<PathBuf>,
    },
    /// A CNI plugin ran and failed.
    #[error("cni plugin {plugin} failed: {message}")]
    Cni {
        /// Its name.
        plugin: String,
        /// Its own message.
        message: String,
    },
    /// A CNI plugin does not speak the version that a network is configured for.
    #[error(
        "cni plugin {plugin} does not support version {version:?} of network {network}, only {supported:?}"
    )]
    CniVersion {
        /// Its name.
        plugin: String,
        /// Name of the network.
        network: String,
        /// The `cniVersion` of the network.
        version: String,
        /// What the plugin supports.
        supported: Vec<String>,
    },
    /// CNI plugins gave other addresses than those that were leased.
    #[error("network {network}: its CNI plugins gave the addresses {got:?} instead of {wanted:?}")]
    CniAddresses {
        /// Name of the network.
        network: String,
        /// What was leased.
        wanted: Vec<IpAddr>,
        /// What the interface got.
        got: Vec<IpAddr>,
    },
    /// Something that can't be done with a network by way of CNI.
    #[error("network {network}: {reason}")]
    CniUnsupported {
        /// Name of the network.
        network: String,
        /// What, and what to do instead.
        reason: String,
    },
    /// The path for a network namespace is in use.
    #[error("network namespace {} already exists", path.display())]
    NamespaceExists {
        /// The path.
        path: PathBuf,
    },
    /// The system refused.
    #[error("{action} {}: {}", path.display(), words(source))]
    Io {
        /// What was tried, as a verb phrase.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

/// The system's words without the number that Rust puts behind them.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error ").next().unwrap_or_default();
    text.to_owned()
}

impl Error {
    /// For `map_err` on a system call that concerns a path.
    pub(crate) fn io<E: Into<io::Error>>(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(E) -> Self {
        let path = path.into();
        move |source| Self::Io {
            action,
            path,
            source: source.into(),
        }
    }
}
