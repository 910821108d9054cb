//! What an import is going to do, from the header of its archive alone.

use std::path::Path;

use crate::archive::{Header, layout, podman};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{Container, ContainerState, NetworkMode, Rootfs};
use crate::model::id;
use crate::model::status::Status;
use crate::ops::restore::RestoreOptions;
use crate::ops::steps::life::netplug::networks::networks as known;
use crate::ops::steps::life::volumes;
use crate::ops::steps::podman_config;
use crate::ops::steps::thawing::{base_image, foreign};
use crate::store::StoreError;
use crate::sys::machine;

/// Everything that can be refused is refused here, from the header alone.
pub(super) fn plan(
    engine: &Engine,
    archive: &Path,
    header: &Header,
    options: &RestoreOptions,
) -> Result<(Container, Vec<String>)> {
    let unreadable = |what: &str, error: serde_json::Error| {
        Error::Invalid(format!(
            "{}: cannot read {what}: {error}",
            archive.display()
        ))
    };
    let dump = podman::ContainerConfig::from_json(&header.config_dump)
        .map_err(|error| unreadable(layout::CONFIG_DUMP, error))?;
    let spec = serde_json::from_slice(&header.spec_dump)
        .map_err(|error| unreadable(layout::SPEC_DUMP, error))?;
    let mut warnings = Vec::new();
    if let Some(manifest) = &header.manifest {
        let (theirs, ours) = (&manifest.host.arch, machine::architecture());
        if theirs != ours {
            return Err(Error::Invalid(format!(
                "{}: the checkpoint was made on {theirs}, this host is {ours}: restore it on a {theirs} host",
                archive.display()
            )));
        }
        let present = machine::cpu_features();
        let wanted = manifest.host.cpu_features.iter();
        let missing: Vec<&str> = wanted
            .filter(|feature| present.binary_search(feature).is_err())
            .map(String::as_str)
            .collect();
        if !missing.is_empty() {
            warnings.push(format!(
                "the checkpoint's host had CPU features that this one lacks ({}): a program that uses them ends with an illegal instruction",
                missing.join(", ")
            ));
        }
        if manifest.options.file_locks && !options.file_locks {
            return Err(Error::Invalid(format!(
                "{}: the checkpoint holds file locks: add --file-locks",
                archive.display()
            )));
        }
    }
    let runtime = foreign::runtime(engine, archive, &dump)?;
    let rootfs = if dump.rootfs.is_empty() {
        let (image, name, warning) = base_image::find(engine, &dump, header.manifest.as_ref())?;
        warnings.extend(warning);
        let raw_name = if dump.raw_image_name.is_empty() {
            name.clone()
        } else {
            dump.raw_image_name.clone()
        };
        Rootfs::Image {
            id: image.id,
            name,
            raw_name,
        }
    } else {
        // A directory of this host, named by the archive.
        return Err(Error::Invalid(format!(
            "{}: the container ran on the directory {} of its host (--rootfs), which no archive holds: make an image of it and start anew",
            archive.display(),
            dump.rootfs
        )));
    };
    let new_id = options
        .name
        .as_ref()
        .map(|_| machine::random().map(id::from_random))
        .transpose()?;
    let mut config = podman_config::from_podman(
        &dump,
        spec,
        options.name.as_deref(),
        new_id,
        rootfs,
        runtime,
        options.grants,
    )?;
    warnings.extend(foreign::warnings(&dump, &config));
    if !options.publish.is_empty() {
        config.ports = network::port::parse_all(&options.publish).map_err(network::Error::from)?;
    }
    if !options.ignore_volumes
        && let Some(name) = volumes::present(engine, &config)?.pop()
    {
        return Err(Error::Conflict(format!(
            "volume with name {name} already exists. Use --ignore-volumes to not restore content of volumes"
        )));
    }
    if let NetworkMode::Bridge { networks } = &config.network {
        let directory = known(&engine.config);
        for (name, _) in networks {
            directory.get(name)?;
        }
    }
    let state = ContainerState {
        status: Status::Exited,
        ..ContainerState::default()
    };
    let container = Container { config, state };
    engine.runtime_of(&container)?;
    if let Some(holder) = engine.store.rows().holder_of_name(&container.config.name)? {
        let name = container.config.name;
        return Err(StoreError::NameInUse { name, id: holder }.into());
    }
    if engine
        .store
        .rows()
        .container(&container.config.id)?
        .is_some()
    {
        return Err(StoreError::IdInUse(container.config.id).into());
    }
    Ok((container, warnings))
}
