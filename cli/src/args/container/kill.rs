//! `kill`.

use crate::args::selection::{Asked, Selection, with_id_files};
use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `kill`.
#[derive(Debug, Args)]
pub struct Kill {
    /// Signal all running containers
    #[arg(short, long)]
    pub all: bool,
    /// Read the container ID from the file
    #[arg(long, value_name = "FILE")]
    pub cidfile: Vec<PathBuf>,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Signal to send to the container
    #[arg(short, long, value_name = "SIGNAL", default_value = "KILL")]
    pub signal: String,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

impl Kill {
    /// Which containers. Reads the id files.
    pub fn validate(&self) -> Result<Selection, CliError> {
        let names = with_id_files(&self.names, &self.cidfile, false)?;
        Asked {
            all: self.all,
            latest: self.latest,
            names: &names,
            filtered: false,
        }
        .select()
    }
}
