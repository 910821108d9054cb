//! Limits that somebody asks for, of a new container or of one that is there.

use crate::error::{Error, Result};
use crate::model::container::{Limits, RestartPolicy};

/// Microseconds of a period where processors are counted.
const PERIOD: u64 = 100_000;

/// What changes; the rest stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Memory, bytes; 0: unlimited.
    pub memory: Option<u64>,
    /// Memory that it keeps when the host's gets short, bytes; 0: none.
    pub memory_reservation: Option<u64>,
    /// Memory and swap together, bytes; -1: as much swap as there is.
    pub memory_swap: Option<i64>,
    /// Number of processes; 0 and below: unlimited.
    pub pids: Option<i64>,
    /// Processors, perhaps parts of them; 0: all. In place of quota and period.
    pub cpus: Option<f64>,
    /// As in [`Limits`].
    pub cpu_shares: Option<u64>,
    /// As in [`Limits`]; 0 and below: unlimited.
    pub cpu_quota: Option<i64>,
    /// As in [`Limits`].
    pub cpu_period: Option<u64>,
    /// As in [`Limits`].
    pub cpuset_cpus: Option<String>,
    /// As in [`Limits`].
    pub cpuset_mems: Option<String>,
    /// What happens when it ends by itself.
    pub restart_policy: Option<RestartPolicy>,
}

impl Changes {
    /// Limits with these changes.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what no kernel takes.
    pub(in crate::ops) fn apply(&self, limits: &Limits) -> Result<Limits> {
        let mut limits = limits.clone();
        let some = |number: u64| (number > 0).then_some(number);
        if let Some(memory) = self.memory {
            limits.memory = some(memory);
        }
        if let Some(reservation) = self.memory_reservation {
            limits.memory_reservation = some(reservation);
        }
        if let Some(swap) = self.memory_swap {
            limits.memory_swap = (swap != 0).then_some(swap);
        }
        if let Some(pids) = self.pids {
            limits.pids = Some(pids).filter(|pids| *pids > 0);
        }
        if let Some(shares) = self.cpu_shares {
            limits.cpu_shares = some(shares);
        }
        if let Some(cpus) = self.cpus {
            if self.cpu_quota.is_some() || self.cpu_period.is_some() {
                return invalid("--cpus and --cpu-quota or --cpu-period cannot be set together");
            }
            let quota = quota_of(cpus)?;
            limits.cpu_quota = quota;
            limits.cpu_period = quota.map(|_| PERIOD);
        }
        if let Some(quota) = self.cpu_quota {
            limits.cpu_quota = Some(quota).filter(|quota| *quota > 0);
        }
        if let Some(period) = self.cpu_period {
            limits.cpu_period = some(period);
        }
        for (given, own) in [
            (&self.cpuset_cpus, &mut limits.cpuset_cpus),
            (&self.cpuset_mems, &mut limits.cpuset_mems),
        ] {
            if let Some(list) = given {
                check_list(list)?;
                own.clone_from(list);
            }
        }
        check(&limits)?;
        Ok(limits)
    }
}

fn invalid<T>(text: impl Into<String>) -> Result<T> {
    Err(Error::Invalid(text.into()))
}

fn quota_of(cpus: f64) -> Result<Option<i64>> {
    if !(0.0..=1e6).contains(&cpus) {
        return invalid(format!("invalid number of processors: {cpus}"));
    }
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "microseconds, of a million processors at most"
    )]
    let quota = (cpus * PERIOD as f64).round() as i64;
    Ok((quota > 0).then_some(quota))
}

/// A list of numbers and ranges (cpuset(7), list format).
fn check_list(list: &str) -> Result<()> {
    let number = |text: &str| text.parse::<u16>().ok();
    let known = |part: &str| match part.split_once('-') {
        Some((from, to)) => number(from)
            .zip(number(to))
            .is_some_and(|(from, to)| from <= to),
        None => number(part).is_some(),
    };
    if list.is_empty() || list.split(',').all(known) {
        return Ok(());
    }
    invalid(format!(
        "invalid list of processors or memory nodes: \"{list}\""
    ))
}

/// What no kernel takes.
fn check(limits: &Limits) -> Result<()> {
    if let Some(swap) = limits.memory_swap.and_then(|swap| u64::try_from(swap).ok())
        && limits.memory.is_none_or(|memory| swap < memory)
    {
        return invalid("minimum memoryswap limit should be larger than memory limit");
    }
    if limits
        .cpu_period
        .is_some_and(|period| !(1000..=1_000_000).contains(&period))
    {
        return invalid("CPU cfs period cannot be less than 1ms or larger than 1s");
    }
    if limits.cpu_quota.is_some_and(|quota| quota < 1000) {
        return invalid("CPU cfs quota cannot be less than 1ms");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_come_stay_and_go() -> Result<()> {
        let limits = Limits {
            memory: Some(1 << 26),
            pids: Some(7),
            ..Limits::default()
        };
        let changes = Changes {
            memory: Some(0),
            cpus: Some(0.5),
            cpuset_cpus: Some("0-1,3".into()),
            ..Changes::default()
        };
        let after = changes.apply(&limits)?;
        assert_eq!(
            after,
            Limits {
                pids: Some(7),
                cpu_quota: Some(50_000),
                cpu_period: Some(100_000),
                cpuset_cpus: "0-1,3".into(),
                ..Limits::default()
            }
        );
        for bad in [
            Changes {
                memory_swap: Some(1),
                ..Changes::default()
            },
            Changes {
                cpus: Some(-1.0),
                ..Changes::default()
            },
            Changes {
                cpus: Some(f64::NAN),
                ..Changes::default()
            },
            Changes {
                cpuset_cpus: Some("3-1".into()),
                ..Changes::default()
            },
            Changes {
                cpuset_mems: Some("0\n".into()),
                ..Changes::default()
            },
            Changes {
                cpu_period: Some(999),
                ..Changes::default()
            },
            Changes {
                cpus: Some(1.0),
                cpu_quota: Some(5000),
                ..Changes::default()
            },
        ] {
            assert!(bad.apply(&limits).is_err(), "{bad:?}");
        }
        Ok(())
    }
}
