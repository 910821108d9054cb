//! Images made by hand, and those of a real dump.

use std::fs;
use std::os::unix::fs::symlink;

use proptest::prelude::*;
use prost::Message;

use super::file_messages::{FdInfo, FileEntry, InetSocket, RegularFile, UnixSocket};
use super::messages::{AddressSpace, Area, PagemapEntry, PagemapHead, TaskCore};
use super::*;

const PAGE: u64 = 4096;

fn write(images: &Path, name: &str, magics: &[u32], entries: &[Vec<u8>]) {
    let bytes = wire::image(magics, entries.iter().map(Vec::as_slice)).unwrap();
    fs::write(images.join(name), bytes).unwrap();
}

/// One process with runs of (address, pages, flags), and its pages by their fill bytes.
fn memory(images: &Path, runs: &[(u64, u64, u32)], pages: &[u8]) {
    let mut entries = vec![PagemapHead { pages_id: 1 }.encode_to_vec()];
    for &(address, pages, flags) in runs {
        let entry = PagemapEntry {
            address: address * PAGE,
            pages: Some(pages),
            flags: Some(flags),
            ..PagemapEntry::default()
        };
        entries.push(entry.encode_to_vec());
    }
    write(images, "pagemap-1.img", wire::PAGEMAP, &entries);
    let bytes: Vec<u8> = pages.iter().flat_map(|fill| [*fill; 4096]).collect();
    fs::write(images.join("pages-1.img"), bytes).unwrap();
}

/// An entry of `mm-PID.img`.
fn address_space(facts: &AddressSpace, areas: &[Area]) -> Vec<u8> {
    let mut bytes = facts.encode_to_vec();
    for area in areas {
        prost::encoding::message::encode(14, area, &mut bytes);
    }
    bytes
}

fn counts(old: &Path, new: &Path) -> PageCounts {
    let (old, new) = (
        Memory::read(old, "1").unwrap(),
        Memory::read(new, "1").unwrap(),
    );
    old.compare(&new).unwrap()
}

#[test]
fn pages_by_their_fate() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (old, new) = (old.path(), new.path());
    // Addresses 10-13 and 20-21; then 12-15 (12 as it was, 13 changed) and 30.
    memory(old, &[(10, 4, 4), (20, 2, 4)], &[1, 2, 3, 4, 5, 6]);
    memory(new, &[(12, 4, 4), (30, 1, 4)], &[3, 9, 9, 9, 9]);
    let expected = PageCounts {
        same: 1,
        changed: 1,
        new: 3,
        gone: 4,
    };
    assert_eq!(counts(old, new), expected);
    let same = counts(old, old);
    assert_eq!((same.same, same.changed, same.new, same.gone), (6, 0, 0, 0));
    let nothing = counts(new, tempfile::tempdir().unwrap().path());
    assert_eq!((nothing.same, nothing.gone), (0, 5));
}

#[test]
fn pages_of_parents_are_found() {
    let root = tempfile::tempdir().unwrap();
    let dir = |name: &str| {
        let path = root.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    };
    let (first, second, alone) = (dir("first"), dir("second"), dir("alone"));
    memory(&first, &[(10, 4, 4)], &[1, 2, 3, 4]);
    memory(&second, &[(10, 1, 4), (11, 2, 1), (13, 1, 4)], &[1, 7]);
    symlink("../first", second.join("parent")).unwrap();
    memory(&alone, &[(10, 4, 4)], &[1, 2, 3, 7]);
    assert_eq!(counts(&second, &alone).same, 4);
    assert_eq!(counts(&first, &second).changed, 1);
    // A chain that bites its own tail ends.
    symlink("../first", first.join("parent")).unwrap();
    memory(&first, &[(10, 4, 1)], &[]);
    assert!(Memory::read(&first, "1").is_err());
}

#[test]
fn lengths_are_not_believed() {
    let images = tempfile::tempdir().unwrap();
    let images = images.path();
    for runs in [
        &[(10, 3, 4)][..],
        &[(10, u64::MAX, 4)],
        &[(u64::MAX / PAGE, 2, 4)],
        &[(10, 2, 4), (11, 0, 4)],
    ] {
        memory(images, runs, &[1, 2]);
        assert!(Memory::read(images, "1").is_err(), "{runs:?}");
    }
    fs::remove_file(images.join("pages-1.img")).unwrap();
    symlink("/etc/passwd", images.join("pages-1.img")).unwrap();
    assert!(Memory::read(images, "1").is_err());
}

#[test]
fn open_files_and_sockets() {
    let images = tempfile::tempdir().unwrap();
    let images = images.path();
    let file = |id, kind| FileEntry {
        kind,
        id,
        ..FileEntry::default()
    };
    let entries = [
        FileEntry {
            regular: Some(RegularFile {
                position: 7,
                name: b"/data/\xff".into(),
                ..RegularFile::default()
            }),
            ..file(1, 1)
        },
        FileEntry {
            inet: Some(InetSocket {
                family: 2,
                kind: 1,
                state: 1,
                source_port: 80,
                target_port: 4000,
                source: vec![u32::from_le_bytes([10, 88, 0, 2])],
                target: vec![u32::from_le_bytes([10, 88, 0, 1])],
                ..InetSocket::default()
            }),
            ..file(2, 4)
        },
        FileEntry {
            inet: Some(InetSocket {
                family: 10,
                kind: 1,
                state: 10,
                source_port: 443,
                source: vec![0; 4],
                target: vec![0; 4],
                ..InetSocket::default()
            }),
            ..file(3, 4)
        },
        FileEntry {
            unix: Some(UnixSocket {
                kind: 1,
                state: 10,
                name: b"\0name".into(),
                ..UnixSocket::default()
            }),
            ..file(4, 5)
        },
        file(5, 2),
    ];
    let entries: Vec<Vec<u8>> = entries.iter().map(Message::encode_to_vec).collect();
    write(images, "files.img", wire::FILES, &entries);
    let fds: Vec<Vec<u8>> = (1..=6)
        .rev()
        .map(|id| FdInfo { id, fd: id + 2 }.encode_to_vec())
        .collect();
    write(images, "fdinfo-9.img", wire::FDINFO, &fds);
    let mut source = Directory::new(images, "");
    let mut images = Images::new(&mut source);
    let table = FileTable::read(&mut images);
    let found = table.of(&mut images, 9);
    let found: Vec<OpenFile> = found.into_iter().map(open_file).collect();
    assert!(images.wrong.is_empty());
    // 6 is in no table.
    assert_eq!(images.notes.len(), 1);
    let shown: Vec<_> = found
        .iter()
        .map(|file| (file.fd, file.kind, file.what.as_str(), file.is_socket()))
        .collect();
    assert_eq!(
        shown,
        [
            (3, "file", "/data/\u{fffd}", false),
            (4, "tcp", "10.88.0.2:80 -> 10.88.0.1:4000 established", true),
            (5, "tcp", "[::]:443 listening", true),
            (6, "unix", "@name listening", true),
            (7, "pipe", "", false),
        ]
    );
    assert_eq!(found[0].position, Some(7));
    assert!(table.of(&mut images, 8).is_empty());
}

#[test]
fn processes_of_a_real_dump() {
    let images = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("pstree.img", &include_bytes!("../testdata/pstree.img")[..]),
        ("core-1.img", include_bytes!("../testdata/core-1.img")),
        ("core-6.img", include_bytes!("../testdata/core-6.img")),
    ] {
        fs::write(images.path().join(name), bytes).unwrap();
    }
    let contents = Contents::read(images.path()).unwrap();
    let shown: Vec<_> = contents
        .tasks
        .iter()
        .map(|task| (task.pid, task.parent, task.command.as_str(), task.state))
        .collect();
    assert_eq!(shown, [(1, 0, "sh", "running"), (6, 1, "sleep", "running")]);
    assert_eq!(contents.memory(1).unwrap().pages(), 0);
    assert!(contents.shared().unwrap().is_empty());
    // The same memory in both processes, and an area that is not shared.
    let area = |start, shared, status| Area {
        start,
        end: start + PAGE,
        shared,
        status,
        ..Area::default()
    };
    let space = |areas: &[Area]| [address_space(&AddressSpace::default(), areas)];
    let one = space(&[area(0x1000, 0, 0x201), area(0x5000, 77, 0x101)]);
    let six = space(&[area(0x9000, 77, 0x101), area(0xa000, 78, 0x101)]);
    write(images.path(), "mm-1.img", wire::MM, &one);
    write(images.path(), "mm-6.img", wire::MM, &six);
    memory(images.path(), &[(0, 2, 4)], &[1, 2]);
    let pagemap = images.path().join("pagemap-1.img");
    fs::rename(pagemap, images.path().join("pagemap-shmem-77.img")).unwrap();
    let shared = contents.shared().unwrap();
    let shown: Vec<_> = shared
        .iter()
        .map(|(place, memory)| (*place, memory.pages()))
        .collect();
    assert_eq!(shown, [((1, 0x5000), 2), ((6, 0xa000), 0)]);
    let stopped = Core {
        task: Some(TaskCore {
            state: 3,
            command: b"x".into(),
        }),
        ..Core::default()
    };
    let core = [stopped.encode_to_vec()];
    write(images.path(), "core-6.img", wire::CORE, &core);
    assert_eq!(
        Contents::read(images.path()).unwrap().tasks[1].state,
        "stopped"
    );
    fs::remove_file(images.path().join("core-6.img")).unwrap();
    assert!(Contents::read(images.path()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let images = tempfile::tempdir().unwrap();
        let entries = [PagemapHead { pages_id: 1 }.encode_to_vec(), bytes.clone()];
        write(images.path(), "pagemap-1.img", wire::PAGEMAP, &entries);
        fs::write(images.path().join("pages-1.img"), &bytes).unwrap();
        drop(Memory::read(images.path(), "1"));
        write(images.path(), "files.img", wire::FILES, &entries[1..]);
        write(images.path(), "fdinfo-1.img", wire::FDINFO, &entries[1..]);
        for name in ["pstree.img", "mm-1.img", "core-1.img", "memfd.img", "unixsk.img"] {
            let magics = match name {
                "pstree.img" => wire::PSTREE,
                "mm-1.img" => wire::MM,
                "core-1.img" => wire::CORE,
                "memfd.img" => wire::MEMFD,
                _ => wire::UNIXSK,
            };
            write(images.path(), name, magics, &entries[1..]);
        }
        drop(Look::into(&mut Directory::new(images.path(), ""), true));
    }
}
