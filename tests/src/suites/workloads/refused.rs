//! What CRIU can't take along: the freeze is refused with the reason, and the container runs on.

use std::os::unix::net::UnixListener;

use super::{Plan, Tests, tests};
use crate::harness::Host;

pub const TESTS: Tests = tests![
    io_uring,
    inotify_in_the_root,
    userfaultfd,
    posix_message_queue,
    traced_process,
    unix_socket_of_outside,
    file_locks_without_flag,
    connection_without_flag,
];

const UNCONFINED: [&str; 2] = ["--security-opt", "seccomp=unconfined"];

/// The checkpoint fails and says why, and what was set up is there still.
#[track_caller]
fn refused(host: &Host, plan: Plan, why: &str) {
    plan.start(host, "held");
    let pid = host.pid("held");
    let archive = host.file("refused.tar");
    let words = ["container", "checkpoint", "-e", &archive, "held"];
    super::predicted(host, &words, why);
    assert!(!host.path("refused.tar").exists());
    assert_eq!(host.status("held"), "running");
    assert_eq!(host.pid("held"), pid);
    super::verdict(host, "held");
}

#[track_caller]
fn object(host: &Host, words: &[&str], run: &[&str], why: &str) {
    let plan = Plan {
        words,
        run,
        ..Plan::default()
    };
    refused(host, plan, why);
}

fn io_uring(host: &Host) {
    let why = "workload (process 1) uses io_uring, which CRIU cannot checkpoint";
    object(host, &["io_uring"], &UNCONFINED, why);
}

fn inotify_in_the_root(host: &Host) {
    let why = "workload (process 1) watches a file by inotify that CRIU cannot find again";
    object(host, &["inotify", "/data"], &[], why);
}

fn userfaultfd(host: &Host) {
    let why = "an anonymous kernel object open that CRIU cannot checkpoint";
    object(host, &["userfaultfd"], &UNCONFINED, why);
}

fn posix_message_queue(host: &Host) {
    object(
        host,
        &["queue"],
        &[],
        "has a POSIX message queue open, which CRIU cannot checkpoint",
    );
}

fn traced_process(host: &Host) {
    object(
        host,
        &["traced"],
        &UNCONFINED,
        "cannot be stopped, since another one traces it",
    );
}

fn unix_socket_of_outside(host: &Host) {
    let path = host.file("socket");
    let _listener = UnixListener::bind(&path).unwrap();
    let mount = format!("{path}:/outside");
    let why = "a process is connected to a unix socket outside the container";
    object(host, &["connected", "/outside"], &["-v", &mount], why);
}

fn file_locks_without_flag(host: &Host) {
    let why = "the container holds file locks: workload (process 1) on /data/whole";
    object(host, &["locks"], &[], why);
}

fn connection_without_flag(host: &Host) {
    let why = "the container has established TCP connections: 127.0.0.1:";
    object(host, &["tcp"], &[], why);
}
