//! Addresses of containers on networks of one's own over a freeze and a thaw: several of them, of
//! both families, fixed and taken ones, names, neighbours, namespaces of others.

use std::process::Command;

use super::super::network::Client;
use super::super::{COUNT_ALOUD, Tests, tests};
use super::{Networks, attached, both_families, inside};
use crate::harness::{Host, IMAGE, command, wait};
use crate::suites::freezing::checkpoint::move_through_file;
use serde_json::Value;

pub const TESTS: Tests = tests![
    several_with_both_families,
    addresses_over_a_thaw,
    once taken_address,
    static_address_stays,
    once names_are_resolved_after_a_thaw,
    once peers_hear_of_the_new_place,
    once internal_has_no_way_out,
    namespaces_of_others,
    macvlan,
];

pub(super) fn several_with_both_families(host: &Host) {
    let _networks = both_families(host);
    let join = ["--network", "front", "--network", "back:ip=10.72.0.77"];
    host.start_shell("many", &join, COUNT_ALOUD);
    let (before, seen) = (attached(host, "many"), inside(host, "many"));
    assert_eq!(before["back"][0], "10.72.0.77");
    assert!(
        before["front"][1].as_str().unwrap().starts_with("fd71::"),
        "{before}"
    );
    assert!(
        seen.contains("eth0 fd71::") && seen.contains("eth1 10.72.0.77/24"),
        "{seen}"
    );
    host.ok(&["container", "checkpoint", "many"]);
    host.ok(&["container", "restore", "many"]);
    assert_eq!(
        (attached(host, "many"), inside(host, "many")),
        (before.clone(), seen.clone())
    );
    move_through_file(host, "many");
    assert_eq!(
        (attached(host, "many"), inside(host, "many")),
        (before, seen)
    );
}

/// Podman's matrix (compat/podman.md §4, §7): where addresses are kept and where they are new.
pub(super) fn addresses_over_a_thaw(host: &Host) {
    let _networks = both_families(host);
    host.start_shell(
        "a",
        &["--network", "front", "--network", "back"],
        COUNT_ALOUD,
    );
    let archive = host.file("a.tar");
    let before = attached(host, "a");
    let ips = |facts: &Value| [facts["front"][0].clone(), facts["back"][0].clone()];
    let macs = |facts: &Value| [facts["front"][2].clone(), facts["back"][2].clone()];
    host.ok(&["container", "checkpoint", "-R", "-e", &archive, "a"]);
    // Under another name: both are new, on all networks.
    host.ok(&["container", "restore", "-i", &archive, "--name", "b"]);
    let other = attached(host, "b");
    for (one, two) in [(ips(&before), ips(&other)), (macs(&before), macs(&other))] {
        assert!(one[0] != two[0] && one[1] != two[1], "{before} {other}");
    }
    host.ok(&["rm", "-f", "-t", "0", "b"]);
    // In place, each alone and then both.
    for (options, keeps_ip, keeps_mac) in [
        (&["--ignore-static-mac"][..], true, false),
        (&["--ignore-static-ip"], false, true),
        (&["--ignore-static-ip", "--ignore-static-mac"], false, false),
    ] {
        let before = attached(host, "a");
        host.ok(&["container", "checkpoint", "a"]);
        host.ok(&[&["container", "restore"], options, &["a"]].concat());
        let after = attached(host, "a");
        assert_eq!(
            ips(&before) == ips(&after),
            keeps_ip,
            "{options:?}: {before} {after}"
        );
        assert_eq!(
            macs(&before) == macs(&after),
            keeps_mac,
            "{options:?}: {before} {after}"
        );
    }
    // From the file, where it was; a plain restart leases anew.
    host.ok(&["rm", "-f", "-t", "0", "a"]);
    host.ok(&["container", "restore", "-i", &archive]);
    assert_eq!(attached(host, "a"), before);
    host.ok(&["stop", "-t", "0", "a"]);
    host.ok(&["start", "a"]);
    assert_ne!(ips(&attached(host, "a")), ips(&before));
}

pub(super) fn taken_address(host: &Host) {
    host.start("a", &[], &["workload", "echo", "7000"]);
    let mut client = Client::connect(host, "a");
    assert_eq!(client.say("x"), "1 x");
    let (address, _) = host.address("a");
    host.ok(&["container", "checkpoint", "--tcp-established", "a"]);
    host.start_shell("thief", &["--ip", &address], COUNT_ALOUD);
    let keep = ["container", "restore", "--tcp-established", "a"];
    let done = host.fails(&keep, 125, "is held by container thief");
    assert!(done.stderr.contains(&address), "{done}");
    assert_eq!(host.status("a"), "exited");
    host.ok(&["rm", "-f", "-t", "0", "thief"]);
    host.ok(&keep);
    assert_eq!(client.say("y"), "2 y");
    // Without connections another one will do, and the user hears of it.
    drop(client);
    host.ok(&["rm", "-f", "-t", "0", "a"]);
    host.start_shell("b", &[], COUNT_ALOUD);
    let (address, _) = host.address("b");
    host.ok(&["container", "checkpoint", "b"]);
    host.start_shell("thief", &["--ip", &address], COUNT_ALOUD);
    let done = host.run(&["container", "restore", "b"]);
    assert_eq!(done.code, 0, "{done}");
    assert!(
        done.stderr
            .contains("is held by container thief: container b got another one"),
        "{done}"
    );
    assert_ne!(host.address("b").0, address);
}

pub(super) fn static_address_stays(host: &Host) {
    let fixed = ["--ip", "10.88.7.7", "--mac-address", "02:00:00:00:07:07"];
    host.start_shell("fixed", &fixed, COUNT_ALOUD);
    let expected = ("10.88.7.7".to_owned(), "02:00:00:00:07:07".to_owned());
    move_through_file(host, "fixed");
    assert_eq!(host.address("fixed"), expected);
    host.ok(&["stop", "-t", "0", "fixed"]);
    host.ok(&["start", "fixed"]);
    assert_eq!(host.address("fixed"), expected);
    // Given up for good, as in Podman.
    host.ok(&["container", "checkpoint", "fixed"]);
    host.ok(&[
        "container",
        "restore",
        "--ignore-static-ip",
        "--ignore-static-mac",
        "fixed",
    ]);
    host.ok(&["stop", "-t", "0", "fixed"]);
    host.ok(&["start", "fixed"]);
    let after = host.address("fixed");
    assert!(after.0 != expected.0 && after.1 != expected.1, "{after:?}");
}

fn names_are_resolved_after_a_thaw(host: &Host) {
    let _networks = Networks::make(host, &[("named", &[])]);
    host.start_shell("asked", &["--network", "named:alias=other"], COUNT_ALOUD);
    host.start_shell("asking", &["--network", "named"], COUNT_ALOUD);
    let resolves = || {
        for name in ["asked", "other"] {
            wait::until(&format!("{name} is found"), || {
                let ask = ["exec", "asking", "nslookup", name];
                (host.run(&ask).code == 0).then_some(())
            });
        }
    };
    resolves();
    host.ok(&["container", "checkpoint", "asked", "asking"]);
    host.ok(&["container", "restore", "asking", "asked"]);
    resolves();
}

/// The host's own entry of the container's address says something else; nobody asks.
fn peers_hear_of_the_new_place(host: &Host) {
    host.start_shell("moved", &[], COUNT_ALOUD);
    let (address, mac) = host.address("moved");
    host.ok(&["container", "checkpoint", "moved"]);
    let entry = |words: &[&str]| command::run(Command::new("ip").arg("neigh").args(words), "");
    // The bridge goes with its last container: another one keeps it.
    host.start_shell("keeper", &[], COUNT_ALOUD);
    let wrong = [
        "replace",
        &address,
        "lladdr",
        "02:00:00:00:00:99",
        "dev",
        "podman0",
        "nud",
        "stale",
    ];
    let made = entry(&wrong);
    assert_eq!(made.code, 0, "{made}");
    host.ok(&["container", "restore", "moved"]);
    wait::until("the host has heard of it", || {
        let found = entry(&["show", &address]).stdout;
        found.contains(&mac).then_some(())
    });
}

pub(super) fn internal_has_no_way_out(host: &Host) {
    let _networks = Networks::make(
        host,
        &[("inner", &["--internal", "--subnet", "10.73.0.0/24"])],
    );
    host.start_shell("in", &["--network", "inner"], COUNT_ALOUD);
    let routes = host.shell("in", "ip route");
    assert!(
        !routes.contains("default") && routes.contains("10.73.0.0/24"),
        "{routes}"
    );
    move_through_file(host, "in");
    assert_eq!(host.shell("in", "ip route"), routes);
}

/// A container in another one's network, and one in a namespace of the user's.
fn namespaces_of_others(host: &Host) {
    host.start("owner", &[], &["workload", "web", "8080", "/data/count"]);
    host.wait_for_log("owner", "listening");
    let guest = ["--network", "container:owner"];
    host.start_shell("guest", &guest, COUNT_ALOUD);
    let ask = || host.shell("guest", "wget -q -O - http://127.0.0.1:8080/");
    assert_eq!(ask(), "count mem=1 file=1");
    assert_eq!(inside(host, "guest"), inside(host, "owner"));
    host.ok(&["container", "checkpoint", "guest"]);
    host.ok(&["container", "restore", "guest"]);
    assert_eq!(ask(), "count mem=2 file=2");
    let mode = host.inspect("guest")["HostConfig"]["NetworkMode"]
        .as_str()
        .unwrap()
        .to_owned();
    let id = host.inspect("owner")["Id"].as_str().unwrap().to_owned();
    assert_eq!(mode, format!("container:{id}"));
    let archive = host.file("guest.tar");
    let export = ["container", "checkpoint", "-e", &archive, "guest"];
    host.fails(
        &export,
        125,
        "cannot export checkpoints of containers with dependencies",
    );
    host.fails(
        &["rm", "-f", "-t", "0", "owner"],
        125,
        "has dependent containers which must be removed before it",
    );
    // Where the owner is frozen there is no network to come back to.
    host.ok(&["container", "checkpoint", "guest"]);
    host.ok(&["container", "checkpoint", "owner"]);
    host.fails(
        &["container", "restore", "guest"],
        125,
        "which is not running: start that one first",
    );
    host.ok(&["container", "restore", "owner"]);
    host.ok(&["container", "restore", "guest"]);
    assert_eq!(ask(), "count mem=3 file=3");
    let publish = [
        "run",
        "-d",
        "--name",
        "x",
        "--network",
        "container:owner",
        "-p",
        "8088:80",
        IMAGE,
        "true",
    ];
    host.fails(
        &publish,
        125,
        "cannot set port bindings on an existing container network namespace",
    );
    host.ok(&["rm", "-f", "-t", "0", "guest"]);

    let ip = |words: &[&str]| {
        let done = command::run(Command::new("ip").args(words), "");
        assert_eq!(done.code, 0, "{done}");
    };
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    let had_mount = mounts.contains(" /run/netns ");
    ip(&["netns", "add", "own"]);
    ip(&["-n", "own", "link", "add", "marked", "type", "bridge"]);
    host.start_shell("named", &["--network", "ns:/run/netns/own"], COUNT_ALOUD);
    assert!(host.shell("named", "ls /sys/class/net").contains("marked"));
    host.ok(&["container", "checkpoint", "named"]);
    host.ok(&["container", "restore", "named"]);
    assert!(host.shell("named", "ls /sys/class/net").contains("marked"));
    host.ok(&["rm", "-f", "-t", "0", "named"]);
    ip(&["netns", "delete", "own"]);
    // ip makes a mount of the directory's own, unless Podman has made one.
    if !had_mount {
        command::run(Command::new("umount").arg("/run/netns"), "");
    }
    let gone = [
        "run",
        "-d",
        "--name",
        "x",
        "--network",
        "ns:/run/netns/own",
        IMAGE,
        "true",
    ];
    host.fails(&gone, 125, "is no network namespace");
}

/// A cable whose one end the host's macvlan is on, until dropped.
struct Cable;

impl Cable {
    fn lay() -> Self {
        let ip = |words: &[&str]| {
            let done = command::run(Command::new("ip").args(words), "");
            assert_eq!(done.code, 0, "{done}");
        };
        ip(&[
            "link", "add", "cable0", "type", "veth", "peer", "name", "cable1",
        ]);
        ip(&["link", "set", "cable0", "up"]);
        ip(&["link", "set", "cable1", "up"]);
        ip(&["addr", "add", "10.67.0.1/24", "dev", "cable1"]);
        Self
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        command::run(Command::new("ip").args(["link", "delete", "cable0"]), "");
    }
}

/// On a segment that is not the engine's: whoever is at the other end finds the container.
pub(super) fn macvlan(host: &Host) {
    let _cable = Cable::lay();
    let options = [
        "-d",
        "macvlan",
        "-o",
        "parent=cable0",
        "--subnet",
        "10.67.0.0/24",
        "--gateway",
        "10.67.0.1",
        "--ip-range",
        "10.67.0.128/25",
    ];
    let _networks = Networks::make(host, &[("wire", &options)]);
    let words = ["workload", "web", "8080", "/data/count"];
    host.start("web", &["--network", "wire"], &words);
    host.wait_for_log("web", "listening");
    let before = attached(host, "web");
    let address = before["wire"][0].as_str().unwrap().to_owned();
    let ask = || wait::until("an answer", || crate::harness::ask_web(&address, 8080));
    assert_eq!(ask(), "count mem=1 file=1");
    host.ok(&["container", "checkpoint", "web"]);
    host.ok(&["container", "restore", "web"]);
    assert_eq!(ask(), "count mem=2 file=2");
    move_through_file(host, "web");
    assert_eq!(ask(), "count mem=3 file=3");
    assert_eq!(attached(host, "web"), before);
    host.ok(&["rm", "-f", "-t", "0", "web"]);
}
