//! Objects of the kernel and mounts that CRIU can't take along: refused by name, and gone they are
//! no hindrance.

use super::{FREE, Holder, Tests, all_refused, python, tests};
use crate::harness::Host;

pub const TESTS: Tests = tests![
    kernel_objects,
    mounts,
    mount_of_the_host,
    mount_that_stays_behind
];

fn kernel_objects(host: &Host) {
    all_refused(
        host,
        &[],
        &[
            ("io_uring", "(workload) uses io_uring", "UV_USE_IO_URING=0"),
            ("userfaultfd", "handles page faults itself", "turn off"),
            ("performance", "counts performance events", "profiler"),
            ("bpf", "has a BPF object open (map)", "on the host instead"),
            (
                "landlock",
                "has a Landlock ruleset open",
                "close the ruleset",
            ),
            (
                "supervisor",
                "supervises another's system calls",
                "close it",
            ),
            (
                "context",
                "cannot checkpoint: [fscontext] (descriptor",
                "close it",
            ),
            ("secret", "has secret memory (memfd_secret)", "turn off"),
            (
                "huge",
                "has a memory file of huge pages open",
                "turn huge pages off",
            ),
            (
                "left-queue",
                "there is a POSIX message queue in the container",
                "remove it: a file in the container's /dev/mqueue",
            ),
            (
                "queue",
                "has /held open (descriptor",
                "a POSIX message queue counts",
            ),
        ],
    );
}

fn mounts(host: &Host) {
    let serve = super::sockets::Outside::begin(host);
    all_refused(
        host,
        &[],
        &[
            (
                "mounted=ramfs:/data/memory",
                "is mounted at /data/memory inside the container",
                "unmount it",
            ),
            (
                "fuse=/data/fuse",
                "a FUSE file system is mounted at /data/fuse",
                "unmount it, or mount it on the host",
            ),
            (
                "hidden=/data/hidden",
                "/data/hidden/file open",
                "if something was mounted over it, unmount that",
            ),
        ],
    );
    drop(serve);
}

/// Puts a copy of the mount at argv[2] to argv[3] of the mount namespace of process argv[1].
const MOUNT_INTO: &str = r#"
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
pid, source, target = sys.argv[1:]
tree = libc.syscall(428, -100, source.encode(), 1)
assert tree >= 0, ctypes.get_errno()
namespace = os.open("/proc/%s/ns/mnt" % pid, os.O_RDONLY)
assert libc.setns(namespace, 0x20000) == 0, ctypes.get_errno()
assert libc.syscall(429, tree, b"", -100, target.encode(), 4) == 0, ctypes.get_errno()
"#;

fn mount_of_the_host(host: &Host) {
    let mut holder = Holder::start(host, &FREE, &[]);
    let source = host.file("of-the-host");
    std::fs::create_dir(&source).unwrap();
    python(MOUNT_INTO, &[&holder.pid.to_string(), &source, "/data"]);
    let cause = "a directory of the host was mounted at /data after the container had been started";
    holder.is_refused(
        &[],
        cause,
        "unmount it, or start the container with it (-v)",
    );
    host.shell(super::NAME, "umount /data");
    holder.freeze(&[]);
    holder.thaw(&[]);
    holder.end();
}

/// An overlay over a tmpfs of the container: CRIU 4.2.1 dumps it and can't bring it back.
fn mount_that_stays_behind(host: &Host) {
    let holder = Holder::start(host, &FREE, &[]);
    let overlay = "mount -t tmpfs none /dev/shm && mkdir /dev/shm/upper /dev/shm/work && \
        mount -t overlay -o lowerdir=/opt,upperdir=/dev/shm/upper,workdir=/dev/shm/work none /data";
    host.shell(super::NAME, overlay);
    holder.freeze_for_good(&["--keep"]);
    holder.stays_frozen(
        &[],
        "overlay is mounted at \"/data\", which CRIU would make of what this host has",
        "this checkpoint cannot be restored",
    );
}
