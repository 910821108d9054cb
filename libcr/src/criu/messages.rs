//! The few protobuf messages of CRIU images that are read here, with CRIU's field numbers.
//!
//! Source of the numbers: `images/*.proto` of CRIU 4.2. Only fields that are used are named; decoding
//! skips the others, so nothing here may be encoded back into an image.

/// `inventory_entry` of `inventory.img`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Inventory {
    /// Version of the image format; 2 since CRIU 1.7.
    #[prost(uint32, required, tag = "1")]
    pub img_version: u32,
    /// Number of the cgroup set of the root process, when cgroups were dumped.
    #[prost(uint32, optional, tag = "5")]
    pub root_cg_set: Option<u32>,
    /// Linux security module: 0 none, 1 SELinux, 2 AppArmor.
    #[prost(uint32, optional, tag = "6")]
    pub lsm: Option<u32>,
    /// Microseconds since boot when it was dumped, with memory tracking.
    #[prost(uint64, optional, tag = "8")]
    pub dump_uptime: Option<u64>,
    /// Whether TCP connections were closed rather than dumped.
    #[prost(bool, optional, tag = "10")]
    pub tcp_close: Option<bool>,
    /// Which means locked the network: 0 iptables, 1 nftables, 2 none.
    #[prost(uint32, optional, tag = "11")]
    pub network_lock_method: Option<u32>,
    /// Id of the CRIU run that dumped it.
    #[prost(string, optional, tag = "13")]
    pub dump_criu_run_id: Option<String>,
}

/// `pstree_entry` of `pstree.img`, one for each process.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Process {
    /// Process id in the container's pid namespace.
    #[prost(uint32, required, tag = "1")]
    pub pid: u32,
    /// That of its parent, 0 for the root.
    #[prost(uint32, required, tag = "2")]
    pub ppid: u32,
    /// Process group.
    #[prost(uint32, required, tag = "3")]
    pub pgid: u32,
    /// Session.
    #[prost(uint32, required, tag = "4")]
    pub sid: u32,
    /// Thread ids, the process's own among them.
    #[prost(uint32, repeated, packed = "false", tag = "5")]
    pub threads: Vec<u32>,
}

/// `fs_entry` of `fs-PID.img`: where a process is in the file system.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Place {
    /// Number of the file that is its root directory.
    #[prost(uint32, required, tag = "2")]
    pub root_id: u32,
}

/// `file_entry` of `files.img`, of which only regular files and directories are read.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct OpenFile {
    /// Its number.
    #[prost(uint32, required, tag = "2")]
    pub id: u32,
    /// What it is when it has a path.
    #[prost(message, optional, tag = "3")]
    pub regular: Option<RegularFile>,
}

/// `reg_file_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct RegularFile {
    /// `st_mode`, which the file must have again; since CRIU 3.11.
    #[prost(uint32, optional, tag = "10")]
    pub mode: Option<u32>,
}

/// `dump_stats_entry`; times in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct DumpStats {
    /// Time to freeze the tree.
    #[prost(uint32, required, tag = "1")]
    pub freezing_time: u32,
    /// Time that it stayed frozen.
    #[prost(uint32, required, tag = "2")]
    pub frozen_time: u32,
    /// Time to take the memory.
    #[prost(uint32, required, tag = "3")]
    pub memdump_time: u32,
    /// Time to write it.
    #[prost(uint32, required, tag = "4")]
    pub memwrite_time: u32,
    /// Pages looked at.
    #[prost(uint64, required, tag = "5")]
    pub pages_scanned: u64,
    /// Pages that an earlier pre-dump holds.
    #[prost(uint64, required, tag = "6")]
    pub pages_skipped_parent: u64,
    /// Pages written.
    #[prost(uint64, required, tag = "7")]
    pub pages_written: u64,
}

/// `restore_stats_entry`; times in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct RestoreStats {
    /// Pages compared with those inherited.
    #[prost(uint64, required, tag = "1")]
    pub pages_compared: u64,
    /// Pages left shared.
    #[prost(uint64, required, tag = "2")]
    pub pages_skipped_cow: u64,
    /// Time to fork the processes.
    #[prost(uint32, required, tag = "3")]
    pub forking_time: u32,
    /// Time of the whole restore.
    #[prost(uint32, required, tag = "4")]
    pub restore_time: u32,
    /// Pages restored.
    #[prost(uint64, optional, tag = "5")]
    pub pages_restored: Option<u64>,
}

/// `stats_entry` of `stats-dump` and `stats-restore`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Stats {
    /// In `stats-dump`.
    #[prost(message, optional, tag = "1")]
    pub dump: Option<DumpStats>,
    /// In `stats-restore`.
    #[prost(message, optional, tag = "2")]
    pub restore: Option<RestoreStats>,
}
