//! `wait`.

use crate::args::selection::{Selection, plain};
use crate::args::value::time;
use crate::output::CliError;
use clap::Args;
use std::time::Duration;

/// Flags of `wait`.
#[derive(Debug, Args)]
pub struct Wait {
    /// Condition to wait on: a status ("created", "running", "paused", "exited", "stopped", "removing")
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub condition: Vec<String>,
    /// Ignore if a container does not exist
    #[arg(long)]
    pub ignore: bool,
    /// Time interval to wait before polling for completion
    #[arg(short, long, value_name = "INTERVAL", default_value = "250ms")]
    pub interval: String,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

impl Wait {
    /// Which containers, and how often to look. A number without a unit is milliseconds.
    pub fn validate(&self) -> Result<(Selection, Duration), CliError> {
        let selection = match (self.latest, self.names.is_empty()) {
            (true, false) => {
                return Err(CliError::usage(
                    "--latest and containers cannot be used together",
                ));
            }
            (false, true) => {
                return Err(CliError::usage(
                    "\"cryopod wait\" requires a name, id, or the \"--latest\" flag",
                ));
            }
            (true, true) => Selection::Latest,
            (false, false) => Selection::Names(self.names.iter().map(|name| plain(name)).collect()),
        };
        let interval = match self.interval.parse::<u64>() {
            Ok(milliseconds) => Duration::from_millis(milliseconds),
            Err(_) => time::parse_duration(&self.interval).ok_or_else(|| {
                CliError::usage(format!("time: invalid duration \"{}\"", self.interval))
            })?,
        };
        for word in &self.condition {
            let known = [
                "configured",
                "created",
                "initialized",
                "running",
                "paused",
                "stopped",
                "stopping",
                "exited",
                "removing",
                "unknown",
            ];
            if !known.contains(&word.as_str()) {
                return Err(CliError::usage(format!(
                    "unknown container state: {word}: invalid argument"
                )));
            }
        }
        Ok((selection, interval))
    }
}

#[cfg(test)]
mod tests {
    use super::Wait;
    use std::time::Duration;

    #[test]
    fn names_and_interval() {
        let mut wait = Wait {
            condition: Vec::new(),
            ignore: false,
            interval: "250".into(),
            latest: false,
            names: vec!["a".into()],
        };
        assert_eq!(wait.validate().unwrap().1, Duration::from_millis(250));
        wait.interval = "2s".into();
        assert_eq!(wait.validate().unwrap().1, Duration::from_secs(2));
        wait.condition = vec!["foo".into()];
        assert!(wait.validate().is_err());
        wait.names.clear();
        assert!(wait.validate().is_err());
    }
}
