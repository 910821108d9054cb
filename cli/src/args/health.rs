//! Health checks: the flags of `create` and `run`, and `healthcheck run`.

use crate::args::value::time;
use crate::output::CliError;
use clap::{Args, Subcommand};
use libcr::ops::lifecycle::create::HealthOptions;

/// Flags that describe the health check of a new container.
#[derive(Debug, Clone, Default, Args)]
pub struct HealthFlags {
    /// Set a healthcheck command for the container ('none' disables the existing healthcheck)
    #[arg(long, value_name = "COMMAND")]
    pub health_cmd: Option<String>,
    /// Set an interval for the healthcheck (a value of disable results in no automatic timer setup)
    #[arg(
        long,
        value_name = "INTERVAL",
        default_value = "30s",
        allow_hyphen_values = true
    )]
    pub health_interval: String,
    /// Action to take once the container turns unhealthy ("none"|"kill"|"restart"|"stop")
    #[arg(long, value_name = "ACTION", default_value = "none")]
    pub health_on_failure: String,
    /// The number of retries allowed before a healthcheck is considered to be unhealthy
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    pub health_retries: u32,
    /// The initialization time needed for a container to bootstrap
    #[arg(
        long,
        value_name = "PERIOD",
        default_value = "0s",
        allow_hyphen_values = true
    )]
    pub health_start_period: String,
    /// The maximum time allowed to complete the healthcheck before an interval is considered failed
    #[arg(
        long,
        value_name = "TIMEOUT",
        default_value = "30s",
        allow_hyphen_values = true
    )]
    pub health_timeout: String,
    /// Disable healthchecks on container
    #[arg(long)]
    pub no_healthcheck: bool,
}

impl HealthFlags {
    /// The engine's options. Without a command the times are not looked at, as in Podman.
    ///
    /// # Errors
    /// Podman's messages, in its order.
    pub fn options(&self) -> Result<HealthOptions, CliError> {
        let mut options = HealthOptions {
            command: self.health_cmd.clone(),
            on_failure: self.health_on_failure.clone(),
            none: self.no_healthcheck,
            ..HealthOptions::default()
        };
        if self.health_cmd.as_deref().is_none_or(str::is_empty) {
            return Ok(options);
        }
        if self.no_healthcheck {
            return Err(CliError::usage(
                "cannot specify both --no-healthcheck and --health-cmd",
            ));
        }
        let interval = match self.health_interval.as_str() {
            "disable" => "0",
            text => text,
        };
        // Podman takes a negative one, and no timer runs then.
        options.interval = nanoseconds("interval", interval)?.unwrap_or(0);
        if self.health_retries == 0 {
            return Err(CliError::usage(
                "healthcheck-retries must be greater than 0",
            ));
        }
        options.retries = self.health_retries;
        options.timeout = nanoseconds("timeout", &self.health_timeout)?
            .filter(|timeout| *timeout > 0)
            .ok_or_else(|| CliError::usage("healthcheck-timeout must be at least 1 second"))?;
        options.start_period =
            nanoseconds("start-period", &self.health_start_period)?.ok_or_else(|| {
                CliError::usage("healthcheck-start-period must be 0 seconds or greater")
            })?;
        Ok(options)
    }
}

// `None` for a negative duration.
fn nanoseconds(flag: &str, text: &str) -> Result<Option<u64>, CliError> {
    let (negative, amount) = match text.strip_prefix('-') {
        Some(amount) => (true, amount),
        None => (false, text),
    };
    let duration = time::parse_duration(amount).ok_or_else(|| {
        CliError::usage(format!(
            "invalid healthcheck-{flag}: {}",
            time::duration_complaint(text)
        ))
    })?;
    let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    Ok((!negative || nanoseconds == 0).then_some(nanoseconds))
}

/// The verbs of `cryopod healthcheck`.
#[derive(Debug, Subcommand)]
pub enum HealthcheckCommand {
    /// Run the health check of a container
    Run(HealthcheckRun),
}

/// Flags of `healthcheck run`: none.
#[derive(Debug, Args)]
pub struct HealthcheckRun {
    /// The container.
    #[arg(value_name = "CONTAINER")]
    pub containers: Vec<String>,
}

impl HealthcheckRun {
    /// The one container.
    pub fn validate(&self) -> Result<&str, CliError> {
        match self.containers.as_slice() {
            [container] => Ok(container),
            others => Err(CliError::usage(format!(
                "accepts 1 arg(s), received {}",
                others.len()
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags() -> HealthFlags {
        HealthFlags {
            health_cmd: Some("true".into()),
            health_interval: "1s".into(),
            health_on_failure: "none".into(),
            health_retries: 3,
            health_start_period: "0s".into(),
            health_timeout: "30s".into(),
            no_healthcheck: false,
        }
    }

    #[test]
    fn times_are_nanoseconds() {
        let options = flags().options().unwrap();
        assert_eq!(
            (options.interval, options.timeout),
            (1_000_000_000, 30_000_000_000)
        );
        for none in ["disable", "-1s", "0"] {
            let mut flags = flags();
            flags.health_interval = none.into();
            assert_eq!(flags.options().unwrap().interval, 0);
        }
    }

    #[test]
    fn podmans_words() {
        let wrong = |change: &dyn Fn(&mut HealthFlags)| {
            let mut flags = flags();
            change(&mut flags);
            flags.options().unwrap_err().to_string()
        };
        assert_eq!(
            wrong(&|flags| flags.no_healthcheck = true),
            "cannot specify both --no-healthcheck and --health-cmd"
        );
        assert_eq!(
            wrong(&|flags| flags.health_interval = "foo".into()),
            "invalid healthcheck-interval: time: invalid duration \"foo\""
        );
        assert_eq!(
            wrong(&|flags| flags.health_interval = "5".into()),
            "invalid healthcheck-interval: time: missing unit in duration \"5\""
        );
        assert_eq!(
            wrong(&|flags| flags.health_retries = 0),
            "healthcheck-retries must be greater than 0"
        );
        for timeout in ["0s", "-3s"] {
            assert_eq!(
                wrong(&|flags| flags.health_timeout = timeout.into()),
                "healthcheck-timeout must be at least 1 second"
            );
        }
        assert_eq!(
            wrong(&|flags| flags.health_start_period = "-1s".into()),
            "healthcheck-start-period must be 0 seconds or greater"
        );
        let unused = HealthFlags {
            health_cmd: None,
            health_interval: "foo".into(),
            ..flags()
        };
        unused.options().unwrap();
    }
}
