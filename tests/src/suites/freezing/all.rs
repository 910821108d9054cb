//! Many containers in one command: at the same time, each failure by name, the rest unharmed.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;

use crate::harness::{Finished, Host, wait};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    twenty_of_which_three_can_not_be_frozen,
    once one_that_waits_holds_up_no_other,
    once lines_come_in_the_order_asked,
];

/// Talks to itself.
const INSIDE: &str = "workload echo 7 & until grep -q :0007 /proc/net/tcp; do sleep 0.05; done; \
    { echo a; sleep 1000; } | nc 127.0.0.1 7";

/// Containers that CRIU refuses without `--tcp-established`.
const REFUSED: [(&str, &str); 3] = [
    ("first", "exec workload echo 7"),
    ("inside", INSIDE),
    ("third", "exec workload echo 7"),
];

/// Starts them; their connections last as long as what is returned.
fn start_refused(host: &Host) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for (name, script) in REFUSED {
        host.start_shell(name, &[], script);
        if script == INSIDE {
            host.wait_for_log(name, "1 a");
            continue;
        }
        host.wait_for_log(name, "listening");
        let mut stream = TcpStream::connect((host.address(name).0.as_str(), 7))
            .expect("a connection to the container");
        // Answered: it was accepted.
        stream.write_all(b"a\n").expect("a line");
        BufReader::new(&stream)
            .read_line(&mut String::new())
            .expect("an answer");
        streams.push(stream);
    }
    streams
}

fn lines(done: &Finished) -> Vec<&str> {
    done.stdout.lines().collect()
}

fn twenty_of_which_three_can_not_be_frozen(host: &Host) {
    let connections = start_refused(host);
    let mut ids = Vec::new();
    for number in 0..17 {
        ids.push(host.start_shell(&format!("c{number}"), &[], COUNT_ALOUD));
    }
    let done = host.run(&["container", "checkpoint", "--all"]);
    assert_eq!(done.code, 125, "{done}");
    assert_eq!(lines(&done), ids, "{done}");
    let errors: Vec<&str> = done.stderr.lines().collect();
    assert_eq!(errors.len(), 3, "{done}");
    for ((name, _), line) in REFUSED.iter().zip(errors) {
        assert!(line.starts_with("Error: ") && line.contains(name), "{line}");
        assert!(line.contains("--tcp-established"), "{line}");
        assert_eq!(host.status(name), "running");
    }
    for number in 0..17 {
        assert_eq!(host.status(&format!("c{number}")), "exited");
    }
    drop(connections);
    for (name, _) in REFUSED {
        host.ok(&["rm", "-f", "-t", "0", name]);
    }
    let done = host.run(&["container", "restore", "--all"]);
    assert_eq!(
        (done.code, lines(&done)),
        (0, ids.iter().map(String::as_str).collect()),
        "{done}"
    );
    // Each has its own address, and goes on where it stood.
    let mut addresses = std::collections::BTreeSet::new();
    for number in 0..17 {
        let name = format!("c{number}");
        assert_eq!(host.status(&name), "running");
        assert!(addresses.insert(host.address(&name).0), "{addresses:?}");
    }
    let before = host.log("c16");
    host.wait_for_more_log("c16", &before);
}

/// Holds a container as another command would.
fn hold(id: &str) -> File {
    let path = Path::new("/run/cryopod/locks").join(id);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .expect("the lock file");
    file.lock().expect("the lock");
    file
}

fn one_that_waits_holds_up_no_other(host: &Host) {
    let ids: Vec<String> = ["a", "b", "c", "d", "e"]
        .iter()
        .map(|name| host.start_shell(name, &[], COUNT_ALOUD))
        .collect();
    for (verb, before, after) in [
        ("checkpoint", "running", "exited"),
        ("restore", "exited", "running"),
    ] {
        // The first and the last: whoever took one after another would never get past them.
        let held = (hold(&ids[0]), hold(&ids[4]));
        let mut child = host.spawn(&["container", verb, "--all"]);
        for name in ["b", "c", "d"] {
            host.wait_for_status(name, after);
        }
        assert_eq!(
            (host.status("a"), host.status("e")),
            (before.into(), before.into())
        );
        drop(held);
        let code = crate::harness::command::wait(&mut child, verb, wait::limit(wait::SOON));
        assert_eq!(code, 0, "{verb}");
        assert_eq!(
            (host.status("a"), host.status("e")),
            (after.into(), after.into())
        );
    }
}

fn lines_come_in_the_order_asked(host: &Host) {
    for name in ["a", "b", "c", "d"] {
        host.start_shell(name, &[], COUNT_ALOUD);
    }
    host.ok(&["container", "checkpoint", "c"]);
    let done = host.run(&["container", "checkpoint", "d", "c", "b", "a"]);
    assert_eq!(
        (done.code, lines(&done)),
        (125, vec!["d", "b", "a"]),
        "{done}"
    );
    assert_eq!(
        done.stderr.trim(),
        "Error: container c: \"exited\" is not running, cannot checkpoint: container state improper"
    );
    let done = host.ok(&["container", "restore", "--print-stats", "b", "d", "a", "c"]);
    let stats: serde_json::Value = serde_json::from_str(&done).expect("statistics are JSON");
    let of = |index: usize| {
        stats["container_statistics"][index]["Id"]
            .as_str()
            .unwrap_or("")
            .to_owned()
    };
    let id = |name: &str| host.inspect(name)["Id"].as_str().unwrap_or("").to_owned();
    assert_eq!([of(0), of(1), of(2), of(3)], ["b", "d", "a", "c"].map(id));
}
