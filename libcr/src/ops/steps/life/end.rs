//! Ends a container's processes: the stop signal, some time, then SIGKILL.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::status::Status;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::sys::cgroup::Cgroup;
use crate::sys::{proc, signal};

/// Ends the processes of a container, waiting `timeout` seconds before it kills them. Returns
/// true when it had to kill.
pub fn end(container: &Container, timeout: u32) -> Result<bool> {
    let Some(pid) = container.state.pid else {
        return Ok(false);
    };
    let group = Cgroup::at(&cgroup_path(&container.config.id));
    if container.state.status == Status::Paused {
        group.thaw()?;
    }
    if timeout > 0 {
        proc::signal(pid, container.config.stop_signal)?;
        if proc::wait_gone(pid, Duration::from_secs(u64::from(timeout))) {
            return Ok(false);
        }
        tracing::warn!(
            "StopSignal {} failed to stop container {} in {timeout} seconds, resorting to SIGKILL",
            signal::name(container.config.stop_signal),
            container.config.name
        );
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
