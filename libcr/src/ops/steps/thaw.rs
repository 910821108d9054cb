//! Brings the processes of a dump back under a monitor, and checks that what runs is what was
//! asked for before anybody is told so.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{Container, NetworkMode};
use crate::monitor::MonitorError;
use crate::monitor::client::Monitored;
use crate::ops::steps::bring_up::cgroup_path;
use crate::ops::steps::failure;
use crate::ops::steps::monitor::{self, RestoreCall};
use crate::sys::cgroup::Cgroup;
use crate::sys::dir::remove_dir_if_present;
use crate::sys::proc;

/// Thaws; mounts, network and bundle are there. Returns what runs and the runtime's time.
pub fn thaw(
    engine: &Engine,
    container: &Container,
    call: &RestoreCall,
) -> Result<(Monitored, Duration)> {
    // crun refuses to make it when an earlier restore left it.
    remove_dir_if_present(&engine.bundle(&container.config.id).join("criu-root"))?;
    let started = Instant::now();
    let monitored = monitor::start(engine, container, Some(call))
        .map_err(|error| explain(engine, container, &error, &call.work.join("restore.log")))?;
    let took = started.elapsed();
    verify(engine, container, monitored.pid)?;
    Ok((monitored, took))
}

/// The first process is in the container's own cgroup and network.
fn verify(engine: &Engine, container: &Container, pid: i32) -> Result<()> {
    let failed = |cause: String| Error::Restore {
        name: container.config.name.clone(),
        cause,
        remedy: Some("this is a fault of the OCI runtime: try the other one with --runtime".into()),
        log: None,
    };
    let wanted = cgroup_path(&container.config.id);
    let group = Cgroup::at(&wanted);
    let found = proc::cgroup_of(pid).unwrap_or_default();
    if found != wanted && !found.starts_with(&format!("{wanted}/")) {
        // An older runc puts it where the checkpoint's cgroup was: it belongs here.
        if !proc::exists(pid) {
            return Ok(());
        }
        tracing::warn!(pid, found, wanted, "restored into a foreign cgroup: moved");
        group.adopt(pid).map_err(|error| {
            failed(format!(
                "its process is in cgroup {found} and can't be moved to {wanted}: {error}"
            ))
        })?;
    }
    if let NetworkMode::Bridge { .. } | NetworkMode::None = container.config.network {
        use std::os::unix::fs::MetadataExt;
        let own = std::fs::metadata(engine.netns(&container.config.id)).ok();
        let own = own.map(|facts| (facts.dev(), facts.ino()));
        let found = proc::namespace(pid, "net");
        if found.is_some() && own != found {
            return Err(failed(
                "its process is in a network namespace that is not its own".into(),
            ));
        }
    }
    Ok(())
}

fn explain(engine: &Engine, container: &Container, error: &Error, log: &Path) -> Error {
    if matches!(error, Error::Monitor(MonitorError::Missing(_)) | Error::Runtime(_)) {
        return Error::MissingOnHost(error.to_string());
    }
    let (cause, remedy) = failure::meaning(log, &error.to_string());
    Error::Restore {
        name: container.config.name.clone(),
        cause,
        remedy,
        log: failure::keep_log(engine, &container.config.id, log),
    }
}
