//! Containers in sandboxes.

mod making;
mod security;
pub mod upkeep;
mod view;

use std::fs;
use std::path::{Path, PathBuf};

use libcr::model::container::Container;
use libcr::model::status::Status;
use libcr::ops::lifecycle::{create as creation, ps, rm, start as starting, stop as stopping};
use libcr::ops::restore::{self, Checkpoint, RestoreOptions};
use libcr::progress::Cancel;
use libcr::{Engine, Error};

use super::door::Door;
use super::identity::{self, given};
use super::messages::{
    ContainerStatusResponse, CreateContainerRequest, Empty, Id, ListContainersRequest,
    ListContainersResponse, StatusOfRequest, StopContainerRequest,
};
use super::{Refusal, runtime, sandbox};

pub use making::options;
pub use view::status_of;

/// `CreateContainer`. One of a checkpoint (an archive's path, or a checkpoint image) is refused unless
/// the service allows it: it brings what somebody else wrote into the pod of a client that asked for a
/// container of its own.
pub async fn create(door: Door, request: CreateContainerRequest) -> Result<Id, Refusal> {
    let config = request
        .config
        .ok_or_else(|| Refusal::invalid("the request has no configuration of a container"))?;
    let pod = request.pod_sandbox_id;
    let (id, of) = door
        .run(move |engine| {
            let (facts, sandbox) = sandbox::known(engine, &pod)?;
            sandbox::check_running(&facts)?;
            Ok((facts.pod.id, sandbox))
        })
        .await?;
    let handler = of.handler.clone();
    // It may be gone since the sandbox was made.
    runtime::find(&door, &handler).await?;
    let allowed = door.may_restore("CreateContainer of a checkpoint");
    let make = move |engine: &Engine, cancel: &Cancel| {
        let image = config.image.clone().unwrap_or_default().image;
        let made = options(&config, &id, &of)?;
        let id = match checkpoint(engine, &image)? {
            None => creation::create(engine, &made.options)?,
            Some(checkpoint) => {
                allowed?;
                restore::prepare(engine, checkpoint, &made.options, cancel)?
            }
        };
        if let Err(refusal) = expose_log_at(engine, &id, &made.log_path) {
            let options = rm::RmOptions {
                force: true,
                timeout: Some(0),
                volumes: true,
            };
            rm::rm(engine, &id, options)?;
            return Err(refusal);
        }
        Ok(Id { id })
    };
    door.run_cancelled_with(&handler, make).await
}

/// The checkpoint that an image of a request is, if it is one.
fn checkpoint<'a>(engine: &Engine, image: &'a str) -> Result<Option<Checkpoint<'a>>, Refusal> {
    if image.starts_with('/') {
        return Ok(Some(Checkpoint::Archive(Path::new(image))));
    }
    let is_one = !image.is_empty() && restore::is_checkpoint(engine, image)?;
    Ok(is_one.then_some(Checkpoint::Image(image)))
}

/// As [`expose_log`], where the request names a place for it.
pub fn expose_log_at(engine: &Engine, id: &str, path: &str) -> Result<(), Refusal> {
    if path.is_empty() {
        return Ok(());
    }
    expose_log(engine, id, Path::new(path))
}

/// Makes a log visible where Kubernetes looks for it.
fn expose_log(engine: &Engine, id: &str, path: &Path) -> Result<(), Refusal> {
    let failed = |error: std::io::Error| {
        Refusal::invalid(&format!("cannot make the log {}: {error}", path.display()))
    };
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(failed)?;
    }
    let log = engine.log_file(id);
    match std::os::unix::fs::symlink(&log, path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            // Of a container of that name that is gone: its removal was killed on the way.
            let target = fs::read_link(path).map_err(|_| failed(error))?;
            let own = target.starts_with(engine.config.root.join("containers"));
            if target != log && (!own || target.exists()) {
                return Err(failed(std::io::ErrorKind::AlreadyExists.into()));
            }
            fs::remove_file(path).map_err(failed)?;
            std::os::unix::fs::symlink(&log, path).map_err(failed)
        }
        made => made.map_err(failed),
    }
}

/// Where the log of a container is expected, if anywhere.
fn known_log(container: &Container) -> Option<PathBuf> {
    let known: identity::Container = identity::read(&container.config.labels)?;
    (known.sandbox == container.config.pod_id() && !known.log_path.is_empty())
        .then(|| PathBuf::from(known.log_path))
}

/// Takes that away again, where it still is what we made.
pub fn forget_log(engine: &Engine, container: &Container) {
    let Some(path) = known_log(container) else {
        return;
    };
    if fs::read_link(&path).is_ok_and(|target| target == engine.log_file(&container.config.id))
        && let Err(error) = fs::remove_file(&path)
    {
        tracing::warn!(%error, path = %path.display(), "log");
    }
}

/// Makes the log of a container visible that isn't.
fn restore_log(engine: &Engine, container: &Container) -> Result<(), Refusal> {
    let id = &container.config.id;
    match known_log(container) {
        Some(path) if !fs::read_link(&path).is_ok_and(|target| target == engine.log_file(id)) => {
            expose_log(engine, id, &path)
        }
        _ => Ok(()),
    }
}

/// The same after all of a container that was not removed.
pub fn remember_log(engine: &Engine, container: &Container) {
    if engine.find(&container.config.id).is_ok()
        && let Err(refusal) = restore_log(engine, container)
    {
        tracing::warn!(?refusal, "log");
    }
}

/// `StartContainer`: a container of Kubernetes runs once. One of a checkpoint is thawed.
pub async fn start(door: Door, request: Id) -> Result<Empty, Refusal> {
    let allowed = door.may_restore("StartContainer of a checkpoint");
    let start = move |engine: &Engine| {
        let found = engine.find(given(&request.id)?)?;
        let id = &found.config.id;
        // Whoever made it may have been killed before this.
        restore_log(engine, &found)?;
        // Both ask under its lock whether it has run by now. Before it has, neither becomes the other.
        if found.state.status == Status::Created && found.state.checkpoint_archived {
            allowed?;
            let options = RestoreOptions {
                prepared: true,
                ..RestoreOptions::default()
            };
            restore::restore(engine, id, &options, &Cancel::default())?;
        } else {
            starting::start_new(engine, id)?;
        }
        Ok(Empty {})
    };
    door.run(start).await
}

/// `StopContainer`: after the time in seconds it is killed. One that is gone is stopped.
pub async fn stop(door: Door, request: StopContainerRequest) -> Result<Empty, Refusal> {
    given(&request.container_id)?;
    let seconds = u32::try_from(request.timeout.max(0)).unwrap_or(u32::MAX);
    let stop = move |engine: &Engine| {
        gone_is_fine(stopping::stop(engine, &request.container_id, Some(seconds)).map(drop))
    };
    door.run(stop).await
}

/// `RemoveContainer`, also while it runs. One that is gone is removed.
pub async fn remove(door: Door, request: Id) -> Result<Empty, Refusal> {
    given(&request.id)?;
    let remove = move |engine: &Engine| {
        let container = match engine.find(&request.id) {
            Ok(container) => container,
            Err(error) => return gone_is_fine(Err(error)),
        };
        let options = rm::RmOptions {
            force: true,
            timeout: Some(0),
            volumes: true,
        };
        // First: a link to what is gone would stay for ever if this were killed in between.
        forget_log(engine, &container);
        let removed = gone_is_fine(rm::rm(engine, &container.config.id, options).map(drop));
        if removed.is_err() {
            remember_log(engine, &container);
        }
        removed
    };
    door.run(remove).await
}

fn gone_is_fine(done: libcr::Result<()>) -> Result<Empty, Refusal> {
    match done.map_err(Refusal::from) {
        Err(refusal) if !refusal.is_not_found() => Err(refusal),
        _ => Ok(Empty {}),
    }
}

/// `ListContainers`.
pub async fn list(
    door: Door,
    request: ListContainersRequest,
) -> Result<ListContainersResponse, Refusal> {
    let filter = request.filter.unwrap_or_default();
    let list = move |engine: &Engine| {
        let all = ps::list(engine)?;
        let containers = all.iter().filter_map(view::item);
        let fits = |one: &super::messages::Container| view::fits(one, &filter);
        Ok(ListContainersResponse {
            containers: containers.filter(fits).collect(),
        })
    };
    door.run(list).await
}

/// `ContainerStatus`.
pub async fn status(
    door: Door,
    request: StatusOfRequest,
) -> Result<ContainerStatusResponse, Refusal> {
    let status = move |engine: &Engine| {
        let container = seen(engine, &request.id)?;
        let status = status_of(&container).ok_or_else(|| {
            Refusal::not_found(&format!("the container {} is in no sandbox", request.id))
        })?;
        let mut response = ContainerStatusResponse {
            status: Some(status),
            ..ContainerStatusResponse::default()
        };
        if request.verbose {
            let whole = libcr::ops::lifecycle::inspect::inspect(engine, &container.config.id)?;
            response.info.insert("info".into(), whole.to_string());
        }
        Ok(response)
    };
    door.run(status).await
}

/// A container as it truly is.
pub fn seen(engine: &Engine, id: &str) -> Result<Container, Refusal> {
    let id = engine.find(given(id)?)?.config.id;
    let found = ps::list(engine)?
        .into_iter()
        .find(|one| one.config.id == id);
    Ok(found.ok_or(Error::NoSuchContainer(id))?)
}
