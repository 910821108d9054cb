//! What the counters' stories don't come by, with clients that we did not write: images to and from a
//! registry and out of archives, and the rest of Podman's old methods.

use std::fs;
use std::process::Command;

use serde_json::json;

use super::Service;
use super::clients::own;
use crate::harness::{Host, IMAGE, command};
use crate::suites::registry::server::{Registry, tool};
use crate::suites::{Tests, tests};

pub const TESTS: Tests = tests![
    once images_by_varlinkctl,
    once containers_by_python,
    once images_by_python,
];

/// A root file system's tar.
fn root(host: &Host) -> String {
    let tar = host.file("root.tar");
    fs::create_dir_all(host.path("root/etc")).unwrap();
    let mut line = Command::new("tar");
    line.args(["-C", &host.file("root"), "-cf", &tar, "."]);
    assert_eq!(command::run(&mut line, "").code, 0);
    tar
}

/// The image of a registry, as a docker-archive.
fn saved(host: &Host, there: &str) -> String {
    let saved = host.file("saved.tar");
    tool(&[
        "skopeo",
        "copy",
        "--src-tls-verify=false",
        &format!("docker://{there}"),
        &format!("docker-archive:{saved}:localhost/loaded:1"),
    ]);
    saved
}

fn images_by_varlinkctl(host: &Host) {
    let service = Service::start(host);
    let registry = Registry::start(host);
    let there = registry.name("sent:1");
    let pushed = service.ctl(
        &own("PushImage"),
        &json!({ "name": IMAGE, "destination": there }),
    );
    let digest = pushed["digest"].as_str().unwrap();
    assert!(digest.starts_with("sha256:"), "{pushed}");
    let path = saved(host, &there);
    let loaded = service.ctl(&own("LoadImages"), &json!({ "path": path }));
    assert_eq!(loaded["names"], json!(["localhost/loaded:1"]));
    host.ok(&["untag", IMAGE, "localhost/loaded:1"]);
}

fn containers_by_python(host: &Host) {
    let service = Service::with(host, "io.podman", &[]);
    host.start_shell(
        "life",
        &[
            "--network",
            "none",
            "--health-cmd",
            "true",
            "--health-interval",
            "disable",
        ],
        "echo hi; sleep 1000",
    );
    host.wait_for_log("life", "hi\n");
    let done = service.python(
        r#"
import json, sys, varlink
client = varlink.Client.new_with_address("unix:" + sys.argv[1])
with client.open("org.varlink.service") as service:
    about = service.GetInfo()
    assert "io.podman" in about["interfaces"], about
with client.open("io.podman") as podman:
    made = podman.GetContainersByContext(False, True, [])["containers"]
    assert [one["id"] for one in podman.GetContainersByStatus(["running"])["containerS"]] == made
    assert podman.GetContainersByStatus(["exited"])["containerS"] == []
    assert json.loads(podman.ContainerInspectData("life", False)["config"])["Id"] == made[0]
    assert "Cmd" in json.loads(podman.ContainerConfig("life")["config"])
    assert json.loads(podman.ContainerStateData("life")["config"])["Status"] == "running"
    assert podman.GetAttachSockets("life")["sockets"]["io_socket"].endswith("/attach")
    assert podman.GetContainerLogs("life")["container"] == ["hi"]
    assert podman.HealthCheckRun("life")["healthCheckStatus"] == "healthy"
    podman.StopContainer("life", 0)
    assert podman.DeleteStoppedContainers()["containers"] == made
print("done")
"#,
    );
    assert_eq!((done.code, done.stdout.trim()), (0, "done"), "{done}");
}

fn images_by_python(host: &Host) {
    let service = Service::with(host, "io.podman", &[]);
    let registry = Registry::start(host);
    let there = registry.name("old:1");
    // What was there before is used by somebody, and stays.
    let before = host.ok(&["images", "-q", "--no-trunc"]);
    for (number, id) in before.lines().enumerate() {
        let name = format!("user{number}");
        host.ok(&["create", "--name", &name, "--network", "none", id, "true"]);
    }
    let script = r#"
import subprocess, sys, varlink
client = varlink.Client.new_with_address("unix:" + sys.argv[1])
tar, there, saved = "TAR", "THERE", "SAVED"
with client.open("io.podman") as podman:
    def make():
        return podman.ImportImage(tar, "localhost/old:1", "", [], False)["image"]
    id = make()
    assert podman.ListImagesWithFilters(["reference=old"])["images"][0]["repoTags"] == ["localhost/old:1"]
    sent = podman.PushImage("localhost/old:1", there, False, "", False, "")["reply"]["id"]
    with client.open("io.podman") as other:
        told = list(other.PullImage(there, {"username": "", "password": ""}, _more=True))
    assert len(told) > 1 and told[-1]["reply"]["id"] == sent, told
    subprocess.run(["skopeo", "copy", "-q", "--src-tls-verify=false", "docker://" + there,
                    "docker-archive:" + saved + ":localhost/loaded:1"], check=True)
    assert podman.LoadImage("", saved, True, True)["reply"]["id"] == "localhost/loaded:1"
    podman.TagImage(there, "localhost/tagged:1")
    podman.UntagImage(there, "localhost/tagged:1")
    podman.RemoveImage(there, False)
    podman.RemoveImage("localhost/loaded:1", False)
    gone = podman.RemoveImageWithResponse("localhost/old:1", False)["response"]
    assert gone["untagged"] == ["localhost/old:1"], gone
    id = make()
    assert podman.ImagesPrune(False, [])["pruned"] == []
    unused = podman.DeleteUnusedImages()["images"]
    assert len(unused) == 1 and unused[0] in id, (unused, id)
    assert podman.VolumesPrune()["prunedNames"] == []
print("done")
"#
    .replace("TAR", &root(host))
    .replace("THERE", &there)
    .replace("SAVED", &host.file("saved.tar"));
    let done = service.python(&script);
    assert_eq!((done.code, done.stdout.trim()), (0, "done"), "{done}");
    host.ok(&["rm", "-a"]);
    assert_eq!(host.ok(&["images", "-q", "--no-trunc"]), before);
}
