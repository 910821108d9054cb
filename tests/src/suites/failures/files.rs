//! Files: unlinked, too large, watched, locked; and on the way back changed, gone, in the way.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{CriuSetting, FREE, Holder, Tests, all_refused, explained, tests, words};
use crate::harness::Host;

pub const TESTS: Tests = tests![
    watches,
    locks,
    large_file_without_a_name,
    file_under_another_name,
    file_that_a_mount_hides,
    files_that_changed,
    mount_source_gone,
];

fn watches(host: &Host) {
    all_refused(
        host,
        &[],
        &[
            (
                "watch=/data/watched",
                "cannot find again on this file system",
                "end that watch",
            ),
            (
                "removed-watch=/dev/shm/watched",
                "that has been removed",
                "end that watch",
            ),
        ],
    );
    // The other remedy: the same watch in a tmpfs goes along.
    host.ok(&["rm", super::NAME]);
    fs::remove_dir_all(host.path("shared")).unwrap();
    let mut holder = Holder::start(host, &[], &["watch=/dev/shm/watched"]);
    holder.freeze(&[]);
    holder.thaw(&[]);
    holder.close(true);
    holder.end();
}

fn locks(host: &Host) {
    host.start(super::NAME, &[], &["workload", "hold", "locks"]);
    host.wait_for_log(super::NAME, "READY");
    let done = host.run(&words("checkpoint", &[]));
    explained(
        &done,
        "checkpoint",
        "the container holds file locks",
        "use --file-locks",
    );
    host.ok(&words("checkpoint", &["--file-locks"]));
    host.ok(&words("restore", &["--file-locks"]));
    crate::suites::workloads::verdict(host, super::NAME);
}

fn large_file_without_a_name(host: &Host) {
    let mut holder = Holder::start(host, &[], &["ghost=/data/large"]);
    let cause = "/data/large open, which was removed and has 2097152 bytes";
    holder.is_refused(
        &[],
        cause,
        "/etc/criu/default.conf (a line such as `ghost-limit 1G`)",
    );
    let setting = CriuSetting::begin("ghost-limit 1G");
    holder.freeze(&[]);
    holder.thaw(&[]);
    drop(setting);
    holder.close(true);
    holder.end();
}

fn file_under_another_name(host: &Host) {
    let mut holder = Holder::start(host, &[], &["renamed=/data/name"]);
    let cause = "/data/name open, which is no longer under this name but still has another one";
    holder.is_refused(&[], cause, "use --link-remap");
    holder.freeze(&["--link-remap"]);
    holder.thaw(&[]);
    holder.close(true);
    holder.end();
}

fn file_that_a_mount_hides(host: &Host) {
    let mut holder = Holder::start(host, &FREE, &["hidden=/data/below"]);
    let cause = "/data/below/file open, which another mount hides";
    holder.is_refused(&["--link-remap"], cause, "unmount what was mounted over it");
    holder.close(true);
    holder.freeze(&[]);
    holder.thaw(&[]);
    holder.end();
}

/// What is done to a file between freeze and thaw, what the thaw says, and how it is mended.
struct Change {
    spoil: fn(&Path),
    cause: &'static str,
    remedy: &'static str,
    mend: fn(&Path),
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

const CHANGES: &[Change] = &[
    Change {
        spoil: |path| write(&path.join("file"), "longer than it was"),
        cause: "/work/file, which a process has open, has 18 bytes, and had 5 when the memory was taken",
        remedy: "bring the file back as it was",
        mend: |path| write(&path.join("file"), "hello"),
    },
    Change {
        spoil: |path| set_mode(&path.join("file"), 0o755),
        cause: "/work/file, which a process has open, has mode 0100755, and had 0100644",
        remedy: "chmod it back to 0100644",
        mend: |path| set_mode(&path.join("file"), 0o644),
    },
    Change {
        spoil: |path| fs::remove_file(path.join("file")).unwrap(),
        cause: "/work/file, which a process has open, is not there",
        remedy: "bring it back: a mount or volume is missing",
        mend: |path| write(&path.join("file"), "hello"),
    },
    Change {
        spoil: |path| {
            fs::remove_file(path.join("file")).unwrap();
            fs::create_dir(path.join("file")).unwrap();
        },
        cause: "/work/file, which a process has open, cannot be opened now: Is a directory",
        remedy: "bring the file back as it was",
        mend: |path| {
            fs::remove_dir(path.join("file")).unwrap();
            write(&path.join("file"), "hello");
        },
    },
    Change {
        spoil: |path| {
            let _ = fs::remove_file(path.join("socket"));
            fs::create_dir(path.join("socket")).unwrap();
        },
        cause: "/work/socket, the name of a unix socket of the container, is taken",
        remedy: "remove what is there",
        mend: |path| fs::remove_dir(path.join("socket")).unwrap(),
    },
    Change {
        spoil: |path| fs::remove_dir(path.join("directory")).unwrap(),
        cause: "/work/directory, which a process has open, is not there",
        remedy: "bring it back",
        mend: |path| fs::create_dir(path.join("directory")).unwrap(),
    },
];

/// A script that has a file and a directory open and stands in the latter, and a socket.
fn start(host: &Host, directory: &Path) {
    fs::create_dir_all(directory.join("directory")).unwrap();
    write(&directory.join("file"), "hello");
    let mount = format!("{}:/work", directory.display());
    let script = "workload keep /work bound=/work/socket & \
        cd /work/directory; exec 5<>/work/file; echo READY; wait";
    host.start_shell(super::NAME, &["-v", &mount], script);
    host.wait_for_log(super::NAME, "READY");
    let listening = directory.join("has-0");
    crate::harness::wait::until("the socket", || listening.exists().then_some(()));
}

fn files_that_changed(host: &Host) {
    let directory = host.path("work");
    start(host, &directory);
    host.ok(&words("checkpoint", &[]));
    for change in CHANGES {
        (change.spoil)(&directory);
        let done = host.run(&words("restore", &[]));
        explained(&done, "restore", change.cause, change.remedy);
        assert_eq!(host.status(super::NAME), "exited");
        (change.mend)(&directory);
    }
    host.ok(&words("restore", &[]));
    assert_eq!(host.shell(super::NAME, "cat /proc/1/fd/5"), "hello");
}

/// The runtime says it, not CRIU, of which there is no log then: also not that of an earlier try.
fn mount_source_gone(host: &Host) {
    let directory = host.path("work");
    start(host, &directory);
    host.ok(&words("checkpoint", &[]));
    write(&directory.join("file"), "longer than it was");
    let done = host.run(&words("restore", &[]));
    explained(&done, "restore", "has 18 bytes", "bring the file back");
    write(&directory.join("file"), "hello");
    let aside = host.path("aside");
    fs::rename(&directory, &aside).unwrap();
    let done = host.run(&words("restore", &[]));
    let cause = format!("the mount source {} does not exist", directory.display());
    explained(
        &done,
        "restore",
        &cause,
        "create it and bring its files back",
    );
    fs::rename(&aside, &directory).unwrap();
    host.ok(&words("restore", &[]));
}
