//! `network update`: other name servers for a network's DNS, at once where containers run on it.

use std::net::IpAddr;

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::life::netplug::networks::{find, networks, users};

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
/// [`network::Error::NetworkNotFound`]; [`network::Error::NetworkInvalid`] for a network without
/// DNS, and with CNI.
pub fn update(engine: &Engine, word: &str, options: &UpdateOptions) -> Result<()> {
    let name = find(engine, word)?.name;
    let running = users(engine, &name)?
        .iter()
        .any(|user| user.state.status.is_alive());
    let change = |servers: &mut Vec<IpAddr>| {
        servers.retain(|server| !options.drop.contains(server));
        for server in &options.add {
            if !servers.contains(server) {
                servers.push(*server);
            }
        }
    };
    Ok(networks(&engine.config).set_name_servers(&name, change, running)?)
}
