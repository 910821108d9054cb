//! The protobuf messages of CRIU images that tell of processes and their memory, with CRIU's
//! numbers.
//!
//! Source: `images/core.proto`, `creds.proto`, `fs.proto`, `mm.proto`, `vma.proto`, `pagemap.proto`
//! of CRIU 4.2. What CRIU calls a string may be any bytes, so it is bytes here. For reading only, as
//! [`super::super::messages`].

/// `core_entry` of `core-PID.img`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Core {
    /// Architecture: 1 x86_64, 3 aarch64.
    #[prost(uint32, tag = "1")]
    pub architecture: u32,
    #[prost(message, optional, tag = "3")]
    pub task: Option<TaskCore>,
    #[prost(message, optional, tag = "4")]
    pub ids: Option<TaskIds>,
    #[prost(message, optional, tag = "5")]
    pub thread: Option<ThreadCore>,
}

/// `thread_core_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct ThreadCore {
    #[prost(message, optional, tag = "10")]
    pub credentials: Option<Credentials>,
}

/// `creds_entry`, in `core-PID.img` or, before CRIU 2.0, by itself in `creds-PID.img`. Ids are those
/// in the container.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Credentials {
    #[prost(uint32, tag = "3")]
    pub effective_user: u32,
    #[prost(uint32, tag = "4")]
    pub effective_group: u32,
}

/// `fs_entry` of `fs-PID.img`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Place {
    /// The file that is its working directory.
    #[prost(uint32, tag = "1")]
    pub working_directory: u32,
}

/// `task_core_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct TaskCore {
    #[prost(uint32, tag = "1")]
    pub state: u32,
    #[prost(bytes = "vec", tag = "6")]
    pub command: Vec<u8>,
}

/// `task_kobj_ids_entry`, in `core-PID.img` or by itself in `ids-PID.img`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct TaskIds {
    /// Number of the table of open files.
    #[prost(uint32, tag = "2")]
    pub files: u32,
}

/// `pagemap_head`, the first entry of `pagemap-PID.img`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct PagemapHead {
    /// The pages are in `pages-ID.img`.
    #[prost(uint32, tag = "1")]
    pub pages_id: u32,
}

/// `pagemap_entry`: pages side by side.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct PagemapEntry {
    #[prost(uint64, tag = "1")]
    pub address: u64,
    /// How many, before CRIU 4.0.
    #[prost(uint32, tag = "2")]
    pub pages_then: u32,
    /// Before there were flags.
    #[prost(bool, tag = "3")]
    pub in_parent: bool,
    #[prost(uint32, optional, tag = "4")]
    pub flags: Option<u32>,
    #[prost(uint64, optional, tag = "5")]
    pub pages: Option<u64>,
}

/// `mm_entry` of `mm-PID.img` without its areas ([`AREAS`]).
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct AddressSpace {
    #[prost(uint64, tag = "8")]
    pub arguments_start: u64,
    #[prost(uint64, tag = "9")]
    pub arguments_end: u64,
    #[prost(uint64, tag = "10")]
    pub environment_start: u64,
    #[prost(uint64, tag = "11")]
    pub environment_end: u64,
    /// The file that is its program.
    #[prost(uint32, tag = "12")]
    pub executable: u32,
    /// The auxiliary vector, pairs of key and value.
    #[prost(uint64, repeated, packed = "false", tag = "13")]
    pub auxiliary: Vec<u64>,
}

/// The field of `mm_entry` that is an [`Area`], of which there may be very many.
pub const AREAS: u64 = 14;

/// `vma_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Area {
    #[prost(uint64, tag = "1")]
    pub start: u64,
    #[prost(uint64, tag = "2")]
    pub end: u64,
    /// Where in the file or the shared memory it begins, bytes.
    #[prost(uint64, tag = "3")]
    pub offset: u64,
    /// Number of the shared memory or of the file that is seen there.
    #[prost(uint64, tag = "4")]
    pub shared: u64,
    /// `MAP_*`.
    #[prost(uint32, tag = "6")]
    pub flags: u32,
    /// Kind of the area, bits (`VMA_*` of CRIU's `criu/include/image.h`).
    #[prost(uint32, tag = "7")]
    pub status: u32,
}
