//! What surrounds the processes of a container: namespaces, mounts, tracers, sessions, seccomp.

use std::path::Path;

use super::Allowed;
use super::process::{Processes, harmless};
use crate::model::container::Container;
use crate::model::finding::Findings;
use crate::sys::proc;

/// All checks of what processes run in.
pub(super) fn inspect(
    container: &Container,
    processes: &Processes,
    allowed: &Allowed,
    findings: &mut Findings,
) {
    tracers(processes, findings);
    namespaces(processes, findings);
    mounts(container, processes, findings);
    sessions(processes, allowed, findings);
    seccomp(processes, findings);
}

fn tracers(processes: &Processes, findings: &mut Findings) {
    const CHECK: &str = "tracers";
    match processes.all.iter().find(|process| process.tracer != 0) {
        None => findings.ok(CHECK, "no process is traced"),
        Some(process) => findings.fail(
            CHECK,
            format!(
                "{} cannot be stopped, since another one traces it",
                process.shown()
            ),
            "end the debugger or tracer and try again",
        ),
    }
}

/// Namespaces within the container. CRIU takes nested mount and network namespaces along (`CLONE_SUBNS`
/// of `criu/include/namespaces.h`), no others.
fn namespaces(processes: &Processes, findings: &mut Findings) {
    const CHECK: &str = "namespaces";
    let Some(first) = processes.first() else {
        return;
    };
    for (kind, words) in [
        ("user", "user namespace"),
        ("pid", "PID namespace"),
        ("ipc", "IPC namespace"),
        ("uts", "UTS namespace"),
        ("cgroup", "cgroup namespace"),
        ("time", "time namespace"),
    ] {
        let outer = proc::namespace(first.pid, kind);
        let nested = processes.all.iter().find(|process| {
            let own = proc::namespace(process.pid, kind);
            !process.is_dead && own.is_some() && own != outer
        });
        if let Some(process) = nested {
            findings.fail(
                CHECK,
                format!(
                    "{} is in a {words} of its own, which CRIU cannot checkpoint",
                    process.shown()
                ),
                "run the program without a sandbox of its own (for browsers: --no-sandbox), or end it before the checkpoint",
            );
            return;
        }
    }
    findings.ok(
        CHECK,
        "no process is in a namespace of its own that CRIU cannot checkpoint",
    );
}

fn mounts(container: &Container, processes: &Processes, findings: &mut Findings) {
    const CHECK: &str = "mounts";
    let given = |point: &Path| {
        let mut mounts = container.config.volumes.iter();
        mounts.any(|mount| Path::new(&mount.destination) == point)
    };
    let fuse = processes.mounts.iter().find(|mount| {
        (mount.kind == "fuse" || mount.kind.starts_with("fuse.") || mount.kind == "fuseblk")
            && !given(&mount.point)
    });
    match fuse {
        None => findings.ok(
            CHECK,
            "no file system is mounted inside that CRIU cannot checkpoint",
        ),
        Some(mount) => findings.fail(
            CHECK,
            format!(
                "a FUSE file system is mounted inside the container at {}",
                harmless(&mount.point.to_string_lossy())
            ),
            "unmount it before the checkpoint, or mount it on the host and pass it in as a volume",
        ),
    }
}

fn sessions(processes: &Processes, allowed: &Allowed, findings: &mut Findings) {
    const CHECK: &str = "exec-sessions";
    let left = processes.foreign.iter().filter(|process| !process.is_dead);
    let left: Vec<String> = left.map(super::process::Process::shown).collect();
    if left.is_empty() {
        findings.ok(CHECK, "no session of exec is open");
    } else {
        let fate = if allowed.leave_running {
            ""
        } else {
            " and will end"
        };
        findings.warn(
            CHECK,
            format!(
                "what exec started is not in the checkpoint{fate}: {}",
                left.join(", ")
            ),
            "start it again after the thaw, or let the container's own program start it",
        );
    }
}

fn seccomp(processes: &Processes, findings: &mut Findings) {
    const CHECK: &str = "seccomp";
    let filtered = processes.all.iter().filter(|process| process.seccomp == 2);
    let what = match filtered.count() {
        0 => "no process is under a seccomp filter".to_owned(),
        count => format!(
            "{count} of {} processes are under a seccomp filter, which is taken along",
            processes.all.len()
        ),
    };
    findings.ok(CHECK, what);
}
