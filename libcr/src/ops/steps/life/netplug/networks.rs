//! Networks as the engine finds them: by name or id, through which back end, and who is on them.

use network::types::Network;
use network::{Cni, NetworkDirectory, Networks, config::DEFAULT_NETWORK, networks};

use crate::config::Config;
use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::{Container, ContainerState, NetworkMode};

/// The networks of this host, through the back end that the configuration names, or that is there.
pub fn networks(places: &Config) -> Networks {
    let asked = places.network_backend.as_deref();
    through(places, asked.unwrap_or_else(|| Networks::installed()))
}

/// The networks as they were when a container was put on its own: who changes the back end does so
/// for containers that are started from then on.
pub fn networks_of(places: &Config, state: &ContainerState) -> Networks {
    match state.network_backend.as_str() {
        "" => networks(places),
        backend => through(places, backend),
    }
}

fn through(places: &Config, backend: &str) -> Networks {
    if backend == networks::CNI {
        // host-local's own record outlives a reboot, and so does ours of what is attached.
        return Networks::Cni(Cni::new(places.root.join("cni")));
    }
    Networks::Netavark {
        directory: NetworkDirectory::new(&places.network_config_dir),
        run: places.run_root.join("networks"),
    }
}

/// The network that a word names.
///
/// # Errors
/// [`network::Error::NetworkNotFound`], [`network::Error::NetworkAmbiguous`].
pub fn find(engine: &Engine, word: &str) -> Result<Network> {
    Ok(networks(&engine.config).get(word)?)
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
