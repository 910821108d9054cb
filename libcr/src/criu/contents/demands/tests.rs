//! Images made by hand, and bytes that are none.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::messages::{Handle, Inventory, Network, TaskCore, Watch, Watches};
use super::*;
use crate::criu::contents::Directory;

fn write<M: Message>(images: &Path, name: &str, magics: &[u32], entries: &[M]) {
    let entries: Vec<Vec<u8>> = entries.iter().map(Message::encode_to_vec).collect();
    let bytes = wire::image(magics, entries.iter().map(Vec::as_slice)).unwrap();
    fs::write(images.join(name), bytes).unwrap();
}

fn sample() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let images = directory.path();
    let inventory = Inventory {
        version: 2,
        outside: Some(Spaces {
            pid: 1,
            ..Spaces::default()
        }),
    };
    write(images, "inventory.img", wire::INVENTORY, &[inventory]);
    let process = |pid, ppid, threads: &[u32]| Process {
        pid,
        ppid,
        pgid: 1,
        sid: 70,
        threads: threads.to_vec(),
    };
    // The root need not come first.
    // Of a dead one CRIU writes whatever number it finds for its thread.
    let tree = [process(3, 1, &[2_987_261_872]), process(1, 0, &[1, 5])];
    write(images, "pstree.img", wire::PSTREE, &tree);
    let core = |state| Core {
        task: Some(TaskCore {
            state,
            ..TaskCore::default()
        }),
        thread: Some(ThreadCore::default()),
    };
    write(images, "core-1.img", wire::CORE, &[core(1)]);
    write(images, "core-5.img", wire::CORE, &[core(1)]);
    write(images, "core-3.img", wire::CORE, &[core(2)]);
    let spaces = Spaces {
        mount: 13,
        ..Spaces::default()
    };
    write(images, "ids-1.img", wire::IDS, &[spaces]);
    let key = Some(b"extRootNetNS".to_vec());
    write(images, "netns-10.img", wire::NETNS, &[Network { key }]);
    let mount = Mount {
        id: 4,
        place: b"/".to_vec(),
        ..Mount::default()
    };
    write(images, "mountpoints-13.img", wire::MOUNTS, &[mount]);
    let ghost = Ghost {
        mode: 0o060_600,
        device: 0x801,
    };
    write(images, "ghost-file-1f.img", wire::GHOST, &[ghost]);
    let watched = |path: Option<&[u8]>| FileEntry {
        kind: 8,
        id: 3,
        watches: Some(Watches {
            all: vec![Watch {
                handle: Some(Handle {
                    path: path.map(<[u8]>::to_vec),
                }),
            }],
        }),
        ..FileEntry::default()
    };
    let files = [watched(None), watched(Some(b"/etc"))];
    write(images, "files.img", wire::FILES, &files);
    directory
}

#[test]
fn all_that_is_asked_for_is_read() {
    let images = sample();
    let demands = Demands::read(&mut Directory::new(images.path(), ""), true).unwrap();
    assert_eq!((demands.version, demands.outside.pid), (2, 1));
    // A dead process asks for nothing; its number counts.
    assert_eq!(demands.tasks.len(), 1);
    assert_eq!(demands.highest_pid, 70);
    let task = &demands.tasks[0];
    let threads: Vec<u32> = task.threads.iter().map(|thread| thread.id).collect();
    assert_eq!((task.pid, threads), (1, vec![1, 5]));
    assert_eq!(task.spaces.unwrap().mount, 13);
    assert_eq!(demands.mounts[&13][0].id, 4);
    assert_eq!(demands.networks[&10].as_deref(), Some(&b"extRootNetNS"[..]));
    assert_eq!(demands.ghosts[&0x1f].device, 0x801);
    let handles: Vec<bool> = demands.files.iter().map(|file| file.by_handle).collect();
    assert_eq!(handles, [true, false]);
}

#[test]
fn what_is_missing_or_damaged_is_an_error() {
    for name in ["inventory.img", "pstree.img", "core-1.img", "core-5.img"] {
        let images = sample();
        fs::remove_file(images.path().join(name)).unwrap();
        let error = Demands::read(&mut Directory::new(images.path(), ""), true).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
    for name in ["files.img", "mountpoints-13.img", "tmpfs-dev-5.tar.gz.img"] {
        let images = sample();
        fs::write(images.path().join(name), "no image").unwrap();
        let error = Demands::read(&mut Directory::new(images.path(), ""), true).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
}

const NAMES: [&str; 14] = [
    "inventory.img",
    "pstree.img",
    "core-1.img",
    "ids-1.img",
    "mm-1.img",
    "mountpoints-13.img",
    "netns-10.img",
    "pidns-9.img",
    "seccomp.img",
    "apparmor.img",
    "files.img",
    "remap-fpath.img",
    "ghost-file-1f.img",
    "tmpfs-dev-5.tar.gz.img",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_bytes_panic(
        which in 0..NAMES.len(),
        keep in 0_usize..64,
        noise in prop::collection::vec(any::<u8>(), 0..120),
    ) {
        let images = sample();
        let path = images.path().join(NAMES[which]);
        let mut bytes = fs::read(&path).unwrap_or_default();
        bytes.truncate(keep);
        bytes.extend(noise);
        fs::write(path, bytes).unwrap();
        drop(Demands::read(&mut Directory::new(images.path(), ""), true));
    }
}
