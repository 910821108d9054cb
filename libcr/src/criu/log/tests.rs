//! Each log line and the sentence that it becomes. Lines of [`REAL`] are copied from logs (CRIU
//! 4.2.1, Linux 6.18, x86_64; container ids shortened) of failures like those of the suite
//! `failures`; those of
//! [`FROM_SOURCE`] are written after CRIU's source, 3.17 to 4.2.

use std::path::Path;

use super::*;

const CLEAN_START: &str = "(00.000648) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted\n(00.001363) SEIZE 369 (comm python3): success\n(00.001364) SEIZE 547 (comm sand(box)): success\n(00.003850) Dumping task (pid: 369 comm: python3)\n";

fn explained(lines: &str, phase: Phase) -> Explanation {
    let log = format!(
        "{CLEAN_START}{lines}\n(00.03) Error (criu/cr-dump.c:1975): Dumping FAILED.\n(00.03) Error (criu/cr-restore.c:2331): Restoring FAILED.\n"
    );
    explain_text(&log, phase).unwrap()
}

use Phase::{Dump, Restore};

/// Phase, lines of the log, cause.
const REAL: &[(Phase, &str, &str)] = &[
    (
        Dump,
        "(00.006710) Error (criu/sk-inet.c:200): inet: Connected TCP socket, consider using --tcp-established option.",
        "the container has established TCP connections",
    ),
    (
        Dump,
        "(00.009412) Error (criu/sk-inet.c:185): inet: In-flight connection (l) for 3d26ce\n(00.009414) Error (criu/sk-inet.c:186): inet: In-flight connections can be ignored with the --skip-in-flight option.",
        "a TCP connection of the container is just being made",
    ),
    (
        Dump,
        "(00.005639) Error (criu/sk-inet.c:137): inet: Unsupported proto 262 for socket 3c56f0\n(00.005640) Error (criu/sk-inet.c:139): inet: For Go programs, consider using \"GODEBUG=multipathtcp=0\" to disable MPTCP",
        "process 369 (python3) has a Multipath TCP socket, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.008443) Error (criu/sockets.c:767): sockets: BUG! Unknown socket collected (family 40)",
        "process 369 (python3) has a vsock socket to or from a hypervisor, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.009341) Error (criu/sockets.c:767): sockets: BUG! Unknown socket collected (family 44)",
        "process 369 (python3) has an AF_XDP socket, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.024462) Error (criu/sk-netlink.c:77): netlink: The socket has data to read",
        "process 369 (python3) has not read all messages of a netlink socket",
    ),
    (
        Dump,
        "(00.007589) Error (criu/sk-inet.c:504): inet: Can't dump corked dgram socket 3c1e9e",
        "process 369 (python3) has begun a UDP datagram and not sent it yet (UDP_CORK)",
    ),
    (
        Dump,
        "(00.007990) Error (criu/sk-inet.c:322): inet: Socket state 10 obtained but expected 7",
        "process 369 (python3) has a network socket that was made outside the container's network",
    ),
    (
        Dump,
        "(00.017843) Error (criu/sockets.c:640): sockets: Can't get 1:39 opt: Bad file descriptor",
        "process 369 (python3) has the name of a unix socket open as a path (O_PATH), which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.028742) unix: \tRunaway socket: ino 4334685 peer_ino 0 family    1 type    2 state  1 name /var/tmp/x/d\n(00.028743) Error (criu/sk-unix.c:874): unix: External socket is used. Consider using --ext-unix-sk option.",
        "a process sends datagrams to a unix socket outside the container",
    ),
    (
        Dump,
        "(00.047054) unix: \tRunaway socket: ino 4748415 peer_ino 4747911 family    1 type    1 state  1 name /var/tmp/x/s\n(00.047060) Error (criu/sk-unix.c:874): unix: External socket is used. Consider using --ext-unix-sk option.",
        "a process is connected to a unix socket outside the container, /var/tmp/x/s, by a stream, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.034560) Error (criu/sk-unix.c:881): unix: Can't dump half of stream unix connection. name: (null); peer name: /var/tmp/u/s",
        "a process is connected to a unix socket outside the container, /var/tmp/u/s, by a stream, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.006937) Error (criu/sk-unix.c:418): unix: Unix socket 4337045 without peer 4334685",
        "process 369 (python3) sends datagrams to a unix socket outside the container's network namespace, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.011885) Error (criu/sk-unix.c:479): unix: Dangling connection 4336715",
        "process 369 (python3) is connected to a unix socket outside the container, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.005537) Error (criu/sk-unix.c:351): unix: Unix socket 4015865 not found",
        "process 369 (python3) holds a unix socket that was made outside the container and passed in, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "pie: 1: Error (criu/pie/parasite.c:588): send_fds failed (-22)\n(00.016047) Error (criu/parasite-syscall.c:280): Can't retrieve FDs from socket",
        "process 369 (python3) uses io_uring, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.006905) Error (criu/files-ext.c:94): Can't dump file 4 of that type [600] (anon anon_inode:[userfaultfd])",
        "process 369 (python3) handles page faults itself (userfaultfd), which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.008029) Error (criu/files-ext.c:94): Can't dump file 4 of that type [600] (anon anon_inode:[perf_event])",
        "process 369 (python3) counts performance events, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.006756) Error (criu/files-ext.c:94): Can't dump file 4 of that type [600] (anon anon_inode:bpf-map)",
        "process 369 (python3) has a BPF object open (map), which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.007471) Error (criu/files-ext.c:94): Can't dump file 4 of that type [600] (anon anon_inode:[landlock-ruleset])",
        "process 369 (python3) has a Landlock ruleset open, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.008847) Error (criu/files-ext.c:94): Can't dump file 4 of that type [600] (anon anon_inode:seccomp notify)",
        "process 369 (python3) supervises another's system calls (seccomp notify), which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.013099) Error (criu/files-ext.c:94): Can't dump file 4 of that type [600] (anon anon_inode:[fscontext])",
        "process 369 (python3) has a kernel object open that CRIU cannot checkpoint: [fscontext] (descriptor 4)",
    ),
    (
        Dump,
        "(00.010858) Error (criu/files-ext.c:94): Can't dump file 5 of that type [20666] (chr 10:229)",
        "process 369 (python3) has /dev/fuse open (descriptor 5): it serves a file system, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.005788) Error (criu/proc_parse.c:502): Unknown shit 100600 (/secretmem (deleted))\n(00.005792) Error (criu/proc_parse.c:738): Can't open 1867's mapfile link 7f547c7f8000: No such device or address",
        "process 369 (python3) has secret memory (memfd_secret), which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.012668) Error (criu/files-reg.c:1790): Can't lookup mount=15 for fd=4 path=/secretmem (deleted)",
        "process 369 (python3) has secret memory (memfd_secret), which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.005149) Error (criu/fsnotify.c:284): fsnotify: \tCan't dump that handle",
        "process 369 (python3) watches a file by inotify or fanotify that CRIU cannot find again on this file system",
    ),
    (
        Dump,
        "(00.011873) Error (criu/fsnotify.c:263): fsnotify: Can't find suitable path for handle (dev 0x33 ino 0x2): -2",
        "process 369 (python3) watches a file by inotify or fanotify that has been removed",
    ),
    (
        Dump,
        "(00.037573) Error (criu/filesystems.c:650): mqueue isn't empty",
        "there is a POSIX message queue in the container, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.030631) Error (criu/file-lock.c:110): Some file locks are hold by dumping tasks! You can try --file-locks to dump them.",
        "the container holds file locks",
    ),
    (
        Dump,
        "(00.006352) Error (criu/files-reg.c:1031): Can't dump ghost file /data/g of 2002944 size, increase limit",
        "a process has /data/g open, which was removed and has 2002944 bytes, more than CRIU takes along",
    ),
    (
        Dump,
        "(00.009467) Error (criu/files-reg.c:1159): Can't link remap to /data/x: Invalid cross-device link",
        "a process has /data/x open, which another mount hides",
    ),
    (
        Dump,
        "(00.006899) Error (criu/files-reg.c:1122): Can't create link remap for /data/g. Use link-remap option.",
        "a process has /data/g open, which is no longer under this name but still has another one",
    ),
    (
        Dump,
        "(00.007965) Error (criu/files-reg.c:1790): Can't lookup mount=77 for fd=5 path=/dev/pts/0",
        "process 369 (python3) has a terminal of outside open (descriptor 5)",
    ),
    (
        Dump,
        "(00.018798) Error (criu/files-reg.c:1790): Can't lookup mount=18 for fd=4 path=/memfd:x (deleted)",
        "process 369 (python3) has a memory file of huge pages open (descriptor 4), which CRIU cannot find",
    ),
    (
        Dump,
        "(00.008875) Error (criu/files-reg.c:1790): Can't lookup mount=66 for fd=5 path=/var/tmp/outside",
        "process 369 (python3) has /var/tmp/outside open (descriptor 5), which lies outside the container's mounts",
    ),
    (
        Dump,
        "(00.001501) Error (criu/seize.c:335): zombie 1252 (comm python3) found while seizing\n(00.101710) Error (criu/seize.c:335): zombie 1252 (comm python3) found while seizing",
        "process 1252 (python3) cannot be stopped, since another one traces it",
    ),
    (
        Dump,
        "(00.011575) Error (criu/cr-dump.c:389): Can't get rlimit 0: Operation not permitted",
        "CRIU may not read the limits of another user's process",
    ),
    (
        Dump,
        "(00.001346) Error (criu/namespaces.c:460): Can't dump nested user namespace for 547\n(00.001347) Error (criu/namespaces.c:754): Can't make userns id",
        "process 547 (sand(box)) has a user namespace of its own, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.001274) Error (criu/namespaces.c:739): Can't dump nested time namespace for 879",
        "process 879 has a time namespace of its own, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.008385) Error (criu/filesystems.c:663): failed to dump fs ./data (fuse): always fail",
        "a FUSE file system is mounted at /data inside the container, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.002848) Error (criu/mount.c:724): mnt: FS mnt ./data dev 0x35 root / unsupported id 49",
        "a file system that CRIU cannot checkpoint is mounted at /data inside the container",
    ),
    (
        Dump,
        "(00.002770) Error (criu/mount.c:753): mnt: 49:./data doesn't have a proper root mount",
        "a directory of the host was mounted at /data after the container had been started",
    ),
    (
        Dump,
        "(00.006782) Error (criu/page-xfer.c:263): page-xfer: Unable to spice data: No space left on device",
        "there is no space left on the disk that CRIU writes to, or no free inode",
    ),
    (
        Dump,
        "Error (criu/util.c:642): execvp(\"iptables-restore\", ...) failed: No such file or directory\n(00.021048) Error (criu/util.c:657): exited, status=1\n(00.021757) Error (criu/net.c:3436): net: Locking network failed: iptables-restore returned -1. This may be connected to disabled CONFIG_NETFILTER_XT_MARK kernel build config option.",
        "CRIU cannot lock the network: the program iptables-restore is missing",
    ),
    (
        Dump,
        "(00.000237) Error (criu/util.c:717): socketpair: Too many open files",
        "CRIU may not open as many files as it needs",
    ),
    (
        Restore,
        "(00.014027)      1: Error (criu/sk-inet.c:912): inet: Connected TCP socket in image\n(00.014035)      1: Error (criu/files.c:1221): Unable to open fd=5 id=0x11",
        "the checkpoint has established TCP connections",
    ),
    (
        Restore,
        "(00.000758) Error (criu/image.c:94): Need to set the --tcp-close options.",
        "the checkpoint was made with its TCP connections closed",
    ),
    (
        Restore,
        "(00.008748)      1: inet: \tRestore: family AF_INET    type SOCK_STREAM    proto IPPROTO_TCP      port 9911 state TCP_LISTEN       src_addr 127.0.0.1\n(00.008766)      1: Error (criu/sk-inet.c:1059): inet: Can't bind inet socket (id 16): Address already in use",
        "a port that the container listens on is taken: 9911 on 127.0.0.1, protocol TCP",
    ),
    (
        Restore,
        "(00.017824)      1: inet: \tRestore: family AF_INET    type SOCK_STREAM    proto IPPROTO_TCP      port 9911 state TCP_LISTEN       src_addr 10.9.9.1\n(00.017843)      1: Error (criu/sk-inet.c:1059): inet: Can't bind inet socket (id 16): Cannot assign requested address",
        "a socket of the container is bound to the address 10.9.9.1, which is not there",
    ),
    (
        Restore,
        "(00.011490)      1: Error (criu/sk-unix.c:1651): unix: Can't bind id 0x10 ino 4057888 addr /f/s: Address already in use",
        "/f/s, the name of a unix socket of the container, is taken",
    ),
    (
        Restore,
        "(00.037180)      1: Error (criu/sk-unix.c:2285): unix: FATAL: Peer 4319864 unresolved for 4320074",
        "a process was connected to a unix socket outside the container",
    ),
    (
        Restore,
        "(00.027800)      1: Error (criu/sk-unix.c:1406): unix: Can't connect 4337540 socket: No such file or directory",
        "a unix socket outside the container, which a process sent datagrams to, is not there",
    ),
    (
        Restore,
        "(00.015671)      1: Error (criu/tun.c:391): tun: No tun device for file tun0",
        "a process was attached to the network tunnel tun0, which CRIU cannot bring back",
    ),
    (
        Restore,
        "(00.030831)      1: Error (criu/files-reg.c:2175): File f/x has bad size 11 (expect 5)",
        "/f/x, which a process has open, has 11 bytes, and had 5 when the memory was taken",
    ),
    (
        Restore,
        "(00.031963)      1: Error (criu/files-reg.c:2294): File f/x has bad mode 0100755 (expect 0100644)",
        "/f/x, which a process has open, has mode 0100755, and had 0100644 when the memory was taken",
    ),
    (
        Restore,
        "(00.032714)      1: Error (criu/files-reg.c:2353): Can't open file f/x on restore: No such file or directory\n(00.032717)      1: Error (criu/files-reg.c:2267): Can't open file f/x: No such file or directory",
        "/f/x, which a process has open, is not there",
    ),
    (
        Restore,
        "(00.010933)      1: Error (criu/fifo.c:98): Can't open fake fifo 0x10 [f/p]: No such file or directory\n(00.010940)      1: Error (criu/files-reg.c:2267): Can't open file f/p: No such file or directory",
        "/f/p, which a process has open, is not there",
    ),
    (
        Restore,
        "(00.031477)      1: Error (criu/files-reg.c:2353): Can't open file f/x on restore: Is a directory",
        "/f/x, which a process has open, cannot be opened now: Is a directory",
    ),
    (
        Restore,
        "(00.018354)      1: Error (criu/mount.c:2236): mnt: Unable to mount t /tmp/.criu.mntns.sDShJj/mnt-0000000053 (id=53): No such file or directory",
        "a file system that was mounted inside the container cannot be mounted again",
    ),
    (
        Restore,
        "(00.000548) Error (criu/arch/x86/cpu.c:223): cpu: CPU instruction capabilities do not match run time",
        "this processor lacks features that the frozen processes use",
    ),
    (
        Restore,
        "(00.009779)      1: Error (criu/lsm.c:360): mismatched lsm types and lsm profile specified",
        "the processes were confined by a security module (AppArmor, SELinux) that this host's kernel does not have",
    ),
    (
        Restore,
        "(00.004170) Error (criu/lsm.c:406): apparmor LSM specified but apparmor not supported by kernel",
        "this host's kernel has no apparmor, which --lsm-profile asks for",
    ),
    (
        Restore,
        "(00.005220) Error (criu/cgroup.c:1541): cg: Failed writing 0-1 to cpuset//cryopod/f828/cpuset.cpus: Permission denied",
        "the checkpoint has cgroup settings that this host does not let CRIU restore",
    ),
    (
        Restore,
        "(00.022451)      1: Error (criu/servicefd.c:282): sfd: Can't chose service_fd_base: 384 635",
        "CRIU may not open as many files as the container has open",
    ),
    (
        Restore,
        "(00.000655) Error (criu/image.c:89): Not supported images version 3",
        "the checkpoint's images are of version 3, which this CRIU does not know",
    ),
    (
        Restore,
        "(00.003454) Error (criu/image.c:554): Head magic doesn't match for core-1.img\n(00.003456) Error (criu/cr-restore.c:517): Can't open core data for 1",
        "the checkpoint is damaged: core-1.img is not what its name says",
    ),
    (
        Restore,
        "(00.001447) Error (criu/protobuf.c:101): Failed unpacking object 0x7ffe13d6a1f0 from /var/lib/cryopod/containers/6b/bundle/checkpoint/core-1.img",
        "the checkpoint is damaged: core-1.img cannot be read",
    ),
    (
        Restore,
        "(00.001693) Error (criu/protobuf.c:93): Read 88 bytes while 2528 expected from /var/lib/cryopod/containers/94/bundle/checkpoint/core-1.img: No such file or directory",
        "the checkpoint is damaged: core-1.img is cut short",
    ),
    (
        Restore,
        "(00.001133) Error (criu/protobuf.c:72): Unexpected EOF on (empty-image)",
        "the checkpoint is not complete: an image file is missing",
    ),
    (
        Restore,
        "(00.001722) Error (criu/image.c:887): Unexpected EOF\n(00.001724) Error (criu/cr-restore.c:517): Can't open core data for 1",
        "the checkpoint is damaged: an image file is cut short or empty",
    ),
    (
        Restore,
        "(00.017425) pie: 1: Error (criu/pie/restorer.c:1907): Can't read pages data (-9)",
        "the checkpoint is not complete: the memory of a process (pages-*.img) is missing",
    ),
    (
        Restore,
        "(00.000946) Error (criu/mount.c:390): mnt: No root found for tree",
        "the checkpoint is not complete: mountpoints-*.img is missing",
    ),
    (
        Restore,
        "(00.000609) Error (criu/arch/x86/cpu.c:411): cpu: No cpuinfo image",
        "the checkpoint is not complete: cpuinfo.img is missing",
    ),
    (
        Restore,
        "(00.014804) pie: 1: Error (criu/pie/util-vdso.c:107): vdso: Invalid ELF magic",
        "the checkpoint is damaged: the memory of a process is not what was frozen",
    ),
    (
        Restore,
        "(00.015377) Error (criu/cr-restore.c:1281): 1335 stopped by signal 11: Segmentation fault",
        "CRIU crashed: an image file is missing or damaged, or it met something that this version cannot restore",
    ),
    (
        Restore,
        "(00.013122)      1: Error (criu/mount.c:3953): mnt: BUG at criu/mount.c:3953\n(00.013178) Error (criu/cr-restore.c:1281): 1317 stopped by signal 11: Segmentation fault",
        "CRIU crashed: an image file is missing or damaged, or it met something that this version cannot restore",
    ),
];

const FROM_SOURCE: &[(Phase, &str, &str)] = &[
    (
        Dump,
        "(00.1) Error (criu/sk-inet.c:137): inet: Unsupported proto 132 for socket 3c56f0",
        "process 369 (python3) has a socket of protocol number 132, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.1) Error (criu/sockets.c:640): sockets: Can't get 1:16 opt: Operation not supported",
        "this CRIU cannot checkpoint network sockets on kernel 6.16 and later",
    ),
    (
        Dump,
        "(00.1) Error (criu/vdso.c:401): vdso: Unexpected rt vDSO area bounds",
        "this CRIU does not know the running kernel's vDSO",
    ),
    (
        Dump,
        "(00.1) Error (criu/files-ext.c:96): Can't dump file 5 of that type [600] (anon anon_inode:[io_uring])",
        "process 369 (python3) uses io_uring, which CRIU cannot checkpoint",
    ),
    (
        Dump,
        "(00.1) Error (criu/files-ext.c:94): Can't dump file 5 of that type [20666] (chr 10:232)",
        "process 369 (python3) has a device open that CRIU cannot checkpoint: character device 10:232 (descriptor 5)",
    ),
    (
        Dump,
        "(00.1) Error (criu/cr-dump.c:1681): A session leader of 12(3) is outside of its pid namespace",
        "a process belongs to a session outside the container",
    ),
    (
        Restore,
        "(00.1) Error (criu/cr-restore.c:1230): Can't fork for 6: File exists",
        "process id 6, which the container needs, is taken",
    ),
    (
        Restore,
        "(00.1) Error (criu/cr-restore.c:1539): Pid 7 do not match expected 6",
        "a process could not get back its process id, 6",
    ),
    (
        Restore,
        "(00.1) Error (criu/mount.c:3141): mnt: No mapping for 101:./srv/data mountpoint",
        "the mount ./srv/data of the container is missing on this host",
    ),
    (
        Restore,
        "(00.1) Error (criu/arch/x86/crtools.c:395): FPU xsave area present, but host cpu doesn't support it",
        "this processor lacks features that the frozen processes use",
    ),
    (
        Restore,
        "(00.1) Error (criu/image.c:470): Can't open inventory.img: No such file or directory",
        "the checkpoint is not complete: inventory.img is missing",
    ),
    (
        Restore,
        "(00.1) Error (criu/files-reg.c:2180): File usr/bin/x has bad build-ID 00 (expect 01)",
        "/usr/bin/x, a program or library of the frozen processes, is another build now",
    ),
    (
        Restore,
        "(00.1) pie: 1: Error (criu/pie/restorer.c:160): can't write lsm profile -2",
        "the AppArmor profile or SELinux label of the processes does not exist on this host",
    ),
    (
        Dump,
        "(00.1) Error (criu/x.c:1): never heard of",
        "CRIU says: never heard of",
    ),
];

#[test]
fn known_causes() {
    for (phase, lines, expected) in REAL.iter().chain(FROM_SOURCE) {
        let found = explained(lines, *phase);
        assert_eq!(found.cause, *expected, "{lines}");
        assert_eq!(found.remedy.is_none(), expected.starts_with("CRIU says"));
        assert!(!format!("{found}").contains(['{', '}']), "{found}");
    }
}

/// With the longest container's name and parts of a line it is at most four lines of a terminal.
#[test]
fn sentences_are_short() {
    for rule in host::FIRST
        .iter()
        .chain(dump::RULES)
        .chain(restore::RULES)
        .chain(host::LAST)
    {
        let length = rule.cause.len() + rule.remedy.len();
        assert!(length <= 250, "{length}: {} ({})", rule.cause, rule.remedy);
        assert!(!rule.cause.ends_with('.') && !rule.remedy.ends_with('.'));
        assert!(!rule.remedy.is_empty());
    }
}

#[test]
fn files() {
    let file = tempfile::NamedTempFile::new().unwrap();
    assert_eq!(explain(file.path(), Dump).unwrap(), None);
    let mut log = "(00.1) a long line of no interest\n".repeat(50_000);
    log.push_str("(01.0) Error (criu/sk-inet.c:200): inet: Connected TCP\u{1b}[31m socket, x\n");
    std::fs::write(&file, log).unwrap();
    let explanation = explain(file.path(), Dump).unwrap().unwrap();
    assert_eq!(explanation.lines, ["inet: Connected TCP[31m socket, x"]);
    std::fs::write(
        &file,
        "(01.0) Error (criu/sk-inet.c:200): inet: Connected TCP socket, x\n",
    )
    .unwrap();
    assert_eq!(
        explain(file.path(), Dump).unwrap().unwrap().to_string(),
        "the container has established TCP connections; use --tcp-established to take them along"
    );
    assert!(explain(Path::new("/nowhere/dump.log"), Dump).is_err());
}
