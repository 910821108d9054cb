//! `logs`.

use crate::args::selection::{Selection, plain};
use crate::args::value::time;
use crate::output::CliError;
use clap::Args;
use jiff::Timestamp;

/// Flags of `logs`.
#[derive(Debug, Args)]
pub struct Logs {
    /// Follow log output
    #[arg(short, long)]
    pub follow: bool,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Output the container name in the log
    #[arg(short, long)]
    pub names: bool,
    /// Show logs since TIMESTAMP, or since a duration ago
    #[arg(long, value_name = "TIMESTAMP")]
    pub since: Option<String>,
    /// Output the specified number of lines at the end of the logs, -1 for all
    #[arg(long, value_name = "LINES", default_value_t = -1, allow_negative_numbers = true)]
    pub tail: i64,
    /// Output the timestamps in the log
    #[arg(short, long)]
    pub timestamps: bool,
    /// Show logs until TIMESTAMP, or until a duration ago
    #[arg(long, value_name = "TIMESTAMP")]
    pub until: Option<String>,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub containers: Vec<String>,
}

/// What `logs` was asked for, once understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogsAsked {
    /// Whose log.
    pub selection: Selection,
    /// Lines from this instant on.
    pub since: Option<Timestamp>,
    /// Lines up to this instant.
    pub until: Option<Timestamp>,
}

impl Logs {
    /// Names and times, read against `now`.
    pub fn validate(&self, now: Timestamp) -> Result<LogsAsked, CliError> {
        let selection = match (self.latest, self.containers.is_empty()) {
            (true, false) => {
                return Err(CliError::usage(
                    "--latest and containers cannot be used together",
                ));
            }
            (false, true) => {
                return Err(CliError::usage(
                    "specify at least one container name or ID to log",
                ));
            }
            (true, true) => Selection::Latest,
            (false, false) => {
                Selection::Names(self.containers.iter().map(|name| plain(name)).collect())
            }
        };
        let instant = |flag: &str, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => time::parse_instant(text, now).map(Some).ok_or_else(|| {
                CliError::usage(format!(
                    "parsing --{flag} \"{text}\": unable to interpret time value"
                ))
            }),
        };
        Ok(LogsAsked {
            selection,
            since: instant("since", &self.since)?,
            until: instant("until", &self.until)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Logs;
    use jiff::Timestamp;

    #[test]
    fn times_and_names() {
        let mut logs = Logs {
            follow: false,
            latest: false,
            names: false,
            since: Some("10m".into()),
            tail: -1,
            timestamps: false,
            until: None,
            containers: vec!["a".into()],
        };
        let now = Timestamp::from_second(10_000).unwrap();
        assert_eq!(
            logs.validate(now).unwrap().since,
            Some(Timestamp::from_second(9_400).unwrap())
        );
        logs.since = Some("foo".into());
        assert_eq!(
            logs.validate(now).unwrap_err().to_string(),
            "parsing --since \"foo\": unable to interpret time value"
        );
        logs.containers.clear();
        assert_eq!(
            logs.validate(now).unwrap_err().to_string(),
            "specify at least one container name or ID to log"
        );
    }
}
