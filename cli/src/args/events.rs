//! `events`, `system events`.

use crate::args::value::time;
use crate::output::CliError;
use clap::{ArgAction, Args};
use jiff::{SignedDuration, Timestamp};
use libcr::ops::events::{EventFilter, EventsOptions};

/// Flags of `events`.
#[derive(Debug, Clone, Default, Args)]
pub struct Events {
    /// Filter output
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub filter: Vec<String>,
    /// Format the output to JSON or using a Go template
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Do not truncate the output
    #[arg(
        long,
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        default_value = "true",
        hide_possible_values = true,
        value_name = "BOOL"
    )]
    pub no_trunc: bool,
    /// Show all events created since timestamp
    #[arg(long, value_name = "TIMESTAMP")]
    pub since: Option<String>,
    /// Stream events and do not exit when returning the last known event
    #[arg(
        long,
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        default_value = "true",
        hide_possible_values = true,
        value_name = "BOOL"
    )]
    pub stream: bool,
    /// Show all events until timestamp
    #[arg(long, value_name = "TIMESTAMP")]
    pub until: Option<String>,
    /// None.
    #[arg(value_name = "", hide = true)]
    pub arguments: Vec<String>,
}

impl Events {
    /// The engine's options, times read against `now`: a duration means so long before it with
    /// `--since` and so long after it with `--until`, as in Podman.
    pub fn validate(&self, now: Timestamp) -> Result<EventsOptions, CliError> {
        if !self.arguments.is_empty() {
            return Err(CliError::usage("`cryopod events` takes no arguments"));
        }
        let filters = EventFilter::parse_all(&self.filter);
        let wrong = |flag: &str, text: &str| {
            CliError::usage(format!(
                "failed to parse event filters: unable to convert {flag} time of {text}: unable to interpret time value"
            ))
        };
        let since = self
            .since
            .as_deref()
            .map(|text| time::parse_instant(text, now).ok_or_else(|| wrong("since", text)));
        let until = self.until.as_deref().map(|text| {
            let ahead = time::parse_duration(text)
                .and_then(|ahead| now.checked_add(SignedDuration::try_from(ahead).ok()?).ok());
            let at = ahead.or_else(|| time::parse_instant(text, now));
            at.ok_or_else(|| wrong("until", text))
        });
        Ok(EventsOptions {
            filters: filters?,
            since: since.transpose()?,
            until: until.transpose()?,
            stream: self.stream,
            ..EventsOptions::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn until_is_ahead_and_since_is_ago() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let flags = Events {
            since: Some("10s".into()),
            until: Some("10s".into()),
            ..Events::default()
        };
        let options = flags.validate(now).unwrap();
        let second = |at: Option<Timestamp>| at.map(Timestamp::as_second);
        assert_eq!(second(options.since), Some(999_990));
        assert_eq!(second(options.until), Some(1_000_010));
    }

    #[test]
    fn podmans_words() {
        let wrong = |flags: Events| flags.validate(Timestamp::now()).unwrap_err().to_string();
        assert_eq!(
            wrong(Events {
                since: Some("foo".into()),
                ..Events::default()
            }),
            "failed to parse event filters: unable to convert since time of foo: unable to interpret time value"
        );
        assert_eq!(
            wrong(Events {
                filter: vec!["foo=bar".into()],
                ..Events::default()
            }),
            "failed to parse event filters: foo is an invalid filter"
        );
        assert!(
            wrong(Events {
                arguments: vec!["a".into()],
                ..Events::default()
            })
            .contains("takes no arguments")
        );
    }
}
