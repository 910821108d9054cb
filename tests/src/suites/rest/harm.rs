//! Clients that are wrong, slow, many, or gone.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Service;
use crate::harness::{Host, IMAGE, wait};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    requests_that_are_none,
    bodies_without_an_end,
    many_and_half_open_connections,
    a_client_that_is_gone_cancels_its_own,
    a_service_that_ends,
    a_killed_service_loses_nothing,
    sockets_of_a_service_manager,
    a_peer_that_reads_nothing,
];

fn requests_that_are_none(host: &Host) {
    if host.runtime != "crun" {
        return;
    }
    let service = Service::start(host);
    for (status, method, path, body) in [
        (
            400,
            "POST",
            "/v5.8.0/libpod/containers/create",
            "{\"image\": ",
        ),
        (400, "POST", "/v5.8.0/libpod/containers/create", "[]"),
        (
            400,
            "POST",
            "/v5.8.0/libpod/containers/create",
            r#"{"image": 7}"#,
        ),
        (400, "POST", "/v1.44/containers/create", "not json"),
        (
            404,
            "POST",
            "/v5.8.0/libpod/containers/create",
            r#"{"image":"localhost/test:latest","pod":"p"}"#,
        ),
        (405, "PUT", "/v5.8.0/libpod/containers/json", ""),
        (405, "DELETE", "/v1.44/version", ""),
        (404, "GET", "/v5.8.0/libpod/nothing", ""),
        (404, "GET", "/", ""),
        (404, "GET", "/v5.8.0/libpod/containers/%00/json", ""),
        (
            404,
            "GET",
            "/v99/libpod/containers/..%2F..%2Fetc%2Fpasswd/json",
            "",
        ),
        (400, "GET", "/v5.8.0/libpod/containers/%zz/json", ""),
    ] {
        let wanted = if path.contains("%00") { 400 } else { status };
        let text = service.expect(wanted, method, path, body);
        let key = if path.contains("libpod") {
            "\"cause\":"
        } else {
            "\"message\":"
        };
        assert!(text.contains(key), "{path}: {text}");
    }
    assert_eq!(host.ok(&["ps", "-aq"]), "");
    for raw in [
        &b"GARBAGE\r\n\r\n"[..],
        b"GET /_ping HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ] {
        let answer = service.raw(raw);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
    let mut flood = b"GET /_ping HTTP/1.1\r\nHost: d\r\n".to_vec();
    for number in 0..500 {
        flood.extend(format!("X-Flood-{number}: x\r\n").into_bytes());
    }
    flood.extend(b"\r\n");
    assert!(service.raw(&flood).starts_with("HTTP/1.1 431"));
    let mut long = b"GET /_ping HTTP/1.1\r\nHost: d\r\nX-Long: ".to_vec();
    long.extend(vec![b'a'; 4 << 20]);
    let answer = service.raw(&long);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    assert_eq!(service.expect(200, "GET", "/_ping", ""), "OK");
}

fn bodies_without_an_end(host: &Host) {
    if host.runtime != "crun" {
        return;
    }
    let service = Service::start(host);
    let head = "POST /v5.8.0/libpod/containers/create HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n";
    let announced = format!("{head}Content-Length: 10000000000\r\n\r\n{{");
    assert!(
        service
            .raw(announced.as_bytes())
            .starts_with("HTTP/1.1 413")
    );
    // One that doesn't say how long it will be.
    let mut stream = service.connect();
    stream
        .write_all(format!("{head}Transfer-Encoding: chunked\r\n\r\n").as_bytes())
        .unwrap();
    let piece = [&b"10000\r\n"[..], &vec![b' '; 0x10000], b"\r\n"].concat();
    let mut sent = 0_usize;
    while sent < 64 << 20 && stream.write_all(&piece).is_ok() {
        sent += piece.len();
    }
    assert!(sent < 16 << 20, "{sent} bytes were taken");
    let mut answer = [0; 64];
    let count = stream.read(&mut answer).unwrap_or(0);
    assert!(
        count == 0 || answer.starts_with(b"HTTP/1.1 413"),
        "{:?}",
        String::from_utf8_lossy(&answer)
    );
    let memory = std::fs::read_to_string(format!("/proc/{}/status", service.pid())).unwrap();
    let peak = memory
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 200 << 10, "{peak} kB at most");
}

fn many_and_half_open_connections(host: &Host) {
    if host.runtime != "crun" {
        return;
    }
    let service = Service::start(host);
    let mut open: Vec<_> = (0..500).map(|_| service.connect()).collect();
    // Half of them never finish their request.
    for (number, stream) in open.iter_mut().enumerate() {
        if number % 2 == 0 {
            stream.write_all(b"GET /_ping HTTP/1.1\r\nHost: ").unwrap();
        } else {
            stream
                .write_all(b"GET /v5.8.0/libpod/containers/json HTTP/1.1\r\nHost: d\r\n\r\n")
                .unwrap();
        }
    }
    let begun = Instant::now();
    assert_eq!(service.expect(200, "GET", "/_ping", ""), "OK");
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    for stream in open.iter_mut().skip(1).step_by(2) {
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 200");
    }
    drop(open);
    let descriptors = || {
        std::fs::read_dir(format!("/proc/{}/fd", service.pid()))
            .unwrap()
            .count()
    };
    wait::until("all connections are closed", || {
        (descriptors() < 40).then_some(())
    });
}

fn a_client_that_is_gone_cancels_its_own(host: &Host) {
    let service = Service::start(host);
    // More than the buffers on the way hold, and nothing that could be compressed.
    host.start_shell(
        "big",
        &[],
        &format!("dd if=/dev/urandom of=/data/big bs=1M count=24 2>&-; echo ready; {COUNT_ALOUD}"),
    );
    host.wait_for_log("big", "ready");
    let request = b"POST /v5.8.0/libpod/containers/big/checkpoint?export=true HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n";
    let mut stream = service.connect();
    stream.write_all(request).unwrap();
    let mut first = [0; 4096];
    let count = stream.read(&mut first).unwrap();
    assert!(
        first[..count].starts_with(b"HTTP/1.1 200"),
        "the archive comes"
    );
    // It stands still for this client, and for nobody else.
    let begun = Instant::now();
    assert_eq!(service.expect(200, "GET", "/_ping", ""), "OK");
    host.start_shell("other", &[], COUNT_ALOUD);
    service.expect(
        200,
        "POST",
        "/v5.8.0/libpod/containers/other/checkpoint?leaveRunning=true",
        "",
    );
    service.expect(200, "GET", "/v5.8.0/libpod/containers/json?all=true", "");
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    drop(stream);
    let before = host.log("big");
    host.wait_for_more_log("big", &before);
    let state = host.inspect("big")["State"].clone();
    assert_eq!(state["Status"], "running", "{state}");
    assert_eq!(host.status("other"), "running");
    // A reader of logs that is gone leaves no thread.
    let threads = || {
        std::fs::read_dir(format!("/proc/{}/task", service.pid()))
            .unwrap()
            .count()
    };
    let quiet = threads();
    for _ in 0..20 {
        let mut follower = service.connect();
        follower
            .write_all(
                b"GET /v1.44/containers/other/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: d\r\n\r\n",
            )
            .unwrap();
        let mut waiter = service.connect();
        waiter.write_all(b"POST /v5.8.0/libpod/containers/other/wait HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n").unwrap();
        let mut head = [0; 12];
        follower.read_exact(&mut head).expect("its head");
    }
    // Threads stay for ten seconds after their work.
    let soon = Duration::from_secs(25);
    let gone = wait::try_until(soon, || (threads() <= quiet + 4).then_some(()));
    assert!(gone.is_some(), "{} threads, {quiet} before", threads());
    host.ok(&["rm", "-f", "-t", "0", "big", "other"]);
}

fn a_service_that_ends(host: &Host) {
    if host.runtime != "crun" {
        return;
    }
    // By itself, after a second without anybody.
    let mut service = Service::with(host, &["--time", "1"]);
    service.expect(200, "GET", "/_ping", "");
    let ended = wait::until("it ends", || service.child.try_wait().unwrap());
    assert!(ended.success());
    assert!(!host.path("api.sock").exists());
    // When it is told to: readers are sent home, work is finished.
    let mut service = Service::start(host);
    host.start_shell("t", &[], COUNT_ALOUD);
    let mut follower = service.connect();
    follower
        .write_all(b"GET /v1.44/containers/t/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: d\r\n\r\n")
        .unwrap();
    let socket = service.socket.clone();
    let mut checkpoint = Command::new("curl")
        .args([
            "-s",
            "--unix-socket",
            &socket,
            "-X",
            "POST",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
        ])
        .arg("http://d/v5.8.0/libpod/containers/t/checkpoint")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(service.end(), Some(0));
    let mut code = String::new();
    checkpoint
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut code)
        .unwrap();
    checkpoint.wait().unwrap();
    // Either it had not been heard yet, or it was brought to its end.
    let status = host.status("t");
    assert!(
        matches!(
            (code.as_str(), status.as_str()),
            ("200", "exited") | ("000", "running")
        ),
        "{code} {status}"
    );
    host.ok(&["rm", "-f", "-t", "0", "t"]);
    // A socket that a killed one left is replaced; one that answers isn't.
    let mut service = Service::start(host);
    let uri = format!("unix://{socket}");
    host.fails(
        &["system", "service", "--time", "1", &uri],
        125,
        "another service answers",
    );
    service.child.kill().unwrap();
    service.child.wait().unwrap();
    assert!(host.path("api.sock").exists());
    let again = Service::start(host);
    again.expect(200, "GET", "/_ping", "");
    host.fails(
        &["system", "service", "tcp://0.0.0.0:1"],
        125,
        "invalid address",
    );
}

fn a_killed_service_loses_nothing(host: &Host) {
    let mut service = Service::start(host);
    host.start_shell(
        "k",
        &[],
        &format!("dd if=/dev/urandom of=/data/big bs=1M count=24 2>&-; echo ready; {COUNT_ALOUD}"),
    );
    host.wait_for_log("k", "ready");
    let mut stream = service.connect();
    stream.write_all(b"POST /v5.8.0/libpod/containers/k/checkpoint?export=true HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n").unwrap();
    let mut first = [0; 64];
    stream.read_exact(&mut first).expect("the archive begins");
    service.child.kill().unwrap();
    service.child.wait().unwrap();
    // The next command lets it go on.
    let before = host.log("k");
    assert_eq!(host.status("k"), "running");
    host.wait_for_more_log("k", &before);
    host.ok(&["rm", "-f", "-t", "0", "k"]);
}

fn sockets_of_a_service_manager(host: &Host) {
    if host.runtime != "crun" {
        return;
    }
    let socket = host.file("passed.sock");
    let script = "import os,socket,sys\n\
        s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); os.dup2(s.fileno(),3)\n\
        os.set_inheritable(3,True); os.environ.update(LISTEN_FDS='1',LISTEN_PID=str(os.getpid()))\n\
        os.execv(sys.argv[2],sys.argv[2:])";
    let mut line = Command::new("python3");
    line.args([
        "-c",
        script,
        &socket,
        &host.engine.program,
        "system",
        "service",
        "--time",
        "1",
    ]);
    let mut child = line.spawn().expect("python3");
    let answer = wait::until("it answers", || {
        let mut curl = Command::new("curl");
        curl.args(["-s", "--unix-socket", &socket, "http://d/_ping"]);
        Some(crate::harness::command::run(&mut curl, "")).filter(|done| done.code == 0)
    });
    assert_eq!(answer.stdout, "OK");
    let ended = wait::until("it ends", || child.try_wait().unwrap());
    assert!(ended.success());
    assert!(
        host.path("passed.sock").exists(),
        "the socket is the manager's"
    );
    assert!(
        host.ok(&["images"])
            .contains(IMAGE.split(':').next().unwrap())
    );
}

/// Neither the service nor a container waits for it, and its bodies are bounded.
fn a_peer_that_reads_nothing(host: &Host) {
    if host.runtime != "crun" {
        return;
    }
    let service = Service::start(host);
    let loud = "yes 0123456789012345678901234567890123456789012345678901234567890 | head -n 100000; sleep 1000";
    host.start_shell("loud", &[], loud);
    host.wait_for_log("loud", "0123");
    let mut deaf: Vec<_> = (0..20).map(|_| service.connect()).collect();
    for (number, stream) in deaf.iter_mut().enumerate() {
        let path = [
            "logs?follow=1&stdout=1",
            "attach?stream=1&stdout=1",
            "export",
            "stats",
        ][number % 4];
        let method = if path.starts_with("attach") {
            "POST"
        } else {
            "GET"
        };
        let request = format!(
            "{method} /v1.44/containers/loud/{path} HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
    }
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(service.expect(200, "GET", "/_ping", ""), "OK");
    service.expect(200, "GET", "/v5.8.0/libpod/containers/json", "");
    let memory = || -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", service.pid())).unwrap();
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap();
        peak.trim().trim_end_matches(" kB").parse().unwrap()
    };
    assert!(memory() < 200 << 10, "{} kB", memory());
    // Nothing of it keeps the container from ending, or the service.
    host.ok(&["rm", "-f", "-t", "0", "loud"]);
    drop(deaf);
    // Ten gigabytes that are no archive are refused after the first of them.
    let mut stream = service.connect();
    stream
        .write_all(b"POST /v5.8.0/libpod/containers/x/restore?import=true HTTP/1.1\r\nHost: d\r\nContent-Length: 10000000000\r\n\r\n")
        .unwrap();
    let piece = vec![b'x'; 1 << 20];
    let mut sent = 0_u64;
    while sent < 256 << 20 && stream.write_all(&piece).is_ok() {
        sent += piece.len() as u64;
    }
    let mut answer = [0; 12];
    let count = stream.read(&mut answer).unwrap_or(0);
    assert!(count == 0 || &answer == b"HTTP/1.1 400", "{answer:?}");
    assert!(sent < 256 << 20, "{sent} bytes were taken");
    assert!(memory() < 200 << 10, "{} kB", memory());
    let mut service = service;
    assert_eq!(service.end(), Some(0));
}
