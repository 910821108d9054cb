//! `rm`.

use crate::args::selection::{Asked, Selection, with_id_files};
use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `rm`.
#[derive(Debug, Args)]
pub struct Rm {
    /// Remove all containers
    #[arg(short, long)]
    pub all: bool,
    /// Read the container ID from the file
    #[arg(long, value_name = "FILE")]
    pub cidfile: Vec<PathBuf>,
    /// Force removal of a running or unusable container
    #[arg(short, long)]
    pub force: bool,
    /// Ignore errors when a specified container is missing
    #[arg(short, long)]
    pub ignore: bool,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Seconds to wait for stop before killing the container
    #[arg(short, long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub time: Option<i64>,
    /// Remove anonymous volumes associated with the container
    #[arg(short, long)]
    pub volumes: bool,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

impl Rm {
    /// Which containers. Reads the id files.
    pub fn validate(&self) -> Result<Selection, CliError> {
        if self.time.is_some() && !self.force {
            return Err(CliError::usage(
                "--force option must be specified to use the --time option",
            ));
        }
        let names = with_id_files(&self.names, &self.cidfile, self.ignore)?;
        Asked {
            all: self.all,
            latest: self.latest,
            names: &names,
            filtered: false,
        }
        .select()
    }
}
