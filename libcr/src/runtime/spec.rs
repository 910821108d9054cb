//! `config.json` of a bundle (OCI runtime-spec config.md), with Podman's defaults, so that an
//! archive of ours is to Podman what one of its own is: same mounts at the same places, since
//! CRIU restores exactly those.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::capability::{self, UnknownCapability};
use super::kernel;
use super::limits;
use super::pod::{self, StandIn};
use super::seccomp::{self, SeccompError};
use super::user::Identity;
use crate::model::container::pod::Shared;
use crate::model::container::{ContainerConfig, NetworkMode, Security, VolumeMount};

/// Files of the host that are mounted into every container: destination and file name in the
/// container's bundle.
pub const ETC_FILES: [(&str, &str); 4] = [
    ("/etc/resolv.conf", "resolv.conf"),
    ("/etc/hosts", "hosts"),
    ("/etc/hostname", "hostname"),
    ("/run/.containerenv", ".containerenv"),
];

/// Paths of the kernel's file systems that a container must not see: Podman's list.
pub const MASKED: [&str; 12] = [
    "/proc/acpi",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
    "/sys/fs/selinux",
];
/// Paths of the kernel's file systems that a container must not write: Podman's list.
pub const READ_ONLY: [&str; 6] = [
    "/proc/asound",
    "/proc/bus",
    "/proc/fs",
    "/proc/irq",
    "/proc/sys",
    "/proc/sysrq-trigger",
];

/// Annotation that names a CRIU configuration file to crun and runc.
pub const CRIU_CONFIG: &str = "org.criu.config";
/// Annotation by which readers of archives tell the engine; ours are of Podman's format.
pub const ENGINE: &str = "io.container.manager";
/// Annotation by which readers of archives tell the infra container of a pod; CRI-O's and Podman's.
pub const SANDBOX: &str = "io.kubernetes.cri-o.SandboxID";
/// Podman's annotation for `--rm`.
pub const AUTO_REMOVE: &str = "io.podman.annotations.autoremove";

/// Why a specification can't be made.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// A capability that doesn't exist.
    #[error("{0}")]
    Capability(#[from] UnknownCapability),
    /// The seccomp profile.
    #[error("{0}")]
    Seccomp(#[from] SeccompError),
    /// A `--security-opt` that isn't known.
    #[error("invalid --security-opt {parts}: \"{word}\"")]
    SecurityOption {
        /// How many parts it has: 2 with a value, 1 without.
        parts: usize,
        /// The word.
        word: String,
    },
    /// A device that can't be looked at.
    #[error("reading the container's devices: {0}")]
    Devices(#[from] std::io::Error),
    /// No process to run.
    #[error("no command or entrypoint provided, and no CMD or ENTRYPOINT from image")]
    NoCommand,
}

/// Where things are on this host for one container.
#[derive(Debug, Clone)]
pub struct Places {
    /// The mounted root file system.
    pub rootfs: PathBuf,
    /// The bundle: holds the files of [`ETC_FILES`].
    pub bundle: PathBuf,
    /// The tmpfs seen as /dev/shm.
    pub shm: PathBuf,
    /// The network namespace to join; `None`: the host's, or one of its own (see the mode).
    pub netns: Option<PathBuf>,
    /// Namespaces of the pod's infra container that it joins.
    pub joined: Vec<(Shared, PathBuf)>,
    /// cgroup path from the mount of the hierarchy.
    pub cgroup: String,
    /// CRIU configuration file.
    pub criu_config: PathBuf,
    /// Directory of all volumes.
    pub volumes: PathBuf,
}

/// Checks capabilities and `--security-opt` words without making anything of them.
///
/// # Errors
/// [`SpecError::Capability`] and [`SpecError::SecurityOption`].
pub fn check_security(security: &Security) -> Result<(), SpecError> {
    capability::resolve(security.privileged, &security.cap_add, &security.cap_drop)?;
    SecurityChoice::read(&security.options)?;
    Ok(())
}

/// Makes the specification of a container that was made here.
pub fn generate(
    config: &ContainerConfig,
    places: &Places,
    identity: &Identity,
) -> Result<Value, SpecError> {
    let security = &config.security;
    let capabilities =
        capability::resolve(security.privileged, &security.cap_add, &security.cap_drop)?;
    let mut choice = SecurityChoice::read(&security.options)?;
    if security.privileged {
        choice.unmask = true;
        choice.seccomp.get_or_insert_with(|| "unconfined".into());
    }
    let seccomp = match choice.seccomp.as_deref() {
        Some("unconfined") => None,
        Some(path) => Some(seccomp::load(Path::new(path), &capabilities)?),
        None => seccomp::load_default(&capabilities)?,
    };
    let arguments = config.process.arguments();
    if arguments.is_empty() {
        return Err(SpecError::NoCommand);
    }
    // A user other than root keeps only what it inherits through its bounding set (Podman too).
    let effective: &[String] = if identity.uid == 0 {
        &capabilities
    } else {
        &[]
    };
    let mut process = json!({
        "terminal": config.process.terminal,
        "user": { "uid": identity.uid, "gid": identity.gid, "additionalGids": identity.additional_gids },
        "args": arguments,
        "env": environment(config, &identity.home),
        "cwd": config.process.workdir,
        "capabilities": {
            "bounding": capabilities,
            "effective": effective,
            "permitted": effective,
        },
        "noNewPrivileges": choice.no_new_privileges,
    });
    if let Some(profile) = &choice.apparmor {
        process["apparmorProfile"] = profile.clone().into();
    }
    let mut linux = json!({
        "resources": resources(config),
        "cgroupsPath": places.cgroup,
        "namespaces": namespaces(config, places),
    });
    if !choice.unmask {
        let paths = |asked: &Option<Vec<String>>, usual: &[&str]| match asked {
            Some(asked) => json!(asked),
            None => json!(usual),
        };
        linux["maskedPaths"] = paths(&security.masked_paths, &MASKED);
        linux["readonlyPaths"] = paths(&security.read_only_paths, &READ_ONLY);
    }
    if let Some(seccomp) = seccomp {
        linux["seccomp"] = seccomp;
    }
    let mut spec = json!({
        "ociVersion": "1.2.0",
        "process": process,
        "root": { "path": places.rootfs, "readonly": config.read_only },
        "hostname": config.hostname,
        "mounts": mounts(config, places),
        "annotations": config.annotations,
        "linux": linux,
    });
    kernel::write(&config.kernel, &mut spec)?;
    localize(&mut spec, config, places);
    Ok(spec)
}

/// Writes into a specification what belongs to this host and this container: root, cgroup,
/// namespaces, annotations, and the sources of the mounts that the engine itself provides.
pub fn localize(spec: &mut Value, config: &ContainerConfig, places: &Places) {
    spec["root"] = json!({ "path": places.rootfs, "readonly": config.read_only });
    spec["linux"]["cgroupsPath"] = places.cgroup.clone().into();
    spec["linux"]["namespaces"] = namespaces(config, places);
    if places.joined.iter().any(|(kind, _)| *kind == Shared::Uts)
        && let Some(spec) = spec.as_object_mut()
    {
        // The name of the pod: no runtime sets one in a namespace that is another's.
        spec.remove("hostname");
        spec.remove("domainname");
    }
    if !spec["annotations"].is_object() {
        spec["annotations"] = json!({});
    }
    let annotations = &mut spec["annotations"];
    if let Some(membership) = config.pod.as_ref().filter(|pod| !pod.joins.is_empty()) {
        annotations[SANDBOX] = membership.joins.clone().into();
    }
    annotations[CRIU_CONFIG] = path_value(&places.criu_config);
    annotations[ENGINE] = "libpod".into();
    if config.auto_remove {
        annotations[AUTO_REMOVE] = "TRUE".into();
    }
    for mount in spec["mounts"].as_array_mut().into_iter().flatten() {
        if mount["type"] == "tmpfs" {
            continue;
        }
        let own = mount["destination"].as_str().and_then(|path| {
            provided(path, places).or_else(|| volume_source(path, config, places))
        });
        if let Some(source) = own {
            mount["source"] = path_value(&source);
        }
    }
}

/// The engine's own file or directory that is mounted at `destination`, if it is one of those.
pub fn provided(destination: &str, places: &Places) -> Option<PathBuf> {
    if destination == "/dev/shm" {
        return Some(places.shm.clone());
    }
    let found = ETC_FILES.iter().find(|(path, _)| *path == destination);
    let file = found.map(|(_, file)| *file);
    file.or_else(|| pod::stand_in(destination).map(StandIn::name))
        .map(|file| places.bundle.join(file))
}

/// The directory of the volume that is mounted at `destination`, if one is.
fn volume_source(destination: &str, config: &ContainerConfig, places: &Places) -> Option<PathBuf> {
    let volume = volume_at(&config.named_volumes, destination)?;
    Some(places.volumes.join(&volume.name).join("_data"))
}

/// The volume that is mounted at `destination`, if one is.
pub fn volume_at<'a>(volumes: &'a [VolumeMount], destination: &str) -> Option<&'a VolumeMount> {
    let plain = |path: &str| path.trim_end_matches('/').to_owned();
    let mut volumes = volumes.iter();
    volumes.find(|volume| plain(&volume.destination) == plain(destination))
}

/// The options of a volume's mount as the runtime takes them: private unless told otherwise, and
/// without the words that are about the first copy.
pub fn volume_mount_options(options: &[String]) -> Vec<&str> {
    let words = options.iter().map(String::as_str);
    let mut words: Vec<&str> = words
        .filter(|word| !matches!(*word, "copy" | "nocopy"))
        .collect();
    if !words.iter().any(|word| is_propagation(word)) {
        words.insert(0, "rprivate");
    }
    words
}

/// Whether a mount option says where mounts made below are seen (mount_namespaces(7)).
pub fn is_propagation(word: &str) -> bool {
    ["private", "shared", "slave", "unbindable"]
        .iter()
        .any(|kind| word == *kind || word.strip_prefix('r') == Some(kind))
}

fn path_value(path: &Path) -> Value {
    path.to_string_lossy().into_owned().into()
}

/// The variables of a container's first process: its own, and Podman's where it has none of that
/// name. `home` is the home directory of its user.
pub fn environment(config: &ContainerConfig, home: &str) -> Vec<String> {
    let mut env = config.process.env.clone();
    let mut default = |name: &str, value: &str| {
        let prefix = format!("{name}=");
        if !env.iter().any(|line| line.starts_with(&prefix)) {
            env.push(prefix + value);
        }
    };
    default(
        "PATH",
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    );
    default("container", "podman");
    if config.process.terminal {
        default("TERM", "xterm");
    }
    default("HOSTNAME", &config.hostname);
    default("HOME", home);
    env
}

fn namespaces(config: &ContainerConfig, places: &Places) -> Value {
    let kinds = ["pid", "ipc", "uts", "mount", "cgroup"];
    let mut list: Vec<Value> = kinds.map(|kind| json!({ "type": kind })).to_vec();
    for (kind, path) in &places.joined {
        let own = list
            .iter_mut()
            .find(|entry| entry["type"] == kind.oci_word());
        if let Some(entry) = own {
            entry["path"] = path_value(path);
        }
    }
    match (&config.network, &places.netns) {
        (NetworkMode::Host, _) => {}
        (_, Some(path)) => list.push(json!({ "type": "network", "path": path })),
        (_, None) => list.push(json!({ "type": "network" })),
    }
    list.into()
}

fn resources(config: &ContainerConfig) -> Value {
    let mut resources =
        json!({ "devices": [{ "allow": config.security.privileged, "access": "rwm" }] });
    limits::write(&config.limits, &mut resources);
    resources
}

fn mounts(config: &ContainerConfig, places: &Places) -> Vec<Value> {
    let mount = |destination: &str, kind: &str, source: &str, options: &[&str]| json!({ "destination": destination, "type": kind, "source": source, "options": options });
    let system = if config.security.privileged {
        "rw"
    } else {
        "ro"
    };
    let mut list = vec![
        mount("/proc", "proc", "proc", &["nosuid", "noexec", "nodev"]),
        mount(
            "/dev",
            "tmpfs",
            "tmpfs",
            &["nosuid", "strictatime", "mode=755", "size=65536k"],
        ),
        mount(
            "/sys",
            "sysfs",
            "sysfs",
            &["nosuid", "noexec", "nodev", system],
        ),
        mount(
            "/dev/pts",
            "devpts",
            "devpts",
            &[
                "nosuid",
                "noexec",
                "newinstance",
                "ptmxmode=0666",
                "mode=0620",
                "gid=5",
            ],
        ),
        mount(
            "/dev/mqueue",
            "mqueue",
            "mqueue",
            &["nosuid", "noexec", "nodev"],
        ),
        mount(
            "/sys/fs/cgroup",
            "cgroup",
            "cgroup",
            &["rprivate", "nosuid", "noexec", "nodev", "relatime", system],
        ),
        mount(
            "/dev/shm",
            "bind",
            &places.shm.to_string_lossy(),
            &["bind", "rprivate", "nosuid", "noexec", "nodev"],
        ),
    ];
    for (destination, file) in ETC_FILES {
        let source = places.bundle.join(file);
        list.push(mount(
            destination,
            "bind",
            &source.to_string_lossy(),
            &["bind", "rprivate"],
        ));
    }
    let mut own = Vec::new();
    for (destination, options) in &config.tmpfs {
        // `tmpcopyup` is crun's and runc's word for what Podman does by default.
        let mut words = vec!["nosuid", "nodev", "rprivate", "tmpcopyup"];
        words.extend(options.iter().map(String::as_str));
        if words.contains(&"notmpcopyup") {
            words.retain(|word| !word.ends_with("tmpcopyup"));
        }
        own.push(mount(destination, "tmpfs", "tmpfs", &words));
    }
    for volume in &config.volumes {
        let mut words: Vec<&str> = volume.options.iter().map(String::as_str).collect();
        if !words.iter().any(|word| matches!(*word, "bind" | "rbind")) {
            words.push("rbind");
        }
        if !words.iter().any(|word| is_propagation(word)) {
            words.push("rprivate");
        }
        own.push(mount(&volume.destination, "bind", &volume.source, &words));
    }
    for volume in &config.named_volumes {
        // Its source is set by `localize`.
        let words = volume_mount_options(&volume.options);
        own.push(mount(&volume.destination, "bind", "", &words));
    }
    // What is mounted inside another's place comes after it; others keep their order.
    own.sort_by_key(|mount| depth(mount["destination"].as_str().unwrap_or_default()));
    list.extend(own);
    list
}

fn depth(path: &str) -> usize {
    path.split('/').filter(|part| !part.is_empty()).count()
}

/// What the `--security-opt` words say.
#[derive(Debug, Default)]
struct SecurityChoice {
    seccomp: Option<String>,
    apparmor: Option<String>,
    no_new_privileges: bool,
    unmask: bool,
}

impl SecurityChoice {
    fn read(words: &[String]) -> Result<Self, SpecError> {
        let mut choice = Self::default();
        for word in words {
            let (key, value) = word.split_once(['=', ':']).unwrap_or((word, ""));
            match (key, value) {
                ("no-new-privileges", "" | "true") => choice.no_new_privileges = true,
                ("no-new-privileges", "false") => choice.no_new_privileges = false,
                ("seccomp", value) if !value.is_empty() => choice.seccomp = Some(value.into()),
                ("apparmor", "unconfined") | ("label", "disable") => {}
                ("apparmor", value) if !value.is_empty() => choice.apparmor = Some(value.into()),
                ("unmask", "ALL" | "all") => choice.unmask = true,
                _ => {
                    return Err(SpecError::SecurityOption {
                        parts: 1 + usize::from(word.contains(['=', ':'])),
                        word: word.clone(),
                    });
                }
            }
        }
        Ok(choice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_options_that_are_none() {
        let read = |word: &str| SecurityChoice::read(&[word.to_owned()]);
        assert_eq!(
            read("zz").unwrap_err().to_string(),
            "invalid --security-opt 1: \"zz\""
        );
        assert_eq!(
            read("zz=1").unwrap_err().to_string(),
            "invalid --security-opt 2: \"zz=1\""
        );
        assert!(read("seccomp=unconfined").is_ok());
    }

    #[test]
    fn what_is_generated_is_an_oci_specification() {
        let mut config = crate::model::container::example(&"a".repeat(64)).config;
        config.process.command = vec!["true".into()];
        config.process.workdir = "/".into();
        let places = Places {
            rootfs: "/merged".into(),
            bundle: "/bundle".into(),
            shm: "/shm".into(),
            netns: Some("/run/netns/a".into()),
            joined: Vec::new(),
            cgroup: "/cryopod/a".into(),
            criu_config: "/bundle/criu.conf".into(),
            volumes: "/volumes".into(),
        };
        config.named_volumes = vec![VolumeMount {
            name: "v".into(),
            destination: "/data".into(),
            options: ["nocopy", "nosuid", "rbind"].map(String::from).to_vec(),
            anonymous: false,
            sub_path: String::new(),
        }];
        config.tmpfs.insert("/data/inside".into(), Vec::new());
        let spec = generate(&config, &places, &Identity::default()).unwrap();
        let parsed: oci_spec::runtime::Spec = serde_json::from_value(spec.clone()).unwrap();
        let mounts = parsed.mounts().as_ref().map(Vec::len).unwrap_or_default();
        assert_eq!(mounts, 9 + ETC_FILES.len());
        let volume = json!({"destination": "/data", "type": "bind",
            "source": "/volumes/v/_data", "options": ["rprivate", "nosuid", "rbind"]});
        assert_eq!(spec["mounts"][mounts - 2], volume);
        let linux = parsed.linux().as_ref().unwrap();
        assert_eq!(linux.namespaces().as_ref().map(Vec::len), Some(6));
        assert_eq!(spec["annotations"][CRIU_CONFIG], "/bundle/criu.conf");
        let protected = |config: &ContainerConfig| {
            let spec = generate(config, &places, &Identity::default()).unwrap();
            ["maskedPaths", "readonlyPaths"].map(|key| spec["linux"][key].clone())
        };
        assert_eq!(protected(&config), [json!(MASKED), json!(READ_ONLY)]);
        config.security.masked_paths = Some(vec!["/proc/kcore".into()]);
        assert_eq!(
            protected(&config),
            [json!(["/proc/kcore"]), json!(READ_ONLY)]
        );
        config.security.privileged = true;
        assert_eq!(protected(&config), [Value::Null, Value::Null]);
    }
}
