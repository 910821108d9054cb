//! A container that is made as somebody asks for it, and whose processes come out of an archive when
//! it is started: what Kubernetes does with a checkpoint.
//!
//! Nothing of what the archive says of its container is taken over: image, mounts, capabilities,
//! devices, addresses, log and names are those of the request. The archive brings memory, and files of
//! the root and of `/dev/shm`. The thaw ([`super::restore`]) holds its images against the
//! specification of the request and refuses whatever goes beyond it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::Value;

use crate::archive::pod::Member;
use crate::archive::{Header, Selection, layout, podman};
use crate::criu;
use crate::engine::Engine;
use crate::error::{Error, Result, one_line};
use crate::model::container::pod::Shared;
use crate::model::container::{ContainerConfig, ContainerState, NetworkMode};
use crate::ops::restore::checks::{self, Rows};
use crate::ops::restore::import::{Origin, unpack};
use crate::ops::restore::{RestoreOptions, plan};
use crate::ops::steps::creation::{self, CreateOptions};
use crate::ops::steps::thawing::trust::Trust;
use crate::ops::steps::thawing::unpack::Staging;
use crate::ops::steps::thawing::{base_image, foreign, imported_record};
use crate::ops::steps::{image_lookup, preflight};
use crate::progress::{Progress, Step};
use crate::sys::dir::{at, open_at_once};
use crate::sys::{fault, machine};

/// Where the checkpoint of a container is that is to be made.
#[derive(Debug, Clone, Copy)]
pub enum Checkpoint<'a> {
    /// An archive in a file.
    Archive(&'a Path),
    /// A checkpoint image of this host.
    Image(&'a str),
    /// The archive of one container in that of a pod.
    Member(&'a Member),
}

/// Makes a container and returns its full id. It is there as others that were created, its checkpoint
/// unpacked beside it; [`super::restore`] starts it. The image of `create` is the one that the archive
/// is of, which must be on this host: nothing is pulled because an archive says so.
///
/// # Errors
/// [`crate::archive::ArchiveError`] for what is no archive or a hostile one, [`Error::NoSuchImage`],
/// [`Error::Invalid`] for one that does not fit the request; as [`crate::ops::lifecycle::create`].
/// Nothing is left then.
pub fn prepare(
    engine: &Engine,
    checkpoint: Checkpoint<'_>,
    create: &CreateOptions,
    progress: &dyn Progress,
) -> Result<String> {
    preflight::criu(engine)?;
    let options = RestoreOptions {
        pod: create.pod.clone(),
        ..RestoreOptions::default()
    };
    let image;
    let opened;
    let origin = match checkpoint {
        Checkpoint::Archive(path) => Origin::File(path),
        Checkpoint::Member(member) => Origin::Member(member),
        Checkpoint::Image(word) => {
            image = image_lookup::find(engine, word)?;
            Origin::Image(&image.0, &image.1)
        }
    };
    let trust = match origin {
        Origin::Member(_) => Trust::default(),
        _ => Trust::of(engine, &options.unsealing, origin.file())?,
    };
    let origin = match origin {
        Origin::File(path) => {
            let path = trust.place.as_deref().unwrap_or(path);
            opened = regular(path)?;
            Origin::Opened(&opened, path)
        }
        other => other,
    };
    let shown = origin.shown();
    progress.step(&shown.display().to_string(), Step::Read);
    let staging = Staging::make(engine)?;
    // The thaw comes later, perhaps after the power has failed.
    let selection = Selection {
        volumes: false,
        log: false,
        durable: true,
        ..Selection::default()
    };
    let keys = &options.unsealing.keys;
    let (reader, header) = origin.open(engine, keys, &staging, selection)?;
    let mounted = mounted(&shown, &header)?;
    let image = fitting(engine, &shown, &header, &options)?;
    if matches!(checkpoint, Checkpoint::Member(_)) && !create.image.is_empty() {
        let (asked, _) = image_lookup::find(engine, &create.image)?;
        if asked.id != image {
            return refuse(
                &shown,
                &format!("its container ran on another image than {}", create.image),
            );
        }
    }
    let into = (&staging, selection);
    unpack(engine, reader, into, (&trust, &shown), &options)?;
    fault::point("unpacked");
    if progress.cancelled() {
        return Err(Error::Cancelled(shown.display().to_string()));
    }
    let create = CreateOptions {
        image,
        ..create.clone()
    };
    let state = ContainerState {
        checkpointed_at: Some(machine::now()),
        checkpoint_archived: true,
        ..ContainerState::default()
    };
    creation::create_with(engine, &create, &state, |config| {
        was_mounted(&shown, config, &mounted)?;
        let images = staging.path().join(layout::CHECKPOINT);
        // cgroup state of another engine's dump: the runtime owns the cgroup here.
        criu::images::empty_cgroup_state(&images)?;
        if config.joined(Shared::Uts).is_some() {
            criu::host_name::set(&images, &config.hostname)?;
        }
        staging.promote(&engine.bundle(&config.id))?;
        fault::point("bundle-named");
        Ok(())
    })
}

/// The archive of a request, a regular file. Links are followed: the path is the word of whoever may
/// make containers here, and what is read is judged as anybody's.
fn regular(path: &Path) -> Result<File> {
    let shown = path.display();
    let cannot = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => {
            Error::NoSuchPath(format!("cannot open the archive {shown}: no such file"))
        }
        _ => at("cannot open the archive", path)(error).into(),
    };
    let file = open_at_once(path).map_err(cannot)?;
    if !file.metadata().map_err(cannot)?.is_file() {
        return refuse(path, "it is no archive but something else than a file");
    }
    Ok(file)
}

fn refuse<T>(shown: &Path, why: &str) -> Result<T> {
    Err(Error::Invalid(format!("{}: {why}", shown.display())))
}

fn unreadable(shown: &Path, what: &str, error: &serde_json::Error) -> Error {
    let (shown, why) = (shown.display(), one_line(error));
    Error::Invalid(format!("{shown}: cannot read {what}: {why}"))
}

/// Judges an archive by its header; returns the id of the image below.
fn fitting(
    engine: &Engine,
    shown: &Path,
    header: &Header,
    options: &RestoreOptions,
) -> Result<String> {
    let manifest = header.manifest.as_ref();
    if let Some(manifest) = manifest {
        let mut rows = Rows::new(&[]);
        plan::host(engine, shown, manifest, &mut rows);
        checks::room(engine, &manifest.sizes, &mut rows);
        if let (_, Some(failure)) = rows.outcome() {
            return Err(failure);
        }
        if manifest.options.file_locks {
            return refuse(shown, "the checkpoint holds file locks");
        }
    }
    let dump = podman::ContainerConfig::from_json(&header.config_dump)
        .map_err(|error| unreadable(shown, layout::CONFIG_DUMP, &error))?;
    imported_record::check(&dump)?;
    let (theirs, ours) = (
        foreign::runtime(engine, shown, &dump)?,
        engine.default_runtime()?.name,
    );
    if theirs != ours {
        return refuse(
            shown,
            &format!("it was created with runtime {theirs}, the container gets {ours}"),
        );
    }
    if dump.rootfs_image_id.is_empty() && !dump.rootfs.is_empty() {
        return refuse(
            shown,
            "its container ran on a directory of its host, which no archive holds",
        );
    }
    if let Some(volume) = dump.named_volumes.first() {
        let place = volume.dest.escape_debug();
        return refuse(
            shown,
            &format!("its container had a volume at {place}, whose files no request can ask for"),
        );
    }
    if !dump.in_kubernetes() {
        plan::target_pod(engine, &dump, options)?;
    }
    // By what it is and by no name. The container is made of that id below, whatever names do meanwhile,
    // and no image gets a name because of an archive.
    Ok(base_image::exact(engine, &dump, manifest)?.id)
}

/// Where something was mounted in the container of an archive.
fn mounted(shown: &Path, header: &Header) -> Result<BTreeSet<String>> {
    let spec: Value = serde_json::from_slice(&header.spec_dump)
        .map_err(|error| unreadable(shown, layout::SPEC_DUMP, &error))?;
    let mounts = spec["mounts"].as_array().into_iter().flatten();
    let places = mounts.filter_map(|mount| mount["destination"].as_str());
    Ok(places.map(|place| resolved(place).to_owned()).collect())
}

/// `/var/run` is `/run` in most images; runtimes write either.
fn resolved(place: &str) -> &str {
    match place.strip_prefix("/var/run/") {
        Some(_) => &place["/var".len()..],
        None => place,
    }
}

/// Whether the archive's container had whatever the request mounts: a thaw mounts nothing that was
/// not there, and the request would be fulfilled in part only. What the archive has beyond it, the
/// thaw refuses.
fn was_mounted(shown: &Path, config: &ContainerConfig, mounted: &BTreeSet<String>) -> Result<()> {
    let places = config.volumes.iter().map(|bind| bind.destination.as_str());
    let places = places.chain(config.tmpfs.keys().map(String::as_str));
    for place in places {
        if !mounted.contains(resolved(place)) {
            let place = place.escape_debug();
            return refuse(
                shown,
                &format!("nothing is mounted at {place} in it, where the request mounts something"),
            );
        }
    }
    Ok(())
}

/// What a container's specification grants. In a pod that has the host's network it joins the
/// namespace of the infra container, which is the host's.
///
/// # Errors
/// When the infra container is gone.
pub(super) fn granted(engine: &Engine, config: &ContainerConfig, mut spec: Value) -> Result<Value> {
    if let Some(infra) = config.joined(Shared::Net)
        && engine.reload(infra)?.config.network == NetworkMode::Host
        && let Some(list) = spec["linux"]["namespaces"].as_array_mut()
    {
        list.retain(|entry| entry["type"] != "network");
    }
    Ok(spec)
}
