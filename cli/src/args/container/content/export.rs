//! `export`.

use crate::args::selection::{exactly_one, plain};
use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `export`.
#[derive(Debug, Default, Args)]
pub struct Export {
    /// Write to a specified file (default: stdout, which must be redirected)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The container.
    #[arg(value_name = "CONTAINER")]
    pub names: Vec<String>,
}

impl Export {
    /// The container.
    pub fn validate(&self) -> Result<String, CliError> {
        let name = exactly_one(&self.names)?;
        if let Some(path) = self.output.as_ref().map(|path| path.to_string_lossy())
            && path.contains(':')
        {
            return Err(CliError::usage(format!(
                "invalid filename (should not contain ':') \"{path}\""
            )));
        }
        Ok(plain(name))
    }
}
