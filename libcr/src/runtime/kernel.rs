//! Settings, limits and devices of a container's processes in its OCI specification (runtime-spec:
//! config.md, config-linux.md).

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::PathBuf;

use rustix::fs::{major, minor};
use rustix::process::Resource;
use serde_json::{Value, json};

use crate::model::container::kernel::{DeviceMapping, KernelSettings};

/// All limits of a process, by the word that Podman and Docker have for each.
pub const RESOURCES: [(&str, Resource); 16] = [
    ("as", Resource::As),
    ("core", Resource::Core),
    ("cpu", Resource::Cpu),
    ("data", Resource::Data),
    ("fsize", Resource::Fsize),
    ("locks", Resource::Locks),
    ("memlock", Resource::Memlock),
    ("msgqueue", Resource::Msgqueue),
    ("nice", Resource::Nice),
    ("nofile", Resource::Nofile),
    ("nproc", Resource::Nproc),
    ("rss", Resource::Rss),
    ("rtprio", Resource::Rtprio),
    ("rttime", Resource::Rttime),
    ("sigpending", Resource::Sigpending),
    ("stack", Resource::Stack),
];

/// Settings of the kernel that each IPC namespace has (ipc_namespaces(7)).
pub const OF_IPC: [&str; 8] = [
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
];

/// Whether a setting of the kernel is of an IPC namespace.
pub fn is_of_ipc(name: &str) -> bool {
    OF_IPC.contains(&name) || name.starts_with("fs.mqueue.")
}

/// Whether a setting of the kernel is of a network namespace.
pub fn is_of_network(name: &str) -> bool {
    name.starts_with("net.")
}

/// A device node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where the container sees it.
    pub path: PathBuf,
    /// A block device, else of characters.
    pub block: bool,
    /// Numbers of the device, as stat(2) gives them.
    pub device: u64,
    /// Permissions.
    pub mode: u32,
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

/// The nodes of a mapping: one, or all right below a directory.
///
/// # Errors
/// When the source can't be read.
pub fn nodes(mapping: &DeviceMapping) -> io::Result<Vec<Node>> {
    let whole = fs::metadata(&mapping.source)?;
    if !whole.is_dir() {
        return Ok(node(mapping.destination.clone(), &whole)
            .into_iter()
            .collect());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(&mapping.source)? {
        let entry = entry?;
        let path = mapping.destination.join(entry.file_name());
        // What is a link, or gone by now, is no device of this directory.
        found.extend(entry.metadata().ok().and_then(|facts| node(path, &facts)));
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn node(path: PathBuf, facts: &fs::Metadata) -> Option<Node> {
    let kind = facts.file_type();
    (kind.is_block_device() || kind.is_char_device()).then(|| Node {
        path,
        block: kind.is_block_device(),
        device: facts.rdev(),
        mode: facts.mode() & 0o777,
        uid: facts.uid(),
        gid: facts.gid(),
    })
}

/// Writes them into a specification.
///
/// # Errors
/// When a device can't be read.
pub fn write(settings: &KernelSettings, spec: &mut Value) -> io::Result<()> {
    if !settings.sysctls.is_empty() {
        spec["linux"]["sysctl"] = json!(settings.sysctls);
    }
    if !settings.ulimits.is_empty() {
        let limits = settings.ulimits.iter();
        let all = limits
            .map(|limit| json!({ "type": limit.name, "soft": limit.soft, "hard": limit.hard }));
        spec["process"]["rlimits"] = all.collect();
    }
    if let Some(umask) = settings.umask {
        spec["process"]["user"]["umask"] = umask.into();
    }
    if let Some(number) = settings.oom_score_adj {
        spec["process"]["oomScoreAdj"] = number.into();
    }
    let (mut devices, mut rules) = (Vec::new(), Vec::new());
    for mapping in &settings.devices {
        for node in nodes(mapping)? {
            let kind = if node.block { "b" } else { "c" };
            let (major, minor) = (major(node.device), minor(node.device));
            devices.push(json!({
                "path": node.path, "type": kind, "major": major, "minor": minor,
                "fileMode": node.mode, "uid": node.uid, "gid": node.gid,
            }));
            rules.push(json!({
                "allow": true, "type": kind, "major": major, "minor": minor,
                "access": mapping.permissions,
            }));
        }
    }
    if !devices.is_empty() {
        spec["linux"]["devices"] = devices.into();
        if let Some(known) = spec["linux"]["resources"]["devices"].as_array_mut() {
            known.extend(rules);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::container::kernel::Ulimit;

    #[test]
    fn what_a_runtime_reads() {
        let mut spec = json!({"process": {"user": {"uid": 0}}, "linux": {"resources": {"devices": [{"allow": false}]}}});
        let settings = KernelSettings {
            sysctls: [("net.a".to_owned(), "1".to_owned())].into(),
            ulimits: vec![Ulimit {
                name: "RLIMIT_CORE".into(),
                soft: 1,
                hard: 2,
            }],
            umask: Some(0o27),
            oom_score_adj: Some(3),
            devices: vec![DeviceMapping {
                source: "/dev/null".into(),
                destination: "/dev/nil".into(),
                permissions: "r".into(),
            }],
        };
        write(&settings, &mut spec).unwrap();
        assert_eq!(spec["linux"]["sysctl"], json!({"net.a": "1"}));
        assert_eq!(
            spec["process"]["rlimits"],
            json!([{"type": "RLIMIT_CORE", "soft": 1, "hard": 2}])
        );
        assert_eq!(spec["process"]["user"], json!({"uid": 0, "umask": 0o27}));
        assert_eq!(spec["process"]["oomScoreAdj"], 3);
        let device = &spec["linux"]["devices"][0];
        assert_eq!(
            (&device["path"], &device["major"], &device["minor"]),
            (&json!("/dev/nil"), &json!(1), &json!(3))
        );
        let rules = &spec["linux"]["resources"]["devices"];
        assert_eq!(
            rules[1],
            json!({"allow": true, "type": "c", "major": 1, "minor": 3, "access": "r"})
        );
    }

    #[test]
    fn devices_of_a_directory() {
        let mapping = DeviceMapping {
            source: "/dev".into(),
            destination: "/all".into(),
            permissions: "rwm".into(),
        };
        let found = nodes(&mapping).unwrap();
        assert!(
            found
                .iter()
                .any(|node| node.path == std::path::Path::new("/all/null") && !node.block)
        );
    }
}
