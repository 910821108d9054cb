//! Clients that we did not write: systemd's varlinkctl, and python3-varlink.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::Service;
use crate::harness::{Finished, Host, IMAGE, command};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    once descriptions_are_read_by_others,
    once a_counter_by_varlinkctl,
    once streams_by_varlinkctl,
    once the_rest_by_varlinkctl,
    once a_counter_by_python,
    once the_example_of_the_documentation,
];

impl Service {
    /// systemd's client.
    pub(super) fn varlinkctl(&self, options: &[&str], verb: &str, words: &[&str]) -> Finished {
        let mut line = Command::new("varlinkctl");
        line.args(["--no-pager", "--json=short"]).args(options);
        line.arg(verb)
            .arg(format!("unix:{}", self.socket))
            .args(words);
        command::run(&mut line, "")
    }

    /// What a method replies to it.
    #[track_caller]
    pub fn ctl(&self, method: &str, parameters: &Value) -> Value {
        let text = parameters.to_string();
        let done = self.varlinkctl(&[], "call", &[method, &text]);
        assert_eq!(done.code, 0, "{method}: {done}");
        serde_json::from_str(done.stdout.trim()).expect("JSON")
    }

    /// A Python script, which gets the socket's path.
    pub fn python(&self, script: &str) -> Finished {
        let mut line = Command::new("python3");
        line.args(["-c", script, &self.socket]);
        command::run(&mut line, "")
    }
}

/// The full name of a method.
pub(super) fn own(method: &str) -> String {
    format!("org.cryopod.Engine.{method}")
}

fn descriptions_are_read_by_others(host: &Host) {
    let service = Service::start(host);
    let about = service.varlinkctl(&[], "info", &[]);
    assert!(about.stdout.contains("io.podman"), "{about}");
    for name in ["org.cryopod.Engine", "io.podman", "org.varlink.service"] {
        let shown = service.varlinkctl(&[], "introspect", &[name]);
        assert_eq!(shown.code, 0, "{shown}");
        // With the first line of a description on its first line it is one that was sent as it is.
        assert!(
            shown.stdout.contains(&format!("interface {name}")),
            "{shown}"
        );
    }
    for file in ["org.cryopod.Engine", "io.podman", "org.varlink.service"] {
        let mut client = service.client();
        let text = client.call(
            "org.varlink.service.GetInterfaceDescription",
            json!({ "interface": file }),
        );
        let path = host.path(file);
        fs::write(&path, text["description"].as_str().unwrap()).unwrap();
        let mut line = Command::new("varlinkctl");
        line.args(["validate-idl"]).arg(&path);
        let valid = command::run(&mut line, "");
        assert_eq!(valid.code, 0, "{valid}");
    }
    // Its errors have their names there.
    let none = service.varlinkctl(&[], "call", &[&own("StartContainer"), r#"{"name":"x"}"#]);
    assert!(
        none.code != 0 && none.stderr.contains("org.cryopod.Engine.NotFound"),
        "{none}"
    );
    let none = service.varlinkctl(&[], "call", &["io.podman.GetContainer", r#"{"id":"x"}"#]);
    assert!(
        none.stderr.contains("io.podman.ContainerNotFound"),
        "{none}"
    );
}

fn a_counter_by_varlinkctl(host: &Host) {
    let service = Service::start(host);
    let this = json!({ "name": "counter" });
    service.ctl(
        &own("CreateContainer"),
        &json!({
            "image": IMAGE, "command": ["sh", "-c", COUNT_ALOUD],
            "options": { "name": "counter", "network": ["none"] },
        }),
    );
    service.ctl(&own("StartContainer"), &this);
    host.wait_for_log("counter", "5\n");
    let archive = host.file("counter.tar");
    let text = json!({ "name": "counter", "options": { "export": archive } }).to_string();
    let told = service.varlinkctl(&["--more"], "call", &[&own("CheckpointContainer"), &text]);
    assert_eq!(told.code, 0, "{told}");
    assert!(
        told.stdout.contains("\"step\":\"dump\"") && told.stdout.contains("\"report\""),
        "{told}"
    );
    let last = host.log("counter").lines().count();
    service.ctl(&own("RemoveContainer"), &this);
    let back = service.ctl(
        &own("RestoreContainer"),
        &json!({ "options": { "import": archive } }),
    );
    assert_eq!(back["report"]["id"], host.inspect("counter")["Id"]);
    let log = host.log("counter");
    let log = host.wait_for_more_log("counter", &log);
    assert!(log.lines().count() > last, "it goes on where it stood");
    // In Podman's old words.
    service.ctl("io.podman.ContainerCheckpoint", &this);
    assert_eq!(host.status("counter"), "exited");
    service.ctl("io.podman.ContainerRestore", &this);
    let before = host.log("counter");
    host.wait_for_more_log("counter", &before);
    let all = service.ctl("io.podman.ListContainers", &json!({}));
    assert_eq!(all["containers"][0]["containerrunning"], true);
    // A forced removal alone would wait ten seconds for it.
    service.ctl(
        "io.podman.KillContainer",
        &json!({ "name": "counter", "signal": 9 }),
    );
    service.ctl(
        "io.podman.RemoveContainer",
        &json!({ "name": "counter", "force": true }),
    );
}

fn streams_by_varlinkctl(host: &Host) {
    let service = Service::start(host);
    host.start_shell("s", &["--network", "none"], "echo one; echo two >&2");
    host.wait_for_status("s", "exited");
    let text = json!({ "name": "s", "follow": true }).to_string();
    let told = service.varlinkctl(&["--more"], "call", &[&own("ContainerLogs"), &text]);
    assert!(told.stdout.contains("\"text\":\"one\""), "{told}");
    assert!(told.stdout.contains("\"stream\":\"stderr\""), "{told}");
    let text = json!({ "since": "10m", "stream": false }).to_string();
    let told = service.varlinkctl(&["--more"], "call", &[&own("Events"), &text]);
    for kind in ["create", "start", "died"] {
        assert!(
            told.stdout.contains(&format!("\"status\":\"{kind}\"")),
            "{kind}: {told}"
        );
    }
    let told = service.varlinkctl(&[], "call", &[&own("Events"), &text]);
    // What it makes of org.varlink.service.ExpectedMore.
    assert!(
        told.code != 0 && told.stderr.contains("without 'more' flag"),
        "{told}"
    );
    host.ok(&["rm", "s"]);
}

fn the_rest_by_varlinkctl(host: &Host) {
    let service = Service::start(host);
    let ctl = |method: &str, parameters: Value| service.ctl(&own(method), &parameters);
    ctl("Ping", json!({}));
    assert_eq!(ctl("Version", json!({}))["api_version"], "5.8.0");
    assert_eq!(ctl("Info", json!({}))["info"]["host"]["os"], "linux");
    host.start_shell("r", &["--network", "none"], COUNT_ALOUD);
    let this = json!({ "name": "r" });
    ctl("PauseContainer", this.clone());
    assert_eq!(host.status("r"), "paused");
    ctl("UnpauseContainer", this.clone());
    assert_eq!(
        ctl("ListContainers", json!({}))["containers"][0]["status"],
        "running"
    );
    assert_eq!(
        ctl("InspectContainer", this.clone())["container"]["Name"],
        "r"
    );
    let named = json!({ "container": "r", "name": "one" });
    ctl(
        "CreateCheckpoint",
        json!({ "container": "r", "name": "one", "options": { "leave_running": true } }),
    );
    let all = ctl("ListCheckpoints", json!({ "container": "r" }));
    assert_eq!(all["checkpoints"][0]["name"], "one");
    assert!(ctl("ShowCheckpoint", named.clone())["checkpoint"].is_object());
    ctl("RemoveCheckpoint", named);
    ctl("KillContainer", json!({ "name": "r", "signal": "9" }));
    assert_eq!(ctl("WaitContainer", this.clone())["exit_code"], 137);
    ctl("StartContainer", this.clone());
    ctl("RestartContainer", json!({ "name": "r", "timeout": 0 }));
    assert_eq!(host.status("r"), "running");
    ctl("RenameContainer", json!({ "name": "r", "new_name": "r2" }));
    ctl("RenameContainer", json!({ "name": "r2", "new_name": "r" }));
    ctl("StopContainer", json!({ "name": "r", "timeout": 0 }));
    assert_eq!(host.status("r"), "exited");
    host.ok(&["rm", "r"]);
    let made = ctl(
        "CreateVolume",
        json!({ "options": { "label": { "a": "b" } } }),
    )["name"]
        .clone();
    let this = json!({ "name": made });
    assert_eq!(
        ctl("ListVolumes", json!({ "filter": ["label=a"] }))["volumes"][0]["name"],
        made
    );
    assert_eq!(ctl("InspectVolume", this.clone())["volume"]["Name"], made);
    ctl("RemoveVolume", this);
    let tar = host.file("root.tar");
    fs::create_dir_all(host.path("root/etc")).unwrap();
    let mut line = Command::new("tar");
    line.args(["-C", &host.file("root"), "-cf", &tar, "."]);
    assert_eq!(command::run(&mut line, "").code, 0);
    let this = json!({ "name": "localhost/ctl:1" });
    ctl(
        "ImportImage",
        json!({ "path": tar, "name": "localhost/ctl:1" }),
    );
    let id = ctl("InspectImage", this.clone())["image"]["Id"].clone();
    let pulled = ctl(
        "PullImage",
        json!({ "name": "localhost/ctl:1", "policy": "never" }),
    );
    assert_eq!(pulled["id"], id);
    assert_eq!(
        ctl("ListImages", json!({ "filter": ["reference=ctl"] }))["images"][0]["id"],
        id
    );
    let tagged = ctl(
        "TagImage",
        json!({ "name": "localhost/ctl:1", "tag": "two:2" }),
    );
    assert_eq!(tagged["name"], "localhost/two:2");
    ctl(
        "UntagImage",
        json!({ "name": "localhost/two:2", "tag": "localhost/two:2" }),
    );
    ctl("RemoveImage", this);
}

fn a_counter_by_python(host: &Host) {
    let service = Service::start(host);
    let script = format!(
        r#"
import json, sys, varlink
client = varlink.Client.new_with_address("unix:" + sys.argv[1])
count = "{COUNT_ALOUD}"
archive = "{archive}"
with client.open("org.cryopod.Engine") as engine:
    engine.CreateContainer("{IMAGE}", ["sh", "-c", count], {{"name": "p", "network": ["none"]}})
    engine.StartContainer("p")
    def lines(follow, wanted):
        seen = []
        with client.open("org.cryopod.Engine") as other:
            for reply in other.ContainerLogs("p", follow, _more=True):
                if "line" in reply and reply["line"]:
                    seen.append(int(reply["line"]["text"]))
                if follow and len(seen) >= wanted:
                    break
        return seen
    assert lines(True, 5)[:5] == [0, 1, 2, 3, 4]
    steps = [r["progress"]["step"] for r in engine.CheckpointContainer("p", None, {{"export": archive}}, _more=True)
             if r.get("progress") and r["progress"].get("step")]
    assert steps == ["preflight", "dump", "write"], steps
    before = lines(False, 0)
    engine.RemoveContainer("p")
    engine.RestoreContainer(None, None, {{"import": archive}})
    after = lines(True, len(before) + 3)
    assert after == list(range(len(after))), after
    try:
        engine.RestoreContainer("p")
        raise SystemExit("it runs")
    except varlink.VarlinkError as error:
        assert error.error() == "org.cryopod.Engine.WrongState", error
with client.open("io.podman") as podman:
    assert podman.GetVersion()["remote_api_version"] == 1
    assert podman.GetInfo()["info"]["host"]["os"] == "linux"
    assert podman.ContainerExists("p")["exists"] == 0
    podman.ContainerCheckpoint("p", False, False, False)
    podman.ContainerRestore("p", False, False)
    podman.PauseContainer("p"); podman.UnpauseContainer("p")
    try:
        podman.GetContainer("nobody")
        raise SystemExit("it is there")
    except varlink.VarlinkError as error:
        assert error.error() == "io.podman.ContainerNotFound", error
        assert error.parameters()["id"] == "nobody"
    for event in podman.GetEvents(["container=p"], "10m", "", _more=True):
        assert event["events"]["status"] == "create"
        break
with client.open("io.podman") as podman:
    podman.KillContainer("p", 9)
    podman.RemoveContainer("p", True, True)
    made = podman.CreateContainer({{"args": ["{IMAGE}", "sh", "-c", "echo hi; sleep 1000"], "name": "q", "network": "none"}})["container"]
    assert podman.StartContainer("q")["container"] == made
    assert podman.Ps({{"all": True}})["containers"][0]["state"] == "running"
    assert json.loads(podman.InspectContainer("q")["container"])["Id"] == made
    with client.open("io.podman") as other:
        for reply in other.GetContainersLogs(["q"], True, False, "", -1, False, _more=True):
            assert reply["log"]["msg"] == "hi", reply
            break
    podman.KillContainer("q", 9)
    assert podman.WaitContainer("q", 100)["exitcode"] == 137
    podman.StartContainer("q"); podman.RestartContainer("q", 0); podman.StopContainer("q", 0)
    podman.RemoveContainer("q", False, False)
    assert podman.ImageExists("{IMAGE}")["exists"] == 0
    image = podman.GetImage("{IMAGE}")["image"]
    assert image["id"] in [one["id"] for one in podman.ListImages()["images"]]
    assert json.loads(podman.InspectImage("{IMAGE}")["image"])["Id"] == image["id"]
    assert podman.VolumeCreate({{"volumeName": "pv", "driver": "", "labels": {{}}, "options": {{}}}})["volumeName"] == "pv"
    assert podman.GetVolumes(["pv"], False)["volumes"][0]["driver"] == "local"
    assert json.loads(podman.InspectVolume("pv")["volume"])["Name"] == "pv"
    assert podman.VolumeRemove({{"volumes": ["pv"], "all": False, "force": False}})["successes"] == ["pv"]
print("done")
"#,
        archive = host.file("p.tar"),
    );
    let done = service.python(&script);
    assert_eq!((done.code, done.stdout.trim()), (0, "done"), "{done}");
}

/// The page is embedded so that what it says is what is tried.
fn the_example_of_the_documentation(host: &Host) {
    let page = include_str!("../../../../docs/api/varlink.md");
    let begin = "<!-- example: run by tests/src/suites/varlink/clients.rs -->\n```python\n";
    let (_, rest) = page.split_once(begin).expect("the example");
    let (script, _) = rest.split_once("```").expect("its end");
    let service = Service::start(host);
    host.start_shell("web", &["--network", "none"], COUNT_ALOUD);
    host.wait_for_log("web", "3\n");
    let before = host.log("web");
    let done = service.python(script);
    assert_eq!(done.code, 0, "{done}");
    assert_eq!(host.inspect("web")["Id"], done.stdout.trim());
    let after = host.wait_for_more_log("web", &before);
    assert!(after.starts_with(&before), "it goes on where it stood");
    host.ok(&["rm", "-f", "-t", "0", "web"]);
}
