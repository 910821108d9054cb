//! `rmi`, `image rm`.

use crate::output::CliError;
use clap::Args;

/// Flags of `rmi`.
#[derive(Debug, Args)]
pub struct ImageRm {
    /// Remove all images
    #[arg(short, long)]
    pub all: bool,
    /// Remove also the containers that use the image
    #[arg(short, long)]
    pub force: bool,
    /// Ignore errors if a specified image does not exist
    #[arg(short, long)]
    pub ignore: bool,
    /// The images.
    #[arg(value_name = "IMAGE [IMAGE...]")]
    pub names: Vec<String>,
}

impl ImageRm {
    /// Names or `--all`, not both, not neither.
    pub fn validate(&self) -> Result<(), CliError> {
        match (self.all, self.names.is_empty()) {
            (true, false) => Err(CliError::usage(
                "when using the --all switch, you may not pass any images names or IDs",
            )),
            (false, true) => Err(CliError::usage("image name or ID must be specified")),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ImageRm;

    #[test]
    fn names_or_all() {
        let rm = |all, names: &[&str]| ImageRm {
            all,
            force: false,
            ignore: false,
            names: names.iter().map(ToString::to_string).collect(),
        };
        assert!(rm(true, &[]).validate().is_ok());
        assert!(rm(false, &["a"]).validate().is_ok());
        assert!(rm(true, &["a"]).validate().is_err());
        assert!(rm(false, &[]).validate().is_err());
    }
}
