//! A new container's row and directory, from what a user asks for; nothing runs yet.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::foreign_labels;
use crate::model::container::{
    Container, ContainerConfig, ContainerState, Limits, Process, RestartPolicy, Rootfs, Security,
};
use crate::model::id;
use crate::model::operation::Intent;
use crate::ops::steps::creation::limits::Changes;
use crate::ops::steps::image_lookup;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::rootfs::make_container_dir;
use crate::ops::steps::life::volumes;
use crate::ops::steps::undo::Undo;
use crate::runtime::spec::{self, SpecError};
use crate::store::{Rows, StoreError};
use crate::sys::dir::remove_dir_if_present;
use crate::sys::{fault, machine, signal};

mod health;
mod kernel;
pub mod limits;
mod log;
mod mount_flag;
mod mounts;
mod network;
pub mod pod;
pub mod pod_plan;
mod process;
mod volumes_from;

pub use health::HealthOptions;
pub use kernel::KernelOptions;

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
    /// `--name`; `None` or empty: made up.
    pub name: Option<String>,
    /// `--env`: `NAME=VALUE`, or `NAME` for the caller's own value.
    pub env: Vec<String>,
    /// `--volume [SOURCE:]DESTINATION[:OPTIONS]`; the source is a directory or a volume's name.
    pub volumes: Vec<String>,
    /// `--volumes-from CONTAINER[:OPTIONS]`.
    pub volumes_from: Vec<String>,
    /// `--mount type=…,src=…,dst=…`.
    pub mounts: Vec<String>,
    /// `--image-volume`: `anonymous` (also where it is empty), `tmpfs` or `ignore`.
    pub image_volume: String,
    /// `--workdir`.
    pub workdir: Option<String>,
    /// `--user`.
    pub user: Option<String>,
    /// Further groups of its processes, names or numbers.
    pub groups: Vec<String>,
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
    /// The end of an attached client's input is not that of the container's (CRI, without `stdin_once`).
    pub stdin_stays: bool,
    /// `--stop-signal`.
    pub stop_signal: Option<String>,
    /// `--stop-timeout`, seconds.
    pub stop_timeout: Option<u32>,
    /// `--add-host NAME:IP`.
    pub add_hosts: Vec<String>,
    /// `--dns`.
    pub dns: Vec<String>,
    /// `--dns-search`.
    pub dns_search: Vec<String>,
    /// `--dns-option`.
    pub dns_options: Vec<String>,
    /// `--memory`, bytes.
    pub memory: Option<u64>,
    /// `--pids-limit`; 0 and below: unlimited.
    pub pids_limit: Option<i64>,
    /// All other limits; the restart policy among them doesn't count.
    pub limits: Changes,
    /// `--sysctl`, `--ulimit`, `--umask`, `--oom-score-adj`, `--device`.
    pub kernel: KernelOptions,
    /// `--health-cmd` and what belongs to it, `--no-healthcheck`.
    pub health: HealthOptions,
    /// `--log-driver`.
    pub log_driver: Option<String>,
    /// `--log-opt`: `NAME=VALUE`.
    pub log_opts: Vec<String>,
    /// `--pod`: name or id of the pod that it joins.
    pub pod: Option<String>,
    /// The whole command line, for `inspect`.
    pub create_command: Vec<String>,
}

/// Makes a container and returns its full id.
///
/// # Errors
/// [`Error::NoSuchImage`], [`Error::Invalid`] for options that make no sense,
/// [`Error::Conflict`] when the name is taken.
pub fn create(engine: &Engine, options: &CreateOptions) -> Result<String> {
    let id = id::from_random(machine::random()?);
    let config = configure(engine, options, &id)?;
    make(engine, config, |_| Ok(()), |_| Ok(()), |_| Ok(()))
}

/// The same of a container that begins in another state than others, and with more in its bundle,
/// which is empty when `files` is called.
///
/// # Errors
/// As [`create`], and of `files`.
pub fn create_with(
    engine: &Engine,
    options: &CreateOptions,
    state: &ContainerState,
    files: impl FnOnce(&ContainerConfig) -> Result<()>,
) -> Result<String> {
    let id = id::from_random(machine::random()?);
    let config = configure(engine, options, &id)?;
    let of_files = config.clone();
    let files = |_: &str| files(&of_files);
    make(
        engine,
        config,
        files,
        |_| Ok(()),
        |rows| rows.update_state(&id, state),
    )
}

/// Makes the row and the directory of a container. `files`: what else its directory gets; `before`
/// and `after` its own row: what else is written in the same transaction.
pub(super) fn make(
    engine: &Engine,
    config: ContainerConfig,
    files: impl FnOnce(&str) -> Result<()>,
    before: impl FnOnce(&Rows<'_>) -> Result<(), StoreError>,
    after: impl FnOnce(&Rows<'_>) -> Result<(), StoreError>,
) -> Result<String> {
    let id = config.id.clone();
    let container = Container {
        config,
        state: ContainerState::default(),
    };
    let journal = Journal::begin(engine, &id, &Intent::Create)?;
    let made = || -> Result<()> {
        make_container_dir(engine, &id)?;
        files(&id)?;
        fault::point("directory-made");
        // Row and end of the operation together: from its row on it may be started by others.
        journal.end_with(|rows| {
            before(rows)?;
            volumes::insert_missing(rows, &container.config)?;
            rows.insert_container(&container)?;
            rows.insert_event("create", &container, "")?;
            after(rows)
        })
    };
    if let Err(error) = made() {
        let mut undo = Undo::default();
        undo.push("container directory", || {
            Ok(remove_dir_if_present(&engine.container_dir(&id))?)
        });
        let error = undo.run(in_podmans_words(error));
        return Err(journal.give_up(error, |_| Ok(())));
    }
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
    let name = match options.name.as_ref().filter(|name| !name.is_empty()) {
        Some(name) => {
            id::check_name(name).map_err(|error| refused_option(&error))?;
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
            labels = foreign_labels(&labels);
        }
        env = image.strings("Env");
    }
    labels.extend(options.labels.iter().map(|label| process::pair(label)));
    for line in &options.env {
        process::set_variable(&mut env, line);
    }
    let image_text = |key: &str| {
        image
            .as_ref()
            .and_then(|image| image.string(key))
            .map(str::to_owned)
    };
    let ports = ::network::port::parse_all(&options.publish).map_err(::network::Error::from)?;
    let lent = volumes_from::read(engine, &options.volumes_from)?;
    let mounts = mounts::read(options, lent, image.as_ref())?;
    let joined = pod::join(engine, options)?;
    let (membership, network, hostname) = match joined {
        Some(joined) => {
            let network = joined
                .network
                .map_or_else(|| network::mode(engine, options), Ok)?;
            (Some(joined.membership), network, joined.hostname)
        }
        None => (None, network::mode(engine, options)?, None),
    };
    let (entrypoint, command) = process::command(options, image.as_ref());
    let stop_signal = options
        .stop_signal
        .clone()
        .or_else(|| image_text("StopSignal"));
    let kernel = kernel::read(&options.kernel, &network, membership.as_ref())?;
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
            groups: options.groups.clone(),
            terminal: options.terminal,
            stdin: options.stdin,
            stdin_stays: options.stdin && options.stdin_stays,
        },
        hostname: hostname.unwrap_or_else(|| process::hostname(options, id)),
        labels,
        annotations: options
            .annotations
            .iter()
            .map(|text| process::pair(text))
            .collect(),
        network,
        ports,
        volumes: mounts.binds,
        named_volumes: mounts.volumes,
        tmpfs: mounts.tmpfs,
        security: options.security.clone(),
        limits: options.limits.apply(&Limits {
            memory: options.memory,
            pids: options.pids_limit,
            ..Limits::default()
        })?,
        shm_size: options.shm_size.unwrap_or(DEFAULT_SHM_SIZE),
        read_only: options.read_only,
        auto_remove: options.auto_remove,
        restart_policy: restart_policy(options.restart.as_deref().unwrap_or(""))?,
        runtime: engine.default_runtime()?.name,
        log_driver: log::driver(options)?,
        log_options: log::options(options)?,
        stop_signal: match stop_signal {
            Some(word) => signal::number(&word)
                .ok_or_else(|| Error::Invalid(format!("invalid signal: {word}")))?,
            None => 15,
        },
        stop_timeout: options.stop_timeout.unwrap_or(10),
        hosts_add: options.add_hosts.clone(),
        dns: options.dns.clone(),
        dns_search: options.dns_search.clone(),
        dns_options: options.dns_options.clone(),
        kernel,
        create_command: options.create_command.clone(),
        healthcheck: health::check(&options.health, image.as_ref())?,
        health_on_failure: health::on_failure(&options.health)?,
        pod: membership,
        imported_spec: None,
    };
    check_together(options, &config)?;
    Ok(config)
}

/// Options that are wrong or contradict one another are refused before anything is made; what
/// comes last here is what Podman looks at last.
fn check_together(options: &CreateOptions, config: &ContainerConfig) -> Result<()> {
    if config.auto_remove && config.restart_policy != RestartPolicy::No {
        return Err(Error::Invalid(
            "the --rm option conflicts with --restart, when the restartPolicy is not \"\" and \"no\"".into(),
        ));
    }
    network::check(options, &config.network)?;
    mounts::check_destinations(config)?;
    health::check_together(config)?;
    spec::check_security(&config.security)?;
    if config.process.arguments().is_empty() {
        return Err(SpecError::NoCommand.into());
    }
    Ok(())
}

/// Podman's frame around what it finds wrong while it applies an option.
fn refused_option(reason: &dyn std::fmt::Display) -> Error {
    Error::Invalid(format!("running container create option: {reason}"))
}

/// Podman's sentence for a name that is taken, which names the way out that `create` has.
fn in_podmans_words(error: Error) -> Error {
    match error {
        Error::Store(taken @ StoreError::NameInUse { .. }) => Error::Conflict(format!(
            "creating container storage: {taken}, or use --replace to instruct Podman to do so."
        )),
        other => other,
    }
}

fn restart_policy(word: &str) -> Result<RestartPolicy> {
    if let Some(policy) = RestartPolicy::parse(word) {
        return Ok(policy);
    }
    Err(match word.split_once(':') {
        Some(("on-failure", count)) => Error::Invalid(format!(
            "parsing restart policy retry count: strconv.Atoi: parsing \"{count}\": invalid syntax"
        )),
        Some((policy, _)) if RestartPolicy::parse(policy).is_some() => Error::Invalid(
            "restart policy retries can only be specified with on-failure restart policy".into(),
        ),
        _ => refused_option(&format!(
            "\"{word}\" is not a valid restart policy: invalid argument"
        )),
    })
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

pub(super) fn free_name(engine: &Engine) -> Result<String> {
    loop {
        let name = id::name_from_random(machine::random()?);
        if engine.store.rows().holder_of_name(&name)?.is_none() {
            return Ok(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text<T: std::fmt::Debug>(result: Result<T>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn restart_policies_that_are_none() {
        assert_eq!(
            text(restart_policy("foo")),
            "running container create option: \"foo\" is not a valid restart policy: invalid argument"
        );
        assert_eq!(
            text(restart_policy("on-failure:x")),
            "parsing restart policy retry count: strconv.Atoi: parsing \"x\": invalid syntax"
        );
        assert_eq!(
            text(restart_policy("always:3")),
            "restart policy retries can only be specified with on-failure restart policy"
        );
        assert_eq!(
            restart_policy("on-failure:2").unwrap(),
            RestartPolicy::OnFailure(2)
        );
    }

    #[test]
    fn names_that_are_none() {
        assert_eq!(
            refused_option(&id::check_name("a b").unwrap_err()).to_string(),
            "running container create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument"
        );
    }

    #[test]
    fn a_name_that_is_taken() {
        let taken = StoreError::NameInUse {
            name: "web".into(),
            id: "abc".into(),
        };
        let error = in_podmans_words(taken.into());
        assert_eq!(error.kind(), crate::ErrorKind::Conflict);
        assert_eq!(
            error.to_string(),
            "creating container storage: the container name \"web\" is already in use by abc. You have to remove that container to be able to reuse that name: that name is already in use, or use --replace to instruct Podman to do so."
        );
    }
}
