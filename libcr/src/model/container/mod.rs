//! A container as the store knows it: what it was asked to be, and what became of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use network::types::{PerNetworkOptions, PortMapping, StatusBlock};
use serde::{Deserialize, Serialize};

use super::health::{Healthcheck, OnFailure};
use super::status::Status;

pub mod kernel;
mod log;
pub mod pod;
pub use log::{LOG_SIZE, log_bytes, log_size};

use kernel::KernelSettings;
use pod::{Membership, Shared};

/// Labels that only a door of this engine gives: what it knows of a container or a pod. None is taken
/// from an archive or an image, whose author could else say what this host believes.
pub const OWN_LABELS: &str = "org.cryopod.cri.";

/// Labels that come from elsewhere, without those that are this engine's own to give.
pub fn foreign_labels(labels: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut labels = labels.clone();
    labels.retain(|key, _| !key.starts_with(OWN_LABELS));
    labels
}

/// What a container was asked to be. Written once, at creation or import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContainerConfig {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Unique name.
    pub name: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// Where its files come from.
    pub rootfs: Rootfs,
    /// What runs: entrypoint and command joined.
    pub process: Process,
    /// Host name in its UTS namespace.
    pub hostname: String,
    /// Labels of image and user.
    pub labels: BTreeMap<String, String>,
    /// OCI annotations given by the user.
    pub annotations: BTreeMap<String, String>,
    /// How it is on the network.
    pub network: NetworkMode,
    /// Ports of the host that lead into it.
    pub ports: Vec<PortMapping>,
    /// Bind mounts asked for.
    pub volumes: Vec<BindMount>,
    /// Named and anonymous volumes that it sees.
    #[serde(default)]
    pub named_volumes: Vec<VolumeMount>,
    /// tmpfs mounts: destination and options.
    pub tmpfs: BTreeMap<String, Vec<String>>,
    /// Security settings.
    pub security: Security,
    /// Limits.
    pub limits: Limits,
    /// Settings, limits and devices of its processes.
    #[serde(default)]
    pub kernel: KernelSettings,
    /// Size of `/dev/shm`, bytes.
    pub shm_size: u64,
    /// Root file system is read-only.
    pub read_only: bool,
    /// Removed when it ends.
    pub auto_remove: bool,
    /// What happens when it ends by itself.
    pub restart_policy: RestartPolicy,
    /// Name of the OCI runtime (`crun`, `runc`).
    pub runtime: String,
    /// `k8s-file`, `journald` or `none`.
    pub log_driver: String,
    /// `--log-opt`, as given: [`LOG_SIZE`] and others that change nothing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub log_options: BTreeMap<String, String>,
    /// Signal number for `stop`.
    pub stop_signal: i32,
    /// Seconds that `stop` waits before it kills.
    pub stop_timeout: u32,
    /// Extra lines of `/etc/hosts`: `name:ip`.
    pub hosts_add: Vec<String>,
    /// DNS servers instead of the host's.
    pub dns: Vec<String>,
    /// Search domains instead of the host's; `.` alone: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns_search: Vec<String>,
    /// Options of the resolver instead of the host's (resolv.conf(5)).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns_options: Vec<String>,
    /// Command line of the user, for `inspect`.
    pub create_command: Vec<String>,
    /// How it is asked whether it is well, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
    /// What is done when it turns unhealthy.
    #[serde(default)]
    pub health_on_failure: OnFailure,
    /// The pod that it is in, if it is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod: Option<Membership>,
    /// The OCI specification of an imported container: mounts and masked paths must be those it
    /// was frozen with. Checked and rewritten at import; `None` for containers made here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported_spec: Option<serde_json::Value>,
}

impl ContainerConfig {
    /// Bytes after which its log begins anew; 0 for never.
    pub fn log_limit(&self) -> u64 {
        let size = self.log_options.get(LOG_SIZE);
        size.and_then(|size| log_bytes(size)).unwrap_or(0)
    }

    /// The container whose namespace of this kind it joins, if it does.
    pub fn joined(&self, kind: Shared) -> Option<&str> {
        let membership = self.pod.as_ref()?;
        let joins = !membership.joins.is_empty() && membership.shares.contains(&kind);
        joins.then_some(membership.joins.as_str())
    }

    /// Whether it is the infra container of a pod.
    pub fn is_infra(&self) -> bool {
        self.pod
            .as_ref()
            .is_some_and(|membership| membership.is_infra)
    }

    /// Id of its pod; empty: it is in none.
    pub fn pod_id(&self) -> &str {
        self.pod.as_ref().map_or("", |membership| &membership.pod)
    }
}

/// Where a container's files come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rootfs {
    /// An image, with an overlay above it.
    Image {
        /// Id of the image.
        id: String,
        /// Name by which it was asked for, fully qualified.
        name: String,
        /// Name as the user typed it.
        raw_name: String,
    },
    /// A directory of the host, used in place.
    Directory(PathBuf),
}

impl Rootfs {
    /// Name of the image; empty for a directory.
    pub fn image_name(&self) -> &str {
        match self {
            Self::Image { name, .. } => name,
            Self::Directory(_) => "",
        }
    }

    /// Name of the image as the user typed it; empty for a directory.
    pub fn typed_name(&self) -> &str {
        match self {
            Self::Image { raw_name, .. } => raw_name,
            Self::Directory(_) => "",
        }
    }

    /// Id of the image, if there is one.
    pub fn image_id(&self) -> Option<&str> {
        match self {
            Self::Image { id, .. } => Some(id),
            Self::Directory(_) => None,
        }
    }
}

/// What runs in a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Entrypoint.
    pub entrypoint: Vec<String>,
    /// Command after the entrypoint.
    pub command: Vec<String>,
    /// `NAME=VALUE`.
    pub env: Vec<String>,
    /// Working directory.
    pub workdir: String,
    /// `user[:group]` as given, empty for root.
    pub user: String,
    /// Further groups, names or numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Has a pseudo terminal.
    pub terminal: bool,
    /// Standard input is kept open.
    pub stdin: bool,
    /// Also when that of an attached client has ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stdin_stays: bool,
}

impl Process {
    /// Entrypoint and command joined.
    pub fn arguments(&self) -> Vec<String> {
        self.entrypoint
            .iter()
            .chain(&self.command)
            .cloned()
            .collect()
    }
}

/// How a container is on the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "kebab-case")]
pub enum NetworkMode {
    /// On networks of ours, by name, each with its options.
    Bridge {
        /// Networks in the order they were given.
        networks: Vec<(String, PerNetworkOptions)>,
    },
    /// Loopback only.
    None,
    /// The host's own network.
    Host,
    /// The network namespace of another container, which must run.
    Container {
        /// Its id.
        id: String,
    },
    /// A network namespace that somebody else made and keeps.
    Namespace {
        /// Where it is bound (ip-netns(8)).
        path: PathBuf,
    },
}

impl NetworkMode {
    /// Podman's word in `HostConfig.NetworkMode` and config.dump.
    pub fn word(&self) -> Cow<'static, str> {
        match self {
            Self::Bridge { .. } => "bridge".into(),
            Self::None => "none".into(),
            Self::Host => "host".into(),
            Self::Container { id } => format!("container:{id}").into(),
            Self::Namespace { path } => format!("ns:{}", path.display()).into(),
        }
    }

    /// Names of the networks that it takes part in.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Bridge { networks } => networks.iter().map(|(name, _)| name.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// True for a network namespace that is made for the container alone, and goes with it.
    pub fn is_own(&self) -> bool {
        matches!(self, Self::Bridge { .. } | Self::None)
    }
}

/// A directory or file of the host seen in the container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BindMount {
    /// Path on the host.
    pub source: String,
    /// Path in the container.
    pub destination: String,
    /// Mount options as given (`ro`, `rshared`, …).
    pub options: Vec<String>,
}

/// A volume of the engine seen in the container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeMount {
    /// Name of the volume.
    pub name: String,
    /// Path in the container.
    pub destination: String,
    /// Mount options as given (`ro`, `rshared`, …).
    pub options: Vec<String>,
    /// Made for this container alone (`-v /path`, the image's `VOLUME`): removed with it by `rm -v`
    /// and `--rm`.
    pub anonymous: bool,
    /// Path inside the volume that is mounted; empty for its root.
    #[serde(default)]
    pub sub_path: String,
}

/// Security settings of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    /// All capabilities, no masks, no seccomp.
    pub privileged: bool,
    /// Capabilities added (`NET_ADMIN` or `CAP_NET_ADMIN`, `ALL`).
    pub cap_add: Vec<String>,
    /// Capabilities dropped.
    pub cap_drop: Vec<String>,
    /// `--security-opt` words.
    pub options: Vec<String>,
    /// Paths that it must not see; `None`: the engine's usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked_paths: Option<Vec<String>>,
    /// Paths that it must not write; `None`: the engine's usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only_paths: Option<Vec<String>>,
}

/// Limits of a container; unset means unlimited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Memory, bytes.
    pub memory: Option<u64>,
    /// Memory that it keeps when the host's gets short, bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_reservation: Option<u64>,
    /// Memory and swap together, bytes; -1: as much swap as there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_swap: Option<i64>,
    /// Number of processes.
    pub pids: Option<i64>,
    /// Its weight among others when processors are short; 1024 is the usual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_shares: Option<u64>,
    /// Processor time that it may use in a period, microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_quota: Option<i64>,
    /// Length of a period, microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_period: Option<u64>,
    /// Processors that it may use (`0-2,7`); empty: all.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cpuset_cpus: String,
    /// Memory nodes that it may use; empty: all.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cpuset_mems: String,
}

/// What happens when a container ends by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestartPolicy {
    /// Nothing.
    #[default]
    No,
    /// Started again when its exit code is not 0, at most this often (0: no bound).
    OnFailure(u32),
    /// Started again.
    Always,
    /// Started again, unless the user stopped it.
    UnlessStopped,
}

impl RestartPolicy {
    /// Reads `no`, `never`, `always`, `unless-stopped`, `on-failure[:N]`.
    pub fn parse(word: &str) -> Option<Self> {
        match word.split_once(':') {
            Some(("on-failure", count)) => count.parse().ok().map(Self::OnFailure),
            None => match word {
                "" | "no" | "never" => Some(Self::No),
                "on-failure" => Some(Self::OnFailure(0)),
                "always" => Some(Self::Always),
                "unless-stopped" => Some(Self::UnlessStopped),
                _ => None,
            },
            Some(_) => None,
        }
    }

    /// Podman's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::OnFailure(_) => "on-failure",
            Self::Always => "always",
            Self::UnlessStopped => "unless-stopped",
        }
    }

    /// Whether a container that ended with `code` after `restarts` restarts starts again.
    pub fn starts_again(self, code: i32, restarts: u32) -> bool {
        match self {
            Self::No => false,
            Self::OnFailure(limit) => code != 0 && (limit == 0 || restarts < limit),
            Self::Always | Self::UnlessStopped => true,
        }
    }
}

/// What became of a container; changes with every operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContainerState {
    /// Where it is in its life.
    pub status: Status,
    /// First process, while it runs.
    pub pid: Option<i32>,
    /// Its monitor, while it runs.
    pub monitor_pid: Option<i32>,
    /// How it ended last.
    pub exit_code: i32,
    /// Ended by the kernel for want of memory.
    pub oom_killed: bool,
    /// RFC 3339; `None`: never.
    pub started_at: Option<String>,
    /// RFC 3339; `None`: never.
    pub finished_at: Option<String>,
    /// When it was frozen, if it is.
    pub checkpointed_at: Option<String>,
    /// When it was thawed, if it runs since a thaw.
    pub restored_at: Option<String>,
    /// Addresses while it is on its networks; kept when frozen, for the thaw.
    #[serde(default)]
    pub network_status: BTreeMap<String, StatusBlock>,
    /// What put it on its networks: `netavark` or `cni`; empty: the one there is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub network_backend: String,
    /// Published ports while it runs, host ports chosen.
    #[serde(default)]
    pub ports: Vec<PortMapping>,
    /// The user asked it to stop: the restart policy rests.
    #[serde(default)]
    pub stopped_by_user: bool,
    /// It ended, and its restart policy asks for another start, which nobody has made yet.
    #[serde(default)]
    pub restart_due: bool,
    /// Restarts by policy so far.
    #[serde(default)]
    pub restart_count: u32,
    /// Boot during which it was started last; another one means its processes are gone.
    #[serde(default)]
    pub boot_id: String,
    /// Length of its chain of pre-checkpoints, as long as the memory they hold can be built upon:
    /// 0 after a start, a restore or any other dump that reset the tracking.
    #[serde(default)]
    pub pre_checkpoints: u32,
    /// CRIU's images of its checkpoint, where the user chose another place (`--image-path`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint_images: Option<PathBuf>,
    /// The checkpoint in its bundle came in an archive, which anybody may have written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub checkpoint_archived: bool,
    /// Id of the named checkpoint that it was thawed from or that was taken of it last; empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last_named: String,
    /// Why the last start or restore failed.
    #[serde(default)]
    pub error: String,
}

impl Default for ContainerState {
    fn default() -> Self {
        Self {
            status: Status::Created,
            pid: None,
            monitor_pid: None,
            exit_code: 0,
            oom_killed: false,
            started_at: None,
            finished_at: None,
            checkpointed_at: None,
            restored_at: None,
            network_status: BTreeMap::new(),
            network_backend: String::new(),
            ports: Vec::new(),
            stopped_by_user: false,
            restart_due: false,
            restart_count: 0,
            boot_id: String::new(),
            pre_checkpoints: 0,
            checkpoint_images: None,
            checkpoint_archived: false,
            last_named: String::new(),
            error: String::new(),
        }
    }
}

/// A container: both halves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Container {
    /// What it was asked to be.
    pub config: ContainerConfig,
    /// What became of it.
    pub state: ContainerState,
}

impl Container {
    /// The ports that it has while it lives, else those that it was asked to have.
    pub fn ports(&self) -> &[PortMapping] {
        if self.state.status.is_alive() {
            &self.state.ports
        } else {
            &self.config.ports
        }
    }
}

/// A container for tests, made from a directory.
#[cfg(test)]
pub(crate) fn example(id: &str) -> Container {
    Container {
        config: ContainerConfig {
            id: id.to_owned(),
            name: format!("name-of-{id}"),
            created: "2026-01-01T00:00:00Z".into(),
            rootfs: Rootfs::Directory("/nowhere".into()),
            process: Process::default(),
            hostname: "host".into(),
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            network: NetworkMode::None,
            ports: Vec::new(),
            volumes: Vec::new(),
            named_volumes: Vec::new(),
            tmpfs: BTreeMap::new(),
            security: Security::default(),
            limits: Limits::default(),
            shm_size: 0,
            read_only: false,
            auto_remove: false,
            restart_policy: RestartPolicy::No,
            runtime: "crun".into(),
            log_driver: "none".into(),
            log_options: BTreeMap::new(),
            stop_signal: 15,
            stop_timeout: 10,
            hosts_add: Vec::new(),
            dns: Vec::new(),
            dns_search: Vec::new(),
            dns_options: Vec::new(),
            kernel: KernelSettings::default(),
            create_command: Vec::new(),
            healthcheck: None,
            health_on_failure: OnFailure::None,
            pod: None,
            imported_spec: None,
        },
        state: ContainerState::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_gives_this_engines_own_labels() {
        let given = ["a", "org.cryopod.cri.sandbox", "org.cryopod.criminal"];
        let given = given.map(|key| (key.to_owned(), "{}".to_owned())).into();
        let kept: Vec<String> = foreign_labels(&given).into_keys().collect();
        assert_eq!(kept, ["a", "org.cryopod.criminal"]);
    }

    #[test]
    fn restart_policies() {
        assert_eq!(
            RestartPolicy::parse("on-failure:3"),
            Some(RestartPolicy::OnFailure(3))
        );
        assert_eq!(RestartPolicy::parse("always:3"), None);
        assert_eq!(RestartPolicy::parse("sometimes"), None);
        assert!(RestartPolicy::OnFailure(2).starts_again(1, 1));
        assert!(!RestartPolicy::OnFailure(2).starts_again(1, 2));
        assert!(!RestartPolicy::OnFailure(2).starts_again(0, 0));
        assert!(RestartPolicy::Always.starts_again(0, 99));
        assert!(!RestartPolicy::No.starts_again(1, 0));
    }
}
