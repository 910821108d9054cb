//! Sockets: of families that CRIU doesn't know, with data in a state that it can't read, with a
//! peer outside; and those that need an option.

use std::fs;
use std::net::TcpStream;
use std::os::unix::net::{UnixDatagram, UnixListener};

use super::{FREE, Holder, Python, SHARED, Tests, all_refused, tests};
use crate::harness::Host;

pub const TESTS: Tests = tests![
    unsupported,
    unix_outside,
    passed_in,
    datagrams_on_the_hosts_network,
    stream_on_the_hosts_network,
    connection,
    connection_being_made,
    tunnel,
];

fn unsupported(host: &Host) {
    all_refused(
        host,
        &[],
        &[
            (
                "mptcp",
                "(workload) has a Multipath TCP socket",
                "GODEBUG=multipathtcp=0",
            ),
            ("vsock", "has a vsock socket", "close it"),
            ("xdp", "has an AF_XDP socket", "close it"),
            (
                "netlink",
                "has not read all messages of a netlink socket",
                "try again",
            ),
            (
                "corked",
                "has begun a UDP datagram and not sent it yet",
                "try again",
            ),
            ("name-of-socket", "open as a path (O_PATH)", "close it"),
        ],
    );
}

/// Peers in the directory that the container shares, with a network namespace of their own.
fn unix_outside(host: &Host) {
    let path = |name: &str| host.path("shared").join(name);
    fs::create_dir(host.path("shared")).unwrap();
    let _waiting = UnixListener::bind(path("waiting")).unwrap();
    let accepting = UnixListener::bind(path("accepting")).unwrap();
    let _log = UnixDatagram::bind(path("log")).unwrap();
    std::thread::spawn(move || {
        accepting
            .accept()
            .map(|(stream, _)| std::mem::forget(stream))
    });
    let object = |kind: &str, name: &str| format!("{kind}={SHARED}/{name}");
    let accepted = path("accepting").display().to_string();
    all_refused(
        host,
        &[],
        &[
            (
                &object("stream", "waiting"),
                "is connected to a unix socket outside the container",
                "close that connection",
            ),
            (
                &object("stream", "accepting"),
                &format!("a unix socket outside the container, {}", &accepted[..12]),
                "close that connection, or do without the mount",
            ),
            (
                &object("datagram", "log"),
                "sends datagrams to a unix socket outside the container's network namespace",
                "close that socket",
            ),
        ],
    );
}

/// A process outside that passes descriptors in.
pub struct Outside(Python);

impl Outside {
    /// It listens in the directory that the container will share.
    pub fn begin(host: &Host) -> Self {
        let directory = host.path("shared");
        fs::create_dir_all(&directory).unwrap();
        let words = [directory.display().to_string(), host.file("outside")];
        Self(Python::begin(
            SERVE,
            &[&words[0], &words[1]],
            &directory.join("passing"),
        ))
    }
}

/// Passes what it is asked for to whom connects to argv[1]/pass; argv[2] is a file that the
/// container does not see. argv[1]/passing tells that it listens.
const SERVE: &str = r#"
import os, socket, sys
directory, outside = sys.argv[1:]
door = socket.socket(socket.AF_UNIX)
door.bind(directory + "/pass")
door.listen(8)
open(directory + "/passing", "w").close()
kept = []
while True:
    stream, _ = door.accept()
    kind = stream.recv(32)
    if kind == b"pair":
        ours, theirs = socket.socketpair()
    elif kind == b"network":
        ours = theirs = socket.create_server(("127.0.0.1", 0))
    elif kind == b"file":
        ours = theirs = open(outside, "w")
    elif kind == b"terminal":
        ours, theirs = (os.fdopen(fd, "rb", 0) for fd in os.openpty())
    else:
        ours = theirs = open("/dev/fuse", "rb+", 0)
    socket.send_fds(stream, [b"x"], [theirs.fileno()])
    stream.close()
    theirs.close()
    kept.append(ours)
"#;

fn passed_in(host: &Host) {
    let outside = Outside::begin(host);
    all_refused(
        host,
        &[],
        &[
            (
                "passed=pair",
                "was made outside the container and passed in",
                "close it",
            ),
            (
                "passed=network",
                "made outside the container's network",
                "open one of its own",
            ),
            (
                "passed=file",
                "/outside open (descriptor",
                "a file of the host must be mounted (-v)",
            ),
            (
                "passed=terminal",
                "has a terminal of outside open",
                "of its own with -t",
            ),
            (
                "passed=device",
                "has /dev/fuse open",
                "unmount that file system",
            ),
        ],
    );
    drop(outside.0);
}

/// In one network namespace with its peer a datagram socket can go along, when it is told so.
fn datagrams_on_the_hosts_network(host: &Host) {
    let directory = host.file("log");
    fs::create_dir(&directory).unwrap();
    let path = format!("{directory}/socket");
    let log = UnixDatagram::bind(&path).unwrap();
    // CRIU finds the peer again under the path that it had outside.
    let mount = format!("{directory}:{directory}");
    let run = ["--network", "host", "-v", &mount];
    let mut holder = Holder::start(host, &run, &[&format!("datagram={path}")]);
    let cause = "sends datagrams to a unix socket outside the container";
    holder.is_refused(&[], cause, "use --ext-unix-sk");
    holder.freeze(&["--ext-unix-sk"]);
    drop(log);
    fs::remove_file(&path).unwrap();
    holder.stays_frozen(
        &["--ext-unix-sk"],
        "a unix socket outside the container, which a process sent datagrams to, is not there",
        "start what listens there",
    );
    let _log = UnixDatagram::bind(&path).unwrap();
    holder.thaw(&["--ext-unix-sk"]);
    holder.close(true);
    holder.end();
}

/// CRIU 4.2.1 takes a stream along whose other end it knows, and then can't bring it back.
fn stream_on_the_hosts_network(host: &Host) {
    fs::create_dir(host.path("shared")).unwrap();
    let _waiting = UnixListener::bind(host.path("shared/waiting")).unwrap();
    let object = format!("stream={SHARED}/waiting");
    let holder = Holder::start(host, &["--network", "host"], &[&object]);
    holder.freeze_for_good(&[]);
    let cause = "a process was connected to a unix socket outside the container";
    holder.stays_frozen(&[], cause, "this checkpoint cannot be restored");
}

fn connection(host: &Host) {
    host.start(super::NAME, &[], &["workload", "hold", "tcp"]);
    host.wait_for_log(super::NAME, "READY");
    let done = host.run(&super::words("checkpoint", &[]));
    let cause = "the container has established TCP connections";
    super::explained(&done, "checkpoint", cause, "use --tcp-established");
    host.ok(&super::words("checkpoint", &["--tcp-established"]));
    let done = host.run(&super::words("restore", &[]));
    let cause = "the checkpoint has established TCP connections";
    super::explained(&done, "restore", cause, "restore with --tcp-established");
    host.ok(&super::words("restore", &["--tcp-established"]));
    crate::suites::workloads::verdict(host, super::NAME);
}

/// A client whose connection the container has not accepted yet.
fn connection_being_made(host: &Host) {
    let mut holder = Holder::start(host, &[], &["listener=0.0.0.0:7000"]);
    let (address, _) = host.address(super::NAME);
    let client = TcpStream::connect((address.as_str(), 7000)).unwrap();
    let cause = "a TCP connection of the container is just being made";
    holder.is_refused(&[], cause, "use --tcp-skip-in-flight to leave it out");
    holder.is_refused(&["--tcp-established"], cause, "or try again");
    holder.freeze(&["--tcp-skip-in-flight"]);
    holder.thaw(&[]);
    drop(client);
    holder.close(true);
    holder.end();
}

/// A network tunnel is dumped and can't be brought back into the namespace that the engine makes.
fn tunnel(host: &Host) {
    let run = [&FREE[..], &["-v", "/dev/net/tun:/dev/net/tun"]].concat();
    let holder = Holder::start(host, &run, &["tunnel=tun0"]);
    holder.freeze(&[]);
    let cause = "a process was attached to the network tunnel tun0";
    holder.stays_frozen(&[], cause, "this checkpoint cannot be restored");
}
