//! The protobuf messages of CRIU images that tell what a checkpoint holds, with CRIU's numbers.
//!
//! Source: `images/core.proto`, `pagemap.proto`, `fdinfo.proto`, `regfile.proto`, `sk-inet.proto`,
//! `sk-unix.proto`, `mm.proto`, `vma.proto` of CRIU 4.2. What CRIU calls a string may be any bytes, so it is bytes here. For
//! reading only, as [`super::super::messages`].

/// `core_entry` of `core-PID.img`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Core {
    #[prost(message, optional, tag = "3")]
    pub task: Option<TaskCore>,
    #[prost(message, optional, tag = "4")]
    pub ids: Option<TaskIds>,
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

/// `mm_entry` of `mm-PID.img`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct AddressSpace {
    #[prost(message, repeated, tag = "14")]
    pub areas: Vec<Area>,
}

/// `vma_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Area {
    #[prost(uint64, tag = "1")]
    pub start: u64,
    /// Number of the shared memory that is seen there.
    #[prost(uint64, tag = "4")]
    pub shared: u64,
    /// Kind of the area, bits (`VMA_*` of CRIU's `criu/include/image.h`).
    #[prost(uint32, tag = "7")]
    pub status: u32,
}

/// `fdinfo_entry` of `fdinfo-FILES.img`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct FdInfo {
    /// The file's entry in `files.img`.
    #[prost(uint32, tag = "1")]
    pub id: u32,
    #[prost(uint32, tag = "4")]
    pub fd: u32,
}

/// `file_entry` of `files.img`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct FileEntry {
    /// `fd_types`.
    #[prost(uint32, tag = "1")]
    pub kind: u32,
    #[prost(uint32, tag = "2")]
    pub id: u32,
    #[prost(message, optional, tag = "3")]
    pub regular: Option<RegularFile>,
    #[prost(message, optional, tag = "4")]
    pub inet: Option<InetSocket>,
    #[prost(message, optional, tag = "16")]
    pub unix: Option<UnixSocket>,
}

/// `reg_file_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct RegularFile {
    #[prost(uint64, tag = "3")]
    pub position: u64,
    #[prost(bytes = "vec", tag = "6")]
    pub name: Vec<u8>,
}

/// `inet_sk_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct InetSocket {
    #[prost(uint32, tag = "3")]
    pub family: u32,
    #[prost(uint32, tag = "4")]
    pub kind: u32,
    #[prost(uint32, tag = "6")]
    pub state: u32,
    #[prost(uint32, tag = "7")]
    pub source_port: u32,
    #[prost(uint32, tag = "8")]
    pub target_port: u32,
    /// Words of an address in the network's order, as they were in the dumping host's memory.
    #[prost(uint32, repeated, packed = "false", tag = "11")]
    pub source: Vec<u32>,
    #[prost(uint32, repeated, packed = "false", tag = "12")]
    pub target: Vec<u32>,
}

/// `unix_sk_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct UnixSocket {
    #[prost(uint32, tag = "3")]
    pub kind: u32,
    #[prost(uint32, tag = "4")]
    pub state: u32,
    /// A path, or an abstract name after a zero byte; empty for an unnamed one.
    #[prost(bytes = "vec", tag = "11")]
    pub name: Vec<u8>,
}
