//! Sockets that a dump can't take, or takes only when it is told to. What CRIU does with which is
//! in its `criu/sk-inet.c` and `criu/sk-unix.c`.

use std::collections::BTreeMap;

use super::Allowed;
use super::process::{Process, Processes, harmless};
use crate::model::finding::Findings;
use crate::sys::socket_table::{Sockets, Tcp};

const ESTABLISHED: u8 = 1;
const LISTENING: u8 = 10;
/// States of a TCP socket that has, had or seeks a partner: established, SYN sent, and those of
/// closing.
const CONNECTED: [u8; 7] = [1, 2, 4, 5, 8, 9, 11];
const STREAM: u8 = 1;
const DATAGRAM: u8 = 2;

/// What helps against a unix socket of outside.
const DO_WITHOUT: &str = "close that connection (a mounted socket such as /run/docker.sock or a host's database or log socket) or do without the mount";

/// All checks of sockets.
pub(super) fn inspect(processes: &Processes, allowed: &Allowed, findings: &mut Findings) {
    let mut held = BTreeMap::new();
    let mut numbers = BTreeMap::new();
    for (process, descriptor) in processes.descriptors() {
        if let Some(inode) = descriptor.inode_of("socket") {
            held.entry(inode).or_insert(process);
            numbers
                .entry(inode)
                .or_insert((process.pid, descriptor.number));
        }
    }
    let Some(first) = processes.first() else {
        return;
    };
    let sockets = match Sockets::of(first.pid) {
        Ok(sockets) => sockets,
        Err(error) => {
            findings.warn(
                "connections",
                format!("sockets could not be looked at: {error}"),
                "",
            );
            return;
        }
    };
    connections(&held, &sockets, allowed, findings);
    being_made(&held, &sockets, allowed, findings);
    unix(&held, &sockets, allowed, findings);
    kinds(processes, &held, &numbers, &sockets, findings);
}

fn tcp_of<'a>(
    held: &'a BTreeMap<u64, &Process>,
    sockets: &'a Sockets,
) -> impl Iterator<Item = (&'a Process, &'a Tcp)> {
    held.iter()
        .filter_map(|(inode, process)| Some((*process, sockets.tcp.get(inode)?)))
}

fn connections(
    held: &BTreeMap<u64, &Process>,
    sockets: &Sockets,
    allowed: &Allowed,
    findings: &mut Findings,
) {
    const CHECK: &str = "connections";
    let mut connected = tcp_of(held, sockets).filter(|(_, one)| CONNECTED.contains(&one.state));
    match connected.next() {
        None => findings.ok(CHECK, "no TCP connection is established"),
        Some((process, one)) if !allowed.tcp_established => {
            let more = match connected.count() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            findings.fail(
                CHECK,
                format!(
                    "the container has established TCP connections: {} -> {} of {}{more}",
                    one.local,
                    one.remote,
                    process.shown()
                ),
                "use --tcp-established to take them along",
            );
        }
        Some(_) => findings.ok(CHECK, "established TCP connections are taken along"),
    }
}

fn being_made(
    held: &BTreeMap<u64, &Process>,
    sockets: &Sockets,
    allowed: &Allowed,
    findings: &mut Findings,
) {
    const CHECK: &str = "connections-being-made";
    let waiting = tcp_of(held, sockets).find(|(_, one)| one.state == LISTENING && one.waiting > 0);
    match waiting {
        None => findings.ok(CHECK, "no TCP connection is just being made"),
        Some((process, one)) if !allowed.tcp_skip_in_flight => findings.fail(
            CHECK,
            format!(
                "a TCP connection to {} of {} is just being made: nobody has accepted it yet",
                one.local,
                process.shown()
            ),
            "use --tcp-skip-in-flight to leave it out, or try again",
        ),
        Some(_) => findings.ok(CHECK, "TCP connections that are being made are left out"),
    }
}

fn unix(
    held: &BTreeMap<u64, &Process>,
    sockets: &Sockets,
    allowed: &Allowed,
    findings: &mut Findings,
) {
    const CHECK: &str = "unix-sockets";
    for (inode, process) in held {
        let Some(socket) = sockets.unix.get(inode) else {
            continue;
        };
        let peer = u64::from(socket.peer);
        let inside = if peer == 0 {
            // Not connected, or the other end is closed, or nobody has accepted it yet.
            let waits_here = || {
                let mut listeners = held.keys().filter_map(|one| sockets.unix.get(one));
                listeners.any(|one| {
                    one.waiting
                        .iter()
                        .any(|waiting| u64::from(*waiting) == *inode)
                })
            };
            let connected = socket.kind != DATAGRAM && socket.state == ESTABLISHED;
            !connected || socket.is_shut || waits_here()
        } else {
            held.contains_key(&peer)
        };
        let other = sockets.unix.get(&peer);
        let name = other.map_or("", |other| other.name.as_str());
        if inside || (allowed.ext_unix_sk && socket.kind == DATAGRAM && !name.is_empty()) {
            continue;
        }
        let end = if name.is_empty() {
            String::new()
        } else {
            format!(" ({})", harmless(name))
        };
        let what = format!(
            "a process is connected to a unix socket outside the container{end}: {}",
            process.shown()
        );
        let remedy = match socket.kind {
            DATAGRAM if !name.is_empty() => format!("use --ext-unix-sk, or {DO_WITHOUT}"),
            STREAM if peer != 0 && name.is_empty() && socket.name.is_empty() => {
                "close that socket pair, or start the container without handing descriptors in"
                    .into()
            }
            _ => DO_WITHOUT.into(),
        };
        findings.fail(CHECK, what, remedy);
        return;
    }
    findings.ok(
        CHECK,
        "no unix socket is connected to outside the container",
    );
}

/// Families and protocols that CRIU doesn't know.
fn kinds(
    processes: &Processes,
    held: &BTreeMap<u64, &Process>,
    numbers: &BTreeMap<u64, (i32, i32)>,
    sockets: &Sockets,
    findings: &mut Findings,
) {
    const CHECK: &str = "socket-kinds";
    // A process in another network namespace has sockets that are not in these tables; a plain TCP
    // socket that was never bound or connected is in none.
    let namespace = |pid| crate::sys::proc::namespace(pid, "net");
    let own = processes.first().map(|first| namespace(first.pid));
    let unknown = held.iter().find(|(inode, process)| {
        !sockets.knows(**inode)
            && own == Some(namespace(process.pid))
            && kind_of(numbers.get(*inode)).is_some_and(|kind| !is_plain(&kind))
    });
    match unknown {
        None => findings.ok(CHECK, "all sockets are of kinds that CRIU knows"),
        Some((&inode, process)) => findings.fail(
            CHECK,
            format!(
                "{} has a socket of a kind that CRIU cannot checkpoint: {}",
                process.shown(),
                harmless(&kind_of(numbers.get(&inode)).unwrap_or_default())
            ),
            "close it before the checkpoint, or turn the feature off that uses it (MPTCP in Go programs: GODEBUG=multipathtcp=0)",
        ),
    }
}

/// The protocol by the kernel's name: the extended attribute `system.sockprotoname` of a socket
/// (`net/socket.c`).
fn kind_of(holder: Option<&(i32, i32)>) -> Option<String> {
    let (pid, number) = holder?;
    let path = format!("/proc/{pid}/fd/{number}");
    let mut name = [0; 64];
    let length = rustix::fs::getxattr(path, "system.sockprotoname", &mut name).ok()?;
    let name = name.get(..length)?.strip_suffix(&[0]).unwrap_or_default();
    Some(String::from_utf8_lossy(name).into_owned())
}

fn is_plain(kind: &str) -> bool {
    matches!(
        kind,
        "TCP"
            | "TCPv6"
            | "UDP"
            | "UDPv6"
            | "UDP-Lite"
            | "UDPLITEv6"
            | "RAW"
            | "RAWv6"
            | "PING"
            | "PINGv6"
            | "UNIX"
            | "UNIX-STREAM"
            | "PACKET"
            | "NETLINK"
    )
}
