//! Archives of other engines, archives made by hand, directories, and what is damaged in them.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use serde_json::json;

use super::*;
use crate::model::shown::{Network, Process, Sizes};

/// CRIU's images of a real dump of `sh` and `sleep`, without their memory.
const IMAGES: [(&str, &[u8]); 5] = [
    (
        "inventory.img",
        include_bytes!("../../../criu/testdata/inventory.img"),
    ),
    (
        "pstree.img",
        include_bytes!("../../../criu/testdata/pstree.img"),
    ),
    (
        "core-1.img",
        include_bytes!("../../../criu/testdata/core-1.img"),
    ),
    (
        "core-6.img",
        include_bytes!("../../../criu/testdata/core-6.img"),
    ),
    (
        "fs-1.img",
        include_bytes!("../../../criu/testdata/fs-1.img"),
    ),
];

fn look(path: &Path) -> Result<Shown> {
    let options = ShowOptions {
        environment: true,
        ..ShowOptions::default()
    };
    show(None, &Subject::File(path.into()), &options)
}

/// An archive of other engines, from tests/fixtures.
fn golden(name: &str) -> Shown {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/archives");
    look(&root.join(name)).unwrap()
}

/// An archive of these members.
fn archive(members: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("made.tar");
    let mut tar = tar::Builder::new(File::create(&path).unwrap());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    tar.finish().unwrap();
    drop(tar);
    (directory, path)
}

fn with_images<'m>(members: &[(&'m str, &'m [u8])]) -> Vec<(String, &'m [u8])> {
    let images = IMAGES.iter();
    let images = images.map(|(name, bytes)| (format!("checkpoint/{name}"), *bytes));
    let own = members
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), *bytes));
    own.chain(images).collect()
}

fn made(members: &[(&str, &[u8])]) -> Shown {
    let members = with_images(members);
    let members: Vec<(&str, &[u8])> = members
        .iter()
        .map(|(name, bytes)| (name.as_str(), *bytes))
        .collect();
    look(&archive(&members).1).unwrap()
}

#[test]
fn archives_of_other_engines() {
    for (file, engine, runtime, criu) in [
        ("podman3-crun.tar.gz", "Podman", "crun", ""),
        ("podman4-runc.tar.gz", "Podman", "runc", ""),
        ("podman5-crun.tar.zst", "Podman", "crun", ""),
        ("podman6-runc.tar.zst", "Podman", "runc", ""),
        ("crio-crun.tar.zst", "CRI-O", "crun", "4.2.1"),
        (
            "containerd-runc.tar.zst",
            "containerd",
            "io.containerd.runc.v2",
            "4.2.1",
        ),
    ] {
        let shown = golden(file);
        assert_eq!(shown.unclear, Vec::<String>::new(), "{file}");
        let origin = &shown.origin;
        let told = (
            origin.engine.as_str(),
            origin.runtime.as_str(),
            origin.criu.as_str(),
        );
        assert_eq!(told, (engine, runtime, criu), "{file}");
        assert_eq!(
            (origin.architecture.as_str(), origin.format_version),
            ("amd64", None)
        );
        let container = &shown.container;
        assert_eq!(container.image, "localhost/golden/counter:1", "{file}");
        assert_eq!(
            (container.id.len(), container.image_id.len()),
            (64, 64),
            "{file}"
        );
        assert_eq!(container.command, ["/counter"], "{file}");
        let [process] = shown.processes.as_slice() else {
            panic!("{file}: {:?}", shown.processes);
        };
        let Process {
            pid,
            arguments,
            executable,
            working_directory,
            ..
        } = process;
        assert_eq!(
            (*pid, arguments.as_slice()),
            (1, &["/counter".to_owned()][..]),
            "{file}"
        );
        assert_eq!(
            (executable.as_str(), working_directory.as_str()),
            ("/counter", "/")
        );
        let environment = process.environment.as_ref().unwrap();
        assert!(
            environment.iter().any(|line| line.starts_with("PATH=/")),
            "{environment:?}"
        );
        let stored: u64 = process.memory.values().map(|memory| memory.stored).sum();
        assert_eq!(stored, shown.sizes.memory, "{file}");
        assert!(
            process
                .files
                .iter()
                .any(|file| file.path == "/count" && file.kind == "file")
        );
        let mut deleted = shown.deleted_files.clone();
        deleted.sort();
        assert_eq!(deleted, ["/doomed/first", "/gone"], "{file}");
        assert!(shown.changed_files.is_some() && shown.statistics.is_some());
        assert!(shown.sizes.archive > 0 && shown.sizes.images > shown.sizes.memory);
        assert!(shown.sizes.log > 0 && shown.sizes.rootfs_diff > 0);
        if engine == "Podman" {
            let [
                Network {
                    name,
                    interface,
                    addresses,
                    mac,
                },
            ] = shown.networks.as_slice()
            else {
                panic!("{file}: {:?}", shown.networks);
            };
            assert_eq!((name.as_str(), interface.as_str()), ("podman", "eth0"));
            assert!(
                addresses[0].starts_with("10.88.") && mac.len() == 17,
                "{file}"
            );
            assert!(shown.sizes.dev_shm > 0);
        } else {
            assert_eq!(container.hostname, "golden");
            assert!(shown.networks.is_empty() && origin.kernel.starts_with("6.18"));
            assert_eq!(shown.timeline[0].what, "frozen");
        }
        let destinations: Vec<_> = shown
            .mounts
            .iter()
            .map(|mount| &mount.destination)
            .collect();
        assert!(destinations.contains(&&"/proc".to_owned()), "{file}");
    }
}

#[test]
fn a_manifest_tells_more_and_one_of_the_future_what_it_can() {
    let manifest = |version: u32| {
        json!({
            "formatVersion": version,
            "engine": {"name": "cryopod", "version": "9.1"},
            "created": "2026-11-22T20:00:00Z",
            "host": {"arch": "arm64", "kernel": "6.1", "cgroupVersion": 2},
            "criuVersion": 40201,
            "runtime": {"name": "crun", "version": "crun version 1.28"},
            "container": {"id": "ab", "name": "web"},
            "sizes": "all of it",
            "options": {"tcpEstablished": true, "fileLocks": true},
        })
        .to_string()
    };
    let config = json!({"id": "ab", "name": "web", "namedVolumes": [{"volumeName": "data", "dest": "/data"}]});
    let config = config.to_string();
    let parts = |manifest: &str| {
        made(&[
            ("cryopod.json", manifest.as_bytes()),
            ("config.dump", config.as_bytes()),
            ("volumes/data.tar", &[0; 1024]),
            ("volumes/other.tar", &[0; 512]),
        ])
    };
    let shown = parts(&manifest(7));
    let origin = &shown.origin;
    assert_eq!(
        (origin.engine.as_str(), origin.engine_version.as_str()),
        ("cryopod", "9.1")
    );
    assert_eq!(origin.format_version, Some(7));
    assert_eq!(
        (origin.criu.as_str(), origin.architecture.as_str()),
        ("4.2.1", "arm64")
    );
    assert_eq!(origin.needs, ["--tcp-established", "--file-locks"]);
    assert_eq!(shown.timeline[0].at, "2026-11-22T20:00:00Z");
    assert!(shown.unclear[0].contains("format 7"), "{:?}", shown.unclear);
    let volumes: Vec<_> = shown
        .volumes
        .iter()
        .map(|volume| {
            (
                volume.name.as_str(),
                volume.destination.as_str(),
                volume.size,
            )
        })
        .collect();
    assert_eq!(
        volumes,
        [("data", "/data", Some(1024)), ("other", "", Some(512))]
    );
    assert_eq!(shown.sizes.volumes, 1536);
    let pids: Vec<u32> = shown.processes.iter().map(|process| process.pid).collect();
    assert_eq!(pids, [1, 6]);
    // Without a manifest the spec and the members tell whose it is.
    assert_eq!(parts("{}").origin.engine, "");
    assert!(
        parts("[1]")
            .unclear
            .iter()
            .any(|line| line.starts_with("cryopod.json: "))
    );
}

#[test]
fn what_is_damaged_is_named_and_the_rest_told() {
    let mut core = IMAGES[3].1.to_vec();
    core.truncate(40);
    let members = with_images(&[
        ("config.dump", b"{\"id\": 7}"),
        ("spec.dump", b"{"),
        ("network.status", b"3"),
        ("stats-dump", b"nothing"),
        ("deleted.files", b"{}"),
        ("rootfs-diff.tar", b"no tar"),
    ]);
    let members: Vec<(&str, &[u8])> = members
        .iter()
        .map(|(name, bytes)| match name.as_str() {
            "checkpoint/core-6.img" => (name.as_str(), core.as_slice()),
            name => (name, *bytes),
        })
        .collect();
    let shown = look(&archive(&members).1).unwrap();
    let text = shown.unclear.join("\n");
    for expected in [
        "config.dump: invalid type",
        "spec.dump: EOF",
        "network.status: it is of a form that is not known",
        "stats-dump: at byte 0: it has another magic number",
        "deleted.files: invalid type",
        "rootfs-diff.tar: invalid tar archive",
        "checkpoint/core-6.img: at byte 8: an entry is longer than the file",
        "checkpoint/mm-1.img: No such file or directory",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert_eq!(shown.processes[0].command, "sh");
    assert_eq!(shown.processes.len(), 2);
}

#[test]
fn an_archive_that_is_cut_is_told_up_to_there() {
    let (_directory, path) = archive(&[
        ("config.dump", b"{\"id\":\"ab\",\"name\":\"web\"}"),
        ("spec.dump", b"{}"),
        ("checkpoint/pstree.img", IMAGES[1].1),
    ]);
    let file = File::options().write(true).open(&path).unwrap();
    file.set_len(512 * 5).unwrap();
    let shown = look(&path).unwrap();
    assert_eq!(shown.container.name, "web");
    let text = shown.unclear.join("\n");
    assert!(text.contains("ends before its end"), "{text}");
    assert!(text.contains("nothing is known of processes"), "{text}");
}

#[test]
fn directories() {
    let directory = tempfile::tempdir().unwrap();
    let images = directory.path().join("checkpoint");
    fs::create_dir(&images).unwrap();
    for (name, bytes) in IMAGES {
        fs::write(images.join(name), bytes).unwrap();
    }
    fs::write(images.join("pages-1.img"), [0; 4096]).unwrap();
    fs::write(directory.path().join("volume-data.tar"), [0; 512]).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", directory.path().join("config.dump")).unwrap();
    // As a bundle, and the images alone.
    let bundle = look(directory.path()).unwrap();
    assert_eq!((bundle.sizes.memory, bundle.sizes.archive), (4096, 0));
    assert_eq!(bundle.volumes[0].name, "data");
    assert_eq!(bundle.container.id, "");
    let alone = look(&images).unwrap();
    let without_volume = Sizes {
        volumes: 0,
        ..bundle.sizes
    };
    assert_eq!(alone.sizes, without_volume);
    assert_eq!(alone.processes, bundle.processes);
    assert!(alone.unclear[0].contains("checkpoint/mm-1.img: No such file"));
    let empty = tempfile::tempdir().unwrap();
    let error = look(empty.path()).unwrap_err().to_string();
    assert!(error.contains("holds no checkpoint"), "{error}");
}

#[test]
fn what_is_no_checkpoint() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    for content in [&b""[..], b"hello", &[0; 4096]] {
        File::create(&path).unwrap().write_all(content).unwrap();
        assert!(look(&path).is_err());
    }
    let (_directory, other) = archive(&[("etc/passwd", b"x")]);
    let error = look(&other).unwrap_err().to_string();
    assert!(
        error.contains("made.tar is not a checkpoint archive"),
        "{error}"
    );
    let error = look(&directory.path().join("none"))
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with("none: No such file or directory"),
        "{error}"
    );
    assert_eq!(Subject::of("web"), Subject::Bundle("web".into()));
    assert!(!Subject::of("./web").needs_engine());
    assert!(show(None, &Subject::of("web"), &ShowOptions::default()).is_err());
}

#[test]
fn networks_of_all_times() {
    let tell = |status: &str| {
        let mut shown = Shown {
            networks: vec![Network {
                name: "first".into(),
                ..Network::default()
            }],
            ..Shown::default()
        };
        networks::tell(Some(status.as_bytes()), &mut shown);
        shown
    };
    let address = |name: &str| Network {
        name: name.into(),
        interface: "eth0".into(),
        addresses: vec!["10.88.0.2/16".into()],
        mac: "aa:bb:cc:dd:ee:ff".into(),
    };
    let netavark = r#"{"net": {"interfaces": {"eth0": {"mac_address": "aa:bb:cc:dd:ee:ff",
        "subnets": [{"ipnet": "10.88.0.2/16"}]}}}}"#;
    let shown = tell(netavark);
    assert_eq!(
        (shown.networks[0].name.as_str(), &shown.networks[1]),
        ("first", &address("net"))
    );
    let cni = r#"[{"interfaces": [{"name": "veth1", "mac": "x"}, {"name": "eth0",
        "mac": "aa:bb:cc:dd:ee:ff", "sandbox": "/run/netns/x"}], "ips": [{"address": "10.88.0.2/16"}]}]"#;
    assert_eq!(tell(cni).networks, [address("first")]);
    assert!(tell("null").unclear.is_empty());
    assert_eq!(tell("7").unclear.len(), 1);
}
