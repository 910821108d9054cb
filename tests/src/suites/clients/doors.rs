//! Stories across doors: made by one client, frozen by another, thawed by a third, watched by a fourth;
//! and two at doors of different protocols who freeze the same container at once.
//!
//! A door joins by an entry in [`STORIES`] or by a function that freezes or thaws and gives what its
//! client told.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::{Value, json};

use crate::harness::{Finished, Host, IMAGE, command, wait};
use crate::suites::dbus::{Bus, ROOT};
use crate::suites::rest::Service as Rest;
use crate::suites::varlink::Service as Varlink;
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![made_frozen_thawed_watched, two_freeze_one];

/// The services of all doors, over one store.
struct Doors<'a> {
    host: &'a Host,
    rest: Rest,
    varlink: Varlink,
    bus: Bus,
}

/// What a client does for a story: with the container's name and the path of an archive.
type Step = fn(&Doors, &str, &str);

/// A story: who makes it, who freezes it, who thaws it. All are watched by a fifth.
struct Story {
    name: &'static str,
    makes: Step,
    freezes: Step,
    thaws: Step,
}

const STORIES: &[Story] = &[
    Story {
        name: "first",
        makes: made_by_docker,
        freezes: frozen_by_python_varlink,
        thaws: thawed_by_podman,
    },
    Story {
        name: "second",
        makes: made_by_podman_py,
        freezes: frozen_by_podman,
        thaws: thawed_by_varlinkctl,
    },
    Story {
        name: "third",
        makes: made_by_varlinkctl,
        freezes: frozen_by_docker,
        thaws: thawed_by_docker_py,
    },
    Story {
        name: "fourth",
        makes: made_by_busctl,
        freezes: frozen_by_podman,
        thaws: thawed_by_dbus_python,
    },
    Story {
        name: "fifth",
        makes: made_by_docker,
        freezes: frozen_by_dbus_python,
        thaws: thawed_by_varlinkctl,
    },
];

#[track_caller]
fn told(line: &mut Command) -> Finished {
    let done = command::run(line, "");
    assert_eq!(done.code, 0, "{done}");
    done
}

impl Doors<'_> {
    fn start(host: &Host) -> Doors<'_> {
        Doors {
            host,
            rest: Rest::start(host),
            varlink: Varlink::start(host),
            bus: Bus::start(host),
        }
    }

    fn docker(&self, words: &[&str]) -> Finished {
        told(
            Command::new("docker")
                .env("DOCKER_HOST", self.rest.url())
                .env("DOCKER_CONFIG", self.host.file("docker"))
                .args(words),
        )
    }

    /// A script with the URL of the REST doors, a name and a path as its words.
    fn python(&self, script: &str, name: &str, path: &str) -> Finished {
        told(Command::new("python3").args(["-c", script, &self.rest.url(), name, path]))
    }
}

fn made_by_docker(doors: &Doors, name: &str, _: &str) {
    let script = COUNT_ALOUD;
    doors.docker(&["run", "-d", "--name", name, IMAGE, "sh", "-c", script]);
}

fn made_by_podman_py(doors: &Doors, name: &str, _: &str) {
    let script = format!(
        "import sys, podman\n\
         client = podman.PodmanClient(base_url=sys.argv[1])\n\
         client.containers.create('{IMAGE}', ['sh', '-c', '{COUNT_ALOUD}'], name=sys.argv[2]).start()"
    );
    doors.python(&script, name, "");
}

fn made_by_varlinkctl(doors: &Doors, name: &str, _: &str) {
    let asked = json!({
        "image": IMAGE, "command": ["sh", "-c", COUNT_ALOUD], "options": { "name": name },
    });
    let call = |method: &str, asked: &Value| {
        let method = format!("org.cryopod.Engine.{method}");
        doors.varlink.ctl(&method, asked);
    };
    call("CreateContainer", &asked);
    call("StartContainer", &json!({ "name": name }));
}

fn made_by_busctl(doors: &Doors, name: &str, _: &str) {
    let command = [IMAGE, "3", "sh", "-c", COUNT_ALOUD];
    let line = [
        &["CreateContainer", "sasa{sv}"],
        &command[..],
        &["1", "name", "s", name],
    ];
    doors.bus.call(ROOT, "Manager", &line.concat());
    let path = doors.bus.container(name);
    doors.bus.call(&path, "Container", &["Start"]);
}

fn frozen_by_dbus_python(doors: &Doors, name: &str, path: &str) {
    doors.bus.python(&["freeze", name, path]);
}

fn thawed_by_dbus_python(doors: &Doors, _: &str, path: &str) {
    doors.bus.python(&["thaw", path]);
}

/// python3-varlink sends no descriptors: the message is its own, the descriptor goes beside it.
fn frozen_by_python_varlink(doors: &Doors, name: &str, path: &str) {
    let script = format!(
        r#"
import json, socket, sys, varlink
with socket.socket(socket.AF_UNIX) as raw, open("{path}", "wb") as archive:
    raw.connect(sys.argv[1])
    call = {{"method": "org.cryopod.Engine.CheckpointContainer", "parameters": {{"name": "{name}", "archive": 0}}}}
    socket.send_fds(raw, [json.dumps(call).encode() + b"\0"], [archive.fileno()])
    reply = b""
    while not reply.endswith(b"\0"):
        reply += raw.recv(65536)
assert "error" not in json.loads(reply[:-1]), reply
client = varlink.Client.new_with_address("unix:" + sys.argv[1])
with client.open("org.cryopod.Engine") as engine:
    state = engine.InspectContainer("{name}")["container"]["State"]
    assert state["Status"] == "exited" and state["Checkpointed"], state
    engine.RemoveContainer("{name}")
"#
    );
    let done = doors.varlink.python(&script);
    assert_eq!(done.code, 0, "{done}");
}

fn frozen_by_podman(doors: &Doors, name: &str, path: &str) {
    let podman = doors.rest.podman();
    podman.ok(&["container", "checkpoint", "-e", path, name]);
    podman.ok(&["rm", name]);
}

/// Into a directory, under the container's name.
fn frozen_by_docker(doors: &Doors, name: &str, path: &str) {
    std::fs::create_dir(path).expect("a directory");
    doors.docker(&["checkpoint", "create", "--checkpoint-dir", path, name, name]);
    doors.docker(&["rm", name]);
}

fn thawed_by_podman(doors: &Doors, _: &str, path: &str) {
    doors
        .rest
        .podman()
        .ok(&["container", "restore", "-i", path]);
}

fn thawed_by_varlinkctl(doors: &Doors, _: &str, path: &str) {
    let asked = json!({ "options": { "import": path } });
    doors
        .varlink
        .ctl("org.cryopod.Engine.RestoreContainer", &asked);
}

/// docker-py knows no checkpoints: its own connection asks for the thawing.
fn thawed_by_docker_py(doors: &Doors, name: &str, path: &str) {
    let script = format!(
        "import sys, docker\n\
         api = docker.APIClient(base_url=sys.argv[1])\n\
         name, path = sys.argv[2:]\n\
         api.create_container('{IMAGE}', ['sh', '-c', '{COUNT_ALOUD}'], name=name)\n\
         asked = {{'checkpoint': name, 'checkpoint-dir': path}}\n\
         answer = api._post(api._url('/containers/{{0}}/start', name), params=asked)\n\
         assert answer.status_code == 204, answer.text"
    );
    doors.python(&script, name, path);
}

/// dockerode, which writes each event's action and name to a file until it is ended.
struct Watcher {
    child: Child,
    seen: String,
}

impl Watcher {
    fn start(doors: &Doors) -> Self {
        let seen = doors.host.file("seen");
        let script = r#"
const Docker = require("/opt/clients/node_modules/dockerode");
const fs = require("node:fs");
const docker = new Docker({ socketPath: process.env.SOCKET });
docker.getEvents().then((events) => {
  fs.writeFileSync(process.env.SEEN, "watching\n");
  events.on("data", (piece) => {
    for (const line of piece.toString().trim().split("\n")) {
      const { Action, Actor } = JSON.parse(line);
      fs.appendFileSync(process.env.SEEN, `${Actor.Attributes.name} ${Action}\n`);
    }
  });
});
"#;
        let child = Command::new("node")
            .args(["-e", script])
            .env("SOCKET", doors.rest.url().trim_start_matches("unix://"))
            .env("SEEN", &seen)
            .stdin(Stdio::null())
            .spawn()
            .expect("node starts");
        let watcher = Self { child, seen };
        wait::until("it watches", || {
            watcher.lines().starts_with("watching").then_some(())
        });
        watcher
    }

    fn lines(&self) -> String {
        std::fs::read_to_string(&self.seen).unwrap_or_default()
    }

    #[track_caller]
    fn saw(&self, name: &str, action: &str) {
        let wanted = format!("{name} {action}");
        let found = wait::try_until(std::time::Duration::from_secs(10), || {
            self.lines().lines().any(|one| one == wanted).then_some(())
        });
        assert!(found.is_some(), "{wanted}: {}", self.lines());
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The number counted to last.
fn last(log: &str) -> u64 {
    let number = log.lines().last().and_then(|one| one.parse().ok());
    number.expect("it has counted")
}

fn made_frozen_thawed_watched(host: &Host) {
    let doors = Doors::start(host);
    let watcher = Watcher::start(&doors);
    for story in STORIES {
        let path = host.file(&format!("{}.frozen", story.name));
        (story.makes)(&doors, story.name, &path);
        host.wait_for_log(story.name, "2\n");
        let before = last(&host.log(story.name));
        (story.freezes)(&doors, story.name, &path);
        assert!(Path::new(&path).exists(), "{}", story.name);
        assert!(!host.exists(story.name), "{}: it is gone", story.name);
        (story.thaws)(&doors, story.name, &path);
        let log = host.log(story.name);
        let log = host.wait_for_more_log(story.name, &log);
        assert!(last(&log) > before, "{} goes on: {log}", story.name);
        assert!(!log.ends_with("0\n1\n"), "{} began anew", story.name);
        host.ok(&["rm", "-f", "-t", "0", story.name]);
        for action in ["create", "start", "checkpoint", "restore", "destroy"] {
            watcher.saw(story.name, action);
        }
    }
}

/// By libpod's interface and by varlink, at the same instant: one wins, the other is told in its
/// protocol's words that it is no more as it was, and the container is fine.
fn two_freeze_one(host: &Host) {
    let doors = Doors::start(host);
    made_by_docker(&doors, "wanted", "");
    host.wait_for_log("wanted", "2\n");
    let mut client = doors.varlink.client();
    for _ in 0..3 {
        let (libpod, varlink) = thread::scope(|scope| {
            let libpod = scope.spawn(|| {
                let path = "/v5.8.0/libpod/containers/wanted/checkpoint";
                doors.rest.ask("POST", path, "")
            });
            let client = &mut client;
            let varlink = scope.spawn(move || {
                let method = "org.cryopod.Engine.CheckpointContainer";
                let asked = json!({ "name": "wanted" });
                let replies = client.replies(method, asked, &[], false);
                replies.into_iter().next_back().expect("a reply")
            });
            (
                libpod.join().expect("an answer"),
                varlink.join().expect("a reply"),
            )
        });
        let refused = &varlink["error"];
        match libpod.0 {
            200 => assert_eq!(refused, "org.cryopod.Engine.WrongState", "{varlink}"),
            409 => assert!(refused.is_null(), "{libpod:?} {varlink}"),
            _ => panic!("{libpod:?} {varlink}"),
        }
        assert_eq!(host.status("wanted"), "exited");
        let before = host.log("wanted");
        host.ok(&["container", "restore", "wanted"]);
        let after = host.wait_for_more_log("wanted", &before);
        assert_eq!(
            last(&after),
            after.lines().count() as u64 - 1,
            "none is lost"
        );
    }
    host.ok(&["rm", "-f", "-t", "0", "wanted"]);
}
