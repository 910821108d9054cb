//! The intent of a multi-step operation, written down before its first side effect, so that an
//! engine that finds it later with its process gone knows what to complete or to undo.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

use super::catalogue::CheckpointPlace;

/// What was being done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Intent {
    /// A container's directory and row are being made. Undone by removing both.
    Create,
    /// A container is being started. Undone by tearing down what start makes; the row stays.
    Start,
    /// A container is being removed. Completed by removing what is left.
    Remove,
    /// A container is being frozen.
    Checkpoint {
        /// How far it came; decides between thawing and finishing.
        phase: CheckpointPhase,
        /// The container goes on afterwards.
        leave_running: bool,
        /// The archive that is being written, if any.
        export: Option<PathBuf>,
        /// CRIU's log and statistics stay after success.
        keep: bool,
        /// The dump itself ends the processes (established connections): its images may be the
        /// only copy.
        #[serde(default)]
        ends: bool,
        /// Where it goes.
        #[serde(default)]
        target: CheckpointTarget,
    },
    /// A container is being thawed.
    Restore {
        /// The container was made by this restore (import) and goes away with its failure.
        imported: bool,
        /// The checkpoint stays after success.
        keep: bool,
        /// Id of the named checkpoint that it comes from; empty: none.
        #[serde(default)]
        named: String,
        /// Id of the image that it brings out of the archive, and that goes with its failure; empty:
        /// none.
        #[serde(default)]
        image: String,
    },
    /// A pod is being made from an archive; the row is its infra container's. Undone by removing the
    /// pod.
    RestorePod {
        /// All containers are there, held until they go on together. Completed by that.
        whole: bool,
        /// The volumes of its containers come with them.
        volumes: bool,
    },
    /// A running container is being put on a network. Undone by taking it off.
    Connect {
        /// The network's name.
        network: String,
    },
    /// A running container is being taken off a network. Completed by taking it off.
    Disconnect {
        /// The network's name.
        network: String,
    },
}

/// Where a checkpoint goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum CheckpointTarget {
    /// The container's bundle: its own checkpoint.
    #[default]
    Bundle,
    /// The bundle too, memory only, on top of the earlier ones.
    PreCheckpoint,
    /// A directory of its own, in the catalogue or in a directory of the user's.
    Named {
        /// The new checkpoint's id, 64 hexadecimal digits.
        id: String,
        /// Its name and the user's directory.
        place: CheckpointPlace,
    },
    /// CRIU's images in a directory of the user's, the rest in the bundle.
    Images {
        /// That directory.
        directory: PathBuf,
        /// Memory only.
        pre_dump: bool,
    },
}

/// How far a checkpoint came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckpointPhase {
    /// Frozen or being dumped; nothing is decided. Rule: thaw, remove what is partial. If the
    /// processes are gone (a dump that stops them itself) and the images are whole, the
    /// container is frozen.
    Dump,
    /// The checkpoint is whole and durable, under its partial names or its final ones. Rule: give
    /// it its names; unless the container is to go on, end its processes: it is frozen.
    Whole,
}

/// A process, named so that a later one with the same number is not taken for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessIdentity {
    /// Process id.
    pub pid: i32,
    /// Field 22 of `/proc/PID/stat`: clock ticks after boot (proc(5)).
    pub start_time: u64,
    /// `/proc/sys/kernel/random/boot_id`.
    pub boot_id: String,
}

/// A row of the operations table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Row number.
    pub number: i64,
    /// The container it is about.
    pub container: String,
    /// What was being done.
    pub intent: Intent,
    /// Who was doing it.
    pub owner: ProcessIdentity,
}
