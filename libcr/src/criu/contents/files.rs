//! What processes have open: `fdinfo-FILES.img` names entries of `files.img`.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use super::super::{CriuError, wire};
use super::messages::{FdInfo, FileEntry, InetSocket, UnixSocket};
use super::optional;

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

/// `files.img`: all open files of a checkpoint by their ids.
#[derive(Debug, Default)]
pub(super) struct FileTable(BTreeMap<u32, FileEntry>);

impl FileTable {
    pub(super) fn read(images: &Path) -> Result<Self, CriuError> {
        let entries: Vec<FileEntry> = optional(&images.join("files.img"), wire::FILES)?;
        Ok(Self(
            entries.into_iter().map(|entry| (entry.id, entry)).collect(),
        ))
    }

    /// What the table of open files with this number holds.
    pub(super) fn of(&self, images: &Path, number: u32) -> Result<Vec<OpenFile>, CriuError> {
        let path = images.join(format!("fdinfo-{number}.img"));
        let entries: Vec<FdInfo> = optional(&path, wire::FDINFO)?;
        let mut files: Vec<OpenFile> = entries
            .iter()
            .filter_map(|entry| Some(open_file(entry.fd, self.0.get(&entry.id)?)))
            .collect();
        files.sort_by_key(|file| file.fd);
        Ok(files)
    }
}

fn open_file(fd: u32, entry: &FileEntry) -> OpenFile {
    let unnamed = |kind| (kind, String::new());
    let (kind, what) = match (&entry.inet, &entry.unix, &entry.regular) {
        (Some(socket), _, _) => inet(socket),
        (_, Some(socket), _) => ("unix", unix(socket)),
        (_, _, Some(file)) => ("file", String::from_utf8_lossy(&file.name).into_owned()),
        // `fd_types` of CRIU's images/fdinfo.proto. Numbers of pipes and the like are left out:
        // they differ after each thaw.
        _ => unnamed(match entry.kind {
            2 => "pipe",
            3 => "fifo",
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
            _ => "other",
        }),
    };
    OpenFile {
        fd,
        kind,
        what,
        position: entry.regular.as_ref().map(|file| file.position),
    }
}

/// States of sockets that say something (Linux `include/net/tcp_states.h`).
fn state(number: u32, connected: bool) -> &'static str {
    match number {
        1 if connected => " established",
        2 | 3 => " connecting",
        4..=6 | 8 | 9 | 11 => " closing",
        10 => " listening",
        _ => "",
    }
}

fn inet(socket: &InetSocket) -> (&'static str, String) {
    let kind = match socket.kind {
        1 => "tcp",
        2 => "udp",
        _ => "raw",
    };
    let address = |words: &[u32], port: u32| -> Option<SocketAddr> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let port = u16::try_from(port).ok()?;
        if let Ok(four) = <[u8; 4]>::try_from(bytes.get(..4)?)
            && socket.family == 2
        {
            return Some((Ipv4Addr::from(four), port).into());
        }
        let sixteen = <[u8; 16]>::try_from(bytes.get(..16)?).ok()?;
        Some((Ipv6Addr::from(sixteen), port).into())
    };
    let mut what = address(&socket.source, socket.source_port)
        .map_or_else(String::new, |source| source.to_string());
    if let Some(target) = address(&socket.target, socket.target_port)
        && target.port() != 0
    {
        what.push_str(" -> ");
        what.push_str(&target.to_string());
    }
    what.push_str(state(socket.state, kind == "tcp"));
    (kind, what)
}

fn unix(socket: &UnixSocket) -> String {
    let name = match socket.name.as_slice() {
        // An abstract name, as ss(8) and /proc/net/unix show it.
        [0, rest @ ..] => format!("@{}", String::from_utf8_lossy(rest)),
        // A path's end is stored with it.
        name => String::from_utf8_lossy(name.strip_suffix(&[0]).unwrap_or(name)).into_owned(),
    };
    // Only a stream is connected: type 2 is a datagram socket.
    let what = name + state(socket.state, socket.kind != 2);
    what.trim_start().to_owned()
}
