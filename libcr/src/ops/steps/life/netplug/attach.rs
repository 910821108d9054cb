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
use crate::store::{Rows, StoreError};
use crate::sys::fault;

/// Puts a running container on a network that its configuration doesn't have yet. What a failure
/// leaves is for [`leave`].
pub fn attach(
    engine: &Engine,
    container: &mut Container,
    name: &str,
    options: &PerNetworkOptions,
) -> Result<()> {
    let id = container.config.id.clone();
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
    fault::point("joining");
    let asked = SetupRequest {
        networks,
        port_mappings: container.state.ports.clone(),
        ..request(&container.config)
    };
    let status = known.backend()?.setup(&engine.netns(&id), &asked)?;
    fault::point("joined");
    container.state.network_status.extend(status);
    write_files(engine, container)
}

/// Takes a running container off a network; that it is off is for [`forget`] to write down.
pub fn detach(engine: &Engine, container: &Container, name: &str) -> Result<()> {
    let id = &container.config.id;
    let mut asked = attached(&engine.config, container);
    asked.networks.retain(|(network, _)| network.name == name);
    if !asked.networks.is_empty() {
        let known = networks_of(&engine.config, &container.state);
        known.backend()?.teardown(&engine.netns(id), &asked)?;
    }
    Ok(())
}

/// Takes a running container off a network that it may be on in part only, as its record was before
/// or is to be.
pub fn leave(engine: &Engine, container: &mut Container, name: &str) -> Result<()> {
    if let Err(error) = detach(engine, container, name) {
        // It may not have got that far, or have got further.
        tracing::debug!(%error, network = name, "network teardown");
    }
    forget(engine, container, name)
}

/// Makes record and files of a container those of one that is not on the network; the record is to
/// be written by the caller, with [`write_down`].
pub fn forget(engine: &Engine, container: &mut Container, name: &str) -> Result<()> {
    container.state.network_status.remove(name);
    if let NetworkMode::Bridge { networks } = &mut container.config.network {
        networks.retain(|(network, _)| network != name);
    }
    if container.state.status.is_alive() {
        write_files(engine, container)?;
    }
    Ok(())
}

/// Writes down that a container is off a network.
pub fn write_down(rows: &Rows<'_>, container: &Container, name: &str) -> Result<(), StoreError> {
    rows.update_config(&container.config)?;
    rows.update_state(&container.config.id, &container.state)?;
    rows.release_leases_on(name, &container.config.id)
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
