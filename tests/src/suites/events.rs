//! `events`: what happened, in order, only what is true, in Podman's formats.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use super::{COUNT_ALOUD, Tests, tests};
use crate::harness::{Host, IMAGE, wait};

pub const TESTS: Tests = tests![
    a_life_in_order,
    what_did_not_happen_is_no_event,
    import_and_export,
    every_verb_has_its_event,
    once podmans_formats,
    once since_until_and_filters,
    once a_stream_shows_what_happens,
    once images,
    once volumes,
];

/// The words of what happened to the last container of that name, oldest first.
fn kinds(host: &Host, name: &str) -> Vec<String> {
    let filter = format!("container={name}");
    let text = host.ok(&[
        "events",
        "--stream=false",
        "--filter",
        &filter,
        "--format",
        "{{.Status}}",
    ]);
    let mut kinds: Vec<String> = text.lines().map(str::to_owned).collect();
    // Names come again: those before it are gone.
    let before = kinds.len().saturating_sub(1);
    let gone = kinds[..before].iter().rposition(|kind| kind == "remove");
    kinds.drain(..gone.map_or(0, |gone| gone + 1));
    kinds
}

fn a_life_in_order(host: &Host) {
    host.start_shell("life", &[], COUNT_ALOUD);
    host.ok(&["container", "checkpoint", "life"]);
    host.ok(&["container", "restore", "life"]);
    host.ok(&["container", "checkpoint", "--leave-running", "life"]);
    host.ok(&["rm", "-f", "-t", "0", "life"]);
    assert_eq!(
        kinds(host, "life"),
        [
            "create",
            "init",
            "start",
            "checkpoint",
            "restore",
            "checkpoint",
            "died",
            "cleanup",
            "remove"
        ]
    );
}

fn what_did_not_happen_is_no_event(host: &Host) {
    let id = host.start_shell("untrue", &[], COUNT_ALOUD);
    host.ok(&["container", "checkpoint", "untrue"]);
    let tree = format!("/var/lib/cryopod/containers/{id}/bundle/checkpoint/pstree.img");
    std::fs::remove_file(tree).expect("the process tree of the checkpoint");
    host.fails(&["container", "restore", "untrue"], 125, "cannot restore");
    let before = ["create", "init", "start", "checkpoint"];
    assert_eq!(kinds(host, "untrue"), before);
    let there = host.run(&["run", "--name", "nowhere", IMAGE, "/no/such"]);
    assert_eq!(there.code, 127, "{there}");
    assert_eq!(kinds(host, "nowhere"), ["create"]);
}

fn import_and_export(host: &Host) {
    host.start_shell("old", &[], COUNT_ALOUD);
    let archive = host.file("old.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "old"]);
    host.ok(&["container", "restore", "-i", &archive, "--name", "new"]);
    assert_eq!(
        kinds(host, "old"),
        ["create", "init", "start", "checkpoint"]
    );
    assert_eq!(
        kinds(host, "new").last().map(String::as_str),
        Some("restore")
    );
    assert!(!kinds(host, "new").contains(&"start".to_owned()));
}

fn every_verb_has_its_event(host: &Host) {
    let script = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
    host.start_shell("verbs", &[], script);
    host.ok(&["pause", "verbs"]);
    host.ok(&["unpause", "verbs"]);
    assert_eq!(host.run(&["exec", "verbs", "sh", "-c", "exit 3"]).code, 3);
    host.ok(&["stop", "verbs"]);
    host.ok(&["start", "verbs"]);
    host.ok(&["kill", "-s", "KILL", "verbs"]);
    host.wait_for_status("verbs", "exited");
    wait::until("its clean-up", || {
        (kinds(host, "verbs").last().map(String::as_str) == Some("cleanup")).then_some(())
    });
    assert_eq!(
        kinds(host, "verbs"),
        [
            "create",
            "init",
            "start",
            "pause",
            "unpause",
            "exec",
            "exec_died",
            "died",
            "cleanup",
            "init",
            "start",
            "kill",
            "died",
            "cleanup",
        ]
    );
    let attached = host.ok(&["run", "--name", "attached", "--rm", IMAGE, "echo", "hello"]);
    assert_eq!(attached, "hello");
    wait::until("its removal", || {
        (kinds(host, "attached").last().map(String::as_str) == Some("remove")).then_some(())
    });
    assert_eq!(
        kinds(host, "attached"),
        ["create", "init", "start", "attach", "died", "remove"]
    );
    host.start("again", &["--restart", "on-failure:1"], &["false"]);
    wait::until("its second end", || {
        let kinds = kinds(host, "again");
        (kinds.iter().filter(|kind| *kind == "cleanup").count() == 2).then_some(())
    });
    assert_eq!(
        kinds(host, "again"),
        [
            "create", "init", "start", "died", "cleanup", "restart", "init", "start", "died",
            "cleanup"
        ]
    );
}

fn podmans_formats(host: &Host) {
    let id = host.start(
        "formats",
        &["--label", "color=blue"],
        &["sh", "-c", "exit 7"],
    );
    host.wait_for_status("formats", "exited");
    let of_it = format!("container={id}");
    let filters = [
        "events",
        "--stream=false",
        "--filter",
        &of_it,
        "--filter",
        "event=died",
    ];
    let line = wait::until("the end", || {
        Some(host.ok(&filters)).filter(|line| !line.is_empty())
    });
    let rest = format!(" +0000 UTC container died {id} (image={IMAGE}, name=formats, color=blue)");
    assert!(line.ends_with(&rest), "{line}");
    // Go leaves zeros at the end of the fraction out.
    let date = line.trim_end_matches(&rest);
    let shape: String = date
        .chars()
        .map(|letter| if letter.is_ascii_digit() { '0' } else { letter })
        .collect();
    assert!(
        shape.starts_with("0000-00-00 00:00:00.0") && date.len() <= 29,
        "{line}"
    );
    let short = host.ok(&[&filters[..], &["--no-trunc=false"]].concat());
    assert!(short.contains(&format!(" died {} (", &id[..12])), "{short}");
    let text = host.ok(&[&filters[..], &["--format", "json"]].concat());
    let mut json: Value = serde_json::from_str(&text).expect("a JSON object a line");
    for key in ["time", "timeNano"] {
        assert!(json[key].take().as_i64() > Some(0), "{text}");
    }
    assert_eq!(
        json,
        serde_json::json!({
            "ContainerExitCode": 7, "ID": id, "Image": IMAGE, "Name": "formats", "Status": "died",
            "time": null, "timeNano": null, "Type": "container", "Attributes": { "color": "blue" },
        })
    );
    let template = "{{.Type}} {{.Name}} {{.ContainerExitCode}} {{.Attributes.color}}";
    assert_eq!(
        host.ok(&[&filters[..], &["--format", template]].concat()),
        "container formats 7 blue"
    );
    host.fails(
        &[&filters[..], &["--format", "{{.Foo}}"]].concat(),
        125,
        "template: events:1:2: executing \"events\" at <.Foo>: can't evaluate field Foo in type system.Event",
    );
}

fn since_until_and_filters(host: &Host) {
    let (first, second) = (
        format!("first-{}", host.runtime),
        format!("second-{}", host.runtime),
    );
    host.ok(&["create", "--name", &first, IMAGE, "true"]);
    let of_first = format!("container={first}");
    let of_second = format!("container={second}");
    let time = host.ok(&[
        "events",
        "--stream=false",
        "--filter",
        &of_first,
        "--format",
        "{{.TimeNano}}",
    ]);
    let nanoseconds: i64 = time.parse().expect("a number");
    let after = nanoseconds + 1;
    let moment = format!("{}.{:09}", after / 1_000_000_000, after % 1_000_000_000);
    host.ok(&["create", "--name", &second, IMAGE, "true"]);
    let names = |options: &[&str]| {
        let base = [
            "events",
            "--stream=false",
            "--filter",
            "type=container",
            "--filter",
            &of_first,
            "--filter",
            &of_second,
            "--format",
            "{{.Name}}",
        ];
        host.ok(&[&base[..], options].concat())
    };
    assert_eq!(names(&[]), format!("{first}\n{second}"));
    assert_eq!(names(&["--since", &moment]), second);
    assert_eq!(names(&["--until", &moment]), first);
    assert_eq!(
        names(&["--since", "1h", "--until", "1h"]),
        format!("{first}\n{second}")
    );
    assert_eq!(names(&["--filter", "event=remove"]), "");
    // A stream whose end is past ends by itself.
    let done = host.run(&["events", "--until", &moment, "--filter", &of_first]);
    assert_eq!((done.code, done.stdout.lines().count()), (0, 1), "{done}");
    let events = ["events", "--stream=false"];
    for (options, text) in [
        (
            &["--filter", "foo=bar"],
            "failed to parse event filters: foo is an invalid filter",
        ),
        (
            &["--since", "foo"],
            "failed to parse event filters: unable to convert since time of foo: unable to interpret time value",
        ),
        (
            &["--until", "foo"],
            "failed to parse event filters: unable to convert until time of foo: unable to interpret time value",
        ),
    ] {
        host.fails(&[&events[..], options].concat(), 125, text);
    }
}

fn a_stream_shows_what_happens(host: &Host) {
    host.ok(&["create", "--name", "before", IMAGE, "true"]);
    let words = [
        "system",
        "events",
        "--filter",
        "event=create",
        "--format",
        "{{.Name}}",
    ];
    let mut child = host
        .engine
        .command(&words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the engine starts");
    let output = child.stdout.take().expect("its output");
    let (sender, lines) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    // It begins to look at a moment of its own: create until it sees one.
    let mut count = 0;
    let first = wait::until("a line of the stream", || {
        count += 1;
        host.ok(&["create", "--name", &format!("while{count}"), IMAGE, "true"]);
        lines.try_recv().ok()
    });
    assert!(first.starts_with("while"), "{first}");
    host.ok(&["create", "--name", "last", IMAGE, "true"]);
    wait::until("the last one", || {
        lines.try_iter().any(|line| line == "last").then_some(())
    });
    child.kill().expect("it still runs");
    child.wait().expect("a child can be waited for");
    reader.join().expect("the reader ends");
}

fn images(host: &Host) {
    let archive = host.file("empty.tar");
    let mut tar = std::process::Command::new("tar");
    tar.args(["-cf", &archive, "-T", "/dev/null"]);
    assert_eq!(crate::harness::command::run(&mut tar, "").code, 0);
    let id = host.ok(&["import", &archive, "localhost/empty:1"]);
    let id = id.trim_start_matches("sha256:");
    host.ok(&["rmi", "localhost/empty:1"]);
    let filter = format!("image={id}");
    let text = host.ok(&["events", "--stream=false", "--filter", &filter]);
    let ends: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_once(" UTC "))
        .map(|(_, end)| end)
        .collect();
    let line = |kind: &str| format!("image {kind} {id} localhost/empty:1");
    assert_eq!(ends, [line("tag"), line("untag"), line("remove")]);
}

fn volumes(host: &Host) {
    let name = format!("events-{}", host.runtime);
    host.ok(&["volume", "create", &name]);
    host.ok(&["volume", "rm", &name]);
    host.fails(&["volume", "rm", &name], 1, "no such volume");
    host.ok(&[
        "run",
        "--rm",
        "-v",
        &format!("{name}:/data/v"),
        IMAGE,
        "true",
    ]);
    host.ok(&["volume", "rm", &name]);
    let filter = format!("volume={name}");
    let text = host.ok(&["events", "--stream=false", "--filter", &filter]);
    let ends: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_once(" UTC "))
        .map(|(_, end)| end)
        .collect();
    let line = |kind: &str| format!("volume {kind} {name}");
    let both = [line("create"), line("remove")];
    assert_eq!(ends, [both.clone(), both].concat());
}
