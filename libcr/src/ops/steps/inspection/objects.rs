//! What processes have open that a dump can't take, or takes only when it is told to. What CRIU
//! does with which kind of file is in its `criu/files.c` (`dump_one_file`) and `criu/files-reg.c`.

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, MetadataExt as _};
use rustix::fs::{major, minor, statfs};

use super::Allowed;
use super::process::{Process, Processes, harmless};
use super::words;
use crate::criu::config_file;
use crate::model::finding::Findings;
use crate::sys::descriptor::Descriptor;

/// `MQUEUE_MAGIC`, `DEVPTS_SUPER_MAGIC`, `PROC_SUPER_MAGIC` (linux/magic.h).
const MESSAGE_QUEUE: i64 = 0x1980_0202;
const TERMINALS: i64 = 0x1cd1;
const PROC: i64 = 0x9fa0;
/// Kinds of kernel objects without a file that CRIU takes.
const TAKEN: [&str; 9] = [
    "[eventfd]",
    "[eventpoll]",
    "inotify",
    "[inotify]",
    "[fanotify]",
    "[signalfd]",
    "[timerfd]",
    "[pidfd]",
    "bpf-map",
];
/// Directories in which CRIU looks for what an inotify watches where a file handle doesn't tell
/// (`criu/irmap.c`).
const SEARCHED: [&str; 8] = [
    "etc",
    "var/spool",
    "var/log",
    "usr/share/dbus-1/services",
    "usr/share/dbus-1/system-services",
    "var/lib/polkit-1/localauthority",
    "usr/share/polkit-1/actions",
    "lib/udev",
];
/// Files that are looked at there.
const SEARCH_LIMIT: usize = 20_000;

/// All checks of open files.
pub(super) fn inspect(processes: &Processes, allowed: &Allowed, findings: &mut Findings) {
    locks(processes, allowed, findings);
    kernel_objects(processes, findings);
    devices(processes, findings);
    unlinked(processes, allowed, findings);
    outside(processes, findings);
    terminals(processes, allowed, findings);
    watches(processes, findings);
}

fn named(process: &Process, descriptor: &Descriptor) -> String {
    let target = harmless(&descriptor.target.to_string_lossy());
    format!(
        "{} has {target} open (descriptor {})",
        process.shown(),
        descriptor.number
    )
}

fn locks(processes: &Processes, allowed: &Allowed, findings: &mut Findings) {
    const CHECK: &str = "file-locks";
    let held = processes.descriptors().find(|(_, one)| one.is_locked());
    match held {
        None => findings.ok(CHECK, "no process holds a file lock"),
        Some((process, one)) if !allowed.file_locks => findings.fail(
            CHECK,
            format!(
                "the container holds file locks: {} on {}",
                process.shown(),
                harmless(&one.target.to_string_lossy())
            ),
            "use --file-locks to take them along",
        ),
        Some(_) => findings.ok(CHECK, "file locks are taken along"),
    }
}

fn kernel_objects(processes: &Processes, findings: &mut Findings) {
    const CHECK: &str = "kernel-objects";
    let object = processes.descriptors().find_map(|(process, one)| {
        let kind = one.anonymous()?;
        (!TAKEN.contains(&kind)).then_some((process, kind))
    });
    let queue = processes.descriptors().find(|(process, one)| {
        let file = one.metadata.as_ref().is_some_and(Metadata::is_file);
        file && file_system(process, one) == Some(MESSAGE_QUEUE)
    });
    match (object, queue) {
        (Some((process, "[io_uring]")), _) => findings.fail(
            CHECK,
            format!("{} uses io_uring, which CRIU cannot checkpoint", process.shown()),
            "turn io_uring off in the application (Node.js: UV_USE_IO_URING=0), or forbid io_uring_setup by the seccomp profile",
        ),
        (Some((process, kind)), _) => findings.fail(
            CHECK,
            format!(
                "{} has an anonymous kernel object open that CRIU cannot checkpoint: {}",
                process.shown(),
                harmless(kind)
            ),
            "close it, or turn the feature off that uses it",
        ),
        (None, Some((process, _))) => findings.fail(
            CHECK,
            format!("{} has a POSIX message queue open, which CRIU cannot checkpoint", process.shown()),
            "close it before the checkpoint; System V message queues are taken along",
        ),
        (None, None) => findings.ok(CHECK, "all kernel objects that are open can be taken along"),
    }
}

/// Type of the file system that a file is on.
fn file_system(process: &Process, descriptor: &Descriptor) -> Option<i64> {
    let path = format!("/proc/{}/fd/{}", process.pid, descriptor.number);
    #[allow(clippy::unnecessary_cast, reason = "the width differs by architecture")]
    statfs(path).ok().map(|facts| facts.f_type as i64)
}

fn devices(processes: &Processes, findings: &mut Findings) {
    const CHECK: &str = "devices";
    let found = processes.descriptors().find(|(process, one)| {
        let Some(facts) = &one.metadata else {
            return false;
        };
        let kind = facts.file_type();
        kind.is_block_device() || (kind.is_char_device() && !is_taken(process, one, facts.rdev()))
    });
    match found {
        None => findings.ok(CHECK, "no device is open that CRIU cannot checkpoint"),
        Some((process, one)) => findings.fail(
            CHECK,
            format!(
                "{}, a device that CRIU cannot checkpoint",
                named(process, one)
            ),
            "close it before the checkpoint, or start the container without that device; where a plugin of CRIU takes it: --skip-check devices",
        ),
    }
}

/// Character devices that CRIU takes: memory devices (null, zero, random …), terminals, tun, autofs.
fn is_taken(process: &Process, descriptor: &Descriptor, device: u64) -> bool {
    match (major(device), minor(device)) {
        (1 | 4 | 5 | 188 | 204, _) | (10, 200 | 235) => true,
        _ => file_system(process, descriptor) == Some(TERMINALS),
    }
}

fn unlinked(processes: &Processes, allowed: &Allowed, findings: &mut Findings) {
    const CHECK: &str = "unlinked-files";
    let mut there = false;
    let limit = config_file::ghost_limit();
    for (process, one) in processes.descriptors().filter(|(_, one)| one.is_deleted()) {
        let Some(facts) = one.metadata.as_ref().filter(|facts| facts.is_file()) else {
            continue;
        };
        // Memory files, the kernel's own mounts and files of /proc are taken in other ways.
        let in_a_mount = one
            .mount
            .is_some_and(|id| processes.mounts.iter().any(|mount| mount.id == id));
        if !in_a_mount || file_system(process, one) == Some(PROC) {
            continue;
        }
        there = true;
        let size = facts.blocks().saturating_mul(512);
        if facts.nlink() == 0 && size > limit {
            findings.fail(
                CHECK,
                format!(
                    "{}, unlinked and with {} larger than the {} that CRIU takes of such a file",
                    named(process, one),
                    words::size(size),
                    words::size(limit)
                ),
                "close or truncate it, or allow more by a line such as `ghost-limit 1G` in /etc/criu/default.conf",
            );
            return;
        }
        if facts.nlink() > 0 && !allowed.link_remap {
            findings.fail(
                CHECK,
                format!(
                    "{}, unlinked under this name and there under another one",
                    named(process, one)
                ),
                "use --link-remap",
            );
            return;
        }
    }
    findings.ok(
        CHECK,
        if there {
            "unlinked files that are open are taken along"
        } else {
            "no unlinked file is open"
        },
    );
}

fn outside(processes: &Processes, findings: &mut Findings) {
    const CHECK: &str = "outside-files";
    let known: BTreeSet<u64> = processes.mounts.iter().map(|mount| mount.id).collect();
    let found = processes.descriptors().find(|(process, one)| {
        let Some(facts) = &one.metadata else {
            return false;
        };
        let named = Path::new(&one.target).is_absolute();
        // Memory files live on a mount of the kernel's own.
        let memory = one.target.to_string_lossy().starts_with("/memfd:");
        let plain = facts.is_file() || facts.is_dir();
        plain
            && named
            && !memory
            && one.mount.is_some_and(|mount| !known.contains(&mount))
            && file_system(process, one) != Some(MESSAGE_QUEUE)
            && is_in_first_mounts(processes, process)
    });
    match found {
        None => findings.ok(CHECK, "every open file lies in the container's mounts"),
        Some((process, one)) => findings.fail(
            CHECK,
            format!("{}, which lies outside the container's mounts", named(process, one)),
            "close it; mount files of the host into the container (-v) instead of handing them in open",
        ),
    }
}

/// A pseudo-terminal of another devpts than the container's has its other end outside.
fn terminals(processes: &Processes, allowed: &Allowed, findings: &mut Findings) {
    const CHECK: &str = "terminals";
    let ours: BTreeSet<u64> = processes
        .mounts
        .iter()
        .filter(|mount| mount.kind == "devpts")
        .map(|mount| mount.device)
        .collect();
    let is_terminal = |facts: &Metadata| {
        facts.file_type().is_char_device() && (136..=143).contains(&major(facts.rdev()))
    };
    let mut there = false;
    let outside = processes.descriptors().find(|(_, one)| {
        let terminal = one.metadata.as_ref().filter(|facts| is_terminal(facts));
        there |= terminal.is_some();
        terminal.is_some_and(|facts| !ours.contains(&facts.dev()))
    });
    match outside {
        Some((process, one)) if !allowed.shell_job => findings.fail(
            CHECK,
            format!(
                "{} has a terminal of outside open (descriptor {})",
                process.shown(),
                one.number
            ),
            "close it, or start the container with a terminal of its own (-t)",
        ),
        Some(_) => findings.ok(CHECK, "a terminal of outside is open and allowed"),
        None if there => findings.ok(CHECK, "the container's own terminal is taken along"),
        None => findings.ok(CHECK, "no terminal is open"),
    }
}

/// A process in a mount namespace of its own has mounts that the first one doesn't see.
fn is_in_first_mounts(processes: &Processes, process: &Process) -> bool {
    let namespace = |pid| crate::sys::proc::namespace(pid, "mnt");
    let first = processes.first().map(|first| first.pid);
    first.is_some_and(|first| namespace(first) == namespace(process.pid))
}

fn watches(processes: &Processes, findings: &mut Findings) {
    const CHECK: &str = "watches";
    let overlays: Vec<u64> = processes
        .mounts
        .iter()
        .filter(|mount| mount.kind == "overlay")
        .map(|mount| mount.device)
        .collect();
    // Searched once, and only where something is watched.
    let mut searched: Option<BTreeSet<u64>> = None;
    let found = processes.descriptors().find(|(process, one)| {
        let mut watched = one.watches();
        watched.any(|(device, inode)| {
            overlays.contains(&device)
                && !searched
                    .get_or_insert_with(|| found_by_search(process))
                    .contains(&inode)
        })
    });
    match found {
        None => findings.ok(CHECK, "no file is watched that CRIU cannot find again"),
        Some((process, one)) => findings.fail(
            CHECK,
            format!(
                "{} watches a file by inotify that CRIU cannot find again on this file system (descriptor {})",
                process.shown(),
                one.number
            ),
            "end that watch, or watch a directory of a tmpfs or a volume",
        ),
    }
}

/// Inodes of what CRIU looks at in search of a watched file.
fn found_by_search(process: &Process) -> BTreeSet<u64> {
    let root = format!("/proc/{}/root", process.pid);
    let mut found: BTreeSet<u64> = std::fs::metadata(&root)
        .map(|facts| facts.ino())
        .into_iter()
        .collect();
    let Ok(root) = Dir::open_ambient_dir(&root, ambient_authority()) else {
        return found;
    };
    let mut left: Vec<PathBuf> = SEARCHED.iter().map(PathBuf::from).collect();
    // Links of the container lead nowhere outside of it (cap-std).
    while let Some(path) = left.pop() {
        let Ok(facts) = root.symlink_metadata(&path) else {
            continue;
        };
        found.insert(facts.ino());
        if facts.is_dir() {
            let entries = root.read_dir(&path).into_iter().flatten().flatten();
            let more = SEARCH_LIMIT.saturating_sub(found.len() + left.len());
            left.extend(entries.take(more).map(|entry| path.join(entry.file_name())));
        }
    }
    found
}
