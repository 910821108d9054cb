//! Limits in the words of the interfaces: Docker's Resources, and the specification's of OCI runtimes.

use libcr::ops::lifecycle::change::update::Changes;

use super::fields::Fields;
use crate::http::Failure;

/// Processors in Docker's unit.
const NANO: f64 = 1e9;

/// Docker's (api/types/container, Resources); 0 asks for nothing.
///
/// # Errors
/// 400 for values of another type, or that contradict one another.
pub fn of_docker(given: &mut Fields) -> Result<Changes, Failure> {
    let processors = given.number("NanoCpus")?.filter(|number| *number != 0);
    #[expect(clippy::cast_precision_loss, reason = "more processors than there are")]
    let cpus = processors.map(|number| number as f64 / NANO);
    let changes = Changes {
        memory: given.count("Memory")?.filter(|bytes| *bytes > 0),
        memory_reservation: given.count("MemoryReservation")?.filter(|bytes| *bytes > 0),
        memory_swap: given.number("MemorySwap")?.filter(|bytes| *bytes != 0),
        pids: given.number("PidsLimit")?,
        cpus,
        cpu_shares: given.count("CpuShares")?.filter(|shares| *shares > 0),
        cpu_quota: given.number("CpuQuota")?.filter(|quota| *quota != 0),
        cpu_period: given.count("CpuPeriod")?.filter(|period| *period > 0),
        cpuset_cpus: given.text("CpusetCpus")?,
        cpuset_mems: given.text("CpusetMems")?,
        restart_policy: None,
    };
    if changes.cpus.is_some() && (changes.cpu_quota.is_some() || changes.cpu_period.is_some()) {
        return Err(Failure::bad(
            "Conflicting options: Nano CPUs and CPU Quota or Period cannot both be set",
        ));
    }
    Ok(changes)
}

/// Those of `linux.resources` (runtime-spec, config-linux.md).
///
/// # Errors
/// 400 for values of another type, 501 for those that the engine can't set.
pub fn of_oci(given: &mut Fields) -> Result<Changes, Failure> {
    let mut memory = given.object("memory")?;
    let mut pids = given.object("pids")?;
    let mut cpu = given.object("cpu")?;
    // Below zero stands for no limit.
    let bytes = |fields: &mut Fields, key: &str| {
        let number = fields.number(key)?;
        Ok::<_, Failure>(number.map(|number| u64::try_from(number).unwrap_or(0)))
    };
    let changes = Changes {
        memory: bytes(&mut memory, "limit")?,
        memory_reservation: bytes(&mut memory, "reservation")?,
        memory_swap: memory.number("swap")?,
        pids: pids.number("limit")?,
        cpus: None,
        cpu_shares: cpu.count("shares")?,
        cpu_quota: cpu.number("quota")?,
        cpu_period: cpu.count("period")?,
        cpuset_cpus: cpu.text("cpus")?,
        cpuset_mems: cpu.text("mems")?,
        restart_policy: None,
    };
    memory.finish()?;
    pids.finish()?;
    cpu.finish()?;
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn zero_asks_docker_for_nothing() {
        let none = json!({ "Memory": 0, "MemorySwap": 0, "NanoCpus": 0, "CpuShares": 0, "CpusetCpus": "" });
        assert_eq!(
            of_docker(&mut Fields::of(none)).unwrap(),
            Changes::default()
        );
        let some = json!({ "NanoCpus": 1_500_000_000, "MemorySwap": -1, "CpusetCpus": "0-1" });
        let read = of_docker(&mut Fields::of(some)).unwrap();
        assert_eq!((read.cpus, read.memory_swap), (Some(1.5), Some(-1)));
        assert_eq!(read.cpuset_cpus.as_deref(), Some("0-1"));
        let both = json!({ "NanoCpus": 1, "CpuQuota": 5000 });
        assert_eq!(of_docker(&mut Fields::of(both)).unwrap_err().status, 400);
    }

    #[test]
    fn what_the_engine_cannot_set_is_refused() {
        let some = json!({ "memory": { "limit": -1, "swap": 7 }, "cpu": { "shares": 5 } });
        let read = of_oci(&mut Fields::of(some)).unwrap();
        assert_eq!(
            (read.memory, read.memory_swap, read.cpu_shares),
            (Some(0), Some(7), Some(5))
        );
        let other = json!({ "memory": { "swappiness": 7 } });
        let failure = of_oci(&mut Fields::of(other)).unwrap_err();
        assert_eq!(
            (failure.status, failure.message.as_str()),
            (501, "memory.swappiness is not supported yet")
        );
    }
}
