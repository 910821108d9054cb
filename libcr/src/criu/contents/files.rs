//! What processes have open: `fdinfo-FILES.img` names entries of `files.img`, or, before CRIU 3.0,
//! of an image for each kind.

use std::collections::BTreeMap;

use prost::Message;

use super::super::wire;
use super::file_messages::{
    FdInfo, Fifo, FileEntry, InetSocket, MemoryContent, Namespace, NetlinkSocket, Numbered,
    PacketSocket, Pipe, RegularFile, Remap, Terminal, Tunnel, UnixSocket,
};
use super::sockets::{self, Ends};
use super::source::{Images, join};

/// The longest path that the kernel takes.
const PATH_LIMIT: usize = 4096;

/// Something that a process has open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenFile {
    /// Its number in the process.
    pub fd: u32,
    /// `file`, `pipe`, `tcp`, `udp`, `unix`, `eventfd`, `epoll`, `tty` and so on.
    pub kind: &'static str,
    /// A path, or addresses and state of a socket; empty for what has no name.
    pub what: String,
    /// Where in a file it reads or writes next, bytes.
    pub position: Option<u64>,
}

impl OpenFile {
    /// A socket of any family.
    pub fn is_socket(&self) -> bool {
        matches!(
            self.kind,
            "tcp" | "udp" | "raw" | "unix" | "netlink" | "packet"
        )
    }
}

/// Something that can be open, as `files.img` tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Opened {
    /// As in [`OpenFile::kind`].
    pub(super) kind: &'static str,
    /// Its path; empty for what has none.
    pub(super) path: String,
    /// The number in the kernel's name of a pipe. It differs after each thaw.
    pub(super) number: Option<u32>,
    pub(super) position: Option<u64>,
    pub(super) deleted: bool,
    pub(super) socket: Option<Ends>,
    /// Number of a file in memory; see [`FileTable::content`].
    pub(super) content: Option<u32>,
    /// The file that has its path.
    refers: Option<u32>,
    /// Inodes of a unix socket and of its other end.
    inodes: Option<(u32, u32)>,
}

impl Opened {
    /// Its path, else the kernel's name of it, as `readlink /proc/PID/fd/N` shows it; else empty.
    pub(super) fn name(&self) -> String {
        if !self.path.is_empty() {
            return self.path.clone();
        }
        let word = match (self.kind, self.number) {
            ("pipe", Some(number)) => return format!("pipe:[{number}]"),
            ("eventfd", _) => "[eventfd]",
            ("epoll", _) => "[eventpoll]",
            ("inotify", _) => "inotify",
            ("signalfd", _) => "[signalfd]",
            ("fanotify", _) => "[fanotify]",
            ("timerfd", _) => "[timerfd]",
            ("pidfd", _) => "[pidfd]",
            ("bpf-map", _) => "bpf-map",
            _ => return String::new(),
        };
        format!("anon_inode:{word}")
    }
}

/// All open files of a checkpoint by their ids.
#[derive(Debug, Default)]
pub(super) struct FileTable {
    files: BTreeMap<u32, Opened>,
    /// Files in memory by number: the shared memory that holds each, and its size.
    contents: BTreeMap<u32, (u64, u64)>,
}

impl FileTable {
    pub(super) fn read(images: &mut Images<'_>) -> Self {
        let mut table = Self::default();
        let root = images.source().root();
        let image = join(&root, "files.img");
        images.each(&image, wire::FILES, |images, at, entry: FileEntry| {
            let id = entry.id;
            let opened = opened(&entry);
            if opened.kind == "other" {
                let what = format!(
                    "at byte {at}: an open file of a kind that is not known ({})",
                    entry.kind
                );
                images.remark(&image, &what);
            }
            table.add(images, id, opened)
        });
        table.read_old(images, &root);
        table.resolve(images, &root);
        table
    }

    fn add(&mut self, images: &mut Images<'_>, id: u32, opened: Opened) -> bool {
        if !images.may_grow() {
            return false;
        }
        self.files.entry(id).or_insert(opened);
        true
    }

    /// The images of a time when each kind had its own.
    fn read_old(&mut self, images: &mut Images<'_>, root: &str) {
        self.old(
            images,
            root,
            "reg-files.img",
            wire::REG_FILES,
            |old: RegularFile| (old.id, file(1, |entry| entry.regular = Some(old))),
        );
        self.old(images, root, "pipes.img", wire::PIPES, |old: Pipe| {
            (old.id, file(2, |entry| entry.pipe = Some(old)))
        });
        self.old(images, root, "fifo.img", wire::FIFO, |old: Fifo| {
            (old.id, file(3, |entry| entry.fifo = Some(old)))
        });
        self.old(
            images,
            root,
            "inetsk.img",
            wire::INETSK,
            |old: InetSocket| (old.id, file(4, |entry| entry.inet = Some(old))),
        );
        self.old(
            images,
            root,
            "unixsk.img",
            wire::UNIXSK,
            |old: UnixSocket| (old.id, file(5, |entry| entry.unix = Some(old))),
        );
        self.old(
            images,
            root,
            "packetsk.img",
            wire::PACKETSK,
            |old: PacketSocket| (old.id, file(10, |entry| entry.packet = Some(old))),
        );
        self.old(images, root, "tty.img", wire::TTY, |old: Terminal| {
            (old.id, file(11, |entry| entry.terminal = Some(old)))
        });
        self.old(
            images,
            root,
            "netlinksk.img",
            wire::NETLINKSK,
            |old: NetlinkSocket| (old.id, file(13, |entry| entry.netlink = Some(old))),
        );
        self.old(
            images,
            root,
            "ns-files.img",
            wire::NS_FILES,
            |old: Namespace| (old.id, file(14, |entry| entry.namespace = Some(old))),
        );
        self.old(images, root, "tunfile.img", wire::TUNFILE, |old: Tunnel| {
            (old.id, file(15, |entry| entry.tunnel = Some(old)))
        });
        let plain: [(&str, &[u32], u32); 7] = [
            ("eventfd.img", wire::EVENTFD, 6),
            ("eventpoll.img", wire::EVENTPOLL, 7),
            ("inotify.img", wire::INOTIFY, 8),
            ("signalfd.img", wire::SIGNALFD, 9),
            ("fanotify.img", wire::FANOTIFY, 12),
            ("ext-files.img", wire::EXT_FILES, 16),
            ("timerfd.img", wire::TIMERFD, 17),
        ];
        for (name, magics, kind) in plain {
            self.old(images, root, name, magics, |old: Numbered| {
                (old.id, file(kind, |_| {}))
            });
        }
    }

    fn old<M: Message + Default>(
        &mut self,
        images: &mut Images<'_>,
        root: &str,
        name: &str,
        magics: &[u32],
        entry: impl Fn(M) -> (u32, FileEntry),
    ) {
        images.each(&join(root, name), magics, |images, _, message: M| {
            let (id, entry) = entry(message);
            self.add(images, id, opened(&entry))
        });
    }

    /// Puts together what several images tell of one file.
    fn resolve(&mut self, images: &mut Images<'_>, root: &str) {
        let mut names: BTreeMap<u32, String> = BTreeMap::new();
        images.each(
            &join(root, "memfd.img"),
            wire::MEMFD,
            |images, _, content: MemoryContent| {
                // Wider in the image than what refers to it.
                let id = u32::try_from(content.id).unwrap_or(u32::MAX);
                names.insert(id, format!("/memfd:{}", text(&content.name)));
                self.contents
                    .insert(id, (content.shared.into(), content.size));
                images.may_grow()
            },
        );
        images.each(
            &join(root, "remap-fpath.img"),
            wire::REMAP,
            |_, _, remap: Remap| {
                // 2: a path in /proc of a process that is gone, which CRIU makes again.
                if remap.kind != Some(2)
                    && let Some(opened) = self.files.get_mut(&remap.file)
                {
                    opened.deleted = true;
                }
                true
            },
        );
        let mut found: Vec<(u32, String, bool)> = Vec::new();
        for (id, opened) in &self.files {
            if let Some(other) = opened.refers.and_then(|id| self.files.get(&id)) {
                found.push((*id, images.keep(&other.path), other.deleted));
            } else if let Some(name) = opened.content.and_then(|id| names.get(&id)) {
                found.push((*id, images.keep(name), false));
            }
        }
        for (id, path, deleted) in found {
            if let Some(opened) = self.files.get_mut(&id) {
                opened.path = path;
                opened.deleted |= deleted;
            }
        }
        let mut ends: Vec<(u32, String)> = Vec::new();
        let sockets =
            |opened: &Opened| Some((opened.inodes?.0, opened.socket.as_ref()?.local.clone()));
        let mut by_inode: BTreeMap<u32, String> = self.files.values().filter_map(sockets).collect();
        // That of no other end.
        by_inode.remove(&0);
        for (id, opened) in &self.files {
            if let Some(peer) = opened.inodes.and_then(|(_, peer)| by_inode.get(&peer)) {
                ends.push((*id, images.keep(peer)));
            }
        }
        for (id, peer) in ends {
            let opened = self.files.get_mut(&id);
            if let Some(ends) = opened.and_then(|opened| opened.socket.as_mut()) {
                ends.remote = peer;
            }
        }
    }

    /// What has this id.
    pub(super) fn get(&self, id: u32) -> Option<&Opened> {
        self.files.get(&id)
    }

    /// The path of the file with this id; empty when there is none.
    pub(super) fn path(&self, id: u32) -> &str {
        self.get(id).map_or("", |opened| &opened.path)
    }

    /// The shared memory that holds a file in memory, and its size in bytes.
    pub(super) fn content(&self, id: u32) -> Option<(u64, u64)> {
        self.contents.get(&self.get(id)?.content?).copied()
    }

    /// What the table of open files with this number holds, by number in the process.
    pub(super) fn of(&self, images: &mut Images<'_>, number: u32) -> Vec<(u32, &Opened)> {
        let image = join(&images.source().root(), &format!("fdinfo-{number}.img"));
        let mut found = Vec::new();
        images.each(&image, wire::FDINFO, |images, at, entry: FdInfo| {
            let Some(opened) = self.get(entry.id) else {
                let what = format!(
                    "at byte {at}: descriptor {} is of a file that is in no image",
                    entry.fd
                );
                images.remark(&image, &what);
                return true;
            };
            found.push((entry.fd, opened));
            images.may_grow()
        });
        found.sort_by_key(|(fd, _)| *fd);
        found
    }
}

/// An entry of `files.img` for one of an older image.
fn file(kind: u32, fill: impl FnOnce(&mut FileEntry)) -> FileEntry {
    let mut entry = FileEntry {
        kind,
        ..FileEntry::default()
    };
    fill(&mut entry);
    entry
}

/// A name as it is kept: text, and no longer than a path can be.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(PATH_LIMIT)]).into_owned()
}

fn opened(entry: &FileEntry) -> Opened {
    let mut opened = Opened {
        kind: kind(entry.kind),
        ..Opened::default()
    };
    if let Some(socket) = &entry.inet {
        let (kind, ends) = sockets::inet(socket);
        opened.kind = kind;
        opened.socket = Some(ends);
    } else if let Some(socket) = &entry.unix {
        opened.kind = "unix";
        opened.socket = Some(sockets::unix(socket));
        opened.inodes = Some((socket.inode, socket.peer));
    } else if let Some(socket) = &entry.netlink {
        opened.socket = Some(sockets::netlink(socket));
    } else if let Some(socket) = &entry.packet {
        opened.socket = Some(sockets::packet(socket));
    } else if let Some(file) = &entry.regular {
        opened.kind = "file";
        opened.path = text(&file.name);
        opened.position = Some(file.position);
    } else if let Some(pipe) = &entry.pipe {
        opened.number = Some(pipe.pipe);
    } else if let Some(fifo) = &entry.fifo {
        opened.refers = fifo.file;
    } else if let Some(terminal) = &entry.terminal {
        opened.refers = terminal.file;
    } else if let Some(memory) = &entry.memory {
        opened.content = Some(memory.content);
        opened.position = Some(memory.position);
    } else if let Some(namespace) = &entry.namespace {
        opened.path.push_str(namespace_word(namespace.kind));
    } else if let Some(tunnel) = &entry.tunnel {
        opened.path = text(&tunnel.interface);
    }
    opened
}

/// `fd_types` of CRIU's images/fdinfo.proto.
fn kind(number: u32) -> &'static str {
    match number {
        1 => "file",
        2 => "pipe",
        3 => "fifo",
        4 => "raw",
        5 => "unix",
        6 => "eventfd",
        7 => "epoll",
        8 => "inotify",
        9 => "signalfd",
        10 => "packet",
        11 => "tty",
        12 => "fanotify",
        13 => "netlink",
        14 => "namespace",
        15 => "tun",
        16 => "external",
        17 => "timerfd",
        18 => "memfd",
        19 => "bpf-map",
        20 => "pidfd",
        _ => "other",
    }
}

/// The kind of a namespace by its `CLONE_NEW*` (Linux `include/uapi/linux/sched.h`).
fn namespace_word(flag: u32) -> &'static str {
    match flag {
        0x80 => "time",
        0x0002_0000 => "mnt",
        0x0200_0000 => "cgroup",
        0x0400_0000 => "uts",
        0x0800_0000 => "ipc",
        0x1000_0000 => "user",
        0x2000_0000 => "pid",
        0x4000_0000 => "net",
        _ => "",
    }
}
