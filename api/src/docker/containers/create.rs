//! `POST /containers/create`: Docker's Config, HostConfig and NetworkingConfig as the engine's options.

use std::collections::BTreeSet;

use libcr::Engine;
use libcr::model::container::Security;
use libcr::ops::lifecycle::create::{CreateOptions, KernelOptions, create as make};
use serde_json::{Map, Value, json};

use crate::http::{Call, Failure, Reply};
use crate::libpod::create::as_entrypoint;
use crate::shared::fields::Fields;
use crate::shared::limits::of_docker;
use crate::shared::options::{health, oom_score, pairs, publish, ulimits, volume};

/// Members of Config that change nothing here.
const IGNORED: &[&str] = &[
    "AttachStdin",
    "AttachStdout",
    "AttachStderr",
    "StdinOnce",
    "ExposedPorts",
    "ArgsEscaped",
    "OnBuild",
    "Shell",
];

/// Members of HostConfig that change nothing here, or whose usual value isn't Go's zero.
const IGNORED_OF_HOST: &[&str] = &[
    "ContainerIDFile",
    "ConsoleSize",
    "MemorySwappiness",
    "OomKillDisable",
    "VolumeDriver",
    "MaskedPaths",
    "ReadonlyPaths",
    "Runtime",
];

/// Members of Config that Docker knows, and its wrappers. It passes over all others, and clients count
/// on that: dockerode has the name of the container among them.
const KNOWN: &[&str] = &[
    "Hostname",
    "Domainname",
    "User",
    "AttachStdin",
    "AttachStdout",
    "AttachStderr",
    "ExposedPorts",
    "Tty",
    "OpenStdin",
    "StdinOnce",
    "Env",
    "Cmd",
    "Healthcheck",
    "ArgsEscaped",
    "Image",
    "Volumes",
    "WorkingDir",
    "Entrypoint",
    "NetworkDisabled",
    "MacAddress",
    "OnBuild",
    "Labels",
    "StopSignal",
    "StopTimeout",
    "Shell",
    "HostConfig",
    "NetworkingConfig",
];

/// The same of HostConfig, with its Resources.
const KNOWN_OF_HOST: &[&str] = &[
    "Binds",
    "ContainerIDFile",
    "LogConfig",
    "NetworkMode",
    "PortBindings",
    "RestartPolicy",
    "AutoRemove",
    "VolumeDriver",
    "VolumesFrom",
    "ConsoleSize",
    "Annotations",
    "CapAdd",
    "CapDrop",
    "CgroupnsMode",
    "Dns",
    "DnsOptions",
    "DnsSearch",
    "ExtraHosts",
    "GroupAdd",
    "IpcMode",
    "Cgroup",
    "Links",
    "OomScoreAdj",
    "PidMode",
    "Privileged",
    "PublishAllPorts",
    "ReadonlyRootfs",
    "SecurityOpt",
    "StorageOpt",
    "Tmpfs",
    "UTSMode",
    "UsernsMode",
    "ShmSize",
    "Sysctls",
    "Runtime",
    "Isolation",
    "Mounts",
    "MaskedPaths",
    "ReadonlyPaths",
    "Init",
    "CpuShares",
    "Memory",
    "NanoCpus",
    "CgroupParent",
    "BlkioWeight",
    "BlkioWeightDevice",
    "BlkioDeviceReadBps",
    "BlkioDeviceWriteBps",
    "BlkioDeviceReadIOps",
    "BlkioDeviceWriteIOps",
    "CpuPeriod",
    "CpuQuota",
    "CpuRealtimePeriod",
    "CpuRealtimeRuntime",
    "CpusetCpus",
    "CpusetMems",
    "Devices",
    "DeviceCgroupRules",
    "DeviceRequests",
    "KernelMemory",
    "KernelMemoryTCP",
    "MemoryReservation",
    "MemorySwap",
    "MemorySwappiness",
    "OomKillDisable",
    "PidsLimit",
    "Ulimits",
];

/// Makes a container.
pub fn create(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut options = options(Fields::new(call.json::<Map<String, Value>>()?))?;
    options.name = call
        .query
        .text("name")
        .map(|name| name.trim_start_matches('/').to_owned());
    let id = make(engine, &options)?;
    Ok(Reply::json(201, &json!({ "Id": id, "Warnings": [] })))
}

fn options(mut config: Fields) -> Result<CreateOptions, Failure> {
    config.keep(KNOWN);
    config.ignore(IGNORED);
    let mut host = config.object("HostConfig")?;
    host.keep(KNOWN_OF_HOST);
    host.ignore(IGNORED_OF_HOST);
    let entrypoint = config
        .words("Entrypoint")?
        .filter(|words| !words.is_empty());
    let mut options = CreateOptions {
        image: config.text("Image")?.unwrap_or_default(),
        command: config.words("Cmd")?.unwrap_or_default(),
        entrypoint: entrypoint.map(|words| as_entrypoint(&words)),
        // A name without a value would be this process's own.
        env: config
            .texts("Env")?
            .into_iter()
            .filter(|line| line.contains('='))
            .collect(),
        workdir: config.text("WorkingDir")?,
        user: config.text("User")?,
        groups: host.texts("GroupAdd")?,
        hostname: config.text("Hostname")?,
        labels: pairs(config.map("Labels")?),
        terminal: config.flag("Tty")?,
        stdin: config.flag("OpenStdin")?,
        stop_signal: config.text("StopSignal")?,
        stop_timeout: config.count("StopTimeout")?,
        annotations: pairs(host.map("Annotations")?),
        auto_remove: host.flag("AutoRemove")?,
        read_only: host.flag("ReadonlyRootfs")?,
        shm_size: host.count("ShmSize")?.filter(|size| *size > 0),
        add_hosts: host.texts("ExtraHosts")?,
        dns: host.texts("Dns")?,
        dns_search: host.texts("DnsSearch")?,
        dns_options: host.texts("DnsOptions")?,
        volumes_from: host.texts("VolumesFrom")?,
        kernel: kernel(&mut host)?,
        limits: of_docker(&mut host)?,
        security: Security {
            privileged: host.flag("Privileged")?,
            cap_add: host.texts("CapAdd")?,
            cap_drop: host.texts("CapDrop")?,
            options: host.texts("SecurityOpt")?,
            ..Security::default()
        },
        ..CreateOptions::default()
    };
    let declared = config.objects("Volumes")?;
    options.health = health(config.object("Healthcheck")?, "none".into())?;
    let mut restart = host.object("RestartPolicy")?;
    let tries: Option<u32> = restart.count("MaximumRetryCount")?;
    options.restart = restart.text("Name")?.map(|policy| match tries {
        Some(tries) if tries > 0 && policy == "on-failure" => format!("{policy}:{tries}"),
        _ => policy,
    });
    let mut log = host.object("LogConfig")?;
    options.log_driver = log.text("Type")?;
    if let Some(driver) = &options.log_driver
        && !["k8s-file", "json-file", "journald", "none"].contains(&driver.as_str())
    {
        return Err(Failure::bad(format!(
            "logger: no log driver named '{driver}' is registered"
        )));
    }
    options.log_opts = pairs(log.map("Config")?);
    log.finish()?;
    host.only("IpcMode", &["private", "shareable"])?;
    host.only("CgroupnsMode", &["private"])?;
    networks(&mut config, &mut host, &mut options)?;
    let mounted = mounts(&mut host, &mut options)?;
    // What a client mounts there is all that it means with these.
    for (destination, _) in declared {
        if !mounted.contains(&destination) {
            options.volumes.push(volume("", &destination, &[])?);
        }
    }
    host.finish()?;
    config.finish()?;
    Ok(options)
}

/// Settings, limits and devices of its processes.
fn kernel(host: &mut Fields) -> Result<KernelOptions, Failure> {
    let mut devices = Vec::new();
    for mut device in host.list("Devices")? {
        let mut words = Vec::new();
        for key in ["PathOnHost", "PathInContainer", "CgroupPermissions"] {
            words.extend(device.text(key)?);
        }
        device.finish()?;
        devices.push(words.join(":"));
    }
    Ok(KernelOptions {
        sysctls: pairs(host.map("Sysctls")?),
        ulimits: ulimits(host, "Ulimits", ["Name", "Soft", "Hard"])?,
        umask: None,
        oom_score_adj: oom_score(host, "OomScoreAdj")?.filter(|number| *number != 0),
        devices,
    })
}

fn networks(
    config: &mut Fields,
    host: &mut Fields,
    options: &mut CreateOptions,
) -> Result<(), Failure> {
    let mode = host.text("NetworkMode")?.unwrap_or_default();
    let disabled = config.flag("NetworkDisabled")?;
    let mac = config.text("MacAddress")?;
    let mut networking = config.object("NetworkingConfig")?;
    let mut endpoints = networking.objects("EndpointsConfig")?;
    networking.finish()?;
    let mode = match mode.as_str() {
        _ if disabled => "none",
        "default" | "" => "bridge",
        other => other,
    };
    let is_own = !matches!(mode, "none" | "host") && !mode.starts_with("container:");
    if is_own
        && !endpoints
            .iter()
            .any(|(name, _)| name == mode || name == "default")
    {
        endpoints.insert(0, (mode.to_owned(), Fields::default()));
    }
    if !is_own {
        options.networks = vec![mode.to_owned()];
        return Ok(());
    }
    for (name, mut endpoint) in endpoints {
        let mut settings = Vec::new();
        let mut addresses = endpoint.object("IPAMConfig")?;
        for key in ["IPv4Address", "IPv6Address"] {
            if let Some(ip) = addresses.text(key)? {
                settings.push(format!("ip={ip}"));
            }
        }
        addresses.finish()?;
        if let Some(mac) = endpoint.text("MacAddress")?.or_else(|| mac.clone()) {
            settings.push(format!("mac={mac}"));
        }
        for alias in endpoint.texts("Aliases")? {
            settings.push(format!("alias={alias}"));
        }
        // What Docker tells of a network, its clients tell it back.
        endpoint.ignore(&[
            "NetworkID",
            "EndpointID",
            "Gateway",
            "DNSNames",
            "IPAddress",
            "IPPrefixLen",
        ]);
        endpoint.finish()?;
        let name = if name == "default" {
            "bridge".to_owned()
        } else {
            name
        };
        options.networks.push(if settings.is_empty() {
            name
        } else {
            format!("{name}:{}", settings.join(","))
        });
    }
    let bindings = host.value("PortBindings");
    let Some(Value::Object(bindings)) = bindings else {
        return Ok(());
    };
    for (port, places) in bindings {
        let (inside, protocol) = port.split_once('/').unwrap_or((&port, "tcp"));
        let places = match places {
            Value::Array(places) if !places.is_empty() => places,
            _ => vec![json!({})],
        };
        for place in places {
            let text = |key: &str| place[key].as_str().unwrap_or_default();
            options
                .publish
                .push(publish(text("HostIp"), text("HostPort"), inside, protocol));
        }
    }
    Ok(())
}

/// Reads all kinds of mounts, and returns where they go.
fn mounts(host: &mut Fields, options: &mut CreateOptions) -> Result<BTreeSet<String>, Failure> {
    // Docker has them in the words of its command line itself.
    let binds = host.texts("Binds")?;
    let destinations = binds.iter().filter_map(|bind| {
        let mut words = bind.split(':');
        let first = words.next()?;
        Some(words.next().unwrap_or(first).to_owned())
    });
    let mut mounted: BTreeSet<String> = destinations.collect();
    options.volumes.extend(binds);
    for (destination, words) in host.map("Tmpfs")? {
        mounted.insert(destination.clone());
        options.tmpfs.push(if words.is_empty() {
            destination
        } else {
            format!("{destination}:{words}")
        });
    }
    for mut mount in host.list("Mounts")? {
        let source = mount.text("Source")?.unwrap_or_default();
        let target = mount.text("Target")?.unwrap_or_default();
        mounted.insert(target.clone());
        let mut words = Vec::new();
        if mount.flag("ReadOnly")? {
            words.push("ro".to_owned());
        }
        let mut bind = mount.object("BindOptions")?;
        words.extend(bind.text("Propagation")?);
        bind.ignore(&["CreateMountpoint"]);
        bind.finish()?;
        match mount.text("Type")?.as_deref() {
            Some("tmpfs") => {
                let mut tmpfs = mount.object("TmpfsOptions")?;
                if let Some(size) = tmpfs.count::<u64>("SizeBytes")?.filter(|size| *size > 0) {
                    words.push(format!("size={size}"));
                }
                if let Some(mode) = tmpfs.count::<u32>("Mode")?.filter(|mode| *mode > 0) {
                    words.push(format!("mode={mode:o}"));
                }
                tmpfs.finish()?;
                volume("", &target, &[])?;
                let colon = if words.is_empty() { "" } else { ":" };
                options
                    .tmpfs
                    .push(format!("{target}{colon}{}", words.join(",")));
            }
            Some("bind") if !source.starts_with('/') => {
                return Err(Failure::bad(format!(
                    "invalid mount config for type \"bind\": invalid mount path: {source:?} mount path must be absolute"
                )));
            }
            Some("bind" | "volume") => options.volumes.push(volume(&source, &target, &words)?),
            other => {
                return Err(Failure::unsupported(&format!(
                    "mount type {:?}",
                    other.unwrap_or("")
                )));
            }
        }
        mount.ignore(&["Consistency"]);
        mount.finish()?;
    }
    Ok(mounted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> Result<CreateOptions, Failure> {
        options(Fields::of(value))
    }

    #[test]
    fn what_the_docker_command_sends() {
        let sent = json!({
            "Hostname": "", "AttachStdout": true, "Tty": false, "Env": ["A=1", "FROM_HERE"],
            "Cmd": ["sh", "-c", "x"], "Image": "bb:1", "Volumes": {"/data": {}}, "Entrypoint": null,
            "Labels": {}, "HostConfig": {
                "Binds": ["/a:/b:ro"], "LogConfig": {"Type": "", "Config": {}}, "NetworkMode": "none",
                "PortBindings": {}, "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
                "ConsoleSize": [24, 80], "MemorySwappiness": -1, "Dns": [], "ShmSize": 0,
                "Devices": [{"PathOnHost": "/dev/null", "PathInContainer": "/dev/nil", "CgroupPermissions": "r"}],
                "Ulimits": [{"Name": "nofile", "Soft": 5, "Hard": -1}], "OomScoreAdj": -5,
                "Sysctls": {"net.a": "1"},
            },
            "NetworkingConfig": {"EndpointsConfig": {}},
        });
        let read = read(sent).unwrap();
        assert_eq!(read.env, ["A=1"], "the service's own variables stay here");
        assert_eq!(read.networks, ["none"]);
        assert_eq!(read.volumes, ["/a:/b:ro", "/data"]);
        assert!(read.entrypoint.is_none());
        assert_eq!(read.kernel.devices, ["/dev/null:/dev/nil:r"]);
        assert_eq!(read.kernel.ulimits, ["nofile=5:-1"]);
        assert_eq!(read.kernel.sysctls, ["net.a=1"]);
        assert_eq!(read.kernel.oom_score_adj, Some(-5));
    }

    #[test]
    fn ports_and_addresses() {
        let sent = json!({
            "Image": "a",
            "HostConfig": {
                "NetworkMode": "n1",
                "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}], "53/udp": []},
            },
            "NetworkingConfig": {"EndpointsConfig": {"n1": {"IPAMConfig": {"IPv4Address": "10.1.0.5"}, "Aliases": ["db"]}}},
        });
        let read = read(sent).unwrap();
        assert_eq!(read.networks, ["n1:ip=10.1.0.5,alias=db"]);
        assert_eq!(read.publish, ["127.0.0.1:8080:80/tcp", "53/udp"]);
    }

    #[test]
    fn what_is_mounted_where_a_volume_was_declared_is_meant() {
        let sent = json!({
            "name": "as dockerode has it", "Image": "a", "Volumes": {"/a": {}, "/b": {}, "/c": {}},
            "HostConfig": {
                "Binds": ["/x:/a:ro"], "Mounts": [{"Type": "volume", "Source": "v", "Target": "/b"}],
            },
        });
        assert_eq!(read(sent).unwrap().volumes, ["/x:/a:ro", "v:/b", "/c"]);
    }

    #[test]
    fn nothing_is_dropped_in_silence() {
        let failure = read(json!({"Image": "a", "HostConfig": {"PidMode": "host"}})).unwrap_err();
        assert_eq!(failure.message, "HostConfig.PidMode is not supported yet");
    }
}
