//! `run`: `create`, `start`, and stay or leave.

use super::CreateFlags;
use crate::output::CliError;
use clap::{ArgAction, Args};

/// Flags of `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// Run container in background and print container ID
    #[arg(short, long)]
    pub detach: bool,
    /// Proxy received signals to the process
    #[arg(
        long,
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        default_value = "true",
        hide_possible_values = true,
        value_name = "BOOL"
    )]
    pub sig_proxy: bool,
    /// What the container is made of.
    #[command(flatten)]
    pub flags: CreateFlags,
}

impl Run {
    /// What the text alone shows to be wrong.
    pub fn validate(&self) -> Result<(), CliError> {
        self.flags.validate()
    }
}
