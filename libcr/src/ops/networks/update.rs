//! `network update`: other name servers for a network's DNS, at once where containers run on it.

use std::net::IpAddr;

use network::Netavark;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ops::steps::life::netplug::networks::{directory, find, users};

/// Which name servers are asked for names of outside.
#[derive(Debug, Clone, Default)]
pub struct UpdateOptions {
    /// `--dns-add`.
    pub add: Vec<IpAddr>,
    /// `--dns-drop`.
    pub drop: Vec<IpAddr>,
}

/// Changes a network's name servers.
///
/// # Errors
/// [`network::Error::NetworkNotFound`]; [`Error::Invalid`] for a network without DNS.
pub fn update(engine: &Engine, word: &str, options: &UpdateOptions) -> Result<()> {
    let directory = directory(engine);
    let lock = directory.lock()?;
    let mut network = find(engine, word)?;
    if !network.dns_enabled {
        return Err(Error::Invalid(
            "cannot set NetworkDNSServers if DNS is not enabled for the network: invalid argument"
                .into(),
        ));
    }
    let servers = &mut network.network_dns_servers;
    servers.retain(|server| !options.drop.contains(server));
    for server in &options.add {
        if !servers.contains(server) {
            servers.push(*server);
        }
    }
    directory.write(&network, &lock)?;
    let running = users(engine, &network.name)?
        .iter()
        .any(|user| user.state.status.is_alive());
    if running {
        Netavark::find(engine.config.run_root.join("networks"))?
            .update_dns(&network.name, &network.network_dns_servers)?;
    }
    Ok(())
}
