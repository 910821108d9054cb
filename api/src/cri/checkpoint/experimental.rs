//! Our own package: a checkpoint in place and the restore of it, with the options that Kubernetes' pull
//! request 97689 wanted and `runtime.v1` never got. A container is frozen in its sandbox, and goes on
//! there.

use std::path::PathBuf;

use libcr::Engine;
use libcr::ops::checkpoint::{CheckpointOptions, checkpoint as freeze};
use libcr::ops::restore::{RestoreOptions, restore as thaw};
use libcr::progress::Cancel;

use super::known;
use crate::cri::door::Door;
use crate::cri::identity::given;
use crate::cri::messages::{CheckpointRestoreRequest, Id};
use crate::cri::{Refusal, container};

/// `CheckpointContainer`: stops it, unless it is to go on; into an archive, or in place. A client that
/// no longer waits takes it back.
pub async fn checkpoint(door: Door, request: CheckpointRestoreRequest) -> Result<Id, Refusal> {
    let asked = request.options.unwrap_or_default();
    let archive = (!asked.archive.is_empty()).then(|| PathBuf::from(&asked.archive));
    if archive.as_ref().is_some_and(|path| !path.is_absolute()) {
        return Err(Refusal::invalid(&format!(
            "invalid archive {:?}: it must be an absolute path",
            asked.archive
        )));
    }
    door.run_cancelled(move |engine, cancel| {
        let container = engine.find(given(&request.id)?)?;
        let options = CheckpointOptions {
            kubernetes: archive
                .is_some()
                .then(|| known(engine, &container))
                .flatten(),
            compress: archive.is_some().then(|| "none".to_owned()),
            export: archive,
            keep: asked.keep,
            tcp_established: asked.tcp_established,
            leave_running: asked.leave_running,
            file_locks: asked.file_locks,
            ..CheckpointOptions::default()
        };
        let id = container.config.id;
        freeze(engine, &id, &options, cancel)?;
        Ok(Id { id })
    })
    .await
}

/// `RestoreContainer`: from the checkpoint that it was frozen into. One from an archive is made by
/// `CreateContainer`, which says in which sandbox, with which mounts and rights.
pub async fn restore(door: Door, request: CheckpointRestoreRequest) -> Result<Id, Refusal> {
    let asked = request.options.unwrap_or_default();
    if !asked.archive.is_empty() {
        return Err(Refusal::not_allowed(
            "RestoreContainer takes no archive: CreateContainer does, and says in which sandbox",
        ));
    }
    if asked.leave_running {
        return Err(Refusal::invalid("leave_running is of a checkpoint"));
    }
    let allowed = door.may_restore("RestoreContainer of a checkpoint that came in an archive");
    door.run(move |engine: &Engine| {
        let container = container::seen(engine, &request.id)?;
        if container.state.checkpoint_archived {
            allowed?;
        }
        let options = RestoreOptions {
            keep: asked.keep,
            tcp_established: asked.tcp_established,
            file_locks: asked.file_locks,
            ..RestoreOptions::default()
        };
        let id = container.config.id;
        thaw(engine, &id, &options, &Cancel::default())?;
        Ok(Id { id })
    })
    .await
}
