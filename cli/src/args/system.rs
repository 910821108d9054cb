//! `info`, `version` and `system`: about this program and this machine.

use crate::args::events::Events;
use crate::args::value::time;
use crate::output::CliError;
use clap::{Args, Subcommand};
use libcr::ops::system::check::{CheckOptions, DEFAULT_MAX_AGE};

/// The verbs of `cryopod system`.
#[derive(Debug, Subcommand)]
pub enum SystemCommand {
    /// Compare what the engine knows with what is there, and repair it
    Check(Check),
    /// Show events
    Events(Events),
    /// Display system information
    Info(Info),
    /// Serve the engine on sockets: REST as Podman and Docker, varlink
    Service(Service),
}

/// Flags of `system service`.
#[derive(Debug, Default, Args)]
pub struct Service {
    /// Seconds without a connection until the service ends; 0: never
    #[arg(short, long, value_name = "SECONDS", default_value_t = 5)]
    pub time: u64,
    /// Let clients of Kubernetes' interface restore checkpoints that came from elsewhere
    #[arg(long)]
    pub cri_restore: bool,
    /// Where to listen: unix://PATH, varlink:unix:PATH, dbus:system, dbus:session, dbus:ADDRESS or cri:unix://PATH
    #[arg(value_name = "URI")]
    pub addresses: Vec<String>,
}

/// Flags of `system check`.
#[derive(Debug, Default, Args)]
#[allow(clippy::struct_excessive_bools)] // each is a flag of the command line
pub struct Check {
    /// Also repair what ends processes or removes containers
    #[arg(short, long)]
    pub force: bool,
    /// Change the output format to JSON or a Go template
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Print the findings as JSON
    #[arg(long)]
    pub json: bool,
    /// Maximum allowed age of unreferenced layers
    #[arg(short, long, value_name = "DURATION")]
    pub max: Option<String>,
    /// Skip time-consuming checks
    #[arg(short, long)]
    pub quick: bool,
    /// Print only what is out of step
    #[arg(long)]
    pub quiet: bool,
    /// Repair what is out of step
    #[arg(short, long)]
    pub repair: bool,
    /// None.
    #[arg(value_name = "", hide = true)]
    pub names: Vec<String>,
}

impl Check {
    /// How the check is made, and the format of its output if one is asked for.
    pub fn validate(&self) -> Result<(CheckOptions, Option<&str>), CliError> {
        if !self.names.is_empty() {
            return Err(CliError::usage("`cryopod system check` takes no arguments"));
        }
        if self.json && self.format.is_some() {
            return Err(CliError::usage(
                "--json and --format cannot be used together",
            ));
        }
        let max_age = match &self.max {
            None => DEFAULT_MAX_AGE,
            Some(text) => time::parse_duration(text).ok_or_else(|| {
                // The complaint that pflag has for it.
                CliError::usage(format!(
                    "invalid argument \"{text}\" for \"-m, --max\" flag: {}\nSee 'cryopod system check --help'",
                    time::duration_complaint(text)
                ))
            })?,
        };
        let options = CheckOptions {
            quick: self.quick,
            repair: self.repair,
            force: self.force,
            max_age,
        };
        let format = if self.json {
            Some("json")
        } else {
            self.format.as_deref()
        };
        Ok((options, format))
    }
}

/// Flags of `doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Print the findings as JSON
    #[arg(long)]
    pub json: bool,
}

/// Flags of `info`.
#[derive(Debug, Args)]
pub struct Info {
    /// Change the output format to JSON or a Go template
    #[arg(short, long, value_name = "FORMAT")]
    pub format: Option<String>,
}

/// Flags of `version`.
#[derive(Debug, Args)]
pub struct Version {
    /// Change the output format to JSON or a Go template
    #[arg(short, long, value_name = "FORMAT")]
    pub format: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn flags_of_check() {
        let base = Check::default;
        let text = |flags: Check| flags.validate().map(drop).unwrap_err().to_string();
        assert_eq!(base().validate().unwrap().0.max_age, DEFAULT_MAX_AGE);
        let young = Check {
            max: Some("0".into()),
            json: true,
            ..base()
        };
        let (options, format) = young.validate().unwrap();
        assert_eq!((options.max_age, format), (Duration::ZERO, Some("json")));
        assert!(
            text(Check {
                max: Some("5".into()),
                ..base()
            })
            .contains("missing unit in duration")
        );
        assert!(
            text(Check {
                json: true,
                format: Some("x".into()),
                ..base()
            })
            .contains("cannot be used together")
        );
    }
}
