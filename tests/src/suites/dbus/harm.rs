//! Clients that are wrong, slow, gone, or without rights; and a service that is killed.

use std::fs::File;
use std::io::Read;
use std::process::Command;

use super::{Bus, NAME};
use crate::harness::{Host, IMAGE, wait};
use crate::suites::registry::server::Registry;
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    nobody_waits_for_a_slow_checkpoint,
    once images_of_a_registry,
    once what_is_not_what_it_claims,
    who_leaves_the_bus_cancels_its_own,
    once who_has_no_rights,
    once who_asks_too_much,
    a_full_disk_ends_no_container,
    a_killed_service_loses_nothing,
    once a_service_that_ends,
];

/// More than all buffers on the way hold.
fn start_big(host: &Host, name: &str) {
    let script =
        format!("dd if=/dev/urandom of=/data/big bs=1M count=8 2>&-; echo ready; {COUNT_ALOUD}");
    host.start_shell(name, &[], &script);
    host.wait_for_log(name, "ready");
}

fn nobody_waits_for_a_slow_checkpoint(host: &Host) {
    let bus = Bus::start(host);
    start_big(host, "big");
    host.start_shell("other", &[], COUNT_ALOUD);
    bus.python(&["slow", "big"]);
    let before = host.log("big");
    host.wait_for_more_log("big", &before);
}

fn images_of_a_registry(host: &Host) {
    let registry = Registry::start(host);
    let bus = Bus::start(host);
    let name = registry.name("small:1");
    host.ok(&["push", "-q", IMAGE, &name]);
    let heard = bus.listen(host);
    bus.python(&["pull", &name, &registry.name("none:1")]);
    heard.wait_for(&format!(
        "{NAME}.Transfer.LogMessage (uint32 6, 'Trying to pull {name}...')"
    ));
    host.ok(&["rmi", &name]);
}

fn what_is_not_what_it_claims(host: &Host) {
    let bus = Bus::start(host);
    host.start_shell("w", &[], COUNT_ALOUD);
    bus.python(&["wrong", "w", &host.file("w")]);
}

fn who_leaves_the_bus_cancels_its_own(host: &Host) {
    let bus = Bus::start(host);
    start_big(host, "big");
    start_big(host, "stays");
    let pipes = [host.file("pipe"), host.file("kept")];
    let readers: Vec<File> = pipes
        .iter()
        .map(|pipe| {
            let made = Command::new("mkfifo").arg(pipe).status().unwrap();
            assert!(made.success());
            // It never blocks when it is open both ways.
            File::options().read(true).write(true).open(pipe).unwrap()
        })
        .collect();
    // Both leave; one of them has said that its work goes on.
    bus.python(&["leave", "stays", &pipes[1], "detach"]);
    bus.python(&["leave", "big", &pipes[0]]);
    let before = host.log("big");
    host.wait_for_more_log("big", &before);
    assert_eq!(host.status("big"), "running");
    let path = bus.container("stays");
    assert_eq!(
        bus.property(&path, "Container", "Operation"),
        "s \"checkpoint\""
    );
    // Read, it comes to its end.
    let mut reader = readers[1].try_clone().unwrap();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 20];
        while matches!(reader.read(&mut buffer), Ok(count) if count > 0) {}
    });
    host.wait_for_status("stays", "exited");
    assert_eq!(bus.property(&path, "Container", "Operation"), "s \"\"");
}

fn who_has_no_rights(host: &Host) {
    let file = "/tmp/cr-test-dbus";
    host.start_shell("r", &[], COUNT_ALOUD);
    {
        let bus = Bus::start(host);
        bus.python_as_nobody(&["denied", "r", file]);
        // Nor has who takes polkit's name where a bus lets him.
        bus.python_as_nobody(&["lied", "r", file]);
    }
    let bus = Bus::with_polkit(host);
    bus.python_as_nobody(&["denied", "r", file]);
    bus.python_as_nobody(&["allowed", "r"]);
    // Root is not asked.
    bus.call(&bus.container("r"), "Container", &["Inspect"]);
    assert_eq!(std::fs::metadata(file).unwrap().len(), 0);
    std::fs::remove_file(file).unwrap();
}

fn who_asks_too_much(host: &Host) {
    host.start_shell("quiet", &[], "sleep 1000");
    let bus = Bus::start(host);
    bus.container("quiet");
    let service = bus.service.id().to_string();
    bus.python(&["waiting", "quiet", &service]);
    // Who has left the bus holds nothing, though the container runs on and says nothing.
    let open = || {
        let all = std::fs::read_dir(format!("/proc/{service}/fd")).unwrap();
        let files = all.filter_map(|one| std::fs::read_link(one.unwrap().path()).ok());
        let is_log = |file: &std::path::PathBuf| file.ends_with("state.db-wal");
        files.filter(is_log).count()
    };
    wait::until("all is given back", || (open() < 5).then_some(()));
    bus.python(&["many", "quiet"]);
}

fn a_full_disk_ends_no_container(host: &Host) {
    let bus = Bus::start(host);
    start_big(host, "full-disk");
    let disk = host.file("disk");
    std::fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=6m", "none", &disk])
        .status();
    assert!(mounted.unwrap().success());
    bus.python(&["full", "full-disk", &format!("{disk}/archive")]);
    let unmounted = Command::new("umount").arg(&disk).status();
    assert!(unmounted.unwrap().success());
    let before = host.log("full-disk");
    host.wait_for_more_log("full-disk", &before);
}

fn a_killed_service_loses_nothing(host: &Host) {
    let mut bus = Bus::start(host);
    start_big(host, "k");
    let pipe = host.file("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let _reader = File::options().read(true).write(true).open(&pipe).unwrap();
    bus.python(&["leave", "k", &pipe, "detach"]);
    bus.service.kill().unwrap();
    bus.service.wait().unwrap();
    // The next command lets it go on.
    let before = host.log("k");
    assert_eq!(host.status("k"), "running");
    host.wait_for_more_log("k", &before);
    // And the next service knows nothing of the one before.
    bus.serve_again(host);
    let path = bus.container("k");
    assert_eq!(bus.property(&path, "Container", "Operation"), "s \"\"");
    let line = ["Checkpoint", "sa{sv}", "", "1", "wait", "b", "true"];
    bus.call(&path, "Container", &line);
    bus.service.kill().unwrap();
    bus.service.wait().unwrap();
    let frozen = host.log("k");
    assert_eq!(host.status("k"), "exited");
    bus.serve_again(host);
    bus.call(
        &path,
        "Container",
        &["Restore", "a{sv}", "1", "wait", "b", "true"],
    );
    host.wait_for_more_log("k", &frozen);
}

fn a_service_that_ends(host: &Host) {
    // By itself, after some seconds without anybody.
    let mut bus = Bus::with(host, &["--time", "3"]);
    let ended = wait::until("it ends", || bus.service.try_wait().unwrap());
    assert!(ended.success());
    assert!(!bus.has(NAME));
    // One at a time.
    bus.serve_again(host);
    let uri = format!("dbus:{}", bus.address);
    host.fails(&["system", "service", &uri], 125, "cannot serve on D-Bus");
    host.fails(
        &["system", "service", "dbus:nowhere"],
        125,
        "invalid address",
    );
    let nobody = "dbus:unix:path=/nonexistent";
    host.fails(&["system", "service", nobody], 125, "cannot serve on D-Bus");
    // With its bus.
    bus.daemon.kill().unwrap();
    bus.daemon.wait().unwrap();
    wait::until("it ends", || bus.service.try_wait().unwrap());
}
