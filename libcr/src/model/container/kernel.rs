//! What the kernel does for the processes of one container that it doesn't do for others.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Settings, limits and devices of a container's processes; empty: the kernel's usual ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KernelSettings {
    /// Settings of its own namespaces (sysctl(8)): name and value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sysctls: BTreeMap<String, String>,
    /// Limits of each process.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ulimits: Vec<Ulimit>,
    /// Permissions that new files don't get (umask(2)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub umask: Option<u32>,
    /// How soon a process is killed when memory runs out, -1000 to 1000 (proc_pid_oom_score_adj(5)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oom_score_adj: Option<i32>,
    /// Devices of the host that it may use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceMapping>,
}

/// A limit of a process (getrlimit(2)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ulimit {
    /// `RLIMIT_NOFILE` and its like.
    pub name: String,
    /// What holds; [`u64::MAX`]: no limit.
    pub soft: u64,
    /// How far a process may raise it; [`u64::MAX`]: no limit.
    pub hard: u64,
}

/// A device of the host that a container sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceMapping {
    /// Its node on the host, or a directory of nodes.
    pub source: PathBuf,
    /// Where the container sees it.
    pub destination: PathBuf,
    /// What it may do with it: of `r`, `w`, `m` (make nodes).
    pub permissions: String,
}
