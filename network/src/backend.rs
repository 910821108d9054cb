//! What puts interfaces into a network namespace: a trait, so that CNI can stand beside netavark.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use crate::error::Error;
use crate::types::{Network, PerNetworkOptions, PortMapping, StatusBlock};

/// Everything a back end has to know of one container. Teardown wants the same request as setup did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetupRequest {
    /// 64 hex digits.
    pub container_id: String,
    /// Name.
    pub container_name: String,
    /// Host name inside.
    pub hostname: String,
    /// Networks with what was leased on each: addresses, MAC and interface name are all filled in.
    pub networks: Vec<(Network, PerNetworkOptions)>,
    /// Published ports, host ports chosen.
    pub port_mappings: Vec<PortMapping>,
    /// `--dns`: servers that the DNS of a network asks for this container instead of the host's.
    pub dns_servers: Vec<IpAddr>,
}

/// A way to networks.
pub trait Backend: std::fmt::Debug {
    /// Attaches the namespace at `netns` to all networks of the request, and forwards its ports.
    ///
    /// # Errors
    /// When it fails nothing of it is left behind.
    fn setup(
        &self,
        netns: &Path,
        request: &SetupRequest,
    ) -> Result<BTreeMap<String, StatusBlock>, Error>;

    /// Undoes [`Self::setup`]: interfaces, firewall rules, DNS entries, and a bridge that none uses
    /// any more. May be called again after it was interrupted, also when the namespace has gone: the
    /// namespace at `netns` exists afterwards in any case, and the caller deletes it.
    ///
    /// # Errors
    /// What could not be undone; the rest is.
    fn teardown(&self, netns: &Path, request: &SetupRequest) -> Result<(), Error>;
}
