//! An honest container, and one thing after the other that is more than it grants.

use serde_json::{Value, json};

use super::*;
use crate::criu::contents::demands::{
    Credentials, Filter, Ghost, Limit, Mount, Opened, Regular, Remap, Spaces, Tarball, Task,
    Thread, ThreadCore,
};

fn spec() -> Value {
    json!({
        "process": {
            "capabilities": {"bounding": ["CAP_CHOWN", "CAP_KILL"]},
            "noNewPrivileges": true,
            "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1000, "soft": 100}],
        },
        "root": {"path": "/x", "readonly": true},
        "mounts": [
            {"destination": "/proc", "type": "proc", "options": ["nosuid", "nodev"]},
            {"destination": "/dev", "type": "tmpfs", "options": ["nosuid"]},
            {"destination": "/etc/hosts", "type": "bind", "options": ["bind", "ro"]},
        ],
        "linux": {
            "maskedPaths": ["/proc/kcore"],
            "readonlyPaths": ["/proc/sys"],
            "namespaces": [
                {"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"},
                {"type": "network", "path": "/run/netns/a"},
            ],
            "seccomp": {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []},
        },
    })
}

fn mount(id: u32, parent: u32, kind: u32, place: &str, flags: u32) -> Mount {
    Mount {
        id,
        parent,
        kind,
        place: place.into(),
        root: b"/".to_vec(),
        flags,
        device: id,
        ..Mount::default()
    }
}

fn file(id: u32, name: &str, flags: u32, on: i32) -> Opened {
    Opened {
        id,
        kind: 1,
        regular: Some(Regular {
            flags,
            name: name.into(),
            mount: Some(on),
            external: false,
            mode: 0o100_644,
        }),
        raw: false,
        by_handle: false,
    }
}

fn honest() -> Demands {
    let spaces = Spaces {
        pid: 9,
        network: 10,
        ipc: 11,
        uts: 12,
        mount: 13,
        user: 7,
    };
    let core = ThreadCore {
        nice: 0,
        policy: 0,
        credentials: Some(Credentials {
            effective: vec![0x21, 0],
            permitted: vec![0x21, 0],
            bounding: vec![0x21, 0],
            no_new_privileges: 1,
            ..Credentials::default()
        }),
        seccomp: 2,
        filter: Some(0),
    };
    let hosts = Mount {
        key: Some(b"/etc/hosts".to_vec()),
        ..mount(4, 1, 5, "/etc/hosts", 1)
    };
    let kcore = Mount {
        key: Some(b"/proc/kcore".to_vec()),
        ..mount(5, 2, 3, "/proc/kcore", 1)
    };
    let sys = Mount {
        root: b"/sys".to_vec(),
        device: 2,
        ..mount(6, 2, 1, "/proc/sys", 1)
    };
    Demands {
        version: 2,
        outside: Spaces {
            pid: 1,
            network: 2,
            ipc: 3,
            uts: 4,
            mount: 6,
            user: 7,
        },
        highest_pid: 1,
        tasks: vec![Task {
            pid: 1,
            spaces: Some(spaces),
            threads: vec![Thread {
                id: 1,
                core: Some(core),
            }],
            limits: vec![Limit { soft: 9, hard: 900 }; 16],
            oom_score: 0,
            mapped: vec![(1, 0)],
        }],
        filters: vec![Filter {
            program: vec![6, 0, 0, 0, 1, 0, 5, 0],
            previous: None,
            flags: 0,
        }],
        mounts: [(
            13,
            vec![
                mount(1, 99, 17, "/", 1),
                mount(2, 1, 1, "/proc", 6),
                mount(3, 1, 5, "/dev", 2 | 1 << 24),
                hosts,
                kcore,
                sys,
            ],
        )]
        .into(),
        networks: [(10, Some(b"extRootNetNS".to_vec()))].into(),
        files: vec![file(1, "/bin/sh", 0, 1), file(2, "/dev/out", 1, 3)],
        ..Demands::default()
    }
}

const ARCHIVE: Origin = Origin::Archive(Grants {
    mounts: false,
    devices: false,
    host_network: false,
    capabilities: false,
});

#[test]
fn an_honest_container_asks_for_nothing_more() {
    assert_eq!(judge(&honest(), &spec(), ARCHIVE), []);
    assert_eq!(judge(&honest(), &spec(), Origin::Host), []);
}

/// What is done to the images, and what is said of it.
type Case = (fn(&mut Demands), &'static str);

fn thread(demands: &mut Demands) -> &mut ThreadCore {
    demands.tasks[0].threads[0].core.as_mut().unwrap()
}

fn credentials(demands: &mut Demands) -> &mut Credentials {
    thread(demands).credentials.as_mut().unwrap()
}

fn spaces(demands: &mut Demands) -> &mut Spaces {
    demands.tasks[0].spaces.as_mut().unwrap()
}

/// The mount of this number.
fn at(demands: &mut Demands, id: u32) -> &mut Mount {
    let mut mounts = demands.mounts.get_mut(&13).unwrap().iter_mut();
    mounts.find(|mount| mount.id == id).unwrap()
}

fn add(demands: &mut Demands, mount: Mount) {
    demands.mounts.get_mut(&13).unwrap().push(mount);
}

#[test]
fn each_thing_beyond_is_named() {
    let cases: &[Case] = &[
        (|all| all.version = 1, "images of version 1"),
        (|all| all.highest_pid = u32::MAX, "kernel.pid_max"),
        (|all| all.policies = true, "AppArmor policies"),
        (
            |all| all.joined_pids = vec![b"extRootPidNS".to_vec()],
            "joins a pid namespace",
        ),
        (|all| all.tasks.clear(), "no living process"),
        (|all| all.tasks[0].spaces = None, "in no namespace"),
        (|all| spaces(all).pid = 1, "the pid namespace of the host"),
        (|all| spaces(all).ipc = 0, "the ipc namespace of the host"),
        (
            |all| spaces(all).network = 2,
            "the network namespace of the host",
        ),
        (|all| spaces(all).user = 8, "a user namespace of its own"),
        (
            |all| {
                all.tasks.push(all.tasks[0].clone());
                spaces(all).uts = 40;
            },
            "other namespaces than the first one",
        ),
        (|all| all.networks.clear(), "the network is not the one"),
        (|all| thread(all).credentials = None, "says no credentials"),
        (
            |all| credentials(all).effective[0] |= 1 << 21,
            "CAP_SYS_ADMIN in its effective set",
        ),
        (
            |all| credentials(all).ambient = vec![0, 1 << 8],
            "CAP_CHECKPOINT_RESTORE in its ambient set",
        ),
        (
            |all| credentials(all).no_new_privileges = 0,
            "may gain privileges",
        ),
        (
            |all| all.tasks[0].limits[7].hard = 1001,
            "RLIMIT_NOFILE 1001",
        ),
        (|all| thread(all).policy = 1, "in real time"),
        (|all| thread(all).nice = -20, "the nice value -20"),
        (|all| all.tasks[0].oom_score = -1000, "oom_score_adj -1000"),
        (|all| thread(all).seccomp = 0, "has no seccomp filter"),
        (
            |all| {
                let threads = &mut all.tasks[0].threads;
                threads.push(Thread {
                    id: 2,
                    core: threads[0].core.clone(),
                });
                threads[1].core.as_mut().unwrap().seccomp = 0;
            },
            "core-2.img: process 2 has no seccomp filter",
        ),
        (|all| thread(all).filter = Some(7), "lets anything through"),
        (
            |all| all.filters[0].program[6..].copy_from_slice(&[0xff, 0x7f]),
            "lets acct through",
        ),
        (
            |all| all.mounts.clear(),
            "mounts of the container are missing",
        ),
        (|all| at(all, 1).flags = 0, "the root is writable"),
        (|all| at(all, 2).flags = 2, "is not nodev"),
        (|all| at(all, 4).flags = 0, "is not ro"),
        (|all| at(all, 6).flags = 0, "\"/proc/sys\" is writable"),
        (
            |all| at(all, 6).root = b"/".to_vec(),
            "no mount of the container",
        ),
        (|all| at(all, 4).shared = 3, "would be seen by this host"),
        (
            |all| at(all, 4).place = b"/x".to_vec(),
            "no mount of the container",
        ),
        (
            |all| at(all, 5).key = Some(b"/etc/hosts".to_vec()),
            "which is to be hidden",
        ),
        (|all| at(all, 2).system_flags = 1 << 12, "flags by which"),
        (|all| at(all, 2).flags |= 1 << 5, "flags by which"),
        (|all| at(all, 3).kind = 3, "devtmpfs"),
        (|all| at(all, 3).with_plugin = true, "by a plugin"),
        (
            |all| at(all, 3).place = b"/../x".to_vec(),
            "leads elsewhere",
        ),
        (
            |all| at(all, 3).root = b"/a/../b".to_vec(),
            "leads elsewhere",
        ),
        (|all| at(all, 3).device = 4, "no mount of the container"),
        (
            |all| at(all, 3).options = b"none,release_agent=/x".to_vec(),
            "release_agent",
        ),
        (
            |all| at(all, 3).key = Some(b"CRIU:AUTOGENERATED".to_vec()),
            "takes its source from the image",
        ),
        (
            |all| add(all, mount(7, 1, 1, "/other", 6)),
            "proc is mounted at \"/other\"",
        ),
        (
            |all| add(all, mount(7, 1, 18, "/auto", 0)),
            "autofs is mounted at",
        ),
        (|all| add(all, mount(7, 2, 1, "/proc", 6)), "two mounts"),
        (|all| at(all, 5).parent = 1, "is not on the one above"),
        (|all| all.files[0].kind = 16, "a file of kind 16"),
        (|all| all.files[0].kind = 10, "a packet socket"),
        (|all| all.files[0].kind = 15, "a tunnel device"),
        (|all| all.files[0].raw = true, "a raw socket"),
        (|all| all.files[0].by_handle = true, "by a handle alone"),
        (
            |all| {
                let file = file(3, "/proc/sys/kernel/core_pattern", 1, 6);
                all.files.push(file);
            },
            "on the read-only mount \"/proc/sys\"",
        ),
        (
            |all| all.files.push(file(3, "/dev/x", 2, 6)),
            "on the read-only mount \"/proc/sys\"",
        ),
        (|all| all.tasks[0].mapped = vec![(1, 2)], "in its memory"),
        (
            |all| all.files.push(file(3, "/dev/../x", 0, 3)),
            "leads elsewhere",
        ),
        (
            |all| all.files.push(file(3, "/proc/kmsg", 0, 2)),
            "tells of the whole host",
        ),
        (
            |all| all.files.push(file(3, "/dev/x", 0x241, 3)),
            "made or emptied",
        ),
        (
            |all| {
                let mode = 0o060_600;
                all.ghosts.insert(
                    1,
                    Ghost {
                        mode,
                        device: 0x801,
                    },
                );
            },
            "ghost-file-1.img: it is a node of the block device 8:1",
        ),
        (
            |all| {
                let device = Device {
                    block: false,
                    major: 1,
                    minor: 1,
                };
                let devices = vec![("mem".into(), device)];
                let links = [].into();
                all.tarballs.insert("t".into(), Tarball { devices, links });
            },
            "character device 1:1",
        ),
        (
            |all| {
                let kind = Some(1);
                let by = 0;
                all.files.push(file(3, "/dev/out/x", 0, 3));
                all.remaps.push(Remap { file: 3, by, kind });
                let devices = Vec::new();
                let links = ["out".into()].into();
                let tarball = Tarball { devices, links };
                all.tarballs
                    .insert("tmpfs-dev-3.tar.gz.img".into(), tarball);
            },
            "leads through a link",
        ),
        (
            |all| all.names.push("reg-files.img".into()),
            "CRIU before 3.0",
        ),
    ];
    for (edit, words) in cases {
        let mut demands = honest();
        edit(&mut demands);
        let found = judge(&demands, &spec(), ARCHIVE);
        let said: Vec<String> = found
            .iter()
            .map(|one| format!("{}: {}", one.image, one.what))
            .collect();
        assert!(
            said.iter().any(|said| said.contains(words)),
            "{words}: {said:?}"
        );
    }
}

#[test]
fn grants_allow_what_they_name_and_no_more() {
    let grants = |grants| Origin::Archive(grants);
    let none = Grants::default();
    let mut devices = honest();
    let mode = 0o060_600;
    devices.ghosts.insert(
        1,
        Ghost {
            mode,
            device: 0x801,
        },
    );
    let granted = Grants {
        devices: true,
        ..none
    };
    assert_eq!(judge(&devices, &spec(), grants(granted)), []);
    let mut mighty = honest();
    let all = Grants {
        capabilities: true,
        ..none
    };
    credentials(&mut mighty).effective[0] |= 1 << 21;
    assert_eq!(judge(&mighty, &spec(), grants(all)).len(), 1);
    let mut wide = spec();
    wide["process"]["capabilities"]["bounding"] = json!(["CAP_CHOWN", "CAP_KILL", "CAP_SYS_ADMIN"]);
    add(&mut mighty, mount(7, 1, 5, "/own", 0));
    assert_eq!(judge(&mighty, &wide, grants(all)), []);
    add(&mut mighty, mount(8, 1, 3, "/udev", 0));
    assert_eq!(judge(&mighty, &wide, grants(all)).len(), 1);
}

#[test]
fn profiles_of_security_modules() {
    let spec = json!({"process": {"apparmorProfile": "mine"}});
    let apparmor = |profile: Option<&[u8]>| tasks::confined(profile, &spec, true, false);
    assert_eq!(apparmor(Some(b"mine (enforce)")), None);
    assert!(apparmor(Some(b"other")).is_some() && apparmor(None).is_some());
    let selinux = |label: &[u8]| tasks::confined(Some(label), &json!({}), false, true);
    assert_eq!(selinux(b"system_u:system_r:container_t:s0:c1,c2"), None);
    assert!(selinux(b"system_u:system_r:spc_t:s0").is_some());
    assert_eq!(tasks::confined(Some(b"x"), &spec, false, false), None);
}

#[test]
fn paths_as_the_kernel_names_them() {
    for path in ["/", "/a", "/a/.b/c..d"] {
        assert!(is_plain(path.as_bytes()), "{path}");
    }
    for path in [
        "", "a", "/a/", "//a", "/a//b", "/..", "/a/../b", "/./a", "/a\0b",
    ] {
        assert!(!is_plain(path.as_bytes()), "{path}");
    }
}

#[test]
fn links_below_the_root_are_found() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("real")).unwrap();
    std::os::unix::fs::symlink("/etc", root.path().join("out")).unwrap();
    let spec = json!({"root": {"path": root.path()}});
    let mounts = [mount(1, 9, 17, "/", 0)];
    let led = |path: &str| places::through_link(path.as_bytes(), &mounts, &spec);
    assert!(!led("/real/file") && !led("/out") && !led("/gone/file"));
    assert!(led("/out/file") && led("/out/deep/file"));
}
