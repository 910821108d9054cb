//! `network inspect`: Podman's fields (libnetwork/types), with the containers that run on it.

use serde_json::{Map, Value, json};

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::life::netplug::networks::{find, users};

/// Everything about the network that a word names, as one object of Podman's.
///
/// # Errors
/// [`network::Error::NetworkNotFound`], [`network::Error::NetworkAmbiguous`].
pub fn inspect(engine: &Engine, word: &str) -> Result<Value> {
    let network = find(engine, word)?;
    let mut containers = Map::new();
    for user in users(engine, &network.name)? {
        if !user.state.status.is_alive() {
            continue;
        }
        let Some(block) = user.state.network_status.get(&network.name) else {
            continue;
        };
        let facts = json!({"name": user.config.name, "interfaces": block.interfaces});
        containers.insert(user.config.id, facts);
    }
    let mut facts = serde_json::to_value(&network).map_err(std::io::Error::other)?;
    facts["containers"] = Value::Object(containers);
    Ok(facts)
}
