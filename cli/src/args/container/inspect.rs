//! `container inspect` and `container exists`.

use crate::args::inspect::check_names;
use crate::output::CliError;
use clap::Args;

/// Flags of `container inspect`.
#[derive(Debug, Args)]
pub struct ContainerInspect {
    /// Format the output to a Go template or json
    #[arg(short, long, value_name = "FORMAT", default_value = "json")]
    pub format: String,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

impl ContainerInspect {
    /// Names or `--latest`.
    pub fn validate(&self) -> Result<(), CliError> {
        check_names(self.latest, &self.names)
    }
}

/// Flags of `container exists`: none; exit status 0 or 1 is the answer.
#[derive(Debug, Args)]
pub struct Exists {
    /// The container.
    #[arg(value_name = "CONTAINER")]
    pub names: Vec<String>,
}
