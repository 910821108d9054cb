//! What the host has too little of: disk, inodes, descriptors, cgroup rights.

use std::fs;
use std::process::Command;

use super::{Holder, NAME, Tests, explained, tests, under, words};
use crate::harness::{Host, command};

pub const TESTS: Tests = tests![once disk_full, once descriptors, cgroup_settings];

/// A small tmpfs, unmounted when dropped.
struct Small(String);

impl Small {
    #[track_caller]
    fn mount(host: &Host, size: &str) -> Self {
        let path = host.file("small");
        fs::create_dir_all(&path).unwrap();
        let options = ["-t", "tmpfs", "-o", size, "none", &path];
        let done = command::run(Command::new("mount").args(options), "");
        assert_eq!(done.code, 0, "{done}");
        Self(path)
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = command::run(Command::new("umount").arg(&self.0), "");
    }
}

/// Shared memory that the engine does not count before it asks CRIU.
fn disk_full(host: &Host) {
    host.start(NAME, &[], &["workload", "hold", "shared"]);
    host.wait_for_log(NAME, "READY");
    let pid = host.pid(NAME);
    // Too small for the images, without an inode for all of them.
    for size in ["size=100k", "nr_inodes=8"] {
        let small = Small::mount(host, size);
        let images = format!("{}/images", small.0);
        let options = ["--leave-running", "--image-path", &images];
        let done = host.run(&words("checkpoint", &options));
        let cause = "there is no space left on the disk that CRIU writes to, or no free inode";
        explained(
            &done,
            "checkpoint",
            cause,
            "name another place with --image-path",
        );
        assert_eq!(host.pid(NAME), pid);
        // The directory itself is the user's choice.
        let left = fs::read_dir(&images).unwrap().count();
        assert_eq!(left, 0, "images are left");
    }
    let images = host.file("images");
    host.ok(&words("checkpoint", &["--image-path", &images]));
    host.ok(&words("restore", &["--image-path", &images]));
    crate::suites::workloads::verdict(host, NAME);
}

/// The limit of a shell or of a unit, and nobody who may raise it.
fn descriptors(host: &Host) {
    let limited = |limit: &'static str| {
        [
            "prlimit",
            limit,
            "setpriv",
            "--bounding-set",
            "-sys_resource",
            "--",
        ]
    };
    let mut holder = Holder::start(host, &[], &["descriptors=600"]);
    holder.freeze(&[]);
    let done = under(
        host,
        &limited("--nofile=500:500"),
        None,
        &words("restore", &[]),
    );
    let cause = "CRIU may not open as many files as the container has open";
    explained(
        &done,
        "restore",
        cause,
        "raise the limit (ulimit -n; LimitNOFILE=",
    );
    holder.thaw(&[]);
    holder.close(true);
    holder.end();
}

/// Settings of version 1 controllers, which CRIU writes before the process may: crun's way. Where a
/// host has none of them there is nothing to write.
fn cgroup_settings(host: &Host) {
    let mut holder = Holder::start(host, &[], &[]);
    if host.runtime == "crun" {
        let hybrid = fs::read_to_string("/proc/self/cgroup")
            .unwrap()
            .contains(":cpuset:");
        let soft = ["--manage-cgroups-mode", "soft"];
        holder.freeze(&[&soft[..], &["--leave-running"]].concat());
        host.ok(&["kill", NAME]);
        host.wait_for_status(NAME, "exited");
        if hybrid {
            holder.stays_frozen(
                &soft,
                "the checkpoint has cgroup settings that this host does not let CRIU restore",
                "make a new one without --manage-cgroups-mode",
            );
            host.ok(&["start", NAME]);
        } else {
            holder.thaw(&soft);
        }
    }
    holder.freeze(&[]);
    holder.thaw(&[]);
    holder.end();
}
