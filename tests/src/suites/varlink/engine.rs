//! `org.cryopod.Engine`.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use serde_json::{Value, json};

use super::{Client, Service};
use crate::harness::{Host, IMAGE, is_there};
use crate::suites::registry::server::{Registry, tool};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    a_counter_goes_on,
    once archives_through_pipes_and_sockets,
    once a_life,
    once logs_and_events_as_they_come,
    once checkpoints_with_a_name,
    once images_and_volumes,
    once failures_have_their_name,
];

/// The full name of a method.
fn own(method: &str) -> String {
    format!("org.cryopod.Engine.{method}")
}

/// Makes a container that counts, and starts it.
#[track_caller]
fn counter(client: &mut Client, name: &str) {
    let made = client.call(
        &own("CreateContainer"),
        json!({
            "image": IMAGE,
            "command": ["sh", "-c", COUNT_ALOUD],
            "options": { "name": name, "network": ["none"] },
        }),
    );
    let started = client.call(&own("StartContainer"), json!({ "name": name }));
    assert_eq!(started["id"], made["id"]);
}

/// The number that the container counted to last.
fn count(host: &Host, name: &str) -> u64 {
    let log = host.log(name);
    let last = log.trim().lines().last();
    last.map_or(0, |line| line.parse().unwrap_or(0))
}

fn a_counter_goes_on(host: &Host) {
    let service = Service::start(host);
    let mut client = service.client();
    counter(&mut client, "counter");
    host.wait_for_log("counter", "5\n");
    let mut archive = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(host.path("counter.tar"))
        .unwrap();
    let replies = client.replies(
        &own("CheckpointContainer"),
        json!({ "name": "counter", "archive": 0 }),
        &[archive.as_fd()],
        true,
    );
    let steps: Vec<&str> = replies
        .iter()
        .filter_map(|reply| reply["parameters"]["progress"]["step"].as_str())
        .collect();
    assert_eq!(steps, ["preflight", "dump", "write"], "{replies:?}");
    let report = &replies.last().unwrap()["parameters"]["report"];
    assert!(
        report["container_frozen_duration"].as_u64() > Some(0),
        "{report}"
    );
    assert_eq!(host.status("counter"), "exited");
    let last = count(host, "counter");
    client.call(&own("RemoveContainer"), json!({ "name": "counter" }));
    assert!(!host.exists("counter"));
    archive.seek(SeekFrom::Start(0)).unwrap();
    let replies = client.replies(
        &own("RestoreContainer"),
        json!({ "archive": 0 }),
        &[archive.as_fd()],
        true,
    );
    assert!(replies.len() > 1, "{replies:?}");
    let id = &replies.last().unwrap()["parameters"]["report"]["id"];
    assert_eq!(host.inspect("counter")["Id"], *id);
    let log = host.log("counter");
    host.wait_for_more_log("counter", &log);
    assert!(count(host, "counter") >= last, "it goes on where it stood");
    // From its start again, by another name; what comes in front of it is not the archive.
    archive.seek(SeekFrom::Start(0)).unwrap();
    client.call_with(
        &own("RestoreContainer"),
        json!({ "archive": 1, "options": { "name": "second" } }),
        &[File::open("/dev/null").unwrap().as_fd(), archive.as_fd()],
    );
    assert_eq!(host.status("second"), "running");
    // The command line reads it too.
    host.ok(&["rm", "-f", "-t", "0", "counter", "second"]);
    host.ok(&["container", "restore", "-i", &host.file("counter.tar")]);
    assert_eq!(host.status("counter"), "running");
    host.ok(&["rm", "-f", "-t", "0", "counter"]);
}

fn archives_through_pipes_and_sockets(host: &Host) {
    let service = Service::start(host);
    let mut client = service.client();
    counter(&mut client, "c");
    let leaving = json!({
        "name": "c", "archive": 0, "options": { "leave_running": true, "compress": "none" },
    });
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let piped = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        File::from(reader).read_to_end(&mut bytes).unwrap();
        bytes
    });
    client.call_with(
        &own("CheckpointContainer"),
        leaving.clone(),
        &[writer.as_fd()],
    );
    drop(writer);
    let bytes = piped.join().unwrap();
    fs::write(host.path("piped.tar"), &bytes).unwrap();
    let (near, mut far) = UnixStream::pair().unwrap();
    let sent = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        far.read_to_end(&mut bytes).unwrap();
        bytes
    });
    client.call_with(&own("CheckpointContainer"), leaving, &[near.as_fd()]);
    drop(near);
    let sent = sent.join().unwrap();
    assert_eq!(host.status("c"), "running");
    // Both are whole.
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let feeder = std::thread::spawn(move || {
        std::io::Write::write_all(&mut File::from(writer), &sent).unwrap();
    });
    let into = |name: &str| json!({ "archive": 0, "options": { "name": name } });
    client.call_with(&own("RestoreContainer"), into("d"), &[reader.as_fd()]);
    feeder.join().unwrap();
    let (near, mut far) = UnixStream::pair().unwrap();
    let feeder = std::thread::spawn(move || {
        std::io::Write::write_all(&mut far, &bytes).unwrap();
    });
    client.call_with(&own("RestoreContainer"), into("e"), &[near.as_fd()]);
    feeder.join().unwrap();
    assert_eq!(
        (host.status("d"), host.status("e")),
        ("running".into(), "running".into())
    );
    // By path, as the command line has it.
    let path = host.file("by-path.tar");
    client.call(
        &own("CheckpointContainer"),
        json!({ "name": "c", "options": { "export": path, "keep": true } }),
    );
    client.call(
        &own("RemoveContainer"),
        json!({ "name": "c", "force": true }),
    );
    client.call(
        &own("RestoreContainer"),
        json!({ "options": { "import": path } }),
    );
    assert_eq!(host.status("c"), "running");
    host.ok(&["rm", "-f", "-t", "0", "c", "d", "e"]);
}

fn a_life(host: &Host) {
    let service = Service::start(host);
    let mut client = service.client();
    client.call(&own("Ping"), json!({}));
    let version = client.call(&own("Version"), json!({}));
    assert_eq!(version["api_version"], "5.8.0");
    let info = client.call(&own("Info"), json!({}));
    assert_eq!(info["info"]["host"]["ociRuntime"]["name"], host.runtime);
    let asked = json!({
        "image": IMAGE,
        "command": ["sh", "-c", "echo $GREETING >&2; echo out; trap 'exit 7' USR1; while :; do sleep 0.1; done"],
        "options": {
            "name": "life", "env": ["GREETING=hello"], "label": ["color=blue"], "hostname": "h1",
            "volume": ["/data"], "tmpfs": ["/scratch"], "network": ["none"],
            "read_only": true, "stop_timeout": 1, "workdir": "/tmp", "tty": null,
        },
    });
    let id = client.call(&own("CreateContainer"), asked.clone())["id"].clone();
    let (name, told) = client.refused(&own("CreateContainer"), asked);
    assert_eq!(name, own("Conflict"));
    assert!(
        told["message"]
            .as_str()
            .unwrap()
            .contains("is already in use"),
        "{told}"
    );
    let this = json!({ "name": "life" });
    assert_eq!(client.call(&own("StartContainer"), this.clone())["id"], id);
    host.wait_for_log("life", "out");
    let listed = |client: &mut Client, asked: Value| {
        let mut all = client.call(&own("ListContainers"), asked);
        all["containers"].take().as_array().unwrap().clone()
    };
    let all = listed(&mut client, json!({}));
    assert_eq!(all.len(), 1);
    assert_eq!(
        (&all[0]["status"], &all[0]["labels"]["color"], &all[0]["id"]),
        (&json!("running"), &json!("blue"), &id)
    );
    assert!(listed(&mut client, json!({ "filter": ["label=color=red"] })).is_empty());
    let seen = client.call(&own("InspectContainer"), this.clone());
    assert_eq!(seen["container"]["Config"]["Hostname"], "h1");
    assert_eq!(seen["container"]["HostConfig"]["ReadonlyRootfs"], true);
    client.call(&own("PauseContainer"), this.clone());
    assert_eq!(host.status("life"), "paused");
    client.call(&own("UnpauseContainer"), this.clone());
    let mut waiter = service.client();
    waiter.send(
        &json!({ "method": own("WaitContainer"), "parameters": this }),
        &[],
    );
    client.call(
        &own("KillContainer"),
        json!({ "name": "life", "signal": "USR1" }),
    );
    assert_eq!(
        waiter.reply(&own("WaitContainer"))["parameters"]["exit_code"],
        7
    );
    let logs = client.replies(&own("ContainerLogs"), this.clone(), &[], true);
    let lines: Vec<(&str, &str)> = logs
        .iter()
        .filter_map(|reply| {
            let line = reply["parameters"].get("line")?;
            Some((line["stream"].as_str()?, line["text"].as_str()?))
        })
        .collect();
    assert!(
        lines.contains(&("stderr", "hello")) && lines.contains(&("stdout", "out")),
        "{lines:?}"
    );
    assert_eq!(
        client.refused(&own("ContainerLogs"), this.clone()).0,
        "org.varlink.service.ExpectedMore"
    );
    client.call(&own("StartContainer"), this.clone());
    client.call(
        &own("StopContainer"),
        json!({ "name": "life", "timeout": 0 }),
    );
    let all = listed(&mut client, json!({ "all": true }));
    assert_eq!(all[0]["exit_code"], 137);
    client.call(
        &own("RemoveContainer"),
        json!({ "name": "life", "volumes": true }),
    );
    assert!(listed(&mut client, json!({ "all": true })).is_empty());
    // No reply was asked for, and none comes in front of the next one.
    client.send(&json!({ "method": own("Ping"), "oneway": true }), &[]);
    client.send(
        &json!({ "method": own("InspectContainer"), "oneway": true }),
        &[],
    );
    client.call(&own("Ping"), json!({}));
}

fn logs_and_events_as_they_come(host: &Host) {
    let service = Service::start(host);
    // The other runtime's past is there too.
    let name = &format!("ev-{}", host.runtime);
    let mut watcher = service.client();
    watcher.call(&own("Ping"), json!({}));
    let asked = json!({ "filter": [format!("container={name}")] });
    watcher.send(
        &json!({ "method": own("Events"), "parameters": asked, "more": true }),
        &[],
    );
    let mut client = service.client();
    // The stream begins before its first reply: nothing tells a client when.
    std::thread::sleep(std::time::Duration::from_millis(500));
    counter(&mut client, name);
    let mut follower = service.client();
    let asked = json!({ "name": name, "follow": true });
    follower.send(
        &json!({ "method": own("ContainerLogs"), "parameters": asked, "more": true }),
        &[],
    );
    for number in 0..5 {
        let reply = follower.reply(&own("ContainerLogs"));
        let line = &reply["parameters"]["line"];
        assert_eq!(line["text"], number.to_string(), "{reply}");
        assert_eq!(reply["continues"], true);
    }
    client.call(&own("CheckpointContainer"), json!({ "name": name }));
    client.call(&own("RestoreContainer"), json!({ "name": name }));
    client.call(
        &own("RemoveContainer"),
        json!({ "name": name, "force": true, "timeout": 0 }),
    );
    let mut seen = Vec::new();
    while seen.last().is_none_or(|kind| kind != "remove") {
        let reply = watcher.reply(&own("Events"));
        let event = &reply["parameters"]["event"];
        assert_eq!(event["name"], name.as_str());
        seen.push(event["status"].as_str().unwrap().to_owned());
    }
    let expected = ["create", "start", "checkpoint", "restore", "died", "remove"];
    let all = expected
        .iter()
        .all(|kind| seen.iter().any(|one| one == kind));
    assert!(
        all && seen.first().is_some_and(|kind| kind == "create"),
        "{seen:?}"
    );
    // What is past has an end.
    let past = client.replies(
        &own("Events"),
        json!({ "filter": [format!("container={name}")], "since": "10m", "stream": false }),
        &[],
        true,
    );
    assert_eq!(past.len(), seen.len() + 1);
    assert!(past.last().unwrap()["parameters"].get("event").is_none());
    let (name, told) = client.refused(&own("Events"), json!({ "since": "soon" }));
    assert_eq!(name, "org.varlink.service.ExpectedMore", "{told}");
}

fn checkpoints_with_a_name(host: &Host) {
    let service = Service::start(host);
    let mut client = service.client();
    counter(&mut client, "web");
    host.wait_for_log("web", "3\n");
    let replies = client.replies(
        &own("CreateCheckpoint"),
        json!({ "container": "web", "name": "one", "options": { "leave_running": true } }),
        &[],
        true,
    );
    assert!(replies.len() > 1, "{replies:?}");
    let (name, told) = client.refused(
        &own("CreateCheckpoint"),
        json!({ "container": "web", "name": "../../etc/x" }),
    );
    assert_eq!(name, own("Invalid"), "{told}");
    client.call(
        &own("CreateCheckpoint"),
        json!({ "container": "web", "name": "two" }),
    );
    let all = client.call(&own("ListCheckpoints"), json!({ "container": "web" }));
    let names: Vec<&str> = all["checkpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["one", "two"]);
    let shown = client.call(
        &own("ShowCheckpoint"),
        json!({ "container": "web", "name": "two" }),
    );
    assert!(shown["checkpoint"]["Processes"].is_array() || shown["checkpoint"].is_object());
    client.call(
        &own("StartContainer"),
        json!({ "name": "web", "checkpoint": "one" }),
    );
    assert_eq!(host.status("web"), "running");
    let log = host.log("web");
    host.wait_for_more_log("web", &log);
    client.call(
        &own("RemoveCheckpoint"),
        json!({ "container": "web", "name": "one" }),
    );
    let (name, _) = client.refused(
        &own("RemoveCheckpoint"),
        json!({ "container": "web", "name": "one" }),
    );
    assert_eq!(name, own("NotFound"));
    client.call(
        &own("RemoveContainer"),
        json!({ "name": "web", "force": true, "timeout": 0 }),
    );
}

fn images_and_volumes(host: &Host) {
    let service = Service::start(host);
    let mut client = service.client();
    let all = client.call(
        &own("ListImages"),
        json!({ "filter": ["reference=localhost/test"] }),
    );
    assert_eq!(all["images"][0]["names"][0], IMAGE);
    let seen = client.call(&own("InspectImage"), json!({ "name": IMAGE }));
    assert_eq!(seen["image"]["Id"], all["images"][0]["id"]);
    // A root file system by its descriptor.
    let root = host.path("root");
    fs::create_dir_all(root.join("etc")).unwrap();
    fs::write(root.join("etc/issue"), "x").unwrap();
    let tar = host.file("root.tar");
    let made = std::process::Command::new("tar")
        .args(["-C", root.to_str().unwrap(), "-cf", &tar, "."])
        .status();
    assert!(made.unwrap().success());
    let file = File::open(&tar).unwrap();
    let made = client.call_with(
        &own("ImportImage"),
        json!({ "archive": 0, "name": "localhost/passed:1", "change": ["CMD /x"] }),
        &[file.as_fd()],
    );
    let seen = client.call(
        &own("InspectImage"),
        json!({ "name": "localhost/passed:1" }),
    );
    assert_eq!(seen["image"]["Config"]["Cmd"][2], "/x", "{seen}");
    assert!(
        made["id"]
            .as_str()
            .unwrap()
            .contains(seen["image"]["Id"].as_str().unwrap())
    );
    // To a registry, back from it, and out of an archive.
    let registry = Registry::start(host);
    let there = registry.name("passed:1");
    let pushed = client.call(
        &own("PushImage"),
        json!({ "name": "localhost/passed:1", "destination": there }),
    );
    assert!(
        pushed["digest"].as_str().unwrap().starts_with("sha256:"),
        "{pushed}"
    );
    let pulled = client.replies(&own("PullImage"), json!({ "name": there }), &[], true);
    let told = pulled[0]["parameters"]["progress"]["message"].as_str();
    assert!(told.is_some_and(|line| line.contains(&there)), "{pulled:?}");
    let pulled = &pulled.last().unwrap()["parameters"];
    assert_eq!(pulled["id"], seen["image"]["Id"]);
    client.call(&own("RemoveImage"), json!({ "name": there }));
    let saved = host.file("saved.tar");
    tool(&[
        "skopeo",
        "copy",
        "--src-tls-verify=false",
        &format!("docker://{there}"),
        &format!("docker-archive:{saved}:localhost/loaded:1"),
    ]);
    let file = File::open(&saved).unwrap();
    let loaded = client.call_with(&own("LoadImages"), json!({ "archive": 0 }), &[file.as_fd()]);
    assert_eq!(loaded["names"], json!(["localhost/loaded:1"]));
    client.call(&own("RemoveImage"), json!({ "name": "localhost/loaded:1" }));
    let removed = client.call(&own("RemoveImage"), json!({ "name": "localhost/passed:1" }));
    assert_eq!(removed["untagged"][0], "localhost/passed:1");
    let (name, _) = client.refused(
        &own("InspectImage"),
        json!({ "name": "localhost/passed:1" }),
    );
    assert_eq!(name, own("NotFound"));
    let (name, told) = client.refused_with(
        &own("LoadImages"),
        json!({ "archive": 0 }),
        &[File::open(host.path("root/etc/issue")).unwrap().as_fd()],
    );
    assert_eq!(name, own("Invalid"), "{told}");
    // Volumes.
    let made = client.call(
        &own("CreateVolume"),
        json!({ "name": "v1", "options": { "label": { "a": "b" } } }),
    );
    assert_eq!(made["name"], "v1");
    let all = client.call(&own("ListVolumes"), json!({ "filter": ["label=a=b"] }));
    let place = all["volumes"][0]["mountpoint"].as_str().unwrap();
    let seen = client.call(&own("InspectVolume"), json!({ "name": "v1" }));
    assert_eq!(seen["volume"]["Mountpoint"], place);
    client.call(&own("RemoveVolume"), json!({ "name": "v1" }));
    assert!(!is_there(place.as_ref()));
    assert_eq!(
        client
            .refused(&own("RemoveVolume"), json!({ "name": "v1" }))
            .0,
        own("NotFound")
    );
}

/// Kind and message are the command line's.
fn failures_have_their_name(host: &Host) {
    let service = Service::start(host);
    let mut client = service.client();
    let this = json!({ "name": "f" });
    client.call(
        &own("CreateContainer"),
        json!({ "image": IMAGE, "command": ["true"], "options": { "name": "f", "network": ["none"] } }),
    );
    let cases: &[(&str, Value, &str, &[&str])] = &[
        (
            "CheckpointContainer",
            this.clone(),
            "WrongState",
            &["container", "checkpoint", "f"],
        ),
        (
            "CheckpointContainer",
            json!({ "name": "nobody" }),
            "NotFound",
            &["container", "checkpoint", "nobody"],
        ),
        (
            "RestoreContainer",
            json!({ "name": "nobody" }),
            "NotFound",
            &["container", "restore", "nobody"],
        ),
        (
            "PauseContainer",
            this.clone(),
            "WrongState",
            &["pause", "f"],
        ),
        (
            "CheckpointContainer",
            json!({ "name": "f", "options": { "compress": "gzip" } }),
            "Invalid",
            &["container", "checkpoint", "--compress", "gzip", "f"],
        ),
        (
            "RestoreContainer",
            json!({ "name": "f", "options": { "tcp_close": true, "tcp_established": true } }),
            "Invalid",
            &[
                "container",
                "restore",
                "--tcp-close",
                "--tcp-established",
                "f",
            ],
        ),
        (
            "InspectImage",
            json!({ "name": "nothing" }),
            "NotFound",
            &["image", "inspect", "nothing"],
        ),
        (
            "KillContainer",
            json!({ "name": "f", "signal": "FOO" }),
            "Invalid",
            &["kill", "-s", "FOO", "f"],
        ),
    ];
    for (method, parameters, kind, words) in cases {
        let (name, told) = client.refused(&own(method), parameters.clone());
        assert_eq!(name, own(kind), "{method}: {told}");
        let message = told["message"].as_str().unwrap();
        let command = host.run(words);
        assert!(
            command.stderr.contains(message),
            "{method}: {message:?}, but the command line: {:?}",
            command.stderr
        );
    }
    client.call(
        &own("CreateContainer"),
        json!({
            "image": IMAGE, "command": ["/no/such/command"],
            "options": { "name": "g", "network": ["none"] },
        }),
    );
    let (name, told) = client.refused(&own("StartContainer"), json!({ "name": "g" }));
    assert_eq!(name, own("CommandNotFound"), "{told}");
    host.ok(&["rm", "f", "g"]);
}
