//! `top` and `stats`.

use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Host, IMAGE, command};

/// Cells of each line but the first.
fn cells(table: &str) -> Vec<Vec<&str>> {
    let lines = table.lines().skip(1);
    lines
        .map(|line| line.split_whitespace().collect())
        .collect()
}

pub fn processes(host: &Host) {
    host.start_shell("busy", &["-u", "guest"], "sleep 1000 & exec sleep 2000");
    let pid = host.pid("busy").to_string();
    let ready = || host.ok(&["top", "busy", "args"]).contains("sleep 1000");
    crate::harness::wait::until("both are there", || ready().then_some(()));
    let table = host.ok(&["top", "busy"]);
    let heading = "USER        PID         PPID        %CPU        ELAPSED";
    assert!(table.starts_with(heading), "{table}");
    let rows = cells(&table);
    assert_eq!(rows.len(), 2, "{table}");
    assert_eq!(rows[0][..3], ["guest", "1", "0"], "{table}");
    assert_eq!((rows[1][0], rows[1][2]), ("guest", "1"), "{table}");
    assert!(table.contains("sleep 2000"), "{table}");

    let table = host.ok(&[
        "container",
        "top",
        "-l",
        "pid,hpid,huser,user,comm",
        "seccomp",
        "capeff",
    ]);
    assert_eq!(
        cells(&table)[0],
        ["1", &pid, "1000", "guest", "sleep", "filter", "none"],
        "{table}"
    );
    // Options of ps(1) go to the container's own, which sees its processes and is left out.
    let table = host.ok(&["top", "busy", "-o", "pid,args"]);
    let rows = cells(&table);
    assert_eq!((rows.len(), rows[0][0]), (2, "1"), "{table}");
    assert!(host.ok(&["top", "busy", "-ef"]).contains("sleep 1000"));
    host.fails(
        &["top", "busy", "-o", "foo"],
        125,
        "ps(1) failed with exit code 1: ",
    );
    // It may write and wait as it likes: nobody listens for ever.
    let liar = "rm /bin/ps; printf '#!/bin/sh\\nexec yes\\n' > /bin/ps; chmod +x /bin/ps; echo ready; sleep 1000";
    host.start_shell("liar", &[], liar);
    host.wait_for_log("liar", "ready");
    host.fails(
        &["top", "liar", "-ef"],
        125,
        "the container's ps(1) has no end",
    );
    host.ok(&["rm", "-f", "-t", "0", "liar"]);

    let refused = "Error: top can only be used on running containers\n";
    host.ok(&["pause", "busy"]);
    host.fails(&["top", "busy"], 125, refused);
    host.ok(&["rm", "-f", "-t", "0", "busy"]);
    // Whom CRIU may freeze here.
    host.start_shell("busy", &[], "while :; do sleep 1; done");
    host.ok(&["container", "checkpoint", "busy"]);
    host.fails(&["top", "busy"], 125, refused);
    // Its processes are numbered as before, and new to the host.
    host.ok(&["container", "restore", "busy"]);
    let table = host.ok(&["top", "busy", "pid", "hpid"]);
    let again = host.pid("busy").to_string();
    assert_eq!(cells(&table)[0], ["1", &again], "{table}");
    host.fails(
        &["top"],
        125,
        "you must provide the name or id of a running container",
    );
    host.fails(
        &["top", "nobody"],
        125,
        "unable to look up requested container",
    );
}

/// The number at the beginning of a text.
fn number(text: &Value) -> f64 {
    let text = text.as_str().unwrap_or_default();
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    text[..end.unwrap_or(text.len())].parse().unwrap_or(-1.0)
}

fn figures(host: &Host, name: &str) -> Value {
    let text = host.ok(&["stats", "--no-stream", "--format", "{{json .}}", name]);
    serde_json::from_str(&text).unwrap()
}

pub fn usage(host: &Host) {
    host.start("eater", &[], &["workload", "eat", "30", "7"]);
    host.wait_for_log("eater", "\n");
    host.ok(&["create", "--name", "idle", IMAGE, "true"]);
    let table = host.ok(&["stats", "--no-stream"]);
    let heading = "ID            NAME        CPU %       MEM USAGE / LIMIT  MEM %";
    assert!(table.starts_with(heading), "{table}");
    let rows = cells(&table);
    assert_eq!((rows.len(), rows[0][1]), (1, "eater"), "{table}");
    assert_eq!(
        cells(&host.ok(&["container", "stats", "--no-stream", "-a"])).len(),
        2
    );

    let text = host.ok(&["stats", "--no-stream", "--format", "json", "eater", "idle"]);
    let all: Value = serde_json::from_str(&text).unwrap();
    let (eater, idle) = (&all[0], &all[1]);
    // It holds 30 MB.
    let (amount, unit) = (
        number(&eater["mem_usage"]),
        eater["mem_usage"].as_str().unwrap(),
    );
    assert!(
        (28.0..60.0).contains(&amount) && unit.contains("MB / "),
        "{unit}"
    );
    assert!(
        number(&eater["cpu_percent"]) > 0.0 && number(&eater["pids"]) >= 1.0,
        "{eater}"
    );
    assert_eq!(
        (&idle["mem_usage"], &idle["pids"]),
        (&json!("0B / 0B"), &json!("0"))
    );
    assert_eq!(
        (&idle["name"], &idle["cpu_time"]),
        (&json!("idle"), &json!("0s"))
    );

    // Counters of its own network go up with what comes in.
    let (address, _) = host.address("eater");
    let received = || {
        figures(host, "eater")["Network"]["eth0"]["RxBytes"]
            .as_u64()
            .unwrap()
    };
    let before = received();
    let mut ping = Command::new("bash");
    let script = format!("for i in 1 2 3 4 5; do echo some text > /dev/udp/{address}/9; done");
    ping.args(["-c", &script]);
    command::run(&mut ping, "");
    assert!(received() >= before + 5 * 10);

    // Again and again, until whoever reads is gone.
    let mut watched = Command::new("bash");
    let line = command::line(&host.engine.command(&[
        "stats",
        "-i",
        "1",
        "--format",
        "{{.Name}}",
        "eater",
    ]));
    watched.args(["-c", &format!("{line} | head -2")]);
    let done = command::run(&mut watched, "");
    assert_eq!(done.stdout, "eater\neater\n", "{done}");

    // Paused, it keeps what it has and uses no more.
    host.ok(&["pause", "eater"]);
    let first = figures(host, "eater");
    assert!(first["MemUsage"].as_u64() > Some(28_000_000), "{first}");
    assert_eq!(figures(host, "eater")["CPUNano"], first["CPUNano"]);
    host.ok(&["unpause", "eater"]);
    host.ok(&["container", "checkpoint", "eater"]);
    assert_eq!(figures(host, "eater")["PIDs"], 0);
    // Thawed, it counts from the thaw on.
    host.ok(&["container", "restore", "eater"]);
    host.shell("eater", "i=0; while [ $i -lt 9999 ]; do i=$((i + 1)); done");
    let thawed = figures(host, "eater");
    assert!(thawed["MemUsage"].as_u64() > Some(28_000_000), "{thawed}");
    assert!(
        thawed["AvgCPU"].as_f64().is_some_and(|share| share > 0.0),
        "{thawed}"
    );

    for (words, text) in [
        (
            &["stats", "--no-stream", "nobody"][..],
            "unable to get list of containers",
        ),
        (
            &["stats", "-a", "eater"],
            "--all, --latest and containers cannot be used together",
        ),
        (
            &["stats", "-i", "0"],
            "invalid interval, must be a positive number greater zero",
        ),
        (
            &["stats", "--no-stream", "--format", "{{.Foo}}", "eater"],
            "can't evaluate field Foo in type containers.containerStats",
        ),
    ] {
        host.fails(words, 125, text);
    }
}
