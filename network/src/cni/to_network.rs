//! A CNI configuration as the engine's network, by the rules of Podman's CNI back end
//! (libnetwork/cni/cni_conversion.go): what the first plugin says, for bridge, macvlan and ipvlan.
//! Any other plugin can be used as well, but no more is told of it than its name.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::cni::conflist::{Conflist, broken, ipam_type, plugin_type};
use crate::cni::host_local::range_sets;
use crate::error::Error;
use crate::types::Network;

/// What the plugins bridge, macvlan and ipvlan have in common or one of them has.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Interface {
    bridge: String,
    master: String,
    is_gateway: bool,
    is_default_gateway: bool,
    mtu: u32,
    vlan: u32,
    mode: String,
}

impl Conflist {
    /// The network that this configures.
    ///
    /// # Errors
    /// [`Error::NetworkFile`] if a value is not what its plugin would understand.
    pub fn network(&self) -> Result<Network, Error> {
        self.convert()
            .map_err(|reason| broken(self.path.as_deref().unwrap_or("".as_ref()), reason))
    }

    fn convert(&self) -> Result<Network, String> {
        let first = self.plugins.first().ok_or("it has no plugins")?;
        let mut network = Network {
            name: self.name.clone(),
            id: id(&self.name),
            driver: plugin_type(first).to_owned(),
            network_interface: String::new(),
            created: self.created.clone(),
            subnets: Vec::new(),
            routes: Vec::new(),
            ipv6_enabled: false,
            internal: false,
            dns_enabled: false,
            network_dns_servers: Vec::new(),
            labels: self.labels.clone(),
            options: self.options.clone(),
            ipam_options: BTreeMap::new(),
        };
        let bridge = network.driver == "bridge";
        if bridge || matches!(network.driver.as_str(), "macvlan" | "ipvlan") {
            let own = Interface::deserialize(first)
                .map_err(|error| format!("{} plugin: {error}", network.driver))?;
            // The plugin sets isGateway itself where isDefaultGateway is.
            network.internal = bridge && !own.is_gateway && !own.is_default_gateway;
            let mut set = |key: &str, value: String| network.options.insert(key.to_owned(), value);
            if own.mtu != 0 {
                set("mtu", own.mtu.to_string());
            }
            if bridge && own.vlan != 0 {
                set("vlan", own.vlan.to_string());
            }
            if !bridge && !own.mode.is_empty() {
                set("mode", own.mode);
            }
            network.network_interface = if bridge { own.bridge } else { own.master };
            let sets = range_sets(first, !network.internal)?;
            network.subnets = sets.into_iter().flatten().collect();
            network.ipv6_enabled = network.subnets.iter().any(|s| s.subnet.is_ipv6());
            let driver = match ipam_type(first) {
                // Neither leaves anything to lease.
                "" | "static" => "none",
                other => other,
            };
            network
                .ipam_options
                .insert("driver".to_owned(), driver.to_owned());
        }
        for plugin in &self.plugins {
            match plugin_type(plugin) {
                "dnsname" => network.dns_enabled = true,
                "firewall" if plugin["ingressPolicy"] == "same-bridge" => {
                    let isolate = ("isolate".to_owned(), "true".to_owned());
                    network.options.extend([isolate]);
                }
                _ => (),
            }
        }
        Ok(network)
    }
}

/// Podman's id of a network that has only a name: its SHA-256.
fn id(name: &str) -> String {
    let digest = Sha256::digest(name);
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn network(text: &str) -> Result<Network, Error> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.conflist");
        fs::write(&path, text).unwrap();
        Conflist::read(&path)?.unwrap().network()
    }

    #[test]
    fn podmans_bridge() {
        let network = network(
            r#"{"cniVersion":"0.4.0","name":"podman","args":{"podman_labels":{"a":"b"},
              "podman_options":{"mtu":"1"}},"plugins":[
              {"type":"bridge","bridge":"cni-podman0","isGateway":true,"ipMasq":true,"mtu":1400,
               "vlan":5,"hairpinMode":true,"ipam":{"type":"host-local","routes":[{"dst":"0.0.0.0/0"}],
               "ranges":[[{"subnet":"10.88.0.0/16","gateway":"10.88.0.1","rangeStart":"10.88.1.0"}],
                         [{"subnet":"fd10:88:a::/64"}]]}},
              {"type":"portmap","capabilities":{"portMappings":true}},
              {"type":"firewall","backend":"","ingressPolicy":"same-bridge"},{"type":"tuning"},
              {"type":"dnsname","domainName":"dns.podman"}]}"#,
        )
        .unwrap();
        assert_eq!(
            network.id,
            "2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9"
        );
        assert_eq!(network.driver, "bridge");
        assert_eq!(network.network_interface, "cni-podman0");
        assert_eq!(network.subnets.len(), 2);
        assert_eq!(
            network.subnets[1].gateway.unwrap().to_string(),
            "fd10:88:a::1"
        );
        assert!(network.ipv6_enabled && network.dns_enabled && !network.internal);
        assert!(network.created.parse::<jiff::Timestamp>().is_ok());
        assert_eq!(
            serde_json::to_string(&(network.labels, network.options, network.ipam_options))
                .unwrap(),
            r#"[{"a":"b"},{"isolate":"true","mtu":"1400","vlan":"5"},{"driver":"host-local"}]"#
        );
    }

    #[test]
    fn drivers_of_addresses() {
        for (ipam, driver) in [
            (r#","ipam":{"type":"dhcp"}"#, "dhcp"),
            (r#","ipam":{"type":"static","addresses":[]}"#, "none"),
            (r#","ipam":{}"#, "none"),
            ("", "none"),
            (r#","ipam":{"type":"whereabouts"}"#, "whereabouts"),
        ] {
            let text = format!(
                r#"{{"name":"m","plugins":[{{"type":"macvlan","master":"e0","mode":"vepa"{ipam}}}]}}"#
            );
            let network = network(&text).unwrap();
            assert_eq!(network.ipam_options["driver"], driver);
            assert_eq!(network.network_interface, "e0");
            assert_eq!(network.options["mode"], "vepa");
            assert!(!network.internal);
        }
    }

    #[test]
    fn internal_and_foreign() {
        let internal = network(
            r#"{"name":"i","plugins":[{"type":"bridge","bridge":"b","ipam":
              {"type":"host-local","ranges":[[{"subnet":"10.1.0.0/16"}]]}}]}"#,
        )
        .unwrap();
        assert!(internal.internal && internal.subnets[0].gateway.is_none());
        let foreign = network(r#"{"name":"f","plugins":[{"type":"ptp","mtu":"x"}]}"#).unwrap();
        assert_eq!(foreign.driver, "ptp");
        assert!(foreign.ipam_options.is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_with_the_file() {
        for (plugin, words) in [
            (r#"{"type":"bridge","mtu":"x"}"#, "bridge plugin: "),
            (
                r#"{"type":"bridge","ipam":{"type":"host-local","subnet":"10.0.0.0/99"}}"#,
                "invalid CIDR address: 10.0.0.0/99",
            ),
        ] {
            let error = network(&format!(r#"{{"name":"x","plugins":[{plugin}]}}"#));
            let error = error.unwrap_err().to_string();
            assert!(error.contains("x.conflist: "), "{error}");
            assert!(error.contains(words), "{error}");
        }
    }
}
