//! What an archive may ask for, row by row.

use super::*;

/// Namespaces of its own, with these besides.
fn own(more: &[&str]) -> Value {
    let kinds = ["pid", "mount", "ipc", "uts"].iter().chain(more);
    kinds.map(|kind| json!({ "type": kind })).collect()
}

/// The whole text of a refusal without a grant.
fn refusal(change: impl FnOnce(&mut Value)) -> String {
    let mut spec = honest();
    change(&mut spec);
    check(spec, Grants::default(), &[], false)
        .map_or_else(|error| error.to_string(), |_| String::new())
}

fn honest() -> Value {
    json!({
        "process": {"args": ["sleep", "1"], "cwd": "/", "env": [],
            "capabilities": {"bounding": ["CAP_CHOWN"], "effective": ["CAP_CHOWN"]}},
        "root": {"path": "/x"},
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/etc/hosts", "type": "bind", "source": "/far/away", "options": ["bind"]},
        ],
        "linux": {"maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys"], "resources": {},
            "namespaces": own(&["network"])},
        "annotations": {"run.oci.handler": "wasm", "io.podman.annotations.autoremove": "TRUE"},
        "hooks": {"prestart": [{"path": "/bin/evil"}]},
    })
}

#[test]
fn hooks_go_and_what_is_honest_stays() -> Result<()> {
    let spec = check(honest(), Grants::default(), &[], false)?;
    assert!(spec.get("hooks").is_none());
    assert!(spec["annotations"].get("run.oci.handler").is_none());
    assert_eq!(
        spec["annotations"]["io.podman.annotations.autoremove"],
        "TRUE"
    );
    assert_eq!(spec["mounts"].as_array().map(Vec::len), Some(2));
    Ok(())
}

#[test]
fn what_was_not_granted_is_refused_by_name() {
    let evil: [(&str, Value, &str); 8] = [
        (
            "/mounts/0",
            json!({"destination": "/p", "type": "proc", "source": "proc"}),
            "--allow-mounts",
        ),
        (
            "/mounts/0",
            json!({"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["rw"]}),
            "--allow-capabilities",
        ),
        ("/linux/namespaces", own(&[]), "--allow-host-network"),
        (
            "/mounts/0",
            json!({"destination": "/host", "type": "bind", "source": "/", "options": ["rbind"]}),
            "--allow-mounts",
        ),
        (
            "/mounts/0",
            json!({"destination": "/host", "type": "tmpfs", "source": "/", "options": ["rbind"]}),
            "--allow-mounts",
        ),
        (
            "/mounts/0",
            json!({"destination": "/disk", "type": "ext4", "source": "/dev/vda"}),
            "--allow-mounts",
        ),
        (
            "/process/capabilities/bounding",
            json!(["CAP_SYS_ADMIN"]),
            "CAP_SYS_ADMIN",
        ),
        ("/linux/maskedPaths", json!([]), "unmasked"),
    ];
    for (pointer, value, word) in evil {
        let mut spec = honest();
        if let Some(place) = spec.pointer_mut(pointer) {
            *place = value;
        }
        let error = check(spec.clone(), Grants::default(), &[], false)
            .map(|_| ())
            .map_err(|error| error.to_string());
        assert!(
            error.as_ref().is_err_and(|text| text.contains(word)),
            "{pointer}: {error:?}"
        );
        let all = Grants {
            mounts: true,
            devices: true,
            host_network: true,
            capabilities: true,
        };
        assert!(check(spec, all, &[], false).is_ok());
    }
}

#[test]
fn what_hides_the_kernel_is_completed() -> Result<()> {
    let spec = check(honest(), Grants::default(), &[], false)?;
    for (key, ours) in [
        ("maskedPaths", &spec::MASKED[..]),
        ("readonlyPaths", &spec::READ_ONLY[..]),
    ] {
        let list = spec["linux"][key].as_array().cloned().unwrap_or_default();
        assert!(
            ours.iter().all(|path| list.contains(&Value::from(*path))),
            "{key}"
        );
    }
    Ok(())
}

#[test]
fn our_own_files_are_bound_whatever_the_archive_calls_them() -> Result<()> {
    let mut spec = honest();
    spec["mounts"][1] =
        json!({"destination": "/dev/shm", "type": "ext4", "source": "/dev/vda", "options": ["rw"]});
    let spec = check(spec, Grants::default(), &[], false)?;
    assert_eq!(spec["mounts"][1]["type"], "bind");
    Ok(())
}

#[test]
fn a_pods_mounts_are_ours_and_its_pid_namespace_is_refused() -> Result<()> {
    let mut spec = honest();
    spec["mounts"] = json!([
        {"destination": "/dev/termination-log", "type": "bind", "source": "/etc/shadow", "options": ["rbind", "rw"]},
        {"destination": "/var/run/secrets/kubernetes.io/serviceaccount", "type": "bind", "source": "/root",
            "options": ["rbind", "rw"]},
    ]);
    spec["linux"]["namespaces"] = json!([
        {"type": "network", "path": "/proc/1/ns/net"},
        {"type": "ipc", "path": "/proc/1/ns/ipc"},
        {"type": "pid"},
        {"type": "mount"},
        {"type": "uts"},
    ]);
    let checked = check(spec.clone(), Grants::default(), &[], false)?;
    assert_eq!(checked["mounts"][0]["options"], json!(["bind", "rprivate"]));
    assert_eq!(
        checked["mounts"][1]["options"],
        json!(["bind", "rprivate", "ro"])
    );
    spec["linux"]["namespaces"][2]["path"] = "/proc/1/ns/pid".into();
    let error = check(spec, Grants::default(), &[], false).map_err(|error| error.to_string());
    assert!(error.is_err_and(|text| text.contains("pid namespace")));
    Ok(())
}

#[test]
fn a_granted_mount_must_be_there() {
    let mut spec = honest();
    spec["mounts"][0] =
        json!({"destination": "/data", "type": "bind", "source": "/no/such", "options": ["rbind"]});
    let mounts = Grants {
        mounts: true,
        ..Grants::default()
    };
    let error = check(spec, mounts, &[], false).map_err(|error| error.to_string());
    assert!(error.is_err_and(|text| text.contains("\"/no/such\" of its host")));
}

#[test]
fn a_destination_that_climbs_is_refused_always() {
    let mut spec = honest();
    spec["mounts"][0]["destination"] = "/a/../../etc".into();
    let all = Grants {
        mounts: true,
        devices: true,
        host_network: true,
        capabilities: true,
    };
    assert!(check(spec, all, &[], false).is_err());
}

#[test]
fn a_bind_mount_is_a_volume_only_where_the_archive_has_one() -> Result<()> {
    let volume = VolumeMount {
        name: "v".into(),
        destination: "/data".into(),
        options: volume_options(&["ro", "dev", "rshared", "idmap"].map(String::from)),
        anonymous: false,
        sub_path: String::new(),
    };
    let mut spec = honest();
    spec["mounts"][0] = json!({"destination": "/data/", "type": "bind",
        "source": "/etc", "options": ["rbind", "rw", "rshared", "suid"]});
    assert!(check(spec.clone(), Grants::default(), &[], false).is_err());
    let checked = check(
        spec.clone(),
        Grants::default(),
        std::slice::from_ref(&volume),
        false,
    )?;
    let options = json!(["rprivate", "ro", "nosuid", "nodev", "rbind"]);
    assert_eq!(checked["mounts"][0]["options"], options);
    spec["mounts"][0]["destination"] = "/data2".into();
    assert!(check(spec, Grants::default(), &[volume], false).is_err());
    Ok(())
}

#[test]
fn options_of_mounts_make_nothing_writable() {
    let at_sys = |kind: &str, options: Value| {
        refusal(|spec| {
            spec["mounts"][0] =
                json!({"destination": "/sys", "type": kind, "source": kind, "options": options});
        })
    };
    assert_eq!(at_sys("sysfs", json!(["nosuid", "ro"])), "");
    assert!(at_sys("sysfs", json!(["ro", "rw"])).contains("a writable /sys"));
    assert!(at_sys("tmpfs", json!(["remount", "rw"])).contains("\"remount\" at \"/sys\""));
    assert!(at_sys("tmpfs", json!(["size=1m,remount"])).contains("--allow-mounts"));
    assert!(at_sys("tmpfs", json!("rw")).contains("options of its mount"));
    assert_eq!(
        at_sys("tmpfs", json!(["rprivate", "size=65536k", "mode=755"])),
        ""
    );
    let mount = refusal(|spec| spec["mounts"][0] = "x".into());
    assert!(mount.contains("a mount that is none"), "{mount}");
}

#[test]
fn namespaces_are_its_own() {
    for kind in ["pid", "mount", "ipc", "uts"] {
        let said = refusal(|spec| {
            let list = spec["linux"]["namespaces"].as_array_mut().unwrap();
            list.retain(|entry| entry["type"] != kind);
        });
        assert!(
            said.contains(&format!("the {kind} namespace of its host")),
            "{said}"
        );
    }
    let said = refusal(|spec| spec["linux"]["namespaces"] = own(&["network", "user"]));
    assert!(said.contains("a user namespace"), "{said}");
}

#[test]
fn what_has_another_type_is_refused_and_not_indexed() {
    for (pointer, key, word) in [
        ("/linux", "resources", "\"resources\" that is none"),
        ("/process", "capabilities", "\"capabilities\" that is none"),
        ("/process", "user", "\"user\" that is none"),
        ("/process", "rlimits", "process limits that are none"),
        ("/linux", "devices", "--allow-devices"),
    ] {
        let said = refusal(|spec| spec.pointer_mut(pointer).unwrap()[key] = "x".into());
        assert!(said.contains(word), "{key}: {said}");
    }
    let said =
        refusal(|spec| spec["process"]["capabilities"] = json!({"Bounding": "CAP_SYS_ADMIN"}));
    assert!(said.contains("capabilities that are none"), "{said}");
    for key in ["hostname", "domainname"] {
        let said = refusal(|spec| spec[key] = "a\n127.0.0.1 bank".into());
        assert!(said.contains(&format!("a {key} that no host")), "{said}");
    }
    let said = refusal(|spec| spec["process"]["apparmorProfile"] = "a//&unconfined".into());
    assert!(said.contains("apparmorProfile"), "{said}");
}

#[test]
fn process_limits_are_at_most_the_engines() {
    let limit = |name: &str, hard: u64| {
        refusal(|spec| {
            spec["process"]["rlimits"] =
                json!([{"type": name, "hard": hard, "soft": 0, "Hard": 1}]);
        })
    };
    assert_eq!(limit("RLIMIT_NOFILE", 1 << 20), "");
    assert_eq!(limit("RLIMIT_NPROC", u64::MAX), "");
    assert!(limit("RLIMIT_NOFILE", 1 << 50).contains("--allow-capabilities"));
    assert!(limit("RLIMIT_WHATEVER", 0).contains("process limits that are none"));
}

#[test]
fn settings_and_resources_are_the_containers_own() -> Result<()> {
    let mut spec = honest();
    spec["linux"]["sysctl"] = json!({"net.ipv4.ping_group_range": "0 0", "kernel.shmmax": "1",
        "kernel.core_pattern": "|/x", "net/../kernel/core_pattern": "|/x", "net..x": "1",
        "kernel.shm/../core_pattern": "|/x", "kernel.shm_next": "1", "net.x": 1});
    spec["linux"]["resources"] = json!({"memory": {"limit": 1, "disableOOMKiller": true},
        "cpu": {"shares": 2, "realtimeRuntime": 3}, "hugepageLimits": [], "unified": {"a": "b"}});
    spec["mounts"][0]["uidMappings"] = json!([{"containerID": 0, "hostID": 0, "size": 1}]);
    let checked = check(spec, Grants::default(), &[], false)?;
    let expected = json!({"net.ipv4.ping_group_range": "0 0", "kernel.shmmax": "1"});
    assert_eq!(checked["linux"]["sysctl"], expected);
    // On this host's network those would be this host's.
    let mut spec = honest();
    spec["linux"]["sysctl"] = expected;
    let list = spec["linux"]["namespaces"].as_array_mut();
    if let Some(list) = list {
        list.retain(|entry| entry["type"] != "network");
    }
    let granted = Grants {
        host_network: true,
        ..Grants::default()
    };
    let on_host = check(spec, granted, &[], false)?;
    assert_eq!(on_host["linux"]["sysctl"], json!({"kernel.shmmax": "1"}));
    let resources = &checked["linux"]["resources"];
    assert_eq!(resources["memory"], json!({"limit": 1}));
    assert_eq!(resources["cpu"], json!({"shares": 2}));
    assert!(
        resources.get("unified").is_none() && checked["mounts"][0].get("uidMappings").is_none()
    );
    Ok(())
}

#[test]
fn no_filter_hands_calls_to_a_program_of_this_host() -> Result<()> {
    let all = Grants {
        capabilities: true,
        ..Grants::default()
    };
    let mut spec = honest();
    spec["linux"]["seccomp"] = json!({"defaultAction": "SCMP_ACT_ALLOW",
        "listenerPath": "/run/x", "ListenerPath": "/run/x"});
    let checked = check(spec, all, &[], false)?;
    assert_eq!(
        checked["linux"]["seccomp"],
        json!({"defaultAction": "SCMP_ACT_ALLOW"})
    );
    Ok(())
}
