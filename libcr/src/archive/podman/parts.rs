//! The values inside `config.dump` that are more than a word: networks, ports, volumes, id mappings.
//!
//! Source of the keys: Podman `libpod/container_config.go`, containers/common
//! `libnetwork/types/network.go`, containers/storage `types/idmappings.go`. Pure data.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Go writes `null` for an empty list or map.
pub(super) fn or_null<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// The keys of Go's `storage/types.IDMappingOptions`; the default is the host's own ids.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IdMappings {
    /// Users are the host's.
    #[serde(rename = "HostUIDMapping")]
    pub host_uid_mapping: bool,
    /// Groups are the host's.
    #[serde(rename = "HostGIDMapping")]
    pub host_gid_mapping: bool,
    /// Ranges of users, or nothing.
    #[serde(rename = "UIDMap")]
    pub uid_map: Option<Vec<IdRange>>,
    /// Ranges of groups, or nothing.
    #[serde(rename = "GIDMap")]
    pub gid_map: Option<Vec<IdRange>>,
    /// `--userns=auto`.
    pub auto_user_ns: bool,
    /// Options of `--userns=auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_user_ns_opts: Option<Value>,
}

impl Default for IdMappings {
    fn default() -> Self {
        Self {
            host_uid_mapping: true,
            host_gid_mapping: true,
            uid_map: None,
            gid_map: None,
            auto_user_ns: false,
            auto_user_ns_opts: None,
        }
    }
}

/// One range of an id mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdRange {
    /// First id in the container.
    pub container_id: u32,
    /// First id on the host.
    pub host_id: u32,
    /// How many.
    pub size: u32,
}

/// How a container is attached to one network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkOptions {
    /// Addresses asked for by the user.
    #[serde(deserialize_with = "or_null", skip_serializing_if = "Vec::is_empty")]
    pub static_ips: Vec<String>,
    /// Names on this network.
    #[serde(deserialize_with = "or_null", skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// MAC asked for by the user, empty for any.
    #[serde(deserialize_with = "or_null")]
    pub static_mac: String,
    /// Name of the interface in the container.
    #[serde(deserialize_with = "or_null")]
    pub interface_name: String,
    /// Options of the network driver.
    #[serde(
        deserialize_with = "or_null",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub options: BTreeMap<String, String>,
}

/// [`NetworkOptions`] with the network's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NamedNetwork {
    /// Name of the network.
    pub name: String,
    /// The rest.
    #[serde(flatten)]
    pub options: NetworkOptions,
}

/// A published port range.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PortMapping {
    /// Address on the host, empty for all.
    #[serde(deserialize_with = "or_null")]
    pub host_ip: String,
    /// First port in the container.
    pub container_port: u16,
    /// First port on the host.
    pub host_port: u16,
    /// How many ports.
    pub range: u16,
    /// `tcp`, `udp`, `sctp`; several joined by commas.
    #[serde(deserialize_with = "or_null")]
    pub protocol: String,
}

/// A named volume's mount.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NamedVolume {
    /// Name of the volume.
    pub volume_name: String,
    /// Where it is in the container.
    pub dest: String,
    /// Mount options.
    #[serde(deserialize_with = "or_null", skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Removed with the container.
    #[serde(
        deserialize_with = "or_null",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub set_anonymous: bool,
    /// Directory in the volume that is mounted.
    #[serde(
        rename = "SubPath",
        deserialize_with = "or_null",
        skip_serializing_if = "String::is_empty"
    )]
    pub sub_path: String,
}
