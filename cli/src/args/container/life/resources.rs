//! Limits of processors and memory that `create`, `run` and `update` share.

use crate::args::value::size;
use crate::output::CliError;
use clap::Args;
use libcr::ops::lifecycle::change::update::Changes;

/// The flags.
#[derive(Debug, Clone, Default, Args)]
pub struct Resources {
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
    /// Memory soft limit (format: <number>[<unit>], where unit = b, k, m or g)
    #[arg(long, value_name = "SIZE")]
    pub memory_reservation: Option<String>,
    /// Swap limit equal to memory plus swap: '-1' to enable unlimited swap
    #[arg(long, value_name = "SIZE", allow_hyphen_values = true)]
    pub memory_swap: Option<String>,
}

impl Resources {
    /// What they change; all else is as it was.
    pub fn changes(&self) -> Result<Changes, CliError> {
        let swap = match self.memory_swap.as_deref() {
            Some("-1") => Some(-1),
            Some(text) => bytes("memory-swap", Some(text))?
                .map(i64::try_from)
                .transpose()
                .map_err(|_| CliError::usage("invalid value for memory-swap: too large"))?,
            None => None,
        };
        Ok(Changes {
            memory_reservation: bytes("memory-reservation", self.memory_reservation.as_deref())?,
            memory_swap: swap,
            cpus: self.cpus,
            cpu_shares: self.cpu_shares,
            cpu_quota: self.cpu_quota,
            cpu_period: self.cpu_period,
            cpuset_cpus: self.cpuset_cpus.clone(),
            cpuset_mems: self.cpuset_mems.clone(),
            ..Changes::default()
        })
    }
}

/// A size in memory, by the flag that it was given with.
pub fn bytes(flag: &str, text: Option<&str>) -> Result<Option<u64>, CliError> {
    let wrong = |error| CliError::usage(format!("invalid value for {flag}: {error}"));
    text.map(size::parse).transpose().map_err(wrong)
}
