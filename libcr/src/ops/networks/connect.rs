//! `network connect` and `network disconnect`: one network more or less for a container, at once
//! when it runs, else from its next start on.

use std::net::IpAddr;

use network::MacAddress;
use network::types::PerNetworkOptions;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{Container, NetworkMode};
use crate::model::operation::Intent;
use crate::ops::steps::claim::claim;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::netplug::attach::{attach, detach, forget, leave, write_down};
use crate::ops::steps::life::netplug::networks::{find, is_on};
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::undo::Undo;
use crate::sys::fault;

/// What a container asks of the network it joins.
#[derive(Debug, Clone, Default)]
pub struct ConnectOptions {
    /// `--alias`: further names in the network's DNS.
    pub aliases: Vec<String>,
    /// `--ip`, `--ip6`.
    pub ips: Vec<IpAddr>,
    /// `--mac-address`.
    pub mac: Option<MacAddress>,
}

/// Puts a container on a network.
///
/// # Errors
/// [`Error::Conflict`] where it is on it already; [`Error::Invalid`] for one that has no networks;
/// those of an address that can't be had. The container is as it was then.
pub fn connect(
    engine: &Engine,
    network: &str,
    container: &str,
    options: &ConnectOptions,
) -> Result<()> {
    let id = engine.find(container)?.config.id;
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    let network = find(engine, network)?;
    let name = network.name.as_str();
    let taken = interfaces(&container)?;
    if is_on(&container, name) {
        return Err(Error::Conflict(format!(
            "container {id} is already connected to network \"{name}\": network is already connected"
        )));
    }
    let mut free = (0..=u32::MAX).map(|number| format!("eth{number}"));
    let own = PerNetworkOptions {
        static_ips: options.ips.clone(),
        aliases: options.aliases.clone(),
        static_mac: options.mac.map(|mac| mac.to_string()).unwrap_or_default(),
        interface_name: free.find(|name| !taken.contains(name)).unwrap_or_default(),
        ..PerNetworkOptions::default()
    };
    if container.state.status.is_alive() {
        return join(engine, &mut container, name, &own);
    }
    if let NetworkMode::Bridge { networks } = &mut container.config.network {
        networks.push((name.to_owned(), own));
    }
    engine.store.transaction(|rows| {
        rows.update_config(&container.config)?;
        rows.insert_network_event("connect", name, &id)
    })?;
    Ok(())
}

/// At once, for one that runs.
fn join(
    engine: &Engine,
    container: &mut Container,
    name: &str,
    own: &PerNetworkOptions,
) -> Result<()> {
    let id = container.config.id.clone();
    let intent = Intent::Connect {
        network: name.to_owned(),
    };
    let journal = Journal::begin(engine, &id, &intent)?;
    let joined = attach(engine, container, name, own).and_then(|()| {
        journal.end_with(|rows| {
            rows.update_config(&container.config)?;
            rows.update_state(&id, &container.state)?;
            rows.insert_network_event("connect", name, &id)
        })
    });
    let Err(error) = joined else {
        return Ok(());
    };
    let mut undo = Undo::default();
    undo.push("network", || leave(engine, container, name));
    let error = undo.run(error);
    Err(journal.give_up(error, |rows| write_down(rows, container, name)))
}

/// Takes a container off a network.
///
/// # Errors
/// [`Error::Invalid`] where it isn't on it.
pub fn disconnect(engine: &Engine, network: &str, container: &str) -> Result<()> {
    let id = engine.find(container)?.config.id;
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    interfaces(&container)?;
    // One that was removed is known by the container's own record alone.
    let name = find(engine, network).map_or_else(|_| network.to_owned(), |network| network.name);
    if !is_on(&container, &name) {
        find(engine, network)?;
        return Err(Error::Invalid(format!(
            "container {id} is not connected to network \"{name}\": network is not connected"
        )));
    }
    if !container.state.status.is_alive() {
        forget(engine, &mut container, &name)?;
        engine.store.transaction(|rows| {
            rows.update_config(&container.config)?;
            rows.insert_network_event("disconnect", &name, &id)
        })?;
        return Ok(());
    }
    let intent = Intent::Disconnect {
        network: name.clone(),
    };
    let journal = Journal::begin(engine, &id, &intent)?;
    if let Err(error) = detach(engine, &container, &name) {
        return Err(journal.give_up(error, |_| Ok(())));
    }
    fault::point("left");
    // From here on an error leaves the operation open, and the next command completes it.
    forget(engine, &mut container, &name)?;
    journal.end_with(|rows| {
        write_down(rows, &container, &name)?;
        rows.insert_network_event("disconnect", &name, &id)
    })
}

/// Names of the interfaces that its configuration gives a container.
fn interfaces(container: &Container) -> Result<Vec<String>> {
    match &container.config.network {
        NetworkMode::Bridge { networks } => {
            let names = networks.iter().map(|(_, own)| own.interface_name.clone());
            Ok(names.collect())
        }
        other => Err(Error::Invalid(format!(
            "\"{}\" is not supported: invalid network mode",
            other.word()
        ))),
    }
}
