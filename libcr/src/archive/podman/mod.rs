//! `config.dump`: the container's configuration as Podman's JSON, written so that Podman imports
//! it and read whoever wrote it.
//!
//! Source of the keys: Podman `libpod/container_config.go`; of the CRI-O and containerd dialect:
//! checkpointctl `lib/metadata.go`. Pure data: what a value means is decided elsewhere. Keys that
//! are not named here are kept in [`ContainerConfig::other`], so that nothing is lost when an
//! imported container is frozen again.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

mod dialect;
mod parts;

pub use dialect::Dialect;
use parts::or_null;
pub use parts::{IdMappings, IdRange, NamedNetwork, NamedVolume, NetworkOptions, PortMapping};

/// Podman 1 and 2 wrote some lists as one string.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Words {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Option::deserialize(deserializer)? {
        Some(Words::One(word)) => vec![word],
        Some(Words::Many(words)) => words,
        None => Vec::new(),
    })
}

/// A container's configuration. Empty values are not written, except where Podman needs them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContainerConfig {
    /// 64 hex digits.
    #[serde(deserialize_with = "or_null")]
    pub id: String,
    /// Name of the container.
    #[serde(deserialize_with = "or_null")]
    pub name: String,
    /// Id of the pod that it is in.
    #[serde(deserialize_with = "or_null", skip_serializing_if = "String::is_empty")]
    pub pod: String,
    /// Id of the image, 64 hex digits; together with the name or not at all.
    #[serde(
        rename = "rootfsImageID",
        deserialize_with = "or_null",
        skip_serializing_if = "String::is_empty"
    )]
    pub rootfs_image_id: String,
    /// Full name of the image, with tag.
    #[serde(
        rename = "rootfsImageName",
        deserialize_with = "or_null",
        skip_serializing_if = "String::is_empty"
    )]
    pub rootfs_image_name: String,
    /// Image name as the user typed it.
    #[serde(
        rename = "RawImageName",
        deserialize_with = "or_null",
        skip_serializing_if = "String::is_empty"
    )]
    pub raw_image_name: String,
    /// Directory that is the root file system, for containers without an image.
    #[serde(deserialize_with = "or_null", skip_serializing_if = "String::is_empty")]
    pub rootfs: String,
    /// CRI-O and containerd: name of the image.
    #[serde(
        rename = "rootfsImage",
        deserialize_with = "or_null",
        skip_serializing_if = "String::is_empty"
    )]
    pub rootfs_image: String,
    /// CRI-O and containerd: reference of the image by digest or id.
    #[serde(
        rename = "rootfsImageRef",
        deserialize_with = "or_null",
        skip_serializing_if = "String::is_empty"
    )]
    pub rootfs_image_ref: String,
    /// OCI runtime, `crun` or `runc`.
    #[serde(rename = "runtime", deserialize_with = "or_null")]
    pub runtime: String,
    /// When the container was created, RFC 3339.
    #[serde(rename = "createdTime", deserialize_with = "or_null")]
    pub created_time: String,
    /// CRI-O and containerd: when it was frozen, RFC 3339.
    #[serde(
        rename = "checkpointedTime",
        deserialize_with = "or_null",
        skip_serializing_if = "String::is_empty"
    )]
    pub checkpointed_time: String,
    /// Size of /dev/shm in bytes.
    #[serde(rename = "shmSize", deserialize_with = "or_null")]
    pub shm_size: i64,
    /// How ids in the container map to the host's.
    #[serde(rename = "idMappingsOptions", deserialize_with = "or_null")]
    pub id_mappings: IdMappings,
    /// Whether it has a network namespace of its own.
    #[serde(rename = "createNetNS", deserialize_with = "or_null")]
    pub create_net_ns: bool,
    /// `bridge`, `host`, `none`, …
    #[serde(rename = "networkMode", deserialize_with = "or_null")]
    pub network_mode: String,
    /// Networks in order: the key of Podman 6.
    #[serde(
        rename = "orderedNetworks",
        deserialize_with = "or_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub ordered_networks: Vec<NamedNetwork>,
    /// Networks by name: the key of Podman 4 and 5.
    #[serde(
        rename = "newNetworks",
        deserialize_with = "or_null",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub new_networks: BTreeMap<String, NetworkOptions>,
    /// Names of networks: the key of Podman 3 and before.
    #[serde(deserialize_with = "or_null", skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<String>,
    /// Published ports.
    #[serde(
        rename = "newPortMappings",
        deserialize_with = "or_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub port_mappings: Vec<PortMapping>,
    /// Named volumes.
    #[serde(
        rename = "namedVolumes",
        deserialize_with = "or_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub named_volumes: Vec<NamedVolume>,
    /// Destinations that the user mounted something on.
    #[serde(
        rename = "userVolumes",
        deserialize_with = "or_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub user_volumes: Vec<String>,
    /// `k8s-file`, `journald`, `none`, …
    #[serde(rename = "logDriver", deserialize_with = "or_null")]
    pub log_driver: String,
    /// Bytes after which the log begins anew; zero and less mean never.
    #[serde(
        rename = "logSize",
        deserialize_with = "or_null",
        skip_serializing_if = "is_zero"
    )]
    pub log_size: i64,
    /// User and group as in `--user`; needed when the process isn't 0:0.
    #[serde(deserialize_with = "or_null", skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// Labels.
    #[serde(
        deserialize_with = "or_null",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub labels: BTreeMap<String, String>,
    /// The command line that created it.
    #[serde(
        rename = "CreateCommand",
        deserialize_with = "or_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub create_command: Vec<String>,
    /// Arguments of the entry point.
    #[serde(
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub command: Vec<String>,
    /// Entry point.
    #[serde(
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub entrypoint: Vec<String>,
    /// Number of the signal that asks it to stop.
    #[serde(
        rename = "stopSignal",
        deserialize_with = "or_null",
        skip_serializing_if = "is_zero"
    )]
    pub stop_signal: u32,
    /// Seconds between the stop signal and SIGKILL.
    #[serde(
        rename = "stopTimeout",
        deserialize_with = "or_null",
        skip_serializing_if = "is_zero"
    )]
    pub stop_timeout: u32,
    /// `no`, `always`, `on-failure`, `unless-stopped`.
    #[serde(deserialize_with = "or_null", skip_serializing_if = "String::is_empty")]
    pub restart_policy: String,
    /// How often `on-failure` restarts it.
    #[serde(deserialize_with = "or_null", skip_serializing_if = "is_zero")]
    pub restart_retries: u32,
    /// Health check, as in the OCI image configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Value>,
    /// What is done when it turns unhealthy: 0 nothing, 2 kill, 3 restart, 4 stop.
    #[serde(
        rename = "healthcheck_on_failure_action",
        deserialize_with = "or_null",
        skip_serializing_if = "is_zero"
    )]
    pub health_on_failure: u32,
    /// SELinux label of its processes.
    #[serde(
        rename = "ProcessLabel",
        deserialize_with = "or_null",
        skip_serializing_if = "String::is_empty"
    )]
    pub process_label: String,
    /// SELinux label of its files.
    #[serde(
        rename = "MountLabel",
        deserialize_with = "or_null",
        skip_serializing_if = "String::is_empty"
    )]
    pub mount_label: String,
    /// `--privileged`.
    #[serde(deserialize_with = "or_null")]
    pub privileged: bool,
    /// Parent cgroup. Leave it empty: Podman refuses one of another cgroup manager's kind.
    #[serde(
        rename = "cgroupParent",
        deserialize_with = "or_null",
        skip_serializing_if = "String::is_empty"
    )]
    pub cgroup_parent: String,
    /// `enabled`, `disabled`, `no-conmon`, `split`.
    #[serde(
        rename = "cgroupsMode",
        deserialize_with = "or_null",
        skip_serializing_if = "String::is_empty"
    )]
    pub cgroups_mode: String,
    /// `--tz`.
    #[serde(deserialize_with = "or_null", skip_serializing_if = "String::is_empty")]
    pub timezone: String,
    /// `--umask`, four octal digits.
    #[serde(deserialize_with = "or_null", skip_serializing_if = "String::is_empty")]
    pub umask: String,
    /// Lines for /etc/hosts as `NAME:ADDRESS`.
    #[serde(
        rename = "hostsAdd",
        deserialize_with = "or_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub hosts_add: Vec<String>,
    /// Name servers.
    #[serde(
        rename = "dnsServer",
        deserialize_with = "or_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub dns_server: Vec<String>,
    /// Search domains.
    #[serde(
        rename = "dnsSearch",
        deserialize_with = "or_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub dns_search: Vec<String>,
    /// Resolver options.
    #[serde(
        rename = "dnsOption",
        deserialize_with = "or_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub dns_option: Vec<String>,
    /// Whether standard input is kept open.
    #[serde(
        deserialize_with = "or_null",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub stdin: bool,
    /// Containers that this one shares namespaces with; an archive that names any can't be imported.
    #[serde(
        rename = "Dependencies",
        deserialize_with = "or_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub dependencies: Vec<String>,
    /// All other keys.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

fn is_zero<N: Copy + Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}

impl ContainerConfig {
    /// Reads the member. Missing keys and `null` are empty values.
    pub fn from_json(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The bytes of the member, indented as Podman's.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }

    /// Sets the networks under both keys, so that Podman 4 to 6 find them.
    pub fn set_networks(&mut self, networks: Vec<NamedNetwork>) {
        self.new_networks = networks
            .iter()
            .map(|network| (network.name.clone(), network.options.clone()))
            .collect();
        self.ordered_networks = networks;
        self.networks.clear();
    }

    /// The networks, from whichever key the writer knew, in its order.
    pub fn all_networks(&self) -> Vec<NamedNetwork> {
        if !self.ordered_networks.is_empty() {
            return self.ordered_networks.clone();
        }
        if !self.new_networks.is_empty() {
            let named = |(name, options): (&String, &NetworkOptions)| NamedNetwork {
                name: name.clone(),
                options: options.clone(),
            };
            return self.new_networks.iter().map(named).collect();
        }
        let plain = |name: &String| NamedNetwork {
            name: name.clone(),
            options: NetworkOptions::default(),
        };
        self.networks.iter().map(plain).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_dialect_is_read_and_kept() {
        let text = br#"{"id":"ab","name":"web","rootfsImageID":"cd","rootfsImageName":"localhost/x:1",
            "runtime":"runc","createdTime":"2026-11-22T20:00:00Z","shmSize":65536000,"labels":null,
            "idMappingsOptions":{"HostUIDMapping":true,"HostGIDMapping":true,"UIDMap":null,"GIDMap":null,
            "AutoUserNs":false,"AutoUserNsOpts":{"Size":0}},"createNetNS":true,"networkMode":"bridge",
            "newNetworks":{"podman":{"static_mac":"","interface_name":"eth0","aliases":["ab"]}},
            "entrypoint":"/bin/sh","command":["-c","x"],"lockID":3,"namedVolumes":null,
            "newPortMappings":[{"host_ip":"","container_port":80,"host_port":8080,"range":1,"protocol":"tcp"}]}"#;
        let config = ContainerConfig::from_json(text).unwrap();
        assert_eq!(config.entrypoint, ["/bin/sh"]);
        assert_eq!(config.all_networks()[0].options.interface_name, "eth0");
        assert_eq!(config.port_mappings[0].host_port, 8080);
        assert_eq!(config.other["lockID"], 3);
        let again = ContainerConfig::from_json(&config.to_json().unwrap()).unwrap();
        assert_eq!(again, config);
    }

    #[test]
    fn both_network_keys_are_written_and_crio_is_read() {
        let mut config = ContainerConfig::default();
        config.set_networks(vec![NamedNetwork {
            name: "podman".into(),
            ..NamedNetwork::default()
        }]);
        let value: Value = serde_json::from_slice(&config.to_json().unwrap()).unwrap();
        assert_eq!(value["orderedNetworks"][0]["name"], "podman");
        assert!(value["newNetworks"]["podman"].is_object());
        assert_eq!(value["idMappingsOptions"]["HostUIDMapping"], true);
        let crio = br#"{"id":"x","rootfsImage":"quay.io/a/b","rootfsImageRef":"quay.io/a/b@sha256:00",
            "runtime":"runc","createdTime":"2026-01-01T00:00:00Z","checkpointedTime":"2026-01-01T00:00:00Z",
            "restoredTime":"0001-01-01T00:00:00Z","restored":false}"#;
        assert_eq!(
            ContainerConfig::from_json(crio).unwrap().image_name(),
            "quay.io/a/b"
        );
        assert!(ContainerConfig::from_json("[".repeat(100_000).as_bytes()).is_err());
    }
}
