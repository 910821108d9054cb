//! A new network from what a user asks for: Podman's rules for names, subnets, gateways, options
//! and bridges (libnetwork/netavark/config.go, libnetwork/internal/util). Pure but for the random id:
//! what is in use is told by the caller.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnetwork::IpNetwork;

use crate::config::valid_name;
use crate::error::Error;
use crate::mac::random;
use crate::types::{LeaseRange, Network, Route};

mod subnets;

/// Drivers that a network can be made with.
const DRIVERS: [&str; 3] = ["bridge", "macvlan", "ipvlan"];

/// What `network create` is asked for.
#[derive(Debug, Clone, Default)]
pub struct CreateRequest {
    /// Name; `None`: `podmanN`, as its bridge.
    pub name: Option<String>,
    /// `bridge` (also when empty), `macvlan` or `ipvlan`.
    pub driver: String,
    /// The bridge, or the parent of a macvlan; `None`: chosen.
    pub interface: Option<String>,
    /// Subnets; none: one is chosen, where addresses are leased.
    pub subnets: Vec<SubnetRequest>,
    /// Static routes.
    pub routes: Vec<Route>,
    /// IPv6 too: a unique local subnet is chosen where none is given.
    pub ipv6: bool,
    /// No way out.
    pub internal: bool,
    /// Names are not resolved.
    pub disable_dns: bool,
    /// Servers that names of outside are asked of.
    pub dns_servers: Vec<IpAddr>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Options of the driver.
    pub options: BTreeMap<String, String>,
    /// `host-local`, `dhcp` or `none`; `None`: what fits.
    pub ipam_driver: Option<String>,
}

/// A subnet as asked for.
#[derive(Debug, Clone)]
pub struct SubnetRequest {
    /// The range.
    pub subnet: IpNetwork,
    /// The host's address on it; `None`: the first one.
    pub gateway: Option<IpAddr>,
    /// What is leased of it; `None`: all.
    pub range: Option<LeaseRange>,
}

/// What a new network must keep clear of.
#[derive(Debug, Clone, Default)]
pub struct InUse {
    /// What names of bridges begin with; `podman` when empty.
    pub bridge: &'static str,
    /// All networks that are described.
    pub networks: Vec<Network>,
    /// Subnets of the host's own interfaces.
    pub subnets: Vec<IpNetwork>,
    /// Names of the host's interfaces.
    pub interfaces: BTreeSet<String>,
}

/// The network that fits the request.
///
/// # Errors
/// [`Error::NetworkExists`], [`Error::NetworkInvalid`], [`Error::SubnetTaken`],
/// [`Error::NoFreeSubnet`]; Podman's words.
pub fn plan(request: &CreateRequest, in_use: &InUse) -> Result<Network, Error> {
    let driver = match request.driver.as_str() {
        "" => "bridge",
        known if DRIVERS.contains(&known) => known,
        other => return Err(invalid(format!("unsupported driver {other}"))),
    };
    let bridge = driver == "bridge";
    let free = || first_free_bridge(in_use);
    let name = match &request.name {
        Some(name) => name.clone(),
        None => free(),
    };
    check_name(&name, in_use)?;
    let mut network = Network {
        id: random_id()?,
        driver: driver.to_owned(),
        network_interface: String::new(),
        created: jiff::Timestamp::now().to_string(),
        subnets: Vec::new(),
        routes: request.routes.clone(),
        ipv6_enabled: request.ipv6,
        internal: request.internal,
        // Names are resolved by a server on the bridge.
        dns_enabled: bridge && !request.disable_dns,
        network_dns_servers: request.dns_servers.clone(),
        labels: request.labels.clone(),
        options: BTreeMap::new(),
        ipam_options: BTreeMap::new(),
        name,
    };
    let asked = read_options(&mut network, &request.options)?;
    network.network_interface = match (request.interface.clone().or(asked), bridge) {
        (Some(interface), true) => own_bridge(interface, &network, in_use)?,
        (Some(parent), false) => there(parent, in_use)?,
        (None, true) => free(),
        (None, false) => String::new(),
    };
    let ipam = ipam_driver(request, bridge)?;
    if ipam == "host-local" {
        network.subnets = subnets::subnets(request, bridge, in_use)?;
        network.ipv6_enabled |= network.subnets.iter().any(|s| s.subnet.is_ipv6());
    } else if !request.subnets.is_empty() {
        return Err(invalid(format!(
            "{ipam} ipam driver cannot be used with subnets"
        )));
    } else {
        network.dns_enabled = false;
    }
    network
        .ipam_options
        .insert("driver".to_owned(), ipam.to_owned());
    if !network.network_dns_servers.is_empty() && !network.dns_enabled {
        return Err(invalid(
            "cannot set NetworkDNSServers if DNS is not enabled for the network".into(),
        ));
    }
    check_routes(&network)?;
    Ok(network)
}

fn invalid(reason: String) -> Error {
    Error::NetworkInvalid { reason }
}

fn check_name(name: &str, in_use: &InUse) -> Result<(), Error> {
    if !valid_name(name) {
        return Err(invalid(format!(
            "network name {name} invalid: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*"
        )));
    }
    // Words of `--network`.
    let words = [
        "host",
        "none",
        "private",
        "bridge",
        "slirp4netns",
        "pasta",
        "container",
        "ns",
        "default",
    ];
    if words.contains(&name) {
        return Err(invalid(format!(
            "network name {name} is reserved for --network {name}"
        )));
    }
    let taken = in_use.networks.iter().any(|other| other.name == name);
    if taken {
        return Err(Error::NetworkExists {
            name: name.to_owned(),
        });
    }
    Ok(())
}

/// `podman1`, `podman2` …: the first that is neither an interface nor a network's bridge or name.
fn first_free_bridge(in_use: &InUse) -> String {
    let taken = |name: &str| {
        in_use.interfaces.contains(name)
            || in_use
                .networks
                .iter()
                .any(|other| other.network_interface == name || other.name == name)
    };
    let prefix = if in_use.bridge.is_empty() {
        "podman"
    } else {
        in_use.bridge
    };
    (1..=u32::MAX)
        .map(|number| format!("{prefix}{number}"))
        .find(|name| !taken(name))
        .unwrap_or_default()
}

fn own_bridge(name: String, network: &Network, in_use: &InUse) -> Result<String, Error> {
    if name.is_empty() || name.len() > 15 || name.contains(['/', ' ']) || name.starts_with('.') {
        return Err(invalid(format!(
            "interface name {name} invalid: it has 1 to 15 characters, no slash and no blank"
        )));
    }
    let user = in_use
        .networks
        .iter()
        .find(|other| other.network_interface == name);
    if let Some(other) = user {
        return Err(invalid(format!(
            "bridge name {name} already in use by network {}",
            other.name
        )));
    }
    let unmanaged = network
        .options
        .get("mode")
        .is_some_and(|mode| mode == "unmanaged");
    if in_use.interfaces.contains(&name) && !unmanaged {
        return Err(invalid(format!(
            "bridge name {name} already in use: choose another one, or let it be with --opt mode=unmanaged"
        )));
    }
    Ok(name)
}

fn there(parent: String, in_use: &InUse) -> Result<String, Error> {
    if in_use.interfaces.contains(&parent) {
        return Ok(parent);
    }
    Err(invalid(format!("parent interface {parent} does not exist")))
}

/// Checks the driver's options and keeps them; returns the interface that one of them names.
fn read_options(
    network: &mut Network,
    options: &BTreeMap<String, String>,
) -> Result<Option<String>, Error> {
    let mut interface = None;
    let driver = network.driver.clone();
    for (key, value) in options {
        let number = || {
            value
                .parse::<u32>()
                .map_err(|_| invalid(format!("{key} \"{value}\" is no number")))
        };
        let one_of = |words: &[&str]| {
            let known = words.contains(&value.as_str());
            known.then_some(()).ok_or_else(|| {
                invalid(format!(
                    "unknown {driver} {key} \"{value}\": it must be one of {}",
                    words.join(", ")
                ))
            })
        };
        let key = match (driver.as_str(), key.as_str()) {
            (_, "mtu" | "com.docker.network.driver.mtu") => {
                number()?;
                "mtu"
            }
            (_, "metric") => {
                number()?;
                "metric"
            }
            (_, "no_default_route") => {
                one_of(&["true", "false", "1", "0"])?;
                "no_default_route"
            }
            ("bridge", "vlan") => {
                if number()? > 4094 {
                    return Err(invalid(format!(
                        "vlan ID {value} must be between 0 and 4094"
                    )));
                }
                "vlan"
            }
            ("bridge", "isolate") => {
                one_of(&["true", "false", "strict"])?;
                "isolate"
            }
            ("bridge", "mode") => {
                one_of(&["managed", "unmanaged"])?;
                "mode"
            }
            ("bridge", "vrf") => "vrf",
            ("bridge", "com.docker.network.bridge.name") | ("macvlan" | "ipvlan", "parent") => {
                interface = Some(value.clone());
                continue;
            }
            ("macvlan", "mode") => {
                one_of(&["bridge", "private", "vepa", "passthru"])?;
                "mode"
            }
            ("macvlan", "bclim") => {
                number()?;
                "bclim"
            }
            ("ipvlan", "mode") => {
                one_of(&["l2", "l3", "l3s"])?;
                "mode"
            }
            _ => {
                return Err(invalid(format!(
                    "unsupported {driver} network option {key}"
                )));
            }
        };
        network.options.insert(key.to_owned(), value.clone());
    }
    Ok(interface)
}

fn ipam_driver(request: &CreateRequest, bridge: bool) -> Result<&'static str, Error> {
    match request.ipam_driver.as_deref() {
        Some("host-local") => Ok("host-local"),
        Some("none") => Ok("none"),
        Some("dhcp") if !bridge => Ok("dhcp"),
        Some("dhcp") => Err(invalid(
            "cannot set dhcp ipam driver with bridge: use macvlan, or host-local".into(),
        )),
        Some(other) => Err(invalid(format!("unsupported ipam driver \"{other}\""))),
        None if bridge || !request.subnets.is_empty() => Ok("host-local"),
        None => Ok("dhcp"),
    }
}

fn check_routes(network: &Network) -> Result<(), Error> {
    for route in &network.routes {
        let (to, by) = (route.destination, route.gateway);
        if to.is_ipv4() != by.is_ipv4() {
            return Err(invalid(format!(
                "route {to} by {by}: both must be of one address family"
            )));
        }
        if to.ip() != to.network() {
            return Err(invalid(format!(
                "route destination invalid: {to} has host bits set"
            )));
        }
    }
    Ok(())
}

fn random_id() -> Result<String, Error> {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(64);
    for octet in random::<32>()? {
        let _ = write!(text, "{octet:02x}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::default_network;

    fn in_use() -> InUse {
        InUse {
            bridge: "",
            networks: vec![default_network()],
            subnets: vec![
                "192.168.1.7/24".parse().unwrap(),
                "10.89.0.1/24".parse().unwrap(),
            ],
            interfaces: ["lo", "eth0", "podman0", "podman1"]
                .map(str::to_owned)
                .into(),
        }
    }

    fn named(name: &str) -> CreateRequest {
        CreateRequest {
            name: Some(name.to_owned()),
            ..CreateRequest::default()
        }
    }

    fn with_subnet(text: &str, gateway: Option<&str>) -> CreateRequest {
        CreateRequest {
            subnets: vec![SubnetRequest {
                subnet: text.parse().unwrap(),
                gateway: gateway.map(|ip| ip.parse().unwrap()),
                range: None,
            }],
            ..named("n")
        }
    }

    fn refused(request: &CreateRequest) -> String {
        plan(request, &in_use()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_not_said_is_chosen_clear_of_what_is_there() {
        let network = plan(
            &CreateRequest {
                ipv6: true,
                ..CreateRequest::default()
            },
            &in_use(),
        )
        .unwrap();
        assert_eq!(
            (network.name.as_str(), network.network_interface.as_str()),
            ("podman2", "podman2")
        );
        assert_eq!(network.subnets[0].subnet.to_string(), "10.89.1.0/24");
        assert_eq!(
            network.subnets[0].gateway,
            Some("10.89.1.1".parse().unwrap())
        );
        assert!(network.subnets[1].subnet.to_string().starts_with("fd"));
        assert!(network.dns_enabled && network.ipv6_enabled && network.id.len() == 64);
        assert_eq!(network.ipam_options["driver"], "host-local");
    }

    #[test]
    fn a_bridge_of_the_users_keeps_its_subnet() {
        let mut request = with_subnet("192.168.1.0/24", Some("192.168.1.1"));
        request.interface = Some("podman1".into());
        assert!(plan(&request, &in_use()).is_err());
        request.options.insert("mode".into(), "unmanaged".into());
        let network = plan(&request, &in_use()).unwrap();
        assert_eq!(network.network_interface, "podman1");
    }

    #[test]
    fn bridges_are_named_for_their_back_end() {
        let in_use = InUse {
            bridge: "cni-podman",
            ..in_use()
        };
        let network = plan(&CreateRequest::default(), &in_use).unwrap();
        assert_eq!(network.network_interface, "cni-podman1");
    }

    #[test]
    fn podmans_words() {
        assert_eq!(
            refused(&named("podman")),
            "network name podman already used: network already exists"
        );
        assert!(refused(&named("a/b")).contains("names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*"));
        assert!(refused(&named("host")).contains("reserved"));
        assert_eq!(
            refused(&CreateRequest {
                driver: "foo".into(),
                ..named("n")
            }),
            "unsupported driver foo: invalid argument"
        );
        assert_eq!(
            refused(&with_subnet("10.1.1.0/24", Some("10.1.2.1"))),
            "gateway 10.1.2.1 not in subnet 10.1.1.0/24: invalid argument"
        );
        for taken in ["10.88.3.0/24", "192.168.0.0/16"] {
            assert!(
                refused(&with_subnet(taken, None))
                    .contains("is already used on the host or by another config")
            );
        }
    }

    #[test]
    fn options_are_checked_and_the_interface_is_one_of_them() {
        let with = |driver: &str, key: &str, value: &str| {
            let options = BTreeMap::from([(key.to_owned(), value.to_owned())]);
            let request = CreateRequest {
                driver: driver.into(),
                options,
                ..named("n")
            };
            plan(&request, &in_use()).map_err(|error| error.to_string())
        };
        assert_eq!(
            with("bridge", "mtu", "1400").unwrap().options["mtu"],
            "1400"
        );
        assert!(with("bridge", "mtu", "big").is_err());
        assert!(
            with("bridge", "vlan", "4095")
                .unwrap_err()
                .contains("between 0 and 4094")
        );
        assert!(with("bridge", "isolate", "maybe").is_err());
        assert!(
            with("bridge", "foo", "bar")
                .unwrap_err()
                .contains("unsupported bridge network option foo")
        );
        let bridge = with("bridge", "com.docker.network.bridge.name", "br-own").unwrap();
        assert_eq!(bridge.network_interface, "br-own");
        assert!(with("bridge", "com.docker.network.bridge.name", "podman0").is_err());
        let macvlan = with("macvlan", "parent", "eth0").unwrap();
        assert_eq!(
            (
                macvlan.network_interface.as_str(),
                macvlan.ipam_options["driver"].as_str()
            ),
            ("eth0", "dhcp")
        );
        assert!(!macvlan.dns_enabled && macvlan.subnets.is_empty());
        assert!(
            with("macvlan", "parent", "eth9")
                .unwrap_err()
                .contains("does not exist")
        );
    }

    #[test]
    fn ranges_lie_in_their_subnet() {
        let mut request = with_subnet("10.1.1.9/24", None);
        request.subnets[0].range = Some(LeaseRange {
            start_ip: Some("10.1.1.20".parse().unwrap()),
            end_ip: Some("10.1.1.10".parse().unwrap()),
        });
        assert!(refused(&request).contains("is after its end"));
        request.subnets[0].range = None;
        let network = plan(&request, &in_use()).unwrap();
        assert_eq!(network.subnets[0].subnet.to_string(), "10.1.1.0/24");
        request.internal = true;
        request.disable_dns = true;
        assert_eq!(plan(&request, &in_use()).unwrap().subnets[0].gateway, None);
    }
}
