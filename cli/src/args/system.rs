//! `info`, `version` and `system`: about this program and this machine.

use crate::args::events::Events;
use clap::{Args, Subcommand};

/// The verbs of `cryopod system`.
#[derive(Debug, Subcommand)]
pub enum SystemCommand {
    /// Show events
    Events(Events),
}

/// Flags of `doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Print the findings as JSON
    #[arg(long)]
    pub json: bool,
}

/// Flags of `info`.
#[derive(Debug, Args)]
pub struct Info {
    /// Change the output format to JSON or a Go template
    #[arg(short, long, value_name = "FORMAT")]
    pub format: Option<String>,
}

/// Flags of `version`.
#[derive(Debug, Args)]
pub struct Version {
    /// Change the output format to JSON or a Go template
    #[arg(short, long, value_name = "FORMAT")]
    pub format: Option<String>,
}
