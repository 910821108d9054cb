//! `update`.

use serde_json::json;

use crate::harness::wait::in_vm;
use crate::harness::{Host, IMAGE};

/// Limits that are given at the beginning are there as those of `update`.
pub fn limits_from_the_beginning(host: &Host) {
    let id = host.ok(&[
        "create",
        "--cpus",
        "1.5",
        "-c",
        "512",
        "--cpuset-cpus",
        "0",
        "--cpuset-mems",
        "0",
        "-m",
        "64m",
        "--memory-reservation",
        "32m",
        "--memory-swap",
        "-1",
        IMAGE,
        "true",
    ]);
    let limits = host.inspect(&id)["HostConfig"].clone();
    for (key, wanted) in [
        ("NanoCpus", json!(1_500_000_000_u64)),
        ("CpuShares", json!(512)),
        ("CpusetCpus", json!("0")),
        ("CpusetMems", json!("0")),
        ("Memory", json!(64 << 20)),
        ("MemoryReservation", json!(32 << 20)),
        ("MemorySwap", json!(-1)),
    ] {
        assert_eq!(limits[key], wanted, "{key}");
    }
    host.ok(&["rm", &id]);
    for (words, text) in [
        (
            ["--memory-reservation", "x"],
            "invalid value for memory-reservation: invalid size: 'x'",
        ),
        (["--cpus", "x"], "invalid"),
    ] {
        host.fails(&["create", words[0], words[1], IMAGE], 125, text);
    }
}

pub fn limits_and_restart_policy(host: &Host) {
    let id = host.ok(&[
        "create",
        "--name",
        "made",
        IMAGE,
        "sh",
        "-c",
        "while :; do sleep 1; done",
    ]);
    let told = host.ok(&[
        "update",
        "--memory",
        "64m",
        "--memory-swap",
        "-1",
        "--memory-reservation",
        "32m",
        "--cpus",
        "0.5",
        "--cpu-shares",
        "512",
        "--cpuset-cpus",
        "0",
        "--pids-limit",
        "50",
        "--restart",
        "on-failure:2",
        "made",
    ]);
    assert_eq!(told, id);
    let shown = host.inspect("made")["HostConfig"].clone();
    for (key, value) in [
        ("Memory", json!(64 << 20)),
        ("MemorySwap", json!(-1)),
        ("MemoryReservation", json!(32 << 20)),
        ("NanoCpus", json!(500_000_000)),
        ("CpuQuota", json!(50_000)),
        ("CpuPeriod", json!(100_000)),
        ("CpuShares", json!(512)),
        ("CpusetCpus", json!("0")),
        ("PidsLimit", json!(50)),
        (
            "RestartPolicy",
            json!({ "Name": "on-failure", "MaximumRetryCount": 2 }),
        ),
    ] {
        assert_eq!(shown[key], value, "{key}");
    }
    // And none of them any more.
    host.ok(&[
        "container",
        "update",
        "--memory",
        "0",
        "--memory-swap",
        "0",
        "--memory-reservation",
        "0",
        "--cpus",
        "0",
        "-c",
        "0",
        "--cpuset-cpus",
        "",
        "--pids-limit",
        "-1",
        "--restart",
        "no",
        "made",
    ]);
    let shown = host.inspect("made")["HostConfig"].clone();
    for key in [
        "Memory",
        "MemorySwap",
        "MemoryReservation",
        "CpuQuota",
        "CpuShares",
        "PidsLimit",
    ] {
        assert_eq!(shown[key], 0, "{key}");
    }
    // Frozen, it has what was changed with its thaw.
    host.ok(&["start", "made"]);
    host.ok(&["container", "checkpoint", "made"]);
    host.ok(&["update", "--restart", "always", "made"]);
    host.ok(&["container", "restore", "made"]);
    assert_eq!(host.status("made"), "running");
    assert_eq!(
        host.inspect("made")["HostConfig"]["RestartPolicy"]["Name"],
        "always"
    );
    // What no kernel can do is refused, and what this one can't leaves all as it was.
    host.ok(&["update", "--restart", "no", "made"]);
    for (words, text) in [
        (&["--memory", "x"][..], "invalid value for memory"),
        (&["--memory-swap", "1m"], "minimum memoryswap limit"),
        (&["--cpus", "-1"], "invalid number of processors"),
        (
            &["--cpus", "1", "--cpu-quota", "5000"],
            "cannot be set together",
        ),
        (&["--cpuset-cpus", "1-0"], "invalid list of processors"),
        (&["--cpu-period", "1"], "CPU cfs period"),
        (&["--restart", "perhaps"], "is not a valid restart policy"),
    ] {
        host.fails(&[&["update"], words, &["made"]].concat(), 125, text);
    }
    host.fails(&["update"], 125, "update requires a name");
    host.fails(&["update", "nobody"], 125, "no such container");
}

/// Where the kernel has the controllers (in the virtual machine); elsewhere a refusal changes nothing.
pub fn limits_of_one_that_runs(host: &Host) {
    host.start_shell("busy", &[], "while :; do sleep 1; done");
    let done = host.run(&["update", "--pids-limit", "77", "--memory", "64m", "busy"]);
    let shown = |key: &str| host.inspect("busy")["HostConfig"][key].clone();
    if done.code != 0 {
        assert!(
            !in_vm() && done.stderr.contains("updating container"),
            "{done}"
        );
        assert_eq!((shown("PidsLimit"), shown("Memory")), (json!(0), json!(0)));
        assert_eq!(host.status("busy"), "running");
        return;
    }
    let id = host.inspect("busy")["Id"].as_str().unwrap().to_owned();
    let group = |file: &str| {
        let path = format!("/sys/fs/cgroup/cryopod/{id}/{file}");
        std::fs::read_to_string(&path)
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let limits = || [group("pids.max"), group("memory.max")];
    let wanted = ["77".to_owned(), (64 << 20).to_string()];
    assert_eq!(limits(), wanted);
    // A further change forgets none of them, nor does a thaw.
    host.ok(&["update", "--cpu-shares", "512", "busy"]);
    assert_eq!(limits(), wanted);
    host.ok(&["container", "checkpoint", "busy"]);
    host.ok(&["container", "restore", "busy"]);
    assert_eq!(limits(), wanted);
    // The machine is slow, and no runtime has a part in the rest.
    if host.runtime == "runc" {
        return;
    }
    let archive = host.file("busy.tar.zst");
    host.ok(&["container", "checkpoint", "-e", &archive, "busy"]);
    host.ok(&["rm", "busy"]);
    host.ok(&["container", "restore", "-i", &archive]);
    assert_eq!(shown("PidsLimit"), 77);
    host.ok(&["update", "--memory", "0", "busy"]);
    assert_eq!(host.inspect("busy")["HostConfig"]["Memory"], 0);
}
