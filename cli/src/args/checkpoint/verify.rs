//! `checkpoint verify`.

use super::wrong_count;
use crate::args::seal::UnsealFlags;
use crate::output::CliError;
use clap::Args;

/// Flags of `checkpoint verify`.
#[derive(Debug, Args)]
pub struct CheckpointVerify {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// What opens and proves it.
    #[command(flatten)]
    pub unseal: UnsealFlags,
    /// Archives and checkpoint images.
    #[arg(value_name = "FILE|IMAGE")]
    pub names: Vec<String>,
}

impl CheckpointVerify {
    /// What is named.
    pub fn validate(&self) -> Result<&[String], CliError> {
        match self.names.as_slice() {
            [] => Err(wrong_count("verify", "at least 1 argument")),
            names => Ok(names),
        }
    }
}
