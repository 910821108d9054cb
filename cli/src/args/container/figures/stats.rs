//! `stats`.

use crate::args::selection::{Selection, plain};
use crate::output::CliError;
use clap::Args;
use std::time::Duration;

/// Flags of `stats`.
#[derive(Debug, Default, Args)]
pub struct Stats {
    /// Show all containers. Only running containers are shown by default
    #[arg(short, long)]
    pub all: bool,
    /// Pretty-print container statistics to JSON or using a Go template
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Time in seconds between stats reports
    #[arg(
        short,
        long,
        value_name = "SECONDS",
        default_value_t = 5,
        allow_negative_numbers = true
    )]
    pub interval: i64,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Disable resetting the screen between intervals
    #[arg(long)]
    pub no_reset: bool,
    /// Disable streaming stats and only pull the first result
    #[arg(long)]
    pub no_stream: bool,
    /// Do not truncate output
    #[arg(long)]
    pub no_trunc: bool,
    /// The containers.
    #[arg(value_name = "[CONTAINER...]")]
    pub names: Vec<String>,
}

impl Stats {
    /// Which containers (none: those that run), and the time between two samples. Podman's messages.
    pub fn validate(&self) -> Result<(Option<Selection>, Duration), CliError> {
        let named = !self.names.is_empty();
        if [self.all, self.latest, named]
            .iter()
            .filter(|given| **given)
            .count()
            > 1
        {
            return Err(CliError::usage(
                "--all, --latest and containers cannot be used together",
            ));
        }
        let interval = u64::try_from(self.interval)
            .ok()
            .filter(|seconds| *seconds > 0);
        let interval = interval.map(Duration::from_secs).ok_or_else(|| {
            CliError::usage("invalid interval, must be a positive number greater zero")
        })?;
        let selection = match (self.all, self.latest, named) {
            (true, ..) => Some(Selection::All),
            (_, true, _) => Some(Selection::Latest),
            (.., true) => Some(Selection::Names(
                self.names.iter().map(|name| plain(name)).collect(),
            )),
            _ => None,
        };
        Ok((selection, interval))
    }
}

#[cfg(test)]
mod tests {
    use super::{Selection, Stats};
    use std::time::Duration;

    #[test]
    fn podmans_words() {
        let base = || Stats {
            interval: 5,
            ..Stats::default()
        };
        let names = || vec!["/a".to_owned()];
        assert_eq!(base().validate().unwrap(), (None, Duration::from_secs(5)));
        let of_one = Stats {
            names: names(),
            ..base()
        };
        let expected = Selection::Names(vec!["a".into()]);
        assert_eq!(of_one.validate().unwrap().0, Some(expected));
        for both in [
            Stats {
                all: true,
                names: names(),
                ..base()
            },
            Stats {
                latest: true,
                all: true,
                ..base()
            },
        ] {
            let said = both.validate().unwrap_err().to_string();
            assert_eq!(
                said,
                "--all, --latest and containers cannot be used together"
            );
        }
        for interval in [0, -1] {
            let flags = Stats { interval, ..base() };
            let said = flags.validate().unwrap_err().to_string();
            assert!(said.starts_with("invalid interval"), "{said}");
        }
    }
}
