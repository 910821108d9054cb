//! Makes a finished dump the container's checkpoint, and the container one that is frozen.

use std::fs;
use std::path::Path;

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::Container;
use crate::model::status::Status;
use crate::ops::steps::freezing::capture::{self, COMPANIONS};
use crate::ops::steps::life::tear_down::tear_down;
use crate::sys::dir::{at, remove_dir_if_present, remove_file_if_present, sync_parent};
use crate::sys::machine;

/// Gives a finished dump and what was captured with it their names. Done in part and broken off,
/// it goes on from there when called again.
pub fn promote(bundle: &Path) -> Result<()> {
    let (images, partial) = (bundle.join("checkpoint"), bundle.join("checkpoint.partial"));
    let captured = capture::partial(bundle);
    if partial.exists() && images.exists() {
        // An older checkpoint: its companions first, so that a break leaves no images that look
        // whole without them.
        for name in COMPANIONS {
            remove_file_if_present(&bundle.join(name))?;
        }
        remove_dir_if_present(&images)?;
    }
    for name in COMPANIONS {
        let from = captured.join(name);
        if from.exists() {
            fs::rename(&from, bundle.join(name)).map_err(at("rename", &from))?;
        }
    }
    if partial.exists() {
        fs::rename(&partial, &images).map_err(at("rename", &partial))?;
    }
    remove_dir_if_present(&captured)?;
    Ok(sync_parent(&images)?)
}

/// Removes a dump and a capture that don't count.
pub fn discard(bundle: &Path) -> Result<()> {
    remove_dir_if_present(&bundle.join("checkpoint.partial"))?;
    Ok(remove_dir_if_present(&capture::partial(bundle))?)
}

/// Puts all that was written to the file system of `directory` on disk.
pub fn make_durable(directory: &Path) -> Result<()> {
    let handle = fs::File::open(directory).map_err(at("open", directory))?;
    Ok(rustix::fs::syncfs(handle)
        .map_err(std::io::Error::from)
        .map_err(at("sync", directory))?)
}

/// Ends the processes of a container whose checkpoint is whole, and makes its record say so.
/// Podman's: status exited, code 0.
pub fn frozen(engine: &Engine, container: &mut Container) -> Result<()> {
    tear_down(engine, container)?;
    let now = machine::now();
    let state = &mut container.state;
    state.status = Status::Exited;
    state.exit_code = 0;
    state.pid = None;
    state.monitor_pid = None;
    state.network_status.clear();
    state.ports.clear();
    state.restored_at = None;
    state.checkpointed_at = Some(now.clone());
    state.finished_at = Some(now);
    Ok(())
}

/// Removes CRIU's logs and statistics, as Podman does without `--keep`.
pub fn discard_logs(bundle: &Path) -> Result<()> {
    for name in ["dump.log", "stats-dump", "config.dump", "spec.dump"] {
        remove_file_if_present(&bundle.join(name))?;
    }
    Ok(())
}
