//! Settings, limits and devices that a container is made with, its groups and its resolver; what of
//! them a thaw keeps.

use serde_json::json;

use crate::harness::{Host, IMAGE};

/// Prints all that the kernel does otherwise for a process of the container.
const LOOK: &str = "cat /proc/sys/net/core/somaxconn /proc/sys/kernel/msgmax
    grep 'Max open files' /proc/1/limits | tr -s ' '
    grep Umask /proc/1/status; cat /proc/1/oom_score_adj
    grep Groups /proc/1/status | tr -s '\\t ' ' '
    ls -l /dev/nil | cut -d' ' -f1; echo x > /dev/nil || echo read only
    cat /etc/resolv.conf";

const SEEN: &str = "77\n9000\nMax open files 100 200 files \nUmask:\t0027\n300\nGroups: 1234 \n";

fn made(host: &Host) {
    host.start_shell(
        "made",
        &[
            "--sysctl=net.core.somaxconn=77",
            "--sysctl=kernel.msgmax=9000",
            "--ulimit=nofile=100:200",
            "--umask=027",
            "--oom-score-adj=300",
            "--device=/dev/null:/dev/nil:r",
            "--group-add=1234",
            "--user=0:0",
            "--dns=192.0.2.1",
            "--dns-search=corp.example",
            "--dns-option=ndots:3",
        ],
        "while :; do sleep 1; done",
    );
}

fn look(host: &Host) {
    let seen = host.run(&["exec", "made", "sh", "-c", LOOK]).stdout;
    let (first, rest) = seen.split_at(seen.find("crw").expect("the device"));
    assert_eq!(first, SEEN);
    for part in [
        "nameserver 192.0.2.1",
        "search corp.example",
        "options ndots:3",
    ] {
        assert!(rest.contains(part), "{part} in {rest}");
    }
}

pub fn settings_limits_and_devices(host: &Host) {
    made(host);
    look(host);
    let shown = host.inspect("made");
    let settings = &shown["HostConfig"];
    assert_eq!(settings["OomScoreAdj"], 300);
    assert_eq!(settings["GroupAdd"], json!(["1234"]));
    assert_eq!(
        settings["Ulimits"],
        json!([{"Name": "RLIMIT_NOFILE", "Soft": 100, "Hard": 200}])
    );
    assert_eq!(
        settings["Devices"],
        json!([{"PathOnHost": "/dev/null", "PathInContainer": "/dev/nil", "CgroupPermissions": "r"}])
    );
    assert_eq!(settings["DnsSearch"], json!(["corp.example"]));
    assert_eq!(shown["Config"]["Umask"], "0027");
    // What exec starts has the same limits and mask.
    assert_eq!(host.shell("made", "ulimit -n; umask"), "100\n0027");
    // In place, and through an archive: a device of the host is only for who may have it.
    host.ok(&["container", "checkpoint", "made"]);
    host.ok(&["container", "restore", "made"]);
    look(host);
    let archive = host.file("made.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "made"]);
    host.ok(&["rm", "made"]);
    host.fails(
        &["container", "restore", "-i", &archive],
        125,
        "--allow-devices",
    );
    host.ok(&["container", "restore", "--allow-devices", "-i", &archive]);
    look(host);
    host.ok(&["rm", "-f", "-t", "0", "made"]);
}

pub fn settings_that_cannot_be(host: &Host) {
    for (option, text) in [
        (
            "--sysctl=kernel.panic=1",
            "sysctl 'kernel.panic' is not allowed",
        ),
        (
            "--ulimit=nofile=2:1",
            "ulimit soft limit must be less than or equal to hard limit: 2 > 1",
        ),
        ("--umask=9", "invalid umask string 9: invalid argument"),
        ("--oom-score-adj=-1001", "it must be between -1000 and 1000"),
        ("--device=/dev/no-such", "stat /dev/no-such: "),
        ("--device=/etc/passwd", "/etc/passwd is not a device node"),
        ("--volumes-from=no-such", "no such container"),
        ("--volumes-from=no-such:zz", "invalid options \"zz\""),
    ] {
        host.fails(&["create", option, IMAGE, "true"], 125, text);
    }
    host.fails(
        &[
            "create",
            "--net=host",
            "--sysctl=net.core.somaxconn=1",
            IMAGE,
            "true",
        ],
        125,
        "sysctl net.core.somaxconn can't be set since Network Namespace set to host",
    );
}

pub fn volumes_of_another(host: &Host) {
    let place = host.file("shown");
    std::fs::create_dir(&place).unwrap();
    let bind = format!("{place}:/shown");
    host.ok(&[
        "create",
        "--name",
        "lender",
        "-v",
        &bind,
        "-v",
        "/own",
        "-v",
        "data:/data",
        IMAGE,
        "true",
    ]);
    host.start_shell(
        "borrower",
        &["--volumes-from", "lender:ro", "-v", "other:/data"],
        "while :; do sleep 1; done",
    );
    let script =
        "touch /own/x || echo refused; touch /shown/x || echo refused; touch /data/x && echo made";
    let done = host.run(&["exec", "borrower", "sh", "-c", script]);
    assert_eq!(done.stdout, "refused\nrefused\nmade\n");
    // Volumes stay while one container has them, whoever they were made for.
    host.ok(&["rm", "-v", "lender"]);
    host.shell("borrower", "ls /own /shown");
    host.ok(&["rm", "-f", "-v", "-t", "0", "borrower"]);
    let left = host.ok(&["volume", "ls", "-q"]);
    let mut left: Vec<&str> = left.lines().collect();
    left.sort_unstable();
    assert!(
        left.contains(&"data") && left.contains(&"other"),
        "{left:?}"
    );
    host.ok(&["volume", "prune", "-f"]);
    host.ok(&["volume", "rm", "-f", "data", "other"]);
}
