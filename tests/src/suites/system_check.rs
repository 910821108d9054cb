//! `system check`: damage made by hand is named and mended, what may be somebody's only copy is kept,
//! and a host where all is well is left alone, also while others are at work on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{COUNT_ALOUD, Tests, tests};
use crate::harness::{Finished, Host, IMAGE, command, is_there, wait};

pub const TESTS: Tests = tests![
    hosts_in_use_are_clean,
    running_containers,
    stopped_containers,
    frozen_containers,
    once things_of_nobody,
    once storage_and_database,
];

const ROOT: &str = "/var/lib/cryopod";
const RUN: &str = "/run/cryopod";

/// What is out of step now, without what takes long; layers of no image count at once.
fn check(host: &Host, more: &[&str]) -> Finished {
    let words = [
        &["system", "check", "--quick", "--quiet", "--max", "0"],
        more,
    ]
    .concat();
    host.run(&words)
}

#[track_caller]
fn assert_clean(host: &Host) {
    let done = check(host, &[]);
    assert_eq!((done.code, done.stdout.as_str()), (0, ""), "{done}");
}

/// All of these are named; then they are mended, and nothing is left.
#[track_caller]
fn mends(host: &Host, named: &[&str]) {
    let done = check(host, &[]);
    assert_eq!(done.code, 125, "{done}");
    assert!(done.stderr.contains("damage detected"), "{done}");
    for words in named {
        assert!(done.stdout.contains(words), "no {words:?} in {done}");
    }
    let done = check(host, &["--repair"]);
    assert_eq!(done.code, 0, "{done}");
    assert!(done.stdout.contains("repaired"), "{done}");
    assert_clean(host);
}

#[track_caller]
fn sh(script: &str) -> String {
    let done = command::run(Command::new("sh").args(["-euc", script]), "");
    assert_eq!(done.code, 0, "{done}");
    done.stdout
}

/// Writes to the database behind the engine's back.
#[track_caller]
fn sql(statement: &str) {
    let script = "import sqlite3, sys
db = sqlite3.connect('/var/lib/cryopod/state.db', timeout=10)
db.executescript(sys.argv[1])
db.commit()";
    let done = command::run(Command::new("python3").args(["-c", script, statement]), "");
    assert_eq!(done.code, 0, "{done}");
}

fn container(id: &str) -> PathBuf {
    Path::new(ROOT).join("containers").join(id)
}

fn lost_and_found() -> Vec<String> {
    let entries = fs::read_dir(Path::new(ROOT).join("lost+found"));
    let entries = entries.into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn empty_lost_and_found() {
    let _ = fs::remove_dir_all(Path::new(ROOT).join("lost+found"));
}

fn hosts_in_use_are_clean(host: &Host) {
    host.ok(&["volume", "create", "kept"]);
    host.ok(&["network", "create", "aside"]);
    host.start_shell(
        "running",
        &["-p", "8099:80", "-v", "kept:/data"],
        COUNT_ALOUD,
    );
    host.start_shell("paused", &["--network", "aside"], COUNT_ALOUD);
    host.ok(&["pause", "paused"]);
    host.start_shell("frozen", &["-v", "/anonymous"], COUNT_ALOUD);
    host.ok(&["container", "checkpoint", "frozen"]);
    host.start_shell("busy", &["--network", "none"], COUNT_ALOUD);
    host.ok(&["checkpoint", "create", "--leave-running", "busy", "one"]);
    host.run(&["run", "--name", "exited", IMAGE, "false"]);
    host.ok(&["create", "--name", "created", IMAGE, "true"]);
    // The one that has just ended may still be in its clean-up.
    wait::until("all is well", || {
        let done = host.run(&["system", "check", "--max", "0"]);
        assert_eq!(done.code, 0, "{done}");
        (done.stdout.matches(" ok ").count() == 9).then_some(())
    });
    assert_eq!(host.ok(&["system", "check", "--json"]), "[]");
    assert_eq!(host.ok(&["system", "check", "--format", "{{.What}}"]), "");

    // Somebody freezes and thaws meanwhile, makes and removes containers and images.
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let repeat = |lines: &'static [&'static [&'static str]]| {
            let over = &over;
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    for line in lines {
                        host.ok(line);
                    }
                }
            });
        };
        repeat(&[
            &["container", "checkpoint", "busy"],
            &["container", "restore", "busy"],
        ]);
        repeat(&[&["run", "--rm", IMAGE, "true"]]);
        let outcomes: Vec<Finished> = (0..6).map(|_| check(host, &["--repair"])).collect();
        over.store(true, Ordering::Relaxed);
        for done in outcomes {
            assert_eq!(done.code, 0, "{done}");
            for word in ["repaired", "DAMAGED", "FAILED"] {
                assert!(!done.stdout.contains(word), "{done}");
            }
        }
    });
    host.ok(&["unpause", "paused"]);
    for name in ["running", "paused", "busy"] {
        assert_eq!(host.status(name), "running");
    }
    host.ok(&["container", "restore", "frozen"]);
    host.engine.remove_all();
    host.ok(&["volume", "rm", "kept"]);
    host.ok(&["network", "rm", "aside"]);
    assert_clean(host);
}

fn running_containers(host: &Host) {
    let id = host.start_shell("victim", &["-p", "8098:80"], COUNT_ALOUD);
    host.wait_for_log("victim", "1\n");
    let (address, _) = host.address("victim");
    let cgroup = format!("/sys/fs/cgroup/cryopod/{id}");
    sh(&format!("echo 1 > {cgroup}/cgroup.freeze"));
    sh(&format!("rm {ROOT}/containers/{id}/ctr.log"));
    sh(&format!("umount {RUN}/netns/{id}; rm {RUN}/netns/{id}"));
    mends(
        host,
        &[
            "victim stands still in its cgroup",
            "the network namespace of victim is not at",
            "victim has no log file",
        ],
    );
    host.wait_for_log("victim", "\n");

    sql(&format!(
        "DELETE FROM leases WHERE container = '{id}';
         INSERT INTO leases VALUES ('podman', '10.88.99.99', '{id}');
         UPDATE containers SET status = 'exited' WHERE id = '{id}';"
    ));
    sh("nft flush ruleset");
    sh(&format!(
        "nsenter --net={RUN}/netns/{id} nft add table inet CRIU-12345"
    ));
    mends(
        host,
        &[
            "but holds no lease of it",
            "holds a lease of 10.88.99.99 on podman",
            "differ from its configuration and state",
            "no rule leads to the published ports of victim",
            "rules CRIU-12345 of a dump or a thaw",
        ],
    );
    assert_eq!(host.address("victim").0, address);
    assert!(sh("nft list ruleset").contains(&format!("dnat ip to {address}:80")));

    sh(&format!("umount {RUN}/netns/{id}; touch {RUN}/netns/{id}"));
    sh(&format!("umount -l {ROOT}/containers/{id}/shm"));
    let done = check(host, &["--repair"]);
    assert_eq!(done.code, 125, "{done}");
    assert!(
        done.stdout.contains("shm is not mounted, but victim runs"),
        "{done}"
    );
    assert!(
        done.stdout.contains("=> stop it and start it again"),
        "{done}"
    );
    assert!(
        done.stderr.contains("still present after repair attempt"),
        "{done}"
    );
    host.ok(&["stop", "-t", "0", "victim"]);
    host.ok(&["start", "victim"]);
    assert_clean(host);

    host.ok(&["pause", "victim"]);
    sh(&format!("echo 0 > {cgroup}/cgroup.freeze"));
    mends(host, &["victim is paused by its record, but runs"]);
    host.ok(&["unpause", "victim"]);

    // Without a monitor it can only be ended, which is for the user to say.
    let silent = host.start("silent", &[], &["sleep", "300"]);
    let monitor = fs::read_to_string(format!("{RUN}/containers/{silent}/conmon.pid")).unwrap();
    sh(&format!("kill -9 {}", monitor.trim()));
    let done = check(host, &["--repair"]);
    assert_eq!(done.code, 125, "{done}");
    assert!(
        done.stdout.contains("silent runs without its monitor"),
        "{done}"
    );
    assert_eq!(host.status("silent"), "running");
    assert_eq!(check(host, &["--repair", "--force"]).code, 0);
    assert_eq!(host.status("silent"), "exited");
    assert_clean(host);

    // Nobody saw this one end.
    let monitor = fs::read_to_string(format!("{RUN}/containers/{id}/conmon.pid")).unwrap();
    let pid = host.pid("victim");
    sh(&format!("kill -9 {} {pid}", monitor.trim()));
    wait::until("its first process is gone", || {
        (!is_there(Path::new(&format!("/proc/{pid}/ns/net")))).then_some(())
    });
    mends(host, &["its first process is gone"]);
    assert_eq!(host.inspect("victim")["State"]["ExitCode"], 255);
}

fn stopped_containers(host: &Host) {
    host.run(&["run", "--name", "ended", IMAGE, "true"]);
    let id = host.inspect("ended")["Id"].as_str().unwrap().to_owned();
    let home = container(&id);
    let home = home.display();
    host.wait_for_status("ended", "exited");
    let cgroup = format!("/sys/fs/cgroup/cryopod/{id}");
    sh(&format!(
        "mkdir -p {cgroup} {RUN}/containers/{id}/persist {home}/merged {home}/upper.discarded/x \
           {home}/upper.before-restore/mine {home}/bundle/capture.partial
         mount -t tmpfs none {home}/merged
         echo 0 > {RUN}/exits/{id}
         touch {RUN}/netns/{id}; unshare --net={RUN}/netns/{id} true
         rm {home}/ctr.log"
    ));
    sql(&format!(
        "INSERT INTO leases VALUES ('podman', '10.88.99.98', '{id}');"
    ));
    mends(
        host,
        &[
            "ended is exited and has a cgroup",
            "merged is mounted, but ended is exited",
            "ended is exited and has a network namespace",
            "ended is exited and holds address 10.88.99.98",
            &format!("{RUN}/containers/{id} is there, but ended is exited"),
            &format!("{RUN}/exits/{id} is there, but ended is exited"),
            "upper.discarded is what a restore has replaced",
            "had changed before a restore is still set aside",
            "capture.partial is half of something",
            "ended has no log file",
        ],
    );
    // What may be somebody's is kept.
    let kept = lost_and_found();
    assert!(
        kept.len() == 1 && kept[0].contains("upper.before-restore"),
        "{kept:?}"
    );
    empty_lost_and_found();

    // A process of it that no record knows ends with --force alone.
    sh(&format!(
        "mkdir -p {cgroup}; sleep 300 >/dev/null 2>&1 & echo $! > {cgroup}/cgroup.procs"
    ));
    let done = check(host, &["--repair"]);
    assert_eq!(done.code, 125, "{done}");
    assert!(done.stdout.contains("but processes of it run: 1"), "{done}");
    assert!(
        !fs::read_to_string(format!("{cgroup}/cgroup.procs"))
            .unwrap()
            .is_empty()
    );
    assert_eq!(check(host, &["--repair", "--force"]).code, 0);
    assert!(!is_there(Path::new(&cgroup)));

    sh(&format!("rm -r {home}"));
    mends(host, &["the directory of ended is gone"]);
    host.ok(&["start", "ended"]);
    host.wait_for_status("ended", "exited");
}

fn frozen_containers(host: &Host) {
    let id = host.start_shell("victim", &[], COUNT_ALOUD);
    host.ok(&["checkpoint", "create", "--leave-running", "victim", "one"]);
    host.ok(&["checkpoint", "create", "--leave-running", "victim", "two"]);
    host.ok(&["container", "checkpoint", "victim"]);
    let catalogue = format!("{ROOT}/checkpoints/{id}");
    let bundle = format!("{}/bundle", container(&id).display());
    assert_clean(host);

    // A checkpoint without a row is somebody's memory; half of one is nobody's.
    let lone = "7".repeat(64);
    sh(&format!(
        "cd {catalogue}; set -- *; cp -r $1 {lone}; mkdir .{lone}.removed .{lone}.partial
         cp -r {bundle}/checkpoint {bundle}/checkpoint.partial"
    ));
    mends(
        host,
        &[
            &format!("{catalogue}/{lone} is a checkpoint of victim without a row"),
            "is a checkpoint whose removal was cut short",
            "is half of something that nobody makes",
            "checkpoint.partial is of no operation, and may be whole",
        ],
    );
    let kept = lost_and_found();
    assert_eq!(kept.len(), 2, "{kept:?}");
    empty_lost_and_found();

    // Damaged memory is found by the thorough check alone; what is there is not thrown away.
    sh(&format!(
        "cd {bundle}/checkpoint; cp -r . {bundle}/whole; truncate -s 4096 pages-1.img"
    ));
    assert_clean(host);
    let done = host.run(&["system", "check", "--repair", "--quiet"]);
    assert_eq!(done.code, 125, "{done}");
    assert!(
        done.stdout
            .contains("victim is frozen, but its checkpoint is not whole"),
        "{done}"
    );
    assert!(done.stdout.contains("=> --repair --force"), "{done}");
    sh(&format!(
        "cd {bundle}; rm -r checkpoint; mv whole checkpoint"
    ));
    assert_eq!(host.run(&["system", "check", "--quiet"]).stdout, "");

    sh(&format!(
        "cd {catalogue}; set -- *; rm -r $1 $2/checkpoint/inventory.img"
    ));
    let done = check(host, &["--repair"]);
    assert_eq!(done.code, 125, "{done}");
    assert_eq!(
        done.stdout.matches("of victim is not whole").count(),
        2,
        "{done}"
    );
    assert_eq!(
        host.ok(&["checkpoint", "ls", "-q", "victim"])
            .lines()
            .count(),
        1
    );
    assert_eq!(check(host, &["--repair", "--force"]).code, 0);
    assert_eq!(host.ok(&["checkpoint", "ls", "-q", "victim"]), "");
    assert_eq!(lost_and_found().len(), 1);
    empty_lost_and_found();

    sh(&format!("rm -r {bundle}/checkpoint"));
    mends(host, &["victim is frozen, but its checkpoint is not whole"]);
    host.fails(&["container", "restore", "victim"], 125, "");
    host.ok(&["start", "victim"]);
}

fn things_of_nobody(host: &Host) {
    // A container whose row is lost: everything of it is a stranger, and it runs.
    let id = host.start_shell("lost", &["-p", "8097:80"], COUNT_ALOUD);
    let pid = host.pid("lost");
    sql(&format!(
        "PRAGMA foreign_keys = on; DELETE FROM containers WHERE id = '{id}';"
    ));
    let done = check(host, &[]);
    let short = &id[..12];
    for words in [
        format!("processes run in the cgroup of container {short}, which is not known"),
        format!("{} knows container {short}", host.runtime),
        format!("is there for container {short}"),
        "merged is mounted for container".to_owned(),
        "shm is mounted for container".to_owned(),
        format!("there is a network namespace of container {short}"),
        format!("{ROOT}/containers/{id} is of container {short}"),
        format!("there is a lock for container {short}"),
        format!("netavark has container {short} on a network"),
    ] {
        assert!(done.stdout.contains(&words), "no {words:?} in {done}");
    }
    let done = check(host, &["--repair"]);
    assert_eq!(done.code, 125, "{done}");
    assert!(
        is_there(Path::new(&format!("/proc/{pid}"))),
        "it was killed: {done}"
    );
    let done = check(host, &["--repair", "--force"]);
    assert_eq!(done.code, 0, "{done}");
    assert!(!is_there(Path::new(&format!("/proc/{pid}/ns/net"))));
    assert_eq!(lost_and_found().len(), 1, "its files are kept");
    empty_lost_and_found();
    assert_clean(host);

    if host.runtime == "runc" {
        return;
    }
    // Without processes all of it goes at once. Another engine's containers are none of ours.
    let (id, other) = ("5".repeat(64), "6".repeat(64));
    let home = format!("{ROOT}/containers/{id}");
    let theirs = format!("/run/crun/{other}");
    sh(&format!(
        "mkdir -p {home}/merged {ROOT}/checkpoints/{id}/x {RUN}/containers/{id} {RUN}/locks
         mkdir -p /sys/fs/cgroup/cryopod/{id} /sys/fs/cgroup/cryopod/{other} {theirs}
         echo '{{\"bundle\": \"/elsewhere/bundle\"}}' > {theirs}/status
         mount -t tmpfs none {home}/merged
         echo 0 > {RUN}/exits/{id}; touch {RUN}/netns/{id} {RUN}/locks/{id} {RUN}/locks/{id}.health
         mkdir {ROOT}/containers/.import-0123456789ab"
    ));
    mends(
        host,
        &[
            "there is a cgroup of container 555555555555",
            "there is a network namespace of container 555555555555",
            &format!("{RUN}/exits/{id} is of container"),
            &format!("{ROOT}/checkpoints/{id} is of container"),
        ],
    );
    assert_eq!(lost_and_found().len(), 2);
    empty_lost_and_found();
    for theirs in [theirs.clone(), format!("/sys/fs/cgroup/cryopod/{other}")] {
        assert!(is_there(Path::new(&theirs)), "{theirs}");
    }
    sh(&format!(
        "rm -r {theirs}; rmdir /sys/fs/cgroup/cryopod/{other}"
    ));
    let parent = Path::new("/sys/fs/cgroup/cryopod");
    wait::until("the cgroups are gone", || {
        let _ = fs::remove_dir(parent.join("monitors"));
        let _ = fs::remove_dir(parent);
        (!is_there(parent)).then_some(())
    });
}

fn storage_and_database(host: &Host) {
    let directory = host.file("tree");
    let archive = host.file("tree.tar");
    sh(&format!(
        "mkdir {directory}; echo x > {directory}/x; tar -C {directory} -cf {archive} ."
    ));
    host.ok(&["import", &archive, "localhost/broken"]);
    let facts = host.ok(&["image", "inspect", "localhost/broken"]);
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    let layer = facts[0]["RootFS"]["Layers"][0].as_str().unwrap();
    let layer = layer.trim_start_matches("sha256:").to_owned();
    host.ok(&["volume", "create", "kept"]);
    host.ok(&["run", "--rm", "-v", "kept:/data", IMAGE, "true"]);
    let stray = "8".repeat(64);
    let mut dead = Command::new("true").spawn().unwrap();
    dead.wait().unwrap();
    sh(&format!(
        "rm -r {ROOT}/layers/{layer} {ROOT}/volumes/kept
         mkdir -p {ROOT}/layers/{stray}/x {ROOT}/layers/.partial-abc/x {ROOT}/volumes/unknown/_data
         echo x > {ROOT}/images/blobs/sha256/{stray}
         ip link add podman0 type bridge
         nft 'add chain inet netavark nv_2f259bab_10_88_0_0_nm16_dnat
         add rule inet netavark NETAVARK-HOSTPORT-DNAT tcp dport 7777 jump nv_2f259bab_10_88_0_0_nm16_dnat
         add rule inet netavark nv_2f259bab_10_88_0_0_nm16_dnat tcp dport 7777 dnat ip to 10.88.77.77:80
         add chain inet netavark nv_77777777_10_77_0_0_nm24
         add rule inet netavark nv_77777777_10_77_0_0_nm24 ip daddr 10.77.0.0/24 accept
         add rule inet netavark FORWARD ip saddr 10.77.0.0/24 accept'"
    ));
    sql(&format!(
        "INSERT INTO leases VALUES ('podman', '10.88.99.97', '{stray}');
         INSERT INTO operations (container, intent, pid, start_time, boot_id)
           VALUES ('{stray}', '{{\"kind\": \"start\"}}', {}, 1, 'earlier');
         UPDATE volumes SET volume = json_set(volume, '$.needs_copy_up', json('false')) WHERE name = 'kept';",
        dead.id()
    ));
    // Younger ones may be of an image that is just being loaded.
    let done = host.run(&["system", "check", "--quick", "--quiet"]);
    assert!(!done.stdout.contains("is of no image"), "{done}");
    mends(
        host,
        &[
            "names something that is not in containers",
            "image localhost/broken:latest is damaged: its layer",
            "layer 888888888888 is of no image",
            "blob 888888888888 is of no image",
            ".partial-abc is of an import that was cut short",
            "the directory of volume kept is gone",
            "volumes/unknown is of no volume",
            "bridge podman0 is there, and nobody is on it",
            "leads published ports to 10.88.77.77, which nobody has",
            "there are rules for 10.77.0.0/24",
        ],
    );
    assert_eq!(lost_and_found().len(), 1);
    empty_lost_and_found();
    host.fails(&["image", "inspect", "localhost/broken"], 125, "");
    let rules = sh("nft list ruleset");
    assert!(
        !rules.contains("7777") && !rules.contains("10.77"),
        "{rules}"
    );
    sh("nft delete chain inet netavark nv_2f259bab_10_88_0_0_nm16_dnat 2>/dev/null || true");
    host.ok(&["volume", "rm", "kept"]);
    host.fails(&["system", "check", "x"], 125, "takes no arguments");
}
