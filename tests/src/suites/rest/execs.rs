//! Processes in running containers that are asked for at a service: what goes through their streams,
//! who starts them, what is left of them.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;

use super::Service;
use crate::harness::{Host, command, wait};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![
    once as_much_as_one_likes_there_and_back,
    once one_of_many_starts_it,
    once a_start_that_failed_is_tried_again,
    a_detached_one_is_followed_to_its_end,
    once a_service_ends_before_them,
];

/// The id of a process that is to run in a container.
fn made(service: &Service, container: &str, script: &str) -> String {
    let body = serde_json::json!({ "Cmd": ["sh", "-c", script] }).to_string();
    let path = format!("/v1.44/containers/{container}/exec");
    let made: Value = serde_json::from_str(&service.expect(201, "POST", &path, &body)).unwrap();
    made["Id"].as_str().unwrap().to_owned()
}

fn facts(service: &Service, id: &str) -> Value {
    let path = format!("/v1.44/exec/{id}/json");
    serde_json::from_str(&service.expect(200, "GET", &path, "")).unwrap()
}

/// A process that writes as it reads: nobody waits for the other for ever.
fn as_much_as_one_likes_there_and_back(host: &Host) {
    let service = Service::start(host);
    host.start("echo", &[], &["sleep", "1000"]);
    let mut line = service.podman().command(&["exec", "-i", "echo", "cat"]);
    let input = (0..4_000_000).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{number:07}");
        text
    });
    let done = command::run(&mut line, &input);
    assert_eq!(
        (done.code, done.stdout.len()),
        (0, input.len()),
        "{}",
        done.stderr
    );
    assert!(done.stdout == input, "other bytes came back");
    host.ok(&["rm", "-f", "-t", "0", "echo"]);
}

/// Of several clients that start a process at once one has it, the others a conflict.
fn one_of_many_starts_it(host: &Host) {
    let service = &Service::start(host);
    host.start("many", &[], &["sleep", "1000"]);
    for round in 0..5 {
        let id = made(service, "many", &format!("echo x >> /round{round}"));
        let path = &format!("/v1.44/exec/{id}/start");
        let statuses = std::thread::scope(|scope| {
            let all: Vec<_> = (0..6)
                .map(|_| scope.spawn(|| service.ask("POST", path, r#"{"Detach":true}"#).0))
                .collect();
            let statuses = all.into_iter().map(|one| one.join().unwrap());
            let mut statuses: Vec<u16> = statuses.collect();
            statuses.sort_unstable();
            statuses
        });
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
        wait::until("it has run", || {
            (facts(service, &id)["Running"] == false).then_some(())
        });
        let file = format!("/round{round}");
        assert_eq!(host.ok(&["exec", "many", "cat", &file]), "x");
    }
    host.ok(&["rm", "-f", "-t", "0", "many"]);
}

/// A paused container refuses its processes their start; once it goes on they start.
fn a_start_that_failed_is_tried_again(host: &Host) {
    let service = Service::start(host);
    host.start("paused", &[], &["sleep", "1000"]);
    for body in [r#"{"Detach":true}"#, r#"{"Detach":true,"Tty":true}"#] {
        let id = made(&service, "paused", "echo x >> /ran");
        let path = format!("/v1.44/exec/{id}/start");
        host.ok(&["pause", "paused"]);
        service.expect(409, "POST", &path, body);
        host.ok(&["unpause", "paused"]);
        service.expect(200, "POST", &path, body);
        wait::until("it has run", || {
            (facts(&service, &id)["Running"] == false).then_some(())
        });
    }
    assert_eq!(host.ok(&["exec", "paused", "cat", "/ran"]), "x\nx");
    host.ok(&["rm", "-f", "-t", "0", "paused"]);
}

fn a_detached_one_is_followed_to_its_end(host: &Host) {
    let service = Service::start(host);
    host.start("calm", &[], &["sleep", "1000"]);
    let id = made(
        &service,
        "calm",
        "until test -e /go; do sleep 0.05; done; exit 7",
    );
    let start = format!("/v1.44/exec/{id}/start");
    service.expect(200, "POST", &start, r#"{"Detach":true}"#);
    let now = facts(&service, &id);
    assert_eq!(
        (&now["Running"], &now["ExitCode"]),
        (&true.into(), &Value::Null),
        "{now}"
    );
    host.ok(&["exec", "calm", "touch", "/go"]);
    let code = wait::until("its end is known", || {
        facts(&service, &id)["ExitCode"].as_i64()
    });
    assert_eq!(code, 7);
    host.ok(&["rm", "-f", "-t", "0", "calm"]);
}

/// A service that is told to end doesn't wait for what runs in containers, and takes nothing with it.
fn a_service_ends_before_them(host: &Host) {
    let mut service = Service::start(host);
    host.start("long", &[], &["sleep", "1000"]);
    let id = made(&service, "long", "touch /runs; sleep 777");
    let start = format!("/v1.44/exec/{id}/start");
    service.expect(200, "POST", &start, r#"{"Detach":true}"#);
    wait::until("it runs", || {
        (host.run(&["exec", "long", "test", "-e", "/runs"]).code == 0).then_some(())
    });
    let began = std::time::Instant::now();
    assert_eq!(service.end(), Some(0));
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    assert!(host.ok(&["exec", "long", "ps"]).contains("sleep 777"));
    host.ok(&["rm", "-f", "-t", "0", "long"]);
}
