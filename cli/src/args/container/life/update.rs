//! `update`.

use crate::args::selection::plain;
use crate::args::value::size;
use crate::output::CliError;
use clap::Args;
use libcr::model::container::RestartPolicy;
use libcr::ops::lifecycle::change::update::Changes;

/// Flags of `update`.
#[derive(Debug, Default, Args)]
pub struct Update {
    /// Limit CPU CFS (Completely Fair Scheduler) period
    #[arg(long, value_name = "MICROSECONDS")]
    pub cpu_period: Option<u64>,
    /// Limit CPU CFS (Completely Fair Scheduler) quota
    #[arg(long, value_name = "MICROSECONDS", allow_negative_numbers = true)]
    pub cpu_quota: Option<i64>,
    /// CPU shares (relative weight)
    #[arg(short, long, value_name = "SHARES")]
    pub cpu_shares: Option<u64>,
    /// Number of CPUs. The default is 0.000 which means no limit
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub cpus: Option<f64>,
    /// CPUs in which to allow execution (0-3, 0,1)
    #[arg(long, value_name = "LIST")]
    pub cpuset_cpus: Option<String>,
    /// Memory nodes (MEMs) in which to allow execution (0-3, 0,1)
    #[arg(long, value_name = "LIST")]
    pub cpuset_mems: Option<String>,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Memory limit (format: <number>[<unit>], where unit = b, k, m or g)
    #[arg(short, long, value_name = "SIZE")]
    pub memory: Option<String>,
    /// Memory soft limit (format: <number>[<unit>], where unit = b, k, m or g)
    #[arg(long, value_name = "SIZE")]
    pub memory_reservation: Option<String>,
    /// Swap limit equal to memory plus swap: '-1' to enable unlimited swap
    #[arg(long, value_name = "SIZE", allow_hyphen_values = true)]
    pub memory_swap: Option<String>,
    /// Tune container pids limit (set -1 for unlimited)
    #[arg(long, value_name = "LIMIT", allow_negative_numbers = true)]
    pub pids_limit: Option<i64>,
    /// Restart policy to apply when a container exits ("always"|"no"|"never"|"on-failure"|"unless-stopped")
    #[arg(long, value_name = "POLICY")]
    pub restart: Option<String>,
    /// The container.
    #[arg(value_name = "CONTAINER")]
    pub names: Vec<String>,
}

impl Update {
    /// The container, none with `--latest`, and what changes of it.
    pub fn validate(&self) -> Result<(Option<String>, Changes), CliError> {
        let name = match (self.names.as_slice(), self.latest) {
            ([name], false) => Some(plain(name)),
            ([], true) => None,
            ([], false) => {
                return Err(CliError::usage(
                    "update requires a name, id, or the \"--latest\" flag",
                ));
            }
            (_, true) => {
                return Err(CliError::usage(
                    "--latest and containers cannot be used together",
                ));
            }
            (names, false) => {
                let count = names.len();
                return Err(CliError::usage(format!(
                    "accepts 1 arg(s), received {count}"
                )));
            }
        };
        let swap = match self.memory_swap.as_deref() {
            Some("-1") => Some(-1),
            Some(text) => bytes("memory-swap", Some(text))?
                .map(i64::try_from)
                .transpose()
                .map_err(|_| CliError::usage("invalid value for memory-swap: too large"))?,
            None => None,
        };
        let restart = self.restart.as_deref().map(|word| {
            RestartPolicy::parse(word).ok_or_else(|| {
                let said = format!("\"{word}\" is not a valid restart policy: invalid argument");
                CliError::usage(said)
            })
        });
        let changes = Changes {
            memory: bytes("memory", self.memory.as_deref())?,
            memory_reservation: bytes("memory-reservation", self.memory_reservation.as_deref())?,
            memory_swap: swap,
            pids: self.pids_limit,
            cpus: self.cpus,
            cpu_shares: self.cpu_shares,
            cpu_quota: self.cpu_quota,
            cpu_period: self.cpu_period,
            cpuset_cpus: self.cpuset_cpus.clone(),
            cpuset_mems: self.cpuset_mems.clone(),
            restart_policy: restart.transpose()?,
        };
        Ok((name, changes))
    }
}

fn bytes(flag: &str, text: Option<&str>) -> Result<Option<u64>, CliError> {
    let wrong = |error| CliError::usage(format!("invalid value for {flag}: {error}"));
    text.map(size::parse).transpose().map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update() -> Update {
        Update {
            names: vec!["/a".into()],
            ..Update::default()
        }
    }

    #[test]
    fn sizes_and_policies() {
        let flags = Update {
            memory: Some("64m".into()),
            memory_swap: Some("-1".into()),
            restart: Some("on-failure:3".into()),
            ..update()
        };
        let (name, changes) = flags.validate().unwrap();
        assert_eq!(name.as_deref(), Some("a"));
        assert_eq!(
            (changes.memory, changes.memory_swap),
            (Some(64 << 20), Some(-1))
        );
        assert_eq!(changes.restart_policy, Some(RestartPolicy::OnFailure(3)));
        assert_eq!(update().validate().unwrap().1, Changes::default());
        let wrong = |flags: Update| flags.validate().unwrap_err().to_string();
        assert_eq!(
            wrong(Update {
                memory: Some("x".into()),
                ..update()
            }),
            "invalid value for memory: invalid size: 'x'"
        );
        assert_eq!(
            wrong(Update {
                restart: Some("x".into()),
                ..update()
            }),
            "\"x\" is not a valid restart policy: invalid argument"
        );
        assert!(
            wrong(Update {
                latest: true,
                ..update()
            })
            .starts_with("--latest and")
        );
        assert!(wrong(Update::default()).starts_with("update requires"));
    }
}
