//! The same story through each client: a counter is started, frozen, removed, thawed, and goes on.

use super::{Bus, NAME, ROOT};
use crate::harness::{Host, IMAGE};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    a_counter_by_busctl,
    a_counter_by_gdbus,
    a_counter_by_dbus_python,
    whoever_changes_something_it_is_signalled,
    once described_as_it_is,
];

fn a_counter_by_busctl(host: &Host) {
    let bus = Bus::start(host);
    let made = bus.call(
        ROOT,
        "Manager",
        &[
            "CreateContainer",
            "sasa{sv}",
            IMAGE,
            "3",
            "sh",
            "-c",
            COUNT_ALOUD,
            "1",
            "name",
            "s",
            "story",
        ],
    );
    let path = bus.container("story");
    assert_eq!(made, format!("o \"{path}\""));
    bus.call(&path, "Container", &["Start"]);
    host.wait_for_log("story", "3\n");
    assert_eq!(bus.property(&path, "Container", "State"), "s \"running\"");
    assert_eq!(
        bus.property(&path, "Container", "Pid"),
        format!("u {}", host.pid("story"))
    );
    // busctl passes no descriptors: it goes through an image.
    let image = "localhost/frozen:1";
    let line = [
        "Checkpoint",
        "sa{sv}",
        "",
        "2",
        "create-image",
        "s",
        image,
        "wait",
        "b",
        "true",
    ];
    bus.call(&path, "Container", &line);
    let frozen = host.log("story");
    assert_eq!(bus.property(&path, "Container", "State"), "s \"exited\"");
    bus.call(&path, "Container", &["Remove", "a{sv}", "0"]);
    assert!(!host.exists("story"));
    let line = ["RestoreImage", "sa{sv}", image, "1", "wait", "b", "true"];
    bus.call(ROOT, "Manager", &line);
    let log = host.wait_for_more_log("story", &frozen);
    assert!(log.starts_with(&frozen), "it goes on where it stopped");
    assert_eq!(bus.container("story"), path);
    let images = bus.call(ROOT, "Manager", &["ListImages"]);
    assert!(images.contains(image), "{images}");
    bus.call(&path, "Container", &["Stop", "t", "0"]);
    bus.call(ROOT, "Manager", &["RemoveImage", "sa{sv}", image, "0"]);
    let tree = bus.busctl(&["tree", NAME]);
    assert!(tree.stdout.contains(&path), "{tree}");
    let refused = bus.busctl(&[
        "call",
        NAME,
        ROOT,
        "org.cryopod.engine1.Manager",
        "GetContainer",
        "s",
        "none",
    ]);
    assert_eq!(refused.code, 1, "{refused}");
    assert!(
        refused
            .stderr
            .contains("no container with name or ID \"none\" found: no such container"),
        "the command line's words: {refused}"
    );
}

fn a_counter_by_gdbus(host: &Host) {
    let bus = Bus::start(host);
    host.start_shell("g", &[], COUNT_ALOUD);
    host.wait_for_log("g", "3\n");
    let path = bus.container("g");
    let ok = |object: &str, method: &str, arguments: &[&str]| {
        let done = bus.gdbus(object, method, arguments);
        assert_eq!(done.code, 0, "{done}");
        done.stdout
    };
    ok(
        &path,
        "Container.Checkpoint",
        &["'noon'", "{'wait': <true>}"],
    );
    let frozen = host.log("g");
    assert_eq!(host.status("g"), "exited");
    let listed = ok(ROOT, "Manager.ListCheckpoints", &[]);
    assert!(listed.contains("'noon'"), "{listed}");
    let found = ok(ROOT, "Manager.GetCheckpoint", &["g", "noon"]);
    let checkpoint = found.split('\'').nth(1).expect("an object").to_owned();
    assert_eq!(
        bus.property(&checkpoint, "Checkpoint", "Names"),
        "as 1 \"noon\""
    );
    ok(&checkpoint, "Checkpoint.Tag", &["later"]);
    // It leaves the bus at once, and its work goes on because it was told so.
    ok(&checkpoint, "Checkpoint.Restore", &["{'detach': <true>}"]);
    host.wait_for_status("g", "running");
    let log = host.wait_for_more_log("g", &frozen);
    assert!(log.starts_with(&frozen), "it goes on where it stopped");
    let taken = bus.gdbus(
        &path,
        "Container.Checkpoint",
        &["'noon'", "{'wait': <true>}"],
    );
    assert!(
        taken
            .stderr
            .contains("GDBus.Error:org.cryopod.engine1.Conflict"),
        "{taken}"
    );
    let slash = bus.gdbus(&path, "Container.Checkpoint", &["'../noon'", "{}"]);
    assert_eq!(
        slash.code, 0,
        "long work is refused by its transfer: {slash}"
    );
    ok(&checkpoint, "Checkpoint.Remove", &["later"]);
    ok(&checkpoint, "Checkpoint.Remove", &["''"]);
    assert_eq!(host.ok(&["checkpoint", "ls", "-q", "g"]), "");
    ok(&path, "Container.Pause", &[]);
    assert_eq!(host.status("g"), "paused");
    ok(&path, "Container.Unpause", &[]);
    let inspected = ok(&path, "Container.Inspect", &[]);
    assert!(
        inspected.contains("\\\"Name\\\": \\\"g\\\"") || inspected.contains("\"Name\":"),
        "{inspected}"
    );
    let waiting = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| ok(&path, "Container.Wait", &[]));
        ok(&path, "Container.Kill", &["leader", "9"]);
        waiting.join().expect("an answer")
    });
    assert!(waiting.contains("137"), "{waiting}");
    assert_eq!(host.status("g"), "exited");
}

fn a_counter_by_dbus_python(host: &Host) {
    let bus = Bus::start(host);
    bus.python(&["story", &host.file("p.tar.zst")]);
    let before = host.log("counter");
    host.wait_for_more_log("counter", &before);
}

fn whoever_changes_something_it_is_signalled(host: &Host) {
    let bus = Bus::start(host);
    let heard = bus.listen(host);
    let id = host.start_shell("s", &[], COUNT_ALOUD);
    let path = bus.container("s");
    host.wait_for_log("s", "1\n");
    host.ok(&["pause", "s"]);
    // What comes and goes between two looks at the database isn't told.
    heard.wait_for("'State': <'paused'>");
    host.ok(&["unpause", "s"]);
    host.ok(&["checkpoint", "create", "--leave-running", "s", "cp1"]);
    // What comes and goes between two looks at the database has no object.
    heard.wait_for("CheckpointNew (");
    host.ok(&["checkpoint", "rm", "s", "cp1"]);
    heard.wait_for("CheckpointRemoved (");
    let line = ["Checkpoint", "sa{sv}", "", "1", "wait", "b", "true"];
    bus.call(&path, "Container", &line);
    host.ok(&["rm", "-f", "-t", "0", "s"]);
    for wanted in [
        format!("{ROOT}: {NAME}.Manager.TransferNew ("),
        format!("{NAME}.Transfer.Finished ("),
        format!("{ROOT}: {NAME}.Manager.TransferRemoved ("),
        format!("{ROOT}: {NAME}.Manager.ContainerNew ('{id}', objectpath '{path}')"),
        format!(
            "{path}: org.freedesktop.DBus.Properties.PropertiesChanged ('{NAME}.Container', {{"
        ),
        "'Operation': <'checkpoint'>".into(),
        format!("{NAME}.Manager.CheckpointNew ("),
        format!("{NAME}.Manager.CheckpointRemoved ("),
        format!("{NAME}.Manager.Event ('container', 'pause', '{id}', 's', "),
        format!("{ROOT}: {NAME}.Manager.ContainerRemoved ('{id}', objectpath '{path}')"),
        format!(
            "{ROOT}: org.freedesktop.DBus.ObjectManager.InterfacesRemoved (objectpath '{path}'"
        ),
    ] {
        heard.wait_for(&wanted);
    }
}

fn described_as_it_is(host: &Host) {
    let bus = Bus::start(host);
    let xml = bus
        .busctl(&["introspect", "--xml-interface", NAME, ROOT])
        .stdout;
    let file = include_str!("../../../../docs/api/org.cryopod.engine1.xml");
    let manager = |text: &str| {
        let from = text
            .find("<interface name=\"org.cryopod.engine1.Manager\">")
            .unwrap();
        let length = text[from..].find("</interface>").unwrap();
        let lines = text[from..from + length].lines();
        lines.map(str::trim).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(manager(&xml), manager(file));
    // What `systemctl service-log-level` does.
    let log = "/org/freedesktop/LogControl1";
    let level = || {
        let done = bus.busctl(&[
            "get-property",
            NAME,
            log,
            "org.freedesktop.LogControl1",
            "LogLevel",
        ]);
        done.stdout.trim().to_owned()
    };
    let done = bus.busctl(&[
        "set-property",
        NAME,
        log,
        "org.freedesktop.LogControl1",
        "LogLevel",
        "s",
        "debug",
    ]);
    assert_eq!((done.code, level().as_str()), (0, "s \"debug\""), "{done}");
}
