//! One container on one network: everything that its plugins are told, the same at ADD, CHECK and DEL
//! (CNI specification, section 3), and what they answered.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::backend::SetupRequest;
use crate::cni::conflist::{Conflist, ipam_type, plugin_type};
use crate::cni::host_local::{one_a_set, range_sets};
use crate::cni::plugin::{Call, Programs, Verb};
use crate::cni::result;
use crate::config::valid_name;
use crate::error::Error;
use crate::mac::MacAddress;
use crate::types::{Network, PerNetworkOptions, PortMapping, StatusBlock};

/// An attachment, made or to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Attachment {
    /// The configuration that is used, whatever becomes of its file.
    pub conflist: Conflist,
    /// Id of the container.
    pub container_id: String,
    /// Name of the interface in it.
    pub interface: String,
    /// `CNI_ARGS`: what plugins get that know no capabilities.
    arguments: String,
    /// What plugins get that declare them.
    capabilities: Map<String, Value>,
    /// The addresses that are to be given; none: any.
    wanted: Vec<IpAddr>,
    /// The answer of the last plugin that was added.
    result: Option<Value>,
}

impl Attachment {
    /// What a request asks of one of its networks, by way of this configuration. Nothing is done.
    ///
    /// # Errors
    /// [`Error::CniUnsupported`], [`Error::AddressOutside`], and those of a MAC address.
    pub fn new(
        mut conflist: Conflist,
        request: &SetupRequest,
        network: &Network,
        options: &PerNetworkOptions,
    ) -> Result<Self, Error> {
        let unsupported = |reason: String| Error::CniUnsupported {
            network: network.name.clone(),
            reason,
        };
        if !valid_name(&request.container_id) {
            let id = &request.container_id;
            return Err(unsupported(format!("invalid container id {id:?}")));
        }
        if !valid_interface(&options.interface_name) {
            let name = &options.interface_name;
            return Err(unsupported(format!("invalid interface name {name:?}")));
        }
        if conflist.plugins.iter().any(|p| ipam_type(p) == "dhcp") {
            return Err(unsupported(
                "with CNI no addresses can be had from DHCP: use the IPAM driver host-local, or the network backend netavark with its dhcp-proxy".to_owned(),
            ));
        }
        let dnsname = conflist.plugins.iter().any(|p| plugin_type(p) == "dnsname");
        let mut wanted = options.static_ips.clone();
        // An ipvlan interface has the address of its parent.
        let mut mac = Some(options.static_mac.as_str()).filter(|mac| !mac.is_empty());
        if let Some(first) = conflist.plugins.first_mut() {
            let sets = range_sets(first, false).map_err(unsupported)?;
            wanted = one_a_set(&wanted, &sets);
            if plugin_type(first) == "ipvlan" {
                mac = None;
            }
            if ipam_type(first) == "host-local" {
                // It takes addresses without declaring it, but only from the plugin that calls it.
                declare(first, &["ips", "mac"]);
            }
        }
        let mac = mac.map(str::parse::<MacAddress>).transpose()?;

        let mut arguments = vec!["IgnoreUnknown=1".to_owned()];
        if dnsname && valid_name(&request.container_name) {
            // Where it looks for the name to answer to (Podman's run.go).
            arguments.push(format!("K8S_POD_NAME={}", request.container_name));
        }
        let first_ip = wanted.iter().find(|ip| ip.is_ipv4()).or(wanted.first());
        arguments.extend(first_ip.map(|ip| format!("IP={ip}")));
        arguments.extend(mac.map(|mac| format!("MAC={mac}")));

        let mut capabilities = Map::new();
        let mut offer = |key: &str, value: Value| capabilities.insert(key.to_owned(), value);
        if !wanted.is_empty() {
            let with_prefix: Result<Vec<String>, Error> =
                wanted.iter().map(|ip| with_prefix(*ip, network)).collect();
            offer("ips", json!(with_prefix?));
        }
        if let Some(mac) = mac {
            offer("mac", json!(mac.to_string()));
        }
        if !request.port_mappings.is_empty() {
            let ports: Vec<Value> = request.port_mappings.iter().flat_map(ports).collect();
            offer("portMappings", json!(ports));
        }
        if !options.aliases.is_empty() {
            // As dnsname reads it; the list of CNI's conventions nobody does.
            offer("aliases", json!({network.name.as_str(): options.aliases}));
        }
        Ok(Self {
            conflist,
            container_id: request.container_id.clone(),
            interface: options.interface_name.clone(),
            arguments: arguments.join(";"),
            capabilities,
            wanted,
            result: None,
        })
    }

    /// ADD, first plugin first. What was done when it fails is for [`Self::delete`].
    pub fn add(&mut self, programs: Programs<'_>, netns: &Path) -> Result<StatusBlock, Error> {
        self.result = None;
        let mut last = "";
        for plugin in &self.conflist.plugins {
            last = plugin_type(plugin);
            let config = self.config(plugin, self.result.as_ref());
            let answer = programs.run(last, self.call(Verb::Add, Some(netns)), &config)?;
            let result = result::parse(last, &answer, &self.conflist.cni_version)?;
            self.result = Some(result);
        }
        let result = self.result.as_ref().unwrap_or(&Value::Null);
        let status = result::status(last, result, &self.interface)?;
        self.compare(&status)?;
        Ok(status)
    }

    /// DEL, last plugin first, all of them whatever one says.
    ///
    /// # Errors
    /// The first one.
    pub fn delete(&self, programs: Programs<'_>, netns: Option<&Path>) -> Result<(), Error> {
        // Plugins of older versions don't expect one.
        let result = self.result.as_ref();
        let result = result.filter(|_| self.conflist.at_least("0.4.0"));
        let mut outcome = Ok(());
        for plugin in self.conflist.plugins.iter().rev() {
            let name = plugin_type(plugin);
            let config = self.config(plugin, result);
            match programs.run(name, self.call(Verb::Del, netns), &config) {
                Ok(_) => (),
                Err(error @ Error::CniPluginMissing { .. }) if name == "dnsname" => {
                    tracing::warn!(%error, "names are not taken back");
                }
                Err(error) if outcome.is_ok() => outcome = Err(error),
                Err(error) => tracing::warn!(%error, "detaching from a CNI network"),
            }
        }
        outcome
    }

    /// CHECK, first plugin first.
    pub fn check(&self, programs: Programs<'_>, netns: &Path) -> Result<(), Error> {
        if !self.conflist.at_least("0.4.0") {
            return Err(Error::CniUnsupported {
                network: self.conflist.name.clone(),
                reason: format!(
                    "configuration version {:?} does not support CHECK command",
                    self.conflist.cni_version
                ),
            });
        }
        if self.conflist.disable_check {
            return Ok(());
        }
        for plugin in &self.conflist.plugins {
            let config = self.config(plugin, self.result.as_ref());
            let call = self.call(Verb::Check, Some(netns));
            programs.run(plugin_type(plugin), call, &config)?;
        }
        Ok(())
    }

    fn call<'a>(&'a self, verb: Verb, netns: Option<&'a Path>) -> Call<'a> {
        Call {
            verb,
            container_id: &self.container_id,
            netns,
            interface: &self.interface,
            arguments: &self.arguments,
        }
    }

    /// What a plugin gets on stdin.
    fn config(&self, plugin: &Value, previous: Option<&Value>) -> Value {
        let mut config = plugin.as_object().cloned().unwrap_or_default();
        config.insert("cniVersion".to_owned(), json!(self.conflist.cni_version));
        config.insert("name".to_owned(), json!(self.conflist.name));
        let declared = config.remove("capabilities").unwrap_or_default();
        let mut given = self.capabilities.clone();
        given.retain(|capability, _| declared[capability.as_str()] == true);
        if !given.is_empty() {
            config.insert("runtimeConfig".to_owned(), Value::Object(given));
        }
        match previous {
            Some(result) => config.insert("prevResult".to_owned(), result.clone()),
            None => config.remove("prevResult"),
        };
        Value::Object(config)
    }

    /// A container with another address than its lease would meet one that has this address.
    fn compare(&self, status: &StatusBlock) -> Result<(), Error> {
        let got = status.addresses();
        let set = |ips: &[IpAddr]| ips.iter().copied().collect::<BTreeSet<_>>();
        if !self.wanted.is_empty() && set(&got) != set(&self.wanted) {
            return Err(Error::CniAddresses {
                network: self.conflist.name.clone(),
                wanted: self.wanted.clone(),
                got,
            });
        }
        Ok(())
    }
}

/// Makes a plugin declare capabilities.
fn declare(plugin: &mut Value, names: &[&str]) {
    let Some(plugin) = plugin.as_object_mut() else {
        return;
    };
    let declared = plugin.entry("capabilities").or_insert(Value::Null);
    if !declared.is_object() {
        *declared = json!({});
    }
    for name in names {
        declared[*name] = json!(true);
    }
}

/// `IP/prefix`, which the static plugin wants and host-local takes.
fn with_prefix(ip: IpAddr, network: &Network) -> Result<String, Error> {
    let mut subnets = network.subnets.iter().map(|subnet| subnet.subnet);
    let subnet =
        subnets
            .find(|subnet| subnet.contains(ip))
            .ok_or_else(|| Error::AddressOutside {
                ip,
                network: network.name.clone(),
            })?;
    Ok(format!("{ip}/{}", subnet.prefix()))
}

/// A mapping as portmap knows it, one port each.
fn ports(mapping: &PortMapping) -> impl Iterator<Item = Value> {
    (0..u32::from(mapping.range)).map(move |offset| {
        let mut port = json!({
            "hostPort": u32::from(mapping.host_port) + offset,
            "containerPort": u32::from(mapping.container_port) + offset,
            "protocol": mapping.protocol.as_str(),
        });
        if !mapping.host_ip.is_empty() {
            port["hostIP"] = json!(mapping.host_ip);
        }
        port
    })
}

/// The kernel's rule for names of interfaces (`dev_valid_name`).
pub(super) fn valid_interface(name: &str) -> bool {
    let bad = |c: char| c == '/' || c == ':' || c.is_whitespace() || c.is_control();
    (1..16).contains(&name.len()) && name != "." && name != ".." && !name.contains(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conflist(plugins: &Value) -> Conflist {
        Conflist {
            name: "n".to_owned(),
            cni_version: "1.0.0".to_owned(),
            plugins: plugins.as_array().unwrap().clone(),
            disable_check: false,
            labels: [].into(),
            options: [].into(),
            path: None,
            created: String::new(),
        }
    }

    fn request() -> SetupRequest {
        SetupRequest {
            container_id: "ab".to_owned(),
            container_name: "web".to_owned(),
            port_mappings: vec![PortMapping {
                host_ip: "127.0.0.1".to_owned(),
                container_port: 80,
                host_port: 8080,
                range: 2,
                protocol: crate::types::Protocol::Udp,
            }],
            ..SetupRequest::default()
        }
    }

    fn options() -> PerNetworkOptions {
        PerNetworkOptions {
            static_ips: vec!["fd00::5".parse().unwrap(), "10.1.0.5".parse().unwrap()],
            aliases: vec!["w".to_owned()],
            static_mac: "5A:00:00:00:00:03".to_owned(),
            interface_name: "eth0".to_owned(),
            ..PerNetworkOptions::default()
        }
    }

    fn network() -> Network {
        serde_json::from_value(json!({"name": "n",
            "subnets": [{"subnet": "10.1.0.0/24"}, {"subnet": "fd00::/64"}]}))
        .unwrap()
    }

    fn attach(plugins: &Value) -> Result<Attachment, Error> {
        Attachment::new(conflist(plugins), &request(), &network(), &options())
    }

    fn host_local(kind: &str) -> Value {
        json!([{"type": kind, "capabilities": {"x": true}, "ipam": {"type": "host-local",
            "ranges": [[{"subnet": "10.1.0.0/24"}], [{"subnet": "fd00::/64"}]]}}])
    }

    #[test]
    fn capabilities_only_where_declared() {
        let mut plugins = host_local("bridge").as_array().unwrap().clone();
        plugins.extend([
            json!({"type": "portmap", "capabilities": {"portMappings": true, "ips": false}}),
            json!({"type": "tuning", "prevResult": {"forged": true}}),
            json!({"type": "dnsname", "capabilities": {"aliases": true}}),
        ]);
        let attachment = attach(&json!(plugins)).unwrap();
        assert_eq!(
            attachment.arguments,
            "IgnoreUnknown=1;K8S_POD_NAME=web;IP=10.1.0.5;MAC=5a:00:00:00:00:03"
        );
        let runtime: Vec<Value> = attachment
            .conflist
            .plugins
            .iter()
            .map(|plugin| attachment.config(plugin, None))
            .map(|config| {
                assert_eq!(config["name"], "n");
                assert_eq!(config["cniVersion"], "1.0.0");
                assert!(config.get("capabilities").is_none());
                assert!(config.get("prevResult").is_none());
                config["runtimeConfig"].clone()
            })
            .collect();
        assert_eq!(
            json!(runtime),
            json!([
                {"ips": ["fd00::5/64", "10.1.0.5/24"], "mac": "5a:00:00:00:00:03"},
                {"portMappings": [
                    {"hostPort": 8080, "containerPort": 80, "protocol": "udp", "hostIP": "127.0.0.1"},
                    {"hostPort": 8081, "containerPort": 81, "protocol": "udp", "hostIP": "127.0.0.1"}]},
                null,
                {"aliases": {"n": ["w"]}},
            ])
        );
    }

    #[test]
    fn ipvlan_has_no_mac_of_its_own() {
        let attachment = attach(&host_local("ipvlan")).unwrap();
        assert_eq!(attachment.arguments, "IgnoreUnknown=1;IP=10.1.0.5");
        assert!(!attachment.capabilities.contains_key("mac"));
    }

    #[test]
    fn refused_before_anything_is_done() {
        let error = attach(&json!([{"type": "macvlan", "ipam": {"type": "dhcp"}}]));
        let error = error.unwrap_err().to_string();
        for word in ["network n:", "host-local", "netavark", "dhcp-proxy"] {
            assert!(error.contains(word), "{error}");
        }
        let plugins = json!([{"type": "x"}]);
        let new = |request: &SetupRequest, options: &PerNetworkOptions| {
            let made = Attachment::new(conflist(&plugins), request, &network(), options);
            made.unwrap_err().to_string()
        };
        for name in ["", "..", "a/b", "a b", "sixteen-letters-", "a\n"] {
            let mut options = options();
            options.interface_name = name.to_owned();
            let error = new(&request(), &options);
            assert!(error.contains("invalid interface name"), "{error}");
        }
        let mut hostile = request();
        hostile.container_id = "../x".to_owned();
        assert!(new(&hostile, &options()).contains("invalid container id"));
        let mut hostile = options();
        hostile.static_mac = "x;IP=10.0.0.1".to_owned();
        assert!(new(&request(), &hostile).contains("invalid MAC address"));
        let mut outside = options();
        outside.static_ips = vec!["192.0.2.1".parse().unwrap()];
        assert!(new(&request(), &outside).contains("not in any subnet"));
    }

    #[test]
    fn a_container_name_adds_no_arguments() {
        let plugins = json!([{"type": "bridge"}, {"type": "dnsname"}]);
        let mut request = request();
        request.container_name = "web;MAC=x".to_owned();
        let made = Attachment::new(conflist(&plugins), &request, &network(), &options());
        assert!(!made.unwrap().arguments.contains("K8S_POD_NAME"));
    }
}
