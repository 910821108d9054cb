//! Objects of the kernel that processes hold: behind descriptors, in memory, in files.

use super::{Plan, Tests, judge, tests};
use crate::harness::Host;

pub const TESTS: Tests = tests![
    eventfd,
    epoll,
    timerfd,
    signalfd,
    inotify,
    memfd,
    pipes_with_content,
    shared_memory,
    heap_of_1_gb,
    positions_directory_and_umask,
    file_locks,
    deleted_open_files,
    tmpfs,
    read_only_root,
    unix_sockets,
    tcp_over_loopback,
];

fn eventfd(host: &Host) {
    judge(host, &["eventfd"]);
}

fn epoll(host: &Host) {
    judge(host, &["epoll"]);
}

fn timerfd(host: &Host) {
    judge(host, &["timerfd"]);
}

fn signalfd(host: &Host) {
    judge(host, &["signalfd"]);
}

/// On a tmpfs: on an overlay CRIU finds no watched file again (`refused::inotify_in_the_root`).
fn inotify(host: &Host) {
    let plan = Plan {
        words: &["inotify", "/scratch"],
        run: &["--tmpfs", "/scratch"],
        ..Plan::default()
    };
    plan.judge(host);
}

fn memfd(host: &Host) {
    judge(host, &["memfd"]);
}

fn pipes_with_content(host: &Host) {
    judge(host, &["pipes"]);
}

fn shared_memory(host: &Host) {
    judge(host, &["shared"]);
}

fn heap_of_1_gb(host: &Host) {
    judge(host, &["heap", "1024"]);
}

fn positions_directory_and_umask(host: &Host) {
    judge(host, &["positions"]);
}

fn file_locks(host: &Host) {
    let plan = Plan {
        words: &["locks"],
        freeze: &["--file-locks"],
        thaw: &["--file-locks"],
        ..Plan::default()
    };
    plan.judge(host);
}

fn deleted_open_files(host: &Host) {
    judge(host, &["deleted"]);
}

fn tmpfs(host: &Host) {
    let plan = Plan {
        words: &["tmpfs"],
        run: &["--tmpfs", "/scratch:size=64m,mode=1777"],
        ..Plan::default()
    };
    plan.judge(host);
}

fn read_only_root(host: &Host) {
    let plan = Plan {
        words: &["read-only"],
        run: &["--read-only"],
        ..Plan::default()
    };
    plan.judge(host);
}

fn unix_sockets(host: &Host) {
    judge(host, &["unix"]);
}

fn tcp_over_loopback(host: &Host) {
    let plan = Plan {
        words: &["tcp"],
        freeze: &["--tcp-established"],
        thaw: &["--tcp-established"],
        ..Plan::default()
    };
    plan.judge(host);
}
