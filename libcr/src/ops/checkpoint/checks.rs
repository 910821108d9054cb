//! What can be refused before a freeze: by the container's record, the options, and what its
//! processes hold at this moment.

use std::path::Path;

use crate::archive::Compression;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::pod::Shared;
use crate::model::container::{Container, NetworkMode, Rootfs};
use crate::model::finding::{Finding, Findings};
use crate::model::id;
use crate::model::operation::CheckpointTarget;
use crate::ops::checkpoint::CheckpointOptions;
use crate::ops::steps::catalogue;
use crate::ops::steps::freezing::{pack, place};
use crate::ops::steps::inspection::{self, Allowed};
use crate::ops::steps::preflight;

/// Everything that can be refused before anything is touched; returns CRIU's version.
pub(super) fn check(
    engine: &Engine,
    container: &Container,
    options: &CheckpointOptions,
) -> Result<u32> {
    let bundle = engine.bundle(&container.config.id);
    let criu_version = preflight::can_checkpoint(engine, container)?;
    let stays = options.travels()
        || options
            .named
            .as_ref()
            .is_some_and(|place| place.directory.is_some());
    if container.config.auto_remove && !stays && !options.leave_running && !options.pre_checkpoint {
        return Err(Error::Invalid(
            "cannot checkpoint containers that have been started with '--rm' unless '--export' is used".into(),
        ));
    }
    if let (Rootfs::Directory(path), true) = (&container.config.rootfs, options.travels()) {
        return Err(Error::Invalid(format!(
            "cannot export container {}: it runs on the directory {} (--rootfs), which no archive holds; run it from an image (cryopod import), or checkpoint it without --export",
            container.config.name,
            path.display()
        )));
    }
    if container.config.is_infra() {
        return Err(Error::Invalid(format!(
            "cannot checkpoint container {}: it is the infra container of pod {}, which holds what its containers share and nothing to freeze; freeze those",
            container.config.name,
            id::short(container.config.pod_id())
        )));
    }
    if options.travels()
        && container.config.joined(Shared::Net).is_none()
        && let NetworkMode::Container { .. } | NetworkMode::Namespace { .. } =
            container.config.network
    {
        return Err(Error::Invalid(format!(
            "cannot export checkpoints of containers with dependencies: container {} is in a network namespace that is not its own ({})",
            container.config.name,
            container.config.network.word()
        )));
    }
    if options.with_previous && container.state.pre_checkpoints == 0 {
        return Err(Error::Invalid(format!(
            "container {} has no pre-checkpoint that --with-previous can build upon: make one with container checkpoint --pre-checkpoint",
            container.config.name
        )));
    }
    if options.pre_checkpoint
        && container.state.pre_checkpoints == 0
        && place::builds_on_earlier(&bundle.join("checkpoint"))
    {
        return Err(Error::Invalid(format!(
            "container {} keeps a checkpoint that builds upon its earlier pre-checkpoints: replace it by a full one first (container checkpoint --leave-running)",
            container.config.name
        )));
    }
    for (option, path) in [
        ("--image-path", &options.image_path),
        ("--work-path", &options.work_path),
    ] {
        if let Some(path) = path {
            catalogue::directory::check_option(option, path)?;
        }
    }
    if let Some(path) = &options.image_path {
        preflight::empty_directory("--image-path", path)?;
    }
    Ok(criu_version)
}

/// Where the images go.
///
/// # Errors
/// [`Error::Conflict`] for a name that is taken.
pub(super) fn target(
    engine: &Engine,
    container: &Container,
    options: &CheckpointOptions,
) -> Result<CheckpointTarget> {
    if let Some(place) = &options.named {
        let id = catalogue::destination(engine, container, place)?.id;
        let place = place.clone();
        return Ok(CheckpointTarget::Named { id, place });
    }
    Ok(match &options.image_path {
        Some(directory) => CheckpointTarget::Images {
            directory: directory.clone(),
            pre_dump: options.pre_checkpoint,
        },
        None if options.pre_checkpoint => CheckpointTarget::PreCheckpoint,
        None => CheckpointTarget::Bundle,
    })
}

/// Looks at what the processes hold, unless the user overrides all of it.
///
/// # Errors
/// [`Error::Checkpoint`] with the first thing that stands in the way.
pub(super) fn inspect(
    engine: &Engine,
    container: &Container,
    options: &CheckpointOptions,
) -> Result<()> {
    if options.skip_checks.iter().any(|word| word == "all") {
        return Ok(());
    }
    let mut allowed = allowed(engine, container, options)?;
    if !allowed.uncompressed {
        // Of a compressed one it could only be said that it might not fit, after a walk over all files.
        allowed.export = None;
    }
    let (_, mut findings) = inspection::running(container, &allowed);
    findings.override_by(&options.skip_checks);
    refusal(&container.config.name, &findings).map_or(Ok(()), Err)
}

/// What the options allow, for an inspection.
pub(super) fn allowed(
    engine: &Engine,
    container: &Container,
    options: &CheckpointOptions,
) -> Result<Allowed> {
    let id = &container.config.id;
    let own = options
        .named
        .as_ref()
        .and_then(|named| named.directory.clone());
    let images = options.image_path.clone().or(own);
    let export = options
        .export
        .as_deref()
        .filter(|path| *path != Path::new("-"));
    let export = export.map(super::absolute).transpose()?;
    let mut packed = Vec::new();
    if !options.ignore_rootfs {
        packed.push(engine.container_dir(id).join("upper"));
    }
    if !options.ignore_volumes {
        let volumes = container.config.named_volumes.iter();
        packed.extend(volumes.map(|volume| engine.volume_data(&volume.name)));
    }
    Ok(Allowed {
        tcp_established: options.tcp_established,
        tcp_skip_in_flight: options.criu.tcp_skip_in_flight,
        ext_unix_sk: options.criu.ext_unix_sk,
        file_locks: options.file_locks,
        link_remap: options.criu.link_remap,
        shell_job: options.criu.shell_job,
        leave_running: options.leave_running,
        memory_only: options.pre_checkpoint,
        images: images.unwrap_or_else(|| engine.bundle(id)),
        // A FIFO or a device has no room to be short of.
        export: export.filter(|path| path.is_file() || !path.exists()),
        uncompressed: pack::compression(options.compress.as_deref())? == Compression::None,
        packed,
        incremental: options.with_previous
            || options.parent_path.is_some()
            || container.state.pre_checkpoints > 0,
        memory_elsewhere: options.criu.page_server.is_some(),
    })
}

/// The error for what an inspection found.
pub(super) fn refusal(name: &str, findings: &Findings) -> Option<Error> {
    let mut failures = findings.failures();
    let Finding { what, remedy, .. } = failures.next()?;
    let more = match failures.count() {
        0 => String::new(),
        more => format!("; {more} more in the way: --dry-run lists all"),
    };
    Some(Error::Checkpoint {
        name: name.to_owned(),
        cause: what.clone(),
        remedy: remedy.as_ref().map(|remedy| format!("{remedy}{more}")),
        log: None,
    })
}
