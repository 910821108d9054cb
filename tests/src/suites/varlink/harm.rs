//! Clients that are wrong, slow, many, or gone; descriptors that are not what they claim.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Service;
use crate::harness::{Host, IMAGE, wait};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    once messages_that_are_none,
    once many_messages_and_connections,
    once descriptors_that_are_not_what_they_claim,
    once archives_that_are_none,
    once a_full_disk_ends_no_container,
    once a_client_that_is_gone_cancels_its_own,
    once a_killed_service_loses_nothing,
    once sockets_of_a_service_manager,
];

/// The full name of a method.
fn own(method: &str) -> String {
    format!("org.cryopod.Engine.{method}")
}

fn messages_that_are_none(host: &Host) {
    let service = Service::start(host);
    let deep = format!(
        "{{\"method\":\"org.cryopod.Engine.Ping\",\"parameters\":{{\"a\":{}1{}}}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    for bad in [
        "",
        "{",
        "[]",
        "{}",
        "null",
        "{\"method\":5}",
        "{\"method\":\"org.cryopod.Engine.Ping\",\"more\":\"yes\"}",
        "{\"method\":\"org.cryopod.Engine.Ping\",\"parameters\":[]}",
        "GET / HTTP/1.1\r\n\r\n",
        "\u{1b}[31m",
        deep.as_str(),
    ] {
        let mut client = service.client();
        client
            .send_raw(&[bad.as_bytes(), &[0]].concat(), &[])
            .unwrap();
        let reply = client.receive().expect("an error");
        assert_eq!(
            reply["error"], "org.varlink.service.InvalidParameter",
            "{bad}"
        );
        assert!(client.receive().is_none(), "it closes after {bad}");
    }
    let mut client = service.client();
    for (method, error, key) in [
        ("Ping", "InterfaceNotFound", "interface"),
        ("no.such.Ping", "InterfaceNotFound", "interface"),
        ("org.cryopod.Engine.Pong", "MethodNotFound", "method"),
        ("org.cryopod.Engine.", "MethodNotFound", "method"),
        ("io.podman.ExecContainer", "MethodNotImplemented", "method"),
    ] {
        client.send(&json!({ "method": method }), &[]);
        let reply = client.receive().expect("an error");
        assert_eq!(
            reply["error"],
            format!("org.varlink.service.{error}"),
            "{method}"
        );
        assert!(reply["parameters"][key].is_string(), "{reply}");
    }
    for (method, parameters, place) in [
        ("StartContainer", json!({}), "name"),
        ("StartContainer", json!({ "name": 5 }), "name"),
        (
            "StartContainer",
            json!({ "name": "x", "name2": 5 }),
            "name2",
        ),
        (
            "StopContainer",
            json!({ "name": "x", "timeout": -1 }),
            "timeout",
        ),
        (
            "StopContainer",
            json!({ "name": "x", "timeout": 1e30 }),
            "timeout",
        ),
        (
            "CheckpointContainer",
            json!({ "name": "x", "options": { "leave-running": true } }),
            "options.leave-running",
        ),
        (
            "CreateContainer",
            json!({ "image": "i", "options": { "env": ["A=b", 5] } }),
            "options.env[1]",
        ),
        (
            "CheckpointContainer",
            json!({ "name": "x", "archive": 0 }),
            "archive",
        ),
        (
            "CheckpointContainer",
            json!({ "name": "x", "archive": -1 }),
            "archive",
        ),
    ] {
        let (name, told) = client.refused(&own(method), parameters.clone());
        assert_eq!(
            name, "org.varlink.service.InvalidParameter",
            "{method} {parameters}"
        );
        assert_eq!(told["parameter"], place, "{method} {parameters}");
    }
    client.send(&json!({ "method": own("Ping"), "upgrade": true }), &[]);
    let reply = client.receive().expect("an error");
    assert_eq!(reply["parameters"]["parameter"], "upgrade");
    // Paths that mean something only to this process.
    for (method, parameters) in [
        (
            "CheckpointContainer",
            json!({ "name": "x", "options": { "export": "-" } }),
        ),
        ("RestoreContainer", json!({ "options": { "import": "-" } })),
        (
            "RestoreContainer",
            json!({ "options": { "import": "a.tar" } }),
        ),
        (
            "RestoreContainer",
            json!({ "name": "x", "options": { "decrypt_with": ["-"] } }),
        ),
        ("RestoreContainer", json!({})),
        (
            "CreateContainer",
            json!({ "image": IMAGE, "options": { "env": ["HOME"] } }),
        ),
    ] {
        let (name, told) = client.refused(&own(method), parameters.clone());
        assert_eq!(name, own("Invalid"), "{method} {parameters}: {told}");
    }
    assert_eq!(host.ok(&["ps", "-aq"]), "");
    // A message without an end.
    let mut client = service.client();
    let piece = vec![b' '; 1 << 16];
    let mut sent = 0_usize;
    while sent < 64 << 20 && client.send_raw(&piece, &[]).is_ok() {
        sent += piece.len();
    }
    assert!(sent < 16 << 20, "{sent} bytes were taken");
    let last = client.receive();
    assert!(last.is_none_or(|reply| reply["error"].is_string()));
    service.client().call(&own("Ping"), json!({}));
}

fn many_messages_and_connections(host: &Host) {
    let service = Service::start(host);
    // Calls behind one another, in one go: answered in their order.
    let mut client = service.client();
    let mut bytes = Vec::new();
    for number in 0..200 {
        let call = json!({
            "method": own("InspectContainer"), "parameters": { "name": format!("n{number}") },
        });
        bytes.extend(call.to_string().into_bytes());
        bytes.push(0);
    }
    client.send_raw(&bytes, &[]).unwrap();
    for number in 0..200 {
        let reply = client.receive().expect("a reply");
        let message = reply["parameters"]["message"].as_str().unwrap();
        assert!(message.contains(&format!("\"n{number}\"")), "{message}");
    }
    // One that sends and never reads: it is not listened to for ever, and keeps nobody waiting.
    let deaf = service.client();
    deaf.stream.set_nonblocking(true).unwrap();
    let mut sent = 0_usize;
    let mut quiet = Instant::now();
    while sent < 64 << 20 && quiet.elapsed() < Duration::from_secs(2) {
        match deaf.send_raw(&bytes, &[]) {
            Ok(()) => {
                sent += bytes.len();
                quiet = Instant::now();
            }
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    assert!(sent < 64 << 20, "{sent} bytes were taken");
    let begun = Instant::now();
    let mut open: Vec<_> = (0..300).map(|_| service.client()).collect();
    for (number, client) in open.iter().enumerate() {
        let call = json!({ "method": own("Ping") }).to_string();
        let bytes = [call.as_bytes(), &[0]].concat();
        // Half of them never finish their message.
        let length = if number % 2 == 0 { 20 } else { bytes.len() };
        client.send_raw(&bytes[..length], &[]).unwrap();
    }
    for client in open.iter_mut().skip(1).step_by(2) {
        assert!(client.receive().expect("a reply").get("error").is_none());
    }
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    drop((open, deaf));
    wait::until("all connections are closed", || {
        (service.descriptors() < 40).then_some(())
    });
    let memory = std::fs::read_to_string(format!("/proc/{}/status", service.pid())).unwrap();
    let peak = memory.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak: u64 = peak
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    assert!(peak < 200 << 10, "{peak} kB at most");
}

fn descriptors_that_are_not_what_they_claim(host: &Host) {
    let service = Service::start(host);
    let mut client = service.client();
    host.start_shell("d", &["--network", "none"], COUNT_ALOUD);
    client.call(&own("Ping"), json!({}));
    let before = service.descriptors();
    let (write, read) = (
        json!({ "name": "d", "archive": 0, "options": { "leave_running": true } }),
        json!({ "archive": 0 }),
    );
    let plain = host.path("plain");
    std::fs::write(&plain, "no archive").unwrap();
    let readable = File::open(&plain).unwrap();
    let writable = File::options().write(true).open(&plain).unwrap();
    let directory = File::open("/tmp").unwrap();
    let zero = File::open("/dev/zero").unwrap();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let packets = UnixDatagram::unbound().unwrap();
    let name_only =
        rustix::fs::open(&plain, rustix::fs::OFlags::PATH, rustix::fs::Mode::empty()).unwrap();
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let checkpoint = own("CheckpointContainer");
    let restore = own("RestoreContainer");
    let cases: [(&str, &serde_json::Value, BorrowedFd, &str); 11] = [
        (
            &checkpoint,
            &write,
            readable.as_fd(),
            "not open for writing",
        ),
        (&checkpoint, &write, reader.as_fd(), "not open for writing"),
        (&checkpoint, &write, directory.as_fd(), "a directory"),
        (&checkpoint, &write, full.as_fd(), "a device"),
        (&checkpoint, &write, packets.as_fd(), "a socket of packets"),
        (&restore, &read, writable.as_fd(), "not open for reading"),
        (&restore, &read, writer.as_fd(), "not open for reading"),
        (&restore, &read, directory.as_fd(), "a directory"),
        (&restore, &read, zero.as_fd(), "a device"),
        (&restore, &read, packets.as_fd(), "a socket of packets"),
        (&restore, &read, name_only.as_fd(), "not open"),
    ];
    for (method, parameters, descriptor, words) in cases {
        let (name, told) = client.refused_with(method, parameters.clone(), &[descriptor]);
        assert_eq!(name, own("Invalid"), "{words}: {told}");
        assert!(told["message"].as_str().unwrap().contains(words), "{told}");
    }
    assert_eq!(std::fs::read_to_string(&plain).unwrap(), "no archive");
    // Nobody asked for these: closed, and the call is answered; as are those of the next call.
    let many = vec![readable.as_fd(); 253];
    for _ in 0..4 {
        client.call_with(&own("Ping"), json!({}), &many);
        client.call_with(&own("Ping"), json!({}), &many[..3]);
    }
    let (name, told) = client.refused_with(&restore, json!({ "archive": 200 }), &many);
    assert_eq!(name, "org.varlink.service.InvalidParameter", "{told}");
    // A pipe whose other end is gone, and a socket that is closed while the archive flows.
    drop(reader);
    let (name, told) = client.refused_with(&checkpoint, write.clone(), &[writer.as_fd()]);
    assert_eq!(name, own("Failed"), "{told}");
    assert!(!told.to_string().contains("/proc/self/fd"), "{told}");
    assert_eq!(host.status("d"), "running");
    let log = host.log("d");
    host.wait_for_more_log("d", &log);
    wait::until("none is left", || {
        (service.descriptors() <= before).then_some(())
    });
    host.ok(&["rm", "-f", "-t", "0", "d"]);
}

/// An archive that fits into all pipes on the way, and not into its file.
fn a_full_disk_ends_no_container(host: &Host) {
    let service = Service::start(host);
    let mut client = service.client();
    host.start_shell("d", &["--network", "none"], COUNT_ALOUD);
    let disk = host.file("disk");
    std::fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=16k", "none", &disk])
        .status();
    assert!(mounted.unwrap().success());
    let archive = File::create(format!("{disk}/archive")).unwrap();
    let asked = json!({ "name": "d", "archive": 0, "options": {} });
    let method = own("CheckpointContainer");
    let (name, told) = client.refused_with(&method, asked, &[archive.as_fd()]);
    drop(archive);
    let unmounted = Command::new("umount").arg(&disk).status();
    assert!(unmounted.unwrap().success());
    assert_eq!(name, own("Failed"), "{told}");
    let text = told.to_string();
    assert!(text.contains("the archive did not reach"), "{told}");
    assert_eq!(host.status("d"), "running", "{told}");
    let log = host.log("d");
    host.wait_for_more_log("d", &log);
    host.ok(&["rm", "-f", "-t", "0", "d"]);
}

fn archives_that_are_none(host: &Host) {
    let service = Service::start(host);
    let mut client = service.client();
    host.start_shell("a", &["--network", "none"], COUNT_ALOUD);
    let whole = host.file("whole.tar");
    host.ok(&[
        "container",
        "checkpoint",
        "--compress",
        "none",
        "-e",
        &whole,
        "a",
    ]);
    host.ok(&["rm", "a"]);
    let bytes = std::fs::read(&whole).unwrap();
    let images = host.ok(&["images", "-q"]);
    let mut flipped = bytes.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    let noise: Vec<u8> = (0..100_000_u32)
        .map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()[3])
        .collect();
    for (what, content) in [
        ("nothing", &[][..]),
        ("noise", &noise[..]),
        ("half of one", &bytes[..bytes.len() / 2]),
        ("a flipped byte", &flipped[..]),
    ] {
        let path = host.path("bad.tar");
        std::fs::write(&path, content).unwrap();
        let file = File::open(&path).unwrap();
        let (name, told) = client.refused_with(
            &own("RestoreContainer"),
            json!({ "archive": 0 }),
            &[file.as_fd()],
        );
        assert_eq!(name, own("Invalid"), "{what}: {told}");
        assert!(
            !told.to_string().contains("/proc/self/fd"),
            "{what}: {told}"
        );
        // By path it is the command line's message.
        let parameters = json!({ "options": { "import": path } });
        let (name, told) = client.refused(&own("RestoreContainer"), parameters);
        assert_eq!(name, own("Invalid"), "{what}: {told}");
        let command = host.run(&["container", "restore", "-i", &host.file("bad.tar")]);
        let message = told["message"].as_str().unwrap();
        assert!(
            command.stderr.contains(message),
            "{what}: {message} {}",
            command.stderr
        );
    }
    assert_eq!(host.ok(&["ps", "-aq"]), "");
    assert_eq!(host.ok(&["images", "-q"]), images);
    let file = File::open(&whole).unwrap();
    client.call_with(
        &own("RestoreContainer"),
        json!({ "archive": 0 }),
        &[file.as_fd()],
    );
    host.ok(&["rm", "-f", "-t", "0", "a"]);
}

/// Starts a container whose archive is larger than all buffers on the way, and can't be compressed.
fn big(host: &Host, name: &str) {
    let script =
        format!("dd if=/dev/urandom of=/data/big bs=1M count=24 2>&-; echo ready; {COUNT_ALOUD}");
    host.start_shell(name, &[], &script);
    host.wait_for_log(name, "ready");
}

fn a_client_that_is_gone_cancels_its_own(host: &Host) {
    let service = Service::start(host);
    big(host, "big");
    let client = service.client();
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let call = json!({
        "method": own("CheckpointContainer"), "parameters": { "name": "big", "archive": 0 }, "more": true,
    });
    client.send(&call, &[writer.as_fd()]);
    drop(writer);
    let mut archive = File::from(reader);
    archive
        .read_exact(&mut [0; 4096])
        .expect("the archive comes");
    // It stands still for this client, and for nobody else.
    let begun = Instant::now();
    let mut other = service.client();
    other.call(&own("Ping"), json!({}));
    host.start_shell("other", &[], COUNT_ALOUD);
    other.call(
        &own("CheckpointContainer"),
        json!({ "name": "other", "options": { "leave_running": true } }),
    );
    other.call(&own("ListContainers"), json!({ "all": true }));
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    // Its connection is gone, the pipe's other end is there: nobody waits for it any more.
    drop(client);
    let before = host.log("big");
    host.wait_for_more_log("big", &before);
    assert_eq!(
        (host.status("big"), host.status("other")),
        ("running".into(), "running".into())
    );
    drop(archive);
    // The same where the pipe's end goes and the connection stays.
    let mut client = service.client();
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    client.send(&call, &[writer.as_fd()]);
    drop(writer);
    let mut archive = File::from(reader);
    archive
        .read_exact(&mut [0; 4096])
        .expect("the archive comes");
    drop(archive);
    let last = loop {
        let reply = client.receive().expect("a reply");
        if reply["continues"] != json!(true) {
            break reply;
        }
    };
    assert_eq!(last["error"], own("Failed"), "{last}");
    assert_eq!(host.status("big"), "running");
    // An archive that stops coming, from a client that is gone.
    let client = service.client();
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    client.send(
        &json!({ "method": own("RestoreContainer"), "parameters": { "archive": 0 } }),
        &[reader.as_fd()],
    );
    File::from(writer.try_clone().unwrap())
        .write_all(&[b'x'; 1000])
        .unwrap();
    drop(client);
    // Followers and waiters that are gone leave no thread.
    let threads = || {
        let all = std::fs::read_dir(format!("/proc/{}/task", service.pid()));
        all.unwrap().count()
    };
    let quiet = threads();
    for _ in 0..20 {
        let follower = service.client();
        let asked = json!({ "name": "other", "follow": true });
        follower.send(
            &json!({ "method": own("ContainerLogs"), "parameters": asked, "more": true }),
            &[],
        );
        let waiter = service.client();
        waiter.send(
            &json!({ "method": own("WaitContainer"), "parameters": { "name": "other" } }),
            &[],
        );
        let watcher = service.client();
        watcher.send(&json!({ "method": own("Events"), "more": true }), &[]);
    }
    // Threads stay for ten seconds after their work.
    let gone = wait::try_until(Duration::from_secs(25), || {
        (threads() <= quiet + 4).then_some(())
    });
    assert!(gone.is_some(), "{} threads, {quiet} before", threads());
    drop(writer);
    host.ok(&["rm", "-f", "-t", "0", "big", "other"]);
}

fn a_killed_service_loses_nothing(host: &Host) {
    big(host, "k");
    // While the archive flows.
    {
        let mut service = Service::start(host);
        let client = service.client();
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        let parameters = json!({ "name": "k", "archive": 0 });
        client.send(
            &json!({ "method": own("CheckpointContainer"), "parameters": parameters }),
            &[writer.as_fd()],
        );
        drop(writer);
        File::from(reader)
            .read_exact(&mut [0; 64])
            .expect("the archive begins");
        service.child.kill().unwrap();
        service.child.wait().unwrap();
    }
    let before = host.log("k");
    assert_eq!(host.status("k"), "running");
    host.wait_for_more_log("k", &before);
    // At places of its own: the next command tells the truth, and what it tells can be used.
    for place in ["dumping", "captured", "whole", "recorded"] {
        let mut service = Service::with(host, "f.sock", &[("CRYOPOD_FAIL_AT", place)]);
        let mut client = service.client();
        let call = json!({
            "method": own("CheckpointContainer"),
            "parameters": { "name": "k", "options": { "export": host.file("k.tar") } },
        });
        client.send(&call, &[]);
        assert!(client.receive().is_none(), "{place}: it dies there");
        service.child.wait().unwrap();
        match host.status("k").as_str() {
            "running" => {}
            "exited" => {
                host.ok(&["container", "restore", "k"]);
            }
            other => panic!("{place}: {other}"),
        }
        let before = host.log("k");
        host.wait_for_more_log("k", &before);
    }
    host.ok(&["rm", "-f", "-t", "0", "k"]);
}

fn sockets_of_a_service_manager(host: &Host) {
    let socket = host.file("passed.sock");
    let script = "import os,socket,sys\n\
        s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); os.dup2(s.fileno(),3)\n\
        os.set_inheritable(3,True)\n\
        os.environ.update(LISTEN_FDS='1',LISTEN_PID=str(os.getpid()),LISTEN_FDNAMES='varlink')\n\
        os.execv(sys.argv[2],sys.argv[2:])";
    let mut line = Command::new("python3");
    line.args(["-c", script, &socket, &host.engine.program]);
    line.args(["system", "service", "--time", "1"]);
    let child = line.spawn().expect("python3");
    let mut service = Service { child, socket };
    wait::until("it listens", || {
        std::os::unix::net::UnixStream::connect(&service.socket).ok()
    });
    let mut client = service.client();
    client.call(&own("Ping"), json!({}));
    drop(client);
    let ended = wait::until("it ends", || service.child.try_wait().unwrap());
    assert!(ended.success());
    assert!(
        host.path("passed.sock").exists(),
        "the socket is the manager's"
    );
    host.fails(
        &["system", "service", "varlink:tcp:0.0.0.0:1"],
        125,
        "invalid address",
    );
}
