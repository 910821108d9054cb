//! Brings the processes of a dump back under a monitor, and checks that what runs is what was
//! asked for before anybody is told so.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::criu::log::Phase;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::monitor::MonitorError;
use crate::monitor::client::Monitored;
use crate::ops::steps::failure;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::monitor::{self, RestoreCall};
use crate::ops::steps::life::{files, netplug, rootfs};
use crate::ops::steps::sandbox;
use crate::runtime::kernel::is_of_network;
use crate::sys::cgroup::Cgroup;
use crate::sys::dir::remove_file_if_present;
use crate::sys::proc;

/// Thaws; mounts, network and bundle are there. Returns what runs and the runtime's time.
pub fn thaw(
    engine: &Engine,
    container: &Container,
    call: &RestoreCall,
) -> Result<(Monitored, Duration)> {
    // crun refuses to make it when an earlier restore left it.
    rootfs::forget_criu_root(&engine.bundle(&container.config.id))?;
    // What an earlier thaw complained of must not explain this one's failure.
    let log = call.work.join("restore.log");
    remove_file_if_present(&log)?;
    files::write_criu_config(engine, &container.config.id, &call.options)?;
    set_up_network(engine, container)?;
    let started = Instant::now();
    let monitored = monitor::start(engine, container, Some(call))
        .map_err(|error| explain(engine, container, &error, &log))?;
    let took = started.elapsed();
    verify(engine, container, monitored.pid)?;
    if call.tcp_established {
        end_silence(engine, container)?;
    }
    announce(engine, container);
    Ok((monitored, took))
}

/// Settings of the kernel that belong to the container's network: a runtime sets them where it makes a
/// container, and CRIU leaves a namespace that it didn't make as it is.
fn set_up_network(engine: &Engine, container: &Container) -> Result<()> {
    let config = &container.config;
    let mut settings = config.kernel.sysctls.clone();
    if let Some(spec) = &config.imported_spec {
        let theirs = spec["linux"]["sysctl"].as_object().into_iter().flatten();
        settings.extend(theirs.filter_map(|(name, value)| {
            value.as_str().map(|value| (name.clone(), value.to_owned()))
        }));
    }
    settings.retain(|name, _| is_of_network(name));
    if settings.is_empty() || !config.network.is_own() {
        return Ok(());
    }
    for (name, error) in network::settings::write(&engine.netns(&config.id), settings)? {
        tracing::warn!(%error, "{name} is not set again: this kernel doesn't take it");
    }
    Ok(())
}

/// Lets packets in and out again where open connections were kept in silence until their sockets
/// were back (`netplug::set_up`).
pub fn end_silence(engine: &Engine, container: &Container) -> Result<()> {
    let netns = engine.netns(&container.config.id);
    if !network::netns::exists(&netns) {
        return Ok(());
    }
    match network::silence::end(&netns) {
        // Without the program there was no silence.
        Err(network::Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            Ok(())
        }
        ended => Ok(ended?),
    }
}

/// Peers on the segment find the new place at once. One that doesn't hear of it finds it later.
fn announce(engine: &Engine, container: &Container) {
    let blocks = container.state.network_status.values();
    let interfaces: Vec<_> = blocks
        .flat_map(|block| &block.interfaces)
        .filter_map(|(name, facts)| Some((name.clone(), facts.mac_address.parse().ok()?)))
        .collect();
    if interfaces.is_empty() {
        return;
    }
    let netns = engine.netns(&container.config.id);
    if let Err(error) = network::announce::announce(&netns, &interfaces) {
        tracing::debug!(%error, "the network was not told where the container is");
    }
}

/// All processes are in the container's own cgroup.
///
/// crun 1.28 moves the first process there and leaves its children in the cgroup of the caller;
/// an older runc puts all of them where the checkpoint's cgroup was. They are moved, and those
/// that were forked meanwhile too.
fn gather(wanted: &str, root: i32) -> Result<(), String> {
    let group = Cgroup::at(wanted);
    let inside = |cgroup: &str| cgroup == wanted || cgroup.starts_with(&format!("{wanted}/"));
    for _ in 0..100 {
        let mut strayed = false;
        for pid in proc::tree(root) {
            let found = proc::cgroup_of(pid)
                .map_err(|error| format!("the cgroup of process {pid} is unknown: {error}"))?;
            let Some(found) = found.filter(|found| !inside(found)) else {
                continue;
            };
            // What waits to be reaped stays where it ended: the kernel moves no dead process.
            if proc::is_dead(pid) {
                continue;
            }
            strayed = true;
            tracing::debug!(pid, found, wanted, "restored into a foreign cgroup: moved");
            if let Err(error) = group.adopt(pid)
                && proc::exists(pid)
            {
                return Err(format!(
                    "process {pid} is in cgroup {found} and can't be moved to {wanted}: {error}"
                ));
            }
        }
        if !strayed {
            return Ok(());
        }
    }
    Err(format!(
        "its processes fork faster than they can be moved to cgroup {wanted}"
    ))
}

/// What runs is in the container's own cgroup and network.
pub fn verify(engine: &Engine, container: &Container, pid: i32) -> Result<()> {
    let failed = |cause: String| Error::Restore {
        name: container.config.name.clone(),
        cause,
        remedy: Some("this is a fault of the OCI runtime: try the other one with --runtime".into()),
        log: None,
    };
    gather(&cgroup_path(&container.config), pid).map_err(failed)?;
    for (kind, path) in sandbox::namespaces(engine, &container.config)? {
        use std::os::unix::fs::MetadataExt;
        let pods = std::fs::metadata(path).ok();
        let pods = pods.map(|facts| (facts.dev(), facts.ino()));
        let found = proc::namespace(pid, kind.word());
        if found.is_some() && pods != found {
            let word = kind.oci_word();
            return Err(failed(format!(
                "its process is in a {word} namespace that is not its pod's"
            )));
        }
    }
    if let Some(path) = netplug::namespace(engine, &container.config)? {
        use std::os::unix::fs::MetadataExt;
        let own = std::fs::metadata(path).ok();
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
    if matches!(
        error,
        Error::Monitor(MonitorError::Missing(_)) | Error::Runtime(_)
    ) {
        return Error::MissingOnHost(error.to_string());
    }
    let (cause, remedy) = failure::meaning(log, Phase::Restore, &error.to_string());
    Error::Restore {
        name: container.config.name.clone(),
        cause,
        remedy,
        log: failure::keep_log(engine, &container.config.id, log),
    }
}
