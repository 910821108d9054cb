//! `checkpoint prune`.

use crate::args::selection::at_most_one;
use crate::args::value::{filter, time};
use crate::output::CliError;
use clap::Args;
use jiff::Timestamp;
use libcr::ops::checkpoints::prune::PruneOptions;

/// Flags of `checkpoint prune`.
#[derive(Debug, Default, Args)]
pub struct CheckpointPrune {
    /// Only checkpoints that fit (until=TIME: made before it)
    #[arg(long, value_name = "FILTER")]
    pub filter: Vec<String>,
    /// Do not prompt for confirmation
    #[arg(short, long)]
    pub force: bool,
    /// Keep so many of each container, the newest
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub keep: u32,
    /// Only checkpoints of this container.
    #[arg(value_name = "[CONTAINER]")]
    pub names: Vec<String>,
}

impl CheckpointPrune {
    /// The engine's options; of several times the earliest counts.
    pub fn validate(&self) -> Result<PruneOptions, CliError> {
        let container = at_most_one(&self.names)?;
        let now = Timestamp::now();
        let mut until: Option<Timestamp> = None;
        for one in filter::parse(&self.filter, &["until"])? {
            let wrong = || CliError::usage(format!("failed to parse `{}` as a time", one.value));
            let at = time::parse_instant(&one.value, now).ok_or_else(wrong)?;
            until = Some(until.map_or(at, |other| other.min(at)));
        }
        Ok(PruneOptions {
            container: container.map(str::to_owned),
            keep: usize::try_from(self.keep).unwrap_or(usize::MAX),
            until,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::CheckpointPrune;

    #[test]
    fn filters() {
        let of = |filters: &[&str]| CheckpointPrune {
            filter: filters.iter().map(ToString::to_string).collect(),
            ..CheckpointPrune::default()
        };
        assert_eq!(of(&[]).validate().unwrap().until, None);
        let until = of(&["until=200", "until=100"]).validate().unwrap().until;
        assert_eq!(until, jiff::Timestamp::from_second(100).ok());
        let message = |filters: &[&str]| of(filters).validate().unwrap_err().to_string();
        assert_eq!(message(&["until=x"]), "failed to parse `x` as a time");
        assert_eq!(message(&["label=x"]), "label is an invalid filter");
    }
}
