//! Thawing elsewhere than in place: new names, several at once, with and without the files.

use super::checkpoint::move_through_file;
use crate::harness::{Host, ask_web, wait};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    two_thaws_side_by_side,
    new_name_beside_the_old,
    own_cgroup_in_place_and_from_file,
    kept_checkpoint_thaws_again,
    kept_checkpoint_keeps_its_files,
    consumed_checkpoint_does_not,
    ignores_files_when_told,
    volumes_are_mounted_again,
    starts_anew_after_thaw,
];

fn cgroup(host: &Host, name: &str) -> String {
    let text = std::fs::read_to_string(format!("/proc/{}/cgroup", host.pid(name))).unwrap();
    let path = text
        .lines()
        .find_map(|line| line.strip_prefix("0::"))
        .unwrap_or("");
    path.to_owned()
}

fn id(host: &Host, name: &str) -> String {
    host.inspect(name)["Id"].as_str().unwrap_or("").to_owned()
}

fn two_thaws_side_by_side(host: &Host) {
    host.start("web", &[], &["workload", "web", "8080", "/data/count"]);
    host.wait_for_log("web", "listening");
    let (address, _) = host.address("web");
    assert_eq!(
        ask_web(&address, 8080).as_deref(),
        Some("count mem=1 file=1")
    );
    let archive = host.file("web.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "web"]);
    host.ok(&["rm", "web"]);
    for name in ["left", "right"] {
        host.ok(&["container", "restore", "-i", &archive, "--name", name]);
    }
    let (left, right) = (host.address("left").0, host.address("right").0);
    assert_ne!(left, right);
    for (name, address) in [("left", &left), ("right", &right)] {
        let answer = wait::until("an answer", || ask_web(address, 8080));
        assert_eq!(
            answer, "count mem=2 file=2",
            "{name} has its own memory and files"
        );
        assert!(
            cgroup(host, name).contains(&id(host, name)),
            "{name} is in {}",
            cgroup(host, name)
        );
    }
    assert_ne!(cgroup(host, "left"), cgroup(host, "right"));
    host.ok(&["stop", "-t", "0", "left"]);
    assert_eq!(ask_web(&right, 8080).as_deref(), Some("count mem=3 file=3"));
}

fn new_name_beside_the_old(host: &Host) {
    host.start_shell("old", &[], COUNT_ALOUD);
    let archive = host.file("old.tar");
    host.ok(&[
        "container",
        "checkpoint",
        "--leave-running",
        "-e",
        &archive,
        "old",
    ]);
    assert_eq!(host.status("old"), "running");
    host.ok(&["container", "restore", "-i", &archive, "-n", "new"]);
    assert_eq!(
        (host.status("old"), host.status("new")),
        ("running".into(), "running".into())
    );
    assert_ne!(id(host, "old"), id(host, "new"));
}

fn own_cgroup_in_place_and_from_file(host: &Host) {
    let id = host.start_shell("cgroup", &[], COUNT_ALOUD);
    let before = cgroup(host, "cgroup");
    assert!(before.contains(&id), "{before}");
    host.ok(&["container", "checkpoint", "cgroup"]);
    host.ok(&["container", "restore", "cgroup"]);
    assert_eq!(cgroup(host, "cgroup"), before);
    move_through_file(host, "cgroup");
    assert_eq!(cgroup(host, "cgroup"), before);
}

fn kept_checkpoint_thaws_again(host: &Host) {
    host.start_shell("keep", &[], COUNT_ALOUD);
    host.ok(&["container", "checkpoint", "--keep", "keep"]);
    host.ok(&["container", "restore", "--keep", "keep"]);
    host.ok(&["stop", "-t", "0", "keep"]);
    host.ok(&["container", "restore", "keep"]);
    assert_eq!(host.status("keep"), "running");
}

/// Memory of one instant never meets files of another: not after a thaw that kept the checkpoint,
/// nor after a cold start in between.
fn kept_checkpoint_keeps_its_files(host: &Host) {
    if host.engine.is_podman() {
        return;
    }
    host.start_shell("keep", &[], COUNT_ALOUD);
    host.shell("keep", "echo early > /data/file");
    host.ok(&["container", "checkpoint", "keep"]);
    let later = |restore: &[&str]| {
        host.ok(restore);
        assert_eq!(host.shell("keep", "cat /data/file"), "early");
        host.shell("keep", "echo late > /data/file; echo new > /data/new");
        host.ok(&["stop", "-t", "0", "keep"]);
    };
    later(&["container", "restore", "--keep", "keep"]);
    later(&["container", "restore", "--keep", "keep"]);
    host.ok(&["start", "keep"]);
    assert_eq!(host.shell("keep", "cat /data/file"), "late");
    host.ok(&["stop", "-t", "0", "keep"]);
    later(&["container", "restore", "keep"]);
    host.fails(
        &["container", "restore", "keep"],
        125,
        "cannot be found, cannot restore",
    );
}

fn consumed_checkpoint_does_not(host: &Host) {
    host.start_shell("once", &[], COUNT_ALOUD);
    host.ok(&["container", "checkpoint", "once"]);
    host.ok(&["container", "restore", "once"]);
    host.ok(&["stop", "-t", "0", "once"]);
    let text = "a complete checkpoint for this container cannot be found, cannot restore";
    host.fails(&["container", "restore", "once"], 125, text);
}

fn ignores_files_when_told(host: &Host) {
    host.start_shell("files", &[], COUNT_ALOUD);
    host.shell("files", "echo new > /data/new");
    let archive = host.file("files.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "files"]);
    host.ok(&["rm", "files"]);
    host.ok(&["container", "restore", "--ignore-rootfs", "-i", &archive]);
    assert_eq!(
        host.run(&["exec", "files", "test", "-e", "/data/new"]).code,
        1
    );
    let archive = host.file("without.tar");
    host.shell("files", "echo new > /data/new");
    host.ok(&[
        "container",
        "checkpoint",
        "--ignore-rootfs",
        "-e",
        &archive,
        "files",
    ]);
    host.ok(&["rm", "files"]);
    host.ok(&["container", "restore", "-i", &archive]);
    assert_eq!(
        host.run(&["exec", "files", "test", "-e", "/data/new"]).code,
        1
    );
}

fn volumes_are_mounted_again(host: &Host) {
    let directory = host.path("volume");
    std::fs::create_dir(&directory).unwrap();
    let bind = format!("{}:/mnt", directory.display());
    host.start_shell(
        "volume",
        &["-v", &bind],
        "while :; do date > /mnt/now; sleep 0.1; done",
    );
    let archive = host.file("volume.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "volume"]);
    host.ok(&["rm", "volume"]);
    let mut restore = vec!["container", "restore", "-i", &archive];
    if !host.engine.is_podman() {
        // A directory of this host, named by an archive: only who imports it may grant that.
        host.fails(&restore, 125, "--allow-mounts");
        assert!(host.ok(&["ps", "-a", "-q"]).is_empty());
        restore.insert(2, "--allow-mounts");
    }
    host.ok(&restore);
    std::fs::write(directory.join("in"), "from the host").unwrap();
    assert_eq!(
        host.ok(&["exec", "volume", "cat", "/mnt/in"]),
        "from the host"
    );
}

fn starts_anew_after_thaw(host: &Host) {
    host.start_shell("anew", &[], "echo begun; while :; do sleep 0.1; done");
    host.wait_for_log("anew", "begun");
    move_through_file(host, "anew");
    host.ok(&["stop", "-t", "0", "anew"]);
    host.ok(&["start", "anew"]);
    host.wait_for_log("anew", "begun\nbegun");
    let state = host.inspect("anew")["State"].clone();
    assert_ne!(state["Restored"].as_bool(), Some(true), "{state}");
}
