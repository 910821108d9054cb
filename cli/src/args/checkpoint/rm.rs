//! `checkpoint rm`.

use super::wrong_count;
use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `checkpoint rm`.
#[derive(Debug, Args)]
pub struct CheckpointRm {
    /// Use a custom checkpoint storage directory
    #[arg(long, value_name = "DIRECTORY")]
    pub checkpoint_dir: Option<PathBuf>,
    /// The container and the checkpoints.
    #[arg(value_name = "CONTAINER CHECKPOINT [CHECKPOINT...]")]
    pub names: Vec<String>,
}

impl CheckpointRm {
    /// The container and at least one checkpoint.
    pub fn validate(&self) -> Result<(&str, &[String]), CliError> {
        match self.names.as_slice() {
            [container, names @ ..] if !names.is_empty() => Ok((container, names)),
            _ => Err(wrong_count("rm", "at least 2 arguments")),
        }
    }
}
