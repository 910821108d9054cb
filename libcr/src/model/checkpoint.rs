//! What a checkpoint or a restore measured, in Podman's words (`--print-stats`).

use std::time::Duration;

use serde::{Deserialize, Serialize};

// Zero means «not measured» to Podman, which leaves the key out.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes &T"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A time as the figures below have it: whole microseconds.
pub fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// When what was done on the way into a checkpoint, RFC 3339; empty: it is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Times {
    /// The engine was asked for it.
    pub asked: String,
    /// All processes stood still.
    pub frozen: String,
    /// CRIU had written its images.
    pub dumped: String,
    /// The files of that instant were read, or it was known which they are.
    pub captured: String,
}

/// CRIU's own figures of a dump; times in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DumpStatistics {
    /// Time until all tasks stood still.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub freezing_time: u64,
    /// Time that tasks stood still for CRIU.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub frozen_time: u64,
    /// Time to take the memory out of the tasks.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub memdump_time: u64,
    /// Time to write the memory.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub memwrite_time: u64,
    /// Memory pages looked at.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pages_scanned: u64,
    /// Memory pages written.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pages_written: u64,
}

/// CRIU's own figures of a restore; times in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreStatistics {
    /// Pages compared with those of a parent for copy on write.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pages_compared: u64,
    /// Pages found equal and shared.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pages_skipped_cow: u64,
    /// Time to fork the process tree.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub forking_time: u64,
    /// Time for the whole restore.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub restore_time: u64,
    /// Pages put back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pages_restored: u64,
}

/// What a checkpoint of a whole pod did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PodCheckpointReport {
    /// Full id of the pod.
    #[serde(rename = "Id")]
    pub id: String,
    /// Of each container that was frozen.
    pub containers: Vec<CheckpointReport>,
    /// How long they stood still, microseconds.
    pub frozen_duration: u64,
    /// Names of the containers that didn't run, and are not in the archive.
    pub left_out: Vec<String>,
}

/// What a restore of a whole pod did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PodRestoreReport {
    /// Full id of the new pod.
    #[serde(rename = "Id")]
    pub id: String,
    /// Of each container.
    pub containers: Vec<RestoreReport>,
    /// What the user should know.
    pub warnings: Vec<String>,
}

/// What a checkpoint did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckpointReport {
    /// Full id of the container.
    #[serde(rename = "Id")]
    pub id: String,
    /// Time the OCI runtime took, microseconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub runtime_checkpoint_duration: u64,
    /// Time the container stood still, from the freeze to the thaw or the stop, microseconds.
    /// Ours; Podman has no such figure.
    #[serde(skip_serializing_if = "is_zero")]
    pub container_frozen_duration: u64,
    /// CRIU's figures.
    pub criu_statistics: Option<DumpStatistics>,
}

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RestoreReport {
    /// Full id of the container.
    #[serde(rename = "Id")]
    pub id: String,
    /// Time the OCI runtime took, microseconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub runtime_restore_duration: u64,
    /// CRIU's figures.
    pub criu_statistics: Option<RestoreStatistics>,
    /// What the user should know though it worked, a sentence each (a new address, say).
    #[serde(skip)]
    pub warnings: Vec<String>,
}
