//! Processes, cgroups and mounts of a container: what must be there while it lives, what must not
//! while it doesn't.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::status::Status;
use crate::monitor::client;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::observe::{is_monitored, observe};
use crate::ops::steps::life::rootfs;
use crate::ops::steps::life::tear_down::{kill_all, tear_down};
use crate::sys::cgroup::Cgroup;
use crate::sys::{mount, proc};

use super::collected::Collected;
use super::world::{World, is_ours};

/// What a container that lives must have.
pub(super) fn living<'a>(
    engine: &'a Engine,
    container: &'a Container,
    world: &World,
    found: &mut Collected<'a>,
) -> Result<()> {
    let config = &container.config;
    monitor(engine, container, world, found)?;
    let group = Cgroup::at(&cgroup_path(config));
    let name = &config.name;
    match (container.state.status, group.is_frozen()) {
        (Status::Running, true) => {
            let what = format!("{name} stands still in its cgroup, and nobody freezes it");
            found.repairable("cgroups", what, "lets it go on", move || Ok(group.thaw()?));
        }
        (Status::Paused, false) => {
            let what = format!("{name} is paused by its record, but runs");
            found.repairable("cgroups", what, "pauses it", move || Ok(group.freeze()?));
        }
        _ => {}
    }
    let again =
        || format!("stop it and start it again: cryopod stop {name}, then cryopod start {name}");
    if let Ok(runtime) = engine.runtime_of(container)
        && !runtime.state.join(&config.id).is_dir()
    {
        let what = format!("{} doesn't know {name}, which runs", runtime.name);
        found.by_hand("processes", what, again());
    }
    if !engine.monitor_paths(&config.id).directory.is_dir() {
        let what = format!("the sockets of the monitor of {name} are gone");
        found.by_hand("processes", what, again());
    }
    for path in rootfs::mounted(engine, config) {
        if !mount::is_mounted(&path)? {
            let what = format!("{} is not mounted, but {name} runs", path.display());
            found.by_hand("mounts", what, again());
        }
    }
    Ok(())
}

fn monitor<'a>(
    engine: &'a Engine,
    container: &'a Container,
    world: &World,
    found: &mut Collected<'a>,
) -> Result<()> {
    let (id, name) = (&container.config.id, &container.config.name);
    let seen = world.monitors.get(id).map_or(0, Vec::len);
    if seen == 1 && is_monitored(container) {
        return Ok(());
    }
    // Looked for again: what was seen was of a moment without the lock.
    let there = client::find(id)?;
    let parent = container.state.pid.and_then(proc::parent);
    let own = there.iter().copied().find(|pid| Some(*pid) == parent);
    match own {
        None if is_monitored(container) => {}
        None => {
            let what = format!(
                "{name} runs without its monitor: its output is lost, and nobody will see how it ends"
            );
            let remedy = "ends it, so that it can be started again";
            found.forced("processes", what, remedy, move || {
                kill_all(&Cgroup::at(&cgroup_path(&container.config)))?;
                observe(engine, &mut container.clone()).map(drop)
            });
        }
        Some(own) if container.state.monitor_pid != Some(own) => {
            let what = format!("the monitor of {name} is process {own}, its record says another");
            found.repairable("processes", what, "writes it down", move || {
                let mut state = container.state.clone();
                state.monitor_pid = Some(own);
                Ok(engine
                    .store
                    .transaction(|rows| rows.update_state(id, &state))?)
            });
        }
        Some(_) => {}
    }
    let keep = own.or(container.state.monitor_pid);
    for pid in there.into_iter().filter(|pid| Some(*pid) != keep) {
        let what = format!("{name} has a second monitor, process {pid}");
        found.repairable("processes", what, "ends it", move || {
            if client::find(id)?.contains(&pid) {
                proc::kill_and_wait(pid);
            }
            Ok(())
        });
    }
    Ok(())
}

/// What one that doesn't live must not have. All of it goes by one step, which passes over what is
/// gone.
pub(super) fn leftovers<'a>(
    engine: &'a Engine,
    container: &'a Container,
    world: &World,
    found: &mut Collected<'a>,
) -> Result<()> {
    let config = &container.config;
    let (id, name) = (config.id.as_str(), config.name.as_str());
    let status = container.state.status.as_str();
    let group = Cgroup::at(&cgroup_path(config));
    let processes = group.processes().len();
    let mut left: Vec<(&'static str, String)> = Vec::new();
    if processes > 0 {
        let what =
            format!("{name} is {status} by its record, but processes of it run: {processes}");
        left.push(("processes", what));
    } else if group.exists() {
        left.push(("cgroups", format!("{name} is {status} and has a cgroup")));
    }
    let monitors = world
        .monitors
        .get(id)
        .map(|_| client::find(id))
        .transpose()?;
    for monitor in monitors.into_iter().flatten() {
        let what = format!("{name} is {status} and has a monitor, process {monitor}");
        left.push(("processes", what));
    }
    if let Ok(runtime) = engine.runtime_of(container)
        && is_ours(engine, &runtime, id)
    {
        let what = format!("{name} is {status}, but {} keeps it", runtime.name);
        left.push(("processes", what));
    }
    for path in rootfs::mounted(engine, config) {
        if mount::is_mounted(&path)? {
            let what = format!("{} is mounted, but {name} is {status}", path.display());
            left.push(("mounts", what));
        }
    }
    let netns = engine.netns(id);
    if netns.symlink_metadata().is_ok() {
        let what = format!("{name} is {status} and has a network namespace");
        left.push(("network", what));
    }
    let leases = engine.store.rows().all_leases()?;
    for lease in leases.into_iter().filter(|lease| lease.container == id) {
        let what = format!("{name} is {status} and holds address {}", lease.address);
        left.push(("network", what));
    }
    if !container.state.ports.is_empty() {
        left.push(("network", format!("{name} is {status} and holds ports")));
    }
    let run = engine.monitor_paths(id);
    for path in [run.directory.clone(), run.exit_file()] {
        if path.symlink_metadata().is_ok() {
            let what = format!("{} is there, but {name} is {status}", path.display());
            left.push(("containers", what));
        }
    }
    for (check, what) in left {
        let remedy = if processes > 0 {
            "ends them and cleans up after them"
        } else {
            "cleans up after it"
        };
        found.repairable_if(processes == 0, check, what, remedy, move || {
            put_away(engine, container)
        });
    }
    Ok(())
}

fn put_away(engine: &Engine, container: &Container) -> Result<()> {
    tear_down(engine, container)?;
    let mut fresh = engine.reload(&container.config.id)?;
    if fresh.state.status.is_alive() {
        return Err(Error::WrongState("it runs by now".into()));
    }
    fresh.state.network_status.clear();
    fresh.state.ports.clear();
    fresh.state.pid = None;
    fresh.state.monitor_pid = None;
    engine.store.transaction(|rows| {
        rows.update_state(&container.config.id, &fresh.state)?;
        rows.release_leases(&container.config.id)
    })?;
    Ok(())
}
