//! Limits of a container's cgroup as OCI runtimes take them: `linux.resources` of a specification
//! (runtime-spec, config-linux.md).

use serde_json::{Value, json};

use crate::model::container::Limits;

/// Group, name, value, and what means that there is no limit any more.
type Member = (&'static str, &'static str, Option<Value>, Value);

fn members(limits: &Limits) -> [Member; 9] {
    let set = |text: &str| (!text.is_empty()).then(|| json!(text));
    let pids = limits.pids.filter(|pids| *pids > 0);
    [
        ("memory", "limit", limits.memory.map(Value::from), json!(-1)),
        (
            "memory",
            "reservation",
            limits.memory_reservation.map(Value::from),
            json!(0),
        ),
        (
            "memory",
            "swap",
            limits.memory_swap.map(Value::from),
            json!(-1),
        ),
        ("pids", "limit", pids.map(Value::from), json!(-1)),
        (
            "cpu",
            "shares",
            limits.cpu_shares.map(Value::from),
            json!(1024),
        ),
        ("cpu", "quota", limits.cpu_quota.map(Value::from), json!(-1)),
        (
            "cpu",
            "period",
            limits.cpu_period.map(Value::from),
            json!(100_000),
        ),
        ("cpu", "cpus", set(&limits.cpuset_cpus), json!("")),
        ("cpu", "mems", set(&limits.cpuset_mems), json!("")),
    ]
}

/// Writes limits into the resources of a specification, in place of those that are there.
pub fn write(limits: &Limits, resources: &mut Value) {
    if !resources.is_object() {
        *resources = json!({});
    }
    for (group, name, value, _) in members(limits) {
        match value {
            Some(value) => resources[group][name] = value,
            None => {
                if let Some(members) = resources.get_mut(group).and_then(Value::as_object_mut) {
                    members.remove(name);
                }
            }
        }
    }
}

/// What a runtime is told so that a container with the limits `before` has those of `after`: all that
/// are set, since runc forgets what it isn't told, and an end of those that are no more.
pub fn change(before: &Limits, after: &Limits) -> Value {
    let mut told = json!({});
    let old = members(before);
    for ((group, name, value, none), (_, _, was, _)) in members(after).into_iter().zip(old) {
        if let Some(value) = value.or_else(|| was.map(|_| none)) {
            told[group][name] = value;
        }
    }
    told
}

/// The limits in the resources of a specification.
pub fn read(resources: &Value) -> Limits {
    let number = |place: &str| resources.pointer(place).and_then(Value::as_u64);
    let signed = |place: &str| resources.pointer(place).and_then(Value::as_i64);
    let text = |place: &str| {
        let text = resources.pointer(place).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    Limits {
        memory: number("/memory/limit"),
        memory_reservation: number("/memory/reservation").filter(|bytes| *bytes > 0),
        memory_swap: signed("/memory/swap").filter(|bytes| *bytes != 0),
        pids: signed("/pids/limit"),
        cpu_shares: number("/cpu/shares").filter(|shares| *shares > 0),
        cpu_quota: signed("/cpu/quota").filter(|quota| *quota > 0),
        cpu_period: number("/cpu/period").filter(|period| *period > 0),
        cpuset_cpus: text("/cpu/cpus"),
        cpuset_mems: text("/cpu/mems"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let limits = Limits {
            memory: Some(1 << 26),
            memory_swap: Some(-1),
            pids: Some(7),
            cpu_quota: Some(50_000),
            cpu_period: Some(100_000),
            cpuset_cpus: "0-1".into(),
            ..Limits::default()
        };
        let mut resources = json!({ "devices": [], "cpu": { "shares": 3, "cpus": "2" } });
        write(&limits, &mut resources);
        assert_eq!(read(&resources), limits);
        assert_eq!(resources["cpu"]["cpus"], "0-1");
        assert!(resources["devices"].is_array());
        write(&Limits::default(), &mut resources);
        assert_eq!(read(&resources), Limits::default());
    }

    #[test]
    fn a_change_tells_all_that_stays_and_ends_what_does_not() {
        let before = Limits {
            memory: Some(1 << 26),
            pids: Some(7),
            ..Limits::default()
        };
        let after = Limits {
            pids: Some(7),
            cpu_shares: Some(512),
            ..Limits::default()
        };
        assert_eq!(
            change(&before, &after),
            json!({ "memory": { "limit": -1 }, "pids": { "limit": 7 }, "cpu": { "shares": 512 } })
        );
        assert_eq!(change(&Limits::default(), &Limits::default()), json!({}));
    }
}
