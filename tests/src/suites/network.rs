//! Addresses and connections over a freeze.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::freezing::checkpoint::move_through_file;
use super::{COUNT_ALOUD, Tests, tests};
use crate::harness::{Host, ask_web, wait};

pub const TESTS: Tests = tests![
    same_address_and_mac,
    other_address_when_told,
    listening_socket_goes_on,
    open_connection_needs_its_flag,
    open_connection_goes_on,
    nobody_hangs_up_on_one_who_talks_on,
    none_network,
    published_port_is_free_while_frozen,
];

fn same_address_and_mac(host: &Host) {
    host.start_shell("address", &[], COUNT_ALOUD);
    let before = host.address("address");
    assert!(!before.0.is_empty() && !before.1.is_empty(), "{before:?}");
    let inside = "ip -o -4 addr show eth0; cat /sys/class/net/eth0/address";
    let seen = host.shell("address", inside);
    assert!(
        seen.contains(&before.0) && seen.contains(&before.1),
        "{seen} {before:?}"
    );
    host.ok(&["container", "checkpoint", "address"]);
    host.ok(&["container", "restore", "address"]);
    assert_eq!(host.address("address"), before);
    move_through_file(host, "address");
    assert_eq!(host.address("address"), before);
    let seen = host.shell("address", inside);
    assert!(
        seen.contains(&before.0) && seen.contains(&before.1),
        "{seen} {before:?}"
    );
}

fn other_address_when_told(host: &Host) {
    host.start_shell("first", &[], COUNT_ALOUD);
    let (address, mac) = host.address("first");
    host.ok(&["container", "checkpoint", "first"]);
    // Somebody else takes the next addresses meanwhile.
    host.ok(&[
        "container",
        "restore",
        "--ignore-static-ip",
        "--ignore-static-mac",
        "first",
    ]);
    let after = host.address("first");
    assert!(
        !after.0.is_empty() && after.1 != mac,
        "{after:?}, before {address} {mac}"
    );
}

fn listening_socket_goes_on(host: &Host) {
    host.start("web", &[], &["workload", "web", "8080", "/data/count"]);
    host.wait_for_log("web", "listening");
    let (address, _) = host.address("web");
    for expected in 1..=3 {
        let answer = wait::until("an answer", || ask_web(&address, 8080));
        assert_eq!(answer, format!("count mem={expected} file={expected}"));
        move_through_file(host, "web");
    }
}

/// A client's end of a connection into a container.
pub(super) struct Client(BufReader<TcpStream>);

impl Client {
    pub(super) fn connect(host: &Host, name: &str) -> Self {
        host.wait_for_log(name, "listening");
        let (address, _) = host.address(name);
        let stream = wait::until("a connection", || {
            TcpStream::connect(format!("{address}:7000")).ok()
        });
        Self::over(stream)
    }

    /// Over a connection that is there.
    pub(super) fn over(stream: TcpStream) -> Self {
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        Self(BufReader::new(stream))
    }

    /// Says a word and returns the answer.
    pub(super) fn say(&mut self, word: &str) -> String {
        self.0
            .get_mut()
            .write_all(format!("{word}\n").as_bytes())
            .unwrap();
        let mut answer = String::new();
        self.0
            .read_line(&mut answer)
            .expect("the connection answers");
        answer.trim().to_owned()
    }

    /// True when the other side has closed the connection or the kernel resets it.
    pub(super) fn is_closed(&mut self) -> bool {
        let asked = self.0.get_mut().write_all(b"still there?\n");
        let mut answer = String::new();
        asked.is_err() || !matches!(self.0.read_line(&mut answer), Ok(1..))
    }
}

fn open_connection_needs_its_flag(host: &Host) {
    host.start("echo", &[], &["workload", "echo", "7000"]);
    let mut client = Client::connect(host, "echo");
    assert_eq!(client.say("a"), "1 a");
    let done = host.run(&["container", "checkpoint", "echo"]);
    assert_eq!(done.code, 125, "{done}");
    if !host.engine.is_podman() {
        assert!(
            done.stderr.contains("--tcp-established"),
            "the message names the flag: {done}"
        );
        assert!(done.stderr.lines().count() <= 5, "and is short: {done}");
    }
    assert_eq!(host.status("echo"), "running");
    assert_eq!(client.say("b"), "2 b");
    let archive = host.path("echo.tar");
    let done = host.run(&[
        "container",
        "checkpoint",
        "-e",
        &archive.display().to_string(),
        "echo",
    ]);
    assert_eq!(done.code, 125, "{done}");
    assert!(!archive.exists(), "a failed export leaves no file");
    assert_eq!(client.say("c"), "3 c");
}

fn open_connection_goes_on(host: &Host) {
    host.start("echo", &[], &["workload", "echo", "7000"]);
    let mut client = Client::connect(host, "echo");
    assert_eq!(client.say("a"), "1 a");
    host.ok(&["container", "checkpoint", "--tcp-established", "echo"]);
    host.ok(&["container", "restore", "--tcp-established", "echo"]);
    assert_eq!(client.say("b"), "2 b");
    let archive = host.file("echo.tar");
    host.ok(&[
        "container",
        "checkpoint",
        "--tcp-established",
        "-e",
        &archive,
        "echo",
    ]);
    host.ok(&["rm", "echo"]);
    host.ok(&["container", "restore", "--tcp-established", "-i", &archive]);
    assert_eq!(client.say("c"), "3 c");
    host.ok(&[
        "container",
        "checkpoint",
        "--tcp-established",
        "--leave-running",
        "echo",
    ]);
    assert_eq!(client.say("d"), "4 d");
}

/// Its packets come at every moment of the thaw, also when the address is back and the socket isn't.
pub(super) fn nobody_hangs_up_on_one_who_talks_on(host: &Host) {
    host.start("echo", &[], &["workload", "echo", "7000"]);
    let mut client = Client::connect(host, "echo");
    let (said, done) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let talking = scope.spawn(|| {
            for number in 1_u64.. {
                // The server counts too: a line that it missed or saw twice shows.
                let answer = client.say(&format!("line {number}"));
                assert_eq!(answer, format!("{number} line {number}"));
                said.store(number, Ordering::Relaxed);
                if done.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        let more = || {
            let then = said.load(Ordering::Relaxed);
            let is_there = || (said.load(Ordering::Relaxed) > then + 50).then_some(());
            wait::try_until(Duration::from_secs(20), is_there).is_some()
        };
        let mut goes_on = more();
        let archive = host.file("echo.tar");
        for export in [&[][..], &["-e", &archive], &[]] {
            let flags = ["container", "checkpoint", "--tcp-established"];
            host.ok(&[&flags[..], export, &["echo"]].concat());
            let which = if export.is_empty() {
                vec!["echo"]
            } else {
                host.ok(&["rm", "echo"]);
                vec!["-i", &archive]
            };
            let flags = ["container", "restore", "--tcp-established"];
            host.ok(&[&flags[..], &which].concat());
            goes_on &= more();
        }
        done.store(true, Ordering::Relaxed);
        let lost = talking.join();
        assert!(goes_on && lost.is_ok(), "the connection was lost");
    });
}

fn none_network(host: &Host) {
    host.start_shell("none", &["--network", "none"], COUNT_ALOUD);
    assert_eq!(host.shell("none", "ls /sys/class/net"), "lo");
    move_through_file(host, "none");
    assert_eq!(host.shell("none", "ls /sys/class/net"), "lo");
}

fn published_port_is_free_while_frozen(host: &Host) {
    host.start(
        "web",
        &["-p", "18080:8080"],
        &["workload", "web", "8080", "/data/count"],
    );
    host.wait_for_log("web", "listening");
    let (address, _) = host.address("web");
    let own = || {
        let text =
            crate::harness::command::run(std::process::Command::new("hostname").arg("-I"), "")
                .stdout;
        text.split_whitespace().next().map(str::to_owned)
    };
    // The bridge's own address stands for the host as others see it.
    let reach = |port| own().and_then(|address| ask_web(&address, port));
    assert!(wait::until("an answer", || reach(18080)).starts_with("count mem=1"));
    host.ok(&["container", "checkpoint", "web"]);
    assert!(ask_web(&address, 8080).is_none());
    host.ok(&["container", "restore", "web"]);
    assert!(wait::until("an answer", || reach(18080)).starts_with("count mem=2"));
}
