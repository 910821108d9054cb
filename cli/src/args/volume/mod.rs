//! Volume verbs: `cryopod volume VERB`.

mod create;
mod list;
mod rm;

pub use create::VolumeCreate;
pub use list::{VolumeList, VolumePrune};
pub use rm::VolumeRm;

use crate::output::CliError;
use clap::{Args, Subcommand};

/// The verbs of `cryopod volume`.
#[derive(Debug, Subcommand)]
pub enum VolumeCommand {
    /// Create a new volume
    Create(VolumeCreate),
    /// Check if volume exists
    Exists(VolumeExists),
    /// Display detailed information on one or more volumes
    Inspect(VolumeInspect),
    /// List volumes
    #[command(visible_alias = "list")]
    Ls(VolumeList),
    /// Remove all unused volumes
    Prune(VolumePrune),
    /// Remove one or more volumes
    #[command(visible_alias = "remove")]
    Rm(VolumeRm),
}

/// Flags of `volume exists`: none; exit status 0 or 1 is the answer.
#[derive(Debug, Args)]
pub struct VolumeExists {
    /// The volume.
    #[arg(value_name = "VOLUME")]
    pub names: Vec<String>,
}

/// Flags of `volume inspect`.
#[derive(Debug, Args)]
pub struct VolumeInspect {
    /// Inspect all volumes
    #[arg(short, long)]
    pub all: bool,
    /// Format the output to a Go template or json
    #[arg(short, long, value_name = "FORMAT", default_value = "json")]
    pub format: String,
    /// The volumes.
    #[arg(value_name = "VOLUME [VOLUME...]")]
    pub names: Vec<String>,
}

impl VolumeInspect {
    /// Names or `--all`, not both, not neither.
    pub fn validate(&self) -> Result<(), CliError> {
        if self.all == self.names.is_empty() {
            return Ok(());
        }
        Err(CliError::usage(
            "provide one or more volume names or use --all",
        ))
    }
}
