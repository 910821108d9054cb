//! `pause` and `unpause`: the same flags, opposite ways.

use crate::args::selection::{Asked, Selection, with_id_files};
use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `pause`.
#[derive(Debug, Args)]
pub struct Pause {
    /// Pause all running containers
    #[arg(short, long)]
    pub all: bool,
    /// Read the container ID from the file
    #[arg(long, value_name = "FILE")]
    pub cidfile: Vec<PathBuf>,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

/// Flags of `unpause`.
#[derive(Debug, Args)]
pub struct Unpause {
    /// Unpause all paused containers
    #[arg(short, long)]
    pub all: bool,
    /// Read the container ID from the file
    #[arg(long, value_name = "FILE")]
    pub cidfile: Vec<PathBuf>,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

impl Pause {
    /// Which containers. Reads the id files.
    pub fn validate(&self) -> Result<Selection, CliError> {
        select(self.all, self.latest, &self.names, &self.cidfile)
    }
}

impl Unpause {
    /// Which containers. Reads the id files.
    pub fn validate(&self) -> Result<Selection, CliError> {
        select(self.all, self.latest, &self.names, &self.cidfile)
    }
}

fn select(
    all: bool,
    latest: bool,
    names: &[String],
    files: &[PathBuf],
) -> Result<Selection, CliError> {
    let names = with_id_files(names, files, false)?;
    Asked {
        all,
        latest,
        names: &names,
        filtered: false,
    }
    .select()
}
