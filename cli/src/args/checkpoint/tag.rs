//! `checkpoint tag`.

use super::wrong_count;
use crate::output::CliError;
use clap::Args;

/// Flags of `checkpoint tag`: none.
#[derive(Debug, Args)]
pub struct CheckpointTag {
    /// The container, the checkpoint, its other name.
    #[arg(value_name = "CONTAINER CHECKPOINT NAME")]
    pub names: Vec<String>,
}

impl CheckpointTag {
    /// The container, the checkpoint and the new name.
    pub fn validate(&self) -> Result<[&str; 3], CliError> {
        match self.names.as_slice() {
            [container, name, new] => Ok([container, name, new]),
            _ => Err(wrong_count("tag", "exactly 3 arguments")),
        }
    }
}
