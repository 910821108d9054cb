//! What a plugin answers to ADD (CNI specification, section 5): one form from 0.3.0 to 1.1.0, for our
//! purpose. The JSON itself goes on to the next plugin, with all that is not known here.

use std::net::IpAddr;

use ipnetwork::IpNetwork;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cni::plugin::failed;
use crate::error::Error;
use crate::types::{NetAddress, NetInterface, StatusBlock};

#[derive(Debug, Deserialize)]
struct Success {
    interfaces: Option<Vec<Interface>>,
    ips: Option<Vec<Address>>,
    dns: Option<Dns>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Interface {
    name: String,
    mac: String,
    /// Empty: it is on the host.
    sandbox: String,
}

#[derive(Debug, Deserialize)]
struct Address {
    #[serde(rename = "address")]
    ipnet: IpNetwork,
    gateway: Option<String>,
    /// Index into the interfaces.
    interface: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct Dns {
    nameservers: Option<Vec<IpAddr>>,
    search: Option<Vec<String>>,
}

/// Reads an answer. A plugin that leaves out the version means that of its configuration.
pub(super) fn parse(plugin: &str, answer: &[u8], version: &str) -> Result<Value, Error> {
    let unreadable = |reason: String| failed(plugin, format!("its result can't be read: {reason}"));
    let mut result: Value =
        serde_json::from_slice(answer).map_err(|error| unreadable(error.to_string()))?;
    let Some(object) = result.as_object_mut() else {
        return Err(unreadable("it is no object".to_owned()));
    };
    object.entry("cniVersion").or_insert(json!(version));
    Ok(result)
}

/// What the container got on this interface.
pub(super) fn status(plugin: &str, result: &Value, name: &str) -> Result<StatusBlock, Error> {
    let Success {
        interfaces,
        ips,
        dns,
    } = Success::deserialize(result).map_err(|error| failed(plugin, error.to_string()))?;
    let interfaces = interfaces.unwrap_or_default();
    let own = |interface: &&Interface| interface.name == name && !interface.sandbox.is_empty();
    let mut subnets = Vec::new();
    for ip in ips.unwrap_or_default() {
        let its = match ip.interface {
            // It can only be the one that was asked for.
            None => true,
            Some(index) => {
                let interface = usize::try_from(index).ok().and_then(|i| interfaces.get(i));
                let interface = interface.ok_or_else(|| {
                    let message = format!("its result has no interface with the index {index}");
                    failed(plugin, message)
                })?;
                own(&interface)
            }
        };
        if its {
            subnets.push(NetAddress {
                ipnet: ip.ipnet,
                gateway: gateway(plugin, ip.gateway)?,
            });
        }
    }
    let mac_address = interfaces.iter().find(own).map(|own| own.mac.clone());
    let interface = NetInterface {
        subnets,
        mac_address: mac_address.unwrap_or_default(),
    };
    let (servers, search) = dns.map(|dns| (dns.nameservers, dns.search)).unzip();
    Ok(StatusBlock {
        interfaces: [(name.to_owned(), interface)].into(),
        dns_server_ips: servers.flatten().unwrap_or_default(),
        dns_search_domains: search.flatten().unwrap_or_default(),
    })
}

fn gateway(plugin: &str, text: Option<String>) -> Result<Option<IpAddr>, Error> {
    let text = text.filter(|text| !text.is_empty());
    text.map(|text| {
        let parsed = text.parse();
        parsed.map_err(|_| failed(plugin, format!("failed to parse gateway ip {text}")))
    })
    .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<StatusBlock, Error> {
        status("p", &parse("p", text.as_bytes(), "0.4.0")?, "eth0")
    }

    /// bridge 1.1 with host-local, as 0.4.0.
    const BRIDGE: &str = r#"{"cniVersion":"0.4.0","interfaces":[
      {"name":"cni-podman0","mac":"5a:00:00:00:00:01"},{"name":"veth1","mac":"5a:00:00:00:00:02"},
      {"name":"eth0","mac":"5a:00:00:00:00:03","sandbox":"/run/netns/x"}],"ips":[
      {"version":"4","interface":2,"address":"10.88.0.5/16","gateway":"10.88.0.1"},
      {"version":"6","interface":2,"address":"fd00::5/64","gateway":""},
      {"version":"4","interface":0,"address":"10.88.0.1/16"}],
      "routes":[{"dst":"0.0.0.0/0"}],"dns":{"nameservers":["10.88.0.1"],"search":["dns.podman"]}}"#;

    #[test]
    fn the_interface_in_the_container() {
        for (from, to) in [("", ""), (r#""version":"4","#, ""), ("0.4.0", "1.1.0")] {
            let block = read(&BRIDGE.replace(from, to)).unwrap();
            assert_eq!(
                serde_json::to_string(&block).unwrap(),
                r#"{"interfaces":{"eth0":{"subnets":[{"ipnet":"10.88.0.5/16","gateway":"10.88.0.1"},{"ipnet":"fd00::5/64"}],"mac_address":"5a:00:00:00:00:03"}},"dns_server_ips":["10.88.0.1"],"dns_search_domains":["dns.podman"]}"#
            );
        }
    }

    #[test]
    fn the_json_is_passed_on() {
        let result = parse("p", br#"{"x":{"y":1},"dns":{}}"#, "0.3.1").unwrap();
        assert_eq!(
            result.to_string(),
            r#"{"x":{"y":1},"dns":{},"cniVersion":"0.3.1"}"#
        );
        let result = parse("p", br#"{"cniVersion":"1.0.0"}"#, "0.3.1").unwrap();
        assert_eq!(result["cniVersion"], "1.0.0");
    }

    #[test]
    fn little_is_enough() {
        assert!(read("{}").unwrap().addresses().is_empty());
        let block =
            read(r#"{"interfaces":null,"ips":[{"address":"10.0.0.2/24"}],"dns":{"search":null}}"#);
        assert_eq!(block.unwrap().addresses().len(), 1);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "[]",
            "{",
            r#"{"ips":[{"address":"10.0.0.2/24","interface":0}]}"#,
            r#"{"ips":[{"address":"10.0.0.2/24","interface":-1}]}"#,
            r#"{"ips":[{"address":"10.0.0.2/99"}]}"#,
            r#"{"ips":[{"address":"10.0.0.2/24","gateway":"x"}]}"#,
            r#"{"dns":{"nameservers":["x"]}}"#,
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with("cni plugin p failed: "), "{error}");
        }
    }
}
