//! What a killed engine left half-done, found when an engine opens: completed or undone, each
//! operation by its rule.
//!
//! | operation | rule |
//! |---|---|
//! | create | row and directory go |
//! | start | what it made is torn down; created or exited as before |
//! | remove | goes on to its end |
//! | checkpoint, not whole | thawed, what is partial goes; where the dump ended the processes and is whole, the container is frozen |
//! | checkpoint, whole | the processes end; the container is frozen |
//! | restore | where CRIU finished, the container runs; else what was made goes, the checkpoint stays |

use std::path::Path;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::Container;
use crate::model::event::Event;
use crate::model::operation::{CheckpointPhase, Intent, Operation};
use crate::model::status::Status;
use crate::monitor::client;
use crate::ops::steps::freezing::pack;
use crate::ops::steps::freezing::settle;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::tear_down::tear_down;
use crate::ops::steps::life::{remove, rootfs};
use crate::ops::steps::thawing::consume;
use crate::ops::steps::thawing::unpack;
use crate::sys::cgroup::Cgroup;
use crate::sys::dir::{partial_path, remove_dir_if_present, remove_file_if_present};
use crate::sys::{machine, proc};

/// How long a restore that lost its engine may go on before it is given up.
const RESTORE_PATIENCE: Duration = Duration::from_mins(4);

/// Completes or undoes all operations whose process is gone.
pub fn recover(engine: &Engine) -> Result<()> {
    let operations = engine.store.rows().operations()?;
    if operations.is_empty() {
        return Ok(());
    }
    for operation in operations
        .iter()
        .filter(|operation| !proc::is_alive(&operation.owner))
    {
        // A runtime that still dumps holds the lock too: this waits for its end.
        let _lock = engine.lock(&operation.container)?;
        let open = engine.store.rows().operations()?;
        // Another process may have dealt with it while this one waited.
        if open.iter().any(|other| other.number == operation.number) {
            tracing::warn!(container = operation.container, intent = ?operation.intent, "recovering what a killed engine left");
            recover_one(engine, operation)?;
        }
    }
    unpack::sweep(engine)
}

fn recover_one(engine: &Engine, operation: &Operation) -> Result<()> {
    let id = &operation.container;
    let journal = Journal::adopt(engine, id, operation.number);
    let container = engine.store.rows().container(id)?;
    match (&operation.intent, container) {
        (Intent::Create | Intent::Remove, container) => {
            remove::finish(engine, container.as_ref(), id, journal)
        }
        (Intent::Restore { imported: true, .. }, None) => {
            remove_dir_if_present(&engine.container_dir(id))?;
            journal.abandon()
        }
        (_, None) => journal.abandon(),
        (Intent::Start, Some(container)) => {
            tear_down(engine, &container)?;
            after_failed_start(&container, journal)
        }
        (
            Intent::Checkpoint {
                phase,
                leave_running,
                export,
                keep,
            },
            Some(container),
        ) => {
            let export = export.as_deref();
            checkpoint(
                engine,
                container,
                *phase,
                *leave_running,
                export,
                *keep,
                journal,
            )
        }
        (Intent::Restore { imported, keep }, Some(container)) => {
            restore(engine, container, *imported, *keep, journal)
        }
    }
}

fn after_failed_start(container: &Container, journal: Journal<'_>) -> Result<()> {
    let mut container = container.clone();
    container.state.network_status.clear();
    container.state.ports.clear();
    container.state.pid = None;
    container.state.monitor_pid = None;
    journal.finish(&container, None)
}

fn checkpoint(
    engine: &Engine,
    mut container: Container,
    phase: CheckpointPhase,
    leave_running: bool,
    export: Option<&Path>,
    keep: bool,
    journal: Journal<'_>,
) -> Result<()> {
    let bundle = engine.bundle(&container.config.id);
    let partial = bundle.join("checkpoint.partial");
    let group = Cgroup::at(&cgroup_path(&container.config.id));
    if phase == CheckpointPhase::Dump {
        if let Some(path) = export {
            remove_file_if_present(&partial_path(path))?;
        }
        let alive = container.state.pid.is_some_and(proc::exists);
        // CRIU writes the inventory last: with it the dump is whole.
        let whole = partial.join("inventory.img").exists() && !leave_running;
        if alive || !whole {
            if group.exists() {
                group.thaw()?;
            }
            remove_dir_if_present(&partial)?;
            return journal.abandon();
        }
        // The dump ended the processes itself: it is all there is of them.
        let captured = bundle.join("devshm-checkpoint.tar").exists();
        if !captured {
            pack::capture(engine, &container, true, false)?;
            let status = serde_json::to_vec(&container.state.network_status)
                .map_err(std::io::Error::other)?;
            crate::sys::dir::write_atomic(&bundle.join("network.status"), &status, 0o600)?;
        }
        settle::promote(&bundle, &partial)?;
    }
    if !leave_running {
        settle::frozen(engine, &mut container)?;
    }
    if !keep {
        settle::discard_logs(&bundle)?;
    }
    journal.finish(&container, Some(("checkpoint", "")))
}

fn restore(
    engine: &Engine,
    mut container: Container,
    imported: bool,
    keep: bool,
    journal: Journal<'_>,
) -> Result<()> {
    let id = container.config.id.clone();
    let paths = engine.monitor_paths(&id);
    let deadline = Instant::now() + RESTORE_PATIENCE;
    // The monitor goes on without its engine; it ends when the restore failed.
    while paths.container_pid().is_none()
        && !client::find(&id).is_empty()
        && Instant::now() < deadline
    {
        std::thread::sleep(Duration::from_millis(5));
    }
    let monitor = client::find(&id).pop();
    let runtime = engine.runtime_of(&container)?;
    let running = runtime
        .state(&id)?
        .filter(|state| state.status == "running");
    if let (Some(monitor), Some(state)) = (monitor, running) {
        let next = container
            .state
            .status
            .after(Event::Restore)
            .unwrap_or(Status::Running);
        container.state.status = next;
        container.state.pid = Some(state.pid);
        container.state.monitor_pid = Some(monitor);
        container.state.boot_id = proc::boot_id();
        container.state.restored_at = Some(machine::now());
        container.state.checkpointed_at = None;
        rootfs::forget_aside(engine, &container.config)?;
        if !keep {
            consume::checkpoint(&engine.bundle(&id))?;
        }
        return journal.finish(&container, Some(("restore", "")));
    }
    tear_down(engine, &container)?;
    if imported {
        return remove::finish(engine, Some(&container), &id, journal);
    }
    rootfs::put_back(engine, &container.config)?;
    after_failed_start(&container, journal)
}
