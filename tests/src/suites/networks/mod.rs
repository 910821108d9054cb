//! Networks of one's own: made, listed, removed as in Podman, which sees the same ones; several of
//! them for one container, over freeze and thaw; changed while containers run on them.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::{COUNT_ALOUD, Tests, tests};
use crate::harness::{Engine, Host, IMAGE, ask_web, command, wait};

pub mod addresses;
pub mod cni;
pub mod connections;
pub mod failures;

pub const TESTS: Tests = tests![
    once made_listed_removed,
    once podman_sees_the_same,
    once what_is_refused,
    once used_ones_stay,
    once filters_and_formats,
    joined_and_left,
    once refused_joins,
    once set_up_anew_after_a_flush,
    once name_servers_change,
    once hundred_at_once,
    once killed_in_the_middle,
];

/// Networks that go with the test, also when it fails.
struct Networks<'a>(&'a Host, Vec<String>);

impl<'a> Networks<'a> {
    #[track_caller]
    fn make(host: &'a Host, networks: &[(&str, &[&str])]) -> Self {
        let mut made = Self(host, Vec::new());
        for (name, options) in networks {
            let line = [&["network", "create"], *options, &[*name]].concat();
            assert_eq!(host.ok(&line), *name);
            made.1.push((*name).to_owned());
        }
        made
    }
}

impl Drop for Networks<'_> {
    fn drop(&mut self) {
        for name in &self.1 {
            self.0.run(&["network", "rm", "-f", "-t", "0", name]);
        }
    }
}

#[track_caller]
fn inspect(engine: &Engine, network: &str) -> Value {
    let text = engine.ok(&["network", "inspect", network]);
    let value: Value = serde_json::from_str(&text).expect("JSON");
    value[0].clone()
}

/// Addresses and MAC of a container by network.
#[track_caller]
fn attached(host: &Host, name: &str) -> Value {
    let networks = host.inspect(name)["NetworkSettings"]["Networks"].clone();
    let mut facts = serde_json::Map::new();
    for (network, own) in networks.as_object().unwrap() {
        let keys = ["IPAddress", "GlobalIPv6Address", "MacAddress"];
        let own = keys.map(|key| own[key].as_str().unwrap_or("").to_owned());
        facts.insert(network.clone(), own.to_vec().into());
    }
    Value::Object(facts)
}

/// What the container itself sees: a line for each address, and the MACs.
#[track_caller]
fn inside(host: &Host, name: &str) -> String {
    let script = "ip -o addr show scope global | awk '{print $2, $4}' | sort; cat /sys/class/net/eth*/address";
    host.shell(name, script)
}

fn made_listed_removed(host: &Host) {
    let _networks = Networks::make(host, &[("own", &["--label", "a=b"])]);
    let facts = inspect(&host.engine, "own");
    assert_eq!(facts["driver"], "bridge");
    assert_eq!(
        (facts["dns_enabled"].clone(), facts["internal"].clone()),
        (true.into(), false.into())
    );
    assert!(
        facts["subnets"][0]["subnet"]
            .as_str()
            .unwrap()
            .starts_with("10.89.")
    );
    assert!(
        host.ok(&["network", "ls", "-q"])
            .lines()
            .any(|line| line == "own")
    );
    host.start_shell("one", &["--network", "own"], COUNT_ALOUD);
    let id = host.inspect("one")["Id"].as_str().unwrap().to_owned();
    let facts = inspect(&host.engine, "own");
    assert_eq!(facts["containers"][&id]["name"], "one");
    assert_eq!(host.run(&["network", "exists", "own"]).code, 0);
    host.ok(&["rm", "-f", "-t", "0", "one"]);
    assert_eq!(host.ok(&["network", "rm", "own"]), "own");
    assert_eq!(host.run(&["network", "exists", "own"]).code, 1);
    let log = host.ok(&[
        "events",
        "--stream=false",
        "--filter",
        "network=own",
        "--format",
        "{{.Status}}",
    ]);
    assert!(log.ends_with("create\nremove"), "{log}");
}

fn podman_sees_the_same(host: &Host) {
    let podman = Engine::podman();
    let subnet = [
        "--subnet",
        "10.77.0.0/24",
        "--gateway",
        "10.77.0.9",
        "--ip-range",
        "10.77.0.128/25",
        "--opt",
        "mtu=1400",
    ];
    let _networks = Networks::make(host, &[("ours", &subnet)]);
    // All that the description says; Podman knows of no containers of ours.
    let (mut own, mut theirs) = (inspect(&host.engine, "ours"), inspect(&podman, "ours"));
    for facts in [&mut own, &mut theirs] {
        facts.as_object_mut().unwrap().remove("containers");
    }
    assert_eq!(own, theirs);
    podman.ok(&["network", "create", "--subnet", "10.78.0.0/24", "theirs"]);
    host.start_shell("guest", &["--network", "theirs"], COUNT_ALOUD);
    assert!(
        attached(host, "guest")["theirs"][0]
            .as_str()
            .unwrap()
            .starts_with("10.78.0.")
    );
    host.ok(&["rm", "-f", "-t", "0", "guest"]);
    let clash = ["network", "create", "--subnet", "10.78.0.128/25", "clash"];
    host.fails(
        &clash,
        125,
        "is already used on the host or by another config",
    );
    host.ok(&["network", "rm", "theirs"]);
    podman.fails(&["network", "inspect", "theirs"], 125, "network not found");
}

fn what_is_refused(host: &Host) {
    let create = |options: &[&str], why: &str| {
        let line = [&["network", "create"], options].concat();
        host.fails(&line, 125, why);
    };
    create(
        &["podman"],
        "network name podman already used: network already exists",
    );
    create(&["a/b"], "names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*");
    create(
        &["-d", "foo", "x"],
        "unsupported driver foo: invalid argument",
    );
    create(
        &["--gateway", "10.1.1.1", "x"],
        "cannot set gateway or range without subnet",
    );
    create(
        &["--subnet", "10.88.4.0/24", "x"],
        "is already used on the host",
    );
    create(
        &["--subnet", "10.1.0.0/24", "--gateway", "10.2.0.1", "x"],
        "gateway 10.2.0.1 not in subnet 10.1.0.0/24",
    );
    create(
        &["--subnet", "10.1.0.0/33", "x"],
        "invalid CIDR address: 10.1.0.0/33",
    );
    create(&["-o", "mtu=big", "x"], "mtu \"big\" is no number");
    create(
        &["-d", "macvlan", "-o", "parent=nothere", "x"],
        "parent interface nothere does not exist",
    );
    host.fails(
        &["network", "rm", "podman"],
        125,
        "default network podman cannot be removed",
    );
    host.fails(
        &["network", "rm", "gone"],
        1,
        "unable to find network with name or ID gone: network not found",
    );
    host.fails(&["network", "inspect", "gone"], 125, "network not found");
    host.fails(
        &["network", "rm"],
        125,
        "requires at least 1 arg(s), only received 0",
    );
    let run = [
        "run",
        "-d",
        "--name",
        "x",
        "--network",
        "gone",
        IMAGE,
        "true",
    ];
    host.fails(
        &run,
        125,
        "unable to find network with name or ID gone: network not found",
    );
    let run = [
        "run",
        "-d",
        "--name",
        "x",
        "--ip",
        "10.99.0.1",
        IMAGE,
        "true",
    ];
    host.fails(
        &run,
        125,
        "requested static ip 10.99.0.1 not in any subnet on network podman",
    );
    // A description that is damaged is named, and in nobody's way but its own.
    let path = "/etc/containers/networks/damaged.json";
    std::fs::write(path, "{").unwrap();
    host.fails(&["network", "inspect", "damaged"], 125, "damaged.json");
    host.ok(&["run", "--rm", IMAGE, "true"]);
    std::fs::remove_file(path).unwrap();
    // As in Podman it is there, and could not be started.
    assert_eq!(host.status("x"), "created");
}

fn used_ones_stay(host: &Host) {
    let _networks = Networks::make(host, &[("used", &[]), ("idle", &[])]);
    host.start_shell("user", &["--network", "used"], COUNT_ALOUD);
    let why = "\"used\" has associated containers with it. Use -f to forcibly delete containers and pods: network is being used";
    host.fails(&["network", "rm", "used"], 2, why);
    let pruned = host.ok(&["network", "prune", "-f"]);
    assert!(
        pruned.lines().any(|line| line == "idle") && !pruned.contains("used"),
        "{pruned}"
    );
    host.ok(&["stop", "-t", "0", "user"]);
    host.fails(&["network", "rm", "used"], 2, why);
    assert_eq!(host.ok(&["network", "rm", "-f", "-t", "0", "used"]), "used");
    assert!(!host.exists("user"));
    assert_eq!(host.ok(&["network", "rm", "-f", "used"]), "");
}

fn filters_and_formats(host: &Host) {
    let _networks = Networks::make(
        host,
        &[
            ("red", &["--label", "colour=red"]),
            ("blue", &["--label", "colour=blue"]),
        ],
    );
    let list = |filter: &str| host.ok(&["network", "ls", "-q", "--filter", filter]);
    assert_eq!(list("label=colour"), "blue\nred");
    assert_eq!(list("label=colour=red"), "red");
    assert_eq!(list("name=blu"), "blue");
    assert!(list("driver=bridge").contains("podman"));
    let dangling = list("dangling=true");
    assert!(
        dangling.contains("red") && !dangling.contains("podman"),
        "{dangling}"
    );
    host.fails(
        &["network", "ls", "--filter", "foo=x"],
        125,
        "invalid filter \"foo\"",
    );
    let table = host.ok(&["network", "ls"]);
    assert!(table.starts_with("NETWORK ID    NAME"), "{table}");
    let line = host.ok(&[
        "network",
        "ls",
        "--format",
        "{{.Name}} {{.Labels}}",
        "--filter",
        "name=red",
    ]);
    assert_eq!(line, "red colour=red");
    let json: Value = serde_json::from_str(
        &host.ok(&["network", "ls", "--format", "json", "--filter", "name=red"]),
    )
    .unwrap();
    assert_eq!(json[0]["labels"]["colour"], "red");
}

fn both_families(host: &Host) -> Networks<'_> {
    Networks::make(
        host,
        &[
            (
                "front",
                &["--subnet", "10.71.0.0/24", "--subnet", "fd71::/64"],
            ),
            ("back", &["--subnet", "10.72.0.0/24", "--internal"]),
        ],
    )
}

fn joined_and_left(host: &Host) {
    let _networks = both_families(host);
    host.start_shell("mover", &[], COUNT_ALOUD);
    host.ok(&[
        "network",
        "connect",
        "--ip",
        "10.71.0.50",
        "--mac-address",
        "02:00:00:00:71:50",
        "front",
        "mover",
    ]);
    let seen = inside(host, "mover");
    assert!(
        seen.contains("eth1 10.71.0.50/24") && seen.contains("02:00:00:00:71:50"),
        "{seen}"
    );
    let hosts = host.shell("mover", "cat /etc/hosts");
    assert!(hosts.contains("10.71.0.50"), "{hosts}");
    // It stays over a freeze, and over a stop.
    host.ok(&["container", "checkpoint", "mover"]);
    host.ok(&["container", "restore", "mover"]);
    assert_eq!(inside(host, "mover"), seen);
    host.ok(&["stop", "-t", "0", "mover"]);
    host.ok(&["network", "connect", "back", "mover"]);
    host.ok(&["network", "disconnect", "podman", "mover"]);
    host.ok(&["start", "mover"]);
    let facts = attached(host, "mover");
    assert_eq!(facts["front"][0], "10.71.0.50");
    assert!(
        facts["back"][0].as_str().unwrap().starts_with("10.72.0.") && facts["podman"].is_null(),
        "{facts}"
    );
    host.ok(&["network", "disconnect", "front", "mover"]);
    let seen = inside(host, "mover");
    assert!(
        !seen.contains("10.71.0.50") && seen.contains("10.72.0."),
        "{seen}"
    );
    // Free for others at once.
    host.start_shell("heir", &["--network", "front:ip=10.71.0.50"], COUNT_ALOUD);
    let log = host.ok(&[
        "events",
        "--stream=false",
        "--filter",
        "network=front",
        "--format",
        "{{.Status}}",
    ]);
    assert!(log.ends_with("connect\ndisconnect"), "{log}");
}

fn refused_joins(host: &Host) {
    host.start_shell("one", &[], COUNT_ALOUD);
    host.start_shell("none", &["--network", "none"], COUNT_ALOUD);
    let before = attached(host, "one");
    host.fails(
        &["network", "connect", "podman", "one"],
        125,
        "is already connected to network \"podman\": network is already connected",
    );
    host.fails(
        &["network", "connect", "gone", "one"],
        125,
        "unable to find network with name or ID gone",
    );
    host.fails(
        &["network", "connect", "podman", "none"],
        125,
        "\"none\" is not supported: invalid network mode",
    );
    host.fails(
        &["network", "connect", "podman", "gone"],
        125,
        "no such container",
    );
    let _networks = both_families(host);
    host.fails(
        &["network", "connect", "--ip", "10.99.0.1", "front", "one"],
        125,
        "requested static ip 10.99.0.1 not in any subnet on network front",
    );
    host.fails(
        &["network", "disconnect", "front", "one"],
        125,
        "is not connected to network \"front\"",
    );
    host.fails(
        &["network", "connect", "front"],
        125,
        "accepts 2 arg(s), received 1",
    );
    assert_eq!(attached(host, "one"), before);
    host.fails(
        &["network", "reload", "none"],
        125,
        "has no network to reload",
    );
}

fn set_up_anew_after_a_flush(host: &Host) {
    let options = ["-p", "18081:8080"];
    host.start("web", &options, &["workload", "web", "8080", "/data/count"]);
    host.wait_for_log("web", "listening");
    let own = command::run(Command::new("hostname").arg("-I"), "").stdout;
    let own = own.split_whitespace().next().unwrap().to_owned();
    assert!(wait::until("an answer", || ask_web(&own, 18081)).starts_with("count mem=1"));
    let before = attached(host, "web");
    let flushed = command::run(Command::new("nft").args(["flush", "ruleset"]), "");
    assert_eq!(flushed.code, 0, "{flushed}");
    assert!(ask_web(&own, 18081).is_none());
    let id = host.inspect("web")["Id"].as_str().unwrap().to_owned();
    assert_eq!(host.ok(&["network", "reload", "web"]), id);
    assert!(wait::until("an answer", || ask_web(&own, 18081)).starts_with("count mem=2"));
    assert_eq!(attached(host, "web"), before);
    assert_eq!(host.ok(&["network", "reload", "--all"]), id);
}

fn name_servers_change(host: &Host) {
    let _networks = Networks::make(
        host,
        &[
            ("served", &["--dns", "10.1.2.3"]),
            ("plain", &["--disable-dns"]),
        ],
    );
    host.start_shell("on", &["--network", "served"], COUNT_ALOUD);
    let update = [
        "network",
        "update",
        "--dns-add",
        "10.1.2.4",
        "--dns-drop",
        "10.1.2.3",
        "served",
    ];
    assert_eq!(host.ok(&update), "served");
    assert_eq!(
        inspect(&host.engine, "served")["network_dns_servers"],
        serde_json::json!(["10.1.2.4"])
    );
    host.fails(
        &["network", "update", "--dns-add", "10.1.2.4", "plain"],
        125,
        "if DNS is not enabled",
    );
    host.fails(
        &[
            "network",
            "create",
            "--disable-dns",
            "--dns",
            "1.1.1.1",
            "x",
        ],
        125,
        "if DNS is not enabled",
    );
}

#[track_caller]
fn all_end_well(children: Vec<Child>, what: &str) {
    for mut child in children {
        let code = command::wait(&mut child, what, Duration::from_mins(2));
        assert_eq!(code, 0, "{what}");
    }
}

fn hundred_at_once(host: &Host) {
    const NUMBER: usize = 100;
    let _networks = Networks::make(
        host,
        &[("crowd", &["--subnet", "10.74.0.0/24", "--disable-dns"])],
    );
    let names: Vec<String> = (0..NUMBER).map(|number| format!("c{number}")).collect();
    let run = |name: &String| {
        host.spawn(&[
            "run",
            "-d",
            "--name",
            name,
            "--network",
            "crowd",
            IMAGE,
            "sleep",
            "1000",
        ])
    };
    all_end_well(names.iter().map(run).collect(), "run");
    let addresses: BTreeSet<String> = names
        .iter()
        .map(|name| {
            attached(host, name)["crowd"][0]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(addresses.len(), NUMBER, "each has its own");
    let stop = |name: &String| host.spawn(&["rm", "-f", "-t", "0", name]);
    all_end_well(names.iter().map(stop).collect(), "rm");
    // None of the leases is left: all of the subnet can be had at once again.
    let fixed = addresses.first().unwrap();
    host.start_shell(
        "heir",
        &["--network", &format!("crowd:ip={fixed}")],
        COUNT_ALOUD,
    );
}

/// `kill -9` of the engine while it sets networks up and takes them down.
fn killed_in_the_middle(host: &Host) {
    let _networks = Networks::make(host, &[("cut", &["--subnet", "10.75.0.0/24"])]);
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = format!("{}:80", busy.local_addr().unwrap().port());
    drop(busy);
    let run = [
        "run",
        "-d",
        "--name",
        "victim",
        "--network",
        "cut",
        "-p",
        &port,
        IMAGE,
        "sleep",
        "1000",
    ];
    for delay in [10, 25, 40, 55, 70] {
        cut(host, &run, delay);
        host.engine.remove_all();
        host.ok(&run);
        cut(host, &["rm", "-f", "-t", "0", "victim"], delay);
        host.engine.remove_all();
        // Address and port are free for the next one, whatever was cut.
        let next = [
            "run",
            "--rm",
            "--network",
            "cut:ip=10.75.0.9",
            "-p",
            &port,
            IMAGE,
            "true",
        ];
        host.ok(&next);
    }
}

fn cut(host: &Host, words: &[&str], milliseconds: u64) {
    let mut command = host.engine.command(words);
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = quiet.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(milliseconds));
    let _ = child.kill();
    child.wait().unwrap();
}
