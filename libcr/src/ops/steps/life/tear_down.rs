//! Undoes `bring_up` and what ran above it: after an exit, after a failure, after a crash. Every
//! part passes over what is gone already.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::monitor::client;
use crate::ops::steps::life::bring_up::{cgroup_path, pod_cgroup_of};
use crate::ops::steps::life::netplug;
use crate::ops::steps::life::rootfs;
use crate::sys::cgroup::{self, Cgroup};
use crate::sys::fault;

/// Kills what is left of a container's processes, forgets it in the runtime, takes it off its
/// networks, unmounts its files. The monitor is given the time to write the exit down.
///
/// All parts are tried; the first error is returned.
pub fn tear_down(engine: &Engine, container: &Container) -> Result<()> {
    let taken_down = take_down(engine, container);
    let cleared = engine.monitor_paths(&container.config.id).clear();
    taken_down?;
    Ok(cleared?)
}

/// As [`tear_down`], but what the monitor wrote stays: how the container ended.
pub fn take_down(engine: &Engine, container: &Container) -> Result<()> {
    let id = &container.config.id;
    let mut first: Option<Error> = None;
    let mut note = |what: &str, result: Result<()>| {
        if let Err(error) = result {
            tracing::warn!(container = id, %error, "{what}");
            first.get_or_insert(error);
        }
    };
    let group = Cgroup::at(&cgroup_path(&container.config));
    note("kill", kill_all(&group));
    // netavark takes as long as all the rest, and neither needs the other.
    let unplugged = std::thread::scope(|scope| {
        let network = std::thread::Builder::new().name("network".into());
        let config = &engine.config;
        let unplugging = network.spawn_scoped(scope, || netplug::unplug(config, container));
        // Its container is gone, so a monitor ends by itself as soon as the pipes are drained; one
        // that waits for a runtime that never answers does not.
        client::wait_until_gone(id, std::time::Duration::from_secs(5));
        if let Ok(runtime) = engine.runtime_of(container) {
            note("runtime delete", runtime.delete(id).map_err(Error::from));
        }
        note("cgroup", group.remove().map_err(Error::from));
        note("unmount", rootfs::unmount(engine, &container.config));
        match unplugging {
            Ok(thread) => thread
                .join()
                .unwrap_or_else(|_| Err(std::io::Error::other("its thread died").into())),
            Err(_) => netplug::unplug(config, container),
        }
    });
    fault::point("unplugged");
    let released = unplugged.and_then(|()| netplug::release(engine, id));
    note("network", released);
    cgroup::remove_parent_if_empty(pod_cgroup_of(&container.config).as_deref());
    first.map_or(Ok(()), Err)
}

/// Kills all processes of a container, frozen or not, and leaves its cgroup thawed, so that the
/// runtime takes it for stopped.
pub fn kill_all(group: &Cgroup) -> Result<()> {
    match group.kill().and_then(|()| group.thaw()) {
        // Gone already, or meanwhile: a runtime whose engine was killed cleans up after itself.
        Err(_) if !group.exists() => Ok(()),
        done => Ok(done?),
    }
}
