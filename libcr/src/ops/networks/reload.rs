//! `network reload`: interfaces and firewall rules of a running container, made anew with the same
//! addresses, after somebody flushed the rules.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::NetworkMode;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::netplug::attach;
use crate::ops::steps::life::observe::observe;

/// Sets up a container's networks anew and returns its id.
///
/// # Errors
/// [`Error::WrongState`] unless it runs; [`Error::Invalid`] for one without networks.
pub fn reload(engine: &Engine, container: &str) -> Result<String> {
    let id = engine.find(container)?.config.id;
    let (_lock, mut container) = claim(engine, &id)?;
    observe(engine, &mut container)?;
    if !container.state.status.is_alive() {
        return Err(Error::WrongState(format!(
            "cannot reload network unless container {id} is running"
        )));
    }
    if !matches!(container.config.network, NetworkMode::Bridge { .. }) {
        return Err(Error::Invalid(format!(
            "container {id} has no network to reload: its network mode is {}",
            container.config.network.word()
        )));
    }
    attach::reload(engine, &mut container)?;
    Ok(id)
}
