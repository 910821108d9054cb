//! What there is, all of it at once, and when that changes: for doors that show the engine as a tree
//! of objects. Takes no lock, so that it never waits for an operation.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::engine::Engine;
use crate::error::Result;
use crate::model::catalogue::NamedCheckpoint;
use crate::model::container::Container;
use crate::model::health::HealthStatus;
use crate::model::operation::Intent;
use crate::ops::steps::life::health;
use crate::ops::steps::life::observe::look;
use crate::progress::Cancel;
use crate::store::event::StoredEvent;
use crate::sys::proc;

/// How often the database is asked whether somebody wrote to it: a look at shared memory.
const POLL: Duration = Duration::from_millis(50);

/// A container, and what goes on with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The container as it truly is.
    pub container: Container,
    /// What is being done with it by a process that is alive: `checkpoint`, `restore`, `start`, …;
    /// empty: nothing.
    pub operation: &'static str,
    /// How it is, if it has a health check.
    pub health: Option<HealthStatus>,
    /// Ids of its named checkpoints, oldest first.
    pub checkpoints: Vec<String>,
}

/// A checkpoint of the catalogue, and all its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenCheckpoint {
    /// The checkpoint.
    pub checkpoint: NamedCheckpoint,
    /// Its names.
    pub names: Vec<String>,
}

/// All that there is, each by its id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// The containers.
    pub containers: BTreeMap<String, Seen>,
    /// The named checkpoints.
    pub checkpoints: BTreeMap<String, SeenCheckpoint>,
}

/// Looks at everything.
///
/// # Errors
/// The database can't be read.
pub fn snapshot(engine: &Engine) -> Result<Snapshot> {
    let rows = engine.store.rows();
    let operations = rows.operations()?;
    let mut all = Snapshot::default();
    for mut container in rows.containers()? {
        look(engine, &mut container);
        let id = container.config.id.clone();
        let at_work = operations
            .iter()
            .find(|one| one.container == id && proc::is_alive(&one.owner));
        let mut checkpoints = Vec::new();
        for checkpoint in rows.checkpoints_of(&id)? {
            checkpoints.push(checkpoint.id.clone());
            let names = rows.checkpoint_names(&checkpoint.id)?;
            let seen = SeenCheckpoint { checkpoint, names };
            all.checkpoints.insert(seen.checkpoint.id.clone(), seen);
        }
        let seen = Seen {
            operation: at_work.map_or("", |one| word(&one.intent)),
            health: health::read(engine, &container.config).map(|health| health.status),
            container,
            checkpoints,
        };
        all.containers.insert(id, seen);
    }
    Ok(all)
}

fn word(intent: &Intent) -> &'static str {
    match intent {
        Intent::Create => "create",
        Intent::Start => "start",
        Intent::Remove => "remove",
        Intent::Checkpoint { .. } => "checkpoint",
        Intent::Restore { .. } | Intent::RestorePod { .. } => "restore",
        Intent::Connect { .. } => "connect",
        Intent::Disconnect { .. } => "disconnect",
    }
}

/// The id of the container that a process is in.
///
/// # Errors
/// [`crate::Error::NoSuchContainer`]; the database or `/proc` can't be read.
pub fn container_of_process(engine: &Engine, pid: i32) -> Result<String> {
    let cgroup = proc::cgroup_of(pid)?.unwrap_or_default();
    let containers = engine.store.rows().containers()?;
    let found = containers.into_iter().find(|container| {
        let id = &container.config.id;
        container.state.pid == Some(pid) || cgroup.split('/').any(|part| part == id)
    });
    match found {
        Some(container) => Ok(container.config.id),
        None => Err(crate::Error::NoSuchContainer(format!("process {pid}"))),
    }
}

/// Calls `sink` with what has happened each time that somebody wrote to the database, until it
/// returns false or nobody waits any more. The first call comes at once, with nothing: what was
/// written before it counts as seen, whatever comes after it is told.
///
/// # Errors
/// The database can't be read.
pub fn watch(
    engine: &Engine,
    cancel: &Cancel,
    mut sink: impl FnMut(Vec<StoredEvent>) -> bool,
) -> Result<()> {
    let rows = engine.store.rows();
    let mut version = rows.data_version()?;
    let mut seen = rows.last_event()?;
    if !sink(Vec::new()) {
        return Ok(());
    }
    while !cancel.is_cancelled() {
        let now = rows.data_version()?;
        if now != version {
            version = now;
            let events = rows.events_after(seen)?;
            seen = events.last().map_or(seen, |event| event.number);
            if !sink(events) {
                return Ok(());
            }
        }
        std::thread::sleep(POLL);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::container::example;

    #[test]
    fn what_was_written_is_told_once_and_shown() {
        let root = tempfile::tempdir().unwrap();
        let open = || {
            Engine::open(Config {
                root: root.path().join("lib"),
                run_root: root.path().join("run"),
                ..Config::default()
            })
            .unwrap()
        };
        let (watched, other) = (open(), open());
        let add = move |id: &str| {
            let container = example(id);
            let written = other.store.transaction(|rows| {
                rows.insert_container(&container)?;
                rows.insert_event("create", &container, "")
            });
            written.unwrap();
        };
        add("before");
        let mut told = Vec::new();
        let mut begins = Some(());
        watch(&watched, &Cancel::default(), |events| {
            told.extend(events.into_iter().map(|event| event.id));
            // Nothing that is written from the first call on is missed.
            if begins.take().is_some() {
                add("after");
            }
            told.is_empty()
        })
        .unwrap();
        assert_eq!(told, ["after"]);
        let all = snapshot(&watched).unwrap();
        assert_eq!(
            all.containers.keys().collect::<Vec<_>>(),
            ["after", "before"]
        );
        assert!(container_of_process(&watched, 1).is_err());
    }
}
