//! `checkpoint show` tells the truth: what it shows is what the kernel showed while the container
//! ran, and what crit and checkpointctl read from the same archive.

mod crit;
pub mod harm;
mod peers;

use serde_json::Value;

use super::golden::archive::{DIALECTS, Unpacked, fixture};
use super::interop::Podman;
use super::{Tests, tests};
use crate::harness::{Host, IMAGE, wait};
use peers::{Live, list, text};

pub const TESTS: Tests = tests![
    once an_archive_of_ours,
    interop_with_an_archive_of_podmans,
    once golden_archives,
    once containers_and_their_checkpoints,
];

/// What is shown of one checkpoint, as JSON.
#[track_caller]
fn shown(host: &Host, words: &[&str]) -> Value {
    let line = [&["checkpoint", "show", "--json", "--environment"], words].concat();
    let text = host.ok(&line);
    let value: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(list(&value).len(), 1, "{text}");
    value[0].clone()
}

/// Everything agrees that can be asked about an archive.
#[track_caller]
fn agrees(host: &Host, archive: &str) -> Value {
    let shown = shown(host, &[archive]);
    assert_eq!(shown["Unclear"], Value::Array(Vec::new()), "{archive}");
    crit::agrees_with_crit(&shown, &Unpacked::of(host, archive));
    peers::agrees_with_checkpointctl(&shown, archive);
    shown
}

fn an_archive_of_ours(host: &Host) {
    let script = "for mode in unix tcp deleted memfd shared eventfd epoll timerfd signalfd pipes; do \
        workload hold $mode & done; workload hold threads 3 & \
        workload udp 9000 & \
        exec 7</etc/motd; read -r line <&7; exec workload web 8080 '/data/a count'";
    let options = [
        "-v",
        "kept:/kept",
        "-e",
        "SECRET=a frozen value",
        "-w",
        "/data",
    ];
    host.start_shell("rich", &options, script);
    wait::until("all of them are ready", || {
        let log = host.log("rich");
        assert!(!log.contains("workload:"), "{log}");
        (log.matches("READY").count() == 11 && log.contains("listening")).then_some(())
    });
    host.shell("rich", "echo volume > /kept/file");
    let running = Live::of(host, "rich");
    let archive = host.file("rich.tar");
    let line = [
        "container",
        "checkpoint",
        "--tcp-established",
        "-e",
        &archive,
        "rich",
    ];
    host.ok(&line);
    let shown = agrees(host, &archive);
    peers::agrees_with_the_kernel(&shown, &running);
    let first = &shown["Processes"][0];
    assert_eq!(text(&first["Arguments"][3]), "/data/a count");
    let secret = Value::from("SECRET=a frozen value");
    assert!(list(&first["Environment"]).contains(&secret), "{first}");
    let origin = &shown["Origin"];
    assert_eq!(
        (&origin["Engine"], &origin["FormatVersion"]),
        (&"cryopod".into(), &1.into())
    );
    assert_eq!(origin["Needs"], serde_json::json!(["--tcp-established"]));
    assert_eq!(shown["Container"]["Name"], "rich");
    let volume = &shown["Volumes"][0];
    assert_eq!(
        (&volume["Name"], &volume["Destination"]),
        (&"kept".into(), &"/kept".into())
    );
    assert!(volume["Size"].as_u64() > Some(512), "{volume}");
    assert_eq!(shown["Networks"][0]["Name"], "podman");
    // System V, two files in memory of which one is in /dev/shm, and what is anonymous.
    let shared = list(&shown["SharedMemory"]);
    let several = shared
        .iter()
        .filter(|one| list(&one["Processes"]).len() == 2);
    assert!(several.count() > 0, "{shared:?}");
    let stored = shared.iter().all(|one| one["Stored"].as_u64() > Some(0));
    assert!(stored, "{shared:?}");
    // For people.
    let text = host.ok(&["checkpoint", "show", &archive]);
    for expected in [
        "\nPROCESSES\n",
        "workload web 8080 '/data/a count'",
        "├─ workload hold unix",
        "0.0.0.0:8080",
        "/data/deleted (deleted)",
        "@held",
        "--tcp-established",
    ] {
        assert!(text.contains(expected), "{expected:?}: {text}");
    }
    assert!(!text.contains("a frozen value"), "{text}");
    host.ok(&["rm", "-v", "rich"]);
    host.ok(&["volume", "rm", "kept"]);
}

/// Its name has Podman set up.
fn interop_with_an_archive_of_podmans(host: &Host) {
    let podman = Podman::set_up(host.runtime);
    let podman = &podman.0;
    let archive = host.file("podman.tar.zst");
    let script = "sleep 4000 & workload web 8080 /data/count";
    podman.ok(&[
        "run",
        "-d",
        "--name",
        "theirs",
        "-v",
        "other:/kept",
        IMAGE,
        "sh",
        "-c",
        script,
    ]);
    wait::until("the server listens", || {
        podman
            .ok(&["logs", "theirs"])
            .contains("listening")
            .then_some(())
    });
    podman.ok(&["container", "checkpoint", "-e", &archive, "theirs"]);
    let shown = agrees(host, &archive);
    assert_eq!(shown["Origin"]["Engine"], "Podman");
    assert_eq!(shown["Container"]["Name"], "theirs");
    assert_eq!(shown["Volumes"][0]["Name"], "other");
    assert_eq!(list(&shown["Processes"]).len(), 2);
    assert!(text(&shown["Networks"][0]["Addresses"][0]).starts_with("10.88."));
}

fn golden_archives(host: &Host) {
    for dialect in DIALECTS {
        let unpacked = Unpacked::of(host, &fixture(dialect, host.runtime));
        if dialect == "crio" {
            // The fixture, derived from one of containerd's, lacks what checkpointctl wants.
            unpacked.edit("spec.dump", |spec| {
                spec["annotations"]["io.kubernetes.cri-o.Metadata"] =
                    "{\"name\":\"counter\"}".into();
            });
        }
        let shown = agrees(host, &unpacked.pack());
        let engine = match dialect {
            "crio" => "CRI-O",
            "containerd" => "containerd",
            _ => "Podman",
        };
        assert_eq!(shown["Origin"]["Engine"], engine);
        assert_eq!(
            peers::texts(&shown["Processes"][0]["Arguments"]),
            ["/counter"]
        );
    }
    // Several at once, and one of them is none.
    let (one, two) = (
        fixture("podman5", host.runtime),
        fixture("crio", host.runtime),
    );
    let done = host.run(&["checkpoint", "show", &one, "/etc/passwd", &two]);
    assert_eq!(done.code, 125, "{done}");
    assert_eq!(done.stdout.matches("\nCONTAINER\n").count(), 2, "{done}");
    assert_eq!(done.stderr.lines().count(), 1, "{done}");
    assert!(
        done.stderr
            .contains("/etc/passwd is not a checkpoint archive"),
        "{done}"
    );
}

/// Of one checkpoint, and of two; that it is a good one is tested beside its code.
fn a_page(host: &Host, own: &str) {
    let file = host.file("page.html");
    let show = ["checkpoint", "show", "--html", &file];
    host.ok(&[&show[..], &["kept"]].concat());
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
    assert!(page.contains("workload hold eventfd") && !page.contains("<script"));
    let one = format!("{own}/one");
    host.ok(&[&show[..], &[&one, &one]].concat());
    let both = std::fs::read_to_string(&file).unwrap();
    assert!(both.len() > page.len());
    let three = [&show[..], &[&one, &one, &one]].concat();
    host.fails(&three, 125, "one checkpoint, or two");
    host.fails(&[&show[..], &[&one, "./nobody"]].concat(), 125, "./nobody");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), both);
    let to_output = host.ok(&["checkpoint", "show", "--html", "-", &one]);
    assert!(to_output.starts_with("<!DOCTYPE html>"));
    for moment in ["asked", "frozen", "dumped", "captured", "written"] {
        assert!(to_output.contains(moment), "no {moment}: {to_output}");
    }
    let nowhere = ["checkpoint", "show", "--html", "/nowhere/page", &one];
    host.fails(&nowhere, 125, "/nowhere/page");
    assert!(!host.path("page.html.partial").exists());
}

fn containers_and_their_checkpoints(host: &Host) {
    let id = host.start_shell(
        "kept",
        &[],
        "workload hold eventfd & exec workload web 8080 /data/count",
    );
    host.wait_for_log("kept", "listening");
    host.wait_for_log("kept", "READY");
    let none = "container kept has no checkpoint beside those with names";
    host.fails(&["checkpoint", "show", "kept"], 125, none);
    let both = ["there is neither a file \"nobody\"", "nor a container"];
    for text in both {
        host.fails(&["checkpoint", "show", "nobody"], 125, text);
    }
    host.fails(
        &["checkpoint", "show", "./nobody"],
        125,
        "open ./nobody: No such file",
    );
    host.fails(&["checkpoint", "show"], 125, "requires at least 1 argument");
    let own = host.file("own");
    for place in [&["--checkpoint-dir", &own][..], &[]] {
        let line = [
            &["checkpoint", "create", "--leave-running"],
            place,
            &["kept", "one"],
        ]
        .concat();
        host.ok(&line);
        let shown = shown(host, &[place, &["kept", "one"]].concat());
        assert_eq!(shown["Source"], "kept/one");
        assert_eq!(shown["Container"]["Id"], *id);
        assert_eq!(shown["Origin"]["Engine"], "cryopod");
        assert_eq!(shown["Origin"]["Runtime"], host.runtime);
        assert_eq!(list(&shown["Processes"]).len(), 2);
        assert_eq!(
            peers::texts(&shown["Processes"][1]["Arguments"]),
            ["workload", "hold", "eventfd"]
        );
        assert!(shown["Sizes"]["Memory"].as_u64() > Some(0), "{shown}");
        assert_eq!(shown["Unclear"], Value::Array(Vec::new()));
    }
    let missing = "checkpoint two does not exist for container kept";
    host.fails(&["checkpoint", "show", "kept", "one", "two"], 125, missing);
    // The directory is a file to whoever may read it.
    let directory = format!("{own}/one");
    assert_eq!(shown(host, &[&directory])["Container"]["Name"], "kept");
    assert_eq!(
        list(&shown(host, &[&format!("{directory}/checkpoint")])["Processes"]).len(),
        2
    );
    host.ok(&["container", "checkpoint", "kept"]);
    let shown = shown(host, &["kept"]);
    assert_eq!(shown["Container"]["Name"], "kept");
    assert_eq!(list(&shown["Processes"]).len(), 2);
    assert_eq!(shown["Networks"][0]["Name"], "podman");
    a_page(host, &own);
    let format = "{{.Container.Name}} {{range .Processes}}{{.Pid}} {{end}}";
    let text = host.ok(&["checkpoint", "show", "--format", format, "kept"]);
    assert!(text.starts_with("kept 1 "), "{text}");
}
