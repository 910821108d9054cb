//! A pod that an archive brings: whole, or taken back.
//!
//! While it is being made its infra container has an open operation, which says what it brought. An
//! engine that finds that operation with its owner gone takes the pod back; where all containers
//! were there already, it lets them go on.

use std::collections::BTreeSet;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::container::pod::Pod;
use crate::model::status::Status;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::life::remove::{remove_infra, remove_with};
use crate::ops::steps::life::{end, volumes};
use crate::store::StoreError;
use crate::store::lock::ContainerLock;
use crate::sys::cgroup::Cgroup;

/// Lets the containers of a pod that were held until all of them were there go on.
///
/// # Errors
/// When the kernel doesn't.
pub fn let_go(engine: &Engine, pod: &str) -> Result<()> {
    for container in engine.store.rows().containers_of_pod(pod)? {
        let group = Cgroup::at(&cgroup_path(&container.config));
        if container.state.status == Status::Running && group.is_frozen() {
            group.thaw()?;
        }
    }
    Ok(())
}

/// Removes a pod that was only half made, with its containers; with `volumes` also those that they
/// have, which came with them. The caller holds no lock.
///
/// # Errors
/// What can't be removed stays, with its pod.
pub fn take_back(engine: &Engine, pod: &Pod, volumes: bool) -> Result<()> {
    let mut brought = BTreeSet::new();
    for id in others(engine, pod)? {
        match claim(engine, &id) {
            Err(Error::NoSuchContainer(_)) => {}
            Err(error) => return Err(error),
            Ok((_lock, container)) => {
                brought.extend(volumes_of(&container));
                remove_member(engine, container)?;
            }
        }
    }
    if let Some(infra) = &pod.infra {
        match claim(engine, infra) {
            Err(Error::NoSuchContainer(_)) => {}
            Err(error) => return Err(error),
            Ok((_lock, container)) => take_back_infra(engine, container)?,
        }
    }
    if volumes {
        forget_volumes(engine, &brought)?;
    }
    Ok(())
}

/// As [`take_back`], where the caller holds the lock of the infra container; false when another
/// command has one of its containers: those wait for this lock, so none of theirs is waited for.
///
/// # Errors
/// As [`take_back`].
pub fn take_back_abandoned(
    engine: &Engine,
    infra: Container,
    volumes: bool,
    recover: impl Fn(&Engine, &str) -> Result<()>,
) -> Result<bool> {
    let Some(pod) = engine.store.rows().pod(infra.config.pod_id())? else {
        return Ok(true);
    };
    let locks = engine.config.run_root.join("locks");
    let mut brought = BTreeSet::new();
    for id in others(engine, &pod)? {
        let Some(_lock) = ContainerLock::try_acquire(&locks, &id)? else {
            return Ok(false);
        };
        recover(engine, &id)?;
        match engine.reload(&id) {
            Err(Error::NoSuchContainer(_)) => engine.forget_lock(&id)?,
            Err(error) => return Err(error),
            Ok(container) => {
                brought.extend(volumes_of(&container));
                remove_member(engine, container)?;
            }
        }
    }
    take_back_infra(engine, infra)?;
    if volumes {
        forget_volumes(engine, &brought)?;
    }
    Ok(true)
}

fn others(engine: &Engine, pod: &Pod) -> Result<Vec<String>> {
    let mut ids = engine.store.rows().members_of_pod(&pod.id)?;
    ids.retain(|id| pod.infra.as_ref() != Some(id));
    Ok(ids)
}

fn remove_member(engine: &Engine, container: Container) -> Result<()> {
    remove_with(engine, &ended(engine, container)?, true)
}

fn take_back_infra(engine: &Engine, container: Container) -> Result<()> {
    remove_infra(engine, &ended(engine, container)?)
}

/// A container whose lock is held, on its way out.
fn ended(engine: &Engine, mut container: Container) -> Result<Container> {
    observe(engine, &mut container)?;
    if container.state.status.is_alive() {
        end::stop(engine, &mut container, Some(0))?;
    }
    container.state.status = Status::Removing;
    Ok(container)
}

fn volumes_of(container: &Container) -> Vec<String> {
    let volumes = container.config.named_volumes.iter();
    volumes.map(|one| one.name.clone()).collect()
}

fn forget_volumes(engine: &Engine, names: &BTreeSet<String>) -> Result<()> {
    for name in names {
        match volumes::remove_unused(engine, name) {
            Ok(()) | Err(Error::Store(StoreError::NoSuchVolume(_)) | Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
