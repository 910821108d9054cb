//! `checkpoint push` and `checkpoint pull`.

use crate::args::image::AccessFlags;
use crate::args::selection::exactly_one;
use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `checkpoint pull`.
#[derive(Debug, Args)]
pub struct CheckpointPull {
    /// How the registry is reached.
    #[command(flatten)]
    pub access: AccessFlags,
    /// Credentials (USERNAME:PASSWORD) to use for authenticating to a registry
    #[arg(long, value_name = "CREDENTIALS")]
    pub creds: Option<String>,
    /// Suppress output information when pulling images
    #[arg(short, long)]
    pub quiet: bool,
    /// The checkpoint image.
    #[arg(value_name = "IMAGE")]
    pub names: Vec<String>,
}

impl CheckpointPull {
    /// The image.
    pub fn validate(&self) -> Result<&str, CliError> {
        exactly_one(&self.names)
    }
}

/// Flags of `checkpoint push`.
#[derive(Debug, Args)]
pub struct CheckpointPush {
    /// How the registry is reached.
    #[command(flatten)]
    pub access: AccessFlags,
    /// Credentials (USERNAME:PASSWORD) to use for authenticating to a registry
    #[arg(long, value_name = "CREDENTIALS")]
    pub creds: Option<String>,
    /// Write the digest of the pushed image to the specified file
    #[arg(long, value_name = "FILE")]
    pub digestfile: Option<PathBuf>,
    /// Suppress output information when pushing images
    #[arg(short, long)]
    pub quiet: bool,
    /// The checkpoint image, and its name in the registry.
    #[arg(value_name = "IMAGE [DESTINATION]")]
    pub names: Vec<String>,
}

impl CheckpointPush {
    /// The image, and where to.
    pub fn validate(&self) -> Result<(&str, Option<&str>), CliError> {
        match self.names.as_slice() {
            [image] => Ok((image, None)),
            [image, destination] => Ok((image, Some(destination))),
            _ => Err(super::wrong_count("push", "1 or 2 arguments")),
        }
    }
}
