//! Processes: many of them, threads, pipes, sessions, signals, timers, users, shells, terminals.

use std::net::UdpSocket;
use std::time::Duration;

use super::{Plan, Tests, judge, tests};
use crate::harness::{Host, wait};

pub const TESTS: Tests = tests![
    hundred_threads,
    fifty_processes,
    ring_of_pipes,
    sessions_groups_stopped_and_dead,
    pending_signals,
    timers,
    root_without_capabilities,
    user_without_capabilities,
    shell_loop,
    nested_cgroup,
    udp_server,
];

fn hundred_threads(host: &Host) {
    judge(host, &["threads", "100"]);
}

fn fifty_processes(host: &Host) {
    judge(host, &["processes", "50"]);
}

fn ring_of_pipes(host: &Host) {
    judge(host, &["ring"]);
}

fn sessions_groups_stopped_and_dead(host: &Host) {
    judge(host, &["family"]);
}

fn pending_signals(host: &Host) {
    judge(host, &["signals"]);
}

fn timers(host: &Host) {
    judge(host, &["timers"]);
}

fn root_without_capabilities(host: &Host) {
    let plan = Plan {
        words: &["credentials"],
        run: &["--cap-drop", "all", "--read-only"],
        ..Plan::default()
    };
    plan.judge(host);
}

/// CRIU reads the limits of another user's process, for which the host must grant it
/// `CAP_SYS_RESOURCE`; where the machine withholds that, it says so and the container runs on.
fn user_without_capabilities(host: &Host) {
    let plan = Plan {
        words: &["credentials"],
        run: &["--user", "guest", "--cap-drop", "all"],
        ..Plan::default()
    };
    if may_read_limits() {
        return plan.judge(host);
    }
    plan.start(host, "held");
    let why = "CRIU may not read the limits of another user's process";
    host.fails(&["container", "checkpoint", "held"], 125, why);
    assert_eq!(host.status("held"), "running");
    super::verdict(host, "held");
}

/// `CAP_SYS_RESOURCE` is bit 24 of the effective set.
fn may_read_limits() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let set = u64::from_str_radix(line.unwrap().trim(), 16).unwrap();
    set & (1 << 24) != 0
}

/// Variables, functions, a trap, the working directory and an open file of a shell script.
fn shell_loop(host: &Host) {
    let script = r"
        cd /data; umask 027; trap 'echo trapped $i' USR1; exec 5>/data/log
        next() { i=$((i + 1)); echo $i >&5; }
        i=0; echo READY
        while [ ! -e /dev/shm/go ]; do next; sleep 0.01; done
        kill -USR1 $$; touch /data/new
        if [ $(wc -l < /data/log) = $i ] && [ $(tail -n 1 /data/log) = $i ] && [ $PWD = /data ] \
            && [ $(stat -c %a /data/new) = 640 ]; then echo OK; else echo WRONG $i; fi";
    host.start_shell("loop", &[], script);
    host.wait_for_log("loop", "READY");
    let plan = Plan::default();
    plan.in_place(host, "loop");
    plan.move_through_file(host, "loop");
    host.ok(&["exec", "loop", "touch", "/dev/shm/go"]);
    assert_eq!(host.ok(&["wait", "loop"]), "0");
    let log = host.log("loop");
    let lines: Vec<&str> = log.lines().collect();
    assert!(
        lines.len() == 3 && lines[1].starts_with("trapped ") && lines[2] == "OK",
        "{log}"
    );
}

/// A process in a cgroup below the container's is frozen and comes back with the others. Which
/// cgroup of its own it was in is not kept: all are in the container's, and nothing stays behind.
fn nested_cgroup(host: &Host) {
    let plan = Plan {
        words: &["processes", "3"],
        ..Plan::default()
    };
    plan.start(host, "nested");
    for round in [Plan::in_place, Plan::move_through_file] {
        let first = host.pid("nested");
        let list = std::fs::read_to_string(format!("/proc/{first}/task/{first}/children"));
        let child = list.unwrap().split(' ').next().unwrap().to_owned();
        let own = cgroup_of(&first.to_string());
        let inner = format!("/sys/fs/cgroup{own}/inner/most");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(format!("{inner}/cgroup.procs"), &child).unwrap();
        assert_eq!(cgroup_of(&child), format!("{own}/inner/most"));
        round(&plan, host, "nested");
        assert!(!std::path::Path::new(&inner).exists(), "{inner} is left");
    }
    super::verdict(host, "nested");
}

fn cgroup_of(pid: &str) -> String {
    let text = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
    let unified = text.lines().find_map(|line| line.strip_prefix("0::"));
    unified.unwrap().to_owned()
}

fn udp_server(host: &Host) {
    host.start("udp", &[], &["workload", "udp", "5353"]);
    host.wait_for_log("udp", "listening");
    let (address, _) = host.address("udp");
    let client = UdpSocket::bind("0.0.0.0:0").unwrap();
    client.connect((address.as_str(), 5353)).unwrap();
    client
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    let ask = |word: &str| {
        wait::until("an answer", || {
            client.send(word.as_bytes()).ok()?;
            let mut bytes = [0; 100];
            let length = client.recv(&mut bytes).ok()?;
            Some(String::from_utf8_lossy(&bytes[..length]).into_owned())
        })
    };
    assert_eq!(ask("before"), "1 before");
    let plan = Plan::default();
    plan.in_place(host, "udp");
    assert_eq!(ask("after"), "2 after");
    plan.move_through_file(host, "udp");
    assert_eq!(host.address("udp").0, address);
    assert_eq!(ask("again"), "3 again");
}
