//! What a killed engine left half-done: completed or undone, each operation by its rule.
//!
//! | operation | rule |
//! |---|---|
//! | create | row and directory go |
//! | start | what it made is torn down; created or exited as before |
//! | remove | goes on to its end |
//! | checkpoint, not whole | thawed, what is partial goes; where the dump ended the processes and is whole, the container is frozen |
//! | checkpoint, whole | the processes end; the container is frozen |
//! | network connect, disconnect | it is taken off the network |
//! | restore of a pod | where all its containers are there, they go on; else the pod goes |
//! | restore | where CRIU finished, the container runs; else what was made goes, the checkpoint stays |

use std::path::Path;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::Container;
use crate::model::event::Event;
use crate::model::operation::{CheckpointPhase, CheckpointTarget, Intent, Operation};
use crate::model::status::Status;
use crate::monitor::client;
use crate::ops::steps::catalogue::generations;
use crate::ops::steps::freezing::capture::{self, CaptureOptions};
use crate::ops::steps::freezing::place::{self, Place};
use crate::ops::steps::freezing::settle;
use crate::ops::steps::included_image;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::bring_up::{cgroup_path, pod_cgroup_of};
use crate::ops::steps::life::netplug::attach;
use crate::ops::steps::life::tear_down::tear_down;
use crate::ops::steps::life::{files, remove, rootfs, volumes};
use crate::ops::steps::thawing::consume;
use crate::ops::steps::thawing::thaw::{end_silence, verify};
use crate::ops::steps::thawing::whole_pod;
use crate::sys::cgroup::Cgroup;
use crate::sys::dir::{partial_path, remove_dir_if_present, remove_file_if_present};
use crate::sys::{machine, proc};

/// How long a command that may have nothing to do with it waits for a monitor that still thaws.
const RESTORE_PATIENCE: Duration = Duration::from_secs(2);
/// How long a process that CRIU ended may take to give its memory back.
const ENDING_PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait for what goes on without its engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Until it has ended: the caller wants this very container.
    Unlimited,
    /// A moment: the operation is left open then.
    Bounded,
}

/// Deals with all open operations of a container whose lock the caller holds. Whoever began one
/// held the lock too, so it is gone; only a creation and the restore of a pod go without.
pub fn recover_container(engine: &Engine, id: &str, patience: Patience) -> Result<()> {
    // Read under the lock: what was known before may be done, or have gone further.
    for operation in engine.store.rows().operations()? {
        let unlocked = matches!(operation.intent, Intent::Create | Intent::RestorePod { .. });
        let orphaned = !unlocked || !proc::is_alive(&operation.owner);
        if operation.container == id && orphaned {
            tracing::debug!(container = id, intent = ?operation.intent, "recovery");
            let known = engine.store.rows().container(id)?;
            recover_one(engine, &operation, patience)?;
            tell(engine, &operation, known)?;
        }
    }
    Ok(())
}

/// Says what was cut short, and what is true now.
fn tell(engine: &Engine, operation: &Operation, known: Option<Container>) -> Result<()> {
    let id = &operation.container;
    let open = engine.store.rows().operations()?;
    if open.iter().any(|other| other.number == operation.number) {
        // Whoever waits no longer has said so.
        return Ok(());
    }
    let what = match &operation.intent {
        Intent::Create => "its creation",
        Intent::Start => "its start",
        Intent::Remove => "its removal",
        Intent::Checkpoint { .. } => "its checkpoint",
        Intent::Restore { imported: true, .. } => "its import",
        Intent::Restore { .. } => "its restore",
        Intent::RestorePod { .. } => "the restore of its pod",
        Intent::Connect { .. } => "a network connect",
        Intent::Disconnect { .. } => "a network disconnect",
    };
    let found = engine.store.rows().container(id)?;
    let now = match found.as_ref().map(|container| &container.state) {
        None => "is gone",
        Some(state) if state.status.is_alive() => "runs on",
        Some(state) if state.checkpointed_at.is_some() => "is frozen, to be restored",
        Some(state) => match state.status {
            Status::Created => "is created, not started",
            _ => "has exited",
        },
    };
    let name = found.or(known).map(|container| container.config.name);
    let name = name.as_deref().unwrap_or(id);
    tracing::warn!(
        "recovered what a killed engine left of container {name}: {what} was cut short; it {now}"
    );
    Ok(())
}

fn recover_one(engine: &Engine, operation: &Operation, patience: Patience) -> Result<()> {
    let id = &operation.container;
    let journal = Journal::adopt(engine, id, operation.number);
    let container = engine.store.rows().container(id)?;
    match (&operation.intent, container) {
        (Intent::Create | Intent::Remove, container) => {
            remove::finish(engine, container.as_ref(), id, journal)
        }
        (
            Intent::Restore {
                imported: true,
                image,
                ..
            },
            None,
        ) => {
            remove_dir_if_present(&engine.container_dir(id))?;
            volumes::discard(engine, id)?;
            forget_image(engine, image)?;
            journal.abandon()
        }
        (_, None) => journal.abandon(),
        (Intent::RestorePod { whole, volumes }, Some(infra)) => {
            restore_of_pod(engine, infra, *whole, *volumes, journal)
        }
        (Intent::Start, Some(container)) => {
            tear_down(engine, &container)?;
            after_failed_start(&container, journal)
        }
        (Intent::Checkpoint { .. }, Some(container)) => {
            checkpoint(engine, container, operation, journal)
        }
        (Intent::Connect { network } | Intent::Disconnect { network }, Some(container)) => {
            off_network(engine, container, &operation.intent, network, &journal)
        }
        (Intent::Restore { .. }, Some(container)) => {
            restore(engine, container, &operation.intent, patience, journal)
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

fn off_network(
    engine: &Engine,
    mut container: Container,
    intent: &Intent,
    network: &str,
    journal: &Journal<'_>,
) -> Result<()> {
    attach::leave(engine, &mut container, network)?;
    journal.end_with(|rows| {
        attach::write_down(rows, &container, network)?;
        match intent {
            Intent::Disconnect { .. } => {
                rows.insert_network_event("disconnect", network, &container.config.id)
            }
            _ => Ok(()),
        }
    })
}

fn checkpoint(
    engine: &Engine,
    mut container: Container,
    operation: &Operation,
    journal: Journal<'_>,
) -> Result<()> {
    let Intent::Checkpoint {
        phase,
        leave_running,
        export,
        keep,
        ends,
        target,
    } = &operation.intent
    else {
        return journal.abandon();
    };
    let place = Place::new(engine, &container, target.clone());
    // A link to the dead engine's pipe; whoever asks CRIU next writes a configuration anew.
    remove_file_if_present(&files::criu_config(engine, &container.config.id))?;
    if *phase == CheckpointPhase::Dump {
        if let Some(path) = export.as_deref().filter(|path| *path != Path::new("-")) {
            remove_file_if_present(&partial_path(path))?;
        }
        let same_boot = operation.owner.boot_id == proc::boot_id();
        // CRIU writes the inventory last: with it the dump is whole.
        let dumped = *ends && place.images().join("inventory.img").exists();
        // A large process takes its time to end.
        let ended = dumped
            && (!same_boot
                || container
                    .state
                    .pid
                    .is_none_or(|pid| proc::wait_gone(pid, ENDING_PATIENCE)));
        let group = Cgroup::at(&cgroup_path(&container.config));
        if ended && same_boot {
            // The dump ended the processes itself: it is all there is of them. Their mounts are
            // still there to be captured, perhaps a second time.
            let options = CaptureOptions {
                copy_rootfs: place.named().is_some(),
                ..CaptureOptions::default()
            };
            capture::capture(engine, &container, place.home(), options)?;
        } else if !ended || !capture::is_whole(place.home()) {
            // Of a whole pod that was about to be frozen: the cgroup of its containers first.
            if let Some(pod) = pod_cgroup_of(&container.config).map(|path| Cgroup::at(&path))
                && pod.exists()
            {
                pod.thaw()?;
            }
            if group.exists() {
                group.thaw()?;
            }
            place.discard()?;
            reclaim(engine, &place, &container)?;
            return journal.abandon();
        }
    }
    place.promote()?;
    if *target == CheckpointTarget::PreCheckpoint {
        let chain = place::chain(&engine.bundle(&container.config.id))?;
        container.state.pre_checkpoints = u32::try_from(chain.len()).unwrap_or(u32::MAX);
    }
    if !leave_running {
        settle::frozen(engine, &mut container, target)?;
    }
    if !keep {
        settle::discard_logs(&engine.bundle(&container.config.id))?;
    }
    settle::finish(journal, &mut container, &place)?;
    reclaim(engine, &place, &container)
}

/// What a checkpoint for the catalogue wrote and doesn't need.
fn reclaim(engine: &Engine, place: &Place, container: &Container) -> Result<()> {
    match place.named() {
        Some(_) => generations::reclaim(engine, &container.config.id),
        None => Ok(()),
    }
}

fn restore(
    engine: &Engine,
    mut container: Container,
    intent: &Intent,
    patience: Patience,
    journal: Journal<'_>,
) -> Result<()> {
    let Intent::Restore {
        imported,
        keep,
        named,
        image,
    } = intent
    else {
        return journal.abandon();
    };
    let id = container.config.id.clone();
    let paths = engine.monitor_paths(&id);
    let started = Instant::now();
    // The monitor goes on without its engine; it ends when the restore failed.
    while paths.container_pid().is_none() && !client::find(&id)?.is_empty() {
        if patience == Patience::Bounded && started.elapsed() > RESTORE_PATIENCE {
            tracing::warn!(
                container = id,
                "a restore whose engine was killed still goes on"
            );
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let monitor = client::find(&id)?.pop();
    // Where that can't be found out, nothing is torn down for it: the operation stays open.
    if let (Some(monitor), Some(pid)) = (monitor, running_pid(engine, &container)?) {
        verify(engine, &container, pid)?;
        end_silence(engine, &container)?;
        let state = &mut container.state;
        state.status = state
            .status
            .after(Event::Restore)
            .unwrap_or(Status::Running);
        state.pid = Some(pid);
        state.monitor_pid = Some(monitor);
        state.boot_id = proc::boot_id();
        state.restored_at = Some(machine::now());
        state.started_at = state
            .started_at
            .take()
            .or_else(|| state.restored_at.clone());
        state.checkpointed_at = None;
        state.checkpoint_images = None;
        state.pre_checkpoints = 0;
        state.last_named.clone_from(named);
        state.exit_code = 0;
        state.stopped_by_user = false;
        state.error.clear();
        rootfs::forget_aside(engine, &container.config)?;
        if !keep {
            consume::checkpoint(&engine.bundle(&id))?;
            container.state.checkpoint_archived = false;
        }
        return journal.end_with(|rows| {
            rows.update_state(&id, &container.state)?;
            volumes::settle(rows, &id)?;
            rows.insert_event("restore", &container, "")
        });
    }
    tear_down(engine, &container)?;
    if *imported {
        remove::finish(engine, Some(&container), &id, journal)?;
        return forget_image(engine, image);
    }
    rootfs::put_back(engine, &container.config)?;
    after_failed_start(&container, journal)
}

fn restore_of_pod(
    engine: &Engine,
    infra: Container,
    whole: bool,
    volumes: bool,
    journal: Journal<'_>,
) -> Result<()> {
    if whole {
        whole_pod::let_go(engine, infra.config.pod_id())?;
        return journal.abandon();
    }
    let recover = |engine: &Engine, id: &str| recover_container(engine, id, Patience::Bounded);
    if whole_pod::take_back_abandoned(engine, infra, volumes, recover)? {
        return journal.abandon();
    }
    Ok(())
}

/// The image that a failed import brought goes with it.
fn forget_image(engine: &Engine, image: &str) -> Result<()> {
    if image.is_empty() {
        return Ok(());
    }
    included_image::forget(engine, image)
}

/// The first process as the runtime knows it.
fn running_pid(engine: &Engine, container: &Container) -> Result<Option<i32>> {
    let state = engine.runtime_of(container)?.state(&container.config.id)?;
    Ok(state
        .filter(|state| state.status == "running")
        .map(|state| state.pid))
}
