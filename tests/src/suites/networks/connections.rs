//! Connections and published ports over a freeze: IPv6, between two containers, every form of `-p`,
//! ports that somebody else took meanwhile.

use std::net::{TcpStream, UdpSocket};
use std::process::Command;
use std::time::Duration;

use super::super::network::Client;
use super::super::{COUNT_ALOUD, Tests, tests};
use super::Networks;
use crate::harness::{Host, ask_web, command, wait};

pub const TESTS: Tests = tests![
    over_ipv6,
    between_two_containers,
    one_of_two_is_frozen,
    on_the_hosts_network,
    once every_form_of_port,
    once port_taken_meanwhile,
];

const KEEP: [&str; 3] = ["container", "checkpoint", "--tcp-established"];
const BACK: [&str; 3] = ["container", "restore", "--tcp-established"];

fn over_ipv6(host: &Host) {
    let subnets = ["--subnet", "10.66.0.0/24", "--subnet", "fd66::/64"];
    let _networks = Networks::make(host, &[("six", &subnets)]);
    host.start(
        "echo",
        &["--network", "six", "-p", "[::]:18120:7000"],
        &["workload", "echo6", "7000"],
    );
    host.wait_for_log("echo", "listening");
    let facts = super::attached(host, "echo");
    let address = facts["six"][1].as_str().unwrap().to_owned();
    let stream = wait::until("a connection", || {
        TcpStream::connect((address.as_str(), 7000)).ok()
    });
    let mut client = Client::over(stream);
    assert_eq!(client.say("a"), "1 a");
    host.ok(&[&KEEP[..], &["echo"]].concat());
    host.ok(&[&BACK[..], &["echo"]].concat());
    assert_eq!(client.say("b"), "2 b");
    // By the published port of the bridge's own address, a connection of its own.
    let published = || TcpStream::connect(("fd66::1", 18120)).ok();
    let mut other = Client::over(wait::until("the published port", published));
    assert_eq!(other.say("x"), "1 x");
    drop(other);
    let archive = host.file("echo.tar");
    host.ok(&[&KEEP[..], &["-e", &archive, "echo"]].concat());
    host.ok(&["rm", "echo"]);
    host.ok(&[&BACK[..], &["-i", &archive]].concat());
    assert_eq!(client.say("c"), "3 c");
}

/// Starts a server and a container that talks to it, a line each tenth of a second.
fn start_two(host: &Host) {
    host.start("server", &[], &["workload", "echo", "7000"]);
    host.wait_for_log("server", "listening");
    let (address, _) = host.address("server");
    let script =
        format!("i=0; while :; do i=$((i+1)); echo line $i; sleep 0.1; done | nc {address} 7000");
    host.start_shell("client", &[], &script);
    host.wait_for_log("client", "3 line 3");
}

/// The client's log has every answer once and in order.
#[track_caller]
fn goes_on(host: &Host) {
    let before = host.log("client");
    let log = wait::until("three more answers", || {
        let log = host.log("client");
        (log.lines().count() >= before.lines().count() + 3).then_some(log)
    });
    for (index, line) in log.lines().enumerate() {
        let number = index + 1;
        assert_eq!(line, format!("{number} line {number}"), "{log}");
    }
}

fn between_two_containers(host: &Host) {
    start_two(host);
    for order in [["server", "client"], ["client", "server"]] {
        host.ok(&[&KEEP[..], &["client", "server"]].concat());
        for name in order {
            host.ok(&[&BACK[..], &[name]].concat());
        }
        goes_on(host);
    }
}

fn one_of_two_is_frozen(host: &Host) {
    start_two(host);
    for name in ["server", "client"] {
        host.ok(&[&KEEP[..], &[name]].concat());
        host.ok(&[&BACK[..], &[name]].concat());
        goes_on(host);
    }
}

/// There CRIU locks each connection by itself; of its rules none stays after the thaw.
fn on_the_hosts_network(host: &Host) {
    let words = ["workload", "echo", "7119"];
    host.start("echo", &["--network", "host"], &words);
    host.wait_for_log("echo", "listening");
    let stream = wait::until("a connection", || {
        TcpStream::connect(("127.0.0.1", 7119)).ok()
    });
    let mut client = Client::over(stream);
    assert_eq!(client.say("a"), "1 a");
    host.ok(&[&KEEP[..], &["echo"]].concat());
    host.ok(&[&BACK[..], &["echo"]].concat());
    assert_eq!(client.say("b"), "2 b");
    let rules = || command::run(Command::new("nft").args(["list", "ruleset"]), "").stdout;
    assert!(!rules().contains("CRIU"), "{}", rules());
    // Nor when nobody is going to thaw it.
    host.ok(&[&KEEP[..], &["echo"]].concat());
    assert!(rules().contains("CRIU"), "the connection is locked");
    host.ok(&["rm", "echo"]);
    assert!(!rules().contains("CRIU"), "{}", rules());
}

/// The bridge's own address stands for the host as others see it.
fn own_address() -> String {
    let text = command::run(Command::new("hostname").arg("-I"), "").stdout;
    text.split_whitespace().next().unwrap().to_owned()
}

fn every_form_of_port(host: &Host) {
    let options = [
        "-p",
        "127.0.0.1:18101:8080",
        "-p",
        "18102-18103:8080-8081",
        "-p",
        "18104:5353/udp",
    ];
    let script = "workload udp 5353 & workload web 8081 /data/b & exec workload web 8080 /data/a";
    host.start_shell("ports", &options, script);
    wait::until("all listen", || {
        (host.log("ports").matches("listening").count() == 3).then_some(())
    });
    let own = own_address();
    let listed = host.ok(&["ps", "--format", "{{.Ports}}"]);
    assert!(
        listed.contains("0.0.0.0:18102-18103->8080-8081/tcp"),
        "{listed}"
    );
    let datagram = |word: &str| {
        let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
        let limit = Some(Duration::from_millis(200));
        socket.set_read_timeout(limit).ok()?;
        socket
            .send_to(word.as_bytes(), (own.as_str(), 18104))
            .ok()?;
        let mut bytes = [0; 100];
        let length = socket.recv(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes[..length]).into_owned())
    };
    let all_answer = |count: u64| {
        let web = |address: &str, port, count: u64| {
            let answer = wait::until("an answer", || ask_web(address, port));
            assert_eq!(answer, format!("count mem={count} file={count}"));
        };
        web("127.0.0.1", 18101, 2 * count - 1);
        web(&own, 18102, 2 * count);
        web(&own, 18103, count);
        assert!(ask_web(&own, 18101).is_none(), "on 127.0.0.1 alone");
        let answer = wait::until("a datagram", || datagram("x"));
        assert!(answer.ends_with(" x"), "{answer}");
    };
    all_answer(1);
    host.ok(&["container", "checkpoint", "ports"]);
    assert!(ask_web(&own, 18102).is_none() && datagram("x").is_none());
    host.ok(&["container", "restore", "ports"]);
    all_answer(2);
}

fn port_taken_meanwhile(host: &Host) {
    let publish = ["-p", "18105:8080"];
    host.start("web", &publish, &["workload", "web", "8080", "/data/count"]);
    let archive = host.file("web.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "web"]);
    host.start_shell("thief", &publish, COUNT_ALOUD);
    let why = "host port 18105/tcp is published by container thief already";
    for _ in 0..2 {
        // Refused before anything is touched: the checkpoint is there the second time, too.
        host.fails(&["container", "restore", "web"], 125, why);
        assert_eq!(host.status("web"), "exited");
    }
    let other = ["container", "restore", "-i", &archive, "--name", "other"];
    host.fails(&other, 125, why);
    assert!(!host.exists("other"));
    host.ok(&[&other[..], &["-p", "18106:8080"]].concat());
    host.ok(&["rm", "-f", "-t", "0", "thief"]);
    host.ok(&["container", "restore", "web"]);
    // And one that is no container's.
    host.ok(&["container", "checkpoint", "web"]);
    let taken = std::net::TcpListener::bind("0.0.0.0:18105").unwrap();
    host.fails(
        &["container", "restore", "web"],
        125,
        "address already in use",
    );
    drop(taken);
    host.ok(&["container", "restore", "web"]);
}
