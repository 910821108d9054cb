//! The mounts of an imported specification: the engine's own files, the archive's volumes, the
//! kernel's file systems at their places; anything else is this host's and must be granted.

use std::path::Path;

use serde_json::{Value, json};

use super::{Grants, keep_only, refuse};
use crate::error::{Error, Result};
use crate::model::container::VolumeMount;
use crate::runtime::pod::{self, StandIn};
use crate::runtime::spec::{self, Places};

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
/// Members of a mount that are taken over. Id mappings are not: they name users of the host.
const MOUNT: [&str; 4] = ["destination", "type", "source", "options"];
/// Options with which such a file system, or a tmpfs, is no more than Podman's default. `remount`
/// is none of them: it makes writable what another mount made read-only.
const OPTIONS: [&str; 23] = [
    "ro",
    "rw",
    "suid",
    "nosuid",
    "dev",
    "nodev",
    "exec",
    "noexec",
    "sync",
    "async",
    "atime",
    "noatime",
    "diratime",
    "nodiratime",
    "relatime",
    "norelatime",
    "strictatime",
    "nostrictatime",
    "private",
    "rprivate",
    "slave",
    "rslave",
    "newinstance",
];
/// More of them: crun's and runc's words for what a new tmpfs begins with.
const FIRST_CONTENT: [&str; 2] = ["tmpcopyup", "notmpcopyup"];
/// The same of options with a value, which are numbers and sizes.
const VALUES: [&str; 8] = [
    "size",
    "mode",
    "uid",
    "gid",
    "nr_inodes",
    "nr_blocks",
    "ptmxmode",
    "max",
];

/// The mounts of `spec` as they may be here. A bind mount where `volumes` has one is that volume.
///
/// # Errors
/// [`Error::Invalid`] naming the mount and the flag that grants it.
pub(super) fn check(spec: &mut Value, grants: Grants, volumes: &[VolumeMount]) -> Result<()> {
    let nowhere = Places {
        rootfs: "/".into(),
        bundle: "/".into(),
        shm: "/".into(),
        netns: None,
        joined: Vec::new(),
        cgroup: String::new(),
        criu_config: "/".into(),
        volumes: "/".into(),
    };
    for mount in spec["mounts"].as_array_mut().into_iter().flatten() {
        if !mount.is_object() {
            return Err(Error::Invalid(
                "the archive has a mount that is none".into(),
            ));
        }
        keep_only(mount, &MOUNT);
        let destination = mount["destination"].as_str().unwrap_or_default().to_owned();
        let climbs = destination.split('/').any(|part| part == "..");
        if !destination.starts_with('/') || climbs {
            return Err(Error::Invalid(format!(
                "the archive mounts something at {destination:?}"
            )));
        }
        // A tmpfs of the container's own, as `ctr` has it: CRIU brings back what is in it.
        let own_memory = destination == "/dev/shm" && mount["type"] == "tmpfs";
        if !own_memory && spec::provided(&destination, &nowhere).is_some() {
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
        let options = words(mount, &destination)?;
        let has = |words: &[&str]| {
            options
                .iter()
                .any(|option| words.contains(&option.as_str()))
        };
        let kind = mount["type"].as_str().unwrap_or_default().to_owned();
        let binds = has(&["bind", "rbind"]);
        if (kind == "bind" || binds)
            && let Some(volume) = spec::volume_at(volumes, &destination)
        {
            mount["type"] = "bind".into();
            mount["options"] = spec::volume_mount_options(&volume.options).into();
            continue;
        }
        let place = (kind.as_str(), destination.trim_end_matches('/'));
        if (KERNEL_MOUNTS.contains(&place) || kind == "tmpfs") && !binds {
            own_file_system(&options, &kind, &destination, grants)?;
            continue;
        }
        let source = mount["source"].as_str().unwrap_or_default();
        if !grants.mounts {
            let what = format!("a mount of {source:?} of this host at {destination:?}");
            return refuse(what, "--allow-mounts");
        }
        if binds && !Path::new(source).exists() {
            return Err(Error::Invalid(format!(
                "the container had {source:?} of its host mounted at {destination:?}, and this host has no such file or directory: make it first"
            )));
        }
    }
    Ok(())
}

fn words(mount: &Value, destination: &str) -> Result<Vec<String>> {
    let none = || {
        Error::Invalid(format!(
            "the archive has options of its mount at {destination:?} that are none"
        ))
    };
    let list = match &mount["options"] {
        Value::Null => return Ok(Vec::new()),
        Value::Array(list) => list,
        _ => return Err(none()),
    };
    let words = list.iter().map(|word| word.as_str().map(str::to_owned));
    words.collect::<Option<_>>().ok_or_else(none)
}

/// A file system of the kernel's, or a tmpfs, which has nothing of this host in it.
fn own_file_system(
    options: &[String],
    kind: &str,
    destination: &str,
    grants: Grants,
) -> Result<()> {
    let is_known = |word: &&String| {
        let value = word.split_once('=').is_some_and(|(key, value)| {
            VALUES.contains(&key) && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        value
            || OPTIONS.contains(&word.as_str())
            || (kind == "tmpfs" && FIRST_CONTENT.contains(&word.as_str()))
    };
    if let Some(word) = options.iter().find(|word| !is_known(word))
        && !grants.mounts
    {
        let what = format!("the mount option {word:?} at {destination:?}");
        return refuse(what, "--allow-mounts");
    }
    // The last word counts.
    let mut modes = options.iter().rev().map(String::as_str);
    let read_only = modes.find(|word| matches!(*word, "ro" | "rw")) == Some("ro");
    let shared = matches!(kind, "sysfs" | "cgroup" | "cgroup2");
    if shared && !read_only && !grants.capabilities {
        return refuse(format!("a writable {destination}"), "--allow-capabilities");
    }
    Ok(())
}
