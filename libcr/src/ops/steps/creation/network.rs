//! How a new container is on the network: `--network`, `--ip`, `--mac-address`, `--add-host`.

use std::net::IpAddr;
use std::path::PathBuf;

use network::types::PerNetworkOptions;

use super::CreateOptions;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::NetworkMode;
use crate::ops::steps::life::netplug::networks::networks;

/// The networks asked for, which must exist; none asked for: the default one.
pub(super) fn mode(engine: &Engine, options: &CreateOptions) -> Result<NetworkMode> {
    let directory = networks(&engine.config);
    let words: Vec<&str> = options.networks.iter().map(String::as_str).collect();
    match words[..] {
        ["none"] => return Ok(NetworkMode::None),
        ["host"] => return Ok(NetworkMode::Host),
        [word] if word.starts_with("container:") => {
            let id = engine.find(&word["container:".len()..])?.config.id;
            return Ok(NetworkMode::Container { id });
        }
        [word] if word.starts_with("ns:") => {
            let path = PathBuf::from(&word["ns:".len()..]);
            if !path.is_absolute() || !::network::netns::exists(&path) {
                return Err(Error::Invalid(format!(
                    "{} is no network namespace: give the path of one that ip netns add made",
                    path.display()
                )));
            }
            return Ok(NetworkMode::Namespace { path });
        }
        _ => {}
    }
    let wanted: Vec<&str> = if words.is_empty() {
        vec!["podman"]
    } else {
        words
    };
    let mut networks = Vec::new();
    for (number, word) in wanted
        .iter()
        .flat_map(|word| split_networks(word))
        .enumerate()
    {
        let (name, settings) = word.split_once(':').unwrap_or((&word, ""));
        let name = if name == "bridge" { "podman" } else { name };
        let network = directory.get(name)?;
        let mut own = PerNetworkOptions {
            interface_name: format!("eth{number}"),
            ..PerNetworkOptions::default()
        };
        for setting in settings.split(',').filter(|setting| !setting.is_empty()) {
            read_network_setting(&mut own, setting)?;
        }
        if number == 0 {
            own.static_ips.extend(options.ip);
            if let Some(mac) = &options.mac_address {
                own.static_mac = mac.parse::<::network::MacAddress>()?.to_string();
            }
        }
        networks.push((network.name, own));
    }
    Ok(NetworkMode::Bridge { networks })
}

/// `a,b` are two networks; `a:ip=…,mac=…` is one with settings.
fn split_networks(word: &str) -> Vec<String> {
    if word.contains(':') {
        vec![word.to_owned()]
    } else {
        word.split(',').map(str::to_owned).collect()
    }
}

fn read_network_setting(options: &mut PerNetworkOptions, setting: &str) -> Result<()> {
    let bad = || Error::Invalid(format!("invalid network setting \"{setting}\""));
    match setting.split_once('=').ok_or_else(bad)? {
        ("ip" | "ip6", value) => options.static_ips.push(value.parse().map_err(|_| bad())?),
        ("mac", value) => options.static_mac = value.parse::<::network::MacAddress>()?.to_string(),
        ("alias", value) => options.aliases.push(value.to_owned()),
        ("interface_name", value) => value.clone_into(&mut options.interface_name),
        _ => return Err(bad()),
    }
    Ok(())
}

/// Refuses addresses where there is no network of ours, and hosts that are none.
pub(super) fn check(options: &CreateOptions, mode: &NetworkMode) -> Result<()> {
    if !matches!(mode, NetworkMode::Bridge { .. }) {
        let flags = [
            (options.ip.is_some(), "ip"),
            (options.mac_address.is_some(), "mac-address"),
        ];
        if let Some((_, flag)) = flags.iter().find(|(given, _)| *given) {
            return Err(Error::Invalid(format!(
                "--{flag} can only be set when the network mode is bridge: invalid argument"
            )));
        }
    }
    if !options.publish.is_empty()
        && matches!(
            mode,
            NetworkMode::Container { .. } | NetworkMode::Namespace { .. }
        )
    {
        return Err(Error::Invalid(
            "cannot set port bindings on an existing container network namespace: publish them where it is made"
                .into(),
        ));
    }
    options.add_hosts.iter().try_for_each(|entry| host(entry))
}

/// Checks a `NAME:IP` of `--add-host`.
fn host(entry: &str) -> Result<()> {
    let (name, ip) = entry.split_once(':').unwrap_or_default();
    if name.is_empty() {
        return Err(Error::Invalid(format!(
            "bad format for add-host: \"{entry}\""
        )));
    }
    if ip != "host-gateway" && ip.parse::<IpAddr>().is_err() {
        return Err(Error::Invalid(format!(
            "invalid IP address in add-host: \"{ip}\""
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_in_podmans_words() {
        for good in ["a:1.2.3.4", "a:fe80::1", "a:host-gateway"] {
            assert!(host(good).is_ok(), "{good}");
        }
        let text = |entry: &str| host(entry).unwrap_err().to_string();
        for bad in ["foo", ":1.2.3.4", ""] {
            assert_eq!(text(bad), format!("bad format for add-host: \"{bad}\""));
        }
        assert_eq!(text("a:b:c"), "invalid IP address in add-host: \"b:c\"");
    }

    #[test]
    fn addresses_need_a_network() {
        let options = CreateOptions {
            mac_address: Some("02:00:00:00:00:01".into()),
            ..CreateOptions::default()
        };
        assert_eq!(
            check(&options, &NetworkMode::None).unwrap_err().to_string(),
            "--mac-address can only be set when the network mode is bridge: invalid argument"
        );
        let networks = Vec::new();
        assert!(check(&options, &NetworkMode::Bridge { networks }).is_ok());
    }
}
