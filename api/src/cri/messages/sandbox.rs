//! Pods.

use std::collections::BTreeMap;

use super::{ContainerConfig, ContainerStatus, Empty, Int64Value, SecurityProfile, StateValue};

/// A pod that is ready; the other state is not.
pub const SANDBOX_READY: i32 = 0;
/// A pod that isn't.
pub const SANDBOX_NOTREADY: i32 = 1;

/// `NamespaceMode`: the pod's.
pub const NAMESPACE_POD: i32 = 0;
/// The container's own.
pub const NAMESPACE_CONTAINER: i32 = 1;
/// The host's.
pub const NAMESPACE_NODE: i32 = 2;

/// `PodSandboxMetadata`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct PodSandboxMetadata {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(string, tag = "2")]
    pub uid: String,
    #[prost(string, tag = "3")]
    pub namespace: String,
    #[prost(uint32, tag = "4")]
    pub attempt: u32,
}

/// `DNSConfig`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct DnsConfig {
    #[prost(string, repeated, tag = "1")]
    pub servers: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub searches: Vec<String>,
    #[prost(string, repeated, tag = "3")]
    pub options: Vec<String>,
}

/// `PortMapping`; the protocol is 0 TCP, 1 UDP, 2 SCTP.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct PortMapping {
    #[prost(int32, tag = "1")]
    pub protocol: i32,
    #[prost(int32, tag = "2")]
    pub container_port: i32,
    #[prost(int32, tag = "3")]
    pub host_port: i32,
    #[prost(string, tag = "4")]
    pub host_ip: String,
}

/// `NamespaceOption`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct NamespaceOption {
    #[prost(int32, tag = "1")]
    pub network: i32,
    #[prost(int32, tag = "2")]
    pub pid: i32,
    #[prost(int32, tag = "3")]
    pub ipc: i32,
    #[prost(string, tag = "4")]
    pub target_id: String,
    #[prost(message, optional, tag = "5")]
    pub userns: Option<UserNamespace>,
}

/// `UserNamespace`, of which only the mode is looked at: 0 POD asks for one, 2 NODE for none.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct UserNamespace {
    #[prost(int32, tag = "1")]
    pub mode: i32,
}

/// `LinuxSandboxSecurityContext`. Who the infra process is and what it may is the engine's business.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct LinuxSandboxSecurityContext {
    #[prost(message, optional, tag = "1")]
    pub namespace_options: Option<NamespaceOption>,
    #[prost(message, optional, tag = "3")]
    pub run_as_user: Option<Int64Value>,
    #[prost(bool, tag = "6")]
    pub privileged: bool,
    #[prost(message, optional, tag = "9")]
    pub seccomp: Option<SecurityProfile>,
}

/// `LinuxPodSandboxConfig`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct LinuxPodSandboxConfig {
    #[prost(string, tag = "1")]
    pub cgroup_parent: String,
    #[prost(message, optional, tag = "2")]
    pub security_context: Option<LinuxSandboxSecurityContext>,
    #[prost(btree_map = "string, string", tag = "3")]
    pub sysctls: BTreeMap<String, String>,
}

/// `PodSandboxConfig`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct PodSandboxConfig {
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<PodSandboxMetadata>,
    #[prost(string, tag = "2")]
    pub hostname: String,
    #[prost(string, tag = "3")]
    pub log_directory: String,
    #[prost(message, optional, tag = "4")]
    pub dns_config: Option<DnsConfig>,
    #[prost(message, repeated, tag = "5")]
    pub port_mappings: Vec<PortMapping>,
    #[prost(btree_map = "string, string", tag = "6")]
    pub labels: BTreeMap<String, String>,
    #[prost(btree_map = "string, string", tag = "7")]
    pub annotations: BTreeMap<String, String>,
    #[prost(message, optional, tag = "8")]
    pub linux: Option<LinuxPodSandboxConfig>,
    #[prost(message, optional, tag = "9")]
    pub windows: Option<Empty>,
}

/// `RunPodSandboxRequest`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct RunPodSandboxRequest {
    #[prost(message, optional, tag = "1")]
    pub config: Option<PodSandboxConfig>,
    #[prost(string, tag = "2")]
    pub runtime_handler: String,
}

/// `PodSandboxNetworkStatus`; further addresses as messages with an `ip`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct PodSandboxNetworkStatus {
    #[prost(string, tag = "1")]
    pub ip: String,
    #[prost(message, repeated, tag = "2")]
    pub additional_ips: Vec<super::Id>,
}

/// `LinuxPodSandboxStatus`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct LinuxPodSandboxStatus {
    #[prost(message, optional, tag = "1")]
    pub namespaces: Option<Namespace>,
}

/// `Namespace`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Namespace {
    #[prost(message, optional, tag = "2")]
    pub options: Option<NamespaceOption>,
}

/// `PodSandboxStatus`; times in nanoseconds since 1970.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct PodSandboxStatus {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(message, optional, tag = "2")]
    pub metadata: Option<PodSandboxMetadata>,
    #[prost(int32, tag = "3")]
    pub state: i32,
    #[prost(int64, tag = "4")]
    pub created_at: i64,
    #[prost(message, optional, tag = "5")]
    pub network: Option<PodSandboxNetworkStatus>,
    #[prost(message, optional, tag = "6")]
    pub linux: Option<LinuxPodSandboxStatus>,
    #[prost(btree_map = "string, string", tag = "7")]
    pub labels: BTreeMap<String, String>,
    #[prost(btree_map = "string, string", tag = "8")]
    pub annotations: BTreeMap<String, String>,
    #[prost(string, tag = "9")]
    pub runtime_handler: String,
}

/// `PodSandboxStatusRequest` and `ContainerStatusRequest`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct StatusOfRequest {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(bool, tag = "2")]
    pub verbose: bool,
}

/// `PodSandboxStatusResponse`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct PodSandboxStatusResponse {
    #[prost(message, optional, tag = "1")]
    pub status: Option<PodSandboxStatus>,
    #[prost(btree_map = "string, string", tag = "2")]
    pub info: BTreeMap<String, String>,
    #[prost(message, repeated, tag = "3")]
    pub containers_statuses: Vec<ContainerStatus>,
    #[prost(int64, tag = "4")]
    pub timestamp: i64,
}

/// `PodSandboxFilter`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct PodSandboxFilter {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(message, optional, tag = "2")]
    pub state: Option<StateValue>,
    #[prost(btree_map = "string, string", tag = "3")]
    pub label_selector: BTreeMap<String, String>,
}

/// `ListPodSandboxRequest`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct ListPodSandboxRequest {
    #[prost(message, optional, tag = "1")]
    pub filter: Option<PodSandboxFilter>,
}

/// `ListPodSandboxResponse`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct ListPodSandboxResponse {
    #[prost(message, repeated, tag = "1")]
    pub items: Vec<PodSandbox>,
}

/// `PodSandbox`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct PodSandbox {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(message, optional, tag = "2")]
    pub metadata: Option<PodSandboxMetadata>,
    #[prost(int32, tag = "3")]
    pub state: i32,
    #[prost(int64, tag = "4")]
    pub created_at: i64,
    #[prost(btree_map = "string, string", tag = "5")]
    pub labels: BTreeMap<String, String>,
    #[prost(btree_map = "string, string", tag = "6")]
    pub annotations: BTreeMap<String, String>,
    #[prost(string, tag = "7")]
    pub runtime_handler: String,
}

/// `CheckpointPodRequest` of KEP-5823.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct CheckpointPodRequest {
    #[prost(string, tag = "1")]
    pub pod_sandbox_id: String,
    #[prost(string, tag = "2")]
    pub output_path: String,
    #[prost(string, repeated, tag = "3")]
    pub container_ids: Vec<String>,
    #[prost(btree_map = "string, string", tag = "4")]
    pub options: BTreeMap<String, String>,
}

/// `RestorePodRequest` of KEP-5823.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct RestorePodRequest {
    #[prost(string, tag = "1")]
    pub checkpoint_path: String,
    #[prost(message, optional, tag = "2")]
    pub config: Option<PodSandboxConfig>,
    #[prost(string, tag = "3")]
    pub runtime_handler: String,
    #[prost(btree_map = "string, string", tag = "4")]
    pub options: BTreeMap<String, String>,
    #[prost(message, repeated, tag = "5")]
    pub container_configs: Vec<ContainerConfig>,
}

/// `RestorePodResponse`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct RestorePodResponse {
    #[prost(string, tag = "1")]
    pub pod_sandbox_id: String,
    #[prost(message, repeated, tag = "2")]
    pub restored_containers: Vec<RestoredContainer>,
}

/// `RestoredContainer`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct RestoredContainer {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(string, tag = "2")]
    pub container_id: String,
}
