//! `checkpoint ls`.

use clap::Args;
use std::path::PathBuf;

/// Flags of `checkpoint ls`.
#[derive(Debug, Args)]
pub struct CheckpointList {
    /// Use a custom checkpoint storage directory
    #[arg(long, value_name = "DIRECTORY")]
    pub checkpoint_dir: Option<PathBuf>,
    /// Change the output format to JSON or a Go template
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Do not truncate output
    #[arg(long)]
    pub no_trunc: bool,
    /// Do not print column headings
    #[arg(short, long)]
    pub noheading: bool,
    /// Display only names
    #[arg(short, long)]
    pub quiet: bool,
    /// Only checkpoints of this container.
    #[arg(value_name = "[CONTAINER]")]
    pub names: Vec<String>,
}
