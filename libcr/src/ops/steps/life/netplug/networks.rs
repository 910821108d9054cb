//! Networks as the engine finds them: by name or id, and who is on them.

use network::types::Network;
use network::{NetworkDirectory, config::DEFAULT_NETWORK};

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::{Container, NetworkMode};

/// Where networks are described.
pub fn directory(engine: &Engine) -> NetworkDirectory {
    NetworkDirectory::new(&engine.config.network_config_dir)
}

/// The network that a word names.
///
/// # Errors
/// [`network::Error::NetworkNotFound`], [`network::Error::NetworkAmbiguous`].
pub fn find(engine: &Engine, word: &str) -> Result<Network> {
    Ok(directory(engine).get(word)?)
}

/// Whether it is the one that needs no description and can't be removed.
pub fn is_default(network: &Network) -> bool {
    network.name == DEFAULT_NETWORK
}

/// True when a container is on the network, running or not.
pub fn is_on(container: &Container, network: &str) -> bool {
    let NetworkMode::Bridge { networks } = &container.config.network else {
        return false;
    };
    networks.iter().any(|(name, _)| name == network)
}

/// All containers that are on a network, running or not.
pub fn users(engine: &Engine, network: &str) -> Result<Vec<Container>> {
    let mut all = engine.store.rows().containers()?;
    all.retain(|container| is_on(container, network));
    Ok(all)
}
