//! The protobuf messages of CRIU images that tell what processes have open, with CRIU's numbers.
//!
//! Source: `images/fdinfo.proto` and the files it imports, `remap-file-path.proto`, `memfd.proto`
//! of CRIU 4.2. What CRIU calls a string may be any bytes, so it is bytes here. For reading only, as
//! [`super::messages`].
//!
//! Before CRIU 3.0 each of the inner messages has an image of its own, with its id in field 1.

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
    #[prost(message, optional, tag = "5")]
    pub namespace: Option<Namespace>,
    #[prost(message, optional, tag = "6")]
    pub packet: Option<PacketSocket>,
    #[prost(message, optional, tag = "7")]
    pub netlink: Option<NetlinkSocket>,
    #[prost(message, optional, tag = "11")]
    pub tunnel: Option<Tunnel>,
    #[prost(message, optional, tag = "16")]
    pub unix: Option<UnixSocket>,
    #[prost(message, optional, tag = "17")]
    pub fifo: Option<Fifo>,
    #[prost(message, optional, tag = "18")]
    pub pipe: Option<Pipe>,
    #[prost(message, optional, tag = "19")]
    pub terminal: Option<Terminal>,
    #[prost(message, optional, tag = "20")]
    pub memory: Option<MemoryFile>,
}

/// The id of any of the messages below.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Numbered {
    #[prost(uint32, tag = "1")]
    pub id: u32,
}

/// `reg_file_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct RegularFile {
    #[prost(uint32, tag = "1")]
    pub id: u32,
    #[prost(uint64, tag = "3")]
    pub position: u64,
    #[prost(bytes = "vec", tag = "6")]
    pub name: Vec<u8>,
}

/// `inet_sk_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct InetSocket {
    #[prost(uint32, tag = "1")]
    pub id: u32,
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
    #[prost(uint32, tag = "1")]
    pub id: u32,
    /// Its inode.
    #[prost(uint32, tag = "2")]
    pub inode: u32,
    #[prost(uint32, tag = "3")]
    pub kind: u32,
    #[prost(uint32, tag = "4")]
    pub state: u32,
    /// Inode of the other end; 0: there is none.
    #[prost(uint32, tag = "8")]
    pub peer: u32,
    /// A path, or an abstract name after a zero byte; empty for an unnamed one.
    #[prost(bytes = "vec", tag = "11")]
    pub name: Vec<u8>,
}

/// `netlink_sk_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct NetlinkSocket {
    #[prost(uint32, tag = "1")]
    pub id: u32,
    /// `NETLINK_*` of Linux `include/uapi/linux/netlink.h`.
    #[prost(uint32, tag = "3")]
    pub protocol: u32,
    #[prost(uint32, tag = "7")]
    pub port: u32,
    #[prost(uint32, tag = "9")]
    pub target_port: u32,
}

/// `packet_sock_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct PacketSocket {
    #[prost(uint32, tag = "1")]
    pub id: u32,
    /// `ETH_P_*`.
    #[prost(uint32, tag = "3")]
    pub protocol: u32,
    /// Number of the interface; 0: all.
    #[prost(uint32, tag = "5")]
    pub interface: u32,
}

/// `ns_file_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Namespace {
    #[prost(uint32, tag = "1")]
    pub id: u32,
    /// `CLONE_NEW*`.
    #[prost(uint32, tag = "3")]
    pub kind: u32,
}

/// `tunfile_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Tunnel {
    #[prost(uint32, tag = "1")]
    pub id: u32,
    /// Name of the interface.
    #[prost(bytes = "vec", tag = "2")]
    pub interface: Vec<u8>,
}

/// `fifo_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Fifo {
    #[prost(uint32, tag = "1")]
    pub id: u32,
    /// The file that has its path.
    #[prost(uint32, optional, tag = "3")]
    pub file: Option<u32>,
}

/// `pipe_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Pipe {
    #[prost(uint32, tag = "1")]
    pub id: u32,
    /// The pipe's inode, the same for both ends.
    #[prost(uint32, tag = "2")]
    pub pipe: u32,
}

/// `tty_file_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Terminal {
    #[prost(uint32, tag = "1")]
    pub id: u32,
    /// The file that has its path.
    #[prost(uint32, optional, tag = "6")]
    pub file: Option<u32>,
}

/// `memfd_file_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct MemoryFile {
    #[prost(uint32, tag = "1")]
    pub id: u32,
    #[prost(uint64, tag = "3")]
    pub position: u64,
    /// Number of its content, an entry of `memfd.img`.
    #[prost(uint32, tag = "5")]
    pub content: u32,
}

/// `memfd_inode_entry` of `memfd.img`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct MemoryContent {
    #[prost(bytes = "vec", tag = "1")]
    pub name: Vec<u8>,
    /// Bytes.
    #[prost(uint64, tag = "4")]
    pub size: u64,
    /// Its pages are those of `pagemap-shmem-NUMBER.img`.
    #[prost(uint32, tag = "5")]
    pub shared: u32,
    #[prost(uint64, tag = "7")]
    pub id: u64,
}

/// `remap_file_path_entry` of `remap-fpath.img`: a file that has no name any more, or another.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Remap {
    /// The file.
    #[prost(uint32, tag = "1")]
    pub file: u32,
    /// Where its content is: 0 a hard link that CRIU made, 1 in the checkpoint, 2 it is in /proc.
    #[prost(uint32, optional, tag = "3")]
    pub kind: Option<u32>,
}
