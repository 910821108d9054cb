//! The configuration of a network as Podman's CNI back end writes it
//! (libnetwork/cni/cni_conversion.go), and its file: made, replaced, removed.

use std::fs;
use std::io;

use serde::Serialize as _;
use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Serializer, Value, json};

use crate::cni::conflist::{Conflist, broken};
use crate::cni::directory::ConflistDirectory;
use crate::config::valid_name;
use crate::error::Error;
use crate::types::{Network, Subnet};
use crate::whole;

/// The version that all plugins since 0.8 speak, and dnsname no newer one.
const VERSION: &str = "0.4.0";

/// Modes of macvlan(8) and ipvlan(8).
const MACVLAN_MODES: [&str; 4] = ["bridge", "private", "vepa", "passthru"];
const IPVLAN_MODES: [&str; 3] = ["l2", "l3", "l3s"];

/// Options of the driver, understood.
#[derive(Debug, Default)]
struct Options {
    mtu: u32,
    vlan: u32,
    mode: String,
    isolate: bool,
}

impl Conflist {
    /// The configuration for a network; `dnsname` says whether that plugin is installed, without which
    /// Podman leaves names unresolved.
    ///
    /// # Errors
    /// [`Error::NetworkInvalid`] for what CNI has no way to do, in Podman's words.
    pub fn from_network(network: &Network, dnsname: bool) -> Result<Self, Error> {
        let invalid = |reason| Error::NetworkInvalid { reason };
        if !valid_name(&network.name) {
            return Err(invalid(format!("invalid network name {:?}", network.name)));
        }
        Ok(Self {
            name: network.name.clone(),
            cni_version: VERSION.to_owned(),
            plugins: plugins(network, dnsname).map_err(invalid)?,
            disable_check: false,
            labels: network.labels.clone(),
            options: network.options.clone(),
            path: None,
            created: network.created.clone(),
        })
    }
}

impl ConflistDirectory {
    /// Writes NAME.conflist, mode 0644, whole or not at all; one of this name is replaced.
    ///
    /// # Errors
    /// [`Error::NetworkFile`] if a file of another name configures this network, [`Error::Io`].
    pub fn write(&self, conflist: &Conflist) -> Result<(), Error> {
        let path = self.path.join(format!("{}.conflist", conflist.name));
        let other = self.conflist(&conflist.name).ok().flatten();
        if let Some(other) = other.and_then(|other| other.path).filter(|p| *p != path) {
            return Err(broken(&other, "it configures this network already"));
        }
        let mut text = Vec::new();
        let indent = PrettyFormatter::with_indent(b"   ");
        let mut serializer = Serializer::with_formatter(&mut text, indent);
        conflist
            .to_json()
            .serialize(&mut serializer)
            .map_err(|error| broken(&path, error.to_string()))?;
        fs::create_dir_all(&self.path).map_err(Error::io("create", &self.path))?;
        whole::write(&self.path, &format!("{}.conflist", conflist.name), &text)
    }

    /// Removes the file of a network, whatever it is called.
    ///
    /// # Errors
    /// [`Error::NetworkNotFound`] if it has none, those of [`Self::conflist`], [`Error::Io`].
    pub fn remove(&self, name: &str) -> Result<(), Error> {
        let conflist = self.conflist(name)?;
        let path =
            conflist
                .and_then(|conflist| conflist.path)
                .ok_or_else(|| Error::NetworkNotFound {
                    name: name.to_owned(),
                })?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::io("remove", &path)(error))
            }
            _ => Ok(()),
        }
    }
}

fn plugins(network: &Network, dnsname: bool) -> Result<Vec<Value>, String> {
    let driver = network.driver.as_str();
    if !matches!(driver, "bridge" | "macvlan" | "ipvlan") {
        return Err(format!("driver {driver:?} is not supported by cni"));
    }
    if !network.routes.is_empty() {
        return Err("static routes cannot be configured for backend CNI".to_owned());
    }
    if !network.network_dns_servers.is_empty() {
        return Err("NetworkDNSServers cannot be configured for backend CNI".to_owned());
    }
    let options = options(network)?;
    let ipam = ipam(network)?;

    let mut plugin = Map::new();
    let mut set = |key: &str, value: Value| plugin.insert(key.to_owned(), value);
    set("type", json!(driver));
    if driver == "bridge" {
        set("bridge", json!(network.network_interface));
        set("isGateway", json!(!network.internal));
        if !network.internal {
            set("ipMasq", json!(true));
        }
        set("hairpinMode", json!(true));
        if options.vlan != 0 {
            set("vlan", json!(options.vlan));
        }
    } else {
        // Without one the plugin takes the interface of the default route.
        set("master", json!(network.network_interface));
        if !options.mode.is_empty() {
            set("mode", json!(options.mode));
        }
    }
    if options.mtu != 0 {
        set("mtu", json!(options.mtu));
    }
    if let Some(ipam) = ipam {
        let leases = ipam["type"] == "host-local";
        set("ipam", ipam);
        if leases {
            set("capabilities", json!({"ips": true}));
        }
    }
    let mut plugins = vec![Value::Object(plugin)];
    if driver == "bridge" {
        let mut firewall = json!({"type": "firewall", "backend": ""});
        if options.isolate {
            firewall["ingressPolicy"] = json!("same-bridge");
        }
        plugins.extend([
            json!({"type": "portmap", "capabilities": {"portMappings": true}}),
            firewall,
            json!({"type": "tuning"}),
        ]);
        // It serves names at the gateway, which an internal network has not.
        if network.dns_enabled && dnsname && !network.internal {
            plugins.push(json!({"type": "dnsname", "domainName": "dns.podman",
                "capabilities": {"aliases": true}}));
        }
    }
    Ok(plugins)
}

fn ipam(network: &Network) -> Result<Option<Value>, String> {
    let driver = network.ipam_options.get("driver").map(String::as_str);
    match driver {
        Some("dhcp") => return Ok(Some(json!({"type": "dhcp"}))),
        Some("none") => return Ok(None),
        None if network.subnets.is_empty() => return Ok(None),
        None | Some("host-local") => (),
        Some(other) => return Err(format!("unsupported ipam driver {other:?}")),
    }
    let mut ipam = json!({"type": "host-local"});
    if !network.internal {
        let mut routes: Vec<Value> = Vec::new();
        for subnet in &network.subnets {
            let all = if subnet.subnet.is_ipv6() {
                "::/0"
            } else {
                "0.0.0.0/0"
            };
            let route = json!({"dst": all});
            if !routes.contains(&route) {
                routes.push(route);
            }
        }
        ipam["routes"] = json!(routes);
    }
    let ranges: Vec<Value> = network.subnets.iter().map(|s| json!([range(s)])).collect();
    ipam["ranges"] = json!(ranges);
    Ok(Some(ipam))
}

fn range(subnet: &Subnet) -> Value {
    let mut range = json!({"subnet": subnet.subnet});
    let lease = subnet.lease_range.as_ref();
    for (key, ip) in [
        ("rangeStart", lease.and_then(|lease| lease.start_ip)),
        ("rangeEnd", lease.and_then(|lease| lease.end_ip)),
        ("gateway", subnet.gateway),
    ] {
        if let Some(ip) = ip {
            range[key] = json!(ip);
        }
    }
    range
}

fn options(network: &Network) -> Result<Options, String> {
    let driver = network.driver.as_str();
    let mut options = Options::default();
    for (key, value) in &network.options {
        match key.as_str() {
            "mtu" => {
                options.mtu = value
                    .parse()
                    .map_err(|_| format!("mtu {value:?} is no number"))?;
            }
            "vlan" => {
                let vlan = value.parse().ok().filter(|vlan| *vlan <= 4094);
                options.vlan =
                    vlan.ok_or_else(|| format!("vlan ID {value} must be between 0 and 4094"))?;
            }
            "mode" => {
                let modes: &[&str] = match driver {
                    "macvlan" => &MACVLAN_MODES,
                    "ipvlan" => &IPVLAN_MODES,
                    _ => return Err(format!("cannot set option \"mode\" with driver {driver:?}")),
                };
                if !modes.contains(&value.as_str()) {
                    return Err(format!("unknown {driver} mode {value:?}"));
                }
                options.mode.clone_from(value);
            }
            "isolate" if driver != "bridge" => {
                return Err("isolate option is only supported with the bridge driver".to_owned());
            }
            // The words of Go's strconv.ParseBool.
            "isolate" => match value.as_str() {
                "1" | "t" | "T" | "TRUE" | "true" | "True" => options.isolate = true,
                "0" | "f" | "F" | "FALSE" | "false" | "False" => (),
                _ => return Err(format!("failed to parse isolate option: {value:?}")),
            },
            _ => return Err(format!("unsupported network option {key}")),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cni::directory::default_network;

    fn directory() -> (tempfile::TempDir, ConflistDirectory) {
        let dir = tempfile::tempdir().unwrap();
        let networks = ConflistDirectory::new(dir.path().join("net.d"));
        (dir, networks)
    }

    fn network(rest: &str) -> Network {
        serde_json::from_str(&format!(r#"{{"name":"n",{rest}}}"#)).unwrap()
    }

    #[test]
    fn there_and_back() {
        let (dir, networks) = directory();
        for (index, rest) in [
            r#""driver":"bridge","network_interface":"cni-podman1","ipv6_enabled":true,
               "dns_enabled":true,"labels":{"a":"b"},
               "options":{"mtu":"1400","vlan":"7","isolate":"true"},
               "ipam_options":{"driver":"host-local"},"subnets":[
               {"subnet":"10.89.0.0/24","gateway":"10.89.0.9",
                "lease_range":{"start_ip":"10.89.0.20","end_ip":"10.89.0.30"}},
               {"subnet":"fd00:1::/64","gateway":"fd00:1::1"}]"#,
            r#""driver":"bridge","network_interface":"cni-podman2","internal":true,
               "ipam_options":{"driver":"host-local"},"subnets":[{"subnet":"10.89.1.0/24"}]"#,
            r#""driver":"bridge","network_interface":"b","ipam_options":{"driver":"none"}"#,
            r#""driver":"macvlan","network_interface":"eth0","options":{"mode":"private"},
               "ipam_options":{"driver":"dhcp"}"#,
            r#""driver":"ipvlan","options":{"mode":"l3"},"ipam_options":{"driver":"host-local"},
               "subnets":[{"subnet":"10.89.2.0/24","gateway":"10.89.2.1"}]"#,
        ]
        .into_iter()
        .enumerate()
        {
            let network = network(rest);
            networks
                .write(&Conflist::from_network(&network, true).unwrap())
                .unwrap();
            let back = networks.get("n").unwrap();
            assert_eq!(
                Network {
                    id: String::new(),
                    created: String::new(),
                    ..back
                },
                network,
                "{index}"
            );
        }
        assert_eq!(fs::read_dir(dir.path().join("net.d")).unwrap().count(), 1);
        networks.remove("n").unwrap();
        assert!(matches!(
            networks.remove("n"),
            Err(Error::NetworkNotFound { .. })
        ));
    }

    #[test]
    fn the_text_is_podmans() {
        let (dir, networks) = directory();
        networks
            .write(&Conflist::from_network(&default_network(), true).unwrap())
            .unwrap();
        let text = fs::read_to_string(dir.path().join("net.d/podman.conflist")).unwrap();
        let start = "{\n   \"cniVersion\": \"0.4.0\",\n   \"name\": \"podman\",\n   \"plugins\": [\n      {\n         \"type\": \"bridge\",\n         \"bridge\": \"cni-podman0\",\n         \"isGateway\": true,\n         \"ipMasq\": true,\n         \"hairpinMode\": true,\n         \"ipam\": {\n            \"type\": \"host-local\",\n            \"routes\": [\n               {\n                  \"dst\": \"0.0.0.0/0\"\n               }\n            ],\n            \"ranges\": [\n               [\n                  {\n                     \"subnet\": \"10.88.0.0/16\",\n                     \"gateway\": \"10.88.0.1\"\n";
        assert!(text.starts_with(start), "{text}");
    }

    #[test]
    fn another_file_of_the_network_is_not_shadowed() {
        let (dir, networks) = directory();
        fs::create_dir(dir.path().join("net.d")).unwrap();
        let other = dir.path().join("net.d/10-n.conflist");
        fs::write(&other, r#"{"name":"n","plugins":[{"type":"ptp"}]}"#).unwrap();
        let conflist = Conflist::from_network(&network(r#""driver":"macvlan""#), false).unwrap();
        let error = networks.write(&conflist).unwrap_err().to_string();
        assert!(error.contains("10-n.conflist: it configures"), "{error}");
        networks.remove("n").unwrap();
        assert!(!other.exists());
    }

    #[test]
    fn what_cni_has_no_way_to_do() {
        let words = |rest: &str| {
            let network = network(rest);
            Conflist::from_network(&network, false)
                .unwrap_err()
                .to_string()
        };
        for (rest, expected) in [
            (r#""driver":"x""#, r#"driver "x" is not supported by cni"#),
            (r#""options":{"a":"b"}"#, "unsupported network option a"),
            (r#""options":{"vlan":"5000"}"#, "vlan ID 5000 must be"),
            (r#""options":{"mode":"l2"}"#, "cannot set option \"mode\""),
            (
                r#""driver":"macvlan","options":{"mode":"l2"}"#,
                "unknown macvlan mode",
            ),
            (
                r#""driver":"ipvlan","options":{"isolate":"1"}"#,
                "isolate option is only",
            ),
            (
                r#""ipam_options":{"driver":"x"}"#,
                "unsupported ipam driver",
            ),
            (
                r#""network_dns_servers":["1.1.1.1"]"#,
                "NetworkDNSServers cannot",
            ),
        ] {
            assert!(words(rest).starts_with(expected), "{}", words(rest));
        }
        let mut hostile = network(r#""driver":"bridge""#);
        hostile.name = "../n".to_owned();
        assert!(Conflist::from_network(&hostile, false).is_err());
    }
}
