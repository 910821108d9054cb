//! `images`, `image list`.

use clap::Args;

/// Flags of `images`.
#[derive(Debug, Args)]
pub struct ImageList {
    /// Show all images
    #[arg(short, long)]
    pub all: bool,
    /// Show digests
    #[arg(long)]
    pub digests: bool,
    /// Change the output format to JSON or a Go template
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Do not truncate output
    #[arg(long)]
    pub no_trunc: bool,
    /// Do not print column headings
    #[arg(short, long)]
    pub noheading: bool,
    /// Display only image IDs
    #[arg(short, long)]
    pub quiet: bool,
    /// Only images of this name.
    #[arg(value_name = "[IMAGE]")]
    pub names: Vec<String>,
}
