//! A checkpoint made by hand, and the parts that it is made of.

use std::fs;
use std::path::Path;

use prost::Message;

use crate::criu::contents::file_messages::{
    FdInfo, FileEntry, MemoryContent, MemoryFile, NetlinkSocket, PacketSocket, Pipe, RegularFile,
    Remap, Terminal, UnixSocket,
};
use crate::criu::contents::messages::{
    AddressSpace, Area, Core, Credentials, PagemapEntry, PagemapHead, Place, TaskCore, TaskIds,
    ThreadCore,
};
use crate::criu::contents::{Directory, Look};
use crate::criu::messages::{Inventory, Process};
use crate::criu::wire;

pub(super) const PAGE: u64 = 4096;

pub(super) fn write<M: Message>(images: &Path, name: &str, magics: &[u32], entries: &[M]) {
    let entries: Vec<Vec<u8>> = entries.iter().map(Message::encode_to_vec).collect();
    let bytes = wire::image(magics, entries.iter().map(Vec::as_slice)).unwrap();
    fs::write(images.join(name), bytes).unwrap();
}

pub(super) fn look(images: &Path) -> Look {
    Look::into(&mut Directory::new(images, ""), true)
}

/// A file with a path.
pub(super) fn regular(id: u32, name: &[u8]) -> FileEntry {
    FileEntry {
        kind: 1,
        id,
        regular: Some(RegularFile {
            id,
            position: u64::from(id),
            name: name.into(),
        }),
        ..FileEntry::default()
    }
}

pub(super) fn unix(id: u32, inode: u32, peer: u32, name: &[u8]) -> FileEntry {
    FileEntry {
        kind: 5,
        id,
        unix: Some(UnixSocket {
            id,
            inode,
            kind: 1,
            state: 1,
            peer,
            name: name.into(),
        }),
        ..FileEntry::default()
    }
}

pub(super) fn core() -> Core {
    Core {
        architecture: 3,
        task: Some(TaskCore {
            state: 1,
            command: b"server\x1b[2J".into(),
        }),
        ids: Some(TaskIds { files: 9 }),
        thread: Some(ThreadCore {
            credentials: Some(Credentials {
                effective_user: 33,
                effective_group: 44,
            }),
        }),
    }
}

pub(super) fn area(start: u64, pages: u64, status: u32, shared: u64) -> Area {
    Area {
        start: start * PAGE,
        end: (start + pages) * PAGE,
        shared,
        status,
        ..Area::default()
    }
}

pub(super) fn map(images: &Path, name: &str, pages_id: u32, runs: &[(u64, u64, u32)]) {
    let mut bytes = vec![PagemapHead { pages_id }.encode_to_vec()];
    let entry = |&(address, pages, flags): &(u64, u64, u32)| PagemapEntry {
        address: address * PAGE,
        pages: Some(pages),
        flags: Some(flags),
        ..PagemapEntry::default()
    };
    bytes.extend(runs.iter().map(|run| entry(run).encode_to_vec()));
    let image = wire::image(wire::PAGEMAP, bytes.iter().map(Vec::as_slice)).unwrap();
    fs::write(images.join(name), image).unwrap();
}

pub(super) fn address_space(images: &Path, name: &str, areas: &[Area]) {
    let facts = AddressSpace {
        // The arguments cross the pages 20 and 21, the environment is behind them.
        arguments_start: 21 * PAGE - 4,
        arguments_end: 21 * PAGE + 4,
        environment_start: 21 * PAGE + 4,
        environment_end: 21 * PAGE + 16,
        executable: 1,
        auxiliary: vec![33, 7, 6, PAGE, 0, 0],
    };
    let mut bytes = facts.encode_to_vec();
    for area in areas {
        prost::encoding::message::encode(14, area, &mut bytes);
    }
    let image = wire::image(wire::MM, [bytes.as_slice()]).unwrap();
    fs::write(images.join(name), image).unwrap();
}

/// A whole checkpoint of one process and of a zombie.
pub(super) fn sample() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let images = directory.path();
    let inventory = Inventory {
        img_version: 2,
        ..Inventory::default()
    };
    write(images, "inventory.img", wire::INVENTORY, &[inventory]);
    let process = |pid, ppid, threads: &[u32]| Process {
        pid,
        ppid,
        pgid: 1,
        sid: 1,
        threads: threads.to_vec(),
    };
    let tree = [process(1, 0, &[1, 5]), process(3, 1, &[3])];
    write(images, "pstree.img", wire::PSTREE, &tree);
    write(images, "core-1.img", wire::CORE, &[core()]);
    let mut zombie = core();
    zombie.task.as_mut().unwrap().state = 2;
    write(images, "core-3.img", wire::CORE, &[zombie]);
    let place = Place {
        working_directory: 2,
    };
    write(images, "fs-1.img", wire::FS, &[place]);
    let kind = |kind, id| FileEntry {
        kind,
        id,
        ..FileEntry::default()
    };
    let files = [
        regular(1, b"/bin/server"),
        regular(2, b"/srv"),
        regular(3, b"/tmp/gone"),
        FileEntry {
            pipe: Some(Pipe { id: 4, pipe: 777 }),
            ..kind(2, 4)
        },
        FileEntry {
            terminal: Some(Terminal {
                id: 5,
                file: Some(6),
            }),
            ..kind(11, 5)
        },
        regular(6, b"/dev/pts/0"),
        kind(6, 7),
        FileEntry {
            memory: Some(MemoryFile {
                id: 8,
                position: 0,
                content: 1,
            }),
            ..kind(18, 8)
        },
        unix(9, 100, 101, b""),
        unix(10, 101, 100, b"/run/x.sock\0"),
        FileEntry {
            netlink: Some(NetlinkSocket {
                id: 11,
                protocol: 0,
                port: 1,
                target_port: 0,
            }),
            ..kind(13, 11)
        },
        FileEntry {
            packet: Some(PacketSocket {
                id: 12,
                protocol: 0x0300,
                interface: 2,
            }),
            ..kind(10, 12)
        },
    ];
    write(images, "files.img", wire::FILES, &files);
    let content = MemoryContent {
        name: b"cache".into(),
        size: 3 * PAGE,
        shared: 50,
        id: 1,
    };
    write(images, "memfd.img", wire::MEMFD, &[content]);
    let remap = Remap {
        file: 3,
        kind: Some(1),
    };
    write(images, "remap-fpath.img", wire::REMAP, &[remap]);
    let open: Vec<FdInfo> = (3..=12).map(|id| FdInfo { id, fd: id }).collect();
    write(images, "fdinfo-9.img", wire::FDINFO, &open);
    let areas = [
        area(10, 4, 0x241, 0),
        area(8, 1, 0x221, 0),
        area(20, 2, 0x203, 0),
        area(30, 2, 0x101, 60),
        area(40, 1, 0x4081, 8),
        area(50, 1, 0x1201, 0),
        area(12, 1, 0x10000, 0),
    ];
    address_space(images, "mm-1.img", &areas);
    map(
        images,
        "pagemap-1.img",
        1,
        &[(8, 1, 4), (13, 1, 4), (20, 2, 4)],
    );
    let mut pages = vec![0; 4 * 4096];
    pages[3 * 4096 - 4..3 * 4096 + 16].copy_from_slice(b"srv\0-vv\0A=1\0B=\xff\0C=x\0");
    fs::write(images.join("pages-1.img"), pages).unwrap();
    map(images, "pagemap-shmem-60.img", 2, &[(0, 1, 4)]);
    fs::write(images.join("pages-2.img"), [0; 4096]).unwrap();
    map(images, "pagemap-shmem-70.img", 3, &[(0, 2, 4)]);
    fs::write(images.join("pages-3.img"), [0; 8192]).unwrap();
    fs::write(images.join("tcp-stream-1f.img"), "x").unwrap();
    directory
}
