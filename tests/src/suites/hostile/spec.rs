//! What `spec.dump` asks for beyond what a container that is made here has.

use serde_json::{Value, json};

use super::{Case, Honest, case};

/// The archive whose container lacks a namespace, or has another instead.
fn without_namespace(honest: &Honest, kind: &str, instead: Option<Value>) -> Vec<u8> {
    honest.edited("spec.dump", |spec| {
        let list = spec["linux"]["namespaces"]
            .as_array_mut()
            .expect("namespaces");
        list.retain(|entry| entry["type"] != kind);
        list.extend(instead);
    })
}

/// The archive with another mount in the place of the one there.
fn instead(honest: &Honest, mount: &Value) -> Vec<u8> {
    honest.edited("spec.dump", |spec| {
        let mounts = spec["mounts"].as_array_mut().expect("mounts");
        let place = mounts
            .iter_mut()
            .find(|other| other["destination"] == mount["destination"]);
        *place.expect("a mount there") = mount.clone();
    })
}

pub(super) const CASES: &[Case] = &[
    case(
        "mount-of-the-root",
        "this host's / in the container",
        "a mount of \"/\" of this host at \"/host\"",
        |honest| {
            honest.mount(json!({"destination": "/host", "type": "bind", "source": "/", "options": ["rbind", "rw"]}))
        },
    ),
    case(
        "mount-of-an-engines-socket",
        "another engine's socket",
        "--allow-mounts",
        |honest| {
            honest.mount(json!({"destination": "/s", "type": "bind", "source": "/run/docker.sock", "options": ["bind"]}))
        },
    ),
    case(
        "mount-that-hides-what-it-is",
        "a bind mount that calls itself a tmpfs",
        "a mount of \"/\" of this host",
        |honest| {
            honest.mount(json!({"destination": "/host", "type": "tmpfs", "source": "/", "options": ["rbind"]}))
        },
    ),
    case(
        "mount-in-the-place-of-a-volume",
        "a directory of this host where a volume was",
        "--allow-mounts",
        |honest| {
            honest.mount(json!({"destination": "/data2", "type": "bind", "source": "/etc", "options": ["rbind"]}))
        },
    ),
    case(
        "mount-of-a-disk",
        "the file system of a disk",
        "a mount of \"/dev/sda\" of this host",
        |honest| {
            honest.mount(json!({"destination": "/disk", "type": "ext4", "source": "/dev/sda"}))
        },
    ),
    case(
        "mount-of-an-overlay",
        "this host's / as a lower directory",
        "--allow-mounts",
        |honest| {
            honest.mount(json!({"destination": "/o", "type": "overlay", "source": "o", "options": ["lowerdir=/,upperdir=/tmp/u,workdir=/tmp/w"]}))
        },
    ),
    case(
        "mount-of-debugfs",
        "another file system of the kernel",
        "--allow-mounts",
        |honest| {
            honest.mount(json!({"destination": "/debug", "type": "debugfs", "source": "debugfs"}))
        },
    ),
    case(
        "proc-elsewhere",
        "a /proc that nothing hides",
        "--allow-mounts",
        |honest| honest.mount(json!({"destination": "/p", "type": "proc", "source": "proc"})),
    ),
    case(
        "writable-sysfs",
        "write to this host's /sys (uevent_helper)",
        "a writable /sys",
        |honest| {
            instead(
                honest,
                &json!({"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "rw"]}),
            )
        },
    ),
    case(
        "read-only-and-writable",
        "the word that is looked for, and then the other",
        "a writable /sys",
        |honest| {
            instead(
                honest,
                &json!({"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["ro", "rw"]}),
            )
        },
    ),
    case(
        "mounted-once-more",
        "`remount` makes what is there writable",
        "the mount option \"remount\" at \"/sys\"",
        |honest| {
            honest.mount(json!({"destination": "/sys", "type": "tmpfs", "source": "x", "options": ["remount", "rw"]}))
        },
    ),
    case(
        "writable-cgroups",
        "change the limits of this host's cgroups",
        "a writable /sys/fs/cgroup",
        |honest| {
            instead(
                honest,
                &json!({"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["rw"]}),
            )
        },
    ),
    case(
        "shared-propagation",
        "mounts that appear on this host",
        "the mount option \"rshared\"",
        |honest| {
            honest.mount(json!({"destination": "/t", "type": "tmpfs", "source": "tmpfs", "options": ["rshared"]}))
        },
    ),
    case(
        "mapped-ids",
        "files of this host's root by a mapping",
        "the mount option \"idmap\"",
        |honest| {
            honest.mount(json!({"destination": "/t", "type": "tmpfs", "source": "tmpfs", "options": ["idmap"]}))
        },
    ),
    case(
        "mount-that-climbs",
        "a place outside of the root",
        "mounts something at",
        |honest| {
            honest.mount(json!({"destination": "/a/../../etc", "type": "tmpfs", "source": "tmpfs"}))
        },
    ),
    case(
        "mount-without-a-root",
        "a place that is relative",
        "mounts something at",
        |honest| honest.mount(json!({"destination": "etc", "type": "tmpfs", "source": "tmpfs"})),
    ),
    case(
        "devices",
        "a disk of this host",
        "--allow-devices",
        |honest| {
            honest.spec(
                "/linux",
                "devices",
                json!([{"path": "/dev/sda", "type": "b", "major": 8, "minor": 0, "fileMode": 438}]),
            )
        },
    ),
    case(
        "devices-of-another-type",
        "devices that only one runtime reads",
        "--allow-devices",
        |honest| honest.spec("/linux", "devices", json!({"0": {"path": "/dev/sda"}})),
    ),
    case(
        "capability",
        "CAP_SYS_ADMIN",
        "the capability CAP_SYS_ADMIN",
        |honest| {
            honest.edited("spec.dump", |spec| {
                spec["process"]["capabilities"]["bounding"] = json!(["CAP_SYS_ADMIN"]);
            })
        },
    ),
    case(
        "ambient-capability",
        "one in a set that is looked at last",
        "the capability CAP_BPF",
        |honest| {
            honest.edited("spec.dump", |spec| {
                spec["process"]["capabilities"]["ambient"] = json!(["CAP_BPF"]);
            })
        },
    ),
    case(
        "capability-under-another-key",
        "a key that only runc reads",
        "the capability CAP_SYS_MODULE",
        |honest| {
            honest.edited("spec.dump", |spec| {
                spec["process"]["capabilities"]["EFFECTIVE"] = json!(["CAP_SYS_MODULE"]);
            })
        },
    ),
    case(
        "nothing-masked",
        "all of /proc and /sys to read",
        "unmasked paths",
        |honest| honest.spec("/linux", "maskedPaths", json!([])),
    ),
    case(
        "nothing-read-only",
        "all of /proc to write",
        "unmasked paths",
        |honest| honest.spec("/linux", "readonlyPaths", Value::Null),
    ),
    case(
        "network-of-the-host",
        "this host's network",
        "--allow-host-network",
        |honest| without_namespace(honest, "network", None),
    ),
    case(
        "processes-of-the-host",
        "this host's processes",
        "the pid namespace of its host",
        |honest| without_namespace(honest, "pid", None),
    ),
    case(
        "processes-of-another",
        "processes of who has this number",
        "a pid namespace by path",
        |honest| {
            without_namespace(
                honest,
                "pid",
                Some(json!({"type": "pid", "path": "/proc/1/ns/pid"})),
            )
        },
    ),
    case(
        "mounts-of-the-host",
        "this host's mounts",
        "the mount namespace of its host",
        |honest| without_namespace(honest, "mount", None),
    ),
    case(
        "ipc-of-the-host",
        "this host's shared memory",
        "the ipc namespace of its host",
        |honest| without_namespace(honest, "ipc", None),
    ),
    case(
        "name-of-the-host",
        "this host's name",
        "the uts namespace of its host",
        |honest| without_namespace(honest, "uts", None),
    ),
    case(
        "user-namespace",
        "a root that is mapped to this host's",
        "a user namespace",
        |honest| without_namespace(honest, "none", Some(json!({"type": "user"}))),
    ),
    case(
        "user-namespace-of-the-host",
        "that of this host's first process",
        "a user namespace",
        |honest| {
            without_namespace(
                honest,
                "none",
                Some(json!({"type": "user", "path": "/proc/1/ns/user"})),
            )
        },
    ),
    case(
        "open-files",
        "more open files than this engine may have",
        "RLIMIT_NOFILE of 1000000000000",
        |honest| {
            honest.spec(
                "/process",
                "rlimits",
                json!([{"type": "RLIMIT_NOFILE", "hard": 1_000_000_000_000_u64, "soft": 1024}]),
            )
        },
    ),
    case(
        "unknown-limit",
        "a limit that the check doesn't know",
        "process limits that are none",
        |honest| {
            honest.spec(
                "/process",
                "rlimits",
                json!([{"type": "rlimit_rtprio", "hard": 99, "soft": 99}]),
            )
        },
    ),
    case(
        "host-name-with-a-line-break",
        "a second line in /etc/hosts",
        "a hostname that no host can have",
        |honest| honest.spec("", "hostname", json!("a\n10.0.0.1 bank")),
    ),
    case(
        "stacked-profile",
        "words of the kernel in a profile's name",
        "apparmorProfile that is no name",
        |honest| honest.spec("/process", "apparmorProfile", json!("x//&unconfined")),
    ),
];
