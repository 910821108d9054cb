//! One network more or one less for a container that runs, and all of them set up anew.
//!
//! What the back end is asked for is in the record first, as with a start: whatever kills this
//! process on the way, the container's end takes off what it had.

use network::SetupRequest;
use network::types::PerNetworkOptions;

use super::leases::{lease_all, others, provisional};
use super::networks::networks_of;
use super::{Plugged, attached, request};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{Container, NetworkMode};
use crate::net::SavedAddresses;
use crate::ops::steps::life::files;

/// Puts a running container on a network that its configuration doesn't have yet.
pub fn attach(
    engine: &Engine,
    container: &mut Container,
    name: &str,
    options: &PerNetworkOptions,
) -> Result<()> {
    let id = container.config.id.clone();
    let before = container.clone();
    let known = networks_of(&engine.config, &container.state);
    let network = known.get(name)?;
    let wanted = [(name.to_owned(), options.clone())];
    if let NetworkMode::Bridge { networks } = &mut container.config.network {
        networks.push(wanted[0].clone());
    }
    let others = others();
    let networks = engine.store.transaction(|rows| {
        let none = SavedAddresses::default();
        let network = std::slice::from_ref(&network);
        let (leased, _) = lease_all(
            rows,
            &container.config,
            &wanted,
            network,
            &known,
            &others,
            &none,
        )?;
        container.state.network_status.extend(provisional(&leased));
        rows.update_config(&container.config)?;
        rows.update_state(&id, &container.state)?;
        Ok::<_, Error>(leased)
    })?;
    let asked = SetupRequest {
        networks,
        port_mappings: container.state.ports.clone(),
        ..request(&container.config)
    };
    let set_up = known
        .backend()
        .and_then(|backend| backend.setup(&engine.netns(&id), &asked));
    match set_up {
        Ok(status) => container.state.network_status.extend(status),
        Err(error) => {
            *container = before;
            engine.store.transaction(|rows| {
                rows.update_config(&container.config)?;
                rows.update_state(&id, &container.state)?;
                rows.release_leases_on(name, &id)
            })?;
            return Err(error.into());
        }
    }
    engine
        .store
        .transaction(|rows| rows.update_state(&id, &container.state))?;
    write_files(engine, container)
}

/// Takes a running container off a network; its configuration is the caller's affair.
pub fn detach(engine: &Engine, container: &mut Container, name: &str) -> Result<()> {
    let id = container.config.id.clone();
    let mut asked = attached(&engine.config, container);
    asked.networks.retain(|(network, _)| network.name == name);
    let known = networks_of(&engine.config, &container.state);
    known.backend()?.teardown(&engine.netns(&id), &asked)?;
    container.state.network_status.remove(name);
    engine.store.transaction(|rows| {
        rows.update_state(&id, &container.state)?;
        rows.release_leases_on(name, &id)
    })?;
    write_files(engine, container)
}

/// Sets up anew what a running container has: its interfaces, with the same addresses, and the
/// rules of the firewall, which somebody flushed.
pub fn reload(engine: &Engine, container: &mut Container) -> Result<()> {
    let id = container.config.id.clone();
    let backend = networks_of(&engine.config, &container.state).backend()?;
    let netns = engine.netns(&id);
    let asked = attached(&engine.config, container);
    if let Err(error) = backend.teardown(&netns, &asked) {
        // The rules may be gone: that is what this is for.
        tracing::debug!(%error, "network teardown before a reload");
    }
    let status = backend.setup(&netns, &asked)?;
    container.state.network_status.extend(status);
    engine
        .store
        .transaction(|rows| rows.update_state(&id, &container.state))?;
    Ok(())
}

/// /etc/hosts and resolv.conf, of which a running container has mounts.
fn write_files(engine: &Engine, container: &Container) -> Result<()> {
    let directory = networks_of(&engine.config, &container.state);
    let status = container.state.network_status.clone();
    let networks = status.keys().filter_map(|name| directory.get(name).ok());
    let plugged = Plugged {
        networks: networks.collect(),
        status,
        ..Plugged::default()
    };
    files::write(engine, container, &plugged)
}
