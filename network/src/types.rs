//! Podman's JSON for networks: the network files of /etc/containers/networks, what a container asks
//! of a network, and `network.status`, what it got.
//!
//! Field names and omissions follow Podman's `libnetwork/types` package, so that files and archives
//! cross both ways. Unknown fields are ignored and Go's `null` for an empty list or map is accepted.
//! Pure data: no I/O, no rules beyond the format.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnetwork::IpNetwork;
use serde::{Deserialize, Deserializer, Serialize};

/// A network, as in `/etc/containers/networks/NAME.json` and `podman network inspect`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Name, also that of the file.
    pub name: String,
    /// 64 hex digits.
    #[serde(default)]
    pub id: String,
    /// `bridge`, `macvlan`, `ipvlan` or the name of a netavark plugin.
    #[serde(default = "bridge")]
    pub driver: String,
    /// Host interface: the bridge, or the parent of a macvlan or ipvlan.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub network_interface: String,
    /// RFC 3339 time of creation.
    #[serde(default)]
    pub created: String,
    /// Address ranges, at most one per container and subnet; empty without address management.
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub subnets: Vec<Subnet>,
    /// Static routes set in the container.
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub routes: Vec<Route>,
    /// Whether containers may have IPv6 addresses here.
    #[serde(default)]
    pub ipv6_enabled: bool,
    /// No default route and no way out.
    #[serde(default)]
    pub internal: bool,
    /// Whether aardvark-dns answers for container names.
    #[serde(default)]
    pub dns_enabled: bool,
    /// Name servers that aardvark-dns forwards to; empty: the host's.
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub network_dns_servers: Vec<IpAddr>,
    /// User's labels.
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub labels: BTreeMap<String, String>,
    /// Driver options: `mtu`, `vlan`, `isolate`, `mode`, `parent`, …
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub options: BTreeMap<String, String>,
    /// `driver`: `host-local` (addresses leased by the engine), `dhcp` or `none`.
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub ipam_options: BTreeMap<String, String>,
}

impl Network {
    /// Whether the engine leases addresses here, as opposed to DHCP or no addresses at all.
    pub fn leases_addresses(&self) -> bool {
        !matches!(
            self.ipam_options.get("driver").map(String::as_str),
            Some("none" | "dhcp")
        )
    }
}

/// One address range of a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// The range in CIDR notation.
    pub subnet: IpNetwork,
    /// Address of the host on it; absent on internal networks made without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<IpAddr>,
    /// Limits what is leased automatically; addresses asked for by name may lie outside of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_range: Option<LeaseRange>,
}

/// First and last address that is leased automatically, both inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseRange {
    /// First address; absent: the first usable one of the subnet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_ip: Option<IpAddr>,
    /// Last address; absent: the last usable one of the subnet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_ip: Option<IpAddr>,
}

/// A static route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Where to, in CIDR notation.
    pub destination: IpNetwork,
    /// By way of.
    pub gateway: IpAddr,
    /// Metric; absent: the kernel's or netavark's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<u32>,
}

/// What one container asks of one network: a value of Podman's `newNetworks` map.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerNetworkOptions {
    /// Addresses, at most one a subnet.
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub static_ips: Vec<IpAddr>,
    /// More names under which DNS knows the container here.
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub aliases: Vec<String>,
    /// MAC address, `aa:bb:cc:dd:ee:ff`; empty: any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub static_mac: String,
    /// Name of the interface in the container, `eth0`.
    #[serde(default)]
    pub interface_name: String,
    /// Driver options of this attachment only.
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub options: BTreeMap<String, String>,
}

/// Transport protocol of a published port.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP, also what an empty string means.
    #[default]
    #[serde(alias = "")]
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// The word in `-p 80/udp` and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        }
    }
}

/// A published port or range: an element of Podman's `newPortMappings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortMapping {
    /// Host address to listen on, in its text form; empty: all IPv4 addresses.
    #[serde(default)]
    pub host_ip: String,
    /// First port in the container.
    pub container_port: u16,
    /// First port on the host; 0 until a free one is chosen.
    #[serde(default)]
    pub host_port: u16,
    /// How many ports, at least 1.
    #[serde(default = "one", deserialize_with = "at_least_one")]
    pub range: u16,
    /// Protocol.
    #[serde(default)]
    pub protocol: Protocol,
}

impl PortMapping {
    /// Each port of the host with the one of the container that it leads to.
    pub fn pairs(&self) -> impl Iterator<Item = (u16, u16)> {
        let (outside, inside) = (self.host_port, self.container_port);
        let each = move |offset| {
            (
                outside.saturating_add(offset),
                inside.saturating_add(offset),
            )
        };
        (0..self.range.max(1)).map(each)
    }
}

/// What a container got on one network: a value of the map in `network.status`, and of netavark's
/// answer to `setup`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusBlock {
    /// Interfaces by their name in the container.
    #[serde(default, deserialize_with = "null_is_default")]
    pub interfaces: BTreeMap<String, NetInterface>,
    /// Name servers of the network (aardvark-dns).
    #[serde(default, deserialize_with = "null_is_default")]
    pub dns_server_ips: Vec<IpAddr>,
    /// Search domains of the network, `dns.podman`.
    #[serde(default, deserialize_with = "null_is_default")]
    pub dns_search_domains: Vec<String>,
}

impl StatusBlock {
    /// All addresses of all interfaces here.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let subnets = self.interfaces.values().flat_map(|i| &i.subnets);
        subnets.map(|s| s.ipnet.ip()).collect()
    }
}

/// One interface of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetInterface {
    /// Addresses with their prefix.
    #[serde(default, deserialize_with = "null_is_default")]
    pub subnets: Vec<NetAddress>,
    /// MAC address, `aa:bb:cc:dd:ee:ff`.
    #[serde(default)]
    pub mac_address: String,
}

/// One address of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetAddress {
    /// Address and prefix length, `10.88.0.9/16`.
    pub ipnet: IpNetwork,
    /// Gateway of the subnet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<IpAddr>,
}

fn bridge() -> String {
    "bridge".to_owned()
}

fn one() -> u16 {
    1
}

fn at_least_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    Ok(Option::<u16>::deserialize(deserializer)?
        .unwrap_or(1)
        .max(1))
}

fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_podmans() {
        let text = r#"{"podman":{"interfaces":{"eth0":{"subnets":[{"ipnet":"10.88.0.9/16","gateway":"10.88.0.1"}],"mac_address":"aa:bb:cc:dd:ee:ff"}},"dns_server_ips":[],"dns_search_domains":[]}}"#;
        let map: BTreeMap<String, StatusBlock> = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&map).unwrap(), text);
        assert_eq!(
            map["podman"].addresses(),
            ["10.88.0.9".parse::<IpAddr>().unwrap()]
        );
    }

    #[test]
    fn nulls_and_strangers_are_accepted() {
        let block: StatusBlock =
            serde_json::from_str(r#"{"interfaces":null,"dns_server_ips":null,"x":1}"#).unwrap();
        assert_eq!(block, StatusBlock::default());
        let options: PerNetworkOptions =
            serde_json::from_str(r#"{"static_ips":null,"interface_name":"eth0","new":{}}"#)
                .unwrap();
        assert_eq!(
            serde_json::to_string(&options).unwrap(),
            r#"{"interface_name":"eth0"}"#
        );
    }

    #[test]
    fn port_defaults_are_podmans() {
        let port: PortMapping = serde_json::from_str(
            r#"{"host_ip":"","container_port":80,"host_port":8080,"range":0,"protocol":""}"#,
        )
        .unwrap();
        assert_eq!((port.range, port.protocol), (1, Protocol::Tcp));
        assert_eq!(
            serde_json::to_string(&port).unwrap(),
            r#"{"host_ip":"","container_port":80,"host_port":8080,"range":1,"protocol":"tcp"}"#
        );
    }
}
