//! A look into images made by hand: whole, old, damaged, and of a future.

mod made;

use std::fs;
use std::os::unix::fs::symlink;

use super::file_messages::{FdInfo, FileEntry, Numbered, Pipe, RegularFile, Terminal};
use super::messages::{Credentials, TaskIds};
use super::{Directory, Look};
use crate::criu::messages::Inventory;
use crate::criu::wire;
use crate::model::shown::Memory;
use made::{PAGE, address_space, area, core, look, map, sample, unix, write};

#[test]
fn everything_is_told() {
    let sample = sample();
    let look = look(sample.path());
    assert_eq!(look.unclear, Vec::<String>::new());
    assert_eq!(look.architecture, "arm64");
    assert!(look.tcp_established && !look.file_locks);
    let [first, zombie] = look.processes.as_slice() else {
        panic!("{look:?}");
    };
    assert_eq!((first.pid, first.parent, first.threads), (1, 0, 2));
    assert_eq!((first.user, first.group_id), (33, 44));
    assert_eq!(first.command, "server\x1b[2J");
    assert_eq!(first.arguments, ["srv", "-vv"]);
    let environment = first.environment.as_ref().unwrap();
    assert_eq!(environment, &["A=1", "B=\u{fffd}", "C=x"]);
    assert_eq!(first.executable, "/bin/server");
    assert_eq!(first.working_directory, "/srv");
    let memory: Vec<_> = first
        .memory
        .iter()
        .map(|(kind, memory)| (kind.as_str(), memory.mapped / PAGE, memory.stored / PAGE))
        .collect();
    assert_eq!(
        memory,
        [
            ("file", 4, 1),
            ("heap", 1, 1),
            ("shared", 3, 0),
            ("stack", 2, 2),
            ("vdso", 1, 0)
        ]
    );
    let files: Vec<_> = first
        .files
        .iter()
        .map(|file| {
            (
                file.fd,
                file.kind.as_str(),
                file.path.as_str(),
                file.deleted,
            )
        })
        .collect();
    assert_eq!(
        files,
        [
            (3, "file", "/tmp/gone", true),
            (4, "pipe", "pipe:[777]", false),
            (5, "tty", "/dev/pts/0", false),
            (6, "file", "/dev/pts/0", false),
            (7, "eventfd", "anon_inode:[eventfd]", false),
            (8, "memfd", "/memfd:cache", false),
        ]
    );
    assert_eq!(first.files[0].position, Some(3));
    let sockets: Vec<_> = first
        .sockets
        .iter()
        .map(|socket| {
            (
                socket.kind.as_str(),
                socket.local.as_str(),
                socket.remote.as_str(),
            )
        })
        .collect();
    assert_eq!(
        sockets,
        [
            ("unix", "", "/run/x.sock"),
            ("unix", "/run/x.sock", ""),
            ("netlink", "route:1", ""),
            ("packet", "protocol 0x0003 on interface 2", ""),
        ]
    );
    assert_eq!(first.sockets[0].state, "established");
    assert_eq!(zombie.state, "zombie");
    assert!(zombie.arguments.is_empty() && zombie.memory.is_empty() && zombie.files.is_empty());
    let shared: Vec<_> = look
        .shared_memory
        .iter()
        .map(|shared| (shared.processes.as_slice(), shared.memory))
        .collect();
    let of = |mapped, stored| Memory {
        mapped: mapped * PAGE,
        stored: stored * PAGE,
    };
    // The file in memory, the mapping, what nobody maps.
    assert_eq!(
        shared,
        [(&[1][..], of(3, 0)), (&[1], of(2, 1)), (&[], of(0, 2))]
    );
    let plain = Look::into(&mut Directory::new(sample.path(), ""), false);
    assert_eq!(plain.processes[0].environment, None);
}

#[test]
fn memory_of_an_earlier_checkpoint() {
    let sample = sample();
    let images = sample.path();
    let earlier = images.join("earlier");
    fs::create_dir(&earlier).unwrap();
    fs::rename(images.join("pagemap-1.img"), earlier.join("pagemap-1.img")).unwrap();
    fs::rename(images.join("pages-1.img"), earlier.join("pages-1.img")).unwrap();
    map(images, "pagemap-1.img", 1, &[(8, 1, 1), (20, 2, 1)]);
    fs::write(images.join("pages-1.img"), "").unwrap();
    let without = look(images);
    assert_eq!(without.processes[0].arguments, Vec::<String>::new());
    assert_eq!(without.processes[0].memory["heap"].stored, 0);
    let [sentence] = without.unclear.as_slice() else {
        panic!("{without:?}");
    };
    assert!(sentence.contains("builds upon an earlier one that is not here"));
    symlink("earlier", images.join("parent")).unwrap();
    let with = look(images);
    assert_eq!(with.unclear, Vec::<String>::new());
    assert_eq!(with.processes[0].arguments, ["srv", "-vv"]);
    assert_eq!(with.processes[0].memory["heap"].stored, PAGE);
    // Pages that come later, and those of a page server.
    map(images, "pagemap-1.img", 1, &[(20, 2, 2)]);
    let lazy = look(images);
    assert!(lazy.unclear.is_empty() && lazy.processes[0].arguments.is_empty());
    map(images, "pagemap-1.img", 9, &[(20, 2, 4)]);
    let served = look(images);
    assert!(served.processes[0].arguments.is_empty());
    assert!(served.unclear[0].contains("pages-9.img is not here"));
}

#[test]
fn images_of_before_criu_3() {
    let sample = sample();
    let images = sample.path();
    fs::remove_file(images.join("files.img")).unwrap();
    let files = [
        (1, "/bin/server"),
        (2, "/srv"),
        (3, "/tmp/gone"),
        (6, "/dev/pts/0"),
    ]
    .map(|(id, name)| RegularFile {
        id,
        position: 0,
        name: name.into(),
    });
    write(images, "reg-files.img", wire::REG_FILES, &files);
    write(
        images,
        "pipes.img",
        wire::PIPES,
        &[Pipe { id: 4, pipe: 777 }],
    );
    let terminal = Terminal {
        id: 5,
        file: Some(6),
    };
    write(images, "tty.img", wire::TTY, &[terminal]);
    write(images, "eventfd.img", wire::EVENTFD, &[Numbered { id: 7 }]);
    let sockets = [unix(9, 100, 101, b""), unix(10, 101, 100, b"/run/x.sock\0")];
    let sockets = sockets.map(|entry| entry.unix.unwrap());
    write(images, "unixsk.img", wire::UNIXSK, &sockets);
    let mut old = core();
    old.ids = None;
    old.thread = None;
    write(images, "core-1.img", wire::CORE, &[old]);
    write(images, "ids-1.img", wire::IDS, &[TaskIds { files: 9 }]);
    let credentials = Credentials {
        effective_user: 7,
        effective_group: 8,
    };
    write(images, "creds-1.img", wire::CREDS, &[credentials]);
    let open: Vec<FdInfo> = [3, 4, 5, 7, 9].map(|id| FdInfo { id, fd: id }).to_vec();
    write(images, "fdinfo-9.img", wire::FDINFO, &open);
    let look = look(images);
    assert_eq!(look.unclear, Vec::<String>::new());
    let first = &look.processes[0];
    assert_eq!((first.user, first.executable.as_str()), (7, "/bin/server"));
    let names: Vec<_> = first.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        names,
        [
            "/tmp/gone",
            "pipe:[777]",
            "/dev/pts/0",
            "anon_inode:[eventfd]"
        ]
    );
    assert_eq!(first.sockets[0].remote, "/run/x.sock");
}

#[test]
fn damage_is_named_with_its_place_and_the_rest_is_told() {
    for (name, cut, expected) in [
        (
            "mm-1.img",
            20,
            "mm-1.img: at byte 8: an entry is longer than the file",
        ),
        (
            "files.img",
            30,
            "files.img: at byte 8: an entry is longer than the file",
        ),
        ("core-1.img", 6, "core-1.img: at byte 4: it is too short"),
        (
            "fdinfo-9.img",
            10,
            "fdinfo-9.img: at byte 8: the length of an entry is cut",
        ),
        (
            "pagemap-1.img",
            8,
            "pagemap-1.img is not a CRIU image of its kind: it has no entry",
        ),
        (
            "inventory.img",
            0,
            "inventory.img: at byte 0: it is too short",
        ),
    ] {
        let sample = sample();
        let path = sample.path().join(name);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..cut]).unwrap();
        let look = look(sample.path());
        assert!(
            look.unclear.iter().any(|line| line.ends_with(expected)),
            "{:?}",
            look.unclear
        );
        assert_eq!(look.processes.len(), 2, "{name}");
        assert_eq!(look.processes[1].state, "zombie", "{name}");
    }
    let sample = sample();
    let path = sample.path().join("fs-1.img");
    let mut bytes = fs::read(&path).unwrap();
    bytes[5] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let look = look(sample.path());
    let expected = "fs-1.img: at byte 4: it has another magic number there than such images have";
    assert!(look.unclear[0].ends_with(expected), "{:?}", look.unclear);
    assert_eq!(look.processes[0].arguments, ["srv", "-vv"]);
    fs::remove_file(sample.path().join("pstree.img")).unwrap();
    let look = made::look(sample.path());
    assert!(look.processes.is_empty());
    assert!(look.unclear[0].contains("pstree.img: No such file"));
}

#[test]
fn what_a_later_criu_writes() {
    let sample = sample();
    let images = sample.path();
    let inventory = Inventory {
        img_version: 7,
        ..Inventory::default()
    };
    write(images, "inventory.img", wire::INVENTORY, &[inventory]);
    fs::write(images.join("quantum-1.img"), "x").unwrap();
    let mut future = core();
    future.task.as_mut().unwrap().state = 40;
    write(images, "core-1.img", wire::CORE, &[future]);
    address_space(images, "mm-1.img", &[area(20, 2, 1 << 20, 0)]);
    let files = [FileEntry {
        kind: 99,
        id: 3,
        ..FileEntry::default()
    }];
    write(images, "files.img", wire::FILES, &files);
    let look = look(images);
    let text = look.unclear.join("\n");
    for expected in [
        "CRIU's images are of version 7, which is not known here",
        "quantum-1.img: an image of a kind that is not known here",
        "core-1.img: a state that is not known (40)",
        "mm-1.img: an area of a kind that is not known (status 0x100000)",
        "files.img: at byte 8: an open file of a kind that is not known (99)",
        "descriptor 4 is of a file that is in no image",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert_eq!(look.processes[0].arguments, ["srv", "-vv"]);
    assert_eq!(look.processes[0].memory["other"].mapped, 2 * PAGE);
    assert_eq!(look.processes[0].files[0].kind, "other");
}

#[test]
fn repetition_ends() {
    // Areas of two bytes each, and one table of files for many processes.
    let sample = sample();
    let images = sample.path();
    let areas = [0x72, 0x00].repeat(3 << 20);
    let image = wire::image(wire::MM, [areas.as_slice()]).unwrap();
    fs::write(images.join("mm-1.img"), image).unwrap();
    let text = look(images).unclear.join("\n");
    assert!(text.contains("the others are left out"), "{text}");
}
