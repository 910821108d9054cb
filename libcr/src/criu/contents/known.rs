//! What CRIU 4.2 and those before it write: versions, architectures, names of images.

/// Versions of the image format (CRIU's `CRTOOLS_IMAGES_V1` and `_V1_1` in `criu/include/magic.h`).
pub(super) const VERSIONS: [u32; 2] = [1, 2];

/// Names of images without their numbers (CRIU's `criu/image-desc.c`), and those of its plugins.
const IMAGES: &[&str] = &[
    "amdgpu-kfd",
    "amdgpu-pages",
    "amdgpu-renderD",
    "apparmor",
    "autofs",
    "binfmt-misc",
    "bpfmap-data",
    "bpfmap-file",
    "cgroup",
    "core",
    "cpuinfo",
    "creds",
    "eventfd",
    "eventpoll",
    "eventpoll-tfd",
    "ext-files",
    "fanotify",
    "fanotify-mark",
    "fdinfo",
    "fifo",
    "fifo-data",
    "filelocks",
    "files",
    "fs",
    "ghost-file",
    "ids",
    "ifaddr",
    "inetsk",
    "inotify",
    "inotify-wd",
    "inventory",
    "ip6tables",
    "ipcns-msg",
    "ipcns-sem",
    "ipcns-shm",
    "ipcns-var",
    "iptables",
    "itimers",
    "memfd",
    "mm",
    "mountpoints",
    "netdev",
    "netlinksk",
    "netns",
    "netns-ct",
    "netns-exp",
    "nftables",
    "ns-files",
    "packetsk",
    "pagemap",
    "pagemap-shmem",
    "pages",
    "pages-shmem",
    "pidfd",
    "pidns",
    "pipes",
    "pipes-data",
    "posix-timers",
    "pstree",
    "reg-files",
    "remap-fpath",
    "rlimit",
    "route",
    "route6",
    "rule",
    "seccomp",
    "sigacts",
    "signal-p",
    "signal-s",
    "signalfd",
    "sk-queues",
    "tcp-stream",
    "timens",
    "timerfd",
    "tty",
    "tty-data",
    "tty-info",
    "tunfile",
    "unixsk",
    "userns",
    "utsns",
    "vmas",
];

/// Whether a file beside images is one that has its place there: no image at all, or a known one.
pub(super) fn is_known(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".img") else {
        return true;
    };
    // Archives of memory file systems.
    if stem.starts_with("tmpfs-") {
        return true;
    }
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let known = |stem: &str| IMAGES.binary_search(&stem).is_ok();
    let mut rest = stem;
    loop {
        if known(rest) {
            return true;
        }
        match rest.rsplit_once('-') {
            Some((kind, digits)) if number(digits) => rest = kind,
            _ => return false,
        }
    }
}

/// The architecture of a `core_entry` in OCI's words.
pub(super) fn architecture(number: u32) -> &'static str {
    match number {
        1 => "amd64",
        2 => "arm",
        3 => "arm64",
        4 => "ppc64le",
        5 => "s390x",
        6 => "mips64le",
        7 => "loong64",
        8 => "riscv64",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert!(IMAGES.is_sorted());
        for name in [
            "core-12.img",
            "pagemap-shmem-77.img",
            "tcp-stream-1f.img",
            "ghost-file-a.img",
            "files.img",
            "tmpfs-dev-61.tar.gz.img",
            "amdgpu-kfd-7.img",
            "dump.log",
            "parent",
        ] {
            assert!(is_known(name), "{name}");
        }
        for name in ["core-x.img", "quantum.img", "quantum-1.img", ".img"] {
            assert!(!is_known(name), "{name}");
        }
    }
}
