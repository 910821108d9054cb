//! `volume rm`.

use crate::output::CliError;
use clap::Args;

/// Flags of `volume rm`.
#[derive(Debug, Default, Args)]
pub struct VolumeRm {
    /// Remove all volumes
    #[arg(short, long)]
    pub all: bool,
    /// Remove a volume by force, even if it is being used by a container
    #[arg(short, long)]
    pub force: bool,
    /// Seconds to wait for running containers to stop before killing the container
    #[arg(short, long, value_name = "SECONDS")]
    pub time: Option<u32>,
    /// The volumes.
    #[arg(value_name = "VOLUME [VOLUME...]")]
    pub names: Vec<String>,
}

impl VolumeRm {
    /// Names or `--all`, not both, not neither.
    pub fn validate(&self) -> Result<(), CliError> {
        if self.all == self.names.is_empty() {
            return Ok(());
        }
        Err(CliError::usage("choose either one or more volumes or all"))
    }
}

#[cfg(test)]
mod tests {
    use super::VolumeRm;

    #[test]
    fn names_or_all() {
        for (all, names, good) in [
            (true, 0, true),
            (false, 1, true),
            (true, 1, false),
            (false, 0, false),
        ] {
            let rm = VolumeRm {
                all,
                names: vec!["a".to_owned(); names],
                ..VolumeRm::default()
            };
            assert_eq!(rm.validate().is_ok(), good);
        }
    }
}
