//! What happens.

use super::{ContainerStatus, PodSandboxStatus};

/// `ContainerEventType`: made.
pub const CREATED_EVENT: i32 = 0;
/// It runs.
pub const STARTED_EVENT: i32 = 1;
/// It has ended.
pub const STOPPED_EVENT: i32 = 2;
/// It is gone.
pub const DELETED_EVENT: i32 = 3;

/// `ContainerEventResponse`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct ContainerEventResponse {
    #[prost(string, tag = "1")]
    pub container_id: String,
    #[prost(int32, tag = "2")]
    pub container_event_type: i32,
    #[prost(int64, tag = "3")]
    pub created_at: i64,
    #[prost(message, optional, tag = "4")]
    pub pod_sandbox_status: Option<PodSandboxStatus>,
    #[prost(message, repeated, tag = "5")]
    pub containers_statuses: Vec<ContainerStatus>,
}
