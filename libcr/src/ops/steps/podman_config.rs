//! Between our record of a container and Podman's `config.dump`, both ways.
//!
//! What comes in is hostile until checked: the words by `thawing::imported_record` before they come
//! here, the specification by `thawing::imported_spec`.

use std::collections::{BTreeMap, BTreeSet};

use network::types::{PerNetworkOptions, PortMapping, Protocol};
use serde_json::Value;

use crate::archive::podman;
use crate::engine::Engine;
use crate::error::{Error, Result, one_line};
use crate::model::container::kernel::KernelSettings;
use crate::model::container::pod::{Membership, Pod, Shared};
use crate::model::container::{
    Container, ContainerConfig, NetworkMode, Process, RestartPolicy, Rootfs, Security, VolumeMount,
};
use crate::model::container::{LOG_SIZE, foreign_labels};
use crate::model::health::{self, Healthcheck, OnFailure};
use crate::model::id;
use crate::ops::steps::creation;
use crate::ops::steps::thawing::imported_spec::{self, Grants};
use crate::ops::steps::thawing::{foreign, imported_record};
use crate::runtime::{capability, limits, spec};

/// `config.dump` of a container.
pub fn to_podman(container: &Container) -> podman::ContainerConfig {
    let config = &container.config;
    let mut dump = podman::ContainerConfig {
        id: config.id.clone(),
        name: config.name.clone(),
        runtime: config.runtime.clone(),
        created_time: config.created.clone(),
        shm_size: i64::try_from(config.shm_size).unwrap_or(i64::MAX),
        create_net_ns: config.network.is_own(),
        network_mode: config.network.word().into_owned(),
        log_driver: config.log_driver.clone(),
        log_size: i64::try_from(config.log_limit()).unwrap_or(i64::MAX),
        user: config.process.user.clone(),
        labels: config.labels.clone(),
        create_command: config.create_command.clone(),
        command: config.process.arguments(),
        entrypoint: config.process.entrypoint.clone(),
        stop_signal: u32::try_from(config.stop_signal).unwrap_or(15),
        stop_timeout: config.stop_timeout,
        restart_policy: config.restart_policy.as_str().to_owned(),
        restart_retries: match config.restart_policy {
            RestartPolicy::OnFailure(count) => count,
            _ => 0,
        },
        privileged: config.security.privileged,
        hosts_add: config.hosts_add.clone(),
        dns_server: config.dns.clone(),
        dns_search: config.dns_search.clone(),
        dns_option: config.dns_options.clone(),
        stdin: config.process.stdin,
        user_volumes: user_volumes(config),
        named_volumes: config.named_volumes.iter().map(volume_out).collect(),
        healthcheck: config
            .healthcheck
            .as_ref()
            .and_then(|check| serde_json::to_value(check).ok()),
        health_on_failure: config.health_on_failure.number(),
        ..podman::ContainerConfig::default()
    };
    if config.healthcheck.is_some() {
        // Without them Podman 5 and 6 keep results without a bound.
        dump.other.extend([
            ("healthLogDestination".to_owned(), "local".into()),
            ("healthMaxLogCount".to_owned(), health::LOG_COUNT.into()),
            ("healthMaxLogSize".to_owned(), health::LOG_SIZE.into()),
        ]);
    }
    match &config.rootfs {
        Rootfs::Image { id, name, raw_name } => {
            dump.rootfs_image_id.clone_from(id);
            dump.rootfs_image_name.clone_from(name);
            dump.raw_image_name.clone_from(raw_name);
        }
        Rootfs::Directory(path) => dump.rootfs = path.display().to_string(),
    }
    pod_out(config, &mut dump);
    dump.port_mappings = config.ports.iter().map(port_out).collect();
    if let NetworkMode::Bridge { networks } = &config.network {
        dump.set_networks(networks.iter().map(network_out).collect());
    }
    dump
}

/// The pod, and whose namespaces it joins: Podman's keys (libpod/container_config.go).
fn pod_out(config: &ContainerConfig, dump: &mut podman::ContainerConfig) {
    let Some(membership) = &config.pod else {
        return;
    };
    dump.pod.clone_from(&membership.pod);
    for (kind, key) in NAMESPACE_KEYS {
        if let Some(holder) = config.joined(kind) {
            dump.other.insert(key.into(), holder.into());
        }
    }
}

/// Podman's keys for the container whose namespace of a kind is joined.
const NAMESPACE_KEYS: [(Shared, &str); 4] = [
    (Shared::Ipc, "ipcNsCtr"),
    (Shared::Net, "netNsCtr"),
    (Shared::Pid, "pidNsCtr"),
    (Shared::Uts, "utsNsCtr"),
];

/// What an archived container shared with its pod.
pub fn shared_with_pod(dump: &podman::ContainerConfig) -> BTreeSet<Shared> {
    let named = |key: &str| {
        let holder = dump.other.get(key).and_then(Value::as_str);
        holder.is_some_and(|holder| !holder.is_empty())
    };
    let kinds = NAMESPACE_KEYS.iter().filter(|(_, key)| named(key));
    kinds.map(|(kind, _)| *kind).collect()
}

/// Podman lists there what the user mounted, and volumes that the image asked for too.
fn user_volumes(config: &ContainerConfig) -> Vec<String> {
    let binds = config.volumes.iter().map(|volume| &volume.destination);
    let volumes = config.named_volumes.iter();
    binds
        .chain(volumes.map(|volume| &volume.destination))
        .cloned()
        .collect()
}

fn volume_out(mount: &VolumeMount) -> podman::NamedVolume {
    podman::NamedVolume {
        volume_name: mount.name.clone(),
        dest: mount.destination.clone(),
        options: mount.options.clone(),
        set_anonymous: mount.anonymous,
        sub_path: mount.sub_path.clone(),
    }
}

fn port_out(ports: &PortMapping) -> podman::PortMapping {
    podman::PortMapping {
        host_ip: ports.host_ip.clone(),
        container_port: ports.container_port,
        host_port: ports.host_port,
        range: ports.range,
        protocol: ports.protocol.as_str().to_owned(),
    }
}

fn network_out((name, options): &(String, PerNetworkOptions)) -> podman::NamedNetwork {
    podman::NamedNetwork {
        name: name.clone(),
        options: podman::NetworkOptions {
            static_ips: options.static_ips.iter().map(ToString::to_string).collect(),
            aliases: options.aliases.clone(),
            static_mac: options.static_mac.clone(),
            interface_name: options.interface_name.clone(),
            options: options.options.clone(),
        },
    }
}

/// Where root's Podman has its volumes, unless told otherwise (containers-storage.conf(5)). It
/// mounts what a `spec.dump` says, not where it has unpacked a volume; ours are localized.
const PODMANS_VOLUMES: &str = "/var/lib/containers/storage/volumes";

/// `spec.dump` of a container: its `config.json` without what belongs to this host alone.
pub fn spec_to_podman(engine: &Engine, container: &Container) -> Result<Vec<u8>> {
    let path = engine.bundle(&container.config.id).join("config.json");
    let text = std::fs::read(&path).map_err(crate::sys::dir::at("read", &path))?;
    let mut spec: Value = serde_json::from_slice(&text).map_err(std::io::Error::other)?;
    if let Some(annotations) = spec["annotations"].as_object_mut() {
        // A path of this host: a runtime that finds the annotation insists on the file.
        annotations.remove(spec::CRIU_CONFIG);
    }
    for mount in spec["mounts"].as_array_mut().into_iter().flatten() {
        let destination = mount["destination"].as_str().unwrap_or_default();
        let volumes = &container.config.named_volumes;
        if let Some(volume) = spec::volume_at(volumes, destination) {
            mount["source"] = format!("{PODMANS_VOLUMES}/{}/_data", volume.name).into();
        }
    }
    Ok(serde_json::to_vec_pretty(&spec).map_err(std::io::Error::other)?)
}

/// The longest time that a health check of an archive may take: an hour, in nanoseconds.
const LONGEST_CHECK: u64 = 3_600_000_000_000;

/// What becomes of an archived container by the user's choice.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// Another name.
    pub name: Option<&'a str>,
    /// Another id.
    pub id: Option<String>,
    /// The pod that it joins.
    pub pod: Option<Pod>,
}

/// Our record of an archived container, under a new id and name where given; `runtime` thaws it.
///
/// # Errors
/// [`Error::Invalid`] for what the archive wants and the user didn't grant, named.
pub fn from_podman(
    dump: &podman::ContainerConfig,
    spec: Value,
    wanted: Wanted<'_>,
    rootfs: Rootfs,
    runtime: String,
    grants: Grants,
) -> Result<ContainerConfig> {
    let Wanted {
        name: new_name,
        id: new_id,
        pod,
    } = wanted;
    let id = new_id.unwrap_or_else(|| dump.id.clone());
    id::check_id(&id)?;
    let name = new_name.unwrap_or(&dump.name).to_owned();
    id::check_name(&name)?;
    if !dump.dependencies.is_empty() {
        return Err(Error::Invalid(
            "cannot import checkpoints of containers with dependencies".into(),
        ));
    }
    let named_volumes = volumes_in(dump)?;
    let shared = shared_with_pod(dump);
    let joins = |kind| pod.is_some() && shared.contains(&kind);
    let mut spec = imported_spec::check(spec, grants, &named_volumes, joins(Shared::Pid))?;
    if joins(Shared::Net) || joins(Shared::Ipc) {
        // Settings of namespaces that are the pod's.
        spec["linux"]["sysctl"] = Value::Null;
    }
    let process = &spec["process"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let strings = |value: &Value| {
        value
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect::<Vec<_>>()
    };
    let arguments = strings(&process["args"]);
    let entrypoint = if arguments.starts_with(&dump.entrypoint) {
        dump.entrypoint.clone()
    } else {
        Vec::new()
    };
    let infra = pod.as_ref().and_then(|pod| pod.infra.clone());
    let network = match infra.clone().filter(|_| joins(Shared::Net)) {
        Some(id) => NetworkMode::Container { id },
        None => network_in(dump, &spec)?,
    };
    let of_pod = pod.as_ref().filter(|_| joins(Shared::Uts));
    let of_pod = of_pod.map(|pod| creation::pod::host_name(pod).to_owned());
    let hostname = of_pod.or_else(|| Some(text(&spec["hostname"])).filter(|name| !name.is_empty()));
    let in_kubernetes = dump.in_kubernetes();
    Ok(ContainerConfig {
        hostname: hostname
            .or_else(|| in_kubernetes.then(|| foreign::hostname(&spec)).flatten())
            .unwrap_or_else(|| id::short(&id).to_owned()),
        created: crate::sys::machine::now(),
        rootfs,
        process: Process {
            command: arguments[entrypoint.len()..].to_vec(),
            entrypoint,
            env: strings(&process["env"]),
            workdir: text(&process["cwd"]),
            user: if in_kubernetes {
                foreign::user(&spec)
            } else {
                dump.user.clone()
            },
            // In its own specification, by number.
            groups: Vec::new(),
            terminal: process["terminal"].as_bool().unwrap_or(false),
            stdin: dump.stdin,
            stdin_stays: false,
        },
        labels: foreign_labels(&dump.labels),
        annotations: own_annotations(&spec),
        ports: match network {
            NetworkMode::Container { .. } => Vec::new(),
            _ => dump
                .port_mappings
                .iter()
                .map(port_in)
                .collect::<Result<_>>()?,
        },
        volumes: Vec::new(),
        named_volumes,
        tmpfs: BTreeMap::new(),
        // What it may do is in its specification; this word alone grants nothing.
        security: security_of(&spec, dump.privileged && grants.capabilities),
        limits: limits::read(&spec["linux"]["resources"]),
        shm_size: shm_size_in(dump)?,
        read_only: spec["root"]["readonly"].as_bool().unwrap_or(false),
        auto_remove: spec["annotations"][spec::AUTO_REMOVE] == "TRUE",
        restart_policy: restart_in(dump),
        runtime,
        log_driver: match dump.log_driver.as_str() {
            driver @ ("journald" | "none") => driver.to_owned(),
            _ => "k8s-file".to_owned(),
        },
        log_options: Some(dump.log_size)
            .filter(|bytes| *bytes > 0)
            .map(|bytes| (LOG_SIZE.to_owned(), bytes.to_string()))
            .into_iter()
            .collect(),
        stop_signal: i32::try_from(dump.stop_signal)
            .ok()
            .filter(|number| (1..=64).contains(number))
            .unwrap_or(15),
        stop_timeout: if dump.stop_timeout == 0 {
            10
        } else {
            dump.stop_timeout
        },
        hosts_add: dump.hosts_add.clone(),
        dns: dump.dns_server.clone(),
        dns_search: dump.dns_search.clone(),
        dns_options: dump.dns_option.clone(),
        // In its own specification.
        kernel: KernelSettings::default(),
        create_command: dump.create_command.clone(),
        network,
        id,
        name,
        healthcheck: healthcheck_in(dump)?,
        health_on_failure: OnFailure::from_number(dump.health_on_failure),
        pod: pod.map(|pod| Membership {
            joins: infra.filter(|_| !shared.is_empty()).unwrap_or_default(),
            shares: shared,
            ..creation::pod::membership(&pod)
        }),
        imported_spec: Some(spec),
    })
}

/// The size of /dev/shm, bytes. What is in it is this host's memory before the container's limit
/// counts it: no more than the kernel gives a tmpfs by itself.
fn shm_size_in(dump: &podman::ContainerConfig) -> Result<u64> {
    const USUAL: u64 = 65_536_000;
    let size = u64::try_from(dump.shm_size).ok().filter(|size| *size > 0);
    let size = size.unwrap_or(USUAL);
    let (total, _) = crate::sys::machine::memory();
    let most = (total / 2).max(USUAL);
    if size > most {
        return Err(Error::Invalid(format!(
            "the archive has a /dev/shm of {size} bytes, more than half of this host's memory ({most})"
        )));
    }
    Ok(size)
}

fn healthcheck_in(dump: &podman::ContainerConfig) -> Result<Option<Healthcheck>> {
    let Some(value) = dump.healthcheck.as_ref().filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let mut value = value.clone();
    // Go's durations have a sign, and Podman takes a negative interval.
    for key in ["StartPeriod", "Interval", "Timeout", "Retries"] {
        if value[key].as_i64().is_some_and(i64::is_negative) {
            value[key] = 0.into();
        }
    }
    let mut check: Healthcheck = serde_json::from_value(value).map_err(|error| {
        let why = one_line(&error);
        Error::Invalid(format!("archive has a health check that is none: {why}"))
    })?;
    // A checkpoint waits for the check that runs.
    check.timeout = check.timeout.min(LONGEST_CHECK);
    Ok(Some(check))
}

fn restart_in(dump: &podman::ContainerConfig) -> RestartPolicy {
    match RestartPolicy::parse(&dump.restart_policy) {
        Some(RestartPolicy::OnFailure(_)) => RestartPolicy::OnFailure(dump.restart_retries),
        policy => policy.unwrap_or_default(),
    }
}

fn own_annotations(spec: &Value) -> BTreeMap<String, String> {
    let map = spec["annotations"].as_object().into_iter().flatten();
    let known = |key: &str| [spec::ENGINE, spec::CRIU_CONFIG, spec::AUTO_REMOVE].contains(&key);
    map.filter(|(key, _)| !known(key))
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// The volumes that an archive names, each with a name and a place that can be one.
fn volumes_in(dump: &podman::ContainerConfig) -> Result<Vec<VolumeMount>> {
    let mut volumes: Vec<VolumeMount> = Vec::new();
    for named in &dump.named_volumes {
        let (name, place) = (&named.volume_name, &named.dest);
        id::check_name(name).map_err(|error| {
            Error::Invalid(format!("the archive names a volume {name:?}: {error}"))
        })?;
        let climbs = place.split('/').any(|part| part == "..");
        if !place.starts_with('/') || climbs {
            return Err(Error::Invalid(format!(
                "the archive mounts volume {name} at {place:?}"
            )));
        }
        if volumes.iter().any(|other| other.destination == *place) {
            return Err(Error::Invalid(format!(
                "{place}: duplicate mount destination"
            )));
        }
        if !named.sub_path.is_empty() {
            // Its links would be followed on this host.
            return Err(Error::Invalid(format!(
                "the archive mounts the directory {:?} of volume {name} at {place}: only whole volumes can be restored",
                named.sub_path
            )));
        }
        volumes.push(VolumeMount {
            name: name.clone(),
            destination: place.clone(),
            options: imported_spec::volume_options(&named.options),
            anonymous: named.set_anonymous,
            sub_path: String::new(),
        });
    }
    Ok(volumes)
}

fn port_in(ports: &podman::PortMapping) -> Result<PortMapping> {
    let protocol: Protocol = serde_json::from_value(Value::from(match ports.protocol.as_str() {
        "" => "tcp",
        word => word,
    }))
    .map_err(|_| {
        Error::Invalid(format!(
            "archive publishes a port with unknown protocol {:?}",
            ports.protocol
        ))
    })?;
    Ok(PortMapping {
        host_ip: ports.host_ip.clone(),
        container_port: ports.container_port,
        host_port: ports.host_port,
        range: ports.range.max(1),
        protocol,
    })
}

fn network_in(dump: &podman::ContainerConfig, spec: &Value) -> Result<NetworkMode> {
    if !imported_spec::has_own_network(spec) {
        return Ok(NetworkMode::Host);
    }
    if dump.in_kubernetes() {
        return Ok(foreign::pod_network());
    }
    let networks = dump.all_networks();
    if networks.is_empty() {
        return Ok(NetworkMode::None);
    }
    let read = |(number, named): (usize, podman::NamedNetwork)| {
        let options = named.options;
        let ips = options.static_ips.iter().map(|ip| {
            ip.parse().map_err(|_| {
                Error::Invalid(format!("archive has a static address that is none: {ip:?}"))
            })
        });
        let interface = if options.interface_name.is_empty() {
            format!("eth{number}")
        } else {
            options.interface_name.clone()
        };
        let own = PerNetworkOptions {
            static_ips: ips.collect::<Result<_>>()?,
            aliases: options.aliases,
            static_mac: match options.static_mac.as_str() {
                "" => String::new(),
                mac => mac.parse::<network::MacAddress>()?.to_string(),
            },
            interface_name: interface,
            options: options
                .options
                .into_iter()
                .filter(|(key, value)| imported_record::is_own_option(key, value))
                .collect(),
        };
        Ok((named.name, own))
    };
    let networks = networks
        .into_iter()
        .enumerate()
        .map(read)
        .collect::<Result<_>>()?;
    Ok(NetworkMode::Bridge { networks })
}

fn security_of(spec: &Value, privileged: bool) -> Security {
    let bounding = imported_spec::bounding(spec);
    let is_default = |word: &String| capability::DEFAULT.contains(&word.as_str());
    Security {
        privileged,
        cap_add: bounding
            .iter()
            .filter(|word| !is_default(word))
            .cloned()
            .collect(),
        cap_drop: capability::DEFAULT
            .iter()
            .filter(|word| !bounding.iter().any(|has| has == *word))
            .map(|word| (*word).to_owned())
            .collect(),
        options: Vec::new(),
        // In its own specification.
        masked_paths: None,
        read_only_paths: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, dest: &str) -> podman::NamedVolume {
        podman::NamedVolume {
            volume_name: name.into(),
            dest: dest.into(),
            options: vec!["nosuid".into(), "nodev".into(), "rbind".into()],
            set_anonymous: true,
            sub_path: String::new(),
        }
    }

    fn read(volumes: Vec<podman::NamedVolume>) -> Result<Vec<VolumeMount>> {
        volumes_in(&podman::ContainerConfig {
            named_volumes: volumes,
            ..podman::ContainerConfig::default()
        })
    }

    #[test]
    fn a_volume_is_what_it_was_after_both_directions() -> Result<()> {
        let there = named("v", "/data");
        let back = read(vec![there.clone()])?;
        assert_eq!(back.iter().map(volume_out).collect::<Vec<_>>(), [there]);
        Ok(())
    }

    #[test]
    fn volumes_of_a_hostile_archive_are_refused() {
        let of =
            |volume: podman::NamedVolume| read(vec![volume]).map_err(|error| error.to_string());
        for name in ["../etc", "", ".removed", "a/b"] {
            let refused = of(named(name, "/data"));
            assert!(
                refused.is_err_and(|text| text.contains("names must match")),
                "{name}"
            );
        }
        for place in ["data", "/a/../../etc", ""] {
            let refused = of(named("v", place));
            assert!(
                refused.is_err_and(|text| text.contains("mounts volume v at")),
                "{place}"
            );
        }
        let mut part = named("v", "/data");
        part.sub_path = "link".into();
        assert!(of(part).is_err_and(|text| text.contains("only whole volumes")));
        let twice = read(vec![named("v", "/data"), named("w", "/data")]);
        assert!(
            twice.is_err_and(|error| error.to_string() == "/data: duplicate mount destination")
        );
    }
}
