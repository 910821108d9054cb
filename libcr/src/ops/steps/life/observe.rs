//! Brings a container's record in step with what is true: it may have ended, or the machine may
//! have been started anew, since the record was written.

use std::time::Duration;

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::Container;
use crate::model::event::Event;
use crate::model::status::Status;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::tear_down::tear_down;
use crate::sys::cgroup::Cgroup;
use crate::sys::{machine, proc};

/// Exit code of a container whose end nobody saw.
const UNKNOWN_EXIT: i32 = 255;

/// What is true of a container now, nothing changed: for listing, without its lock.
pub fn look(engine: &Engine, container: &mut Container) {
    if !container.state.status.is_alive() {
        return;
    }
    let paths = engine.monitor_paths(&container.config.id);
    if let Some(code) = paths.exit_status() {
        ended(container, code, paths.out_of_memory());
    } else if container.state.boot_id != proc::boot_id() {
        ended(container, UNKNOWN_EXIT, false);
    } else if container.state.pid.is_none_or(|pid| !proc::exists(pid)) {
        // Between the end of the first process and the exit file; or the monitor was killed.
        let monitored = container.state.monitor_pid.is_some_and(proc::exists);
        if !monitored {
            ended(
                container,
                paths.exit_status().unwrap_or(UNKNOWN_EXIT),
                false,
            );
        }
    }
}

/// As [`look`], under the container's lock: one that ended is cleaned up after and its record
/// written. Returns true when it was found ended.
pub fn observe(engine: &Engine, container: &mut Container) -> Result<bool> {
    let was_alive = container.state.status.is_alive();
    if was_alive && container.state.pid.is_none_or(|pid| !proc::exists(pid)) {
        wait_for_exit(engine, container, Duration::from_secs(5));
    }
    look(engine, container);
    if !was_alive || container.state.status.is_alive() {
        return Ok(false);
    }
    finish_exit(engine, container)?;
    Ok(true)
}

/// Waits until the monitor has written down how the container ended.
pub fn wait_for_exit(engine: &Engine, container: &Container, limit: Duration) {
    let paths = engine.monitor_paths(&container.config.id);
    let deadline = std::time::Instant::now() + limit;
    while paths.exit_status().is_none() && std::time::Instant::now() < deadline {
        let monitored = container.state.monitor_pid.is_some_and(proc::exists);
        if !monitored {
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Cleans up after a container whose state says that it ended, and writes that down.
pub fn finish_exit(engine: &Engine, container: &mut Container) -> Result<()> {
    tear_down(engine, container)?;
    container.state.network_status.clear();
    container.state.ports.clear();
    let detail = container.state.exit_code.to_string();
    engine.store.transaction(|rows| {
        rows.update_state(&container.config.id, &container.state)?;
        rows.insert_event("died", container, &detail)
    })?;
    Ok(())
}

fn ended(container: &mut Container, code: i32, out_of_memory: bool) {
    let state = &mut container.state;
    if let Some(status) = state.status.after(Event::Died) {
        state.status = status;
    }
    state.pid = None;
    state.monitor_pid = None;
    state.exit_code = code;
    state.oom_killed = out_of_memory;
    state.finished_at = Some(machine::now());
}

/// Whether the container's processes stand still in memory though its record says running: a
/// killed engine left it frozen.
pub fn is_frozen(container: &Container) -> bool {
    container.state.status == Status::Running
        && Cgroup::at(&cgroup_path(&container.config.id)).is_frozen()
}
