//! `network create`: a description in Podman's directory, which both engines read.

use network::types::Network;

pub use network::IpNetwork;
pub use network::create::{CreateRequest, SubnetRequest};
pub use network::types::{LeaseRange, Route};

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::life::netplug::networks::directory;

/// Makes a network, clear of all others and of the host's own subnets. The bridge comes with the
/// first container.
///
/// With `ignore` one of the name that is there is fine.
///
/// # Errors
/// Those of [`network::create::plan`], in Podman's words.
pub fn create(engine: &Engine, request: &CreateRequest, ignore: bool) -> Result<Network> {
    let directory = directory(engine);
    let lock = directory.lock()?;
    let in_use = network::host::in_use(directory.list()?)?;
    let planned = match (network::create::plan(request, &in_use), &request.name) {
        (Err(network::Error::NetworkExists { .. }), Some(name)) if ignore => {
            return Ok(directory.get(name)?);
        }
        (planned, _) => planned?,
    };
    directory.write(&planned, &lock)?;
    engine
        .store
        .transaction(|rows| rows.insert_network_event("create", &planned.name, ""))?;
    Ok(planned)
}
