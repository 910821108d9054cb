//! Ends a container's processes: the stop signal, some time, then SIGKILL.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::status::Status;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::observe::is_ours;
use crate::sys::cgroup::Cgroup;
use crate::sys::{proc, signal};

/// Ends the processes of a container, waiting `timeout` seconds before it kills them. Returns
/// true when it had to kill.
pub fn end(container: &Container, timeout: u32) -> Result<bool> {
    let Some(pid) = container.state.pid.filter(|_| is_ours(container)) else {
        return Ok(false);
    };
    let group = Cgroup::at(&cgroup_path(&container.config.id));
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
