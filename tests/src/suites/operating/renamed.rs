//! `rename` and `restart`.

use super::super::COUNT_ALOUD;
use crate::harness::{Host, IMAGE, wait};

pub fn names(host: &Host) {
    let id = host.start_shell("one", &["-p", "18080:80"], COUNT_ALOUD);
    let name = || host.inspect(&id)["Name"].as_str().unwrap_or("").to_owned();
    assert_eq!(host.ok(&["rename", "one", "two"]), "");
    assert_eq!(
        (name().as_str(), host.status("two").as_str()),
        ("two", "running")
    );
    assert!(!host.exists("one"));
    assert_eq!(host.ok(&["container", "rename", &id[..8], "two"]), "");
    host.ok(&["create", "--name", "one", IMAGE, "true"]);
    host.fails(&["rename", "two", "one"], 125, "renaming container");
    host.fails(&["rename", "two", "a/b"], 125, "names must match");
    host.fails(&["rename", "two", ""], 125, "names must match");
    host.fails(&["rename", "nobody", "x"], 125, "no such container");
    host.fails(&["rename", "two"], 125, "accepts 2 arg(s), received 1");
    assert_eq!(name(), "two");
    let asked = [
        "events",
        "--since",
        "1m",
        "--until",
        "0s",
        "--filter",
        "event=rename",
    ];
    let told = host.ok(&asked);
    let told: Vec<&str> = told.lines().filter(|line| line.contains(&id)).collect();
    assert!(told.len() == 1 && told[0].contains("name=two"), "{told:?}");
    // Its network comes off under the new name: what would stay is found after the test.
    host.ok(&["stop", "-t", "0", "two"]);
    host.ok(&["start", "two"]);
    assert_eq!(host.shell("two", "grep -c two /run/.containerenv"), "1");
}

pub fn a_frozen_container_thaws_under_its_new_name(host: &Host) {
    let archive = host.file("archive.tar");
    host.start_shell("cold", &[], COUNT_ALOUD);
    host.wait_for_log("cold", "3\n");
    host.ok(&["checkpoint", "create", "--leave-running", "cold", "kept"]);
    host.ok(&["container", "checkpoint", "--keep", "cold"]);
    host.ok(&["rename", "cold", "warm"]);
    assert_eq!(host.status("warm"), "exited");
    assert_eq!(host.ok(&["container", "restore", "--keep", "warm"]), "warm");
    let before = host.log("warm");
    host.wait_for_more_log("warm", &before);
    assert_eq!(host.shell("warm", "grep -c warm /run/.containerenv"), "1");
    // What was frozen under the old name is the same container's.
    assert!(host.ok(&["checkpoint", "ls", "warm"]).contains("kept"));
    host.ok(&["container", "checkpoint", "-e", &archive, "warm"]);
    host.ok(&["rename", "warm", "warmer"]);
    host.ok(&["start", "--checkpoint", "kept", "warmer"]);
    assert_eq!(host.status("warmer"), "running");
    host.ok(&["rm", "-f", "-t", "0", "warmer"]);
    host.ok(&["container", "restore", "-i", &archive]);
    assert_eq!(host.status("warm"), "running");
    assert!(host.log("warm").contains("3\n"));
}

pub fn restarts(host: &Host) {
    let script = "trap 'echo bye; exit 3' TERM; echo up $$; while :; do sleep 0.05; done";
    let id = host.start_shell("again", &["--rm"], script);
    host.wait_for_log("again", "up 1\n");
    let first = host.pid("again");
    assert_eq!(host.ok(&["restart", "again"]), "again");
    // Its clean-up comes after it has begun again, and leaves it alone, `--rm` or not.
    wait::until("it is up again", || {
        (host.log("again") == "up 1\nbye\nup 1\n").then_some(())
    });
    assert_ne!(host.pid("again"), first);
    assert_eq!(host.status("again"), "running");
    let told = host.ok(&[
        "events",
        "--since",
        "1m",
        "--until",
        "0s",
        "--filter",
        &format!("container={id}"),
    ]);
    let kinds: Vec<&str> = ["restart", "died", "start"]
        .into_iter()
        .filter(|kind| told.contains(&format!(" container {kind} ")))
        .collect();
    assert_eq!(kinds, ["restart", "died", "start"], "{told}");

    // A signal earlier does not count as a stop.
    host.ok(&[
        "create",
        "--name",
        "made",
        IMAGE,
        "sh",
        "-c",
        "echo made; sleep 1000",
    ]);
    assert_eq!(host.ok(&["container", "restart", "made"]), "made");
    host.wait_for_log("made", "made");
    assert_eq!(
        host.ok(&["restart", "-t", "0", "--running", "--filter", "name=mad"])
            .len(),
        64
    );
    host.ok(&["kill", "made"]);
    host.wait_for_status("made", "exited");
    assert_eq!(host.ok(&["restart", "--running", "made"]), "");
    assert_eq!(host.status("made"), "exited");
    let all = host.ok(&["restart", "-t", "0", "--all"]);
    assert_eq!(all.lines().count(), 2, "{all}");
    assert_eq!(host.status("made"), "running");
    assert_eq!(host.inspect("made")["RestartCount"], 0);

    // A frozen one starts cold, as by `start`.
    host.start_shell("frozen", &[], COUNT_ALOUD);
    host.wait_for_log("frozen", "5\n");
    host.ok(&["container", "checkpoint", "frozen"]);
    let log = host.log("frozen");
    assert_eq!(host.ok(&["restart", "frozen"]), "frozen");
    host.wait_for_log("frozen", &format!("{log}0\n"));
    assert_ne!(host.inspect("frozen")["State"]["Checkpointed"], true);
}

pub fn restarts_that_cannot_be(host: &Host) {
    host.start("held", &[], &["sleep", "1000"]);
    host.ok(&["pause", "held"]);
    host.fails(
        &["restart", "held"],
        125,
        "Error: unable to restart a container in a paused or unknown state: container state improper\n",
    );
    host.ok(&["unpause", "held"]);
    for (words, text) in [
        (&["restart"][..], "you must provide at least one name or id"),
        (&["restart", "nobody"], "no such container"),
        (
            &["restart", "--all", "held"],
            "no arguments are needed with --all",
        ),
        (
            &["restart", "--latest", "held"],
            "--latest and containers cannot be used together",
        ),
        (
            &["restart", "--filter", "foo=bar"],
            "foo is an invalid filter",
        ),
    ] {
        host.fails(words, 125, text);
    }
    // What can't start is left stopped, with a reason.
    host.ok(&[
        "create",
        "--name",
        "broken",
        "--workdir",
        "/nowhere",
        IMAGE,
        "true",
    ]);
    host.fails(&["restart", "broken"], 125, "does not exist on container");
    assert_eq!(host.status("broken"), "created");
}
