//! What a container of a pod needs of the pod: its infra container, which holds the namespaces that
//! they share, running; and what becomes of that one when the last of the others has ended.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::criu;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::pod::{ExitPolicy, Pod, Shared};
use crate::model::container::{Container, ContainerConfig};
use crate::model::status::Status;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::end;
use crate::ops::steps::life::launch::launch;
use crate::ops::steps::life::netplug;
use crate::ops::steps::life::observe::{look, observe};
use crate::runtime::pause;
use crate::sys::dir::at;
use crate::sys::ipc;

/// Where the root file system of an infra container is, below its directory.
const ROOTFS: &str = "rootfs";

/// Where the root file system of an infra container is.
pub fn infra_rootfs(engine: &Engine, id: &str) -> PathBuf {
    engine.container_dir(id).join(ROOTFS)
}

/// Makes the root file system of an infra container: the one program that it runs.
///
/// # Errors
/// [`Error::MissingOnHost`] for a processor that the program was not written for.
pub fn make_infra_rootfs(engine: &Engine, id: &str) -> Result<()> {
    let program = pause::program().ok_or_else(|| {
        Error::MissingOnHost(format!(
            "there is no program for the infra container of a pod on {}: name an image with --infra-image",
            std::env::consts::ARCH
        ))
    })?;
    let directory = infra_rootfs(engine, id);
    fs::create_dir_all(&directory).map_err(at("make", &directory))?;
    let path = directory.join(pause::PATH.trim_start_matches('/'));
    fs::write(&path, program).map_err(at("write", &path))?;
    Ok(fs::set_permissions(&path, Permissions::from_mode(0o555)).map_err(at("protect", &path))?)
}

/// Starts the container whose namespaces another one joins, if that doesn't run. The caller holds
/// the lock of the other one: an infra container's lock is always taken last.
///
/// # Errors
/// [`Error::WrongState`] when it is paused, [`Error::NotRunning`] when it has ended and stays so
/// ([`Pod::stays_down`]); whatever
/// keeps it from starting.
pub fn ensure(engine: &Engine, config: &ContainerConfig) -> Result<()> {
    let Some(infra) = joined(config) else {
        return Ok(());
    };
    let pod = engine.store.rows().pod(config.pod_id())?;
    let stays_down = pod.is_some_and(|pod| pod.stays_down);
    match running(engine, infra, !stays_down)? {
        Ok(_) => Ok(()),
        Err(infra) => Err(Error::WrongState(format!(
            "container {} joins the namespaces of {}, which is paused: unpause its pod first",
            config.name, infra.config.name
        ))),
    }
}

/// Starts the infra container of a pod, if it doesn't run; returns its first process.
///
/// # Errors
/// [`Error::WrongState`] when it is paused; whatever keeps it from starting.
pub fn start(engine: &Engine, infra: &str) -> Result<Option<i32>> {
    match running(engine, infra, true)? {
        Ok(infra) => Ok(infra.state.pid),
        Err(infra) => Err(Error::WrongState(format!(
            "container {} is paused",
            infra.config.name
        ))),
    }
}

/// The container, which runs; else the one that is paused. `starts`: one that doesn't run is started.
fn running(engine: &Engine, infra: &str, starts: bool) -> Result<Result<Container, Container>> {
    let (_lock, mut infra) = claim(engine, infra)?;
    observe(engine, &mut infra)?;
    match infra.state.status {
        Status::Running => Ok(Ok(infra)),
        Status::Paused => Ok(Err(infra)),
        // Under its lock: whoever stops the pod has done so, or waits until the other one has begun.
        _ if !starts => Err(Error::NotRunning(not_running(engine, &infra.config)?)),
        _ => {
            launch(engine, &mut infra, false)?;
            Ok(Ok(infra))
        }
    }
}

fn not_running(engine: &Engine, infra: &ContainerConfig) -> Result<String> {
    let pod = engine.store.rows().pod(infra.pod_id())?;
    let name = pod.map_or_else(|| infra.pod_id().to_owned(), |pod| pod.name);
    Ok(format!(
        "pod {name} is not running, and no container of it starts it again: start the pod first, or make another one"
    ))
}

/// The container whose namespaces one joins.
fn joined(config: &ContainerConfig) -> Option<&str> {
    let membership = config.pod.as_ref()?;
    (!membership.joins.is_empty()).then_some(membership.joins.as_str())
}

/// Namespaces that a container joins, with a path for each.
pub type Namespaces = Vec<(Shared, PathBuf)>;

/// Writes the limits of System V objects and message queues that a container shares with its pod into
/// its images: a thaw sets what these have, for all of the pod. [`ensure`] was called.
///
/// # Errors
/// When they can't be read or written.
pub fn keep_limits(engine: &Engine, config: &ContainerConfig, images: &Path) -> Result<()> {
    let Some(holder) = config.joined(Shared::Ipc) else {
        return Ok(());
    };
    let Some(pid) = engine.reload(holder)?.state.pid else {
        return Ok(());
    };
    let limits = ipc::limits(pid).map_err(|error| {
        let name = &config.name;
        io::Error::other(format!(
            "cannot tell the limits of the pod of {name}: {error}"
        ))
    })?;
    Ok(criu::ipc_limits::set(images, &limits)?)
}

/// What stands for the paths of [`namespaces`] where only their kinds matter: the container that
/// holds them need not run yet.
///
/// # Errors
/// None.
pub fn stand_ins(_: &Engine, config: &ContainerConfig) -> Result<Namespaces> {
    let joined = Shared::ALL
        .into_iter()
        .filter(|kind| config.joined(*kind).is_some());
    let path = |kind: Shared| Path::new("/proc/0/ns").join(kind.word());
    Ok(joined.map(|kind| (kind, path(kind))).collect())
}

/// Namespaces that a container joins, with a path for each; [`ensure`] was called.
///
/// # Errors
/// [`Error::WrongState`] when the container that holds them doesn't run.
pub fn namespaces(engine: &Engine, config: &ContainerConfig) -> Result<Namespaces> {
    let mut paths = Vec::new();
    for kind in Shared::ALL {
        let Some(holder) = config.joined(kind) else {
            continue;
        };
        let holder = engine.reload(holder)?;
        let pid = holder.state.pid.filter(|_| holder.state.status.is_alive());
        let pid = pid.ok_or_else(|| {
            Error::WrongState(format!(
                "container {} joins the namespaces of container {}, which is not running: start that one first",
                config.name, holder.config.name
            ))
        })?;
        let path = match netplug::namespace(engine, config)?.filter(|_| kind == Shared::Net) {
            Some(bound) => bound,
            None => Path::new("/proc").join(format!("{pid}/ns/{}", kind.word())),
        };
        paths.push((kind, path));
    }
    Ok(paths)
}

/// Stops the infra container of a pod where nothing else of the pod runs and its exit policy says
/// so. The caller holds no lock of the pod's containers.
///
/// # Errors
/// When it can't be stopped.
pub fn after_end(engine: &Engine, config: &ContainerConfig) -> Result<()> {
    let Some(membership) = config
        .pod
        .as_ref()
        .filter(|membership| !membership.is_infra)
    else {
        return Ok(());
    };
    let Some(pod) = engine.store.rows().pod(&membership.pod)? else {
        return Ok(());
    };
    if pod.exit_policy == ExitPolicy::Stop {
        stop_if_alone(engine, &pod)?;
    }
    Ok(())
}

/// Stops the infra container of a pod where nothing else of the pod runs. The caller holds no lock
/// of the pod's containers.
///
/// # Errors
/// When it can't be stopped.
pub fn stop_if_alone(engine: &Engine, pod: &Pod) -> Result<()> {
    let Some(infra) = &pod.infra else {
        return Ok(());
    };
    let (_lock, mut holder) = match claim(engine, infra) {
        Err(Error::NoSuchContainer(_)) => return Ok(()),
        claimed => claimed?,
    };
    observe(engine, &mut holder)?;
    if !holder.state.status.is_alive() || !is_alone(engine, &pod.id, infra)? {
        return Ok(());
    }
    end::stop(engine, &mut holder, None)?;
    Ok(engine
        .store
        .transaction(|rows| rows.insert_pod_event("stop", pod))?)
}

/// Whether nothing else of the pod lives or is about to.
fn is_alone(engine: &Engine, pod: &str, infra: &str) -> Result<bool> {
    let members = engine.store.rows().containers_of_pod(pod)?;
    let operations = engine.store.rows().operations()?;
    let busy = |one: &mut Container| {
        look(engine, one);
        let begun = operations
            .iter()
            .any(|open| open.container == one.config.id);
        one.state.status.is_alive() || one.state.restart_due || begun
    };
    let mut others = members.into_iter().filter(|one| one.config.id != infra);
    Ok(!others.any(|mut one| busy(&mut one)))
}
