//! `container cleanup`: what the monitor runs when a container's first process has ended.

use crate::args::selection::{Asked, Selection};
use crate::output::CliError;
use clap::Args;

/// Flags of `container cleanup`.
#[derive(Debug, Args)]
pub struct Cleanup {
    /// Clean up all containers
    #[arg(short, long)]
    pub all: bool,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// After cleanup, remove the container entirely
    #[arg(long)]
    pub rm: bool,
    /// Only clean up if the container is stopped
    #[arg(long)]
    pub stopped_only: bool,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

impl Cleanup {
    /// Which containers.
    pub fn validate(&self) -> Result<Selection, CliError> {
        Asked {
            all: self.all,
            latest: self.latest,
            names: &self.names,
            filtered: false,
        }
        .select()
    }
}
