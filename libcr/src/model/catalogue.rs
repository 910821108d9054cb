//! A checkpoint with a name: what the catalogue knows of it, and what `checkpoint.json` in its
//! directory says.

use serde::{Deserialize, Serialize};

use super::checkpoint::Times;

/// A named checkpoint. Its directory holds what a bundle holds of one: `checkpoint/` and the
/// companions of it (see `docs/format/archive.md`), and this as `checkpoint.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NamedCheckpoint {
    /// 64 hexadecimal digits.
    pub id: String,
    /// The name it was made with.
    pub name: String,
    /// Full id of its container.
    pub container: String,
    /// Name of its container when it was made.
    pub container_name: String,
    /// Id of the container's image; empty for a container of a plain directory.
    pub image: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// When what was done on the way here.
    pub times: Times,
    /// Id of the checkpoint that the container was thawed from last, or made before on its way
    /// here; empty: none.
    pub parent: String,
    /// The container went on after it.
    pub leave_running: bool,
    /// Bytes of memory in it.
    pub memory: u64,
    /// Bytes of all its files.
    pub size: u64,
    /// Time that the container stood still for it, microseconds.
    pub frozen_time: u64,
    /// Established TCP connections are in it.
    pub tcp_established: bool,
    /// File locks are in it.
    pub file_locks: bool,
    /// OCI runtime that made it: `crun` or `runc`.
    pub runtime: String,
    /// CRIU's version number: 40201 for 4.2.1.
    pub criu_version: u32,
    /// Architecture of the host: `x86_64`, `aarch64`.
    pub arch: String,
}

/// Which checkpoint of a container is meant: `NAME`, and `--checkpoint-dir`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointPlace {
    /// The name: `[a-zA-Z0-9][a-zA-Z0-9_.-]*`.
    pub name: String,
    /// The user's own directory (`--checkpoint-dir`): absolute, no symbolic link; the checkpoint
    /// is in the directory NAME below it. `None`: the engine's catalogue.
    pub directory: Option<std::path::PathBuf>,
}
