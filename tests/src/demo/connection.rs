//! The second story: a container moves to the other host while a client talks to it over one TCP
//! connection. No line is lost, none comes twice; the longest silence is what the move cost.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::{heading, peer, step};
use crate::harness::{Engine, image, wait};

/// One segment for both hosts: a bridge on each, joined by a cable.
const BRIDGE: &str = "br-move";
/// The container's address, wherever it is.
const ADDRESS: &str = "10.60.0.50";
const ARCHIVE: &str = "/shared/talk.tar";

/// Shows it; fails when a line is lost or comes twice.
pub fn show(engine: &Engine) {
    heading("Both hosts: one network segment");
    cable();
    let create = [
        "network",
        "create",
        "--interface-name",
        BRIDGE,
        "--opt",
        "mode=unmanaged",
        "--subnet",
        "10.60.0.0/24",
        "--gateway",
        "10.60.0.254",
        "--disable-dns",
        "segment",
    ];
    step("host 1", &mut engine.command(&create));
    step("host 2", &mut peer(engine, &create));

    heading("Host 1: a server that answers each line with its number on the connection");
    let network = format!("segment:ip={ADDRESS}");
    let run = ["run", "-d", "--name", "talk", "--network", &network];
    let words = [image::IMAGE, "workload", "echo", "7000"];
    step("host 1", &mut engine.command(&[&run[..], &words].concat()));

    let (said, done) = (AtomicU64::new(0), AtomicBool::new(false));
    let silence = std::thread::scope(|scope| {
        let client = scope.spawn(|| talk(&said, &done));
        wait::until("the client is at line 200", || {
            (said.load(Ordering::Relaxed) > 200).then_some(())
        });
        heading("While a client sends line after line: freeze, move, thaw");
        let freeze = [
            "container",
            "checkpoint",
            "--tcp-established",
            "-e",
            ARCHIVE,
            "talk",
        ];
        step("host 1", &mut engine.command(&freeze));
        let thaw = ["container", "restore", "--tcp-established", "-i", ARCHIVE];
        step("host 2", &mut peer(engine, &thaw));
        let then = said.load(Ordering::Relaxed);
        wait::until("200 more lines", || {
            (said.load(Ordering::Relaxed) > then + 200).then_some(())
        });
        done.store(true, Ordering::Relaxed);
        client.join().expect("the client loses no line")
    });
    println!(
        "    {} lines, each answered once and in order; the longest silence was {} ms.",
        said.load(Ordering::Relaxed),
        silence.as_millis()
    );

    heading("Both hosts: remove what is left");
    step("host 1", &mut engine.command(&["rm", "talk"]));
    step(
        "host 2",
        &mut peer(engine, &["rm", "-f", "-t", "0", "talk"]),
    );
    step("host 1", &mut engine.command(&["network", "rm", "segment"]));
    step("host 2", &mut peer(engine, &["network", "rm", "segment"]));
}

/// Sends numbered lines, each after the answer to the one before; returns the longest silence.
fn talk(said: &AtomicU64, done: &AtomicBool) -> Duration {
    let stream = wait::until("a connection", || TcpStream::connect((ADDRESS, 7000)).ok());
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a time limit");
    let mut reader = BufReader::new(stream);
    let mut longest = Duration::ZERO;
    for number in 1_u64.. {
        let asked = Instant::now();
        // In one packet: the kernel keeps back a second small one until the first is acknowledged.
        let line = format!("line {number}\n");
        let sent = reader.get_mut().write_all(line.as_bytes());
        sent.expect("the connection takes a line");
        let mut answer = String::new();
        reader.read_line(&mut answer).expect("an answer");
        // The server counts too: a line that it missed or saw twice shows.
        assert_eq!(answer.trim(), format!("{number} line {number}"));
        longest = longest.max(asked.elapsed());
        said.store(number, Ordering::Relaxed);
        if done.load(Ordering::Relaxed) {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    longest
}

fn cable() {
    let pid = std::env::var("CRYOPOD_PEER_PID").expect("the second host");
    let ends = [
        "link", "add", "move1", "type", "veth", "peer", "name", "move2", "netns", &pid,
    ];
    step("host 1", Command::new("ip").args(ends));
    for (place, end, address) in [
        ("host 1", "move1", "10.60.0.1/24"),
        ("host 2", "move2", "10.60.0.2/24"),
    ] {
        for words in [
            &["link", "add", BRIDGE, "type", "bridge"][..],
            &["link", "set", end, "master", BRIDGE, "up"],
            &["addr", "add", address, "dev", BRIDGE],
            &["link", "set", BRIDGE, "up"],
        ] {
            let mut ip = if place == "host 1" {
                Command::new("ip")
            } else {
                let mut ip = Command::new("on-peer");
                ip.arg("ip");
                ip
            };
            step(place, ip.args(words));
        }
    }
}
