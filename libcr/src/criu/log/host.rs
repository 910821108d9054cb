//! What is wrong with this host, whatever CRIU was about.

use super::rule::{Rule, rule};

/// Tried before what is wrong with a container: a full disk makes anything fail.
pub const FIRST: &[Rule] = &[
    rule(
        &["No space left on device"],
        "there is no space left on the disk that CRIU writes to, or no free inode",
        "free some where the container's directory is, or name another place with --image-path",
    ),
    rule(
        &["Disk quota exceeded"],
        "the disk quota is used up where CRIU writes to",
        "free some of it, or name another place with --image-path",
    ),
    rule(
        &["execvp(\"", "tables-restore\"", "No such file"],
        "CRIU cannot lock the network: the program {0}tables-restore is missing",
        "install the package `iptables`, or use --network-lock nftables",
    ),
    rule(
        &["Locking network failed using nftables"],
        "CRIU cannot lock the network with nftables",
        "see that the kernel has nf_tables, or use --network-lock iptables",
    ),
    rule(
        &["Locking network failed"],
        "CRIU cannot lock the network with iptables",
        "see that the kernel has the match xt_mark, or use --network-lock nftables",
    ),
    rule(
        &["1:16 opt"],
        "this CRIU cannot checkpoint network sockets on kernel 6.16 and later",
        "install CRIU 4.2 or later",
    ),
    rule(
        &["Unexpected rt vDSO"],
        "this CRIU does not know the running kernel's vDSO",
        "install a newer CRIU",
    ),
    rule(
        &["Can't chose service_fd_base"],
        "CRIU may not open as many files as the container has open",
        "raise the limit (ulimit -n; LimitNOFILE= of a systemd unit), or give the engine CAP_SYS_RESOURCE",
    ),
    rule(
        &["Too many open files"],
        "CRIU may not open as many files as it needs",
        "raise the limit (ulimit -n; LimitNOFILE= of a systemd unit), or give the engine CAP_SYS_RESOURCE",
    ),
];

/// Tried last: words that a telling line may have too.
pub const LAST: &[Rule] = &[
    rule(
        &["Cannot allocate memory"],
        "there is not enough memory",
        "free some memory and try again",
    ),
    rule(
        &["ptrace", "Operation not permitted"],
        "CRIU may not trace the container's processes",
        "end the debugger that is attached to them; as root, check the kernel.yama.ptrace_scope setting",
    ),
    rule(
        &["BUG at criu/"],
        "CRIU ran into an error of its own (criu/{0})",
        "try a newer CRIU if there is one; else this container cannot be checkpointed or restored as it is",
    ),
];
