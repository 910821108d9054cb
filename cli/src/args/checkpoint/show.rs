//! `checkpoint show`.

use super::wrong_count;
use crate::output::CliError;
use clap::Args;
use libcr::ops::checkpoints::show::Subject;
use std::path::PathBuf;

/// Flags of `checkpoint show`.
#[derive(Debug, Args)]
pub struct CheckpointShow {
    /// Use a custom checkpoint storage directory
    #[arg(long, value_name = "DIRECTORY")]
    pub checkpoint_dir: Option<PathBuf>,
    /// Decrypt with the age keys in this file (-: standard input)
    #[arg(long, value_name = "KEYFILE")]
    pub decrypt_with: Vec<String>,
    /// Show the environment of each process too
    #[arg(long)]
    pub environment: bool,
    /// Format the output to a Go template or json
    #[arg(short, long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Write a page for a browser to this file; of two checkpoints with their differences
    #[arg(long, value_name = "FILE", conflicts_with_all = ["format", "json"])]
    pub html: Option<PathBuf>,
    /// Print JSON, as --format json does
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Archives or directories; or a container, and the names of checkpoints of it.
    #[arg(value_name = "FILE [FILE...] | CONTAINER [CHECKPOINT...]")]
    pub names: Vec<String>,
}

impl CheckpointShow {
    /// What is named: at least one word, and a checkpoint behind the container where a directory of
    /// checkpoints is given.
    pub fn validate(&self) -> Result<&[String], CliError> {
        match self.names.as_slice() {
            [] => Err(wrong_count("show", "at least 1 argument")),
            [_] if super::directory(self.checkpoint_dir.as_ref()).is_some() => Err(wrong_count(
                "show",
                "a container and the name of a checkpoint with --checkpoint-dir",
            )),
            names if self.html.is_some() && Self::pages(names) > 2 => Err(CliError::usage(
                "--html shows one checkpoint, or two with their differences",
            )),
            names => Ok(names),
        }
    }

    /// How many checkpoints are named, behind a container or not.
    fn pages(names: &[String]) -> usize {
        let first = names.first().map(|word| Subject::of(word));
        let container = first.is_some_and(|first| first.needs_engine());
        names.len() - usize::from(container && names.len() > 1)
    }

    /// The format of the output; none for tables.
    pub fn format(&self) -> Option<&str> {
        let json = self.json.then_some("json");
        json.or(self.format.as_deref())
            .filter(|format| !format.is_empty())
    }
}
