//! Network verbs: `cryopod network VERB`.

mod connect;
mod create;
mod list;
mod rm;

pub use connect::{NetworkConnect, NetworkDisconnect};
pub use create::NetworkCreate;
pub use list::{NetworkList, NetworkPrune};
pub use rm::NetworkRm;

use crate::output::CliError;
use clap::{Args, Subcommand};
use std::net::IpAddr;

/// The verbs of `cryopod network`.
#[derive(Debug, Subcommand)]
pub enum NetworkCommand {
    /// Add container to a network
    Connect(NetworkConnect),
    /// Create networks for containers and pods
    Create(NetworkCreate),
    /// Disconnect a container from a network
    Disconnect(NetworkDisconnect),
    /// Check if network exists
    Exists(NetworkExists),
    /// Inspect network
    Inspect(NetworkInspect),
    /// List networks
    #[command(visible_alias = "list")]
    Ls(NetworkList),
    /// Prune unused networks
    Prune(NetworkPrune),
    /// Reload firewall rules for one or more containers
    Reload(NetworkReload),
    /// Remove networks
    #[command(visible_alias = "remove")]
    Rm(NetworkRm),
    /// Update an existing network
    Update(NetworkUpdate),
}

/// Flags of `network exists`: none; exit status 0 or 1 is the answer.
#[derive(Debug, Args)]
pub struct NetworkExists {
    /// The network.
    #[arg(value_name = "NETWORK")]
    pub names: Vec<String>,
}

/// Flags of `network inspect`.
#[derive(Debug, Args)]
pub struct NetworkInspect {
    /// Pretty-print network to JSON or using a Go template
    #[arg(short, long, value_name = "FORMAT", default_value = "json")]
    pub format: String,
    /// The networks.
    #[arg(value_name = "NETWORK [NETWORK...]")]
    pub names: Vec<String>,
}

impl NetworkInspect {
    /// At least one name.
    pub fn validate(&self) -> Result<(), CliError> {
        some(&self.names)
    }
}

/// Flags of `network reload`.
#[derive(Debug, Args)]
pub struct NetworkReload {
    /// Reload network configuration of all containers
    #[arg(short, long)]
    pub all: bool,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

/// Flags of `network update`.
#[derive(Debug, Args)]
pub struct NetworkUpdate {
    /// Add network level nameservers
    #[arg(long, value_name = "IP")]
    pub dns_add: Vec<IpAddr>,
    /// Remove network level nameservers
    #[arg(long, value_name = "IP")]
    pub dns_drop: Vec<IpAddr>,
    /// The network.
    #[arg(value_name = "NETWORK")]
    pub names: Vec<String>,
}

/// At least one name; cobra's words.
fn some(names: &[String]) -> Result<(), CliError> {
    if names.is_empty() {
        return Err(CliError::usage(
            "requires at least 1 arg(s), only received 0",
        ));
    }
    Ok(())
}
