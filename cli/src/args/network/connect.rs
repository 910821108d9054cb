//! `network connect`, `network disconnect`.

use crate::output::CliError;
use clap::Args;
use libcr::ops::networks::connect::ConnectOptions;
use std::net::IpAddr;

/// Flags of `network connect`.
#[derive(Debug, Default, Args)]
pub struct NetworkConnect {
    /// Add network-scoped alias for the container
    #[arg(long, value_name = "NAME")]
    pub alias: Vec<String>,
    /// Set a static IPv4 or IPv6 address for this container network
    #[arg(long, value_name = "IP")]
    pub ip: Option<IpAddr>,
    /// Set a static IPv6 address for this container network
    #[arg(long, value_name = "IP")]
    pub ip6: Option<IpAddr>,
    /// Set a static mac address for this container network
    #[arg(long, value_name = "MAC")]
    pub mac_address: Option<String>,
    /// The network and the container.
    #[arg(value_name = "NETWORK CONTAINER")]
    pub names: Vec<String>,
}

impl NetworkConnect {
    /// The network, the container, and what it asks for.
    pub fn validate(&self) -> Result<([&str; 2], ConnectOptions), CliError> {
        let names = two(&self.names)?;
        if let Some(ip) = self.ip6.filter(IpAddr::is_ipv4) {
            return Err(CliError::usage(format!(
                "{ip} is not an IPv6 address: use --ip"
            )));
        }
        let mac = self.mac_address.as_deref().map(str::parse).transpose();
        let options = ConnectOptions {
            aliases: self.alias.clone(),
            ips: self.ip.into_iter().chain(self.ip6).collect(),
            mac: mac.map_err(|error| CliError::engine(libcr::Error::Network(error)))?,
        };
        Ok((names, options))
    }
}

/// Flags of `network disconnect`.
#[derive(Debug, Default, Args)]
pub struct NetworkDisconnect {
    /// Force removal of container from network
    #[arg(short, long)]
    pub force: bool,
    /// The network and the container.
    #[arg(value_name = "NETWORK CONTAINER")]
    pub names: Vec<String>,
}

impl NetworkDisconnect {
    /// The network and the container.
    pub fn validate(&self) -> Result<[&str; 2], CliError> {
        two(&self.names)
    }
}

/// Cobra's words for another number of names.
fn two(names: &[String]) -> Result<[&str; 2], CliError> {
    match names {
        [network, container] => Ok([network, container]),
        _ => Err(CliError::usage(format!(
            "accepts 2 arg(s), received {}",
            names.len()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::NetworkConnect;

    #[test]
    fn two_names_and_addresses_that_are_some() {
        let text = |connect: NetworkConnect| connect.validate().unwrap_err().to_string();
        assert_eq!(
            text(NetworkConnect::default()),
            "accepts 2 arg(s), received 0"
        );
        let base = || NetworkConnect {
            names: vec!["net".into(), "web".into()],
            ..NetworkConnect::default()
        };
        assert_eq!(base().validate().unwrap().0, ["net", "web"]);
        let ip6 = Some("10.0.0.1".parse().unwrap());
        assert!(text(NetworkConnect { ip6, ..base() }).contains("not an IPv6 address"));
        let mac_address = Some("zz".into());
        let wrong = NetworkConnect {
            mac_address,
            ..base()
        };
        assert_eq!(text(wrong), "address zz: invalid MAC address");
    }
}
