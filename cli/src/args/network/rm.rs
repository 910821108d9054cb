//! `network rm`.

use super::some;
use crate::output::CliError;
use clap::Args;

/// Flags of `network rm`.
#[derive(Debug, Default, Args)]
pub struct NetworkRm {
    /// Remove any containers using network
    #[arg(short, long)]
    pub force: bool,
    /// Seconds to wait for running containers to stop before killing the container
    #[arg(short, long, value_name = "SECONDS")]
    pub time: Option<u32>,
    /// The networks.
    #[arg(value_name = "NETWORK [NETWORK...]")]
    pub names: Vec<String>,
}

impl NetworkRm {
    /// At least one name.
    pub fn validate(&self) -> Result<(), CliError> {
        some(&self.names)
    }
}
