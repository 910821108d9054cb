//! What a container needs before its first process can begin: mounts, network, files, bundle.
//! Shared by start and restore.

use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, fstat, openat2};
use rustix::io::Errno;
use serde_json::Value;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::pod::Shared;
use crate::model::container::{Container, ContainerConfig, Limits};
use crate::net::SavedAddresses;
use crate::ops::steps::life::files;
use crate::ops::steps::life::netplug::{self, Plugged};
use crate::ops::steps::life::rootfs;
use crate::ops::steps::life::volume_content;
use crate::ops::steps::sandbox;
use crate::runtime::criu_options::Routed;
use crate::runtime::limits;
use crate::runtime::spec::{self, Places};
use crate::runtime::user;
use crate::sys::dir::{at, write_for_this_boot};
use crate::sys::{cgroup, fault};

/// cgroup of a container, from the mount of the hierarchy: in that of its pod, if it is in one.
pub fn cgroup_path(config: &ContainerConfig) -> String {
    let parent = pod_cgroup_of(config);
    format!(
        "{}/{}",
        parent.as_deref().unwrap_or(cgroup::PARENT),
        config.id
    )
}

/// cgroup of the containers of a pod, in the engine's or, where it is named, in another one.
pub fn pod_cgroup(pod: &str, parent: &str) -> String {
    let parent = if parent.is_empty() {
        cgroup::PARENT
    } else {
        parent
    };
    format!("{parent}/{}{pod}", cgroup::POD_PREFIX)
}

/// cgroup of the pod that a container is in the cgroup of.
pub fn pod_cgroup_of(config: &ContainerConfig) -> Option<String> {
    let membership = config.pod.as_ref()?;
    membership
        .in_cgroup
        .then(|| pod_cgroup(&membership.pod, &membership.cgroup_parent))
}

/// Mounts, plugs in and writes; the caller tears down on failure (see `tear_down`), which passes
/// over what was not made.
///
/// `before_spec` runs when the root is mounted and before anything reads it.
pub fn bring_up(
    engine: &Engine,
    container: &mut Container,
    saved: &SavedAddresses,
    before_spec: impl FnOnce(&rootfs::RootfsPaths) -> Result<()>,
) -> Result<Plugged> {
    let leased = netplug::lease(engine, container, saved)?;
    fault::point("leased");
    let config = &container.config;
    // netavark takes as long as the files, and neither needs the other.
    let (paths, plugged) = std::thread::scope(|scope| {
        let network = std::thread::Builder::new().name("network".into());
        let places = &engine.config;
        let plugging = network.spawn_scoped(scope, || netplug::set_up(places, config, &leased));
        let paths = rootfs::mount(engine, config).and_then(|paths| {
            before_spec(&paths)?;
            if !config.named_volumes.is_empty() {
                volume_content::prepare(engine, config, &open_root(&paths)?)?;
            }
            Ok(paths)
        });
        let plugged = match plugging {
            Ok(thread) => thread
                .join()
                .unwrap_or_else(|_| Err(std::io::Error::other("its thread died").into())),
            Err(_) => netplug::set_up(places, config, &leased),
        };
        (paths, plugged)
    });
    fault::point("plugged");
    let plugged = netplug::record(engine, container, leased, plugged)?;
    let paths = paths?;
    container.state.network_status.clone_from(&plugged.status);
    container.state.ports.clone_from(&plugged.ports);
    // Written down at once: an engine that finds this half-done must know what to take off.
    engine
        .store
        .transaction(|rows| rows.update_state(&container.config.id, &container.state))?;
    files::write(engine, container, &plugged)?;
    write_spec(engine, container, &paths)?;
    cgroup::prepare_parent(pod_cgroup_of(&container.config).as_deref())?;
    Ok(plugged)
}

fn open_root(paths: &rootfs::RootfsPaths) -> Result<Dir> {
    let root = Dir::open_ambient_dir(&paths.merged, ambient_authority());
    Ok(root.map_err(at("open", &paths.merged))?)
}

/// The specification of a container from an archive as it will be here, before anything of it is
/// mounted; nothing for a container that was made here.
///
/// # Errors
/// When the place of its network can't be told.
pub fn imported_spec(engine: &Engine, config: &ContainerConfig) -> Result<Option<Value>> {
    let Some(imported) = &config.imported_spec else {
        return Ok(None);
    };
    let mut spec = imported.clone();
    let paths = rootfs::paths(engine, config);
    let places = places(engine, config, &paths, sandbox::stand_ins)?;
    spec::localize(&mut spec, config, &places);
    Ok(Some(spec))
}

/// The specification that was written when a container was brought up last, if it ever was.
///
/// # Errors
/// When it can't be read.
pub fn written_spec(engine: &Engine, id: &str) -> Result<Option<Value>> {
    let path = engine.bundle(id).join("config.json");
    let text = match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        text => text.map_err(at("read", &path))?,
    };
    let spec = serde_json::from_slice(&text).map_err(std::io::Error::other)?;
    Ok(Some(spec))
}

/// Writes other limits into the specification that a container was brought up with.
///
/// # Errors
/// When it can't be read or written.
pub fn limit_written_spec(engine: &Engine, id: &str, limits: &Limits) -> Result<()> {
    let Some(mut spec) = written_spec(engine, id)? else {
        return Ok(());
    };
    limits::write(limits, &mut spec["linux"]["resources"]);
    let text = serde_json::to_vec_pretty(&spec).map_err(std::io::Error::other)?;
    let path = engine.bundle(id).join("config.json");
    Ok(write_for_this_boot(&path, &text, 0o600)?)
}

fn places(
    engine: &Engine,
    config: &ContainerConfig,
    paths: &rootfs::RootfsPaths,
    joined: impl FnOnce(&Engine, &ContainerConfig) -> Result<sandbox::Namespaces>,
) -> Result<Places> {
    let joined = joined(engine, config)?;
    let of_pod = joined.iter().find(|(kind, _)| *kind == Shared::Net);
    let netns = match of_pod {
        Some((_, path)) => Some(path.clone()),
        None => netplug::namespace(engine, config)?,
    };
    Ok(Places {
        rootfs: paths.merged.clone(),
        bundle: engine.bundle(&config.id),
        shm: paths.shm.clone(),
        netns,
        joined,
        cgroup: cgroup_path(config),
        volumes: engine.config.root.join("volumes"),
        criu_config: files::criu_config(engine, &config.id),
    })
}

fn write_spec(engine: &Engine, container: &Container, paths: &rootfs::RootfsPaths) -> Result<()> {
    let config = &container.config;
    let bundle = engine.bundle(&config.id);
    let places = places(engine, config, paths, sandbox::namespaces)?;
    let root = open_root(paths)?;
    let spec: Value = if let Some(imported) = &config.imported_spec {
        let mut spec = imported.clone();
        spec::localize(&mut spec, config, &places);
        spec
    } else {
        prepare_workdir(&root, config, || image_workdir(engine, config))?;
        let mut identity = user::resolve(&root, &config.process.user)?;
        identity.join(&root, &config.process.groups)?;
        spec::generate(config, &places, &identity)?
    };
    files::write_criu_config(engine, &config.id, &Routed::default())?;
    let text = serde_json::to_vec_pretty(&spec).map_err(std::io::Error::other)?;
    // Every start writes it anew; after a power cut it describes nothing.
    Ok(write_for_this_boot(
        &bundle.join("config.json"),
        &text,
        0o600,
    )?)
}

/// The working directory of an image is made where the image has none; one that the user asked
/// for must be there, or be of a mount, as in Podman.
fn prepare_workdir(
    root: &Dir,
    config: &ContainerConfig,
    image_workdir: impl FnOnce() -> Result<Option<String>>,
) -> Result<()> {
    let workdir = &config.process.workdir;
    let mounted = config.volumes.iter().map(|volume| &volume.destination);
    let volumes = config.named_volumes.iter();
    if mounted
        .chain(volumes.map(|volume| &volume.destination))
        .chain(config.tmpfs.keys())
        .any(|place| Path::new(workdir).starts_with(place))
    {
        return Ok(());
    }
    // Links of the container, absolute ones too, stay inside it.
    let found = openat2(
        root,
        workdir,
        OFlags::PATH | OFlags::CLOEXEC,
        Mode::empty(),
        ResolveFlags::IN_ROOT,
    );
    match found {
        Ok(file) => {
            let stat = fstat(&file).map_err(std::io::Error::from)?;
            if FileType::from_raw_mode(stat.st_mode).is_dir() {
                return Ok(());
            }
            Err(Error::Invalid(format!(
                "workdir \"{workdir}\" exists on container {}, but is not a directory",
                config.id
            )))
        }
        Err(Errno::NOENT) if image_workdir()?.as_deref() == Some(workdir) => Ok(root
            .create_dir_all(workdir.trim_start_matches('/'))
            .map_err(at("make working directory", workdir.as_ref()))?),
        Err(Errno::NOENT | Errno::NOTDIR) => Err(Error::Invalid(format!(
            "workdir \"{workdir}\" does not exist on container {}",
            config.id
        ))),
        Err(error) => Err(at("find working directory", workdir.as_ref())(error.into()).into()),
    }
}

/// The working directory that a container's image names.
fn image_workdir(engine: &Engine, config: &ContainerConfig) -> Result<Option<String>> {
    let Some(id) = config.rootfs.image_id() else {
        return Ok(None);
    };
    let found = engine.store.rows().images_with_prefix(id)?;
    let image = found.first();
    Ok(image.and_then(|image| image.string("WorkingDir").map(str::to_owned)))
}
