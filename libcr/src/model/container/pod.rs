//! A pod: containers that live and die together, and share namespaces with its infra container.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::status::Status;

/// A kind of namespace that the containers of a pod may share. Its order is that of Podman's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shared {
    /// System V IPC, POSIX message queues, and `/dev/shm`.
    Ipc,
    /// Interfaces, addresses, ports.
    Net,
    /// Processes.
    Pid,
    /// Host name.
    Uts,
}

impl Shared {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Ipc, Self::Net, Self::Pid, Self::Uts];

    /// Podman's word, which is the kernel's too (`/proc/PID/ns/WORD`).
    pub fn word(self) -> &'static str {
        match self {
            Self::Ipc => "ipc",
            Self::Net => "net",
            Self::Pid => "pid",
            Self::Uts => "uts",
        }
    }

    /// The word of the OCI runtime specification.
    pub fn oci_word(self) -> &'static str {
        match self {
            Self::Net => "network",
            other => other.word(),
        }
    }
}

/// What happens to a pod when the last of its containers has ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExitPolicy {
    /// Its infra container goes on.
    #[default]
    Continue,
    /// Its infra container is stopped.
    Stop,
}

impl ExitPolicy {
    /// Podman's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Continue => "continue",
            Self::Stop => "stop",
        }
    }
}

/// A row of the pods table. How it is, its containers say: see [`status`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pod {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Unique among pods.
    pub name: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// `--label`.
    pub labels: BTreeMap<String, String>,
    /// What its containers share; nothing without an infra container.
    pub shared: BTreeSet<Shared>,
    /// Id of its infra container, which holds what is shared; it goes with the pod.
    pub infra: Option<String>,
    /// `--hostname`; empty: its name.
    pub hostname: String,
    /// `--exit-policy`.
    pub exit_policy: ExitPolicy,
    /// Its containers are in a cgroup of its own (`--share-parent`).
    pub own_cgroup: bool,
    /// Where that is: a cgroup of somebody else's, from the mount; empty: the engine's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cgroup_parent: String,
    /// None of its containers starts an infra container that has ended: only a start of the pod does,
    /// for who made it takes its end for final.
    #[serde(default)]
    pub stays_down: bool,
    /// Command line of the user, for `inspect`.
    pub create_command: Vec<String>,
}

/// How a container belongs to a pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Id of the pod.
    pub pod: String,
    /// It is the pod's infra container.
    pub is_infra: bool,
    /// Id of the container whose namespaces it joins: the infra container; empty: it joins none.
    pub joins: String,
    /// Which of them.
    pub shares: BTreeSet<Shared>,
    /// It is in the cgroup of the pod.
    pub in_cgroup: bool,
    /// Where that is, as of the pod.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cgroup_parent: String,
}

/// How a pod is, as Podman says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PodStatus {
    /// Nothing of it ever ran; also: it has no container.
    Created,
    /// All its containers run.
    Running,
    /// Some of its containers run.
    Degraded,
    /// All its containers are paused.
    Paused,
    /// All its containers have ended.
    Exited,
    /// Some have ended, none runs.
    Stopped,
    /// One is in a state that is none of these.
    Error,
}

impl PodStatus {
    /// Podman's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Running => "Running",
            Self::Degraded => "Degraded",
            Self::Paused => "Paused",
            Self::Exited => "Exited",
            Self::Stopped => "Stopped",
            Self::Error => "Error",
        }
    }
}

/// How a pod is whose containers are so: Podman's rules (libpod/pod_api.go).
pub fn status(containers: impl IntoIterator<Item = Status>) -> PodStatus {
    let (mut all, mut running, mut paused, mut ended, mut other) = (0, 0, 0, 0, 0);
    for status in containers {
        all += 1;
        match status {
            Status::Running => running += 1,
            Status::Paused => paused += 1,
            Status::Exited => ended += 1,
            Status::Created => {}
            Status::Removing => other += 1,
        }
    }
    if all == 0 {
        PodStatus::Created
    } else if running == all {
        PodStatus::Running
    } else if running > 0 {
        PodStatus::Degraded
    } else if paused == all {
        PodStatus::Paused
    } else if ended == all {
        PodStatus::Exited
    } else if ended > 0 {
        PodStatus::Stopped
    } else if other > 0 {
        PodStatus::Error
    } else {
        PodStatus::Created
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_as_podman_says_them() {
        use Status::{Created, Exited, Paused, Running};
        for (containers, expected) in [
            (vec![], PodStatus::Created),
            (vec![Created], PodStatus::Created),
            (vec![Running, Running], PodStatus::Running),
            (vec![Running, Created], PodStatus::Degraded),
            (vec![Paused, Paused], PodStatus::Paused),
            (vec![Paused, Created], PodStatus::Created),
            (vec![Exited, Exited], PodStatus::Exited),
            (vec![Exited, Paused], PodStatus::Stopped),
        ] {
            assert_eq!(status(containers.clone()), expected, "{containers:?}");
        }
    }
}
