//! `create`: a container's row and directory; nothing runs yet.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use network::types::PerNetworkOptions;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::{
    BindMount, Container, ContainerConfig, ContainerState, Limits, NetworkMode, Process,
    RestartPolicy, Rootfs, Security,
};
use crate::model::id;
use crate::model::image::Image;
use crate::model::operation::Intent;
use crate::ops::steps::image_lookup;
use crate::ops::steps::journal::Journal;
use crate::sys::{machine, signal};

/// Default size of /dev/shm, bytes: Podman's.
pub const DEFAULT_SHM_SIZE: u64 = 65_536_000;

/// What `create` and `run` are asked for, in the words of the command line.
#[derive(Debug, Clone, Default)]
pub struct CreateOptions {
    /// Image name or id; with `rootfs` a directory.
    pub image: String,
    /// `image` is a directory of the host that is used as root file system.
    pub rootfs: bool,
    /// Command and its arguments; empty: the image's.
    pub command: Vec<String>,
    /// `--entrypoint`: a word or a JSON list; `Some("")` removes the image's.
    pub entrypoint: Option<String>,
    /// `--name`; `None`: made up.
    pub name: Option<String>,
    /// `--env`: `NAME=VALUE`, or `NAME` for the caller's own value.
    pub env: Vec<String>,
    /// `--volume SOURCE:DESTINATION[:OPTIONS]`.
    pub volumes: Vec<String>,
    /// `--workdir`.
    pub workdir: Option<String>,
    /// `--user`.
    pub user: Option<String>,
    /// `--hostname`.
    pub hostname: Option<String>,
    /// `--label KEY[=VALUE]`.
    pub labels: Vec<String>,
    /// `--annotation KEY=VALUE`.
    pub annotations: Vec<String>,
    /// `--network`: `bridge`, `none`, `host` or names of networks (`name:ip=…,mac=…`).
    pub networks: Vec<String>,
    /// `--ip`.
    pub ip: Option<IpAddr>,
    /// `--mac-address`.
    pub mac_address: Option<String>,
    /// `--publish`.
    pub publish: Vec<String>,
    /// `--cap-add`, `--cap-drop`, `--security-opt`, `--privileged`.
    pub security: Security,
    /// `--read-only`.
    pub read_only: bool,
    /// `--tmpfs DESTINATION[:OPTIONS]`.
    pub tmpfs: Vec<String>,
    /// `--shm-size`, bytes.
    pub shm_size: Option<u64>,
    /// `--restart`.
    pub restart: Option<String>,
    /// `--rm`.
    pub auto_remove: bool,
    /// `--tty`.
    pub terminal: bool,
    /// `--interactive`.
    pub stdin: bool,
    /// `--stop-signal`.
    pub stop_signal: Option<String>,
    /// `--stop-timeout`, seconds.
    pub stop_timeout: Option<u32>,
    /// `--add-host NAME:IP`.
    pub add_hosts: Vec<String>,
    /// `--dns`.
    pub dns: Vec<String>,
    /// `--memory`, bytes.
    pub memory: Option<u64>,
    /// `--pids-limit`; 0 and below: unlimited.
    pub pids_limit: Option<i64>,
    /// `--log-driver`.
    pub log_driver: Option<String>,
    /// The whole command line, for `inspect`.
    pub create_command: Vec<String>,
}

/// Makes a container and returns its full id.
///
/// # Errors
/// [`Error::NoSuchImage`], [`Error::Invalid`] for options that make no sense,
/// [`crate::store::StoreError::NameInUse`].
pub fn create(engine: &Engine, options: &CreateOptions) -> Result<String> {
    let id = id::from_random(machine::random()?);
    let config = configure(engine, options, &id)?;
    let container = Container {
        config,
        state: ContainerState::default(),
    };
    let journal = Journal::begin(engine, &id, &Intent::Create)?;
    let made = || -> Result<()> {
        let bundle = engine.bundle(&id);
        std::fs::create_dir_all(&bundle).map_err(crate::sys::dir::at("make", &bundle))?;
        engine.store.transaction(|rows| {
            rows.insert_container(&container)?;
            rows.insert_event("create", &container, "")
        })?;
        Ok(())
    };
    if let Err(error) = made() {
        crate::sys::dir::remove_dir_if_present(&engine.container_dir(&id))?;
        journal.abandon()?;
        return Err(error);
    }
    journal.abandon()?;
    Ok(id)
}

fn configure(engine: &Engine, options: &CreateOptions, id: &str) -> Result<ContainerConfig> {
    let image = if options.rootfs {
        None
    } else {
        Some(image_lookup::find(engine, &options.image)?)
    };
    let rootfs = match &image {
        Some((image, name)) => Rootfs::Image {
            id: image.id.clone(),
            name: name.clone(),
            raw_name: options.image.clone(),
        },
        None => Rootfs::Directory(root_directory(&options.image)?),
    };
    let image = image.map(|(image, _)| image);
    let name = match &options.name {
        Some(name) => {
            id::check_name(name)?;
            name.clone()
        }
        None => free_name(engine)?,
    };
    let (mut labels, mut env) = (BTreeMap::new(), Vec::new());
    if let Some(image) = &image {
        if let Some(map) = image
            .setting("Labels")
            .and_then(serde_json::Value::as_object)
        {
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            labels.extend(map.iter().map(|(key, value)| (key.clone(), text(value))));
        }
        env = image.strings("Env");
    }
    labels.extend(options.labels.iter().map(|label| pair(label)));
    for line in &options.env {
        set_variable(&mut env, line);
    }
    let image_text = |key: &str| {
        image
            .as_ref()
            .and_then(|image| image.string(key))
            .map(str::to_owned)
    };
    let ports = network::port::parse_all(&options.publish).map_err(network::Error::from)?;
    let volumes = options
        .volumes
        .iter()
        .map(|text| bind_mount(text))
        .collect::<Result<Vec<_>>>()?;
    let (entrypoint, command) = command(options, image.as_ref())?;
    if entrypoint.is_empty() && command.is_empty() {
        return Err(crate::runtime::spec::SpecError::NoCommand.into());
    }
    let stop_signal = options
        .stop_signal
        .clone()
        .or_else(|| image_text("StopSignal"));
    let restart = options.restart.as_deref().unwrap_or("");
    let config = ContainerConfig {
        id: id.to_owned(),
        name,
        created: machine::now(),
        rootfs,
        process: Process {
            entrypoint,
            command,
            env,
            workdir: options
                .workdir
                .clone()
                .or_else(|| image_text("WorkingDir"))
                .unwrap_or_else(|| "/".into()),
            user: options
                .user
                .clone()
                .or_else(|| image_text("User"))
                .unwrap_or_default(),
            terminal: options.terminal,
            stdin: options.stdin,
        },
        hostname: hostname(options, id),
        labels,
        annotations: options.annotations.iter().map(|text| pair(text)).collect(),
        network: network_mode(engine, options)?,
        ports,
        volumes,
        tmpfs: options
            .tmpfs
            .iter()
            .map(|text| tmpfs(text))
            .collect::<Result<_>>()?,
        security: options.security.clone(),
        limits: Limits {
            memory: options.memory,
            pids: options.pids_limit,
        },
        shm_size: options.shm_size.unwrap_or(DEFAULT_SHM_SIZE),
        read_only: options.read_only,
        auto_remove: options.auto_remove,
        restart_policy: RestartPolicy::parse(restart).ok_or_else(|| {
            Error::Invalid(format!(
                "restart policy \"{restart}\" not found: invalid argument"
            ))
        })?,
        runtime: engine.default_runtime()?.name,
        log_driver: log_driver(options)?,
        stop_signal: match stop_signal {
            Some(word) => signal::number(&word)
                .ok_or_else(|| Error::Invalid(format!("invalid signal: {word}")))?,
            None => 15,
        },
        stop_timeout: options.stop_timeout.unwrap_or(10),
        hosts_add: options.add_hosts.clone(),
        dns: options.dns.clone(),
        create_command: options.create_command.clone(),
        imported_spec: None,
    };
    check_together(options, &config)?;
    Ok(config)
}

/// Options that contradict one another are refused before anything is made.
fn check_together(options: &CreateOptions, config: &ContainerConfig) -> Result<()> {
    if config.auto_remove && config.restart_policy != RestartPolicy::No {
        return Err(Error::Invalid(
            "the --rm option conflicts with --restart, when the restartPolicy is not \"\" and \"no\"".into(),
        ));
    }
    let bridge = matches!(config.network, NetworkMode::Bridge { .. });
    if !bridge && (options.ip.is_some() || options.mac_address.is_some()) {
        return Err(Error::Invalid(
            "networks and static ip/mac address can only be used with Bridge mode networking: invalid argument".into(),
        ));
    }
    // Fails now and not at start when a capability or security option isn't one.
    crate::runtime::capability::resolve(
        config.security.privileged,
        &config.security.cap_add,
        &config.security.cap_drop,
    )
    .map_err(crate::runtime::spec::SpecError::from)?;
    if let Some(bad) = config.hosts_add.iter().find(|entry| {
        entry.split_once(':').is_none_or(|(name, ip)| {
            name.is_empty() || ip != "host-gateway" && ip.parse::<IpAddr>().is_err()
        })
    }) {
        return Err(Error::Invalid(format!(
            "invalid IP address in add-host: \"{bad}\""
        )));
    }
    Ok(())
}

fn root_directory(path: &str) -> Result<PathBuf> {
    let path = Path::new(path).canonicalize().map_err(crate::sys::dir::at(
        "find root file system",
        Path::new(path),
    ))?;
    if path.is_dir() {
        Ok(path)
    } else {
        Err(Error::Invalid(format!(
            "rootfs {} is not a directory",
            path.display()
        )))
    }
}

fn free_name(engine: &Engine) -> Result<String> {
    loop {
        let name = id::name_from_random(machine::random()?);
        if engine.store.rows().holder_of_name(&name)?.is_none() {
            return Ok(name);
        }
    }
}

fn hostname(options: &CreateOptions, id: &str) -> String {
    match &options.hostname {
        Some(name) => name.clone(),
        None if options.networks.iter().any(|network| network == "host") => machine::host_name(),
        None => id::short(id).to_owned(),
    }
}

fn command(options: &CreateOptions, image: Option<&Image>) -> Result<(Vec<String>, Vec<String>)> {
    let of_image = |key: &str| image.map(|image| image.strings(key)).unwrap_or_default();
    let entrypoint = match options.entrypoint.as_deref() {
        None => of_image("Entrypoint"),
        Some("") => Vec::new(),
        Some(list) if list.starts_with('[') => serde_json::from_str(list)
            .map_err(|error| Error::Invalid(format!("invalid --entrypoint {list}: {error}")))?,
        Some(word) => vec![word.to_owned()],
    };
    // A new entrypoint makes the image's command meaningless.
    let command = if !options.command.is_empty() {
        options.command.clone()
    } else if options.entrypoint.is_some() {
        Vec::new()
    } else {
        of_image("Cmd")
    };
    Ok((entrypoint, command))
}

fn pair(text: &str) -> (String, String) {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    (key.to_owned(), value.to_owned())
}

fn set_variable(env: &mut Vec<String>, line: &str) {
    let name = line.split('=').next().unwrap_or_default();
    let value = match line.split_once('=') {
        Some((_, value)) => Some(value.to_owned()),
        None => std::env::var(name).ok(),
    };
    env.retain(|known| known.split('=').next() != Some(name));
    if let Some(value) = value {
        env.push(format!("{name}={value}"));
    }
}

fn bind_mount(text: &str) -> Result<BindMount> {
    let mut parts = text.split(':');
    let (source, destination) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let options = parts.next().unwrap_or_default();
    if parts.next().is_some() || destination.is_empty() {
        return Err(Error::Invalid(format!(
            "incorrect volume format, should be [host-dir:]ctr-dir[:option]: {text}"
        )));
    }
    if !destination.starts_with('/') {
        return Err(Error::Invalid(format!(
            "invalid container path \"{destination}\", must be an absolute path"
        )));
    }
    if !source.starts_with(['/', '.']) {
        return Err(Error::Invalid(format!(
            "{text}: named volumes are not supported yet: give a directory of the host, /… or ./…"
        )));
    }
    let absolute = Path::new(source)
        .canonicalize()
        .map_err(|_| Error::Invalid(format!("statfs {source}: no such file or directory")))?;
    let options = options
        .split(',')
        .filter(|word| !word.is_empty() && !matches!(*word, "z" | "Z"));
    Ok(BindMount {
        source: absolute.to_string_lossy().into_owned(),
        destination: destination.to_owned(),
        options: options.map(str::to_owned).collect(),
    })
}

fn tmpfs(text: &str) -> Result<(String, Vec<String>)> {
    let (destination, options) = text.split_once(':').unwrap_or((text, ""));
    if !destination.starts_with('/') {
        return Err(Error::Invalid(format!(
            "invalid container path \"{destination}\", must be an absolute path"
        )));
    }
    let options = options.split(',').filter(|word| !word.is_empty());
    Ok((destination.to_owned(), options.map(str::to_owned).collect()))
}

fn log_driver(options: &CreateOptions) -> Result<String> {
    match options.log_driver.as_deref() {
        None | Some("k8s-file" | "json-file") => Ok("k8s-file".into()),
        Some(driver @ ("journald" | "none")) => Ok(driver.into()),
        Some(other) => Err(Error::Invalid(format!(
            "invalid log driver: {other}: invalid argument"
        ))),
    }
}

fn network_mode(engine: &Engine, options: &CreateOptions) -> Result<NetworkMode> {
    let directory = network::NetworkDirectory::new(&engine.config.network_config_dir);
    let words: Vec<&str> = options.networks.iter().map(String::as_str).collect();
    match words[..] {
        ["none"] => return Ok(NetworkMode::None),
        ["host"] => return Ok(NetworkMode::Host),
        _ => {}
    }
    let wanted: Vec<&str> = if words.is_empty() {
        vec!["podman"]
    } else {
        words
    };
    let mut networks = Vec::new();
    for (number, word) in wanted
        .iter()
        .flat_map(|word| split_networks(word))
        .enumerate()
    {
        let (name, settings) = word.split_once(':').unwrap_or((&word, ""));
        let name = if name == "bridge" { "podman" } else { name };
        let network = directory.get(name)?;
        let mut own = PerNetworkOptions {
            interface_name: format!("eth{number}"),
            ..PerNetworkOptions::default()
        };
        for setting in settings.split(',').filter(|setting| !setting.is_empty()) {
            read_network_setting(&mut own, setting)?;
        }
        if number == 0 {
            own.static_ips.extend(options.ip);
            if let Some(mac) = &options.mac_address {
                own.static_mac = mac.parse::<network::MacAddress>()?.to_string();
            }
        }
        networks.push((network.name, own));
    }
    Ok(NetworkMode::Bridge { networks })
}

/// `a,b` are two networks; `a:ip=…,mac=…` is one with settings.
fn split_networks(word: &str) -> Vec<String> {
    if word.contains(':') {
        vec![word.to_owned()]
    } else {
        word.split(',').map(str::to_owned).collect()
    }
}

fn read_network_setting(options: &mut PerNetworkOptions, setting: &str) -> Result<()> {
    let bad = || Error::Invalid(format!("invalid network setting \"{setting}\""));
    match setting.split_once('=').ok_or_else(bad)? {
        ("ip" | "ip6", value) => options.static_ips.push(value.parse().map_err(|_| bad())?),
        ("mac", value) => options.static_mac = value.parse::<network::MacAddress>()?.to_string(),
        ("alias", value) => options.aliases.push(value.to_owned()),
        ("interface_name", value) => value.clone_into(&mut options.interface_name),
        _ => return Err(bad()),
    }
    Ok(())
}
