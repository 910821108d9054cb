//! Checkpoint images cross between Cryopod and real Podman, both ways.

use std::fs;
use std::path::Path;

use super::BLOBS;
use crate::harness::{Host, IMAGE};
use crate::suites::interop::Podman;
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![podman_thaws_ours, we_thaw_podmans];

/// The blobs of all our images as an OCI layout with one of them in its index.
pub fn layout(host: &Host, image: &str) -> String {
    let directory = host.path("layout");
    let blobs = directory.join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    for entry in fs::read_dir(BLOBS).unwrap().flatten() {
        fs::copy(entry.path(), blobs.join(entry.file_name())).unwrap();
    }
    let digest = host.ok(&["image", "inspect", "--format", "{{.Digest}}", image]);
    let size = fs::metadata(Path::new(BLOBS).join(&digest[7..]))
        .unwrap()
        .len();
    let index = serde_json::json!({"schemaVersion": 2, "manifests": [{
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": digest, "size": size,
        "annotations": {"org.opencontainers.image.ref.name": format!("localhost/{image}:latest")}}]});
    fs::write(directory.join("index.json"), index.to_string()).unwrap();
    fs::write(
        directory.join("oci-layout"),
        r#"{"imageLayoutVersion":"1.0.0"}"#,
    )
    .unwrap();
    directory.display().to_string()
}

fn podman_thaws_ours(host: &Host) {
    let podman = Podman::set_up(host.runtime);
    host.start_shell("web", &[], COUNT_ALOUD);
    host.shell("web", "echo kept > /data/file");
    host.wait_for_log("web", "3\n");
    host.ok(&["container", "checkpoint", "--create-image", "frozen", "web"]);
    host.ok(&["rm", "web"]);
    let layout = layout(host, "frozen");
    podman.0.ok(&[
        "pull",
        "-q",
        &format!("oci:{layout}:localhost/frozen:latest"),
    ]);
    podman
        .0
        .ok(&["container", "restore", "localhost/frozen:latest"]);
    assert_eq!(podman.0.ok(&["exec", "web", "cat", "/data/file"]), "kept");
    podman.0.ok(&["rm", "-f", "-t", "0", "web"]);
    podman.0.ok(&["rmi", "localhost/frozen:latest"]);
    host.ok(&["rmi", "frozen"]);
}

fn we_thaw_podmans(host: &Host) {
    let podman = Podman::set_up(host.runtime);
    let words = ["run", "-d", "--name", "web", IMAGE, "sh", "-c", COUNT_ALOUD];
    podman.0.ok(&words);
    podman.0.ok(&[
        "exec",
        "web",
        "sh",
        "-c",
        "echo kept > /data/file; rm /etc/motd",
    ]);
    podman
        .0
        .ok(&["container", "checkpoint", "--create-image", "theirs", "web"]);
    podman.0.ok(&["rm", "web"]);
    let archive = host.file("theirs.oci");
    podman.0.ok(&[
        "save",
        "-q",
        "--format",
        "oci-archive",
        "-o",
        &archive,
        "localhost/theirs:latest",
    ]);
    podman.0.ok(&["rmi", "localhost/theirs:latest"]);
    drop(podman);
    host.ok(&["load", "-i", &archive]);
    host.ok(&["container", "restore", "theirs"]);
    assert_eq!(
        host.shell("web", "cat /data/file; [ -e /etc/motd ] || echo gone"),
        "kept\ngone"
    );
    let log = host.log("web");
    host.wait_for_more_log("web", &log);
    host.engine.remove_all();
    host.ok(&["rmi", "theirs"]);
}
