//! Files of the bundle that are mounted into the container: hosts, resolv.conf, hostname,
//! .containerenv. Written in place when they are there, so that a mount of them stays valid.

use std::fs;
use std::path::PathBuf;

use crate::criu::config_file::ConfigFile;
use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::Container;
use crate::net;
use crate::ops::steps::life::netplug::Plugged;
use crate::runtime::criu_options::Routed;
use crate::sys::dir::at;

/// Writes the CRIU configuration that the container's specification names, for what CRIU is asked
/// next.
pub fn write_criu_config(engine: &Engine, id: &str, options: &Routed) -> Result<()> {
    let file = ConfigFile {
        leave_cgroups: options.leave_cgroups,
        options: options.configuration.clone(),
    };
    Ok(file.write(&criu_config(engine, id))?)
}

/// Where that is.
pub fn criu_config(engine: &Engine, id: &str) -> PathBuf {
    engine.bundle(id).join("criu.conf")
}

/// Writes all four.
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
    for (name, text) in texts {
        let path = bundle.join(name);
        fs::write(&path, text).map_err(at("write", &path))?;
    }
    Ok(())
}
