//! `network rm`: the description of a network that no container is on.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ops::steps::life::netplug::networks::{self, find};

/// Removes the network that a word names.
///
/// # Errors
/// [`network::Error::NetworkNotFound`]; [`Error::Conflict`] in Podman's words while containers are
/// on it; [`network::Error::NetworkIsDefault`].
pub fn remove(engine: &Engine, word: &str) -> Result<()> {
    let network = find(engine, word)?;
    let known = networks::networks(&engine.config);
    if networks::is_default(&network) {
        // Its file, where somebody wrote one, is no network that can go.
        known.remove(&network)?;
    }
    if !networks::users(engine, &network.name)?.is_empty() {
        return Err(Error::Conflict(format!(
            "\"{}\" has associated containers with it. Use -f to forcibly delete containers and pods: network is being used",
            network.name
        )));
    }
    known.remove(&network)?;
    engine
        .store
        .transaction(|rows| rows.insert_network_event("remove", &network.name, ""))?;
    Ok(())
}

/// Ids of the containers that are on the network that a word names.
///
/// # Errors
/// [`network::Error::NetworkNotFound`].
pub fn users(engine: &Engine, word: &str) -> Result<Vec<String>> {
    let name = find(engine, word)?.name;
    let users = networks::users(engine, &name)?;
    Ok(users.into_iter().map(|user| user.config.id).collect())
}
