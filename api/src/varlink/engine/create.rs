//! `CreateContainer`: the command line's options of `create`.

use libcr::Engine;
use libcr::ErrorKind;
use libcr::model::container::Security;
use libcr::ops::images::{Access, pull};
use libcr::ops::lifecycle::change::update::Changes;
use libcr::ops::lifecycle::create::{CreateOptions, HealthOptions, KernelOptions, create as make};
use libcr::ops::lifecycle::rm;
use serde::Deserialize;
use serde_json::{Value, json};

use super::containers::path_of;
use crate::shared::time;
use crate::varlink::call::{Call, Telling};
use crate::varlink::failed::Failed;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    image: String,
    #[serde(default)]
    command: Vec<String>,
    #[serde(default)]
    options: Options,
}

/// In the order of the description.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    add_host: Vec<String>,
    annotation: Vec<String>,
    authfile: Option<String>,
    cap_add: Vec<String>,
    cap_drop: Vec<String>,
    cert_dir: Option<String>,
    cpu_period: Option<u64>,
    cpu_quota: Option<i64>,
    cpu_shares: Option<u64>,
    cpus: Option<f64>,
    cpuset_cpus: Option<String>,
    cpuset_mems: Option<String>,
    device: Vec<String>,
    dns: Vec<String>,
    dns_option: Vec<String>,
    dns_search: Vec<String>,
    entrypoint: Option<String>,
    env: Vec<String>,
    group_add: Vec<String>,
    health_cmd: Option<String>,
    health_interval: Option<String>,
    health_on_failure: Option<String>,
    health_retries: Option<u32>,
    health_start_period: Option<String>,
    health_timeout: Option<String>,
    hostname: Option<String>,
    image_volume: String,
    interactive: bool,
    ip: Option<String>,
    label: Vec<String>,
    log_driver: Option<String>,
    log_opt: Vec<String>,
    mac_address: Option<String>,
    memory: Option<u64>,
    memory_reservation: Option<u64>,
    memory_swap: Option<i64>,
    mount: Vec<String>,
    name: Option<String>,
    network: Vec<String>,
    no_healthcheck: bool,
    oom_score_adj: Option<i32>,
    pids_limit: Option<i64>,
    pod: Option<String>,
    privileged: bool,
    publish: Vec<String>,
    pull: Option<String>,
    read_only: bool,
    replace: bool,
    restart: Option<String>,
    rm: bool,
    rootfs: bool,
    security_opt: Vec<String>,
    shm_size: Option<u64>,
    stop_signal: Option<String>,
    stop_timeout: Option<u32>,
    sysctl: Vec<String>,
    tls_verify: Option<bool>,
    tmpfs: Vec<String>,
    tty: bool,
    ulimit: Vec<String>,
    umask: Option<String>,
    user: Option<String>,
    volume: Vec<String>,
    volumes_from: Vec<String>,
    workdir: Option<String>,
}

pub fn create(engine: &Engine, call: &Call, asked: Parameters) -> Result<Value, Failed> {
    let mut options = asked.options;
    let policy = pull::PullPolicy::parse(options.pull.as_deref().unwrap_or("missing"))?;
    let access = access(
        options.authfile.take(),
        options.cert_dir.take(),
        options.tls_verify,
    )?;
    let replace = options.replace.then(|| options.name.clone());
    let rootfs = options.rootfs;
    let options = into_options(asked.image, asked.command, options)?;
    if !rootfs {
        let telling = Telling::new(call);
        pull::pull(engine, &options.image, policy, &access, &telling)?;
    }
    match replace {
        Some(None) => {
            return Err(Failed::invalid(
                "cannot replace container without --name being set",
            ));
        }
        Some(Some(name)) => {
            let forced = rm::RmOptions {
                force: true,
                ..rm::RmOptions::default()
            };
            match rm::rm(engine, &name, forced) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        None => {}
    }
    Ok(json!({ "id": make(engine, &options)? }))
}

/// How registries are reached.
///
/// # Errors
/// `Invalid` for paths that aren't absolute.
pub fn access(
    authfile: Option<String>,
    cert_dir: Option<String>,
    tls_verify: Option<bool>,
) -> Result<Access, Failed> {
    let credentials = authfile.map(|path| path_of("--authfile", path));
    let certificates = cert_dir.map(|path| path_of("--cert-dir", path));
    Ok(Access {
        auth_file: credentials.transpose()?,
        credentials: None,
        tls_verify,
        certificates: certificates.transpose()?,
    })
}

fn into_options(
    image: String,
    command: Vec<String>,
    asked: Options,
) -> Result<CreateOptions, Failed> {
    if let Some(text) = asked.env.iter().find(|text| !text.contains('=')) {
        // The command line takes its user's own value; this process is nobody's.
        return Err(Failed::invalid(format!(
            "invalid variable: {text:?}: it must be NAME=VALUE"
        )));
    }
    if asked.rm && !matches!(asked.restart.as_deref(), None | Some("" | "no" | "never")) {
        return Err(Failed::invalid(
            "the --rm option conflicts with --restart, when the restartPolicy is not \"\" and \"no\"",
        ));
    }
    let ip = asked.ip.as_deref().filter(|text| !text.is_empty());
    let ip = ip.map(|text| {
        text.parse()
            .map_err(|_| Failed::invalid(format!("\"{text}\" is not an ip address")))
    });
    let health = health(&asked)?;
    Ok(CreateOptions {
        image,
        rootfs: asked.rootfs,
        command,
        entrypoint: asked.entrypoint,
        name: asked.name,
        env: asked.env,
        volumes: asked.volume,
        volumes_from: asked.volumes_from,
        mounts: asked.mount,
        image_volume: asked.image_volume,
        workdir: asked.workdir,
        user: asked.user,
        groups: asked.group_add,
        hostname: asked.hostname,
        labels: asked.label,
        annotations: asked.annotation,
        networks: asked.network,
        ip: ip.transpose()?,
        mac_address: asked.mac_address,
        publish: asked.publish,
        security: Security {
            privileged: asked.privileged,
            cap_add: asked.cap_add,
            cap_drop: asked.cap_drop,
            options: asked.security_opt,
            ..Security::default()
        },
        read_only: asked.read_only,
        tmpfs: asked.tmpfs,
        shm_size: asked.shm_size,
        restart: asked.restart,
        auto_remove: asked.rm,
        terminal: asked.tty,
        stdin_stays: false,
        stdin: asked.interactive,
        stop_signal: asked.stop_signal,
        stop_timeout: asked.stop_timeout,
        add_hosts: asked.add_host,
        dns: asked.dns,
        dns_search: asked.dns_search,
        dns_options: asked.dns_option,
        memory: asked.memory,
        pids_limit: asked.pids_limit,
        limits: Changes {
            memory_reservation: asked.memory_reservation,
            memory_swap: asked.memory_swap,
            cpus: asked.cpus,
            cpu_shares: asked.cpu_shares,
            cpu_quota: asked.cpu_quota,
            cpu_period: asked.cpu_period,
            cpuset_cpus: asked.cpuset_cpus,
            cpuset_mems: asked.cpuset_mems,
            ..Changes::default()
        },
        kernel: KernelOptions {
            sysctls: asked.sysctl,
            ulimits: asked.ulimit,
            umask: asked.umask,
            oom_score_adj: asked.oom_score_adj,
            devices: asked.device,
        },
        health,
        log_driver: asked.log_driver,
        log_opts: asked.log_opt,
        pod: asked.pod.filter(|pod| !pod.is_empty()),
        create_command: Vec::new(),
    })
}

fn health(asked: &Options) -> Result<HealthOptions, Failed> {
    let time = |name: &str, text: &Option<String>, otherwise: u64| match text.as_deref() {
        None | Some("") => Ok(otherwise),
        Some("disable") if name == "interval" => Ok(0),
        Some(text) => {
            let nanoseconds = time::duration(text).map(|time| u64::try_from(time.as_nanos()));
            match nanoseconds {
                Some(Ok(nanoseconds)) => Ok(nanoseconds),
                _ => Err(Failed::invalid(format!(
                    "invalid healthcheck-{name}: time: invalid duration {text:?}"
                ))),
            }
        }
    };
    let second = 1_000_000_000;
    Ok(HealthOptions {
        command: asked.health_cmd.clone(),
        interval: time("interval", &asked.health_interval, 30 * second)?,
        retries: asked.health_retries.unwrap_or(3),
        start_period: time("start-period", &asked.health_start_period, 0)?,
        timeout: time("timeout", &asked.health_timeout, 30 * second)?,
        on_failure: asked.health_on_failure.clone().unwrap_or("none".into()),
        none: asked.no_healthcheck,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> Result<CreateOptions, Failed> {
        let options = crate::varlink::call::read::<Options>(value)?;
        into_options("i".into(), Vec::new(), options)
    }

    #[test]
    fn in_the_words_of_the_command_line() {
        let read = read(json!({
            "rm": true, "publish": ["8080:80"], "health_cmd": "true", "health_interval": "disable",
            "network": ["none"], "ip": "10.0.0.1",
        }))
        .unwrap();
        assert!(read.auto_remove);
        assert_eq!(read.publish, ["8080:80"]);
        assert_eq!((read.health.interval, read.health.retries), (0, 3));
    }

    #[test]
    fn what_the_command_line_refuses() {
        for (value, words) in [
            (json!({"env": ["HOME"]}), "it must be NAME=VALUE"),
            (json!({"ip": "x"}), "is not an ip address"),
            (
                json!({"rm": true, "restart": "always"}),
                "conflicts with --restart",
            ),
            (
                json!({"health_timeout": "x"}),
                "invalid healthcheck-timeout",
            ),
        ] {
            match read(value) {
                Err(Failed::Engine(told)) => assert!(told.message.contains(words), "{told:?}"),
                other => panic!("{other:?}"),
            }
        }
    }
}
