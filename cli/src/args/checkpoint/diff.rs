//! `checkpoint diff`.

use super::wrong_count;
use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `checkpoint diff`.
#[derive(Debug, Args)]
pub struct CheckpointDiff {
    /// Use a custom checkpoint storage directory
    #[arg(long, value_name = "DIRECTORY")]
    pub checkpoint_dir: Option<PathBuf>,
    /// Format the output to a Go template or json
    #[arg(short, long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// The container, the earlier checkpoint, the later one.
    #[arg(value_name = "CONTAINER CHECKPOINT CHECKPOINT")]
    pub names: Vec<String>,
}

impl CheckpointDiff {
    /// The container and the two checkpoints.
    pub fn validate(&self) -> Result<[&str; 3], CliError> {
        match self.names.as_slice() {
            [container, from, to] => Ok([container, from, to]),
            _ => Err(wrong_count("diff", "exactly 3 arguments")),
        }
    }
}
