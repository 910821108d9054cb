//! `checkpoint inspect`.

use super::wrong_count;
use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `checkpoint inspect`.
#[derive(Debug, Args)]
pub struct CheckpointInspect {
    /// Use a custom checkpoint storage directory
    #[arg(long, value_name = "DIRECTORY")]
    pub checkpoint_dir: Option<PathBuf>,
    /// Format the output to a Go template or json
    #[arg(short, long, value_name = "FORMAT", default_value = "json")]
    pub format: String,
    /// The container and the checkpoints.
    #[arg(value_name = "CONTAINER CHECKPOINT [CHECKPOINT...]")]
    pub names: Vec<String>,
}

impl CheckpointInspect {
    /// The container and at least one checkpoint.
    pub fn validate(&self) -> Result<(&str, &[String]), CliError> {
        match self.names.as_slice() {
            [container, names @ ..] if !names.is_empty() => Ok((container, names)),
            _ => Err(wrong_count("inspect", "at least 2 arguments")),
        }
    }
}
