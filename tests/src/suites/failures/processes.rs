//! Processes: traced, in namespaces of their own, of another user.

use super::{CriuSetting, FREE, Holder, NAME, Tests, all_refused, explained, tests, under, words};
use crate::harness::Host;

pub const TESTS: Tests = tests![namespaces, traced, another_users_limits];

fn namespaces(host: &Host) {
    let remedy = "turn off the sandbox or nested container that made it";
    let kinds = ["user", "ipc", "uts", "cgroup"];
    let rows: Vec<(String, String)> = kinds
        .iter()
        .map(|kind| {
            let cause = format!("(workload) has a {kind} namespace of its own");
            (format!("namespace={kind}"), cause)
        })
        .collect();
    let table: Vec<_> = rows
        .iter()
        .map(|(object, cause)| (object.as_str(), cause.as_str(), remedy))
        .collect();
    all_refused(host, &[], &table);
}

fn traced(host: &Host) {
    // CRIU tries for ten seconds otherwise.
    let setting = CriuSetting::begin("timeout 1");
    all_refused(
        host,
        &[],
        &[(
            "traced",
            "(workload) cannot be stopped, since another one traces it",
            "end the debugger or tracer",
        )],
    );
    drop(setting);
}

/// Root without CAP_SYS_RESOURCE, as hosted runners and nested containers have it.
const WITHHELD: [&str; 4] = ["setpriv", "--bounding-set", "-sys_resource", "--"];

fn another_users_limits(host: &Host) {
    // Not sleep(1) of busybox, which ends when CRIU interrupts it.
    host.start(NAME, &["-u", "guest"], &["workload", "wait"]);
    let done = under(host, &WITHHELD, None, &words("checkpoint", &[]));
    let cause = "CRIU may not read the limits of another user's process";
    explained(&done, "checkpoint", cause, "or run the container as root");
    assert_eq!(host.status(NAME), "running");
    host.ok(&["rm", "-f", "-t", "0", NAME]);
    let holder = Holder::start(host, &FREE, &[]);
    let done = under(host, &WITHHELD, None, &words("checkpoint", &[]));
    assert_eq!(done.code, 0, "{done}");
    host.ok(&words("restore", &[]));
    holder.end();
}
