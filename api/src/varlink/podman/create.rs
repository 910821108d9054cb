//! `CreateContainer`: the flags of Podman 1.x's `create`, in its order of names. What the engine can't
//! do is refused by name, never dropped.

use libcr::Engine;
use libcr::model::container::Security;
use libcr::ops::images::{Access, pull};
use libcr::ops::lifecycle::change::update::Changes;
use libcr::ops::lifecycle::create::{CreateOptions, HealthOptions, KernelOptions, create as make};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::shared::fields::Fields;
use crate::shared::options::oom_score;
use crate::shared::time;
use crate::varlink::call::{Call, Telling};
use crate::varlink::failed::Failed;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Parameters {
    create: Create,
}

/// The flags, with what is no flag of Podman refused.
#[derive(Debug, Default)]
struct Create(Map<String, Value>);

/// Flags that only say how the client behaves, or that ask for what is so anyhow.
const IGNORED: &[&str] = &[
    "attach",
    "cidFile",
    "conmonPidfile",
    "detach",
    "detachKeys",
    "quiet",
    "readonlytmpfs",
    "systemd",
    "subuidname",
    "subgidname",
];

/// Flags that the engine has no option for.
const UNSUPPORTED: &[&str] = &[
    "blkioWeight",
    "blkioWeightDevice",
    "cgroupParent",
    "cpuPeriod",
    "cpuQuota",
    "cpuRtPeriod",
    "cpuRtRuntime",
    "cpuShares",
    "cpus",
    "cpuSetCpus",
    "cpuSetMems",
    "deviceReadBps",
    "deviceReadIops",
    "deviceWriteBps",
    "deviceWriteIops",
    "envFile",
    "expose",
    "gidmap",
    "init",
    "initPath",
    "ipc",
    "kernelMemory",
    "labelFile",
    "memoryReservation",
    "memorySwap",
    "memorySwappiness",
    "noHosts",
    "oomKillDisable",
    "overrideArch",
    "overrideOS",
    "pid",
    "publishAll",
    "storageOpt",
    "uidmap",
    "userns",
    "uts",
];

/// Flags that are read below.
const READ: &[&str] = &[
    "device",
    "dnsOpt",
    "dnsSearch",
    "groupadd",
    "logOpt",
    "oomScoreAdj",
    "sysctl",
    "ulimit",
    "volumesFrom",
    "args",
    "addHost",
    "annotation",
    "capAdd",
    "capDrop",
    "command",
    "dns",
    "dnsServers",
    "entrypoint",
    "env",
    "healthcheckCommand",
    "healthcheckInterval",
    "healthcheckRetries",
    "healthcheckStartPeriod",
    "healthcheckTimeout",
    "hostname",
    "imageVolume",
    "interactive",
    "ip",
    "label",
    "logDriver",
    "macAddress",
    "memory",
    "mount",
    "name",
    "network",
    "pidsLimit",
    "pod",
    "privileged",
    "publish",
    "pull",
    "readonly",
    "restart",
    "rm",
    "rootfs",
    "securityOpt",
    "shmSize",
    "stopSignal",
    "stopTimeout",
    "tmpfs",
    "tty",
    "user",
    "volume",
    "workDir",
];

impl<'de> Deserialize<'de> for Create {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = Map::deserialize(deserializer)?;
        let known = |key: &str| {
            [IGNORED, UNSUPPORTED, READ]
                .iter()
                .any(|list| list.contains(&key))
        };
        match map.keys().find(|key| !known(key)) {
            Some(key) => Err(serde::de::Error::unknown_field(key, &[])),
            None => Ok(Self(map)),
        }
    }
}

pub fn create(engine: &Engine, call: &Call, asked: Parameters) -> Result<Value, Failed> {
    let mut flags = Fields::new(asked.create.0);
    let policy = flags.text("pull")?;
    let policy = pull::PullPolicy::parse(policy.as_deref().unwrap_or("missing"))?;
    let options = options(flags)?;
    if !options.rootfs {
        let telling = Telling::new(call);
        pull::pull(engine, &options.image, policy, &Access::default(), &telling)?;
    }
    Ok(json!({ "container": make(engine, &options)? }))
}

fn options(mut flags: Fields) -> Result<CreateOptions, Failed> {
    flags.ignore(IGNORED);
    // Only values of other modes than the container's own ask for something.
    for key in ["ipc", "uts", "pid", "userns"] {
        flags.only(key, &["private", "shareable"])?;
    }
    let mut words = flags.texts("args")?.into_iter();
    let image = words.next().unwrap_or_default();
    if image.is_empty() {
        return Err(Failed::invalid(
            "requires at least 1 arg(s), only received 0",
        ));
    }
    let mut command: Vec<String> = words.collect();
    let other = flags.texts("command")?;
    if command.is_empty() {
        command = other;
    }
    let mut dns = flags.texts("dns")?;
    dns.extend(flags.texts("dnsServers")?);
    let health = health(&mut flags)?;
    let ip = flags.text("ip")?;
    let ip = ip.map(|text| {
        text.parse()
            .map_err(|_| Failed::invalid(format!("\"{text}\" is not an ip address")))
    });
    let env = flags.texts("env")?;
    if let Some(text) = env.iter().find(|text| !text.contains('=')) {
        return Err(Failed::invalid(format!(
            "invalid variable: {text:?}: it must be NAME=VALUE"
        )));
    }
    let options = CreateOptions {
        stdin_stays: false,
        image,
        command,
        env,
        dns,
        health,
        ip: ip.transpose()?,
        rootfs: flags.flag("rootfs")?,
        entrypoint: flags.text("entrypoint")?,
        name: flags.text("name")?,
        pod: flags.text("pod")?,
        volumes: flags.texts("volume")?,
        mounts: flags.texts("mount")?,
        image_volume: match flags.text("imageVolume")?.as_deref() {
            // What Podman 1.x called an anonymous volume.
            None | Some("bind") => String::new(),
            Some(other) => other.to_owned(),
        },
        workdir: flags.text("workDir")?,
        user: flags.text("user")?,
        groups: flags.texts("groupadd")?,
        dns_search: flags.texts("dnsSearch")?,
        dns_options: flags.texts("dnsOpt")?,
        volumes_from: flags.texts("volumesFrom")?,
        kernel: KernelOptions {
            sysctls: flags.texts("sysctl")?,
            ulimits: flags.texts("ulimit")?,
            umask: None,
            oom_score_adj: oom_score(&mut flags, "oomScoreAdj")?.filter(|number| *number != 0),
            devices: flags.texts("device")?,
        },
        hostname: flags.text("hostname")?,
        labels: flags.texts("label")?,
        annotations: flags.texts("annotation")?,
        networks: flags.text("network")?.into_iter().collect(),
        mac_address: flags.text("macAddress")?,
        publish: flags.texts("publish")?,
        security: Security {
            privileged: flags.flag("privileged")?,
            cap_add: flags.texts("capAdd")?,
            cap_drop: flags.texts("capDrop")?,
            options: flags.texts("securityOpt")?,
            ..Security::default()
        },
        read_only: flags.flag("readonly")?,
        tmpfs: flags.texts("tmpfs")?,
        shm_size: size(&mut flags, "shmSize")?,
        restart: flags.text("restart")?,
        auto_remove: flags.flag("rm")?,
        terminal: flags.flag("tty")?,
        stdin: flags.flag("interactive")?,
        stop_signal: flags.text("stopSignal")?,
        stop_timeout: flags.count("stopTimeout")?,
        add_hosts: flags.texts("addHost")?,
        memory: size(&mut flags, "memory")?,
        pids_limit: flags.number("pidsLimit")?.filter(|limit| *limit != 0),
        limits: Changes::default(),
        log_driver: flags.text("logDriver")?,
        log_opts: flags.texts("logOpt")?,
        create_command: Vec::new(),
    };
    flags.finish()?;
    Ok(options)
}

/// `64m`, bytes without a unit.
fn size(flags: &mut Fields, key: &str) -> Result<Option<u64>, Failed> {
    let Some(text) = flags.text(key)? else {
        return Ok(None);
    };
    let wrong = || Failed::invalid(format!("invalid value for {key}: invalid size: '{text}'"));
    let lower = text.to_ascii_lowercase();
    let lower = lower.strip_suffix('b').unwrap_or(&lower);
    let (digits, shift) = match lower.chars().last() {
        Some('k') => (&lower[..lower.len() - 1], 10),
        Some('m') => (&lower[..lower.len() - 1], 20),
        Some('g') => (&lower[..lower.len() - 1], 30),
        _ => (lower, 0),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    let bytes = number.checked_mul(1 << shift).ok_or_else(wrong)?;
    Ok(Some(bytes).filter(|bytes| *bytes > 0))
}

fn health(flags: &mut Fields) -> Result<HealthOptions, Failed> {
    let mut duration = |key: &str, otherwise: u64| match flags.text(key)?.as_deref() {
        None => Ok(otherwise),
        Some("disable") => Ok(0),
        Some(text) => time::duration(text)
            .and_then(|time| u64::try_from(time.as_nanos()).ok())
            .ok_or_else(|| Failed::invalid(format!("invalid {key}: {text:?} is no duration"))),
    };
    let second = 1_000_000_000;
    let interval = duration("healthcheckInterval", 30 * second)?;
    let timeout = duration("healthcheckTimeout", 30 * second)?;
    let start_period = duration("healthcheckStartPeriod", 0)?;
    let retries: Option<u32> = flags.count("healthcheckRetries")?;
    Ok(HealthOptions {
        command: flags.text("healthcheckCommand")?,
        interval,
        retries: retries.filter(|count| *count > 0).unwrap_or(3),
        start_period,
        timeout,
        on_failure: "none".into(),
        none: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> Result<CreateOptions, Failed> {
        let asked: Create = crate::varlink::call::read(value)?;
        options(Fields::new(asked.0))
    }

    #[test]
    fn flags_of_podman() {
        let read = read(json!({
            "args": ["localhost/bb:1", "sh", "-c", "x"], "name": "a", "network": "none", "rm": true,
            "memory": "64m", "init": false, "cpus": 0.0, "publish": ["8080:80"], "detach": true,
        }))
        .unwrap();
        assert_eq!(
            (read.image.as_str(), read.command.len()),
            ("localhost/bb:1", 3)
        );
        assert_eq!(read.memory, Some(64 << 20));
        assert!(read.auto_remove);
    }

    #[test]
    fn nothing_is_dropped_in_silence() {
        for (value, words) in [
            (
                json!({"args": ["i"], "cpuShares": 5}),
                "cpuShares is not supported yet",
            ),
            (
                json!({"args": ["i"], "labelFile": ["a"]}),
                "labelFile is not supported yet",
            ),
            (
                json!({"args": ["i"], "pid": "host"}),
                "pid \"host\" is not supported yet",
            ),
            (json!({"args": []}), "requires at least 1 arg"),
            (json!({"args": ["i"], "memory": "x"}), "invalid size: 'x'"),
        ] {
            match read(value) {
                Err(Failed::Engine(told)) => assert!(told.message.contains(words), "{told:?}"),
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(
            read(json!({"args": ["i"], "zzz": 1})),
            Err(Failed::Call(_))
        ));
    }
}
