//! What surrounds the processes of a container: namespaces, mounts, tracers, sessions, seccomp.

use std::collections::BTreeSet;
use std::path::Path;

use super::Allowed;
use super::process::{Processes, harmless};
use crate::model::container::Container;
use crate::model::finding::Findings;
use crate::sys::{mount, proc};

/// File systems that CRIU doesn't know (`criu/filesystems.c`), and overlays, which it dumps and can't
/// mount again.
const LEFT_BEHIND: [&str; 9] = [
    "ramfs", "overlay", "nfs", "nfs4", "cifs", "9p", "virtiofs", "squashfs", "iso9660",
];

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
    let config = &container.config;
    let asked = config
        .volumes
        .iter()
        .map(|mount| mount.destination.as_str());
    let volumes = config.named_volumes.iter();
    let imported = config.imported_spec.iter();
    let imported = imported.flat_map(|spec| spec["mounts"].as_array().into_iter().flatten());
    let destinations: Vec<&str> = asked
        .chain(volumes.map(|volume| volume.destination.as_str()))
        .chain(imported.filter_map(|mount| mount["destination"].as_str()))
        .chain(["/"])
        .collect();
    // A path of the image may lead elsewhere: /var/run is a link in most.
    let first = processes.first().map_or(0, |first| first.pid);
    let given: BTreeSet<u64> = destinations
        .iter()
        .filter_map(|destination| mount::at_path(first, Path::new(destination)))
        .collect();
    let is_fuse = |kind: &str| kind == "fuse" || kind == "fuseblk" || kind.starts_with("fuse.");
    let foreign = processes.mounts.iter().find(|mount| {
        let kind = mount.kind.as_str();
        // What the engine binds into the container is a part of some file system of the host.
        let whole = mount.root == Path::new("/");
        (is_fuse(kind) || LEFT_BEHIND.contains(&kind)) && whole && !given.contains(&mount.id)
    });
    let Some(mount) = foreign else {
        findings.ok(
            CHECK,
            "no file system is mounted inside that cannot come back",
        );
        return;
    };
    let point = harmless(&mount.point.to_string_lossy());
    let (what, remedy) = if is_fuse(&mount.kind) {
        (
            format!("a FUSE file system is mounted inside the container at {point}"),
            "unmount it before the checkpoint, or mount it on the host and pass it in as a volume",
        )
    } else {
        (
            format!(
                "a file system of type {} is mounted inside the container at {point}, which cannot come back",
                harmless(&mount.kind)
            ),
            "unmount it before the checkpoint, or mount it on the host and pass it in as a volume",
        )
    };
    findings.fail(CHECK, what, remedy);
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
