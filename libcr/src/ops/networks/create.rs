//! `network create`: a description where Podman looks for it too.

use network::types::Network;

pub use network::IpNetwork;
pub use network::create::{CreateRequest, SubnetRequest};
pub use network::types::{LeaseRange, Route};

use crate::engine::Engine;
use crate::error::Result;
use crate::ops::steps::life::netplug::networks::networks;

/// Makes a network, clear of all others and of the host's own subnets. The bridge comes with the
/// first container.
///
/// With `ignore` one of the name that is there is fine.
///
/// # Errors
/// Those of [`network::create::plan`], in Podman's words.
pub fn create(engine: &Engine, request: &CreateRequest, ignore: bool) -> Result<Network> {
    let known = networks(&engine.config);
    let Some(made) = known.create(request, ignore)? else {
        return Ok(known.get(request.name.as_deref().unwrap_or_default())?);
    };
    engine
        .store
        .transaction(|rows| rows.insert_network_event("create", &made.name, ""))?;
    Ok(made)
}
