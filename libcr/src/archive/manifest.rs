//! `cryopod.json`, the first member of our archives: what made it and what it needs, readable alone.
//!
//! Pure data. The version is read before anything else; keys that a later minor version adds are
//! ignored. Podman ignores the whole member.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::checkpoint::Times;

/// The version of the archive format that is written here and the latest that is read.
pub const FORMAT_VERSION: u32 = 1;

/// The facts about a checkpoint that decide where it can be thawed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Manifest {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u32,
    /// The program that wrote the archive.
    pub engine: Program,
    /// When the container was frozen, RFC 3339.
    pub created: String,
    /// When what was done on the way here.
    pub times: Times,
    /// The host it was frozen on.
    pub host: Host,
    /// CRIU's version as in `--criu-version` annotations: 40201 is 4.2.1.
    pub criu_version: u32,
    /// The OCI runtime that the container ran under (`crun`, `runc`).
    pub runtime: Program,
    /// The frozen container.
    pub container: Container,
    /// The image below its root file system; nothing for a container of a plain directory.
    pub image: Option<Image>,
    /// How much there is of what.
    pub sizes: Sizes,
    /// What CRIU was told that the thaw must be told as well.
    pub options: Options,
}

/// A program and its version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Program {
    /// Name of the executable.
    pub name: String,
    /// Version as it prints it.
    pub version: String,
}

/// What the processes saw of the host and depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Host {
    /// Architecture in OCI's words: `amd64`, `arm64`.
    pub arch: String,
    /// The `flags` (x86) or `Features` (arm) of /proc/cpuinfo.
    pub cpu_features: Vec<String>,
    /// `uname -r`.
    pub kernel: String,
    /// 1 or 2.
    pub cgroup_version: u32,
}

/// Which container it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Container {
    /// 64 hex digits.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// The image that must be present where the container is thawed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Image {
    /// Name with tag, as the container's configuration has it.
    pub name: String,
    /// Digest of its manifest (`sha256:…`), empty when it came without one.
    pub digest: String,
    /// Its id, 64 hex digits: the digest of its configuration.
    pub id: String,
    /// Digests of its uncompressed layers (`sha256:…`), lowest first.
    pub diff_ids: Vec<String>,
    /// How it travels inside the archive, below `image/`; nothing where it doesn't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub included: Option<IncludedImage>,
}

/// An image that travels inside an archive. Where its layers had to be made again from what was
/// unpacked of them, it is another image with the same files: another id, other layers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IncludedImage {
    /// Digest of its manifest (`sha256:…`).
    pub digest: String,
    /// Its id, 64 hex digits.
    pub id: String,
    /// Digests of its uncompressed layers (`sha256:…`), lowest first.
    pub diff_ids: Vec<String>,
    /// Bytes of all its blobs together.
    pub size: u64,
}

/// Bytes by purpose, before compression.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Sizes {
    /// Memory pages (`pages-*.img`).
    pub memory: u64,
    /// All CRIU images, memory among them.
    pub images: u64,
    /// `rootfs-diff.tar`.
    pub rootfs_diff: u64,
    /// `devshm-checkpoint.tar`.
    pub dev_shm: u64,
    /// All `volumes/*.tar`.
    pub volumes: u64,
    /// `ctr.log`.
    pub log: u64,
}

/// Flags of the checkpoint that restore needs too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// Established TCP connections are in it.
    pub tcp_established: bool,
    /// File locks are in it.
    pub file_locks: bool,
    /// The container ran on after it.
    pub leave_running: bool,
}

/// Why a manifest could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not JSON, or not of this shape.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A version that is not known here.
    #[error("format version {0} is not supported")]
    Version(u32),
}

impl Manifest {
    /// The bytes of the member: JSON, two spaces of indent, a newline at the end.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads the member, its version first.
    ///
    /// # Errors
    /// [`ManifestError::Version`] for 0 and for versions after [`FORMAT_VERSION`], whatever else
    /// such a manifest holds.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ManifestError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Probe {
            format_version: u32,
        }
        let Probe { format_version } = serde_json::from_slice(bytes)?;
        if format_version == 0 || format_version > FORMAT_VERSION {
            return Err(ManifestError::Version(format_version));
        }
        Ok(serde_json::from_slice(bytes)?)
    }

    /// What is understood of a manifest of any version: keys that are missing or mean something
    /// else are empty. For people to read; nothing is thawed by it.
    ///
    /// # Errors
    /// When it is no JSON object.
    pub fn as_far_as_known(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        fn part<T: serde::de::DeserializeOwned + Default>(
            keys: &mut Map<String, Value>,
            key: &str,
        ) -> T {
            let value = keys.remove(key).unwrap_or_default();
            serde_json::from_value(value).unwrap_or_default()
        }
        let mut keys: Map<String, Value> = serde_json::from_slice(bytes)?;
        let keys = &mut keys;
        Ok(Self {
            format_version: part(keys, "formatVersion"),
            engine: part(keys, "engine"),
            created: part(keys, "created"),
            times: part(keys, "times"),
            host: part(keys, "host"),
            criu_version: part(keys, "criuVersion"),
            runtime: part(keys, "runtime"),
            container: part(keys, "container"),
            image: part(keys, "image"),
            sizes: part(keys, "sizes"),
            options: part(keys, "options"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_version_first() {
        let manifest = Manifest {
            format_version: FORMAT_VERSION,
            created: "2026-11-22T20:00:00Z".into(),
            image: Some(Image {
                name: "docker.io/library/busybox:latest".into(),
                ..Image::default()
            }),
            ..Manifest::default()
        };
        let bytes = manifest.to_json().unwrap();
        assert_eq!(Manifest::from_json(&bytes).unwrap(), manifest);
        let later = br#"{"formatVersion": 9, "engine": 3}"#;
        assert!(matches!(
            Manifest::from_json(later),
            Err(ManifestError::Version(9))
        ));
        let known = Manifest::as_far_as_known(later).unwrap();
        assert_eq!(
            (known.format_version, known.engine),
            (9, Program::default())
        );
        assert_eq!(Manifest::as_far_as_known(&bytes).unwrap(), manifest);
        assert!(Manifest::as_far_as_known(b"[]").is_err());
        let added = br#"{"formatVersion": 1, "somethingNew": []}"#;
        assert_eq!(Manifest::from_json(added).unwrap().format_version, 1);
        assert!(matches!(
            Manifest::from_json(b"{}"),
            Err(ManifestError::Json(_))
        ));
    }
}
