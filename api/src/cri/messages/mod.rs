//! Messages of `runtime.v1` (Kubernetes' cri-api 0.37) with their published field numbers: those that
//! are answered here, and of these the fields that are read, refused or filled.

mod container;
mod events;
mod experimental;
mod image;
mod sandbox;
mod stats;
mod version;

pub use container::*;
pub use events::*;
pub use experimental::*;
pub use image::*;
pub use sandbox::*;
pub use stats::*;
pub use version::*;

/// Nothing. Also stands for a field that is refused whatever it holds.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Empty {}

/// The many messages whose only field is the id of a sandbox or a container.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Id {
    #[prost(string, tag = "1")]
    pub id: String,
}

/// `Int64Value`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Int64Value {
    #[prost(int64, tag = "1")]
    pub value: i64,
}

/// `UInt64Value`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct UInt64Value {
    #[prost(uint64, tag = "1")]
    pub value: u64,
}

/// `PodSandboxStateValue` and `ContainerStateValue`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct StateValue {
    #[prost(int32, tag = "1")]
    pub state: i32,
}
