//! `stop` and `kill`: a signal, with or without patience.

use crate::args::selection::{Asked, Selection, with_id_files};
use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `stop`.
#[derive(Debug, Args)]
pub struct Stop {
    /// Stop all running containers
    #[arg(short, long)]
    pub all: bool,
    /// Read the container ID from the file
    #[arg(long, value_name = "FILE")]
    pub cidfile: Vec<PathBuf>,
    /// Ignore errors when a specified container is missing
    #[arg(short, long)]
    pub ignore: bool,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Seconds to wait for stop before killing the container
    #[arg(short, long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub time: Option<i64>,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

impl Stop {
    /// Which containers. Reads the id files.
    pub fn validate(&self) -> Result<Selection, CliError> {
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
