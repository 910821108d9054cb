//! `inspect` of a container: Podman's fields (libpod/define/container_inspect.go).

use std::collections::BTreeMap;

use network::types::{PortMapping, StatusBlock};
use serde_json::{Map, Value, json};

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::pod::Shared;
use crate::model::container::{
    Container, ContainerConfig, Limits, NetworkMode, RestartPolicy, log_size,
};
use crate::model::health::{LOG_COUNT, LOG_SIZE};
use crate::model::status::Status;
use crate::model::volume::LOCAL_DRIVER;
use crate::ops::steps::life::bring_up::{cgroup_path, pod_cgroup_of};
use crate::ops::steps::life::health;
use crate::ops::steps::life::observe::look;
use crate::ops::steps::life::rootfs;
use crate::runtime::{spec, user};
use crate::sys::{mount, signal};

/// Go's zero time, which Podman prints where something never happened.
pub const NEVER: &str = "0001-01-01T00:00:00Z";

/// Everything about a container, as one object of Podman's.
pub fn inspect(engine: &Engine, word: &str) -> Result<Value> {
    let mut container = engine.find(word)?;
    look(engine, &mut container);
    let config = &container.config;
    let arguments = config.process.arguments();
    let (path, rest) = arguments
        .split_first()
        .map_or(("", &[][..]), |(path, rest)| (path.as_str(), rest));
    let paths = rootfs::paths(engine, config);
    let bundle = engine.bundle(&config.id);
    let holder = Shared::ALL.into_iter().find_map(|kind| config.joined(kind));
    let dependencies: Vec<&str> = holder.into_iter().collect();
    Ok(json!({
        "Id": config.id,
        "Created": config.created,
        "Path": path,
        "Args": rest,
        "State": state(engine, &container),
        "Image": config.rootfs.image_id().unwrap_or_default(),
        "ImageName": config.rootfs.image_name(),
        "Rootfs": if config.rootfs.image_id().is_some() { String::new() } else { paths.merged.display().to_string() },
        "Pod": config.pod_id(),
        "ResolvConfPath": bundle.join("resolv.conf"),
        "HostnamePath": bundle.join("hostname"),
        "HostsPath": bundle.join("hosts"),
        "StaticDir": bundle,
        "OCIConfigPath": bundle.join("config.json"),
        "OCIRuntime": config.runtime,
        "ConmonPidFile": engine.monitor_paths(&config.id).monitor_pid_file(),
        "PidFile": engine.monitor_paths(&config.id).pid_file(),
        "Name": config.name,
        "RestartCount": container.state.restart_count,
        "Driver": "overlay",
        "MountLabel": "",
        "ProcessLabel": "",
        "EffectiveCaps": effective_capabilities(&container),
        "BoundingCaps": bounding_capabilities(&container),
        "ExecIDs": [],
        "GraphDriver": {
            "Name": "overlay",
            "Data": { "MergedDir": paths.merged, "UpperDir": paths.upper, "WorkDir": paths.work },
        },
        "Mounts": mounts(engine, config),
        "Dependencies": dependencies,
        "NetworkSettings": network_settings(engine, &container),
        "Namespace": "",
        "IsInfra": config.is_infra(),
        "IsService": false,
        "Config": configuration(engine, &container),
        "HostConfig": host_configuration(engine, &container),
    }))
}

fn mounts(engine: &Engine, config: &ContainerConfig) -> Vec<Value> {
    let facts = |options: &[String]| {
        let about_place = |word: &str| matches!(word, "ro" | "rw") || spec::is_propagation(word);
        let mut shown = options.to_vec();
        shown.retain(|word| !about_place(word));
        if !shown
            .iter()
            .any(|word| matches!(word.as_str(), "bind" | "rbind"))
        {
            shown.push("rbind".into());
        }
        let mut words = options.iter();
        let propagation = words.find(|word| spec::is_propagation(word));
        json!({
            "Mode": "",
            "Options": shown,
            "RW": !options.iter().any(|option| option == "ro"),
            "Propagation": propagation.map_or("rprivate", String::as_str),
        })
    };
    let joined = |mut own: Value, facts: Value| {
        if let (Some(own), Value::Object(facts)) = (own.as_object_mut(), facts) {
            own.extend(facts);
        }
        own
    };
    let binds = config.volumes.iter().map(|bind| {
        let own = json!({
            "Type": "bind",
            "Source": bind.source,
            "Destination": bind.destination,
            "Driver": "",
        });
        joined(own, facts(&bind.options))
    });
    let volumes = config.named_volumes.iter().map(|volume| {
        let own = json!({
            "Type": "volume",
            "Name": volume.name,
            "Source": engine.volume_data(&volume.name),
            "Destination": volume.destination,
            "Driver": LOCAL_DRIVER,
        });
        joined(own, facts(&volume.options))
    });
    volumes.chain(binds).collect()
}

fn state(engine: &Engine, container: &Container) -> Value {
    let state = &container.state;
    let id = &container.config.id;
    let bundle = engine.bundle(id);
    let time = |time: &Option<String>| time.clone().unwrap_or_else(|| NEVER.into());
    let mut object = json!({
        "OciVersion": "1.2.0",
        "Status": state.status.as_str(),
        "Running": state.status == Status::Running,
        "Paused": state.status == Status::Paused,
        "Restarting": false,
        "OOMKilled": state.oom_killed,
        "Dead": false,
        "Pid": state.pid.unwrap_or(0),
        "ConmonPid": state.monitor_pid.unwrap_or(0),
        "ExitCode": state.exit_code,
        "Error": state.error,
        "StartedAt": time(&state.started_at),
        "FinishedAt": time(&state.finished_at),
        "CgroupPath": if state.status.is_alive() { cgroup_path(&container.config) } else { String::new() },
        "CheckpointedAt": time(&state.checkpointed_at),
        "RestoredAt": time(&state.restored_at),
    });
    let mut optional = Map::new();
    if state.checkpointed_at.is_some() {
        optional.insert("Checkpointed".into(), true.into());
    }
    if state.restored_at.is_some() {
        optional.insert("Restored".into(), true.into());
    }
    for (key, file) in [
        ("CheckpointPath", "checkpoint"),
        ("CheckpointLog", "dump.log"),
        ("RestoreLog", "restore.log"),
    ] {
        let path = bundle.join(file);
        if path.exists() && (state.checkpointed_at.is_some() || state.restored_at.is_some()) {
            optional.insert(key.into(), path.display().to_string().into());
        }
    }
    if let Some(health) = health::read(engine, &container.config) {
        optional.insert("Health".into(), json!(health));
    }
    if let Some(map) = object.as_object_mut() {
        map.extend(optional);
    }
    object
}

fn bounding_capabilities(container: &Container) -> Vec<String> {
    let security = &container.config.security;
    crate::runtime::capability::resolve(security.privileged, &security.cap_add, &security.cap_drop)
        .unwrap_or_default()
}

fn effective_capabilities(container: &Container) -> Vec<String> {
    let user = container
        .config
        .process
        .user
        .split(':')
        .next()
        .unwrap_or_default();
    if matches!(user, "" | "0" | "root") {
        bounding_capabilities(container)
    } else {
        Vec::new()
    }
}

fn ports(container: &Container) -> Value {
    let mut ports: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let chosen = if container.state.status.is_alive() {
        &container.state.ports
    } else {
        &container.config.ports
    };
    for mapping in chosen {
        for offset in 0..mapping.range.max(1) {
            let PortMapping {
                host_ip,
                container_port,
                host_port,
                protocol,
                ..
            } = mapping;
            let key = format!("{}/{}", container_port + offset, protocol.as_str());
            let host = if host_ip.is_empty() {
                "0.0.0.0"
            } else {
                host_ip
            };
            ports.entry(key).or_default().push(json!({
                "HostIp": host,
                "HostPort": (host_port + offset).to_string(),
            }));
        }
    }
    json!(ports)
}

fn network_settings(engine: &Engine, container: &Container) -> Value {
    let id = &container.config.id;
    let alive = container.state.status.is_alive();
    let own_namespace = alive && container.config.network.is_own();
    let sandbox = if own_namespace {
        engine.netns(id).display().to_string()
    } else {
        String::new()
    };
    let mut settings = json!({
        "EndpointID": "", "Gateway": "", "IPAddress": "", "IPPrefixLen": 0, "IPv6Gateway": "",
        "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0, "MacAddress": "", "Bridge": "",
        "SandboxID": "", "HairpinMode": false, "LinkLocalIPv6Address": "", "LinkLocalIPv6PrefixLen": 0,
        "Ports": ports(container), "SandboxKey": sandbox,
    });
    if let NetworkMode::Bridge { networks } = &container.config.network {
        let mut map = Map::new();
        for (name, _) in networks {
            let block = container.state.network_status.get(name).filter(|_| alive);
            let facts = addresses(name, block, id);
            // Podman repeats the default network's facts at the top.
            if networks.len() == 1 {
                for key in [
                    "Gateway",
                    "IPAddress",
                    "IPPrefixLen",
                    "IPv6Gateway",
                    "GlobalIPv6Address",
                    "GlobalIPv6PrefixLen",
                    "MacAddress",
                ] {
                    settings[key] = facts[key].clone();
                }
            }
            map.insert(name.clone(), facts);
        }
        settings["Networks"] = map.into();
    }
    settings
}

fn addresses(name: &str, block: Option<&StatusBlock>, id: &str) -> Value {
    let mut facts = json!({
        "EndpointID": "", "Gateway": "", "IPAddress": "", "IPPrefixLen": 0, "IPv6Gateway": "",
        "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0, "MacAddress": "", "NetworkID": name,
        "DriverOpts": null, "IPAMConfig": null, "Links": null,
        "Aliases": [crate::model::id::short(id)],
    });
    let Some(interface) = block.and_then(|block| block.interfaces.values().next()) else {
        return facts;
    };
    facts["MacAddress"] = interface.mac_address.clone().into();
    for subnet in &interface.subnets {
        let (address, prefix, gateway) = if subnet.ipnet.is_ipv4() {
            ("IPAddress", "IPPrefixLen", "Gateway")
        } else {
            ("GlobalIPv6Address", "GlobalIPv6PrefixLen", "IPv6Gateway")
        };
        if facts[address] == "" {
            facts[address] = subnet.ipnet.ip().to_string().into();
            facts[prefix] = subnet.ipnet.prefix().into();
            facts[gateway] = subnet
                .gateway
                .map(|ip| ip.to_string())
                .unwrap_or_default()
                .into();
        }
    }
    facts
}

/// The variables that its first process has or will have.
fn environment(engine: &Engine, config: &ContainerConfig) -> Vec<String> {
    if config.imported_spec.is_some() {
        // Frozen as they are.
        return config.process.env.clone();
    }
    let paths = rootfs::paths(engine, config);
    let mut trees = vec![paths.merged.clone()];
    if config.rootfs.image_id().is_some() && !mount::is_mounted(&paths.merged).unwrap_or(false) {
        trees = vec![paths.upper];
        // Of an image that was removed by force there is nothing to know.
        trees.extend(rootfs::lowers(engine, config).unwrap_or_default());
    }
    spec::environment(config, &user::home(&trees, &config.process.user))
}

fn configuration(engine: &Engine, container: &Container) -> Value {
    let config = &container.config;
    let process = &config.process;
    let mut object = json!({
        "Hostname": config.hostname,
        "Domainname": "",
        "User": process.user,
        "AttachStdin": false,
        "AttachStdout": false,
        "AttachStderr": false,
        "Tty": process.terminal,
        "OpenStdin": process.stdin,
        "StdinOnce": false,
        "Env": environment(engine, config),
        "Cmd": process.arguments(),
        "Image": config.rootfs.image_name(),
        "Volumes": null,
        "WorkingDir": process.workdir,
        "Entrypoint": process.entrypoint,
        "OnBuild": null,
        "Labels": config.labels,
        "Annotations": config.annotations,
        "StopSignal": signal::name(config.stop_signal),
        "CreateCommand": config.create_command,
        "Umask": format!("{:04o}", config.kernel.umask.unwrap_or(0o22)),
        "Timeout": 0,
        "StopTimeout": config.stop_timeout,
        "Passwd": true,
        "HealthcheckOnFailureAction": config.health_on_failure.as_str(),
        "HealthLogDestination": "local",
        "HealthcheckMaxLogCount": LOG_COUNT,
        "HealthcheckMaxLogSize": LOG_SIZE,
    });
    if let Some(check) = &config.healthcheck {
        object["Healthcheck"] = json!(check);
    }
    object
}

/// Podman's word for a namespace: whose it is.
fn joined(config: &ContainerConfig, kind: Shared, own: &str) -> String {
    let holder = config.joined(kind);
    holder.map_or_else(|| own.to_owned(), |id| format!("container:{id}"))
}

/// Processors that it may use the time of, in thousand millionths.
fn nano_cpus(limits: &Limits) -> i64 {
    let period = limits
        .cpu_period
        .and_then(|period| i64::try_from(period).ok());
    match (limits.cpu_quota, period) {
        (Some(quota), Some(period)) if period > 0 => quota.saturating_mul(1_000_000_000) / period,
        _ => 0,
    }
}

/// Limits of each process; none is -1.
fn ulimits(config: &ContainerConfig) -> Vec<Value> {
    let number = |limit: u64| i64::try_from(limit).unwrap_or(-1);
    let all = config.kernel.ulimits.iter();
    all.map(|limit| json!({ "Name": limit.name, "Soft": number(limit.soft), "Hard": number(limit.hard) }))
        .collect()
}

fn devices(config: &ContainerConfig) -> Vec<Value> {
    let all = config.kernel.devices.iter();
    all.map(|device| {
        json!({
            "PathOnHost": device.source,
            "PathInContainer": device.destination,
            "CgroupPermissions": device.permissions,
        })
    })
    .collect()
}

fn host_configuration(engine: &Engine, container: &Container) -> Value {
    let config = &container.config;
    let binds = config.volumes.iter().map(|volume| {
        format!(
            "{}:{}:{}",
            volume.source,
            volume.destination,
            if volume.options.is_empty() {
                "rw,rprivate,rbind".into()
            } else {
                volume.options.join(",")
            }
        )
    });
    let volumes = config.named_volumes.iter().map(|volume| {
        let (name, place) = (&volume.name, &volume.destination);
        format!("{name}:{place}:{}", volume.options.join(","))
    });
    let retries = match config.restart_policy {
        RestartPolicy::OnFailure(count) => count,
        _ => 0,
    };
    let log = if config.log_driver == "k8s-file" {
        engine.log_file(&config.id).display().to_string()
    } else {
        String::new()
    };
    let limits = &config.limits;
    let options = Some(&config.log_options).filter(|options| !options.is_empty());
    let mut object = json!({
        "Binds": volumes.chain(binds).collect::<Vec<_>>(),
        "CgroupManager": "cgroupfs",
        "CgroupMode": "private",
        "ContainerIDFile": "",
        "LogConfig": { "Type": config.log_driver, "Config": options, "Path": log, "Tag": "", "Size": log_size(config.log_limit()) },
        "NetworkMode": config.network.word(),
        "PortBindings": ports(container),
        "RestartPolicy": { "Name": config.restart_policy.as_str(), "MaximumRetryCount": retries },
        "AutoRemove": config.auto_remove,
        "Annotations": config.annotations,
        "VolumeDriver": "",
        "VolumesFrom": null,
        "CapAdd": config.security.cap_add,
        "CapDrop": config.security.cap_drop,
        "Dns": config.dns,
        "DnsOptions": config.dns_options,
        "DnsSearch": config.dns_search,
        "ExtraHosts": config.hosts_add,
    });
    let rest = json!({
        "GroupAdd": config.process.groups,
        "IpcMode": joined(config, Shared::Ipc, "shareable"),
        "Cgroup": "",
        "Cgroups": "default",
        "Links": null,
        "OomScoreAdj": config.kernel.oom_score_adj.unwrap_or(0),
        "PidMode": joined(config, Shared::Pid, "private"),
        "Privileged": config.security.privileged,
        "PublishAllPorts": false,
        "ReadonlyRootfs": config.read_only,
        "SecurityOpt": config.security.options,
        "Tmpfs": config.tmpfs.iter().map(|(path, options)| (path.clone(), options.join(",").into())).collect::<Map<String, Value>>(),
        "UTSMode": joined(config, Shared::Uts, "private"),
        "UsernsMode": "",
        "ShmSize": config.shm_size,
        "Runtime": "oci",
        "ConsoleSize": [0, 0],
        "Isolation": "",
        "CpuShares": limits.cpu_shares.unwrap_or(0),
        "CpuPeriod": limits.cpu_period.unwrap_or(0),
        "CpuQuota": limits.cpu_quota.unwrap_or(0),
        "CpusetCpus": limits.cpuset_cpus,
        "CpusetMems": limits.cpuset_mems,
        "Memory": limits.memory.unwrap_or(0),
        "MemoryReservation": limits.memory_reservation.unwrap_or(0),
        "MemorySwap": limits.memory_swap.unwrap_or(0),
        "NanoCpus": nano_cpus(limits),
        "CgroupParent": pod_cgroup_of(config).unwrap_or_default(),
        "PidsLimit": limits.pids.unwrap_or(0),
        "Ulimits": ulimits(config),
        "Devices": devices(config),
        "Sysctls": config.kernel.sysctls,
        "CgroupConf": null,
    });
    if let (Some(object), Value::Object(rest)) = (object.as_object_mut(), rest) {
        object.extend(rest);
    }
    object
}
