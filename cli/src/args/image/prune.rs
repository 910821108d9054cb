//! `image prune`.

use clap::Args;

/// Flags of `image prune`.
#[derive(Debug, Args)]
pub struct ImagePrune {
    /// Remove all images not in use by containers, not just dangling ones
    #[arg(short, long)]
    pub all: bool,
    /// Do not prompt for confirmation
    #[arg(short, long)]
    pub force: bool,
}
