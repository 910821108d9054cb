//! What containers and checkpoints say of themselves, in the types of the bus. Whoever may talk to
//! the service can read it, so nothing of it is a secret: command lines, environments and labels are
//! for [`crate::dbus::authority::Action::Inspect`].

use jiff::Timestamp;
use libcr::ops::watch::{Seen, SeenCheckpoint};
use zbus::zvariant::{ObjectPath, OwnedObjectPath, Value};

use crate::dbus::path;

/// Properties that change, and their values.
pub type Facts = Vec<(&'static str, Value<'static>)>;

/// Microseconds since 1970 of a time of the record; 0: never.
pub fn microseconds(time: Option<&str>) -> u64 {
    let time: Option<Timestamp> = time.and_then(|time| time.parse().ok());
    time.map_or(0, |time| u64::try_from(time.as_microsecond()).unwrap_or(0))
}

/// The first process; 0: none.
pub fn pid(seen: &Seen) -> u32 {
    let state = &seen.container.state;
    let pid = state.pid.filter(|_| state.status.is_alive());
    pid.and_then(|pid| u32::try_from(pid).ok()).unwrap_or(0)
}

/// How it is: `healthy`, `unhealthy`, `starting`; empty: nobody asks it.
pub fn health(seen: &Seen) -> &'static str {
    seen.health
        .map_or("", libcr::model::health::HealthStatus::as_str)
}

/// Its named checkpoints.
pub fn checkpoints(seen: &Seen) -> Vec<OwnedObjectPath> {
    let ids = seen.checkpoints.iter();
    ids.map(|id| path::checkpoint(id)).collect()
}

/// How many these are.
pub fn checkpoint_count(seen: &Seen) -> u32 {
    u32::try_from(seen.checkpoints.len()).unwrap_or(u32::MAX)
}

/// The properties of a container whose changes are signalled.
pub fn of_container(seen: &Seen) -> Facts {
    let (config, state) = (&seen.container.config, &seen.container.state);
    let time = |time: &Option<String>| Value::from(microseconds(time.as_deref()));
    let paths: Vec<ObjectPath<'static>> = checkpoints(seen)
        .into_iter()
        .map(OwnedObjectPath::into_inner)
        .collect();
    vec![
        ("Name", config.name.clone().into()),
        ("State", state.status.as_str().into()),
        ("Operation", seen.operation.into()),
        ("Pid", pid(seen).into()),
        ("ExitCode", state.exit_code.into()),
        ("OOMKilled", state.oom_killed.into()),
        ("Health", health(seen).into()),
        ("RestartCount", state.restart_count.into()),
        ("StartedUSec", time(&state.started_at)),
        ("FinishedUSec", time(&state.finished_at)),
        ("CheckpointedUSec", time(&state.checkpointed_at)),
        ("RestoredUSec", time(&state.restored_at)),
        ("CheckpointCount", checkpoint_count(seen).into()),
        ("Checkpoints", paths.into()),
    ]
}

/// The properties of a checkpoint whose changes are signalled.
pub fn of_checkpoint(seen: &SeenCheckpoint) -> Facts {
    vec![("Names", seen.names.clone().into())]
}

/// What is other than before.
pub fn changes(before: &Facts, now: &Facts) -> Vec<&'static str> {
    let changed = now.iter().filter(|(name, value)| {
        let old = before.iter().find(|(other, _)| other == name);
        old.is_none_or(|(_, old)| old != value)
    });
    changed.map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_changes() {
        assert_eq!(microseconds(Some("1970-01-01T00:00:01.5Z")), 1_500_000);
        assert_eq!((microseconds(None), microseconds(Some("soon"))), (0, 0));
        let facts =
            |state: &'static str| -> Facts { vec![("State", state.into()), ("Pid", 1_u32.into())] };
        assert_eq!(changes(&facts("a"), &facts("b")), ["State"]);
        assert!(changes(&facts("a"), &facts("a")).is_empty());
    }
}
