//! Files of the bundle that are mounted into the container: hosts, resolv.conf, hostname,
//! .containerenv. Written in place when they are there, so that a mount of them stays valid.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::criu;
use crate::criu::config_file::ConfigFile;
use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::{Container, ContainerConfig, NetworkMode};
use crate::net;
use crate::ops::steps::life::netplug::Plugged;
use crate::runtime::criu_options::Routed;
use crate::runtime::pod::{self, StandIn};
use crate::sys::dir::at;

/// Writes the CRIU configuration that the container's specification names, for what CRIU is asked
/// next. A host without CRIU runs containers all the same.
pub fn write_criu_config(engine: &Engine, id: &str, options: &Routed) -> Result<()> {
    let configuration = criu_configuration(engine, options, true);
    Ok(configuration.write(&criu_config(engine, id))?)
}

/// What CRIU is told beside the runtime's own options.
///
/// Unless the user says otherwise CRIU takes the quickest way it has to keep packets from a
/// container that it dumps, and none where it need not be `locked`: a container that stays, without
/// connections, loses nothing that anybody acknowledged, and a rule of the firewall takes the kernel
/// 10 ms and more to remove.
pub fn criu_configuration(engine: &Engine, options: &Routed, locked: bool) -> ConfigFile {
    let mut lines = options.configuration.clone();
    if !options.locks_network
        && let Ok(facts) = criu::Facts::find(&engine.config.run_root)
    {
        if !locked && facts.can_leave_network_unlocked() {
            lines.push("network-lock skip".to_owned());
        } else if facts.locks_by_nftables {
            lines.push("network-lock nftables".to_owned());
        }
    }
    ConfigFile {
        leave_cgroups: options.leave_cgroups,
        options: lines,
    }
}

/// Where that is.
pub fn criu_config(engine: &Engine, id: &str) -> PathBuf {
    engine.bundle(id).join("criu.conf")
}

/// Writes all four, and what stands in for the mounts of a pod.
pub fn write(engine: &Engine, container: &Container, plugged: &Plugged) -> Result<()> {
    let config = &container.config;
    let environment = format!(
        "engine=\"cryopod-{}\"\nname=\"{}\"\nid=\"{}\"\nimage=\"{}\"\nimageid=\"{}\"\nrootless=0\n",
        env!("CARGO_PKG_VERSION"),
        config.name,
        config.id,
        config.rootfs.image_name(),
        config.rootfs.image_id().unwrap_or_default(),
    );
    let texts = [
        (
            "hosts",
            net::hosts_text(config, &plugged.networks, &plugged.status),
        ),
        ("resolv.conf", net::resolv_text(config, &plugged.status)),
        ("hostname", format!("{}\n", config.hostname)),
        (".containerenv", environment),
    ];
    let bundle = engine.bundle(&config.id);
    for (name, own) in texts {
        let path = bundle.join(name);
        let text = shared(engine, config, name).unwrap_or(own);
        fs::write(&path, text).map_err(at("write", &path))?;
    }
    stand_ins(config, &bundle)
}

/// Who shares a network shares the names that are known there.
fn shared(engine: &Engine, config: &ContainerConfig, name: &str) -> Option<String> {
    let NetworkMode::Container { id } = &config.network else {
        return None;
    };
    let of_network = matches!(name, "hosts" | "resolv.conf");
    of_network.then(|| fs::read_to_string(engine.bundle(id).join(name)).ok())?
}

/// Made once: what the container wrote there since stays.
fn stand_ins(config: &ContainerConfig, bundle: &Path) -> Result<()> {
    let Some(spec) = &config.imported_spec else {
        return Ok(());
    };
    let mounts = spec["mounts"].as_array().into_iter().flatten();
    let places = mounts.filter_map(|mount| pod::stand_in(mount["destination"].as_str()?));
    for place in places {
        let path = bundle.join(place.name());
        if path.exists() {
            continue;
        }
        let (done, mode) = match place {
            // Any user of the container says its last words there.
            StandIn::File(_) => (fs::write(&path, ""), 0o666),
            StandIn::Directory(_) => (fs::create_dir(&path), 0o755),
        };
        done.map_err(at("make", &path))?;
        fs::set_permissions(&path, Permissions::from_mode(mode)).map_err(at("open", &path))?;
    }
    Ok(())
}
