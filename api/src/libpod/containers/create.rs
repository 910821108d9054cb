//! `POST /containers/create`: Podman's SpecGenerator (pkg/specgen/specgen.go) as the engine's options.

use libcr::Engine;
use libcr::model::container::Security;
use libcr::ops::lifecycle::create::{CreateOptions, KernelOptions, create as make};
use serde_json::{Map, Value, json};

use crate::http::{Call, Failure, Reply};
use crate::shared::fields::Fields;
use crate::shared::limits::of_oci;
use crate::shared::options::{health, oom_score, pairs, publish, ulimits, volume};

/// Members that change nothing here: what Podman's client always sends, and what says where a
/// container came from.
const IGNORED: &[&str] = &[
    "env_host",
    "httpproxy",
    "systemd",
    "sdnotifyMode",
    "init_container_type",
    "manage_password",
    "raw_image_name",
    "seccomp_policy",
    "idmappings",
    "healthLogDestination",
    "healthMaxLogCount",
    "healthMaxLogSize",
    "image_os",
    "image_arch",
    "image_variant",
    "cgroups_mode",
    "read_write_tmpfs",
    "publish_image_ports",
    "conmon_pid_file",
    "volatile",
    "hostusers",
    "is_infra",
];

/// Makes a container.
pub fn create(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let options = options(Fields::new(call.json::<Map<String, Value>>()?))?;
    let id = make(engine, &options)?;
    Ok(Reply::json(201, &json!({ "Id": id, "Warnings": [] })))
}

/// The engine's options.
fn options(mut spec: Fields) -> Result<CreateOptions, Failure> {
    spec.ignore(IGNORED);
    for namespace in ["pidns", "utsns", "ipcns", "cgroupns", "userns"] {
        namespace_of_its_own(&mut spec, namespace)?;
    }
    let rootfs = spec.text("rootfs")?;
    let image = spec.text("image")?;
    let entrypoint = spec.words("entrypoint")?.filter(|words| !words.is_empty());
    let mut options = CreateOptions {
        rootfs: rootfs.is_some(),
        image: rootfs.or(image).unwrap_or_default(),
        command: spec.words("command")?.unwrap_or_default(),
        entrypoint: entrypoint.map(|words| as_entrypoint(&words)),
        name: spec.text("name")?,
        pod: spec.text("pod")?,
        env: pairs(spec.map("env")?),
        image_volume: spec.text("image_volume_mode")?.unwrap_or_default(),
        workdir: spec.text("work_dir")?,
        user: spec.text("user")?,
        groups: spec.texts("groups")?,
        hostname: spec.text("hostname")?,
        labels: pairs(spec.map("labels")?),
        annotations: pairs(spec.map("annotations")?),
        security: security(&mut spec)?,
        read_only: spec.flag("read_only_filesystem")?,
        shm_size: spec.count("shm_size")?.filter(|size| *size > 0),
        auto_remove: spec.flag("remove")?,
        terminal: spec.flag("terminal")?,
        stdin: spec.flag("stdin")?,
        stop_signal: spec.number("stop_signal")?.map(|number| number.to_string()),
        stop_timeout: spec.count("stop_timeout")?,
        add_hosts: spec.texts("hostadd")?,
        dns: spec.texts("dns_server")?,
        dns_search: spec.texts("dns_search")?,
        dns_options: spec.texts("dns_option")?,
        volumes_from: spec.texts("volumes_from")?,
        kernel: kernel(&mut spec)?,
        create_command: spec.texts("containerCreateCommand")?,
        ..CreateOptions::default()
    };
    let tries: Option<u32> = spec.count("restart_tries")?;
    options.restart = spec.text("restart_policy")?.map(|policy| match tries {
        Some(tries) if tries > 0 && policy == "on-failure" => format!("{policy}:{tries}"),
        _ => policy,
    });
    let mut log = spec.object("log_configuration")?;
    options.log_driver = log.text("driver")?;
    options.log_opts = pairs(log.map("options")?);
    if let Some(bytes) = log.number("size")?.filter(|bytes| *bytes > 0) {
        options.log_opts.push(format!("max-size={bytes}"));
    }
    log.finish()?;
    let action = spec.value("health_check_on_failure_action");
    let action = match action.as_ref().and_then(Value::as_i64) {
        // The numbers of define.HealthCheckOnFailureAction.
        Some(2) => "kill",
        Some(3) => "restart",
        Some(4) => "stop",
        _ => "none",
    };
    options.health = health(spec.object("healthconfig")?, action.to_owned())?;
    limits(&mut spec, &mut options)?;
    networks(&mut spec, &mut options)?;
    ports(&mut spec, &mut options)?;
    mounts(&mut spec, &mut options)?;
    spec.finish()?;
    Ok(options)
}

/// A list as `--entrypoint` has it.
pub fn as_entrypoint(words: &[String]) -> String {
    match words {
        [empty] if empty.is_empty() => String::new(),
        words => serde_json::to_string(words).unwrap_or_default(),
    }
}

/// Only a namespace of the container's own can be had, or its pod's.
///
/// # Errors
/// 501 for any other.
pub fn namespace_of_its_own(spec: &mut Fields, key: &str) -> Result<(), Failure> {
    let mut namespace = spec.object(key)?;
    let own: &[&str] = match key {
        "userns" => &["default", "host"],
        // Which of these are the pod's, that says itself.
        _ => &["default", "private", "shareable", "pod"],
    };
    match namespace.text("nsmode")? {
        Some(mode) if !own.contains(&mode.as_str()) => {
            Err(Failure::unsupported(&format!("{key} {mode:?}")))
        }
        _ => namespace.finish(),
    }
}

fn security(spec: &mut Fields) -> Result<Security, Failure> {
    let mut options = Vec::new();
    for (key, word) in [
        ("seccomp_profile_path", "seccomp"),
        ("apparmor_profile", "apparmor"),
    ] {
        if let Some(value) = spec.text(key)? {
            options.push(format!("{word}={value}"));
        }
    }
    if spec.flag("no_new_privileges")? {
        options.push("no-new-privileges".into());
    }
    for label in spec.texts("selinux_opts")? {
        options.push(format!("label={label}"));
    }
    for key in ["mask", "unmask"] {
        let paths = spec.texts(key)?;
        if !paths.is_empty() {
            options.push(format!("{key}={}", paths.join(":")));
        }
    }
    Ok(Security {
        privileged: spec.flag("privileged")?,
        cap_add: spec.texts("cap_add")?,
        cap_drop: spec.texts("cap_drop")?,
        options,
        ..Security::default()
    })
}

/// Settings, limits and devices of its processes.
fn kernel(spec: &mut Fields) -> Result<KernelOptions, Failure> {
    let mut devices = Vec::new();
    for mut device in spec.list("devices")? {
        // Podman's command writes what was typed into the path.
        devices.push(device.text("path")?.unwrap_or_default());
        device.ignore(&["type", "major", "minor", "fileMode", "uid", "gid"]);
        device.finish()?;
    }
    Ok(KernelOptions {
        sysctls: pairs(spec.map("sysctl")?),
        ulimits: ulimits(spec, "r_limits", ["type", "soft", "hard"])?,
        // What Podman's client sends when nobody asks.
        umask: spec.text("umask")?.filter(|umask| umask != "0022"),
        oom_score_adj: oom_score(spec, "oom_score_adj")?,
        devices,
    })
}

fn limits(spec: &mut Fields, options: &mut CreateOptions) -> Result<(), Failure> {
    let mut limits = spec.object("resource_limits")?;
    options.limits = of_oci(&mut limits)?;
    limits.finish()
}

/// Networks, with the addresses there.
///
/// # Errors
/// 501 for other modes, 400 for what is wrong.
pub fn networks(spec: &mut Fields, options: &mut CreateOptions) -> Result<(), Failure> {
    let mut mode = spec.object("netns")?;
    let (word, value) = (
        mode.text("nsmode")?,
        mode.text("value")?.unwrap_or_default(),
    );
    match word.as_deref() {
        Some(word @ ("none" | "host")) => options.networks = vec![word.to_owned()],
        Some("container") => options.networks = vec![format!("container:{value}")],
        Some("path") => options.networks = vec![format!("ns:{value}")],
        None | Some("default" | "bridge" | "private" | "pod") => {}
        Some(other) => return Err(Failure::unsupported(&format!("netns {other:?}"))),
    }
    for (name, mut own) in spec.objects("Networks")? {
        let mut settings = Vec::new();
        for ip in own.texts("static_ips")? {
            settings.push(format!("ip={ip}"));
        }
        if let Some(mac) = own.text("static_mac")? {
            settings.push(format!("mac={mac}"));
        }
        for alias in own.texts("aliases")? {
            settings.push(format!("alias={alias}"));
        }
        if let Some(interface) = own.text("interface_name")? {
            settings.push(format!("interface_name={interface}"));
        }
        own.finish()?;
        options.networks.push(if settings.is_empty() {
            name
        } else {
            format!("{name}:{}", settings.join(","))
        });
    }
    Ok(())
}

/// Published ports.
///
/// # Errors
/// 400 for what is wrong.
pub fn ports(spec: &mut Fields, options: &mut CreateOptions) -> Result<(), Failure> {
    for mut port in spec.list("portmappings")? {
        let ip = port.text("host_ip")?.unwrap_or_default();
        let count = port.count::<u16>("range")?.unwrap_or(1).max(1) - 1;
        let mut range = |key: &str| {
            let first: u16 = port.count(key)?.unwrap_or(0);
            Ok::<_, Failure>(match (first, count) {
                (0, _) => String::new(),
                (first, 0) => first.to_string(),
                (first, count) => format!("{first}-{}", first.saturating_add(count)),
            })
        };
        let (host, inside) = (range("host_port")?, range("container_port")?);
        let protocols = port.text("protocol")?.unwrap_or_default();
        for protocol in protocols.split(',') {
            options.publish.push(publish(&ip, &host, &inside, protocol));
        }
        port.finish()?;
    }
    Ok(())
}

fn mounts(spec: &mut Fields, options: &mut CreateOptions) -> Result<(), Failure> {
    for mut mount in spec.list("mounts")? {
        let destination = mount.text("destination")?.unwrap_or_default();
        let source = mount.text("source")?.unwrap_or_default();
        let words = mount.texts("options")?;
        match mount.text("type")?.as_deref() {
            None | Some("bind") => {
                if !source.starts_with('/') {
                    return Err(Failure::bad(format!(
                        "invalid mount source {source:?}: it must be absolute"
                    )));
                }
                options.volumes.push(volume(&source, &destination, &words)?);
            }
            Some("tmpfs") => {
                volume("", &destination, &[])?;
                options.tmpfs.push(if words.is_empty() {
                    destination
                } else {
                    format!("{destination}:{}", words.join(","))
                });
            }
            Some(other) => return Err(Failure::unsupported(&format!("mount type {other:?}"))),
        }
        mount.ignore(&["uidmappings", "gidmappings"]);
        mount.finish()?;
    }
    for mut named in spec.list("volumes")? {
        let name = named.text("Name")?.unwrap_or_default();
        if name.contains('/') {
            return Err(Failure::bad(format!("invalid volume name {name:?}")));
        }
        let destination = named.text("Dest")?.unwrap_or_default();
        let words = named.texts("Options")?;
        named.ignore(&["IsAnonymous"]);
        named.finish()?;
        options.volumes.push(volume(&name, &destination, &words)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> Result<CreateOptions, Failure> {
        options(Fields::of(value))
    }

    #[test]
    fn what_podmans_client_sends() {
        let sent = r#"{
            "name": "c1", "command": ["sh", "-c", "x"], "env_host": false, "httpproxy": true,
            "terminal": false, "stdin": false, "stop_timeout": 10, "log_configuration": {},
            "systemd": "true", "sdnotifyMode": "container", "pidns": {}, "utsns": {}, "remove": false,
            "containerCreateCommand": ["podman", "run"], "init_container_type": "", "unsetenvall": false,
            "manage_password": true, "image": "localhost/bb:1", "raw_image_name": "localhost/bb:1",
            "image_volume_mode": "anonymous", "init": false, "ipcns": {}, "volatile": false,
            "privileged": false, "seccomp_policy": "default", "userns": {},
            "idmappings": {"HostUIDMapping": true, "AutoUserNsOpts": {"Size": 0}},
            "umask": "0022", "devices": [{"path": "/dev/null:r", "type": "", "major": 0, "minor": 0}],
            "r_limits": [{"type": "core", "hard": 18446744073709551615, "soft": 1}], "cgroupns": {}, "netns": {"nsmode": "none"}, "Networks": {},
            "healthLogDestination": "local", "healthMaxLogCount": 5, "healthMaxLogSize": 500,
            "env": {"A": "b=c"}, "restart_policy": "on-failure", "restart_tries": 3,
            "portmappings": [{"container_port": 80, "host_port": 8080, "range": 2, "protocol": "tcp,udp"}],
            "mounts": [{"destination": "/b", "type": "bind", "source": "/a", "options": ["rbind", "ro"]}],
            "volumes": [{"Name": "v", "Dest": "/v", "Options": null, "IsAnonymous": false}]
        }"#;
        let read = read(serde_json::from_str(sent).unwrap()).unwrap();
        assert_eq!(read.image, "localhost/bb:1");
        assert_eq!(read.env, ["A=b=c"]);
        assert_eq!(read.kernel.devices, ["/dev/null:r"]);
        assert_eq!(read.kernel.ulimits, ["core=1:-1"]);
        assert_eq!(read.kernel.umask, None);
        assert_eq!(read.networks, ["none"]);
        assert_eq!(read.restart.as_deref(), Some("on-failure:3"));
        assert_eq!(read.publish, ["8080-8081:80-81/tcp", "8080-8081:80-81/udp"]);
        assert_eq!(read.volumes, ["/a:/b:rbind,ro", "v:/v"]);
    }

    #[test]
    fn nothing_is_dropped_in_silence() {
        for (sent, message) in [
            (
                json!({"device_cgroup_rule": [{"type": "c"}]}),
                "device_cgroup_rule is not supported yet",
            ),
            (
                json!({"pidns": {"nsmode": "host"}}),
                "pidns \"host\" is not supported yet",
            ),
            (
                json!({"resource_limits": {"cpu": {"realtimePeriod": 5}}}),
                "resource_limits.cpu.realtimePeriod is not supported yet",
            ),
        ] {
            let failure = read(sent).unwrap_err();
            assert_eq!((failure.status, failure.message.as_str()), (501, message));
        }
        assert_eq!(read(json!({"name": 5})).unwrap_err().status, 400);
    }
}
