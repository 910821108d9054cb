//! What a container needs before its first process can begin: mounts, network, files, bundle.
//! Shared by start and restore.

use std::path::PathBuf;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use serde_json::Value;

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::{Container, NetworkMode};
use crate::net::SavedAddresses;
use crate::ops::steps::life::files;
use crate::ops::steps::life::netplug::{self, Plugged};
use crate::ops::steps::life::rootfs;
use crate::runtime::spec::{self, Places};
use crate::runtime::user;
use crate::sys::cgroup;
use crate::sys::dir::{at, write_atomic};

/// CRIU leaves cgroups alone: the runtime makes them and the engine checks them. It costs 100 ms
/// and more a dump otherwise, and restores into the old container's cgroup.
const CRIU_CONFIGURATION: &str = "cgroup-dump-controller none\n";

/// cgroup of a container, from the mount of the hierarchy.
pub fn cgroup_path(id: &str) -> String {
    format!("{}/{id}", cgroup::PARENT)
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
    let paths = rootfs::mount(engine, &container.config)?;
    before_spec(&paths)?;
    let plugged = netplug::plug(engine, container, saved)?;
    container.state.network_status.clone_from(&plugged.status);
    container.state.ports.clone_from(&plugged.ports);
    // Written down at once: an engine that finds this half-done must know what to take off.
    engine
        .store
        .transaction(|rows| rows.update_state(&container.config.id, &container.state))?;
    files::write(engine, container, &plugged)?;
    write_spec(engine, container, &paths)?;
    cgroup::prepare_parent()?;
    Ok(plugged)
}

fn write_spec(engine: &Engine, container: &Container, paths: &rootfs::RootfsPaths) -> Result<()> {
    let config = &container.config;
    let bundle = engine.bundle(&config.id);
    let netns = match config.network {
        NetworkMode::Host => None,
        NetworkMode::Bridge { .. } | NetworkMode::None => Some(engine.netns(&config.id)),
    };
    let places = Places {
        rootfs: paths.merged.clone(),
        bundle: bundle.clone(),
        shm: paths.shm.clone(),
        netns,
        cgroup: cgroup_path(&config.id),
        criu_config: bundle.join("criu.conf"),
    };
    let root = Dir::open_ambient_dir(&paths.merged, ambient_authority())
        .map_err(at("open", &paths.merged))?;
    let spec: Value = if let Some(imported) = &config.imported_spec {
        let mut spec = imported.clone();
        spec::localize(&mut spec, config, &places);
        spec
    } else {
        make_workdir(&root, &config.process.workdir)?;
        let identity = user::resolve(&root, &config.process.user)?;
        spec::generate(config, &places, &identity)?
    };
    write_atomic(&places.criu_config, CRIU_CONFIGURATION.as_bytes(), 0o600)?;
    let text = serde_json::to_vec_pretty(&spec).map_err(std::io::Error::other)?;
    Ok(write_atomic(&bundle.join("config.json"), &text, 0o600)?)
}

/// The working directory is made where the image has none, as Podman does.
fn make_workdir(root: &Dir, workdir: &str) -> Result<()> {
    let relative: PathBuf = workdir.trim_start_matches('/').into();
    if relative.as_os_str().is_empty() || root.is_dir(&relative) {
        return Ok(());
    }
    Ok(root
        .create_dir_all(&relative)
        .map_err(at("make working directory", workdir.as_ref()))?)
}
