//! What `checkpoint show` tells of a checkpoint: pure data, in the order in which people read it.
//!
//! Every text in it comes from a file that nobody vouches for: it is as it was stored, except that
//! bytes that are not UTF-8 are replaced. Whoever prints it makes it harmless for its medium.

use std::collections::BTreeMap;

use serde::Serialize;

use super::checkpoint::DumpStatistics;

/// A checkpoint as far as it is understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Shown {
    /// The file or the name that was asked for.
    pub source: String,
    /// What made it, and where.
    pub origin: Origin,
    /// How it is sealed.
    pub seal: Seal,
    /// The frozen container.
    pub container: Container,
    /// What of the way into the checkpoint is known, in order.
    pub timeline: Vec<Moment>,
    /// CRIU's figures of the dump.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistics: Option<DumpStatistics>,
    /// Bytes by purpose.
    pub sizes: Sizes,
    /// Processes by process id; each names its parent.
    pub processes: Vec<Process>,
    /// Memory that several processes may share, once each: System V segments, shared anonymous
    /// mappings.
    pub shared_memory: Vec<SharedMemory>,
    /// Mounts in the container, from its specification.
    pub mounts: Vec<Mount>,
    /// Named volumes.
    pub volumes: Vec<Volume>,
    /// Addresses on its networks.
    pub networks: Vec<Network>,
    /// Paths that were added to the root file system or changed; `None`: it can't be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_files: Option<u64>,
    /// Absolute paths that were removed from the root file system.
    pub deleted_files: Vec<String>,
    /// Where understanding ends: what could not be read and why, a sentence each, with the file
    /// and, for a damaged one, the offset in it.
    pub unclear: Vec<String>,
}

/// What made the checkpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Origin {
    /// `cryopod`, `Podman`, `CRI-O`, `containerd`; empty when it can't be told.
    pub engine: String,
    /// Its version; empty when it can't be told.
    pub engine_version: String,
    /// Version of the archive format, for archives of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format_version: Option<u32>,
    /// `crun`, `runc`; empty when it can't be told.
    pub runtime: String,
    /// As the runtime says it.
    pub runtime_version: String,
    /// CRIU's version, `4.2.1`; empty when it can't be told.
    pub criu: String,
    /// `uname -r` of the host; empty when it can't be told.
    pub kernel: String,
    /// `amd64`, `arm64`; empty when it can't be told.
    pub architecture: String,
    /// 1 or 2; 0 when it can't be told.
    pub cgroup_version: u32,
    /// What the checkpoint needs to be thawed: `--tcp-established`, `--file-locks`.
    pub needs: Vec<String>,
}

/// How a checkpoint is sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Seal {
    /// It is encrypted, and was opened with a key.
    pub encrypted: bool,
    /// Id of the key that it says it is signed by, which was not checked; empty: it is not signed.
    pub key: String,
    /// The comment of that signature.
    pub comment: String,
}

/// The frozen container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Container {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Name of its image.
    pub image: String,
    /// Id of its image, 64 hexadecimal digits.
    pub image_id: String,
    /// Id of the image that travels inside the checkpoint, 64 hexadecimal digits; empty: none does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub image_inside: String,
    /// When it was created, RFC 3339.
    pub created: String,
    /// Its command, from the specification.
    pub command: Vec<String>,
    /// Its host name.
    pub hostname: String,
}

/// Something that happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Moment {
    /// `asked`, `frozen`, `dumped`, `captured`, `written`.
    pub what: String,
    /// RFC 3339 with microseconds.
    pub at: String,
}

/// Bytes by purpose, before compression.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Sizes {
    /// The file as it is on disk; 0: it is no single file.
    pub archive: u64,
    /// Memory pages.
    pub memory: u64,
    /// All of CRIU's images, memory among them.
    pub images: u64,
    /// Changes of the root file system, as a tar.
    pub rootfs_diff: u64,
    /// /dev/shm, as a tar.
    pub dev_shm: u64,
    /// Named volumes, as tars.
    pub volumes: u64,
    /// The log.
    pub log: u64,
}

/// A process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Process {
    /// Process id in the container.
    pub pid: u32,
    /// That of its parent, 0 for the first process.
    pub parent: u32,
    /// Its process group.
    pub group: u32,
    /// Its session.
    pub session: u32,
    /// Its name: the first 15 bytes of its program's.
    pub command: String,
    /// Its command line; empty when it can't be told (its memory is elsewhere, a zombie's is gone).
    pub arguments: Vec<String>,
    /// `running`, `stopped` or `zombie`.
    pub state: String,
    /// Number of its threads.
    pub threads: usize,
    /// Its effective user id in the container.
    pub user: u32,
    /// Its effective group id in the container.
    pub group_id: u32,
    /// Path of its program.
    pub executable: String,
    /// Where it is.
    pub working_directory: String,
    /// `NAME=VALUE`; `None` unless it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Vec<String>>,
    /// Its address space by kind: `heap`, `stack`, `anonymous`, `file`, `shared`, `vdso`.
    pub memory: BTreeMap<String, Memory>,
    /// Files, pipes and the like that it has open.
    pub files: Vec<OpenFile>,
    /// Its sockets.
    pub sockets: Vec<Socket>,
}

/// How much memory of a kind there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Memory {
    /// Bytes of the address space.
    pub mapped: u64,
    /// Bytes that the checkpoint, or one that it builds upon, holds of it.
    pub stored: u64,
}

/// Memory that several processes may share.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SharedMemory {
    /// Who maps it, by process id.
    pub processes: Vec<u32>,
    /// How much there is of it.
    #[serde(flatten)]
    pub memory: Memory,
}

/// Something that a process has open, sockets apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OpenFile {
    /// Its number in the process.
    pub fd: u32,
    /// `file`, `pipe`, `fifo`, `eventfd`, `epoll`, `tty` and so on.
    pub kind: String,
    /// Its path, else the kernel's name of it (`pipe:[123]`), else empty.
    pub path: String,
    /// Where in a file it reads or writes next, bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// The file has no name any more.
    pub deleted: bool,
}

/// A socket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Socket {
    /// Its number in the process.
    pub fd: u32,
    /// `tcp`, `udp`, `raw`, `unix`, `netlink`, `packet`.
    pub kind: String,
    /// `established`, `listening`, `connecting`, `closing`; empty where there is nothing to say.
    pub state: String,
    /// `address:port`, a path, `@name` in the abstract space; empty for one without a name.
    pub local: String,
    /// The same of the other end.
    pub remote: String,
}

/// A mount in the container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Mount {
    /// Where in the container.
    pub destination: String,
    /// `bind`, `tmpfs`, `proc` and so on.
    pub kind: String,
    /// Path on the host it was frozen on, or the file system's word.
    pub source: String,
    /// Its options.
    pub options: Vec<String>,
}

/// A named volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Volume {
    /// Its name.
    pub name: String,
    /// Where in the container; empty when it can't be told.
    pub destination: String,
    /// Bytes of its content in the checkpoint, as a tar; `None`: the content is not in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// Its place on a network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Network {
    /// Name of the network.
    pub name: String,
    /// Name of the interface in the container.
    pub interface: String,
    /// Addresses with prefix length.
    pub addresses: Vec<String>,
    /// MAC address.
    pub mac: String,
}
