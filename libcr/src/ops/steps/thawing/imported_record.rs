//! The words and numbers of an archive's `config.dump`: hostile until checked. They end up in files
//! that the container and its neighbours read, in commands for netavark, and on terminals.

use std::net::IpAddr;

use crate::archive::podman::{ContainerConfig, NamedNetwork, PortMapping};
use crate::error::{Error, Result};
use crate::model::id;

/// The longest name that anything has, bytes.
const LONGEST: usize = 4096;
/// The longest name of an interface, bytes (`IFNAMSIZ` less its end).
const INTERFACE: usize = 15;
/// The most entries of a list that somebody wrote by hand.
const MANY: usize = 1000;
/// The most ports that a container publishes.
const PORTS: u32 = 65_535;
/// Options of a container's own attachment that are about its end of it. Others name interfaces of
/// this host.
const NETWORK_OPTIONS: [&str; 3] = ["mtu", "metric", "no_default_route"];

/// Refuses what no engine writes into a `config.dump`.
///
/// # Errors
/// [`Error::Invalid`] naming the key.
pub fn check(dump: &ContainerConfig) -> Result<()> {
    for (key, text) in [
        ("id", &dump.id),
        ("name", &dump.name),
        ("pod", &dump.pod),
        ("rootfsImageID", &dump.rootfs_image_id),
        ("rootfsImageName", &dump.rootfs_image_name),
        ("RawImageName", &dump.raw_image_name),
        ("rootfs", &dump.rootfs),
        ("rootfsImage", &dump.rootfs_image),
        ("rootfsImageRef", &dump.rootfs_image_ref),
        ("runtime", &dump.runtime),
        ("user", &dump.user),
    ] {
        if text.len() > LONGEST || text.chars().any(char::is_control) {
            return none(key, "is no name");
        }
    }
    let host = |entry: &String| {
        let Some((name, address)) = entry.split_once(':') else {
            return false;
        };
        let known = address == "host-gateway" || address.parse::<IpAddr>().is_ok();
        known && !name.is_empty() && name.len() <= 253 && name.bytes().all(is_of_name)
    };
    if dump.hosts_add.len() > MANY || !dump.hosts_add.iter().all(host) {
        return none("hostsAdd", "has an entry that is no NAME:ADDRESS");
    }
    let server = |text: &String| text.parse::<IpAddr>().is_ok();
    if dump.dns_server.len() > MANY || !dump.dns_server.iter().all(server) {
        return none("dnsServer", "has an entry that is no address");
    }
    let word = |text: &String| {
        let of_resolver = |byte: u8| is_of_name(byte) || byte == b':';
        !text.is_empty() && text.len() <= 253 && text.bytes().all(of_resolver)
    };
    for (key, list) in [
        ("dnsSearch", &dump.dns_search),
        ("dnsOption", &dump.dns_option),
    ] {
        if list.len() > MANY || !list.iter().all(word) {
            return none(key, "has an entry that no resolver takes");
        }
    }
    ports(&dump.port_mappings)?;
    let networks = dump.all_networks();
    if networks.len() > MANY {
        return none("networks", "has too many entries");
    }
    networks.iter().try_for_each(network)
}

fn none<T>(key: &str, what: &str) -> Result<T> {
    Err(Error::Invalid(format!(
        "config.dump of the archive: {key} {what}"
    )))
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
}

fn ports(mappings: &[PortMapping]) -> Result<()> {
    const KEY: &str = "newPortMappings";
    let mut count = 0_u32;
    for mapping in mappings {
        let range = mapping.range.max(1);
        let fits = |first: u16| u32::from(first) + u32::from(range) <= PORTS + 1;
        if mapping.container_port == 0 || !fits(mapping.container_port) || !fits(mapping.host_port)
        {
            return none(KEY, "has a range beyond the last port");
        }
        if !mapping.host_ip.is_empty() && mapping.host_ip.parse::<IpAddr>().is_err() {
            return none(KEY, "has an address that is none");
        }
        count = count.saturating_add(u32::from(range));
    }
    if count > PORTS {
        return none(KEY, "has more ports than there are");
    }
    Ok(())
}

/// How it is attached to one network. Its names there go into the files of the name server that
/// all containers of the network ask.
fn network(named: &NamedNetwork) -> Result<()> {
    const KEY: &str = "networks";
    if id::check_name(&named.name).is_err() {
        return none(KEY, "has one whose name no network can have");
    }
    let interface = &named.options.interface_name;
    let dots = matches!(interface.as_str(), "." | "..");
    if interface.len() > INTERFACE || !interface.bytes().all(is_of_name) || dots {
        return none(KEY, "has an interface name that is none");
    }
    let aliases = &named.options.aliases;
    let alias = |text: &String| id::check_name(text).is_ok();
    if aliases.len() > MANY || !aliases.iter().all(alias) {
        return none(KEY, "has an alias that is no name");
    }
    Ok(())
}

/// Of the options of an attachment, those that an archive may choose.
pub fn is_own_option(key: &str, value: &str) -> bool {
    NETWORK_OPTIONS.contains(&key) && value.len() <= 64 && value.bytes().all(is_of_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(json: &str) -> Option<String> {
        let dump = ContainerConfig::from_json(json.as_bytes()).expect("JSON of a config.dump");
        check(&dump).err().map(|error| error.to_string())
    }

    #[test]
    fn what_podman_writes_is_let_through() {
        let honest = r#"{"name": "web", "runtime": "crun", "rootfsImageName": "localhost/x:1",
            "hostsAdd": ["bank:10.0.0.1", "six:fe80::1", "up:host-gateway"], "dnsServer": ["1.1.1.1"], "dnsSearch": ["a.b", "."], "dnsOption": ["ndots:2"],
            "newPortMappings": [{"host_ip": "::1", "container_port": 80, "host_port": 65535, "range": 1}],
            "newNetworks": {"podman": {"interface_name": "eth0", "aliases": ["db", "0a1b"]}}}"#;
        assert_eq!(refusal(honest), None);
    }

    #[test]
    fn what_nobody_writes_is_named() {
        for (json, word) in [
            (r#"{"runtime": "crun\nError: x"}"#, "runtime is no name"),
            (r#"{"RawImageName": "a\u001b[2J"}"#, "RawImageName"),
            (r#"{"hostsAdd": ["a\n10.0.0.1 bank:1.1.1.1"]}"#, "hostsAdd"),
            (r#"{"hostsAdd": ["a b:1.1.1.1"]}"#, "hostsAdd"),
            (r#"{"hostsAdd": ["a:nowhere"]}"#, "hostsAdd"),
            (r#"{"dnsServer": ["1.1.1.1\noptions x"]}"#, "dnsServer"),
            (r#"{"dnsSearch": ["a\nnameserver 1.1.1.1"]}"#, "dnsSearch"),
            (r#"{"dnsOption": ["ndots:1 x"]}"#, "dnsOption"),
            (
                r#"{"newPortMappings": [{"container_port": 65535, "host_port": 80, "range": 2}]}"#,
                "beyond the last port",
            ),
            (
                r#"{"newPortMappings": [{"container_port": 1, "host_port": 80, "host_ip": "x"}]}"#,
                "address that is none",
            ),
            (r#"{"newNetworks": {"../x": {}}}"#, "name no network"),
            (
                r#"{"newNetworks": {"podman": {"interface_name": "../eth0"}}}"#,
                "interface name",
            ),
            (
                r#"{"newNetworks": {"podman": {"aliases": ["a,bank\n"]}}}"#,
                "alias",
            ),
        ] {
            let said = refusal(json);
            assert!(
                said.as_ref().is_some_and(|text| text.contains(word)),
                "{json}: {said:?}"
            );
        }
        let many = r#"{"container_port": 1, "host_port": 1, "range": 60000}"#;
        let said = refusal(&format!("{{\"newPortMappings\": [{many}, {many}]}}"));
        assert!(said.is_some_and(|text| text.contains("more ports than there are")));
    }

    #[test]
    fn interfaces_of_this_host_are_not_named() {
        assert!(is_own_option("mtu", "1400"));
        assert!(!is_own_option("host_interface_name", "eth0"));
        assert!(!is_own_option("mtu", "1\n2"));
    }
}
