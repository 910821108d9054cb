//! The specification that an archive brings, cut down to what may appear on this host.
//!
//! It is hostile until checked. What a user can grant is refused by name without the grant; what
//! nobody needs (hooks, settings of the host, words that make a runtime do more) is dropped.
//! Whatever a later cold start would take from it is bounded here too.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::model::container::VolumeMount;
use crate::runtime::pod::{self, StandIn};
use crate::runtime::spec::{self, Places, SpecError};
use crate::runtime::{capability, seccomp};

/// What the user who imports an archive grants to it beyond the default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Grants {
    /// Bind mounts of this host's directories that the archive names.
    pub mounts: bool,
    /// Device nodes that the archive names.
    pub devices: bool,
    /// The network of this host instead of one of its own.
    pub host_network: bool,
    /// Capabilities beyond the default set, unmasked paths, privileged containers.
    pub capabilities: bool,
}

/// Mounts of the kernel's own file systems, each at its place only: elsewhere, or writable, they
/// are ways to the host (`core_pattern`, `uevent_helper`).
const KERNEL_MOUNTS: [(&str, &str); 6] = [
    ("proc", "/proc"),
    ("sysfs", "/sys"),
    ("devpts", "/dev/pts"),
    ("mqueue", "/dev/mqueue"),
    ("cgroup", "/sys/fs/cgroup"),
    ("cgroup2", "/sys/fs/cgroup"),
];

/// Members of each object that are taken over; anything else stays behind.
const TOP: [&str; 8] = [
    "ociVersion",
    "process",
    "root",
    "hostname",
    "domainname",
    "mounts",
    "annotations",
    "linux",
];
const PROCESS: [&str; 10] = [
    "terminal",
    "consoleSize",
    "user",
    "args",
    "env",
    "cwd",
    "capabilities",
    "rlimits",
    "noNewPrivileges",
    "apparmorProfile",
];
const LINUX: [&str; 8] = [
    "resources",
    "cgroupsPath",
    "namespaces",
    "devices",
    "seccomp",
    "maskedPaths",
    "readonlyPaths",
    "sysctl",
];
const RESOURCES: [&str; 4] = ["devices", "memory", "pids", "cpu"];
/// Annotations that no runtime acts on. crun's `run.oci.*` run programs.
const ANNOTATIONS: [&str; 4] = [
    "io.podman.",
    "io.container.",
    "io.kubernetes.",
    "org.opencontainers.",
];

/// Options of a volume's mount that an archive may ask for; others are dropped.
const VOLUME_OPTIONS: [&str; 16] = [
    "ro", "rw", "exec", "noexec", "nosuid", "nodev", "bind", "rbind", "private", "rprivate",
    "slave", "rslave", "nocopy", "copy", "noatime", "relatime",
];

/// Of the options of a volume's mount, those that give a container no more than Podman's default.
pub fn volume_options(options: &[String]) -> Vec<String> {
    let known = options
        .iter()
        .filter(|word| VOLUME_OPTIONS.contains(&word.as_str()));
    let mut kept: Vec<String> = known.cloned().collect();
    for word in ["nosuid", "nodev"] {
        if !kept.iter().any(|other| other == word) {
            kept.push(word.to_owned());
        }
    }
    if !kept
        .iter()
        .any(|word| matches!(word.as_str(), "bind" | "rbind"))
    {
        kept.push("rbind".to_owned());
    }
    kept
}

/// All capabilities in any set of a specification, sorted.
pub fn bounding(spec: &Value) -> Vec<String> {
    let sets = spec["process"]["capabilities"]
        .as_object()
        .into_iter()
        .flatten();
    let mut all: Vec<String> = sets
        .flat_map(|(_, list)| list.as_array().into_iter().flatten())
        .filter_map(|word| word.as_str().map(str::to_owned))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// True when a specification has a network namespace of its own.
pub fn has_own_network(spec: &Value) -> bool {
    let list = spec["linux"]["namespaces"].as_array();
    list.is_some_and(|list| list.iter().any(|entry| entry["type"] == "network"))
}

/// True when a namespace of this kind was another's. Of network, ipc and uts the container gets its
/// own instead; processes can't be parted from their pid namespace.
fn joins(spec: &Value, kind: &str) -> bool {
    let list = spec["linux"]["namespaces"].as_array().into_iter().flatten();
    list.filter(|entry| entry["type"] == kind)
        .any(|entry| entry["path"].as_str().is_some_and(|path| !path.is_empty()))
}

/// A specification from an archive, with only what may appear on this host. A bind mount where
/// `volumes` has one is that volume: its source on this host is set by [`spec::localize`].
///
/// # Errors
/// [`Error::Invalid`] naming what was not granted and the flag that grants it.
pub fn check(mut spec: Value, grants: Grants, volumes: &[VolumeMount]) -> Result<Value> {
    if !spec["process"].is_object() || !spec["linux"].is_object() || !spec["mounts"].is_array() {
        return Err(Error::Invalid(
            "spec.dump of the archive is not a Linux container's".into(),
        ));
    }
    keep_only(&mut spec, &TOP);
    keep_only(&mut spec["process"], &PROCESS);
    keep_only(&mut spec["linux"], &LINUX);
    if let Some(resources) = spec["linux"].get_mut("resources") {
        keep_only(resources, &RESOURCES);
    }
    if let Some(annotations) = spec.get_mut("annotations").and_then(Value::as_object_mut) {
        annotations.retain(|key, _| ANNOTATIONS.iter().any(|prefix| key.starts_with(prefix)));
    }
    if joins(&spec, "pid") {
        return Err(Error::Invalid(
            "the container shared the processes of its pod or of another container (a pid namespace by path), which no archive of one container holds: freeze it where it has processes of its own".into(),
        ));
    }
    check_mounts(&mut spec, grants, volumes)?;
    check_devices(&mut spec, grants)?;
    check_privileges(&mut spec, grants)?;
    if !has_own_network(&spec) && !grants.host_network {
        return refuse("the network of this host", "--allow-host-network");
    }
    if let Some(sysctls) = spec["linux"]
        .get_mut("sysctl")
        .and_then(Value::as_object_mut)
    {
        // Those that belong to a namespace of the container.
        sysctls.retain(|key, _| {
            let own = ["net.", "kernel.shm", "kernel.msg", "fs.mqueue."];
            key == "kernel.sem" || own.iter().any(|prefix| key.starts_with(prefix))
        });
    }
    Ok(spec)
}

fn refuse<T>(what: impl std::fmt::Display, flag: &str) -> Result<T> {
    Err(Error::Invalid(format!(
        "the archive asks for {what}, which is not granted: add {flag} if you trust it"
    )))
}

fn keep_only(value: &mut Value, keys: &[&str]) {
    if let Some(map) = value.as_object_mut() {
        map.retain(|key, _| keys.contains(&key.as_str()));
    }
}

fn check_mounts(spec: &mut Value, grants: Grants, volumes: &[VolumeMount]) -> Result<()> {
    let nowhere = Places {
        rootfs: "/".into(),
        bundle: "/".into(),
        shm: "/".into(),
        netns: None,
        cgroup: String::new(),
        criu_config: "/".into(),
        volumes: "/".into(),
    };
    for mount in spec["mounts"].as_array_mut().into_iter().flatten() {
        let destination = mount["destination"].as_str().unwrap_or_default().to_owned();
        let climbs = destination.split('/').any(|part| part == "..");
        if !destination.starts_with('/') || climbs {
            return Err(Error::Invalid(format!(
                "the archive mounts something at {destination:?}"
            )));
        }
        if spec::provided(&destination, &nowhere).is_some() {
            // The engine's own file goes there, whatever the archive says it is.
            mount["type"] = "bind".into();
            mount["options"] = json!(["bind", "rprivate", "nosuid", "noexec", "nodev"]);
            if destination != "/dev/shm" {
                mount["options"] = json!(["bind", "rprivate"]);
            }
            if let Some(StandIn::Directory(_)) = pod::stand_in(&destination) {
                mount["options"] = json!(["bind", "rprivate", "ro"]);
            }
            continue;
        }
        let has = |words: &[&str]| {
            let options = mount["options"].as_array().into_iter().flatten();
            options
                .filter_map(Value::as_str)
                .any(|option| words.contains(&option))
        };
        let kind = mount["type"].as_str().unwrap_or_default();
        let bound = kind == "bind" || has(&["bind", "rbind"]);
        if bound && let Some(volume) = spec::volume_at(volumes, &destination) {
            let options = spec::volume_mount_options(&volume.options);
            mount["type"] = "bind".into();
            mount["options"] = options.into();
            continue;
        }
        let kernel = KERNEL_MOUNTS.contains(&(kind, destination.trim_end_matches('/')));
        let writable = matches!(kind, "sysfs" | "cgroup" | "cgroup2") && !has(&["ro"]);
        if (kernel || kind == "tmpfs") && !has(&["bind", "rbind"]) {
            if writable && !grants.capabilities {
                return refuse(format!("a writable {destination}"), "--allow-capabilities");
            }
            continue;
        }
        let source = mount["source"].as_str().unwrap_or_default();
        if !grants.mounts {
            let what = format!("a mount of {source:?} of this host at {destination:?}");
            return refuse(what, "--allow-mounts");
        }
        if has(&["bind", "rbind"]) && !Path::new(source).exists() {
            return Err(Error::Invalid(format!(
                "the container had {source:?} of its host mounted at {destination:?}, and this host has no such file or directory: make it first"
            )));
        }
    }
    Ok(())
}

fn check_devices(spec: &mut Value, grants: Grants) -> Result<()> {
    if grants.devices {
        return Ok(());
    }
    if spec["linux"]["devices"]
        .as_array()
        .is_some_and(|list| !list.is_empty())
    {
        return refuse("device nodes of this host", "--allow-devices");
    }
    spec["linux"]["resources"]["devices"] = json!([{ "allow": false, "access": "rwm" }]);
    Ok(())
}

fn check_privileges(spec: &mut Value, grants: Grants) -> Result<()> {
    if grants.capabilities {
        return Ok(());
    }
    let all = bounding(spec);
    let is_default = |word: &str| capability::DEFAULT.contains(&word);
    if let Some(word) = all.iter().find(|word| !is_default(word)) {
        return refuse(format!("the capability {word}"), "--allow-capabilities");
    }
    for (key, ours) in [
        ("maskedPaths", &spec::MASKED[..]),
        ("readonlyPaths", &spec::READ_ONLY[..]),
    ] {
        let theirs = spec["linux"][key].as_array().cloned().unwrap_or_default();
        if theirs.is_empty() {
            return refuse("unmasked paths of /proc and /sys", "--allow-capabilities");
        }
        // CRIU puts back the mounts that were there; a cold start hides ours besides.
        let missing = ours
            .iter()
            .map(|path| Value::from(*path))
            .filter(|path| !theirs.contains(path));
        let missing: Vec<Value> = missing.collect();
        spec["linux"][key] = theirs.iter().cloned().chain(missing).collect();
    }
    let profile = seccomp::load_default(&all).map_err(SpecError::from)?;
    let linux: Option<&mut Map<String, Value>> = spec["linux"].as_object_mut();
    if let (Some(linux), Some(profile)) = (linux, profile) {
        linux.insert("seccomp".into(), profile);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn honest() -> Value {
        json!({
            "process": {"args": ["sleep", "1"], "cwd": "/", "env": [],
                "capabilities": {"bounding": ["CAP_CHOWN"], "effective": ["CAP_CHOWN"]}},
            "root": {"path": "/x"},
            "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/etc/hosts", "type": "bind", "source": "/far/away", "options": ["bind"]},
            ],
            "linux": {"maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys"], "resources": {},
                "namespaces": [{"type": "network"}]},
            "annotations": {"run.oci.handler": "wasm", "io.podman.annotations.autoremove": "TRUE"},
            "hooks": {"prestart": [{"path": "/bin/evil"}]},
        })
    }

    #[test]
    fn hooks_go_and_what_is_honest_stays() -> Result<()> {
        let spec = check(honest(), Grants::default(), &[])?;
        assert!(spec.get("hooks").is_none());
        assert!(spec["annotations"].get("run.oci.handler").is_none());
        assert_eq!(
            spec["annotations"]["io.podman.annotations.autoremove"],
            "TRUE"
        );
        assert_eq!(spec["mounts"].as_array().map(Vec::len), Some(2));
        Ok(())
    }

    #[test]
    fn what_was_not_granted_is_refused_by_name() {
        let evil: [(&str, Value, &str); 8] = [
            (
                "/mounts/0",
                json!({"destination": "/p", "type": "proc", "source": "proc"}),
                "--allow-mounts",
            ),
            (
                "/mounts/0",
                json!({"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["rw"]}),
                "--allow-capabilities",
            ),
            (
                "/linux/namespaces",
                json!([{"type": "pid"}]),
                "--allow-host-network",
            ),
            (
                "/mounts/0",
                json!({"destination": "/host", "type": "bind", "source": "/", "options": ["rbind"]}),
                "--allow-mounts",
            ),
            (
                "/mounts/0",
                json!({"destination": "/host", "type": "tmpfs", "source": "/", "options": ["rbind"]}),
                "--allow-mounts",
            ),
            (
                "/mounts/0",
                json!({"destination": "/disk", "type": "ext4", "source": "/dev/vda"}),
                "--allow-mounts",
            ),
            (
                "/process/capabilities/bounding",
                json!(["CAP_SYS_ADMIN"]),
                "CAP_SYS_ADMIN",
            ),
            ("/linux/maskedPaths", json!([]), "unmasked"),
        ];
        for (pointer, value, word) in evil {
            let mut spec = honest();
            if let Some(place) = spec.pointer_mut(pointer) {
                *place = value;
            }
            let error = check(spec.clone(), Grants::default(), &[])
                .map(|_| ())
                .map_err(|error| error.to_string());
            assert!(
                error.as_ref().is_err_and(|text| text.contains(word)),
                "{pointer}: {error:?}"
            );
            let all = Grants {
                mounts: true,
                devices: true,
                host_network: true,
                capabilities: true,
            };
            assert!(check(spec, all, &[]).is_ok());
        }
    }

    #[test]
    fn what_hides_the_kernel_is_completed() -> Result<()> {
        let spec = check(honest(), Grants::default(), &[])?;
        for (key, ours) in [
            ("maskedPaths", &spec::MASKED[..]),
            ("readonlyPaths", &spec::READ_ONLY[..]),
        ] {
            let list = spec["linux"][key].as_array().cloned().unwrap_or_default();
            assert!(
                ours.iter().all(|path| list.contains(&Value::from(*path))),
                "{key}"
            );
        }
        Ok(())
    }

    #[test]
    fn our_own_files_are_bound_whatever_the_archive_calls_them() -> Result<()> {
        let mut spec = honest();
        spec["mounts"][1] = json!({"destination": "/dev/shm", "type": "ext4", "source": "/dev/vda", "options": ["rw"]});
        let spec = check(spec, Grants::default(), &[])?;
        assert_eq!(spec["mounts"][1]["type"], "bind");
        Ok(())
    }

    #[test]
    fn a_pods_mounts_are_ours_and_its_pid_namespace_is_refused() -> Result<()> {
        let mut spec = honest();
        spec["mounts"] = json!([
            {"destination": "/dev/termination-log", "type": "bind", "source": "/etc/shadow", "options": ["rbind", "rw"]},
            {"destination": "/var/run/secrets/kubernetes.io/serviceaccount", "type": "bind", "source": "/root",
                "options": ["rbind", "rw"]},
        ]);
        spec["linux"]["namespaces"] = json!([
            {"type": "network", "path": "/proc/1/ns/net"},
            {"type": "ipc", "path": "/proc/1/ns/ipc"},
            {"type": "pid"},
        ]);
        let checked = check(spec.clone(), Grants::default(), &[])?;
        assert_eq!(checked["mounts"][0]["options"], json!(["bind", "rprivate"]));
        assert_eq!(
            checked["mounts"][1]["options"],
            json!(["bind", "rprivate", "ro"])
        );
        spec["linux"]["namespaces"][2]["path"] = "/proc/1/ns/pid".into();
        let error = check(spec, Grants::default(), &[]).map_err(|error| error.to_string());
        assert!(error.is_err_and(|text| text.contains("pid namespace")));
        Ok(())
    }

    #[test]
    fn a_granted_mount_must_be_there() {
        let mut spec = honest();
        spec["mounts"][0] = json!({"destination": "/data", "type": "bind", "source": "/no/such", "options": ["rbind"]});
        let mounts = Grants {
            mounts: true,
            ..Grants::default()
        };
        let error = check(spec, mounts, &[]).map_err(|error| error.to_string());
        assert!(error.is_err_and(|text| text.contains("\"/no/such\" of its host")));
    }

    #[test]
    fn a_destination_that_climbs_is_refused_always() {
        let mut spec = honest();
        spec["mounts"][0]["destination"] = "/a/../../etc".into();
        let all = Grants {
            mounts: true,
            devices: true,
            host_network: true,
            capabilities: true,
        };
        assert!(check(spec, all, &[]).is_err());
    }

    #[test]
    fn a_bind_mount_is_a_volume_only_where_the_archive_has_one() -> Result<()> {
        let volume = VolumeMount {
            name: "v".into(),
            destination: "/data".into(),
            options: volume_options(&["ro", "dev", "rshared", "idmap"].map(String::from)),
            anonymous: false,
            sub_path: String::new(),
        };
        let mut spec = honest();
        spec["mounts"][0] = json!({"destination": "/data/", "type": "bind",
            "source": "/etc", "options": ["rbind", "rw", "rshared", "suid"]});
        assert!(check(spec.clone(), Grants::default(), &[]).is_err());
        let checked = check(
            spec.clone(),
            Grants::default(),
            std::slice::from_ref(&volume),
        )?;
        let options = json!(["rprivate", "ro", "nosuid", "nodev", "rbind"]);
        assert_eq!(checked["mounts"][0]["options"], options);
        spec["mounts"][0]["destination"] = "/data2".into();
        assert!(check(spec, Grants::default(), &[volume]).is_err());
        Ok(())
    }
}
