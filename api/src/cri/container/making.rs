//! `ContainerConfig` as the engine's options. What they have no words for is refused by name.

use std::path::{Component, Path};

use libcr::ops::lifecycle::create::{CreateOptions, KernelOptions};

use super::{security, upkeep};
use crate::cri::Refusal;
use crate::cri::identity::{self, Sandbox};
use crate::cri::messages::{
    ContainerConfig, ContainerMetadata, Device, KeyValue, LinuxContainerResources,
    LinuxContainerSecurityContext, Mount, NAMESPACE_CONTAINER, NAMESPACE_NODE, NAMESPACE_POD,
    PodSandboxMetadata,
};
use crate::cri::sandbox;
use crate::libpod::create::as_entrypoint;
use crate::shared::options::volume;

/// What is to be made.
pub struct Made {
    /// The engine's options.
    pub options: CreateOptions,
    /// Where the log is expected; empty: nowhere.
    pub log_path: String,
}

/// Options of a container in the pod with this id.
///
/// # Errors
/// For what is wrong or can't be had.
pub fn options(config: &ContainerConfig, pod: &str, of: &Sandbox) -> Result<Made, Refusal> {
    refuse_unknown(config)?;
    let none = ContainerMetadata::default();
    let metadata = config.metadata.as_ref().unwrap_or(&none);
    if metadata.name.is_empty() {
        return Err(Refusal::invalid("the container has no name"));
    }
    let image = config.image.clone().unwrap_or_default();
    if image.image.is_empty() {
        return Err(Refusal::invalid("the container has no image"));
    }
    let log_path = log_path(&of.log_directory, &config.log_path)?;
    let shown = if image.user_specified_image.is_empty() {
        &image.image
    } else {
        &image.user_specified_image
    };
    let identity = identity::Container {
        sandbox: pod.to_owned(),
        name: metadata.name.clone(),
        attempt: metadata.attempt,
        annotations: config.annotations.clone(),
        log_path: log_path.clone(),
        image: shown.clone(),
    };
    let linux = config.linux.clone().unwrap_or_default();
    let context = linux.security_context.unwrap_or_default();
    let resources = linux.resources.clone().unwrap_or_default();
    let limits = upkeep::changes(&resources)?;
    refuse_namespaces(&context, of)?;
    let envs = config.envs.iter().map(variable);
    let mounts = config.mounts.iter().map(mount);
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let options = CreateOptions {
        name: Some(name(metadata, of)),
        pod: Some(pod.to_owned()),
        entrypoint: (!config.command.is_empty()).then(|| as_entrypoint(&config.command)),
        command: config.args.clone(),
        workdir: some(&config.working_dir),
        env: envs.collect::<Result<_, _>>()?,
        volumes: mounts.collect::<Result<_, _>>()?,
        // Volumes of an image are directories of the container's own.
        image_volume: "anonymous".into(),
        labels: identity::labels(&config.labels, &identity)?,
        stdin: config.stdin,
        stdin_stays: !config.stdin_once,
        terminal: config.tty,
        stop_signal: stop_signal(config.stop_signal)?,
        user: security::user(&context)?,
        groups: security::groups(&context)?,
        read_only: context.readonly_rootfs,
        security: security::security(&context)?,
        limits,
        kernel: kernel(linux.resources.as_ref(), &config.devices)?,
        image: image.image,
        ..CreateOptions::default()
    };
    Ok(Made { options, log_path })
}

/// How soon it is killed when memory runs out: 0 where nothing is said of it, rather than what this
/// service has, which a unit file may protect.
fn kernel(
    resources: Option<&LinuxContainerResources>,
    devices: &[Device],
) -> Result<KernelOptions, Refusal> {
    let number = resources.map_or(0, |resources| resources.oom_score_adj);
    let score = i32::try_from(number).ok();
    let score = score.filter(|score| (-1000..=1000).contains(score));
    Ok(KernelOptions {
        oom_score_adj: Some(score.ok_or_else(|| {
            Refusal::invalid(&format!(
                "invalid oom_score_adj {number}: it must be between -1000 and 1000"
            ))
        })?),
        devices: devices.iter().map(device).collect::<Result<_, _>>()?,
        ..KernelOptions::default()
    })
}

/// A device as `--device` has it.
fn device(device: &Device) -> Result<String, Refusal> {
    let Device {
        container_path,
        host_path,
        permissions,
    } = device;
    // They would be read as something else.
    if host_path.contains(':') || container_path.contains(':') {
        return Err(Refusal::invalid(&format!(
            "invalid device {host_path:?} at {container_path:?}: no colon can stand in a path"
        )));
    }
    let inside = Some(container_path).filter(|path| !path.is_empty());
    let inside = inside.unwrap_or(host_path);
    let permissions = Some(permissions.as_str()).filter(|word| !word.is_empty());
    Ok(format!(
        "{host_path}:{inside}:{}",
        permissions.unwrap_or("rwm")
    ))
}

/// Unique as that of the sandbox, and in it.
fn name(metadata: &ContainerMetadata, of: &Sandbox) -> String {
    let pod = sandbox::name(&PodSandboxMetadata {
        attempt: metadata.attempt,
        ..sandbox::metadata(of)
    });
    let rest = pod.strip_prefix("k8s_").unwrap_or(&pod);
    format!("k8s_{}_{rest}", metadata.name)
}

fn refuse_unknown(config: &ContainerConfig) -> Result<(), Refusal> {
    let refused = [
        (config.windows.is_some(), "Windows"),
        (!config.cdi_devices.is_empty(), "CDI_devices"),
    ];
    match refused.iter().find(|(given, _)| *given) {
        None => Ok(()),
        Some((_, what)) => Err(Refusal::unsupported(what)),
    }
}

/// Bounds are promises: those that the engine can't keep.
pub fn refuse_bounds(resources: &LinuxContainerResources) -> Result<(), Refusal> {
    let refused = [
        (!resources.unified.is_empty(), "unified"),
        (
            resources.hugepage_limits.iter().any(|one| one.limit > 0),
            "hugepage_limits",
        ),
    ];
    match refused.iter().find(|(given, _)| *given) {
        None => Ok(()),
        Some((_, what)) => Err(Refusal::unsupported(what)),
    }
}

/// A container shares what its sandbox says.
fn refuse_namespaces(
    security: &LinuxContainerSecurityContext,
    of: &Sandbox,
) -> Result<(), Refusal> {
    let Some(asked) = &security.namespace_options else {
        return Ok(());
    };
    let asked_for = [
        ("network", asked.network),
        ("pid", asked.pid),
        ("ipc", asked.ipc),
    ];
    for ((kind, mode), sandbox) in asked_for.into_iter().zip(of.namespaces) {
        let known = [NAMESPACE_POD, NAMESPACE_CONTAINER, NAMESPACE_NODE].contains(&mode);
        if mode != sandbox || !known {
            return Err(Refusal::unsupported(&format!(
                "the {kind} namespace mode {mode} in a sandbox with mode {sandbox}"
            )));
        }
    }
    if asked
        .userns
        .is_some_and(|userns| userns.mode != NAMESPACE_NODE)
    {
        return Err(Refusal::unsupported("a user namespace"));
    }
    Ok(())
}

fn variable(pair: &KeyValue) -> Result<String, Refusal> {
    let value = std::str::from_utf8(&pair.value)
        .map_err(|_| Refusal::invalid(&format!("the variable {:?} is no UTF-8", pair.key)))?;
    if pair.key.is_empty() || pair.key.contains(['=', '\0']) || value.contains('\0') {
        return Err(Refusal::invalid(&format!(
            "invalid variable {:?}",
            pair.key
        )));
    }
    Ok(format!("{}={value}", pair.key))
}

/// A mount in the words of `--volume`.
fn mount(mount: &Mount) -> Result<String, Refusal> {
    let refused = [
        (mount.image.is_some(), "a mount of an image"),
        (
            !mount.uid_mappings.is_empty() || !mount.gid_mappings.is_empty(),
            "a mount with mapped ids",
        ),
        (mount.recursive_read_only, "recursive_read_only"),
    ];
    if let Some((_, what)) = refused.iter().find(|(given, _)| *given) {
        return Err(Refusal::unsupported(what));
    }
    let source = &mount.host_path;
    if !source.starts_with('/') {
        return Err(Refusal::invalid(&format!(
            "invalid mount source {source:?}: it must be absolute"
        )));
    }
    let propagation = match mount.propagation {
        0 => "rprivate",
        1 => "rslave",
        2 => "rshared",
        other => return Err(Refusal::invalid(&format!("invalid propagation {other}"))),
    };
    let mut options = vec!["rbind".to_owned(), propagation.to_owned()];
    if mount.readonly {
        options.push("ro".into());
    }
    Ok(volume(source, &mount.container_path, &options)?)
}

/// The place of a log: below the directory of the sandbox.
fn log_path(directory: &str, path: &str) -> Result<String, Refusal> {
    if directory.is_empty() || path.is_empty() {
        return Ok(String::new());
    }
    let is_name = |part| matches!(part, Component::Normal(_));
    if !directory.starts_with('/') || !Path::new(path).components().all(is_name) {
        return Err(Refusal::invalid(&format!(
            "invalid log {path:?} in {directory:?}"
        )));
    }
    Ok(Path::new(directory).join(path).display().to_string())
}

/// The name of a signal of the `Signal` enumeration; 0: the image's.
fn stop_signal(number: i32) -> Result<Option<String>, Refusal> {
    const NAMES: [&str; 34] = [
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT",
        "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM",
        "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
    ];
    let wrong = || Refusal::invalid(&format!("invalid stop signal {number}"));
    let number = usize::try_from(number).map_err(|_| wrong())?;
    Ok(Some(match number {
        0 => return Ok(None),
        1..=34 => format!("SIG{}", NAMES[number - 1]),
        35 => "SIGRTMIN".into(),
        36..=50 => format!("SIGRTMIN+{}", number - 35),
        51..=64 => format!("SIGRTMAX-{}", 65 - number),
        65 => "SIGRTMAX".into(),
        _ => return Err(wrong()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cri::messages::{Empty, ImageSpec, Int64Value};

    fn config() -> ContainerConfig {
        ContainerConfig {
            metadata: Some(ContainerMetadata {
                name: "app".into(),
                attempt: 1,
            }),
            image: Some(ImageSpec {
                image: "img".into(),
                ..ImageSpec::default()
            }),
            ..ContainerConfig::default()
        }
    }

    fn sandbox() -> Sandbox {
        Sandbox {
            name: "web".into(),
            uid: "u".into(),
            namespace: "ns".into(),
            log_directory: "/var/log/pods/x".into(),
            ..Sandbox::default()
        }
    }

    #[test]
    fn a_container_of_the_engine() {
        let mut asked = config();
        asked.command = vec!["sh".into(), "-c".into()];
        asked.args = vec!["true".into()];
        asked.log_path = "app/0.log".into();
        asked.envs = vec![KeyValue {
            key: "A".into(),
            value: b"b=c".to_vec(),
        }];
        asked.stop_signal = 10;
        asked.mounts = vec![Mount {
            container_path: "/b".into(),
            host_path: "/a".into(),
            readonly: true,
            propagation: 1,
            ..Mount::default()
        }];
        let linux = asked.linux.get_or_insert_default();
        let security = linux.security_context.get_or_insert_default();
        security.run_as_user = Some(Int64Value { value: 7 });
        security.run_as_group = Some(Int64Value { value: 8 });
        let made = options(&asked, "p", &sandbox()).unwrap();
        assert_eq!(made.log_path, "/var/log/pods/x/app/0.log");
        let made = made.options;
        assert_eq!(made.name.as_deref(), Some("k8s_app_web_ns_u_1"));
        assert_eq!(made.entrypoint.as_deref(), Some(r#"["sh","-c"]"#));
        assert_eq!(
            (made.command, made.env),
            (vec!["true".into()], vec!["A=b=c".into()])
        );
        assert_eq!(made.volumes, ["/a:/b:rbind,rslave,ro"]);
        assert_eq!(made.user.as_deref(), Some("7:8"));
        assert_eq!(made.stop_signal.as_deref(), Some("SIGINT"));
    }

    #[test]
    fn nothing_is_dropped_in_silence() {
        let refused: [fn(&mut ContainerConfig); 6] = [
            |config| config.cdi_devices.push(Empty {}),
            |config| config.log_path = "../x".into(),
            |config| config.stop_signal = 66,
            |config| {
                let linux = config.linux.get_or_insert_default();
                let unified = &mut linux.resources.get_or_insert_default().unified;
                unified.insert("memory.high".into(), "5".into());
            },
            |config| {
                let linux = config.linux.get_or_insert_default();
                let security = linux.security_context.get_or_insert_default();
                security.supplemental_groups.push(-1);
            },
            |config| {
                config.mounts.push(Mount {
                    host_path: "relative".into(),
                    container_path: "/x".into(),
                    ..Mount::default()
                });
            },
        ];
        for (number, change) in refused.iter().enumerate() {
            let mut asked = config();
            change(&mut asked);
            assert!(options(&asked, "p", &sandbox()).is_err(), "{number}");
        }
        assert!(options(&config(), "p", &sandbox()).is_ok());
    }

    #[test]
    fn signals_by_their_place_in_the_enumeration() {
        let name = |number| stop_signal(number).unwrap().unwrap_or_default();
        assert_eq!((name(0).as_str(), name(23).as_str()), ("", "SIGTERM"));
        assert_eq!(
            (name(36).as_str(), name(50).as_str()),
            ("SIGRTMIN+1", "SIGRTMIN+15")
        );
        assert_eq!(
            (name(51).as_str(), name(64).as_str()),
            ("SIGRTMAX-14", "SIGRTMAX-1")
        );
    }
}
