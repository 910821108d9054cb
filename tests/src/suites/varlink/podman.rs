//! `io.podman`, as clients of Podman 1.x speak it.

use serde_json::{Value, json};

use super::Service;
use crate::harness::{Host, IMAGE};
use crate::suites::registry::server::{Registry, tool};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![a_counter_goes_on, a_life, images_and_volumes];

/// The full name of a method or an error.
fn own(name: &str) -> String {
    format!("io.podman.{name}")
}

fn a_counter_goes_on(host: &Host) {
    let service = Service::with(host, "io.podman", &[]);
    let mut client = service.client();
    let made = client.call(
        &own("CreateContainer"),
        json!({ "create": {
            "args": [IMAGE, "sh", "-c", COUNT_ALOUD], "name": "counter", "network": "none",
        } }),
    );
    let id = made["container"].clone();
    let this = json!({ "name": "counter" });
    // Nothing of it runs yet.
    let still =
        json!({ "name": "counter", "keep": false, "leaveRunning": false, "tcpEstablished": false });
    let (name, told) = client.refused(&own("ContainerCheckpoint"), still.clone());
    assert_eq!(name, own("InvalidState"), "{told}");
    assert_eq!(told["id"], "counter");
    assert_eq!(
        client.call(&own("StartContainer"), this.clone())["container"],
        id
    );
    host.wait_for_log("counter", "5\n");
    assert_eq!(client.call(&own("ContainerCheckpoint"), still)["id"], id);
    assert_eq!(host.status("counter"), "exited");
    let before = host.log("counter");
    let thawed = client.call(
        &own("ContainerRestore"),
        json!({ "name": "counter", "keep": false, "tcpEstablished": false }),
    );
    assert_eq!(thawed["id"], id);
    let after = host.wait_for_more_log("counter", &before);
    let numbers: Vec<u64> = after.lines().map(|line| line.parse().unwrap()).collect();
    assert!(
        numbers.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "{numbers:?}"
    );
    let (name, told) = client.refused(
        &own("ContainerRestore"),
        json!({ "name": "nobody", "keep": false, "tcpEstablished": false }),
    );
    assert_eq!(
        (name, &told["id"]),
        (own("ContainerNotFound"), &json!("nobody"))
    );
    client.call(
        &own("RemoveContainer"),
        json!({ "name": "counter", "force": true, "removeVolumes": true }),
    );
}

fn a_life(host: &Host) {
    if host.runtime != "crun" {
        return;
    }
    let service = Service::with(host, "io.podman", &[]);
    let mut client = service.client();
    let about = client.call("org.varlink.service.GetInfo", json!({}));
    let has = |name: &str| {
        about["interfaces"]
            .as_array()
            .unwrap()
            .contains(&json!(name))
    };
    assert!(has("io.podman") && has("org.cryopod.Engine") && has("org.varlink.service"));
    assert_eq!(
        client.call(&own("GetVersion"), json!({}))["remote_api_version"],
        1
    );
    assert_eq!(
        client.call(&own("GetInfo"), json!({}))["info"]["host"]["os"],
        "linux"
    );
    // With what its client sends though nobody asked for it, and with what is unknown here.
    let script = "echo hi; sleep 1000";
    client.call(
        &own("CreateContainer"),
        json!({ "create": {
            "args": [IMAGE, "sh", "-c", script], "name": "life", "network": "none", "detach": true,
            "init": false, "label": ["a=b"], "publish": [], "cpus": 0.0,
        } }),
    );
    let (name, told) = client.refused(
        &own("CreateContainer"),
        json!({ "create": { "args": [IMAGE], "cpuShares": 5 } }),
    );
    assert_eq!(name, own("ErrorOccurred"));
    assert_eq!(told["reason"], "cpuShares is not supported yet");
    let this = json!({ "name": "life" });
    let exists = |client: &mut super::Client, name: &str| {
        client.call(&own("ContainerExists"), json!({ "name": name }))["exists"].clone()
    };
    assert_eq!(
        (exists(&mut client, "life"), exists(&mut client, "x")),
        (json!(0), json!(1))
    );
    client.call(&own("StartContainer"), this.clone());
    host.wait_for_log("life", "hi");
    let all = client.call(&own("ListContainers"), json!({}));
    assert_eq!(all["containers"][0]["names"], "life");
    assert_eq!(all["containers"][0]["containerrunning"], true);
    let all = client.call(&own("Ps"), json!({ "opts": { "all": true } }));
    assert_eq!(all["containers"][0]["state"], "running");
    let all = client.call(
        &own("GetContainersByStatus"),
        json!({ "status": ["running"] }),
    );
    assert_eq!(all["containerS"][0]["labels"]["a"], "b");
    let ids = client.call(
        &own("GetContainersByContext"),
        json!({ "all": false, "latest": true, "args": [] }),
    );
    let one = client.call(&own("GetContainer"), json!({ "id": ids["containers"][0] }));
    assert_eq!(one["container"]["names"], "life");
    let (name, told) = client.refused(&own("GetContainer"), json!({ "id": "nobody" }));
    assert_eq!(
        (name, &told["id"]),
        (own("ContainerNotFound"), &json!("nobody"))
    );
    let seen = client.call(&own("InspectContainer"), this.clone());
    let seen: Value = serde_json::from_str(seen["container"].as_str().unwrap()).unwrap();
    assert_eq!(seen["Config"]["Labels"]["a"], "b");
    let state = client.call(&own("ContainerStateData"), this.clone());
    assert!(state["config"].as_str().unwrap().contains("\"running\""));
    client.call(&own("ContainerConfig"), this.clone());
    client.call(
        &own("ContainerInspectData"),
        json!({ "name": "life", "size": false }),
    );
    let sockets = client.call(&own("GetAttachSockets"), this.clone());
    assert!(
        sockets["sockets"]["io_socket"]
            .as_str()
            .unwrap()
            .ends_with("/attach")
    );
    client.call(&own("PauseContainer"), this.clone());
    client.call(&own("UnpauseContainer"), this.clone());
    assert_eq!(
        client.call(&own("GetContainerLogs"), this.clone())["container"],
        json!(["hi"])
    );
    let asked = json!({
        "names": ["life"], "follow": false, "latest": false, "since": "", "tail": -1, "timestamps": true,
    });
    let lines = client.replies(&own("GetContainersLogs"), asked.clone(), &[], true);
    assert_eq!(lines[0]["parameters"]["log"]["msg"], "hi");
    assert_eq!(lines.len(), 2);
    assert_eq!(
        client.refused(&own("GetContainersLogs"), asked).0,
        own("WantsMoreRequired")
    );
    let mut watcher = service.client();
    let asked = json!({ "filter": ["container=life"], "since": "10m", "until": "" });
    watcher.send(
        &json!({ "method": own("GetEvents"), "parameters": asked, "more": true }),
        &[],
    );
    assert_eq!(
        watcher.reply(&own("GetEvents"))["parameters"]["events"]["status"],
        "create"
    );
    let mut waiter = service.client();
    let asked = json!({ "name": "life", "interval": 100 });
    waiter.send(
        &json!({ "method": own("WaitContainer"), "parameters": asked }),
        &[],
    );
    client.call(
        &own("KillContainer"),
        json!({ "name": "life", "signal": 9 }),
    );
    assert_eq!(
        waiter.reply(&own("WaitContainer"))["parameters"]["exitcode"],
        137
    );
    let (name, _) = client.refused(
        &own("StopContainer"),
        json!({ "name": "life", "timeout": 0 }),
    );
    assert_eq!(name, own("ErrCtrStopped"));
    client.call(&own("StartContainer"), this.clone());
    client.call(
        &own("StopContainer"),
        json!({ "name": "life", "timeout": 0 }),
    );
    let gone = client.call(&own("DeleteStoppedContainers"), json!({}));
    assert_eq!(gone["containers"].as_array().unwrap().len(), 1);
    let (name, told) = client.refused(&own("Attach"), json!({}));
    assert_eq!(
        (name.as_str(), &told["method"]),
        (
            "org.varlink.service.MethodNotImplemented",
            &json!("io.podman.Attach")
        )
    );
    let (name, _) = client.refused(&own("HealthCheckRun"), json!({ "nameOrID": "life" }));
    assert_eq!(name, own("ContainerNotFound"));
}

fn images_and_volumes(host: &Host) {
    if host.runtime != "crun" {
        return;
    }
    let service = Service::with(host, "io.podman", &[]);
    let mut client = service.client();
    let all = client.call(&own("ListImages"), json!({}));
    assert!(all["images"].to_string().contains(IMAGE));
    let some = client.call(
        &own("ListImagesWithFilters"),
        json!({ "filters": ["reference=test"] }),
    );
    assert_eq!(some["images"][0]["repoTags"][0], IMAGE);
    let one = client.call(&own("GetImage"), json!({ "id": IMAGE }));
    assert_eq!(one["image"]["id"], some["images"][0]["id"]);
    assert_eq!(
        client.call(&own("ImageExists"), json!({ "name": IMAGE }))["exists"],
        0
    );
    let seen = client.call(&own("InspectImage"), json!({ "name": IMAGE }));
    assert!(seen["image"].as_str().unwrap().contains("RootFS"));
    let root = host.path("root");
    std::fs::create_dir_all(root.join("etc")).unwrap();
    let tar = host.file("root.tar");
    let made = std::process::Command::new("tar")
        .args(["-C", root.to_str().unwrap(), "-cf", &tar, "."])
        .status();
    assert!(made.unwrap().success());
    let import = |client: &mut super::Client| {
        client.call(
            &own("ImportImage"),
            json!({
                "source": tar, "reference": "localhost/old:1", "message": "", "changes": [], "delete": false,
            }),
        )
    };
    import(&mut client);
    let gone = client.call(
        &own("RemoveImageWithResponse"),
        json!({ "name": "localhost/old:1", "force": false }),
    );
    assert_eq!(gone["response"]["untagged"][0], "localhost/old:1");
    let made = import(&mut client);
    let registry = Registry::start(host);
    let there = registry.name("old:1");
    let pushed = client.call(
        &own("PushImage"),
        json!({
            "name": "localhost/old:1", "tag": there, "compress": false, "format": "",
            "removeSignatures": false, "signBy": "",
        }),
    );
    let pulled = client.replies(
        &own("PullImage"),
        json!({ "name": there, "creds": { "username": "", "password": "" } }),
        &[],
        true,
    );
    assert!(pulled.len() > 1, "{pulled:?}");
    assert_eq!(
        pulled.last().unwrap()["parameters"]["reply"]["id"],
        pushed["reply"]["id"]
    );
    let saved = host.file("saved.tar");
    tool(&[
        "skopeo",
        "copy",
        "--src-tls-verify=false",
        &format!("docker://{there}"),
        &format!("docker-archive:{saved}:localhost/loaded:1"),
    ]);
    let loaded = client.call(
        &own("LoadImage"),
        json!({ "name": "", "inputFile": saved, "quiet": true, "deleteFile": true }),
    );
    assert_eq!(loaded["reply"]["id"], "localhost/loaded:1");
    assert!(!host.path("saved.tar").exists());
    client.call(
        &own("TagImage"),
        json!({ "name": there, "tagged": "localhost/tagged:1" }),
    );
    client.call(
        &own("UntagImage"),
        json!({ "name": there, "tag": "localhost/tagged:1" }),
    );
    for name in [there.as_str(), "localhost/loaded:1"] {
        client.call(&own("RemoveImage"), json!({ "name": name, "force": false }));
    }
    let gone = client.call(
        &own("RemoveImage"),
        json!({ "name": "localhost/old:1", "force": true }),
    );
    assert!(
        made["image"]
            .as_str()
            .unwrap()
            .contains(gone["image"].as_str().unwrap())
    );
    let (name, told) = client.refused(&own("GetImage"), json!({ "id": "localhost/old:1" }));
    assert_eq!(
        (name, &told["id"]),
        (own("ImageNotFound"), &json!("localhost/old:1"))
    );
    let path = json!({ "name": "", "inputFile": tar, "quiet": true, "deleteFile": false });
    assert_eq!(
        client.refused(&own("LoadImage"), path).0,
        own("ErrorOccurred")
    );
    // All others are used by somebody.
    let others = host.ok(&["images", "-q", "--no-trunc"]);
    for (number, id) in others.lines().enumerate() {
        let name = format!("user{number}");
        host.ok(&["create", "--name", &name, "--network", "none", id, "true"]);
    }
    let made = import(&mut client)["image"].clone();
    let gone = client.call(&own("DeleteUnusedImages"), json!({}))["images"].clone();
    assert_eq!(gone.as_array().map(Vec::len), Some(1), "{gone}");
    assert!(made.as_str().unwrap().contains(gone[0].as_str().unwrap()));
    client.call(&own("DeleteStoppedContainers"), json!({}));
    assert_eq!(
        client.call(&own("ImagesPrune"), json!({ "all": false, "filter": [] }))["pruned"],
        json!([])
    );
    let opts = json!({ "volumeName": "v1", "driver": "", "labels": { "a": "b" }, "options": {} });
    assert_eq!(
        client.call(&own("VolumeCreate"), json!({ "options": opts }))["volumeName"],
        "v1"
    );
    let all = client.call(&own("GetVolumes"), json!({ "args": [], "all": true }));
    assert_eq!(all["volumes"][0]["labels"]["a"], "b");
    let (name, told) = client.refused(&own("GetVolumes"), json!({ "args": ["x"], "all": false }));
    assert_eq!((name, &told["id"]), (own("VolumeNotFound"), &json!("x")));
    client.call(&own("InspectVolume"), json!({ "name": "v1" }));
    let gone = client.call(
        &own("VolumeRemove"),
        json!({ "options": { "volumes": ["v1", "x"], "all": false, "force": false } }),
    );
    assert_eq!(gone["successes"], json!(["v1"]));
    assert!(gone["failures"]["x"].is_string(), "{gone}");
    assert_eq!(
        client.call(&own("VolumesPrune"), json!({}))["prunedNames"],
        json!([])
    );
}
