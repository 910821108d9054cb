//! The archive of a whole pod: what the pod is, and the ordinary archive of each of its containers.
//!
//! A plain tar in one file, or the same members as files of a directory:
//!
//! | member | what |
//! |---|---|
//! | `pod.json` | [`Index`]; first in a tar, written last into a directory |
//! | `containers/N-NAME.tar` | the archive of a container, in the order of the index |
//!
//! Nothing else is in it. Any of the inner archives can be taken out and restored by itself.

mod reader;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{ArchiveError, Refusal};
use crate::model::container::pod::{ExitPolicy, Shared};
use crate::model::id;

pub use reader::{Member, PodReader};
pub use writer::PodWriter;

/// Name of the index.
pub const INDEX: &str = "pod.json";
/// The directory of the archives.
pub const CONTAINERS: &str = "containers";
/// The format that is written, and the latest that is read.
pub const VERSION: u32 = 1;
/// Bytes of an index: far above what 256 containers and 256 ports need.
const INDEX_LIMIT: u64 = 1 << 20;
/// Containers of one pod.
const MOST_CONTAINERS: usize = 256;
/// Bytes of a container's name in the name of its archive: what a tar header has room for.
const NAME_ROOM: usize = 64;

/// What is in the archive of a pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// [`VERSION`].
    pub version: u32,
    /// Program and version that wrote it.
    pub engine: String,
    /// The instant at which all its containers stood still, RFC 3339.
    pub frozen_at: String,
    /// The pod.
    pub pod: PodDescription,
    /// Its containers, in the order in which they are thawed.
    pub containers: Vec<Entry>,
}

/// One container of a pod's archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Name of its archive.
    pub archive: String,
}

/// What a pod is made of anew, in the words of `pod create`. Nothing of it is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodDescription {
    /// Its name.
    pub name: String,
    /// Its labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What its containers share.
    #[serde(default)]
    pub shared: BTreeSet<Shared>,
    /// Its host name; empty: its name.
    #[serde(default)]
    pub hostname: String,
    /// What happens when the last of its containers has ended.
    #[serde(default)]
    pub exit_policy: ExitPolicy,
    /// Its containers are in a cgroup of its own.
    #[serde(default)]
    pub own_cgroup: bool,
    /// The number of the last process, where its containers share these: from there a new pod
    /// counts, so that what a container starts takes no number that a later one needs.
    #[serde(default)]
    pub last_pid: Option<u32>,
    /// What its infra container has; `None`: it has no such container.
    #[serde(default)]
    pub infra: Option<InfraDescription>,
}

/// What an infra container gives to its pod.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InfraDescription {
    /// Names of networks, `none` or `host`.
    #[serde(default)]
    pub networks: Vec<String>,
    /// The address that was asked for.
    #[serde(default)]
    pub ip: Option<std::net::IpAddr>,
    /// The MAC address that was asked for.
    #[serde(default)]
    pub mac_address: Option<String>,
    /// Published ports: `HOSTIP:HOSTPORT:PORT/PROTOCOL`.
    #[serde(default)]
    pub publish: Vec<String>,
    /// Lines of its hosts file: `NAME:IP`.
    #[serde(default)]
    pub add_hosts: Vec<String>,
    /// Name servers.
    #[serde(default)]
    pub dns: Vec<String>,
    /// Size of its /dev/shm, bytes.
    #[serde(default)]
    pub shm_size: u64,
}

impl Index {
    /// The name of the archive of the container that is the `number`th, from 1.
    pub fn archive_of(number: usize, name: &str) -> String {
        let name = name.get(..NAME_ROOM).unwrap_or(name);
        format!("{CONTAINERS}/{number}-{name}.tar")
    }

    fn parse(archive: &str, bytes: &[u8]) -> Result<Self, ArchiveError> {
        let json = |source| ArchiveError::Json {
            archive: archive.to_owned(),
            member: INDEX,
            source,
        };
        // A later format may have other fields: its number first.
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(json)?;
        let version = value.get("version").and_then(serde_json::Value::as_u64);
        if let Some(found) = version.filter(|found| *found > u64::from(VERSION)) {
            return Err(ArchiveError::Version {
                archive: archive.to_owned(),
                found: u32::try_from(found).unwrap_or(u32::MAX),
                supported: VERSION,
            });
        }
        let index: Self = serde_json::from_value(value).map_err(json)?;
        index.check(archive)?;
        Ok(index)
    }

    /// Names and counts; what the words mean is for whoever makes a pod of them.
    fn check(&self, archive: &str) -> Result<(), ArchiveError> {
        let damaged = |what: String| ArchiveError::Damaged {
            archive: archive.to_owned(),
            what: format!("{INDEX}: {what}"),
        };
        if self.containers.is_empty() {
            return Err(damaged("it names no container".into()));
        }
        let too_many = || ArchiveError::Refused {
            archive: archive.to_owned(),
            member: INDEX.into(),
            refusal: Refusal::TooMany {
                limit: MOST_CONTAINERS as u64,
            },
        };
        if self.containers.len() > MOST_CONTAINERS {
            return Err(too_many());
        }
        let mut names = BTreeSet::new();
        for (number, entry) in (1..).zip(&self.containers) {
            let shown = entry.name.escape_debug();
            id::check_name(&entry.name)
                .map_err(|error| damaged(format!("container \"{shown}\": {error}")))?;
            if !names.insert(&entry.name) {
                return Err(damaged(format!("container {shown} is there twice")));
            }
            // The one name that there can be: none leaves the directory.
            if entry.archive != Self::archive_of(number, &entry.name) {
                let archive = entry.archive.escape_debug();
                return Err(damaged(format!(
                    "container {shown} has an archive of another name: \"{archive}\""
                )));
            }
        }
        Ok(())
    }
}
