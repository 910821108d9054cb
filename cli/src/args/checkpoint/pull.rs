//! `checkpoint pull`.

use crate::args::image::AccessFlags;
use crate::args::selection::exactly_one;
use crate::output::CliError;
use clap::Args;

/// Flags of `checkpoint pull`.
#[derive(Debug, Args)]
pub struct CheckpointPull {
    /// How the registry is reached.
    #[command(flatten)]
    pub access: AccessFlags,
    /// Credentials (USERNAME:PASSWORD) to use for authenticating to a registry
    #[arg(long, value_name = "CREDENTIALS")]
    pub creds: Option<String>,
    /// Suppress output information when pulling images
    #[arg(short, long)]
    pub quiet: bool,
    /// The checkpoint image.
    #[arg(value_name = "IMAGE")]
    pub names: Vec<String>,
}

impl CheckpointPull {
    /// The image.
    pub fn validate(&self) -> Result<&str, CliError> {
        exactly_one(&self.names)
    }
}
