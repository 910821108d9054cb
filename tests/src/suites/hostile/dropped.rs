//! What an archive asks for in vain: nobody needs it, so it is not refused but left out. All of it
//! is in one archive, whose container is thawed, and started cold, and looked at.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::honest::{Honest, replace};
use super::tape::{file, link, members, tar};
use super::{CANARY, Canary};
use crate::harness::Host;

/// Something dangerous, and what becomes of it.
pub(super) struct Dropped {
    pub(super) name: &'static str,
    pub(super) tries: &'static str,
    pub(super) instead: &'static str,
    /// Puts it into the specification and the configuration.
    spoil: fn(&mut Value, &mut Value),
    /// What must be so afterwards.
    check: fn(&Started<'_>),
}

/// The container of the archive.
struct Started<'h> {
    host: &'h Host,
    /// What a restore said.
    warnings: String,
    id: String,
    /// The `config.json` of its cold start.
    spec: Value,
    inspected: Value,
}

impl Started<'_> {
    /// A part of its specification; null where there is none.
    fn part(&self, pointer: &str) -> &Value {
        self.spec.pointer(pointer).unwrap_or(&Value::Null)
    }
}

const NAME: &str = "honest";

const fn dropped(
    name: &'static str,
    tries: &'static str,
    instead: &'static str,
    spoil: fn(&mut Value, &mut Value),
    check: fn(&Started<'_>),
) -> Dropped {
    Dropped {
        name,
        tries,
        instead,
        spoil,
        check,
    }
}

pub(super) const CASES: &[Dropped] = &[
    dropped(
        "hooks",
        "programs of this host before and after the start (run by Podman)",
        "left out: nothing of it is run",
        |spec, _| {
            for kind in [
                "prestart",
                "createRuntime",
                "createContainer",
                "startContainer",
                "poststart",
                "poststop",
            ] {
                let script = format!("touch {CANARY}/{kind}");
                spec["hooks"][kind] = json!([{"path": "/bin/sh", "args": ["sh", "-c", script]}]);
            }
        },
        |started| assert!(started.part("/hooks").is_null()),
    ),
    dropped(
        "annotations-of-runtimes",
        "words that make crun, runc, systemd or CDI do more",
        "left out, and CRIU's configuration is ours",
        |spec, _| {
            for key in [
                "run.oci.handler",
                "run.oci.hooks.stdout",
                "run.oci.mount_context_type",
                "cdi.k8s.io/all",
                "org.systemd.property.ExecStartPre",
            ] {
                spec["annotations"][key] = json!(format!("{CANARY}/x"));
            }
            spec["annotations"]["org.criu.config"] = json!(format!("{CANARY}/criu.conf"));
        },
        |started| {
            let all = started
                .part("/annotations")
                .as_object()
                .expect("annotations");
            let known = |key: &String| key.starts_with("io.") || key == "org.criu.config";
            assert!(all.keys().all(known), "{all:?}");
            assert!(!started.spec.to_string().contains("criu-canary"));
            assert!(
                all["org.criu.config"]
                    .as_str()
                    .expect("a path")
                    .contains(&started.id)
            );
        },
    ),
    dropped(
        "settings-of-the-kernel",
        "a program of its own for every crash on this host (kernel.core_pattern)",
        "only those of the container's namespaces are taken",
        |spec, _| {
            spec["linux"]["sysctl"] = json!({"kernel.core_pattern": "|/evil", "vm.overcommit_memory": "1",
                "kernel.shm/../core_pattern": "|/evil", "net..": "1", "net.ipv4.ip_unprivileged_port_start": "0"});
        },
        |started| {
            let expected = json!({"net.ipv4.ip_unprivileged_port_start": "0"});
            assert_eq!(started.part("/linux/sysctl"), &expected);
        },
    ),
    dropped(
        "cgroup-elsewhere",
        "a cgroup outside of ours",
        "it gets the one of its id",
        |spec, config| {
            spec["linux"]["cgroupsPath"] = json!("/../../hostile-evil");
            config["cgroupParent"] = json!("/../hostile-evil");
        },
        |started| {
            let path = started.part("/linux/cgroupsPath").as_str().expect("a path");
            assert!(path.contains(&started.id), "{path}");
            assert!(!Path::new("/sys/fs/cgroup/hostile-evil").exists());
        },
    ),
    dropped(
        "root-of-the-host",
        "this host's / as the root",
        "the root is the mounted image",
        |spec, _| spec["root"]["path"] = json!("/"),
        |started| {
            let path = started.part("/root/path").as_str().expect("a path");
            assert!(path.contains(&started.id), "{path}");
        },
    ),
    dropped(
        "filter-of-its-own",
        "a filter that allows all, and hands calls to a program of this host",
        "the default filter",
        |spec, _| {
            spec["linux"]["seccomp"] = json!({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": format!("{CANARY}/socket")});
        },
        |started| {
            assert_eq!(
                started.part("/linux/seccomp/defaultAction"),
                "SCMP_ACT_ERRNO"
            );
            assert!(started.part("/linux/seccomp/listenerPath").is_null());
            let status = format!("/proc/{}/status", started.host.pid(NAME));
            let status = fs::read_to_string(status).expect("it runs");
            assert!(status.contains("Seccomp:\t2"), "{status}");
        },
    ),
    dropped(
        "rules-for-devices",
        "all devices of this host by the cgroup",
        "none but the usual ones",
        |spec, _| spec["linux"]["resources"]["devices"] = json!([{"allow": true, "access": "rwm"}]),
        |started| {
            let expected = json!([{"allow": false, "access": "rwm"}]);
            assert_eq!(started.part("/linux/resources/devices"), &expected);
        },
    ),
    dropped(
        "other-resources",
        "real-time shares, a cgroup that is never killed, settings by file name",
        "only limits of memory, processes and processors are taken",
        |spec, _| {
            let resources = &mut spec["linux"]["resources"];
            resources["unified"] = json!({"memory.min": "max"});
            resources["memory"] = json!({"disableOOMKiller": true, "checkBeforeUpdate": true});
            resources["cpu"]["realtimeRuntime"] = json!(950_000);
            resources["network"] = json!({"classID": 1});
        },
        |started| {
            assert_eq!(started.part("/linux/resources/memory"), &json!({}));
            for gone in [
                "/linux/resources/unified",
                "/linux/resources/network",
                "/linux/resources/cpu/realtimeRuntime",
            ] {
                assert!(started.part(gone).is_null(), "{gone}");
            }
        },
    ),
    dropped(
        "process-before-others",
        "never killed for memory, real-time scheduling and disk",
        "left out",
        |spec, _| {
            spec["process"]["oomScoreAdj"] = json!(-1000);
            spec["process"]["scheduler"] = json!({"policy": "SCHED_FIFO", "priority": 99});
            spec["process"]["ioPriority"] = json!({"class": "IOPRIO_CLASS_RT", "priority": 0});
        },
        |started| {
            for gone in [
                "/process/oomScoreAdj",
                "/process/scheduler",
                "/process/ioPriority",
            ] {
                assert!(started.part(gone).is_null(), "{gone}");
            }
        },
    ),
    dropped(
        "parts-of-linux",
        "shared propagation of the root, cache of the processor, another label",
        "left out",
        |spec, _| {
            spec["linux"]["rootfsPropagation"] = json!("rshared");
            spec["linux"]["intelRdt"] = json!({"closID": "x"});
            spec["linux"]["mountLabel"] = json!("x");
            spec["linux"]["uidMappings"] = json!([{"containerID": 0, "hostID": 0, "size": 1}]);
        },
        |started| {
            for gone in ["rootfsPropagation", "intelRdt", "mountLabel", "uidMappings"] {
                assert!(started.part("/linux").get(gone).is_none(), "{gone}");
            }
        },
    ),
    dropped(
        "mappings-of-a-mount",
        "files of this host's users by a mapping of a mount",
        "left out",
        |spec, _| {
            spec["mounts"][0]["uidMappings"] = json!([{"containerID": 0, "hostID": 0, "size": 1}]);
        },
        |started| assert!(started.part("/mounts/0").get("uidMappings").is_none()),
    ),
    dropped(
        "namespaces-by-path",
        "shared memory, name and network of this host's first process",
        "it gets its own",
        |spec, _| {
            for entry in spec["linux"]["namespaces"]
                .as_array_mut()
                .expect("namespaces")
            {
                let kind = entry["type"].as_str().expect("a kind").to_owned();
                let file = match kind.as_str() {
                    "ipc" | "uts" => kind,
                    "network" => "net".to_owned(),
                    _ => continue,
                };
                entry["path"] = json!(format!("/proc/1/ns/{file}"));
            }
        },
        |started| {
            assert!(
                !started
                    .part("/linux/namespaces")
                    .to_string()
                    .contains("/proc/1/")
            );
            for kind in ["ipc", "uts", "net", "pid", "mnt"] {
                let of = |pid: i64| {
                    fs::read_link(format!("/proc/{pid}/ns/{kind}")).expect("a namespace")
                };
                assert_ne!(of(started.host.pid(NAME)), of(1), "{kind}");
            }
        },
    ),
    dropped(
        "files-of-the-engine",
        "/etc/shadow of this host in the place of a file that the engine mounts",
        "the engine's own file is mounted, whatever the archive says",
        |spec, _| {
            for mount in spec["mounts"].as_array_mut().expect("mounts") {
                if mount["destination"] == "/etc/hosts" {
                    mount["source"] = json!("/etc/shadow");
                }
            }
        },
        |started| {
            let text = started.host.shell(NAME, "cat /etc/hosts");
            assert!(
                text.contains("localhost") && !text.contains("root:"),
                "{text}"
            );
        },
    ),
    dropped(
        "privileged-by-a-word",
        "`privileged` in config.dump alone",
        "the word counts only with --allow-capabilities",
        |_, config| config["privileged"] = json!(true),
        |started| assert_eq!(started.inspected["HostConfig"]["Privileged"], false),
    ),
    dropped(
        "files-of-the-monitor",
        "process ids, logs and commands at places of its choice",
        "those keys are not read",
        |_, config| {
            for key in [
                "conmonPidFile",
                "pidFile",
                "logPath",
                "staticDir",
                "exitCommand",
                "secrets",
                "ConmonPidFile",
                "containerEnvPath",
            ] {
                config[key] = json!(format!("{CANARY}/{key}"));
            }
        },
        |_| {},
    ),
    dropped(
        "name-of-a-trusted-image",
        "its image under the name of another (retag poisoning)",
        "no image gets a name, and the container shows one that its image has here",
        |_, config| {
            for key in ["rootfsImageName", "RawImageName"] {
                config[key] = json!("docker.io/library/trusted:latest");
            }
        },
        |started| {
            let name = started.inspected["ImageName"].as_str().expect("a name");
            assert!(!name.contains("trusted"), "{name}");
            let all = started.host.ok(&["images"]);
            assert!(!all.contains("trusted"), "{all}");
        },
    ),
    dropped(
        "interface-of-the-host",
        "the name of an interface of this host",
        "of an attachment's options only those of its own end are taken",
        |_, config| {
            let options = json!({"host_interface_name": "hostile0", "mtu": "1400"});
            config["orderedNetworks"][0]["options"] = options.clone();
            config["newNetworks"]["podman"]["options"] = options;
        },
        |_| assert!(!Path::new("/sys/class/net/hostile0").exists()),
    ),
    dropped(
        "check-without-an-end",
        "a health check that holds up every checkpoint for 292 years",
        "an hour is the most",
        |_, config| {
            config["healthcheck"] =
                json!({"Test": ["CMD", "true"], "Timeout": i64::MAX, "Interval": -1});
        },
        |started| {
            let check = &started.inspected["Config"]["Healthcheck"];
            assert_eq!(check["Timeout"], 3_600_000_000_000_i64, "{check}");
        },
    ),
    dropped(
        "port-of-a-service",
        "a port of this host below 1024",
        "taken, as Podman does, and a warning names it; --publish chooses others",
        |_, config| {
            config["newPortMappings"] = json!([{"host_ip": "127.0.0.1", "container_port": 7, "host_port": 7, "range": 1, "protocol": "tcp"}]);
        },
        |started| {
            let text = &started.warnings;
            assert!(text.contains("belong to services: 7/tcp"), "{text}");
        },
    ),
    dropped(
        "changes-by-absolute-name",
        "a changed file with an absolute name",
        "it is the container's file of that name",
        |_, _| {},
        |started| {
            let text = started.host.shell(NAME, &format!("cat {CANARY}/by-name"));
            assert_eq!(text, "by-name");
        },
    ),
    dropped(
        "changes-through-a-link",
        "a link to a directory of this host, and a file through it",
        "the link means what it means in the container",
        |_, _| {},
        |started| {
            let text = started.host.shell(NAME, &format!("cat {CANARY}/through"));
            assert_eq!(text, "through");
        },
    ),
    dropped(
        "set-id-files",
        "a program for root in the changes, to be run by users of this host",
        "it is there, below a directory that only root may enter",
        |_, _| {},
        |started| {
            let volumes = fs::metadata("/var/lib/cryopod/volumes").expect("volumes");
            let own = fs::metadata(format!("/var/lib/cryopod/containers/{}", started.id))
                .expect("its directory");
            for metadata in [volumes, own] {
                let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
                assert_eq!(mode & 0o077, 0, "{mode:o}");
            }
        },
    ),
];

/// The archive with all of it.
fn spoiled(honest: &Honest) -> Vec<u8> {
    let (mut spec, mut config) = (honest.json("spec.dump"), honest.json("config.dump"));
    for case in CASES {
        (case.spoil)(&mut spec, &mut config);
    }
    let mut all = honest.podmans();
    let diff = all.iter().find(|member| member.name == b"rootfs-diff.tar");
    let mut changes = members(&diff.expect("changes").data);
    changes.push(file(format!("{CANARY}/by-name"), "by-name\n"));
    changes.push(link(b'2', "out", CANARY));
    changes.push(file("out/through", "through\n"));
    replace(&mut all, "rootfs-diff.tar", &tar(&changes));
    replace(&mut all, "spec.dump", spec.to_string().as_bytes());
    replace(&mut all, "config.dump", config.to_string().as_bytes());
    tar(&all)
}

pub(super) fn all_at_once(host: &Host) {
    let honest = Honest::of(host);
    let _canary = Canary::plant();
    let pattern = || fs::read_to_string("/proc/sys/kernel/core_pattern").expect("a setting");
    let (shadow, before) = (fs::read("/etc/shadow").ok(), pattern());
    let archive = host.file("spoiled.tar");
    fs::write(&archive, spoiled(&honest)).expect("the archive is written");
    let done = host.run(&["container", "restore", "-i", &archive]);
    assert_eq!(done.code, 0, "{done}");
    let log = host.log(NAME);
    host.wait_for_more_log(NAME, &log);
    host.ok(&["stop", "-t", "0", NAME]);
    host.ok(&["start", NAME]);
    let inspected = host.inspect(NAME);
    let id = inspected["Id"].as_str().expect("an id").to_owned();
    let path = format!("/var/lib/cryopod/containers/{id}/bundle/config.json");
    let spec = fs::read(path).expect("its specification");
    let started = Started {
        host,
        warnings: done.stderr,
        id,
        spec: serde_json::from_slice(&spec).expect("JSON"),
        inspected,
    };
    for case in CASES {
        eprintln!("{}", case.name);
        (case.check)(&started);
    }
    host.ok(&["rm", "-f", "-t", "0", NAME]);
    host.ok(&["volume", "rm", "hostile-data"]);
    let left: Vec<_> = fs::read_dir(CANARY)
        .expect("the canary")
        .flatten()
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(
        fs::read(format!("{CANARY}/alive")).expect("it lives"),
        b"alive\n"
    );
    assert_eq!((fs::read("/etc/shadow").ok(), pattern()), (shadow, before));
}
