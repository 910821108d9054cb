//! Many clients at a time: nothing leaks, no event is lost, and of two who freeze the same container
//! one wins.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Host, IMAGE, wait};
use crate::suites::rest::Service;
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![fifty_at_a_time, two_freeze_one];

/// As many as are connected at a time.
const CLIENTS: usize = 50;

/// How long each goes on. `CROWD_SECONDS` makes it another time.
fn duration() -> Duration {
    let text = std::env::var("CROWD_SECONDS").ok();
    Duration::from_secs(text.map_or(8, |text| text.parse().expect("a number")))
}

/// Open descriptors, threads and bytes in RAM of a process.
fn figures(pid: u32) -> (usize, usize, usize) {
    let count = |what: &str| {
        let entries = std::fs::read_dir(format!("/proc/{pid}/{what}")).expect("it lives");
        entries.count()
    };
    let memory = std::fs::read_to_string(format!("/proc/{pid}/statm")).expect("it lives");
    let pages = memory.split(' ').nth(1).and_then(|word| word.parse().ok());
    (count("fd"), count("task"), pages.unwrap_or(0) * 4096)
}

/// A child of the service that nobody has waited for, or that goes on.
fn children(pid: u32) -> String {
    let path = format!("/proc/{pid}/task/{pid}/children");
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Follows events until `enough` containers were removed, and gives their names by kind.
fn watch(stream: &mut UnixStream, enough: &dyn Fn(usize) -> bool) -> Vec<(String, String)> {
    let mut seen: Vec<(String, String)> = Vec::new();
    let reader = BufReader::new(stream);
    for line in reader.lines() {
        let Ok(line) = line else { break };
        let Ok(event) = serde_json::from_str::<Value>(&line) else {
            // Head and sizes of chunks.
            continue;
        };
        let action = event["Action"].as_str().unwrap_or_default().to_owned();
        let name = event["Actor"]["Attributes"]["name"].as_str();
        seen.push((action, name.unwrap_or_default().to_owned()));
        let removed = seen.iter().filter(|(action, _)| action == "destroy");
        if enough(removed.count()) {
            break;
        }
    }
    seen
}

/// Each of fifty makes containers, looks at them, at lists, logs of one that counts, and removes
/// its own; some hang up in the middle.
fn fifty_at_a_time(host: &Host) {
    if host.runtime != "crun" {
        return;
    }
    let mut service = Service::start(host);
    host.ok(&[
        "run",
        "-d",
        "--name",
        "counter",
        IMAGE,
        "sh",
        "-c",
        COUNT_ALOUD,
    ]);
    // The first requests make what stays: threads, buffers.
    for _ in 0..20 {
        service.expect(200, "GET", "/v1.44/containers/json", "");
    }
    let mut watcher = service.connect();
    watcher
        .write_all(b"GET /v1.44/events HTTP/1.1\r\nHost: d\r\n\r\n")
        .expect("the service reads");
    let before = figures(service.pid());
    let made = AtomicUsize::new(0);
    let finished = AtomicUsize::new(0);
    let until = Instant::now() + duration();
    let seen = thread::scope(|scope| {
        let workers: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (service, made) = (&service, &made);
                scope.spawn(move || {
                    let mut turn = 0;
                    while turn == 0 || Instant::now() < until {
                        one_turn(service, number, turn);
                        made.fetch_add(1, Ordering::SeqCst);
                        turn += 1;
                    }
                })
            })
            .collect();
        let watching = scope.spawn(|| {
            watch(&mut watcher, &|removed| {
                finished.load(Ordering::SeqCst) > 0 && removed >= made.load(Ordering::SeqCst)
            })
        });
        let ended: Vec<_> = workers.into_iter().map(ScopedJoinHandle::join).collect();
        for one in ended {
            one.expect("each client gets the answers that it wants");
        }
        // One more, which wakes who has already seen all of the others.
        made.fetch_add(1, Ordering::SeqCst);
        finished.store(1, Ordering::SeqCst);
        one_turn(&service, CLIENTS, 0);
        watching.join().expect("the events are read")
    });
    let made = made.load(Ordering::SeqCst);
    for action in ["create", "destroy"] {
        let count = seen.iter().filter(|(found, _)| found == action).count();
        assert_eq!(count, made, "{action} of {made} containers");
    }
    drop(watcher);
    wait::until("nothing of fifty clients is left in the service", || {
        let now = figures(service.pid());
        // An idle thread more or less, one connection that is only now closed.
        (now.0 <= before.0 && children(service.pid()).is_empty()).then_some(())
    });
    let after = figures(service.pid());
    let grown = after.2.saturating_sub(before.2);
    assert!(grown < 64 << 20, "{made} containers: {before:?}, {after:?}");
    println!(
        "{made} containers of {CLIENTS} clients: descriptors, threads, memory {before:?}, then {after:?}"
    );
    assert_eq!(
        host.ok(&["ps", "-aq", "--no-trunc"]).lines().count(),
        1,
        "only the counter is left"
    );
    assert_eq!(service.end(), Some(0));
}

fn one_turn(service: &Service, number: usize, turn: usize) {
    let name = format!("c{number}-{turn}");
    let body = json!({"Image": IMAGE, "Cmd": ["true"]}).to_string();
    let path = format!("/v1.44/containers/create?name={name}");
    service.expect(201, "POST", &path, &body);
    service.expect(200, "GET", &format!("/v1.44/containers/{name}/json"), "");
    match number % 5 {
        0 => {
            service.expect(200, "GET", "/v1.44/containers/json?all=1", "");
        }
        1 => {
            let path = "/v1.44/containers/counter/logs?stdout=1&tail=5";
            service.expect(200, "GET", path, "");
        }
        2 => {
            service.expect(409, "POST", &path, &body);
        }
        3 => {
            // Hangs up while it is told what goes on.
            let mut stream = service.connect();
            let request =
                b"GET /v1.44/containers/counter/logs?stdout=1&follow=1 HTTP/1.1\r\nHost: d\r\n\r\n";
            stream.write_all(request).expect("the service reads");
        }
        _ => {
            let path = format!("/v1.44/containers/{name}/checkpoints");
            service.expect(409, "POST", &path, r#"{"CheckpointID":"a","Exit":true}"#);
        }
    }
    service.expect(204, "DELETE", &format!("/v1.44/containers/{name}"), "");
}

/// By the libpod interface and by Docker's, at the same instant.
fn two_freeze_one(host: &Host) {
    let service = Service::start(host);
    host.ok(&[
        "run",
        "-d",
        "--name",
        "wanted",
        IMAGE,
        "sh",
        "-c",
        COUNT_ALOUD,
    ]);
    host.wait_for_log("wanted", "2\n");
    for round in 0..3 {
        let name = format!("r{round}");
        let docker = || {
            service.ask(
                "POST",
                "/v1.44/containers/wanted/checkpoints",
                &json!({"CheckpointID": name, "Exit": true}).to_string(),
            )
        };
        let libpod = || service.ask("POST", "/v5.8.0/libpod/containers/wanted/checkpoint", "");
        let (one, other) = thread::scope(|scope| {
            let one = scope.spawn(docker);
            let other = scope.spawn(libpod);
            (
                one.join().expect("an answer"),
                other.join().expect("an answer"),
            )
        });
        let won = [one.0 == 201, other.0 == 200];
        assert_eq!(
            won.iter().filter(|won| **won).count(),
            1,
            "{one:?} {other:?}"
        );
        let lost = if won[0] { &other } else { &one };
        assert_eq!(lost.0, 409, "{one:?} {other:?}");
        let at = host.log("wanted");
        if won[0] {
            let path = format!("/v1.44/containers/wanted/start?checkpoint={name}");
            service.expect(204, "POST", &path, "");
        } else {
            let path = "/v5.8.0/libpod/containers/wanted/restore";
            service.expect(200, "POST", path, "");
        }
        wait::until("it goes on", || {
            (host.log("wanted").len() > at.len()).then_some(())
        });
    }
}
