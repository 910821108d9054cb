//! Messages of our own package `org.cryopod.cri.experimental`: the options that Kubernetes' pull request
//! 97689 had and `runtime.v1` hasn't.

/// `CheckpointRestoreOptions`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct CheckpointRestoreOptions {
    /// CRIU's logs and statistics stay; of a restore also the checkpoint.
    #[prost(bool, tag = "1")]
    pub keep: bool,
    /// Established connections of TCP are kept.
    #[prost(bool, tag = "2")]
    pub tcp_established: bool,
    /// Absolute path of an archive that is written; empty: the checkpoint stays with the container.
    #[prost(string, tag = "3")]
    pub archive: String,
    /// The container goes on after a checkpoint.
    #[prost(bool, tag = "4")]
    pub leave_running: bool,
    /// Locks of files are kept.
    #[prost(bool, tag = "5")]
    pub file_locks: bool,
}

/// `CheckpointContainerRequest` and `RestoreContainerRequest`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct CheckpointRestoreRequest {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(message, optional, tag = "2")]
    pub options: Option<CheckpointRestoreOptions>,
}
