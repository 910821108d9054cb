//! `diff`, `export`, `port`, `container prune`.

use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Host, IMAGE, command};

const CHANGES: &str = "echo x > /data/new; rm /etc/motd; mkdir -p /a/b; echo y > /a/b/c; \
    chmod 700 /root; echo more >> /opt/tree/directory/inside; \
    ln -s /etc/passwd /data/link; touch /data/\"$(printf 'odd\\033[31m')\"";

pub fn what_changed(host: &Host) {
    host.start("changer", &[], &["sleep", "1000"]);
    host.shell("changer", CHANGES);
    let expected = [
        "A /a",
        "A /a/b",
        "A /a/b/c",
        "C /data",
        "A /data/link",
        "A /data/new",
        "A /data/odd\\x1b[31m",
        "C /etc",
        "D /etc/motd",
        "C /opt",
        "C /opt/tree",
        "C /opt/tree/directory",
        "C /opt/tree/directory/inside",
        "C /root",
    ];
    let told =
        |words: &[&str]| -> Vec<String> { host.ok(words).lines().map(str::to_owned).collect() };
    assert_eq!(told(&["diff", "changer"]), expected);
    host.ok(&["container", "checkpoint", "changer"]);
    // CRIU mounts in the container's /tmp what it looks into, and the directory's time is new then.
    let own = |mut list: Vec<String>| {
        list.retain(|line| line != "C /tmp");
        list
    };
    assert_eq!(own(told(&["container", "diff", "-l"])), expected, "frozen");
    host.ok(&["container", "restore", "changer"]);
    assert_eq!(own(told(&["diff", "changer"])), expected, "thawed");
    let text = host.ok(&["diff", "--format", "json", "changer"]);
    let lists: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(lists["deleted"], json!(["/etc/motd"]));
    assert!(
        text.starts_with("{\n     \"changed\": [\n          \"/data\",\n"),
        "{text}"
    );
    host.ok(&["create", "--name", "untouched", IMAGE, "true"]);
    assert_eq!(host.ok(&["diff", "untouched"]), "");
    host.fails(
        &["diff", "nobody"],
        125,
        "Error: nobody not found: layer not known\n",
    );
    host.fails(
        &["diff", "--format", "x", "changer"],
        125,
        "only supported value for '--format' is 'json'",
    );
}

/// Names in a tar and what one of its files holds.
fn look_into(archive: &str, member: &str) -> (Vec<String>, String) {
    let tar = |words: &[&str]| command::run(Command::new("tar").args(words), "").stdout;
    let names = tar(&["-tf", archive]);
    let names = names.lines().map(str::to_owned).collect();
    (names, tar(&["-xOf", archive, member]))
}

pub fn root_file_systems(host: &Host) {
    let archive = host.file("root.tar");
    host.start("source", &["-v", "/data/volume"], &["sleep", "1000"]);
    host.shell("source", CHANGES);
    host.shell("source", "echo in the volume > /data/volume/file");
    let judge = |state: &str| {
        host.ok(&["export", "-o", &archive, "source"]);
        let (names, text) = look_into(&archive, "data/new");
        assert_eq!(text, "x\n", "{state}");
        let has = |name: &str| names.iter().any(|known| known == name);
        assert!(
            has("bin/busybox") && has("a/b/c") && has("data/link"),
            "{state}"
        );
        assert!(!has("etc/motd") && !has("data/volume/file"), "{state}");
    };
    judge("running");
    host.ok(&["container", "checkpoint", "source"]);
    judge("frozen");
    // The look into it has left nothing in the way of a thaw.
    host.ok(&["container", "restore", "source"]);
    host.ok(&["stop", "-t", "0", "source"]);
    judge("stopped");
    host.ok(&["import", &archive, "localhost/exported:latest"]);
    let text = host.ok(&[
        "run",
        "--rm",
        "localhost/exported:latest",
        "cat",
        "/a/b/c",
        "/data/link",
    ]);
    assert!(text.starts_with("y\nroot:x:0:0"), "{text}");
    host.ok(&["rmi", "localhost/exported:latest"]);
    host.ok(&["create", "--name", "never", IMAGE, "true"]);
    host.ok(&["container", "export", "-o", &archive, "never"]);
    assert_eq!(look_into(&archive, "etc/motd").1, "as in the image\n");
    // Who reads may go away.
    let mut cut = Command::new("bash");
    let line = command::line(&host.engine.command(&["export", "never"]));
    cut.args([
        "-c",
        &format!("{line} | head -c 600 | wc -c; exit ${{PIPESTATUS[0]}}"),
    ]);
    let done = command::run(&mut cut, "");
    assert_eq!(done.stdout, "600\n", "{done}");
    assert_ne!(done.code, 0, "{done}");
    host.ok(&["start", "never"]);
    for (words, text) in [
        (&["export"][..], "accepts 1 arg(s), received 0"),
        (&["export", "nobody"], "no such container"),
        (
            &["export", "-o", "/nope/x", "never"],
            "open /nope/x: no such file or directory",
        ),
        (
            &["export", "-o", "a:b", "never"],
            "invalid filename (should not contain ':') \"a:b\"",
        ),
    ] {
        host.fails(words, 125, text);
    }
}

pub fn published_ports(host: &Host) {
    let ports = ["-p", "18080:80", "-p", "127.0.0.1:19000-19001:90-91/udp"];
    let id = host.start("open", &ports, &["sleep", "1000"]);
    host.start("closed", &[], &["sleep", "1000"]);
    let all = "80/tcp -> 0.0.0.0:18080\n90/udp -> 127.0.0.1:19000\n91/udp -> 127.0.0.1:19001";
    assert_eq!(host.ok(&["port", "open"]), all);
    assert_eq!(
        host.ok(&["container", "port", "open", "80"]),
        "0.0.0.0:18080"
    );
    assert_eq!(host.ok(&["port", "open", "91/udp"]), "127.0.0.1:19001");
    let told = host.ok(&["port", "-a"]);
    assert_eq!(
        told.lines().next(),
        Some(format!("{}\t80/tcp -> 0.0.0.0:18080", &id[..12]).as_str())
    );
    assert_eq!(host.ok(&["port", "-l"]), "");
    host.fails(
        &["port", "open", "81"],
        125,
        "Error: failed to find published port \"81\"\n",
    );
    host.fails(
        &["port"],
        125,
        "you must supply a running container name or id",
    );
    host.fails(
        &["port", "-a", "open"],
        125,
        "no arguments are needed with --all",
    );
    host.ok(&["stop", "-t", "0", "open"]);
    assert_eq!(host.ok(&["port", "open"]), "");
}

pub fn pruned(host: &Host) {
    host.start("runs", &[], &["sleep", "1000"]);
    host.start("sleeps", &[], &["sleep", "1000"]);
    host.ok(&["container", "checkpoint", "sleeps"]);
    host.ok(&[
        "create", "--name", "kept", "--label", "keep=yes", IMAGE, "true",
    ]);
    let made = host.ok(&["create", "--name", "made", IMAGE, "true"]);
    host.fails(
        &["container", "prune", "-f", "--filter", "foo=bar"],
        125,
        "foo is an invalid filter",
    );
    host.fails(
        &["container", "prune", "-f", "x"],
        125,
        "takes no arguments",
    );
    assert_eq!(
        host.ok(&["container", "prune", "-f", "--filter", "until=10m"]),
        ""
    );
    let mut asked = host.engine.command(&["container", "prune"]);
    let done = command::run(&mut asked, "n\n");
    assert_eq!(done.code, 0, "{done}");
    assert!(
        done.stdout
            .starts_with("WARNING! This will remove all non running containers."),
        "{done}"
    );
    assert!(
        done.stderr
            .contains("sleeps is frozen: its checkpoint goes with it"),
        "{done}"
    );
    assert!(host.exists("sleeps") && host.exists("made"));
    let gone = host.ok(&["container", "prune", "-f", "--filter", "label!=keep"]);
    assert!(gone.lines().count() == 2 && gone.contains(&made), "{gone}");
    assert!(host.exists("kept") && host.exists("runs") && !host.exists("sleeps"));
    assert_eq!(
        host.ok(&["container", "prune", "-f", "--filter", "label=keep=yes"])
            .lines()
            .count(),
        1
    );
    assert_eq!(host.ok(&["ps", "-aq"]).lines().count(), 1);
}
