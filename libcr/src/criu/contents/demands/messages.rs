//! The protobuf messages of CRIU images by which a thaw gives processes something: places in
//! namespaces, credentials, filters, mounts, files. With CRIU's numbers, for reading only.
//!
//! Source: `images/core.proto`, `creds.proto`, `mnt.proto`, `seccomp.proto`, `netdev.proto`,
//! `pidns.proto`, `ghost-file.proto`, `apparmor.proto`, `regfile.proto`, `fsnotify.proto`, `vma.proto`
//! of CRIU 4.2. What CRIU calls a string may be any bytes, so it is bytes here.

/// `inventory_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Inventory {
    /// Version of the images.
    #[prost(uint32, tag = "1")]
    pub version: u32,
    /// The namespaces of the dumping CRIU itself: a process that has the same number gets none.
    #[prost(message, optional, tag = "3")]
    pub outside: Option<Spaces>,
}

/// `task_kobj_ids_entry`: the numbers of a process's namespaces.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Spaces {
    /// Its pid namespace.
    #[prost(uint32, tag = "5")]
    pub pid: u32,
    /// Its network namespace.
    #[prost(uint32, tag = "6")]
    pub network: u32,
    /// Its IPC namespace.
    #[prost(uint32, tag = "7")]
    pub ipc: u32,
    /// Its UTS namespace.
    #[prost(uint32, tag = "8")]
    pub uts: u32,
    /// Its mount namespace.
    #[prost(uint32, tag = "9")]
    pub mount: u32,
    /// Its user namespace.
    #[prost(uint32, tag = "10")]
    pub user: u32,
}

/// `core_entry` of a thread.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Core {
    /// Of the whole process.
    #[prost(message, optional, tag = "3")]
    pub task: Option<TaskCore>,
    /// Of this thread.
    #[prost(message, optional, tag = "5")]
    pub thread: Option<ThreadCore>,
}

/// `task_core_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct TaskCore {
    /// `COMPEL_TASK_*`.
    #[prost(uint32, tag = "1")]
    pub state: u32,
    /// Its limits.
    #[prost(message, optional, tag = "8")]
    pub limits: Option<Limits>,
    /// `oom_score_adj`.
    #[prost(int32, tag = "14")]
    pub oom_score: i32,
}

/// `task_rlimits_entry`, in the order of the kernel's numbers.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Limits {
    /// One after the other.
    #[prost(message, repeated, tag = "1")]
    pub all: Vec<Limit>,
}

/// `rlimit_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Limit {
    /// What holds now.
    #[prost(uint64, tag = "1")]
    pub soft: u64,
    /// What it may be raised to.
    #[prost(uint64, tag = "2")]
    pub hard: u64,
}

/// `thread_core_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct ThreadCore {
    /// nice(2).
    #[prost(sint32, tag = "3")]
    pub nice: i32,
    /// `SCHED_*`.
    #[prost(uint32, tag = "4")]
    pub policy: u32,
    /// What it may do.
    #[prost(message, optional, tag = "10")]
    pub credentials: Option<Credentials>,
    /// `SECCOMP_MODE_*`.
    #[prost(uint32, tag = "11")]
    pub seccomp: u32,
    /// Its newest filter, an index into those of `seccomp.img`.
    #[prost(uint32, optional, tag = "12")]
    pub filter: Option<u32>,
}

/// `creds_entry`. Capabilities are words of 32 bits, the lowest first.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Credentials {
    /// Those it may pass on.
    #[prost(uint32, repeated, packed = "false", tag = "9")]
    pub inheritable: Vec<u32>,
    /// Those it may take.
    #[prost(uint32, repeated, packed = "false", tag = "10")]
    pub permitted: Vec<u32>,
    /// Those it has.
    #[prost(uint32, repeated, packed = "false", tag = "11")]
    pub effective: Vec<u32>,
    /// Those it can ever get.
    #[prost(uint32, repeated, packed = "false", tag = "12")]
    pub bounding: Vec<u32>,
    /// Its profile or label of a security module.
    #[prost(bytes = "vec", optional, tag = "15")]
    pub profile: Option<Vec<u8>>,
    /// 1: no program that it runs gets more than it has.
    #[prost(uint32, tag = "18")]
    pub no_new_privileges: u32,
    /// Those that every program gets.
    #[prost(uint32, repeated, packed = "false", tag = "19")]
    pub ambient: Vec<u32>,
}

/// `seccomp_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Seccomp {
    /// All, the oldest first.
    #[prost(message, repeated, tag = "1")]
    pub filters: Vec<Filter>,
}

/// `seccomp_filter`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Filter {
    /// Instructions of 8 bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub program: Vec<u8>,
    /// The one before it, which holds too.
    #[prost(uint32, optional, tag = "2")]
    pub previous: Option<u32>,
    /// `SECCOMP_FILTER_FLAG_*`.
    #[prost(uint32, tag = "3")]
    pub flags: u32,
}

/// `mnt_entry` of `mountpoints-NUMBER.img`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Mount {
    /// `fstype` of `mnt.proto`.
    #[prost(uint32, tag = "1")]
    pub kind: u32,
    /// Its number.
    #[prost(uint32, tag = "2")]
    pub id: u32,
    /// Device number of the file system.
    #[prost(uint32, tag = "3")]
    pub device: u32,
    /// The mount that it is on.
    #[prost(uint32, tag = "4")]
    pub parent: u32,
    /// `MS_*`; in old images those of the file system too.
    #[prost(uint32, tag = "5")]
    pub flags: u32,
    /// What of the file system is seen.
    #[prost(bytes = "vec", tag = "6")]
    pub root: Vec<u8>,
    /// Where it is in the container.
    #[prost(bytes = "vec", tag = "7")]
    pub place: Vec<u8>,
    /// Options of the file system.
    #[prost(bytes = "vec", tag = "9")]
    pub options: Vec<u8>,
    /// Its group of mounts that see each other's changes; 0: none.
    #[prost(uint32, tag = "10")]
    pub shared: u32,
    /// The group whose changes it sees; 0: none.
    #[prost(uint32, tag = "11")]
    pub master: u32,
    /// A plugin of CRIU makes it.
    #[prost(bool, tag = "12")]
    pub with_plugin: bool,
    /// `root` is the key of an external mount (before there was `key`).
    #[prost(bool, tag = "13")]
    pub external: bool,
    /// What is seen there has no name any more.
    #[prost(bool, tag = "16")]
    pub deleted: bool,
    /// `MS_*` of the file system.
    #[prost(uint32, tag = "17")]
    pub system_flags: u32,
    /// The key by which the runtime names what of the host is mounted there.
    #[prost(bytes = "vec", optional, tag = "18")]
    pub key: Option<Vec<u8>>,
}

/// `netns_entry` of `netns-NUMBER.img`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Network {
    /// The key by which the runtime names the namespace to be joined.
    #[prost(bytes = "vec", optional, tag = "8")]
    pub key: Option<Vec<u8>>,
}

/// `pidns_entry` of `pidns-NUMBER.img`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Pids {
    /// The key by which the runtime names the namespace to be joined.
    #[prost(bytes = "vec", optional, tag = "1")]
    pub key: Option<Vec<u8>>,
}

/// `ghost_file_entry` of `ghost-file-NUMBER.img`: a file without a name.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Ghost {
    /// `st_mode`.
    #[prost(uint32, tag = "3")]
    pub mode: u32,
    /// Number of the device, as in `mknod`.
    #[prost(uint32, tag = "6")]
    pub device: u32,
}

/// `apparmor_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Apparmor {
    /// What is to be loaded.
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub policies: Vec<Vec<u8>>,
}

/// `file_entry` of `files.img`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct FileEntry {
    /// `fd_types` of `fdinfo.proto`.
    #[prost(uint32, tag = "1")]
    pub kind: u32,
    /// Its number.
    #[prost(uint32, tag = "2")]
    pub id: u32,
    /// What it is when it has a path.
    #[prost(message, optional, tag = "3")]
    pub regular: Option<Regular>,
    /// What it is as an internet socket.
    #[prost(message, optional, tag = "4")]
    pub inet: Option<Inet>,
    /// What it is as an inotify group.
    #[prost(message, optional, tag = "13")]
    pub watches: Option<Watches>,
}

/// `reg_file_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Regular {
    /// `O_*`.
    #[prost(uint32, tag = "2")]
    pub flags: u32,
    /// Its path.
    #[prost(bytes = "vec", tag = "6")]
    pub name: Vec<u8>,
    /// Its mount namespace.
    #[prost(sint32, optional, tag = "7")]
    pub mount: Option<i32>,
    /// Opened by a plugin or by a key of the runtime's.
    #[prost(bool, tag = "9")]
    pub external: bool,
    /// `st_mode`.
    #[prost(uint32, tag = "10")]
    pub mode: u32,
}

/// `inet_sk_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Inet {
    /// `SOCK_*`.
    #[prost(uint32, tag = "4")]
    pub kind: u32,
}

/// `inotify_file_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Watches {
    /// One after the other.
    #[prost(message, repeated, tag = "5")]
    pub all: Vec<Watch>,
}

/// `inotify_wd_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Watch {
    /// What is watched.
    #[prost(message, optional, tag = "7")]
    pub handle: Option<Handle>,
}

/// `fh_entry`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Handle {
    /// Its path, where that is known.
    #[prost(bytes = "vec", optional, tag = "4")]
    pub path: Option<Vec<u8>>,
}

/// `remap_file_path_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Remap {
    /// The file that is meant.
    #[prost(uint32, tag = "1")]
    pub file: u32,
    /// A file or a ghost, by the kind.
    #[prost(uint32, tag = "2")]
    pub by: u32,
    /// 0 linked, 1 ghost, 2 in /proc.
    #[prost(uint32, optional, tag = "3")]
    pub kind: Option<u32>,
}

/// `vma_entry`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Area {
    /// The file that is meant.
    #[prost(uint64, tag = "4")]
    pub file: u64,
    /// Kind of the area, bits.
    #[prost(uint32, tag = "7")]
    pub status: u32,
    /// `O_*` by which the file is opened for it.
    #[prost(uint32, optional, tag = "10")]
    pub open_flags: Option<u32>,
}
