//! What an import is going to do, from the header of its archive alone.

use std::path::Path;

use network::types::PortMapping;

use crate::archive::manifest::IncludedImage;
use crate::archive::{Header, Manifest, layout, podman};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result, one_line};
use crate::model::container::pod::{Pod, Shared};
use crate::model::container::{Container, ContainerState, NetworkMode, Rootfs};
use crate::model::id;
use crate::model::status::Status;
use crate::ops::restore::checks::{self, Rows};
use crate::ops::restore::{RestoreOptions, ports};
use crate::ops::steps::life::netplug::networks::networks as known;
use crate::ops::steps::life::volumes;
use crate::ops::steps::thawing::{base_image, foreign, imported_record};
use crate::ops::steps::transfer::name;
use crate::ops::steps::{included_image, podman_config};
use crate::store::StoreError;
use crate::sys::machine;

/// What became of the header.
pub(super) struct Plan {
    /// The container that will be made; `None` where the archive doesn't allow one to be thought of.
    pub container: Option<Container>,
    /// What was looked at.
    pub rows: Rows,
    /// The image that the container will run on, where it comes out of the archive.
    pub brings: Option<IncludedImage>,
}

/// A plan that nothing stands in the way of.
pub(super) struct Agreed {
    /// The container that will be made.
    pub container: Container,
    /// As in [`Plan`].
    pub brings: Option<IncludedImage>,
    /// What the user should know.
    pub warnings: Vec<String>,
}

impl Plan {
    /// The container, unless something stands in the way.
    ///
    /// # Errors
    /// The first thing that does.
    pub fn agreed(self) -> Result<Agreed> {
        let (warnings, failure) = self.rows.outcome();
        match (failure, self.container) {
            (None, Some(container)) => Ok(Agreed {
                container,
                brings: self.brings,
                warnings,
            }),
            (Some(error), _) => Err(error),
            (None, None) => Err(Error::Invalid("the archive describes no container".into())),
        }
    }
}

/// Everything that can be judged by the header alone, all of it whatever comes first.
pub(super) fn plan(
    engine: &Engine,
    archive: &Path,
    header: &Header,
    options: &RestoreOptions,
) -> Plan {
    let mut rows = Rows::new(&options.skip_checks);
    let manifest = header.manifest.as_ref();
    if let Some(manifest) = manifest {
        host(engine, archive, manifest, &mut rows);
        checks::room(engine, &manifest.sizes, &mut rows);
        if manifest.options.file_locks && !options.file_locks {
            let error = Error::Invalid(format!(
                "{}: the checkpoint holds file locks: add --file-locks",
                archive.display()
            ));
            rows.fail("file-locks", error);
        }
    }
    let mut brings = None;
    let container = describe(engine, archive, header, options, &mut rows, &mut brings);
    if let Some(container) = &container {
        place(engine, container, options, &mut rows);
    }
    Plan {
        container,
        rows,
        brings,
    }
}

/// The host it was made on, and this one.
pub(super) fn host(engine: &Engine, archive: &Path, manifest: &Manifest, rows: &mut Rows) {
    let (theirs, ours) = (&manifest.host.arch, machine::architecture());
    if theirs == ours {
        rows.ok("architecture", format!("{theirs}, as this host"));
    } else {
        let error = Error::Invalid(format!(
            "{}: the checkpoint was made on {theirs}, this host is {ours}: restore it on a host of that architecture",
            archive.display()
        ));
        rows.fail("architecture", error);
        return;
    }
    checks::processor(archive, &manifest.host.cpu_features, rows);
    checks::kernel(&manifest.host.kernel, rows);
    checks::origin_criu(engine, manifest.criu_version, rows);
}

/// The container that the archive describes.
fn describe(
    engine: &Engine,
    archive: &Path,
    header: &Header,
    options: &RestoreOptions,
    rows: &mut Rows,
    brings: &mut Option<IncludedImage>,
) -> Option<Container> {
    let unreadable = |what: &str, error: serde_json::Error| {
        let (archive, why) = (archive.display(), one_line(&error));
        Error::Invalid(format!("{archive}: cannot read {what}: {why}"))
    };
    let dump = podman::ContainerConfig::from_json(&header.config_dump)
        .map_err(|error| unreadable(layout::CONFIG_DUMP, error))
        .and_then(|dump| imported_record::check(&dump).map(|()| dump));
    let dump = rows.judge("description", dump, |dump| {
        format!("the archive is of container {}", dump.name)
    })?;
    let spec = serde_json::from_slice(&header.spec_dump)
        .map_err(|error| unreadable(layout::SPEC_DUMP, error));
    let spec = rows.judge("specification", spec, |_: &serde_json::Value| {
        "the specification can be read".into()
    })?;
    let runtime = foreign::runtime(engine, archive, &dump);
    let runtime = rows.judge("runtime", runtime, |name| format!("it ran under {name}"));
    let pod = rows.judge("pod", target_pod(engine, &dump, options), |pod| match pod {
        Some(pod) => format!("it joins pod {}, which shares what it shared", pod.name),
        None => "it was in no pod".into(),
    });
    let rootfs = rootfs(engine, archive, header, &dump, rows, brings);
    let new_id = options
        .name
        .as_ref()
        .map(|_| machine::random().map(id::from_random))
        .transpose()
        .map_err(Error::from);
    let config = podman_config::from_podman(
        &dump,
        spec,
        podman_config::Wanted {
            name: options.name.as_deref(),
            id: rows.judge("id", new_id, |id| match id {
                Some(_) => "it gets a new id, since it gets a new name".into(),
                None => "it keeps its id".into(),
            })?,
            pod: pod?,
        },
        rootfs?,
        runtime?,
        options.grants,
    );
    let mut config = rows.judge("grants", config, |_| {
        "the specification asks for nothing that is not granted".into()
    })?;
    for warning in foreign::warnings(&dump, &config) {
        rows.warn("specification", warning);
    }
    if !options.publish.is_empty() {
        let ports = network::port::parse_all(&options.publish);
        let ports = ports.map_err(|error| network::Error::from(error).into());
        config.ports = rows.judge("publish", ports, |_| "the ports can be read".into())?;
    }
    published(&config.ports, options, rows);
    let state = ContainerState {
        status: Status::Exited,
        ..ContainerState::default()
    };
    Some(Container { config, state })
}

/// The pod that a container of a pod is to join: Podman's rules and words
/// (pkg/checkpoint/checkpoint_restore.go).
pub(super) fn target_pod(
    engine: &Engine,
    dump: &podman::ContainerConfig,
    options: &RestoreOptions,
) -> Result<Option<Pod>> {
    let invalid = |text: String| Err(Error::Invalid(text));
    let word = match (dump.pod.is_empty(), &options.pod) {
        (true, None) => return Ok(None),
        (true, Some(_)) => return invalid("cannot restore non pod container into pod".into()),
        (false, None) => return invalid("cannot restore pod container without --pod".into()),
        (false, Some(word)) => word,
    };
    let pod = match engine.find_pod(word) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Error::NoSuchPod(format!(
                "pod \"{word}\" cannot be retrieved: {error}"
            )));
        }
        found => found?,
    };
    if pod.infra.is_none() {
        return invalid(format!(
            "cannot retrieve infra container from pod \"{}\": pod has no infra container: no such container",
            pod.id
        ));
    }
    let shared = podman_config::shared_with_pod(dump);
    for (kind, word) in [
        (Shared::Ipc, "IPC"),
        (Shared::Net, "network"),
        (Shared::Pid, "PID"),
        (Shared::Uts, "UTS"),
    ] {
        if shared.contains(&kind) && !pod.shared.contains(&kind) {
            return invalid(format!(
                "pod {} does not share the {word} namespace",
                pod.id
            ));
        }
    }
    if shared.contains(&Shared::Net) && !options.publish.is_empty() {
        return invalid(format!(
            "cannot publish ports of a container in pod {}: network cannot be configured when it is shared with a pod",
            pod.name
        ));
    }
    Ok(Some(pod))
}

/// Ports of this host that the archive takes.
fn published(published: &[PortMapping], options: &RestoreOptions, rows: &mut Rows) {
    if published.is_empty() || !options.publish.is_empty() {
        return;
    }
    match ports::warning(published) {
        Some(warning) => rows.warn("publish", warning),
        None => rows.ok(
            "publish",
            format!(
                "the archive publishes {} of this host",
                ports::told(published)
            ),
        ),
    }
}

/// What its root file system begins with.
fn rootfs(
    engine: &Engine,
    archive: &Path,
    header: &Header,
    dump: &podman::ContainerConfig,
    rows: &mut Rows,
    brings: &mut Option<IncludedImage>,
) -> Option<Rootfs> {
    if !dump.rootfs.is_empty() {
        // A directory of this host, named by the archive.
        let error = Error::Invalid(format!(
            "{}: the container ran on the directory {} of its host (--rootfs), which no archive holds: make an image of it and start anew",
            archive.display(),
            dump.rootfs
        ));
        rows.fail("image", error);
        return None;
    }
    let found = base_image::find(engine, dump, header.manifest.as_ref());
    let image = header.manifest.as_ref();
    let image = image.and_then(|manifest| manifest.image.as_ref());
    if let (Err(Error::NoSuchImage(_)), Some(included)) =
        (&found, image.and_then(|image| image.included.as_ref()))
    {
        let shown = dump.image_name();
        let inside = included_image::check(included);
        rows.judge("image", inside, |()| {
            format!(
                "its image {shown} is not here and comes from the archive, as {}",
                id::short(&included.id)
            )
        })?;
        *brings = Some(included.clone());
        return Some(Rootfs::Image {
            id: included.id.clone(),
            name: included.id.clone(),
            raw_name: included.id.clone(),
        });
    }
    if matches!(found, Err(Error::NoSuchImage(_))) && name::is_remote(dump.image_name()) {
        let name = one_line(&dump.image_name());
        rows.warn(
            "image",
            format!("its image {name} is not here: it is pulled first"),
        );
        return None;
    }
    let (image, name, warning) = rows.judge("image", found, |(_, name, _)| {
        format!("its image {name} is here")
    })?;
    if let Some(warning) = warning {
        rows.warn("image", warning);
    }
    let typed = &dump.raw_image_name;
    let raw_name = match base_image::is_called(engine, &image.id, typed) {
        Ok(true) => typed.clone(),
        _ => name.clone(),
    };
    Some(Rootfs::Image {
        id: image.id,
        name,
        raw_name,
    })
}

/// Its place among what is here already.
fn place(engine: &Engine, container: &Container, options: &RestoreOptions, rows: &mut Rows) {
    let config = &container.config;
    if !options.ignore_volumes {
        let taken = volumes::present(engine, config).and_then(|mut present| {
            present.retain(|name| !options.volumes_there.contains(name));
            present.pop().map_or(Ok(()), |name| {
                Err(Error::Conflict(format!(
                    "volume with name {name} already exists. Use --ignore-volumes to not restore content of volumes"
                )))
            })
        });
        rows.judge("volumes", taken, |()| "its volumes are not here yet".into());
    }
    if let NetworkMode::Bridge { networks } = &config.network {
        let directory = known(&engine.config);
        let missing = networks
            .iter()
            .try_for_each(|(name, _)| directory.get(name).map(drop));
        rows.judge("networks", missing.map_err(Error::from), |()| {
            "its networks are here".into()
        });
    }
    let program = engine.runtime_of(container).map(drop);
    rows.judge("runtime", program, |()| {
        format!("{} is here", config.runtime)
    });
    let name = engine.store.rows().holder_of_name(&config.name);
    let name = name.map_err(Error::from).and_then(|holder| {
        holder.map_or(Ok(()), |id| {
            let name = config.name.clone();
            Err(StoreError::NameInUse { name, id }.into())
        })
    });
    rows.judge("name", name, |()| {
        format!("the name {} is free", config.name)
    });
    let taken = engine.store.rows().container(&config.id);
    let taken = taken.map_err(Error::from).and_then(|taken| {
        taken.map_or(Ok(()), |_| {
            Err(StoreError::IdInUse(config.id.clone()).into())
        })
    });
    rows.judge("id", taken, |()| "the id is free".into());
}
