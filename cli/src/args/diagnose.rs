//! `container diagnose`.

use clap::Args;

use crate::args::selection::{Asked, Selection};
use crate::output::CliError;

/// Flags of `container diagnose`.
#[derive(Debug, Default, Args)]
pub struct Diagnose {
    /// Look at all containers
    #[arg(short, long)]
    pub all: bool,
    /// Print the findings as JSON
    #[arg(long)]
    pub json: bool,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

impl Diagnose {
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
