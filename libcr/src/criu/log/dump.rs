//! What a container holds that CRIU can't take along, or takes along only when it is told to.

use super::rule::{Rule, after, rule};

const CLOSE_FILE: &str = "let the program close it before the checkpoint";

/// In the order in which they are tried.
pub const RULES: &[Rule] = &[
    // Network sockets.
    rule(
        &["Connected TCP socket"],
        "the container has established TCP connections",
        "use --tcp-established to take them along",
    ),
    rule(
        &["In-flight connection"],
        "a TCP connection of the container is just being made",
        "use --tcp-skip-in-flight to leave it out, or try again",
    ),
    rule(
        &["Unsupported proto 262 "],
        "{process} has a Multipath TCP socket, which CRIU cannot checkpoint",
        "turn MPTCP off in the application (Go programs: GODEBUG=multipathtcp=0)",
    ),
    rule(
        &["Unsupported proto ", " for socket"],
        "{process} has a socket of protocol number {0}, which CRIU cannot checkpoint",
        CLOSE_FILE,
    ),
    rule(
        &["Unknown socket collected (family 40)"],
        "{process} has a vsock socket to or from a hypervisor, which CRIU cannot checkpoint",
        CLOSE_FILE,
    ),
    rule(
        &["Unknown socket collected (family 44)"],
        "{process} has an AF_XDP socket, which CRIU cannot checkpoint",
        CLOSE_FILE,
    ),
    rule(
        &["Unknown socket collected (family ", ")"],
        "{process} has a socket of address family {0}, which CRIU cannot checkpoint",
        CLOSE_FILE,
    ),
    rule(
        &["netlink: The socket has data to read"],
        "{process} has not read all messages of a netlink socket",
        "try again; a program that never reads them must close the socket",
    ),
    rule(
        &["Can't dump corked dgram socket"],
        "{process} has begun a UDP datagram and not sent it yet (UDP_CORK)",
        "try again when it has sent it",
    ),
    rule(
        &["Socket state ", " obtained but expected"],
        "{process} has a network socket that was made outside the container's network",
        "let it close that socket and open one of its own",
    ),
    rule(
        &["opt: Bad file descriptor"],
        "{process} has the name of a unix socket open as a path (O_PATH), which CRIU cannot checkpoint",
        CLOSE_FILE,
    ),
    // Unix sockets.
    after(
        &["Runaway socket: ino ", " type    1 state", " name "],
        &["External socket is used"],
        "a process is connected to a unix socket outside the container, {3}, by a stream, which CRIU cannot checkpoint",
        "close that connection, or do without the mount of that socket",
    ),
    rule(
        &["External socket is used"],
        "a process sends datagrams to a unix socket outside the container",
        "use --ext-unix-sk, also to restore, where the socket must then be under the same path in the container",
    ),
    rule(
        &["Can't dump half of stream unix connection", "peer name: "],
        "a process is connected to a unix socket outside the container, {1}, by a stream, which CRIU cannot checkpoint",
        "close that connection, or do without the mount of that socket",
    ),
    rule(
        &["Unix socket ", " without peer "],
        "{process} sends datagrams to a unix socket outside the container's network namespace, which CRIU cannot checkpoint",
        "close that socket (a mounted log socket, say), or use --network host and --ext-unix-sk",
    ),
    rule(
        &["unix: Dangling connection"],
        "{process} is connected to a unix socket outside the container, which CRIU cannot checkpoint",
        "close that connection (a mounted docker.sock, a host's database), or do without the mount",
    ),
    rule(
        &["Unix socket ", " not found"],
        "{process} holds a unix socket that was made outside the container and passed in, which CRIU cannot checkpoint",
        CLOSE_FILE,
    ),
    rule(
        &["name-less external socket"],
        "a process holds a socket pair whose other end is outside the container",
        CLOSE_FILE,
    ),
    // Objects of the kernel.
    rule(
        &["of that type", "io_uring"],
        "{process} uses io_uring, which CRIU cannot checkpoint",
        "turn io_uring off in the application (Node.js: UV_USE_IO_URING=0), or forbid io_uring_setup by the seccomp profile",
    ),
    // Since Linux 6.7 an io_uring can't even be handed to CRIU: SCM_RIGHTS refuses it alone.
    rule(
        &["send_fds failed (-22)"],
        "{process} uses io_uring, which CRIU cannot checkpoint",
        "turn io_uring off in the application (Node.js: UV_USE_IO_URING=0), or forbid io_uring_setup by the seccomp profile",
    ),
    rule(
        &["of that type", "anon_inode:[userfaultfd]"],
        "{process} handles page faults itself (userfaultfd), which CRIU cannot checkpoint",
        "turn off what uses it (post-copy, a garbage collector), or wait until it is done",
    ),
    rule(
        &["of that type", "anon_inode:[perf_event]"],
        "{process} counts performance events, which CRIU cannot checkpoint",
        "end perf or the profiler in the container first",
    ),
    rule(
        &["of that type", "anon_inode:bpf-", ")"],
        "{process} has a BPF object open ({1}), which CRIU cannot checkpoint",
        "let it close it, or run what uses BPF on the host instead",
    ),
    rule(
        &["of that type", "anon_inode:[landlock-ruleset]"],
        "{process} has a Landlock ruleset open, which CRIU cannot checkpoint",
        "let it close the ruleset once it has restricted itself",
    ),
    rule(
        &["of that type", "anon_inode:seccomp notify"],
        "{process} supervises another's system calls (seccomp notify), which CRIU cannot checkpoint",
        CLOSE_FILE,
    ),
    rule(
        &["Can't dump file ", " of that type", "anon_inode:", ")"],
        "{process} has a kernel object open that CRIU cannot checkpoint: {2} (descriptor {0})",
        "let it close it, or turn off the feature that uses it",
    ),
    rule(
        &["Can't dump file ", " of that type [2", "(chr 10:229"],
        "{process} has /dev/fuse open (descriptor {0}): it serves a file system, which CRIU cannot checkpoint",
        "unmount that file system in the container, or mount it on the host and pass it in as a volume",
    ),
    rule(
        &["Can't dump file ", " of that type [2", "(chr ", ")"],
        "{process} has a device open that CRIU cannot checkpoint: character device {2} (descriptor {0})",
        CLOSE_FILE,
    ),
    rule(
        &["Can't dump file ", " of that type [", "] (", ")"],
        "{process} has a file or device open that CRIU cannot checkpoint: {2} (descriptor {0})",
        CLOSE_FILE,
    ),
    rule(
        &["(/secretmem"],
        "{process} has secret memory (memfd_secret), which CRIU cannot checkpoint",
        "turn off the feature that uses it",
    ),
    rule(
        &["Can't lookup mount=", "path=/secretmem"],
        "{process} has secret memory (memfd_secret), which CRIU cannot checkpoint",
        "turn off the feature that uses it",
    ),
    rule(
        &["fsnotify:", "Can't dump that handle"],
        "{process} watches a file by inotify or fanotify that CRIU cannot find again on this file system",
        "end that watch, or watch a directory of a tmpfs or a volume",
    ),
    rule(
        &["fsnotify: Can't find suitable path for handle"],
        "{process} watches a file by inotify or fanotify that has been removed",
        "end that watch",
    ),
    rule(
        &["mqueue isn't empty"],
        "there is a POSIX message queue in the container, which CRIU cannot checkpoint",
        "remove it: a file in the container's /dev/mqueue",
    ),
    // Files.
    rule(
        &["file locks are hold"],
        "the container holds file locks",
        "use --file-locks to take them along",
    ),
    rule(
        &["Can't dump ghost file ", " of ", " size, increase limit"],
        "a process has {0} open, which was removed and has {1} bytes, more than CRIU takes along",
        "put a larger limit into /etc/criu/default.conf (a line such as `ghost-limit 1G`), or let the program close it",
    ),
    rule(
        &["Can't link remap to ", ": Invalid cross-device link"],
        "a process has {0} open, which another mount hides",
        "unmount what was mounted over it",
    ),
    rule(
        &["Can't create link remap for ", ". Use link-remap"],
        "a process has {0} open, which is no longer under this name but still has another one",
        "use --link-remap; if something was mounted over it, unmount that",
    ),
    rule(
        &["Can't lookup mount=", " for fd=", " path=/dev/pts/"],
        "{process} has a terminal of outside open (descriptor {1})",
        "let it close it; give the container a terminal of its own with -t",
    ),
    rule(
        &["Can't lookup mount=", " for fd=", " path=/memfd:"],
        "{process} has a memory file of huge pages open (descriptor {1}), which CRIU cannot find",
        "turn huge pages off in the application",
    ),
    rule(
        &["Can't lookup mount=", " for fd=", " path="],
        "{process} has {2} open (descriptor {1}), which lies outside the container's mounts",
        "let it close it; a file of the host must be mounted (-v); a POSIX message queue counts as such a file",
    ),
    // Processes.
    rule(
        &["zombie ", " (comm ", ") found while seizing"],
        "process {0} ({1}) cannot be stopped, since another one traces it",
        "end the debugger or tracer in the container and try again",
    ),
    rule(
        &["Can't get rlimit", "not permitted"],
        "CRIU may not read the limits of another user's process",
        "give the engine CAP_SYS_RESOURCE, which this host withholds from root, or run the container as root",
    ),
    rule(
        &["Can't dump nested ", " namespace for "],
        "{pid 1} has a {0} namespace of its own, which CRIU cannot checkpoint",
        "end it, or turn off the sandbox or nested container that made it",
    ),
    rule(
        &["A session leader of ", "outside of its pid namespace"],
        "a process belongs to a session outside the container",
        "start the container detached, or with a terminal of its own (-t)",
    ),
    // Mounts.
    rule(
        &["failed to dump fs ./", " (fuse)"],
        "a FUSE file system is mounted at /{0} inside the container, which CRIU cannot checkpoint",
        "unmount it, or mount it on the host and pass it in as a volume",
    ),
    rule(
        &["is a fuse mount"],
        "a FUSE file system is mounted inside the container, which CRIU cannot checkpoint",
        "unmount it, or mount it on the host and pass it in as a volume",
    ),
    rule(
        &["FS mnt ./", " dev ", "unsupported id"],
        "a file system that CRIU cannot checkpoint is mounted at /{0} inside the container",
        "unmount it, or mount it on the host and pass it in as a volume",
    ),
    rule(
        &["mnt: ", ":./", " doesn't have a proper root mount"],
        "a directory of the host was mounted at /{1} after the container had been started",
        "unmount it, or start the container with it (-v)",
    ),
    rule(
        &["Mount ", " is autodetected external mount"],
        "the container has a mount from outside that CRIU was not told of ({0})",
        "unmount it, or start the container with it (-v)",
    ),
    rule(
        &["unreachable sharing"],
        "the container has a mount that is shared with the host",
        "mount it with private propagation (:private)",
    ),
    rule(
        &["Tracking memory is not available"],
        "this kernel cannot track changed memory, which pre-checkpoints need",
        "use a kernel with CONFIG_MEM_SOFT_DIRTY",
    ),
    rule(
        &["cg:"],
        "the container's cgroup could not be dumped",
        "leave --manage-cgroups-mode out: cgroups then stay out of the images",
    ),
];
