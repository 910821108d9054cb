//! The text of a container's /etc/hosts. What Podman writes, checked against 5.8: the user's entries,
//! the host's, then the names of the host and of the container unless an earlier line has them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::IpAddr;

use crate::types::{Network, StatusBlock};

/// Names under which a container reaches its host.
const HOST_NAMES: [&str; 2] = ["host.containers.internal", "host.docker.internal"];

/// What goes into the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts<'a> {
    /// `--add-host`, in order.
    pub added: Vec<(IpAddr, String)>,
    /// Text of the host's own /etc/hosts; empty when there is none.
    pub base: &'a str,
    /// Where the host is reached ([`host_address`]); `None`, as with the host's own network: no entry.
    pub host: Option<IpAddr>,
    /// Addresses of the container with its host name and name; 127.0.0.1 on network `none`.
    pub container: Vec<(IpAddr, Vec<String>)>,
}

impl Hosts<'_> {
    /// The file's text: a line an address, then a tab, then the names.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut known: BTreeSet<String> = BTreeSet::new();
        let mut line = |address: &str, names: &[&str]| {
            if !names.is_empty() {
                // Writing to a String can't fail.
                let _ = writeln!(text, "{address}\t{}", names.join(" "));
            }
        };
        for (ip, name) in &self.added {
            line(&ip.to_string(), &[name]);
            known.insert(name.clone());
        }
        let base = if self.base.trim().is_empty() {
            "127.0.0.1 localhost\n::1 localhost"
        } else {
            self.base
        };
        for entry in base.lines() {
            let mut words = entry
                .split('#')
                .next()
                .unwrap_or_default()
                .split_whitespace();
            if let Some(address) = words.next() {
                let names: Vec<&str> = words.collect();
                known.extend(names.iter().map(|&name| name.to_owned()));
                line(address, &names);
            }
        }
        let unknown = |names: &mut Vec<&str>| names.retain(|name| !known.contains(*name));
        if let Some(host) = self.host {
            let mut names = HOST_NAMES.to_vec();
            unknown(&mut names);
            line(&host.to_string(), &names);
        }
        for (ip, names) in &self.container {
            let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
            unknown(&mut names);
            names.dedup();
            line(&ip.to_string(), &names);
        }
        text
    }
}

/// Where a container with these networks reaches the host: the gateway of a bridge network, IPv4 before
/// IPv6. Gateways of macvlan and ipvlan networks are usually not the host. Also what `host-gateway`
/// means in `--add-host`.
pub fn host_address(
    networks: &[Network],
    status: &BTreeMap<String, StatusBlock>,
) -> Option<IpAddr> {
    let bridges = status.iter().filter(|(name, _)| {
        let of_name = networks.iter().find(|network| network.name == **name);
        of_name.is_some_and(|network| network.driver == "bridge")
    });
    let gateways: Vec<IpAddr> = bridges
        .flat_map(|(_, block)| block.interfaces.values())
        .flat_map(|interface| &interface.subnets)
        .filter_map(|subnet| subnet.gateway)
        .collect();
    let v4 = gateways.iter().find(|ip| ip.is_ipv4());
    v4.or(gateways.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn as_podman_writes_it() {
        let hosts = Hosts {
            added: vec![(ip("3.3.3.3"), "extern".to_owned())],
            base: "127.0.0.1 localhost\n10.1.1.1 extern ext2\n\n# x\n10.2.2.2 foo host.containers.internal # c\n",
            host: Some(ip("10.88.0.1")),
            container: vec![
                (ip("10.88.0.7"), vec!["ext2".to_owned(), "foo".to_owned()]),
                (ip("10.89.0.7"), vec!["bar".to_owned(), "bar".to_owned()]),
            ],
        };
        assert_eq!(
            hosts.text(),
            "3.3.3.3\textern\n127.0.0.1\tlocalhost\n10.1.1.1\textern ext2\n10.2.2.2\tfoo host.containers.internal\n10.88.0.1\thost.docker.internal\n10.89.0.7\tbar\n"
        );
    }

    #[test]
    fn without_a_base_there_is_localhost() {
        assert_eq!(
            Hosts::default().text(),
            "127.0.0.1\tlocalhost\n::1\tlocalhost\n"
        );
    }

    #[test]
    fn the_host_is_the_gateway_of_a_bridge() {
        let network = |name: &str, driver: &str| -> Network {
            serde_json::from_str(&format!(r#"{{"name":"{name}","driver":"{driver}"}}"#)).unwrap()
        };
        let networks = [network("a", "macvlan"), network("b", "bridge")];
        let status = r#"{"a":{"interfaces":{"eth0":{"subnets":[{"ipnet":"10.1.0.2/24","gateway":"10.1.0.1"}]}}},
            "b":{"interfaces":{"eth1":{"subnets":[{"ipnet":"fd00::2/64","gateway":"fd00::1"},{"ipnet":"10.2.0.2/24","gateway":"10.2.0.1"}]}}}}"#;
        let status = serde_json::from_str(status).unwrap();
        assert_eq!(host_address(&networks, &status), Some(ip("10.2.0.1")));
        assert_eq!(host_address(&networks[..1], &status), None);
    }
}
