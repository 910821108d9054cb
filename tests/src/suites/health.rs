//! Health checks: made by the monitor, judged, acted upon, and going on after a thaw.

use serde_json::Value;

use super::freezing::checkpoint::move_through_file;
use super::{Tests, tests};
use crate::harness::{Host, IMAGE, wait};

pub const TESTS: Tests = tests![
    turns_healthy_and_unhealthy_by_itself,
    run_once_by_hand,
    once messages,
    too_slow_is_killed_with_all_its_processes,
    once start_period_and_retries,
    once killed_when_unhealthy,
    once restarted_when_unhealthy,
    once stopped_when_unhealthy,
    once images_own_check_and_none,
    no_check_while_paused,
    goes_on_after_a_thaw_in_place,
    goes_on_after_an_import,
    once stop_does_not_wait_for_a_check,
    a_checkpoint_waits_for_a_check,
];

/// Runs until it is stopped, at once.
const IDLE: &str = "trap 'exit 0' TERM; while :; do sleep 0.1; done";

/// A check a second by the monitor, which says how often it was made: a line in `/data/checks` each.
const COUNTED: &str = "echo x >> /data/checks; test -e /data/well";

fn start(host: &Host, name: &str, options: &[&str], command: &str) {
    let check = ["--health-cmd", command];
    host.start_shell(name, &[&check, options].concat(), IDLE);
}

fn health(host: &Host, name: &str) -> Value {
    host.inspect(name)["State"]["Health"].clone()
}

fn wait_for_health(host: &Host, name: &str, status: &str) -> Value {
    wait::until(&format!("{name} is {status}"), || {
        Some(health(host, name)).filter(|health| health["Status"] == status)
    })
}

fn results(host: &Host, name: &str) -> Vec<Value> {
    health(host, name)["Log"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

/// When the newest result's check began.
fn newest(host: &Host, name: &str) -> String {
    let results = results(host, name);
    let start = results.last().and_then(|result| result["Start"].as_str());
    start.unwrap_or_default().to_owned()
}

fn wait_for_another_check(host: &Host, name: &str) {
    let before = newest(host, name);
    wait::until(&format!("another check of {name}"), || {
        (newest(host, name) != before).then_some(())
    });
}

fn events(host: &Host, name: &str) -> String {
    let filter = format!("container={name}");
    host.ok(&["events", "--stream=false", "--filter", &filter])
}

fn turns_healthy_and_unhealthy_by_itself(host: &Host) {
    let options = ["--health-interval", "1s", "--health-retries", "2"];
    start(host, "self", &options, COUNTED);
    assert!(
        ["starting", "unhealthy"].contains(&health(host, "self")["Status"].as_str().unwrap_or(""))
    );
    host.shell("self", "touch /data/well");
    wait_for_health(host, "self", "healthy");
    assert!(host.ok(&["ps"]).contains("(healthy)"));
    assert!(host.ok(&["ps", "-q", "--filter", "health=healthy"]).len() == 12);
    host.shell("self", "rm /data/well");
    let bad = wait_for_health(host, "self", "unhealthy");
    assert!(bad["FailingStreak"].as_u64() >= Some(2), "{bad}");
    assert!(host.ok(&["ps"]).contains("(unhealthy)"));
    wait::until("five results, no more", || {
        (results(host, "self").len() == 5).then_some(())
    });
    wait_for_another_check(host, "self");
    assert_eq!(results(host, "self").len(), 5);
    let events = events(host, "self");
    assert!(
        events.contains("health_status=healthy, health_failing_streak=0"),
        "{events}"
    );
    assert!(
        events.contains("health_status=unhealthy, health_failing_streak=2"),
        "{events}"
    );
    assert_eq!(host.status("self"), "running");
}

fn run_once_by_hand(host: &Host) {
    let options = ["--health-interval", "disable", "--health-retries", "2"];
    start(host, "hand", &options, "echo said; test -e /data/well");
    assert_eq!(health(host, "hand")["Status"], "starting");
    for streak in 1..3 {
        let done = host.run(&["healthcheck", "run", "hand"]);
        assert_eq!(
            (done.code, done.stdout.as_str()),
            (1, "unhealthy\n"),
            "{done}"
        );
        assert_eq!(health(host, "hand")["FailingStreak"], streak);
    }
    assert_eq!(health(host, "hand")["Status"], "unhealthy");
    host.shell("hand", "touch /data/well");
    assert_eq!(host.ok(&["healthcheck", "run", "hand"]), "");
    let now = health(host, "hand");
    assert_eq!(
        (&now["Status"], &now["FailingStreak"]),
        (&"healthy".into(), &0.into())
    );
    let codes: Vec<_> = results(host, "hand")
        .iter()
        .map(|one| one["ExitCode"].clone())
        .collect();
    assert_eq!(codes, [1, 1, 0]);
    assert_eq!(results(host, "hand")[0]["Output"], "said\n");
    let config = host.inspect("hand")["Config"].clone();
    assert_eq!(
        config["Healthcheck"],
        serde_json::json!({ "Test": ["CMD-SHELL", "echo said; test -e /data/well"], "Timeout": 30_000_000_000_u64, "Retries": 2 })
    );
    assert_eq!(config["HealthcheckOnFailureAction"], "none");
}

fn messages(host: &Host) {
    for (options, text) in [
        (
            &["--health-cmd", "x", "--no-healthcheck"][..],
            "cannot specify both --no-healthcheck and --health-cmd",
        ),
        (
            &["--health-cmd", "x", "--health-interval", "foo"],
            "invalid healthcheck-interval: time: invalid duration \"foo\"",
        ),
        (
            &["--health-cmd", "x", "--health-retries", "0"],
            "healthcheck-retries must be greater than 0",
        ),
        (
            &["--health-cmd", "x", "--health-timeout", "0s"],
            "healthcheck-timeout must be at least 1 second",
        ),
        (
            &["--health-cmd", "x", "--health-start-period=-1s"],
            "healthcheck-start-period must be 0 seconds or greater",
        ),
        (
            &["--health-cmd", "x", "--health-on-failure", "foo"],
            "invalid on-failure action \"foo\" for health check: supported actions are none,kill,restart,stop",
        ),
        (
            &["--health-on-failure", "kill"],
            "cannot set on-failure action to kill without a health check",
        ),
        (
            &["--health-cmd", "[]"],
            "must define a healthcheck command for all healthchecks",
        ),
    ] {
        host.fails(
            &[&["run", "--rm"], options, &[IMAGE, "true"]].concat(),
            125,
            text,
        );
    }
    host.fails(&["healthcheck", "run"], 125, "accepts 1 arg(s), received 0");
    host.fails(
        &["healthcheck", "run", "nobody"],
        125,
        "unable to look up nobody to perform a health check: no container with name or ID \"nobody\" found: no such container",
    );
    let id = host.start_shell("none", &[], IDLE);
    let without = format!("Error: container {id} has no defined healthcheck\n");
    host.fails(&["healthcheck", "run", "none"], 125, &without);
    host.ok(&["stop", "none"]);
    let stopped = format!("Error: container {id} is not running\n");
    host.fails(&["healthcheck", "run", "none"], 125, &stopped);
}

fn too_slow_is_killed_with_all_its_processes(host: &Host) {
    let options = ["--health-interval", "disable", "--health-timeout", "1s"];
    start(host, "slow", &options, "echo began; sleep 4321; true");
    host.fails(
        &["healthcheck", "run", "slow"],
        125,
        "Error: healthcheck command exceeded timeout of 1s\n",
    );
    let result = results(host, "slow")[0].clone();
    assert_eq!(
        (&result["ExitCode"], &result["Output"]),
        (&125.into(), &"began\n".into())
    );
    assert_eq!(health(host, "slow")["FailingStreak"], 1);
    assert!(!host.shell("slow", "ps").contains("4321"));
    // A command that isn't there is a failure, not an error.
    start(
        host,
        "missing",
        &["--health-interval", "disable"],
        r#"["/no/such", "x"]"#,
    );
    let done = host.run(&["healthcheck", "run", "missing"]);
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (1, "unhealthy\n"),
        "{done}"
    );
}

fn start_period_and_retries(host: &Host) {
    let options = [
        "--health-interval",
        "disable",
        "--health-start-period",
        "1h",
        "--health-retries",
        "1",
    ];
    start(host, "early", &options, "test -e /data/well");
    let done = host.run(&["healthcheck", "run", "early"]);
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (1, "starting\n"),
        "{done}"
    );
    let now = health(host, "early");
    assert_eq!(
        (&now["Status"], &now["FailingStreak"]),
        (&"starting".into(), &0.into())
    );
    host.shell("early", "touch /data/well");
    host.ok(&["healthcheck", "run", "early"]);
    assert_eq!(health(host, "early")["Status"], "healthy");
}

const SOON: [&str; 4] = ["--health-interval", "1s", "--health-retries", "1"];

fn killed_when_unhealthy(host: &Host) {
    let options = [
        &SOON[..],
        &["--restart", "always", "--health-on-failure", "kill"],
    ]
    .concat();
    start(host, "killed", &options, "false");
    host.wait_for_status("killed", "exited");
    let state = host.inspect("killed")["State"].clone();
    assert_eq!(
        (&state["ExitCode"], &state["Health"]["Status"]),
        (&137.into(), &"unhealthy".into())
    );
    assert_eq!(host.inspect("killed")["RestartCount"], 0);
    let events = wait::until("its clean-up", || {
        Some(events(host, "killed")).filter(|events| events.contains(" cleanup "))
    });
    let order = ["health_status", " kill ", " died ", " cleanup "];
    let places: Vec<_> = order.iter().map(|word| events.find(word)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{events}"
    );
}

fn restarted_when_unhealthy(host: &Host) {
    let options = [&SOON[..], &["--health-on-failure", "restart"]].concat();
    start(host, "again", &options, "test ! -e /dev/shm/ill");
    wait_for_health(host, "again", "healthy");
    let before = host.pid("again");
    // Gone with the restart.
    host.shell("again", "touch /dev/shm/ill");
    wait::until("it was started again", || {
        let count = host.inspect("again")["RestartCount"].as_u64();
        (count >= Some(1)).then_some(())
    });
    wait_for_health(host, "again", "healthy");
    assert_ne!(host.pid("again"), before);
    assert!(events(host, "again").contains(" restart "));
    host.ok(&["stop", "again"]);
    assert_eq!(host.status("again"), "exited");
}

fn stopped_when_unhealthy(host: &Host) {
    let options = [
        &SOON[..],
        &["--restart", "always", "--health-on-failure", "stop"],
    ]
    .concat();
    start(host, "stopped", &options, "false");
    host.wait_for_status("stopped", "exited");
    assert_eq!(host.inspect("stopped")["State"]["ExitCode"], 0);
    assert_eq!(host.inspect("stopped")["RestartCount"], 0);
}

fn images_own_check_and_none(host: &Host) {
    // Docker's archive of an image whose configuration has a health check.
    let script = r#"set -e
cd "$1"; mkdir root; echo x > root/file; tar -C root -cf layer.tar .
diff=$(sha256sum layer.tar | cut -d' ' -f1)
printf '{"architecture":"amd64","os":"linux","config":{"Cmd":["/file"],"Healthcheck":{"Test":["CMD","/file"],"Retries":7}},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$diff" > config.json
id=$(sha256sum config.json | cut -d' ' -f1); mv config.json "$id.json"
printf '[{"Config":"%s.json","RepoTags":["localhost/checked:latest"],"Layers":["layer.tar"]}]' "$id" > manifest.json
tar -cf image.tar manifest.json "$id.json" layer.tar"#;
    let at = host.file("");
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", script, "sh", &at]);
    let done = crate::harness::command::run(&mut shell, "");
    assert_eq!(done.code, 0, "{done}");
    host.ok(&["load", "-i", &host.file("image.tar")]);
    host.ok(&["create", "--name", "own", "localhost/checked"]);
    let check = host.inspect("own")["Config"]["Healthcheck"].clone();
    assert_eq!(
        check,
        serde_json::json!({ "Test": ["CMD", "/file"], "Interval": 30_000_000_000_u64, "Timeout": 30_000_000_000_u64, "Retries": 7 })
    );
    host.ok(&[
        "create",
        "--name",
        "off",
        "--no-healthcheck",
        "localhost/checked",
    ]);
    assert_eq!(
        host.inspect("off")["Config"]["Healthcheck"]["Test"],
        serde_json::json!(["NONE"])
    );
    assert_eq!(health(host, "off"), Value::Null);
    host.ok(&[
        "create",
        "--name",
        "other",
        "--health-cmd",
        "none",
        "localhost/checked",
    ]);
    assert_eq!(health(host, "other"), Value::Null);
    host.ok(&["rm", "own", "off", "other"]);
    host.ok(&["rmi", "localhost/checked"]);
}

fn no_check_while_paused(host: &Host) {
    start(host, "paused", &["--health-interval", "1s"], COUNTED);
    wait_for_another_check(host, "paused");
    let id = host.inspect("paused")["Id"]
        .as_str()
        .unwrap_or("")
        .to_owned();
    host.ok(&["pause", "paused"]);
    let before = health(host, "paused");
    let stopped = format!("Error: container {id} is not running\n");
    host.fails(&["healthcheck", "run", "paused"], 125, &stopped);
    assert_eq!(health(host, "paused"), before);
    host.ok(&["unpause", "paused"]);
    wait_for_another_check(host, "paused");
}

fn goes_on_after_a_thaw_in_place(host: &Host) {
    start(host, "place", &["--health-interval", "1s"], COUNTED);
    host.shell("place", "touch /data/well");
    wait_for_health(host, "place", "healthy");
    host.ok(&["container", "checkpoint", "place"]);
    let frozen = health(host, "place");
    assert_eq!(frozen["Status"], "healthy");
    host.ok(&["container", "restore", "place"]);
    wait_for_another_check(host, "place");
    assert_eq!(health(host, "place")["Status"], "healthy");
    host.shell("place", "rm /data/well");
    wait_for_health(host, "place", "unhealthy");
    // And after one that leaves it running.
    host.ok(&["container", "checkpoint", "--leave-running", "place"]);
    wait_for_another_check(host, "place");
}

fn goes_on_after_an_import(host: &Host) {
    let options = [
        &SOON[..],
        &["--health-timeout", "9s", "--health-on-failure", "kill"],
    ]
    .concat();
    start(host, "moved", &options, "test ! -e /data/ill");
    wait_for_health(host, "moved", "healthy");
    let before = host.inspect("moved")["Config"].clone();
    move_through_file(host, "moved");
    wait_for_health(host, "moved", "healthy");
    let after = host.inspect("moved")["Config"].clone();
    for key in ["Healthcheck", "HealthcheckOnFailureAction"] {
        assert_eq!(before[key], after[key]);
    }
    host.shell("moved", "touch /data/ill");
    host.wait_for_status("moved", "exited");
    assert_eq!(host.inspect("moved")["State"]["ExitCode"], 137);
}

fn stop_does_not_wait_for_a_check(host: &Host) {
    let options = ["--health-interval", "1s", "--health-timeout", "1h"];
    start(host, "busy", &options, "touch /data/began; sleep 4322");
    wait::until("the check has begun", || {
        (host
            .run(&["exec", "busy", "test", "-e", "/data/began"])
            .code
            == 0)
            .then_some(())
    });
    host.ok(&["stop", "busy"]);
    assert_eq!(host.inspect("busy")["State"]["ExitCode"], 0);
    // One that was cut short says nothing of the container.
    assert_eq!(results(host, "busy"), Vec::<Value>::new());
}

fn a_checkpoint_waits_for_a_check(host: &Host) {
    let options = ["--health-interval", "disable"];
    let command = "touch /data/began; sleep 1; touch /data/ended";
    start(host, "waits", &options, command);
    let mut check = host.spawn(&["healthcheck", "run", "waits"]);
    wait::until("the check has begun", || {
        (host
            .run(&["exec", "waits", "test", "-e", "/data/began"])
            .code
            == 0)
            .then_some(())
    });
    host.ok(&["container", "checkpoint", "waits"]);
    assert_eq!(
        check.wait().expect("a child can be waited for").code(),
        Some(0)
    );
    assert_eq!(health(host, "waits")["Status"], "healthy");
    host.ok(&["container", "restore", "waits"]);
    assert_eq!(host.shell("waits", "ls /data/ended"), "/data/ended");
}
