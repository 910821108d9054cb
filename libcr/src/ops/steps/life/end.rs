//! Ends a container's processes: the stop signal, some time, then SIGKILL.

use std::time::Duration;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::status::Status;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::observe::{is_ours, observe, wait_for_exit};
use crate::sys::cgroup::Cgroup;
use crate::sys::{proc, signal};

/// How long a monitor may take to write an end down.
const EXIT_PATIENCE: Duration = Duration::from_secs(10);

/// Stops a container that lives and whose lock is held, for good: its restart policy rests. It
/// gets `timeout` seconds (`None`: its own time) before it is killed; true when it had to be.
pub fn stop(engine: &Engine, container: &mut Container, timeout: Option<u32>) -> Result<bool> {
    container.state.stopped_by_user = true;
    container.state.restart_due = false;
    end_and_observe(engine, container, timeout)
}

/// Stops a container that lives and whose lock is held, so that its clean-up starts it again,
/// whatever its restart policy. It gets the time that [`stop`] gives.
pub fn stop_for_restart(
    engine: &Engine,
    container: &mut Container,
    timeout: Option<u32>,
) -> Result<()> {
    container.state.restart_due = true;
    end_and_observe(engine, container, timeout).map(drop)
}

fn end_and_observe(
    engine: &Engine,
    container: &mut Container,
    timeout: Option<u32>,
) -> Result<bool> {
    write_down(engine, container)?;
    let killed = end(container, timeout.unwrap_or(container.config.stop_timeout))?;
    wait_for_exit(engine, container, EXIT_PATIENCE);
    observe(engine, container)?;
    Ok(killed)
}

/// Sends a signal to the first process of a container that lives and whose lock is held.
///
/// As in Podman, whatever the signal is and does: the restart policy rests from now on.
pub fn kill(engine: &Engine, container: &mut Container, number: i32) -> Result<()> {
    let Some(pid) = container.state.pid else {
        return Ok(());
    };
    let before = container.state.clone();
    container.state.stopped_by_user = true;
    write_down(engine, container)?;
    if let Err(error) = proc::signal(pid, number) {
        container.state = before;
        write_down(engine, container)?;
        return Err(error.into());
    }
    engine
        .store
        .transaction(|rows| rows.insert_event("kill", container, ""))?;
    Ok(())
}

fn write_down(engine: &Engine, container: &Container) -> Result<()> {
    let id = &container.config.id;
    engine
        .store
        .transaction(|rows| rows.update_state(id, &container.state))?;
    Ok(())
}

/// Ends the processes of a container, waiting `timeout` seconds before it kills them. Returns
/// true when it had to kill.
pub fn end(container: &Container, timeout: u32) -> Result<bool> {
    let Some(pid) = container.state.pid.filter(|_| is_ours(container)) else {
        return Ok(false);
    };
    let group = Cgroup::at(&cgroup_path(&container.config));
    if container.state.status == Status::Paused {
        group.thaw()?;
    }
    if timeout > 0 {
        let name = signal::name(container.config.stop_signal);
        let patience = Duration::from_secs(u64::from(timeout));
        match proc::signal(pid, container.config.stop_signal) {
            Ok(()) if proc::wait_gone(pid, patience) => return Ok(false),
            Ok(()) => tracing::warn!(
                "StopSignal {name} failed to stop container {} in {timeout} seconds, resorting to SIGKILL",
                container.config.name
            ),
            // It ends all the same.
            Err(error) => tracing::warn!(
                %error,
                "StopSignal {name} can't be sent to container {}, resorting to SIGKILL",
                container.config.name
            ),
        }
    }
    if !is_ours(container) {
        return Ok(false);
    }
    proc::signal(pid, 9)?;
    if !proc::wait_gone(pid, Duration::from_secs(10)) {
        return Err(Error::RuntimeFailed(format!(
            "process {pid} of container {} did not end after SIGKILL",
            container.config.name
        )));
    }
    Ok(true)
}
