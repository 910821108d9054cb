//! Named checkpoints: many of a container, kept in the catalogue or in a directory of the user's,
//! listed, compared, pruned, and thawed from again and again.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::harness::{Host, IMAGE, command, is_there, value, wait};
use crate::suites::workloads::verdict;
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    many_of_one_container,
    once what_is_refused,
    options_of_criu,
    taken_back_by_a_signal,
    once removed_by_name,
    once another_name,
    once pruned,
    once differences,
    once inspected,
    thawed_twice_from_the_same,
    a_directory_of_ones_own,
    into_another_container,
    once directories_that_are_refused,
    once thaws_that_are_refused,
    once goes_with_its_container,
];

/// Where the catalogue keeps the checkpoints of a container.
fn own_directory(id: &str) -> PathBuf {
    Path::new("/var/lib/cryopod/checkpoints").join(id)
}

/// Names of a container's checkpoints, oldest first.
#[track_caller]
fn names(host: &Host, container: &str) -> Vec<String> {
    let text = host.ok(&["checkpoint", "ls", "--quiet", container]);
    text.lines().map(str::to_owned).collect()
}

/// Makes a checkpoint while the container goes on.
#[track_caller]
fn create(host: &Host, container: &str, name: &str) {
    let line = ["checkpoint", "create", "--leave-running", container, name];
    assert_eq!(host.ok(&line), name);
}

#[track_caller]
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn many_of_one_container(host: &Host) {
    let id = host.start_shell("many", &[], COUNT_ALOUD);
    assert_eq!(host.ok(&["checkpoint", "ls", "many"]).lines().count(), 1);
    create(host, "many", "one");
    assert_eq!(host.status("many"), "running");
    let again = ["checkpoint", "create", "--exit=false", &id[..12], "two"];
    assert_eq!(host.ok(&again), "two");
    assert_eq!(host.status("many"), "running");
    assert_eq!(host.ok(&["checkpoint", "create", "many", "three"]), "three");
    assert_eq!(host.status("many"), "exited");
    assert_eq!(names(host, "many"), ["one", "two", "three"]);
    let table = host.ok(&["checkpoint", "list", "many"]);
    assert!(table.starts_with("CHECKPOINT NAME"), "{table}");
    let bare = host.ok(&["checkpoint", "ls", "--noheading", "--no-trunc", "many"]);
    assert_eq!(bare.lines().count(), 3, "{bare}");
    assert!(
        !bare.contains("CHECKPOINT NAME") && bare.contains("three"),
        "{bare}"
    );
    let all = host.ok(&["checkpoint", "ls", "--format", "{{.Container}} {{.Name}}"]);
    assert_eq!(all, "many one\nmany two\nmany three");
    let listed = json(&host.ok(&["checkpoint", "ls", "--format", "json", "many"]));
    for one in listed.as_array().unwrap() {
        let number = |key: &str| one[key].as_u64().unwrap_or(0);
        assert!(number("Memory") > 0 && number("Size") > number("Memory"));
        assert!(number("FrozenTime") > 0, "{one}");
        assert_eq!(one["Container"].as_str(), Some(id.as_str()));
        assert_eq!(one["Runtime"].as_str(), Some(host.runtime));
    }
    let directories = fs::read_dir(own_directory(&id)).unwrap().count();
    assert_eq!(directories, 3);
}

fn what_is_refused(host: &Host) {
    host.start_shell("no", &[], COUNT_ALOUD);
    create(host, "no", "one");
    let taken = "checkpoint with name one already exists for container no";
    for goes_on in ["--exit=true", "--exit=false"] {
        host.fails(&["checkpoint", "create", goes_on, "no", "one"], 125, taken);
        assert_eq!(host.status("no"), "running");
    }
    for name in ["../up", "a/b", ".hidden", "-x", ""] {
        let line = ["checkpoint", "create", "no", "--", name];
        host.fails(&line, 125, "invalid checkpoint ID");
    }
    let both = ["checkpoint", "create", "--exit", "-R", "no", "two"];
    host.fails(&both, 125, "--exit and --leave-running cannot be used");
    host.fails(
        &["checkpoint", "create", "gone", "x"],
        125,
        "no such container",
    );
    host.fails(&["checkpoint", "create", "no"], 125, "exactly 2 arguments");
    assert_eq!(names(host, "no"), ["one"]);
    host.ok(&["stop", "-t", "0", "no"]);
    let stopped = ["checkpoint", "create", "no", "two"];
    host.fails(&stopped, 125, "container state improper");
    assert_eq!(names(host, "no"), ["one"]);
}

/// A lock and an unlinked file that has another name: each needs its option, as without a name.
fn options_of_criu(host: &Host) {
    host.start("locks", &[], &["workload", "hold", "locks"]);
    host.wait_for_log("locks", "READY");
    let script = "echo kept > /data/f; exec 3</data/f; ln /data/f /data/g; rm /data/f; echo ready; \
        while [ ! -e /data/go ]; do sleep 0.1; done; cat <&3; while :; do sleep 0.1; done";
    host.start_shell("linked", &[], script);
    host.wait_for_log("linked", "ready");
    for (container, needed, others) in [
        (
            "locks",
            "--file-locks",
            ["--ext-unix-sk", "--tcp-skip-in-flight"],
        ),
        ("linked", "--link-remap", ["--shell-job", "--file-locks"]),
    ] {
        let create = ["checkpoint", "create", container, "one"];
        host.fails(&create, 125, needed);
        assert_eq!(host.status(container), "running");
        assert_eq!(names(host, container), [""; 0]);
        // Without our own checks it is CRIU that says so.
        let unchecked = [&create[..], &["--skip-check", "all"]].concat();
        host.fails(&unchecked, 125, needed);
        host.ok(&[&create[..], &[needed], &others].concat());
        host.ok(&["start", "--checkpoint", "one", container]);
    }
    verdict(host, "locks");
    host.shell("linked", "touch /data/go");
    host.wait_for_log("linked", "kept");
}

/// The one who asked is gone (Docker: the client hung up): the container runs on, nothing is left.
fn taken_back_by_a_signal(host: &Host) {
    // Enough memory for the signal to come before it is written.
    let id = host.start("back", &[], &["workload", "eat", "600", "7"]);
    let sum = host.wait_for_log("back", "sum=");
    for (signal, options) in [
        ("-INT", &[][..]),
        ("-HUP", &["--leave-running"]),
        ("-TERM", &["--tcp-established"]),
    ] {
        let line = [&["checkpoint", "create"], options, &["back", "one"]].concat();
        let mut child = host.spawn(&line);
        wait::until("the dump has begun", || {
            let entries = fs::read_dir(own_directory(&id)).ok()?;
            let mut names = entries.flatten().map(|entry| entry.file_name());
            names
                .any(|name| name.to_string_lossy().ends_with(".partial"))
                .then_some(())
        });
        let pid = child.id().to_string();
        let sent = command::run(Command::new("kill").args([signal, &pid]), "");
        assert_eq!(sent.code, 0, "{sent}");
        let code = command::wait(&mut child, "checkpoint", wait::limit(wait::SOON));
        assert_eq!(code, 130, "{signal}");
        assert_eq!(host.status("back"), "running");
        assert_eq!(names(host, "back"), [""; 0]);
        let left = fs::read_dir(own_directory(&id)).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{signal}: something partial is left");
        let after = host.wait_for_more_log("back", &host.log("back"));
        assert_eq!(after.lines().last(), sum.lines().next(), "{signal}");
    }
}

fn removed_by_name(host: &Host) {
    let id = host.start_shell("rm", &[], COUNT_ALOUD);
    for name in ["one", "two", "three", "four"] {
        create(host, "rm", name);
    }
    assert_eq!(host.ok(&["checkpoint", "rm", "rm", "two"]), "two");
    let some_missing = host.run(&["checkpoint", "rm", "rm", "one", "gone", "three"]);
    assert_eq!(some_missing.code, 125, "{some_missing}");
    assert_eq!(some_missing.stdout, "one\nthree\n");
    let missing = "checkpoint gone does not exist for container rm";
    assert!(some_missing.stderr.contains(missing), "{some_missing}");
    assert_eq!(names(host, "rm"), ["four"]);
    assert_eq!(host.ok(&["checkpoint", "delete", "rm", "four"]), "four");
    assert_eq!(fs::read_dir(own_directory(&id)).unwrap().count(), 0);
    assert_eq!(host.status("rm"), "running");
}

fn another_name(host: &Host) {
    let id = host.start_shell("tag", &[], COUNT_ALOUD);
    create(host, "tag", "one");
    create(host, "tag", "two");
    host.ok(&["checkpoint", "tag", "tag", "one", "stable"]);
    assert_eq!(names(host, "tag"), ["one", "stable", "two"]);
    let taken = "checkpoint with name two already exists for container tag";
    host.fails(&["checkpoint", "tag", "tag", "one", "two"], 125, taken);
    host.fails(
        &["checkpoint", "tag", "tag", "x", "y"],
        125,
        "does not exist",
    );
    let wrong = ["checkpoint", "tag", "tag", "one", "a b"];
    host.fails(&wrong, 125, "invalid checkpoint ID");
    // One checkpoint, two names: it goes with the second.
    host.ok(&["checkpoint", "rm", "tag", "one"]);
    assert_eq!(names(host, "tag"), ["stable", "two"]);
    assert_eq!(fs::read_dir(own_directory(&id)).unwrap().count(), 2);
    host.ok(&["stop", "-t", "0", "tag"]);
    host.ok(&["start", "--checkpoint", "stable", "tag"]);
    assert_eq!(host.status("tag"), "running");
    host.ok(&["checkpoint", "rm", "tag", "stable"]);
    assert_eq!(fs::read_dir(own_directory(&id)).unwrap().count(), 1);
}

fn pruned(host: &Host) {
    let id = host.start_shell("prune", &[], COUNT_ALOUD);
    host.start_shell("other", &[], COUNT_ALOUD);
    for name in ["one", "two", "three"] {
        create(host, "prune", name);
    }
    create(host, "other", "kept");
    let old = ["checkpoint", "prune", "--force", "--filter", "until=1h"];
    assert_eq!(host.ok(&old), "Total reclaimed space: 0 B");
    // Nobody answers: no.
    let asked = command::run(&mut host.engine.command(&["checkpoint", "prune"]), "n\n");
    assert!(asked.code == 0 && asked.stdout.contains("[y/N]"), "{asked}");
    assert_eq!(names(host, "prune").len(), 3);
    let text = host.ok(&["checkpoint", "prune", "-f", "--keep", "1", "prune"]);
    assert!(text.starts_with("prune one\nprune two\nTotal"), "{text}");
    assert_eq!(names(host, "prune"), ["three"]);
    assert_eq!(fs::read_dir(own_directory(&id)).unwrap().count(), 1);
    assert_eq!(names(host, "other"), ["kept"]);
    let wrong = ["checkpoint", "prune", "-f", "--filter", "size=1"];
    host.fails(&wrong, 125, "size is an invalid filter");
    let answered = command::run(&mut host.engine.command(&["checkpoint", "prune"]), "y\n");
    assert_eq!(answered.code, 0, "{answered}");
    assert_eq!(host.ok(&["checkpoint", "ls", "--quiet"]), "");
}

fn differences(host: &Host) {
    let script = "rm -f /data/go; echo ready; while [ ! -e /data/go ]; do sleep 0.05; done; \
        exec 5> /data/new; rm /etc/motd; echo changed > /etc/issue; x=$(seq 1 20000); \
        workload echo 7000; :";
    host.start_shell("diff", &[], script);
    host.wait_for_log("diff", "ready");
    create(host, "diff", "before");
    create(host, "diff", "same");
    host.shell("diff", "touch /data/go");
    host.wait_for_log("diff", "listening on 7000");
    create(host, "diff", "after");
    let line = |to| {
        [
            "checkpoint",
            "diff",
            "--format",
            "json",
            "diff",
            "before",
            to,
        ]
    };
    let found = json(&host.ok(&line("after")));
    let added = &found["Processes"]["Added"];
    let is_workload = |one: &Value| one["Command"] == "workload" && one["Parent"] == 1;
    assert!(added.as_array().unwrap().iter().any(is_workload), "{found}");
    // The shell has a variable more, the workload all of its memory.
    let pages = found["Memory"]["Processes"].as_array().unwrap();
    let shell = pages.iter().find(|one| one["Pid"] == 1).unwrap();
    assert!(shell["Changed"].as_u64() > Some(0), "{shell}");
    assert!(shell["Same"].as_u64() > Some(0), "{shell}");
    assert!(shell["New"].as_u64() > Some(10), "{shell}");
    let total = &found["Memory"]["Total"];
    assert!(total["New"].as_u64() > shell["New"].as_u64(), "{total}");
    let holds = |list: &Value, what: &str| {
        let list = list.as_array().unwrap();
        list.iter().any(|one| one["What"].as_str() == Some(what))
    };
    assert!(holds(&found["Files"]["Added"], "/data/new"), "{found}");
    let sockets = &found["Sockets"]["Added"];
    assert!(holds(sockets, "0.0.0.0:7000 listening"), "{found}");
    let rootfs = &found["Rootfs"];
    let paths = |key: &str| -> Vec<&str> {
        let list = rootfs[key].as_array().unwrap();
        list.iter().filter_map(Value::as_str).collect()
    };
    assert!(paths("Added").contains(&"/data/new"), "{rootfs}");
    assert_eq!(paths("Removed"), ["/etc/motd"]);
    assert!(paths("Changed").contains(&"/etc/issue"), "{rootfs}");
    // Backwards it is the contrary.
    let back = [
        "checkpoint",
        "diff",
        "--format",
        "json",
        "diff",
        "after",
        "before",
    ];
    let back = json(&host.ok(&back));
    assert_eq!(back["Rootfs"]["Added"], found["Rootfs"]["Removed"]);
    assert_eq!(back["Processes"]["Removed"], found["Processes"]["Added"]);
    assert_eq!(back["Memory"]["Total"]["Gone"], total["New"]);
    // Two of almost the same instant share almost all.
    let same = json(&host.ok(&line("same")));
    let shell = &same["Memory"]["Processes"][0];
    assert!(shell["Same"].as_u64() > shell["Changed"].as_u64(), "{same}");
    assert_eq!(same["Rootfs"]["Added"], json("[]"));
    let itself = ["checkpoint", "diff", "diff", "same", "same"];
    let text = host.ok(&itself);
    assert_eq!(text.matches("  no change").count(), 4, "{text}");
    let text = host.ok(&["checkpoint", "diff", "diff", "before", "after"]);
    for expected in [
        "+ ",
        "(running, parent 1",
        "~ /etc/issue",
        "- /etc/motd",
        "  total",
    ] {
        assert!(text.contains(expected), "{text}");
    }
    let missing = ["checkpoint", "diff", "diff", "before", "gone"];
    host.fails(
        &missing,
        125,
        "checkpoint gone does not exist for container diff",
    );
}

fn inspected(host: &Host) {
    let id = host.start_shell("look", &[], "workload gap & workload gap & wait");
    host.wait_for_log("look", "longest");
    create(host, "look", "one");
    create(host, "look", "two");
    host.ok(&["checkpoint", "tag", "look", "one", "first"]);
    let found = json(&host.ok(&["checkpoint", "inspect", "look", "one", "two"]));
    let one = &found[0];
    assert_eq!(one["Name"], "one");
    assert_eq!(one["Names"], json("[\"first\", \"one\"]"));
    assert_eq!(one["Container"].as_str(), Some(id.as_str()));
    assert_eq!(one["LeaveRunning"], true);
    assert_eq!(found[1]["Parent"], one["Id"]);
    let commands: Vec<_> = one["Processes"].as_array().unwrap().iter().collect();
    assert_eq!(commands.len(), 3, "{one}");
    assert_eq!(commands[0]["Command"], "sh");
    assert_eq!(commands[2]["Command"], "workload");
    let path = Path::new(one["Path"].as_str().unwrap());
    assert!(path.join("checkpoint/inventory.img").exists());
    assert!(path.join("checkpoint.json").exists());
    let format = [
        "checkpoint",
        "inspect",
        "-f",
        "{{.Name}} {{len .Processes}}",
        "look",
        "two",
    ];
    assert_eq!(host.ok(&format), "two 3");
    let missing = ["checkpoint", "inspect", "look", "gone"];
    host.fails(
        &missing,
        125,
        "checkpoint gone does not exist for container look",
    );
}

/// The first `mem=` that a counter says after `before`, with the files' own numbers.
#[track_caller]
fn first_gap(host: &Host, name: &str, before: &str) -> u64 {
    let after = wait::until("the counter has seen that it stood still", || {
        let log = host.log(name);
        log[before.len()..].contains("gap ms=").then_some(log)
    });
    let gap = after[before.len()..]
        .lines()
        .find(|line| line.starts_with("gap "))
        .unwrap();
    let [memory, file, log] = ["mem", "file", "log"].map(|key| value(gap, key).unwrap());
    assert!(memory == file && memory == log, "{gap}");
    memory
}

fn thawed_twice_from_the_same(host: &Host) {
    host.start("twice", &[], &["workload", "count", "/data/counter"]);
    host.wait_for_log("twice", "tick mem=200");
    host.ok(&["checkpoint", "create", "twice", "one"]);
    let mut seen = Vec::new();
    for _ in 0..2 {
        let before = host.log("twice");
        assert_eq!(host.ok(&["start", "--checkpoint", "one", "twice"]), "twice");
        assert_eq!(host.inspect("twice")["State"]["Restored"], true);
        seen.push(first_gap(host, "twice", &before));
        // Far enough away from where it was to tell.
        let far = format!("tick mem={}", (seen[0] / 100 + 10) * 100);
        wait::until("the counter goes on", || {
            host.log("twice")[before.len()..]
                .contains(&far)
                .then_some(())
        });
        host.ok(&["stop", "-t", "0", "twice"]);
    }
    assert_eq!(seen[0], seen[1], "the same checkpoint, the same number");
    assert_eq!(names(host, "twice"), ["one"]);
    // One made after a thaw knows where it came from.
    host.ok(&["start", "--checkpoint", "one", "twice"]);
    create(host, "twice", "two");
    let format = [
        "checkpoint",
        "ls",
        "--format",
        "{{.Name}}:{{.Parent}}",
        "twice",
    ];
    assert_eq!(host.ok(&format), "one:\ntwo:one");
    let running = ["start", "--checkpoint", "one", "twice"];
    host.fails(&running, 125, "container state improper");
    assert_eq!(host.status("twice"), "running");
}

fn a_directory_of_ones_own(host: &Host) {
    let directory = host.file("made/here");
    let id = host.start("dir", &[], &["workload", "count", "/data/counter"]);
    host.wait_for_log("dir", "tick mem=200");
    let with = ["--checkpoint-dir", directory.as_str()];
    let line = [&["checkpoint", "create"], &with[..], &["dir", "one"]].concat();
    assert_eq!(host.ok(&line), "one");
    assert_eq!(names(host, "dir"), [""; 0]);
    assert!(host.path("made/here/one/checkpoint/inventory.img").exists());
    let record = json(&fs::read_to_string(host.path("made/here/one/checkpoint.json")).unwrap());
    assert_eq!(record["container"].as_str(), Some(id.as_str()));
    let listed = [&["checkpoint", "ls", "-q"], &with[..], &["dir"]].concat();
    assert_eq!(host.ok(&listed), "one");
    let before = host.log("dir");
    let thaw = [&["start", "--checkpoint", "one"], &with[..], &["dir"]].concat();
    host.ok(&thaw);
    first_gap(host, "dir", &before);
    let taken = "checkpoint with name one already exists for container dir";
    host.fails(&line, 125, taken);
    assert_eq!(host.status("dir"), "running");
    let entries = fs::read_dir(host.path("made/here")).unwrap().count();
    assert_eq!(entries, 1, "nothing half-made");
    let removed = [&["checkpoint", "rm"], &with[..], &["dir", "one"]].concat();
    assert_eq!(host.ok(&removed), "one");
    assert_eq!(fs::read_dir(host.path("made/here")).unwrap().count(), 0);
}

fn into_another_container(host: &Host) {
    let directory = host.file("shared");
    let with = ["--checkpoint-dir", directory.as_str()];
    let words = ["workload", "count", "/data/counter"];
    host.start("first", &[], &words);
    host.wait_for_log("first", "tick mem=200");
    host.ok(&[&["checkpoint", "create"], &with[..], &["first", "one"]].concat());
    host.ok(&["rm", "first"]);
    let create = [&["create", "--name", "second", IMAGE], &words[..]].concat();
    host.ok(&create);
    // Only what is a container's own is listed for it.
    let listed = [&["checkpoint", "ls", "-q"], &with[..]].concat();
    assert_eq!(host.ok(&listed), "one");
    let listed = [&listed[..], &["second"]].concat();
    assert_eq!(host.ok(&listed), "");
    let thaw = [&["start", "--checkpoint", "one"], &with[..], &["second"]].concat();
    assert_eq!(host.ok(&thaw), "second");
    assert!(first_gap(host, "second", "") >= 200);
    assert!(is_there(&host.path("shared/one")), "it stays");
}

fn directories_that_are_refused(host: &Host) {
    host.start_shell("dirs", &[], COUNT_ALOUD);
    for name in ["open", "foreign", "plain"] {
        fs::create_dir(host.path(name)).unwrap();
    }
    fs::set_permissions(host.path("open"), fs::Permissions::from_mode(0o777)).unwrap();
    chown(host.path("foreign"), Some(1000), Some(1000)).unwrap();
    fs::write(host.path("file"), "").unwrap();
    symlink(host.path("plain"), host.path("link")).unwrap();
    let link = host.file("link");
    let refused = [
        ("relative".to_owned(), "absolute"),
        (host.file("plain/../plain"), "`..`"),
        (format!("{link}/"), "symbolic link"),
        (link, "symbolic link"),
        (host.file("file"), "not a directory"),
        (host.file("open"), "others may write"),
        (host.file("foreign"), "belongs to user 1000"),
    ];
    for (directory, why) in refused {
        let with = ["--checkpoint-dir", directory.as_str()];
        for line in [
            [&["checkpoint", "create"], &with[..], &["dirs", "one"]].concat(),
            [&["checkpoint", "ls"], &with[..], &["dirs"]].concat(),
            [&["checkpoint", "rm"], &with[..], &["dirs", "one"]].concat(),
        ] {
            let done = host.fails(&line, 125, why);
            assert!(done.stderr.contains("--checkpoint-dir"), "{done}");
        }
    }
    // A link below: to somebody else's files, or away.
    symlink("/etc", host.path("plain/one")).unwrap();
    let plain = host.file("plain");
    let with = ["--checkpoint-dir", plain.as_str()];
    let create = [&["checkpoint", "create"], &with[..], &["dirs", "one"]].concat();
    host.fails(&create, 125, "exists and is not a directory");
    let remove = [&["checkpoint", "rm"], &with[..], &["dirs", "one"]].concat();
    host.fails(&remove, 125, "symbolic link");
    assert!(is_there(Path::new("/etc/passwd")));
    let missing = host.file("missing");
    let list = ["checkpoint", "ls", "--checkpoint-dir", &missing, "dirs"];
    host.fails(&list, 125, "does not exist");
    assert_eq!(host.status("dirs"), "running");
}

fn thaws_that_are_refused(host: &Host) {
    host.start_shell("thaw", &[], COUNT_ALOUD);
    host.ok(&["checkpoint", "create", "thaw", "one"]);
    let missing = "checkpoint gone does not exist for container thaw";
    host.fails(&["start", "--checkpoint", "gone", "thaw"], 125, missing);
    let several = ["start", "--checkpoint", "one", "thaw", "thaw"];
    host.fails(
        &several,
        125,
        "you cannot restore multiple containers at once",
    );
    let alone = ["start", "--checkpoint-dir", "/x", "thaw"];
    host.fails(
        &alone,
        125,
        "--checkpoint-dir can only be used with --checkpoint",
    );
    assert_eq!(host.status("thaw"), "exited");
    // Images that are damaged: the container is as it was, and so is the checkpoint.
    let path = host.ok(&["checkpoint", "inspect", "-f", "{{.Path}}", "thaw", "one"]);
    let core = Path::new(&path).join("checkpoint/core-1.img");
    let whole = fs::read(&core).unwrap();
    fs::write(&core, &whole[..whole.len() / 2]).unwrap();
    let broken = host.run(&["start", "--checkpoint", "one", "thaw"]);
    assert_eq!(broken.code, 125, "{broken}");
    assert_eq!(host.status("thaw"), "exited");
    fs::write(&core, &whole).unwrap();
    host.ok(&["start", "--checkpoint", "one", "thaw"]);
    assert_eq!(host.status("thaw"), "running");
}

fn goes_with_its_container(host: &Host) {
    let id = host.start_shell("gone", &[], COUNT_ALOUD);
    create(host, "gone", "one");
    create(host, "gone", "two");
    assert!(is_there(&own_directory(&id)));
    host.ok(&["rm", "-f", "-t", "0", "gone"]);
    assert!(!is_there(&own_directory(&id)));
    assert_eq!(host.ok(&["checkpoint", "ls", "-q"]), "");
    host.fails(&["checkpoint", "ls", "gone"], 125, "no such container");
}
