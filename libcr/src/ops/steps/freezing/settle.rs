//! What comes after a finished dump: it is on disk, and its container is one that is frozen.

use std::fs;
use std::path::Path;

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::Container;
use crate::model::operation::CheckpointTarget;
use crate::model::status::Status;
use crate::ops::steps::catalogue::record;
use crate::ops::steps::freezing::place::Place;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::tear_down::tear_down;
use crate::sys::dir::{at, remove_file_if_present};
use crate::sys::machine;

/// Puts all that was written to the file system of `directory` on disk.
pub fn make_durable(directory: &Path) -> Result<()> {
    let handle = fs::File::open(directory).map_err(at("open", directory))?;
    Ok(rustix::fs::syncfs(handle)
        .map_err(std::io::Error::from)
        .map_err(at("sync", directory))?)
}

/// Ends the processes of a container whose checkpoint is whole, and makes its record say so.
///
/// Its own checkpoint is Podman's: status exited, code 0. After one with a name it is Docker's:
/// killed, code 137; the catalogue knows of the checkpoint, not the container.
pub fn frozen(engine: &Engine, container: &mut Container, target: &CheckpointTarget) -> Result<()> {
    tear_down(engine, container)?;
    let now = machine::now();
    let named = matches!(target, CheckpointTarget::Named { .. });
    let state = &mut container.state;
    state.status = Status::Exited;
    state.exit_code = if named { 137 } else { 0 };
    state.pid = None;
    state.monitor_pid = None;
    state.network_status.clear();
    state.ports.clear();
    state.restored_at = None;
    state.checkpointed_at = Some(now.clone()).filter(|_| !named);
    state.checkpoint_archived &= named;
    state.checkpoint_images = match target {
        CheckpointTarget::Images { directory, .. } => Some(directory.clone()),
        _ => None,
    };
    state.finished_at = Some(now);
    Ok(())
}

/// Ends the operation of a checkpoint whose files have their names: state, event, and the row of one
/// for the catalogue, all at once.
pub fn finish(journal: Journal<'_>, container: &mut Container, place: &Place) -> Result<()> {
    let Some(destination) = place.named() else {
        return journal.finish(container, Some(("checkpoint", "")));
    };
    let checkpoint = record::read(&destination.directory)?;
    container.state.last_named.clone_from(&checkpoint.id);
    journal.end_with(|rows| {
        rows.update_state(&container.config.id, &container.state)?;
        if destination.listed {
            rows.insert_checkpoint(&checkpoint)?;
        }
        rows.insert_event("checkpoint", container, &checkpoint.name)
    })
}

/// Removes CRIU's logs and statistics, as Podman does without `--keep`.
pub fn discard_logs(work: &Path) -> Result<()> {
    for name in ["dump.log", "stats-dump", "config.dump", "spec.dump"] {
        remove_file_if_present(&work.join(name))?;
    }
    Ok(())
}
