//! `network create`: Podman's flags, and its checks in its order
//! (cmd/podman/networks/create.go).

use crate::args::selection::at_most_one;
use crate::args::volume::VolumeCreate;
use crate::output::CliError;
use clap::Args;
use libcr::ops::networks::create::{CreateRequest, IpNetwork, LeaseRange, Route, SubnetRequest};
use std::net::IpAddr;

/// Flags of `network create`.
#[derive(Debug, Default, Args)]
pub struct NetworkCreate {
    /// Disable DNS resolution of container names
    #[arg(long)]
    pub disable_dns: bool,
    /// DNS servers this network will use
    #[arg(long, value_name = "IP")]
    pub dns: Vec<IpAddr>,
    /// Driver to manage the network (bridge, macvlan, ipvlan)
    #[arg(short, long, value_name = "DRIVER", default_value = "bridge")]
    pub driver: String,
    /// IPv4 or IPv6 gateway for the subnet
    #[arg(long, value_name = "IP")]
    pub gateway: Vec<IpAddr>,
    /// Don't fail if network already exists
    #[arg(long)]
    pub ignore: bool,
    /// Interface name which is used by the driver
    #[arg(long, value_name = "NAME")]
    pub interface_name: Option<String>,
    /// Restrict external access from this network
    #[arg(long)]
    pub internal: bool,
    /// Allocate container IP from range (CIDR, or FIRST-LAST)
    #[arg(long, value_name = "RANGE")]
    pub ip_range: Vec<String>,
    /// IP address management driver (host-local, dhcp, none)
    #[arg(long, value_name = "DRIVER")]
    pub ipam_driver: Option<String>,
    /// Enable IPv6 networking
    #[arg(long)]
    pub ipv6: bool,
    /// Set metadata on a network
    #[arg(long, value_name = "KEY[=VALUE]")]
    pub label: Vec<String>,
    /// Set driver specific options
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub opt: Vec<String>,
    /// Static routes (DESTINATION,GATEWAY[,METRIC])
    #[arg(long, value_name = "ROUTE")]
    pub route: Vec<String>,
    /// Subnets in CIDR format
    #[arg(long, value_name = "CIDR")]
    pub subnet: Vec<String>,
    /// The network.
    #[arg(value_name = "[NAME]")]
    pub names: Vec<String>,
}

impl NetworkCreate {
    /// What the engine is asked for.
    pub fn validate(&self) -> Result<CreateRequest, CliError> {
        let name = at_most_one(&self.names)?;
        let subnets = self.subnets()?;
        let routes = self.route.iter().map(|text| route(text));
        Ok(CreateRequest {
            name: name.map(str::to_owned),
            driver: self.driver.clone(),
            interface: self.interface_name.clone(),
            subnets,
            routes: routes.collect::<Result<_, _>>()?,
            ipv6: self.ipv6,
            internal: self.internal,
            disable_dns: self.disable_dns,
            dns_servers: self.dns.clone(),
            labels: VolumeCreate::map(&self.label),
            options: VolumeCreate::map(&self.opt),
            ipam_driver: self.ipam_driver.clone(),
        })
    }

    /// Gateways and ranges belong to subnets by their order.
    fn subnets(&self) -> Result<Vec<SubnetRequest>, CliError> {
        let number = self.subnet.len();
        let usage = |text: &str| Err(CliError::usage(text));
        if number == 0 && (!self.ip_range.is_empty() || !self.gateway.is_empty()) {
            return usage("cannot set gateway or range without subnet");
        }
        if self.gateway.len() > number {
            return usage("cannot set more gateways than subnets");
        }
        if self.ip_range.len() > number {
            return usage("cannot set more ranges than subnets");
        }
        let mut subnets = Vec::new();
        for (index, text) in self.subnet.iter().enumerate() {
            let range = self.ip_range.get(index).map(|text| range(text));
            subnets.push(SubnetRequest {
                subnet: cidr(text)?,
                gateway: self.gateway.get(index).copied(),
                range: range.transpose()?,
            });
        }
        Ok(subnets)
    }
}

/// Go's words (net.ParseCIDR).
fn cidr(text: &str) -> Result<IpNetwork, CliError> {
    let wrong = || CliError::usage(format!("invalid CIDR address: {text}"));
    // Without a prefix it is an address, and no subnet.
    if !text.contains('/') {
        return Err(wrong());
    }
    text.parse().map_err(|_| wrong())
}

/// `10.1.1.0/25`, or `10.1.1.5-10.1.1.9`.
fn range(text: &str) -> Result<LeaseRange, CliError> {
    if let Some((first, last)) = text.split_once('-') {
        let ip = |text: &str| {
            let wrong =
                |_| CliError::usage(format!("range start ip \"{text}\" is not a ip address"));
            text.parse().map(Some).map_err(wrong)
        };
        return Ok(LeaseRange {
            start_ip: ip(first)?,
            end_ip: ip(last)?,
        });
    }
    let range = cidr(text)?;
    Ok(LeaseRange {
        start_ip: Some(range.network()),
        end_ip: Some(range.broadcast()),
    })
}

/// `10.2.0.0/16,10.1.1.1` with a metric behind it or not.
fn route(text: &str) -> Result<Route, CliError> {
    let wrong = || {
        CliError::usage(format!(
            "invalid route: {text}\nFormat: --route <destination in CIDR>,<gateway>,<metric (optional)>"
        ))
    };
    let mut parts = text.split(',');
    let destination = parts.next().map(cidr).transpose()?.ok_or_else(wrong)?;
    let gateway = parts
        .next()
        .and_then(|ip| ip.parse().ok())
        .ok_or_else(wrong)?;
    let metric = parts
        .next()
        .map(|number| number.parse().map_err(|_| wrong()));
    if parts.next().is_some() {
        return Err(wrong());
    }
    Ok(Route {
        destination,
        gateway,
        metric: metric.transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::NetworkCreate;

    fn with(subnet: &[&str], gateway: &[&str], range: &[&str]) -> NetworkCreate {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        NetworkCreate {
            subnet: own(subnet),
            gateway: gateway.iter().map(|ip| ip.parse().unwrap()).collect(),
            ip_range: own(range),
            ..NetworkCreate::default()
        }
    }

    #[test]
    fn podmans_words() {
        let text = |create: NetworkCreate| create.validate().unwrap_err().to_string();
        assert_eq!(
            text(with(&[], &["10.0.0.1"], &[])),
            "cannot set gateway or range without subnet"
        );
        assert_eq!(
            text(with(&["10.0.0.0/24"], &["10.0.0.1", "10.0.0.2"], &[])),
            "cannot set more gateways than subnets"
        );
        assert_eq!(
            text(with(&["10.0.0.0"], &[], &[])),
            "invalid CIDR address: 10.0.0.0"
        );
        let route = |route: &str| NetworkCreate {
            route: vec![route.into()],
            ..NetworkCreate::default()
        };
        assert!(text(route("10.0.0.0/8")).starts_with("invalid route: 10.0.0.0/8"));
        assert!(route("10.0.0.0/8,10.1.1.1,5").validate().is_ok());
    }

    #[test]
    fn ranges() {
        let request = with(&["10.0.0.0/24"], &[], &["10.0.0.128/25"])
            .validate()
            .unwrap();
        let range = request.subnets[0].range.clone().unwrap();
        assert_eq!(range.end_ip, Some("10.0.0.255".parse().unwrap()));
        let request = with(&["10.0.0.0/24"], &[], &["10.0.0.5-10.0.0.9"])
            .validate()
            .unwrap();
        let range = request.subnets[0].range.clone().unwrap();
        assert_eq!(range.start_ip, Some("10.0.0.5".parse().unwrap()));
    }
}
