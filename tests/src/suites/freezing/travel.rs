//! What goes with a container into an archive and comes out elsewhere: volumes, ports, policies.

use super::consistency::check_gap;
use crate::harness::{Host, ask_web};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    volumes_travel,
    volumes_left_out,
    volume_of_one_instant,
    anonymous_volume_travels,
    other_ports,
    restart_policy_travels,
    removed_when_it_ends_travels,
    frozen_container_is_not_restarted,
];

/// Freezes into a file and removes container and volumes.
fn leave(host: &Host, name: &str, options: &[&str], volumes: &[&str]) -> String {
    let archive = host.file(&format!("{name}.tar"));
    let line = [
        &["container", "checkpoint", "-e", &archive][..],
        options,
        &[name],
    ]
    .concat();
    host.ok(&line);
    host.ok(&["rm", "-v", name]);
    for volume in volumes {
        host.ok(&["volume", "rm", volume]);
    }
    archive
}

fn volumes_travel(host: &Host) {
    host.start_shell(
        "volumes",
        &["-v", "first:/first", "-v", "second:/second:ro"],
        COUNT_ALOUD,
    );
    host.shell(
        "volumes",
        "echo one > /first/file; chmod 640 /first/file; chown 1000:1000 /first/file; mkdir /first/d; ln /first/file /first/d/hard; chmod 700 /first",
    );
    let archive = leave(host, "volumes", &[], &["first"]);
    let taken = ["container", "restore", "-i", &archive];
    host.fails(
        &taken,
        125,
        "volume with name second already exists. Use --ignore-volumes to not restore content of volumes",
    );
    assert!(!host.exists("volumes"), "nothing half-made");
    host.ok(&["volume", "rm", "second"]);
    host.ok(&taken);
    let text = host.shell(
        "volumes",
        "cat /first/file; stat -c '%a %u:%g %h' /first/file; stat -c %a /first; touch /second/x 2>/dev/null || echo read-only",
    );
    assert_eq!(text, "one\n640 1000:1000 2\n700\nread-only");
    assert_eq!(host.ok(&["volume", "ls", "-q"]), "first\nsecond");
    host.ok(&["rm", "-f", "-t", "0", "volumes"]);
    host.ok(&["volume", "rm", "first", "second"]);
}

fn volumes_left_out(host: &Host) {
    host.start_shell(
        "left",
        &["-v", "left:/left"],
        "echo old > /left/file; while :; do sleep 0.1; done",
    );
    let archive = leave(host, "left", &["--ignore-volumes"], &["left"]);
    host.ok(&["container", "restore", "-i", &archive]);
    assert_eq!(
        host.shell("left", "ls /left"),
        "",
        "the archive holds nothing of it"
    );
    let archive = leave(host, "left", &[], &[]);
    host.ok(&["container", "restore", "--ignore-volumes", "-i", &archive]);
    host.shell("left", "echo new > /left/file");
    assert_eq!(host.shell("left", "cat /left/file"), "new");
    host.ok(&["rm", "-f", "-t", "0", "left"]);
    host.ok(&["volume", "rm", "left"]);
}

/// The count in memory and the one in the volume are of one instant though it runs on.
fn volume_of_one_instant(host: &Host) {
    host.start(
        "instant",
        &["-v", "counts:/counts"],
        &["workload", "count", "/counts/counter"],
    );
    host.wait_for_log("instant", "tick mem=200");
    let archive = host.file("instant.tar");
    host.ok(&["container", "checkpoint", "-R", "-e", &archive, "instant"]);
    let before = host.log("instant");
    host.wait_for_more_log("instant", &before);
    host.ok(&["rm", "-f", "-t", "0", "instant"]);
    host.ok(&["volume", "rm", "counts"]);
    host.ok(&["container", "restore", "-i", &archive]);
    assert!(check_gap(host, "instant", |_| true) >= 200);
    host.ok(&["rm", "-f", "-t", "0", "instant"]);
    host.ok(&["volume", "rm", "counts"]);
}

fn anonymous_volume_travels(host: &Host) {
    host.start_shell(
        "nameless",
        &["-v", "/here"],
        "echo kept > /here/file; while :; do sleep 0.1; done",
    );
    let archive = leave(host, "nameless", &[], &[]);
    assert_eq!(host.ok(&["volume", "ls", "-q"]), "");
    host.ok(&["container", "restore", "-i", &archive]);
    assert_eq!(host.shell("nameless", "cat /here/file"), "kept");
    host.ok(&["rm", "-f", "-v", "-t", "0", "nameless"]);
    assert_eq!(host.ok(&["volume", "ls", "-q"]), "");
}

fn other_ports(host: &Host) {
    host.start(
        "ports",
        &["-p", "7780:8000"],
        &["workload", "web", "8000", "/data/web"],
    );
    host.wait_for_log("ports", "listening");
    let archive = leave(host, "ports", &[], &[]);
    host.ok(&["container", "restore", "-p", "7781:8000", "-i", &archive]);
    assert!(ask_web("127.0.0.1", 7781).is_some());
    assert!(ask_web("127.0.0.1", 7780).is_none(), "the old port is free");
    let ports = &host.inspect("ports")["NetworkSettings"]["Ports"]["8000/tcp"][0]["HostPort"];
    assert_eq!(ports, "7781");
}

fn restart_policy_travels(host: &Host) {
    let script = "rm -f /data/end; echo begun; while [ ! -e /data/end ]; do sleep 0.1; done";
    host.start_shell("policy", &["--restart", "always"], script);
    host.wait_for_log("policy", "begun");
    let archive = leave(host, "policy", &[], &[]);
    host.ok(&["container", "restore", "-i", &archive]);
    host.shell("policy", "touch /data/end");
    crate::harness::wait::until("another start by policy", || {
        (host.log("policy").matches("begun").count() == 2).then_some(())
    });
    host.wait_for_status("policy", "running");
}

fn removed_when_it_ends_travels(host: &Host) {
    host.start_shell("removed", &["--rm"], COUNT_ALOUD);
    host.fails(
        &["container", "checkpoint", "removed"],
        125,
        "cannot checkpoint containers that have been started with '--rm' unless '--export' is used",
    );
    let archive = host.file("removed.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "removed"]);
    assert!(!host.exists("removed"));
    host.ok(&["container", "restore", "-i", &archive]);
    host.ok(&["stop", "-t", "0", "removed"]);
    crate::harness::wait::until("it is removed", || (!host.exists("removed")).then_some(()));
}

/// The policy is for containers that end; one that was frozen has not.
fn frozen_container_is_not_restarted(host: &Host) {
    host.start_shell("frozen", &["--restart", "always"], COUNT_ALOUD);
    host.ok(&["container", "checkpoint", "frozen"]);
    host.ok(&["container", "cleanup", "frozen"]);
    assert_eq!(host.status("frozen"), "exited");
    let before = host.log("frozen");
    host.ok(&["container", "restore", "frozen"]);
    host.wait_for_more_log("frozen", &before);
    assert_eq!(host.inspect("frozen")["RestartCount"], 0);
}
