//! Connections to what listens in a pod, on addresses that only its members see.

use std::net::TcpStream;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ops::steps::life::netplug;

use super::facts;

/// Connects to a port on a pod's own loopback.
///
/// # Errors
/// [`Error::WrongState`] for a pod whose infra container doesn't run, or that has none; what the kernel
/// says, when nothing listens there.
pub fn connect(engine: &Engine, word: &str, port: u16) -> Result<TcpStream> {
    let facts = facts(engine, engine.find_pod(word)?)?;
    let infra = facts.infra().filter(|infra| infra.state.status.is_alive());
    let Some(infra) = infra else {
        return Err(Error::WrongState(format!(
            "pod {} has no infra container that runs: nothing in it can be reached",
            facts.pod.name
        )));
    };
    let namespace = netplug::namespace(engine, &infra.config)?;
    Ok(network::netns::connect(namespace.as_deref(), port)?)
}
