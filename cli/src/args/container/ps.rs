//! `ps`, `container list`.

use crate::args::value::filter::{self, Filter};
use crate::output::CliError;
use clap::Args;

/// What containers can be chosen by.
pub const FILTERS: &[&str] = &[
    "id", "name", "status", "label", "ancestor", "exited", "health", "volume", "pod",
];

/// Flags of `ps`.
#[derive(Debug, Default, Args)]
pub struct Ps {
    /// Show all the containers, default is only running containers
    #[arg(short, long)]
    pub all: bool,
    /// Filter output based on conditions given (id, name, status, label, ancestor, exited, health, volume, pod)
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub filter: Vec<String>,
    /// Pretty-print containers to JSON or using a Go template
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Print the n last created containers (all states)
    #[arg(short = 'n', long, value_name = "N", default_value_t = -1, allow_negative_numbers = true)]
    pub last: i64,
    /// Show the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Display the extended information
    #[arg(long)]
    pub no_trunc: bool,
    /// Do not print headers
    #[arg(long)]
    pub noheading: bool,
    /// Print the ID and name of the pod the containers are associated with
    #[arg(short, long)]
    pub pod: bool,
    /// Print the numeric IDs of the containers only
    #[arg(short, long)]
    pub quiet: bool,
    /// Sort output by: command, created, id, image, names, runningfor, status
    #[arg(long, value_name = "KEY", default_value = "created")]
    pub sort: String,
}

impl Ps {
    /// The filters, once the flags agree with each other; Podman's messages.
    pub fn validate(&self) -> Result<Vec<Filter>, CliError> {
        if self.last >= 0 && self.latest {
            return Err(CliError::usage("last and latest are mutually exclusive"));
        }
        if ![
            "command",
            "created",
            "id",
            "image",
            "names",
            "runningfor",
            "status",
        ]
        .contains(&self.sort.as_str())
        {
            return Err(CliError::usage(format!(
                "invalid argument \"{}\" for \"--sort\" flag: \"{}\" is not a valid value.  Choose from: \"command, created, id, image, names, runningfor, status\"",
                self.sort, self.sort
            )));
        }
        filter::parse(&self.filter, FILTERS)
    }
}

#[cfg(test)]
mod tests {
    use super::Ps;

    #[test]
    fn podmans_words() {
        let base = || Ps {
            last: -1,
            sort: "created".into(),
            ..Ps::default()
        };
        base().validate().unwrap();
        let both = Ps {
            last: 3,
            latest: true,
            ..base()
        };
        assert_eq!(
            both.validate().unwrap_err().to_string(),
            "last and latest are mutually exclusive"
        );
        let unknown = Ps {
            filter: vec!["foo=bar".into()],
            ..base()
        };
        assert_eq!(
            unknown.validate().unwrap_err().to_string(),
            "foo is an invalid filter"
        );
        let half = Ps {
            filter: vec!["foo".into()],
            ..base()
        };
        assert_eq!(
            half.validate().unwrap_err().to_string(),
            "invalid filter \"foo\""
        );
    }
}
