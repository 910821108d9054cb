//! What the images of a checkpoint need that isn't there, and what is wrong with the images.

use super::rule::{Rule, after, rule};

const DAMAGED: &str = "copy the checkpoint again from where it came, or make a new one";
const ANEW: &str = "this checkpoint cannot be restored: start the container anew, and before the next checkpoint let the program close it";
const CPU: &str = "this processor lacks features that the frozen processes use";
const CPU_REMEDY: &str =
    "restore on a host that has at least the processor features of the first one";
const OTHER_LSM: &str = "the processes were confined by a security module (AppArmor, SELinux) that this host's kernel does not have";

/// In the order in which they are tried.
pub const RULES: &[Rule] = &[
    // Sockets.
    rule(
        &["Connected TCP socket in image"],
        "the checkpoint has established TCP connections",
        "restore with --tcp-established",
    ),
    rule(
        &["--tcp-close options"],
        "the checkpoint was made with its TCP connections closed",
        "restore with --tcp-close",
    ),
    after(
        &[
            "Restore: family AF_INET",
            "proto IPPROTO_",
            " port ",
            " state",
            "src_addr ",
        ],
        &["Can't bind inet socket", "Address already in use"],
        "a port that the container listens on is taken: {4} on {6}, protocol {3}",
        "stop what has it, or give the container a network of its own",
    ),
    rule(
        &["Can't bind inet socket", "Address already in use"],
        "a port that the container listens on is taken",
        "stop what has it, or give the container a network of its own",
    ),
    after(
        &["src_addr "],
        &["Can't bind inet socket", "Cannot assign requested address"],
        "a socket of the container is bound to the address {2}, which is not there",
        "give that address to an interface of the container's network, and restore again",
    ),
    rule(
        &["Can't bind inet socket", "Cannot assign requested address"],
        "a socket of the container is bound to an address that is not there",
        "give that address to an interface of the container's network, and restore again",
    ),
    rule(
        &["inet socket back"],
        "an established TCP connection could not be restored",
        "free the container's saved IP address, then restore again",
    ),
    rule(
        &["unix: Can't bind id ", " addr ", ": Address already in use"],
        "{1}, the name of a unix socket of the container, is taken",
        "remove what is there, and restore again",
    ),
    rule(
        &["unix: FATAL: Peer"],
        "a process was connected to a unix socket outside the container",
        ANEW,
    ),
    rule(
        &["unix: Can't connect ", " socket: "],
        "a unix socket outside the container, which a process sent datagrams to, is not there",
        "start what listens there, under the same path in the container as it had on the host",
    ),
    rule(
        &["tun: No tun device for file "],
        "a process was attached to the network tunnel {0}, which CRIU cannot bring back",
        ANEW,
    ),
    // Files.
    rule(
        &["File ", " has bad size ", " (expect ", ")"],
        "/{0}, which a process has open, has {1} bytes, and had {2} when the memory was taken",
        "bring the file back as it was, or make a new checkpoint",
    ),
    rule(
        &["File ", " has bad mode ", " (expect ", ")"],
        "/{0}, which a process has open, has mode {1}, and had {2} when the memory was taken",
        "chmod it back to {2}, or make a new checkpoint",
    ),
    rule(
        &["File ", " has bad build-ID"],
        "/{0}, a program or library of the frozen processes, is another build now",
        "bring the file back as it was: the image or the mount must be the same as at the checkpoint",
    ),
    rule(
        &["Can't open file ", " on restore: No such file"],
        "/{0}, which a process has open, is not there",
        "bring it back: a mount or volume is missing or empty on this host, or --ignore-rootfs left the file out",
    ),
    rule(
        &["Can't open file ", ": No such file"],
        "/{0}, which a process has open, is not there",
        "bring it back: a mount or volume is missing or empty on this host, or --ignore-rootfs left the file out",
    ),
    rule(
        &["Can't open file ", " on restore: "],
        "/{0}, which a process has open, cannot be opened now: {1}",
        "bring the file back as it was, or make a new checkpoint",
    ),
    rule(
        &["No mapping for ", ":", " mountpoint"],
        "the mount {1} of the container is missing on this host",
        "create its source and try again; if another OCI runtime made the dump, name that one with --runtime",
    ),
    rule(
        &["mnt: Unable to mount ", " (id="],
        "a file system that was mounted inside the container cannot be mounted again",
        "this checkpoint cannot be restored: start the container anew, and before the next checkpoint unmount it",
    ),
    // This host.
    rule(&["capabilities do not match"], CPU, CPU_REMEDY),
    rule(
        &["xsave area present", "cpu doesn't support"],
        CPU,
        CPU_REMEDY,
    ),
    rule(&["Corruption in XFEATURE_"], CPU, CPU_REMEDY),
    rule(
        &["vdso", "mismatch"],
        "the kernel's vDSO differs too much from that of the host where the container was frozen",
        "restore on a host with the same kernel, or install a newer CRIU",
    ),
    rule(
        &["mismatched lsm types"],
        OTHER_LSM,
        "restore on a host that has it",
    ),
    rule(
        &["can't render profile"],
        OTHER_LSM,
        "restore on a host that has it",
    ),
    rule(
        &[" LSM specified but ", " not supported by kernel"],
        "this host's kernel has no {0}, which --lsm-profile asks for",
        "leave --lsm-profile out, or restore on a host that has it",
    ),
    rule(
        &["can't write lsm profile"],
        "the AppArmor profile or SELinux label of the processes does not exist on this host",
        "load it here, or name another one with --lsm-profile",
    ),
    rule(
        &["Can't fork for ", ": File exists"],
        "process id {0}, which the container needs, is taken",
        "restore it with a pid namespace of its own, or end the process that has the id",
    ),
    rule(
        &["Pid ", " do not match expected "],
        "a process could not get back its process id, {1}",
        "restore it with a pid namespace of its own, or end the process that has the id",
    ),
    rule(
        &["cg:", "Permission denied"],
        "the checkpoint has cgroup settings that this host does not let CRIU restore",
        "restore on the host that made it, or make a new one without --manage-cgroups-mode, which leaves cgroups out",
    ),
    rule(
        &["cg:"],
        "the container's cgroup could not be restored",
        "see that this host has the cgroup version of the first one, or make a new checkpoint without --manage-cgroups-mode",
    ),
    // The images.
    rule(
        &["Not supported images version "],
        "the checkpoint's images are of version {0}, which this CRIU does not know",
        "install the CRIU version that made them, or a newer one",
    ),
    rule(
        &["inventory", "No such file"],
        "the checkpoint is not complete: inventory.img is missing",
        DAMAGED,
    ),
    rule(
        &["agic doesn't match for "],
        "the checkpoint is damaged: {name 0} is not what its name says",
        DAMAGED,
    ),
    rule(
        &["Failed unpacking object ", " from "],
        "the checkpoint is damaged: {name 1} cannot be read",
        DAMAGED,
    ),
    rule(
        &[
            "Read ",
            " bytes while ",
            " expected from ",
            ": No such file",
        ],
        "the checkpoint is damaged: {name 2} is cut short",
        DAMAGED,
    ),
    rule(
        &["Unexpected EOF on (empty-image)"],
        "the checkpoint is not complete: an image file is missing",
        DAMAGED,
    ),
    rule(
        &["Unexpected EOF on "],
        "the checkpoint is damaged: {name 0} is cut short",
        DAMAGED,
    ),
    rule(
        &["Unexpected EOF"],
        "the checkpoint is damaged: an image file is cut short or empty",
        DAMAGED,
    ),
    rule(
        &["Can't read pages data (-9)"],
        "the checkpoint is not complete: the memory of a process (pages-*.img) is missing",
        DAMAGED,
    ),
    rule(
        &["Can't read pages data"],
        "the checkpoint is damaged: the memory of a process (pages-*.img) cannot be read",
        DAMAGED,
    ),
    rule(
        &["No parent for snapshot pagemap"],
        "the checkpoint is not complete: the earlier checkpoint that it builds upon is missing",
        "restore with that one too (--import-previous), or make a new one",
    ),
    rule(
        &["No root found for tree"],
        "the checkpoint is not complete: mountpoints-*.img is missing",
        DAMAGED,
    ),
    rule(
        &["No cpuinfo image"],
        "the checkpoint is not complete: cpuinfo.img is missing",
        DAMAGED,
    ),
    rule(
        &[".img: No such file"],
        "the checkpoint is not complete: an image file is missing",
        DAMAGED,
    ),
    rule(
        &["Invalid ELF magic"],
        "the checkpoint is damaged: the memory of a process is not what was frozen",
        DAMAGED,
    ),
    // After everything that tells more: CRIU's own process crashed.
    rule(
        &["stopped by signal 11"],
        "CRIU crashed: an image file is missing or damaged, or it met something that this version cannot restore",
        "make a new checkpoint, or try a newer CRIU",
    ),
];
