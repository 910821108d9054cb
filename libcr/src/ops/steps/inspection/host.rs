//! What the host has and lacks for freezing and thawing: programs, kernel, cgroups, security
//! modules, space. Needs neither root nor an open engine, though root sees more.

use std::fs;
use std::path::Path;

use super::packages::{self, Package};
use super::words::size;
use crate::config::Config;
use crate::criu::features::Features;
use crate::criu::kernel_config::{self, Setting};
use crate::criu::{self, CriuError};
use crate::engine::Engine;
use crate::error::Error;
use crate::model::container::Container;
use crate::model::finding::Findings;
use crate::ops::steps::life::netplug::networks::networks;
use crate::runtime::Runtime;
use crate::sys::{cgroup, command, machine};

/// The first CRIU that knows sockets on kernels from 6.16 on, and reads configurations for crun.
const RECENT: u32 = 40_200;
/// Free space below which a host gets a warning: 1 GiB.
const LITTLE: u64 = 1 << 30;

/// Kernel options that CRIU and containers can't do without, and what for.
const NEEDED: [(&str, &str); 13] = [
    ("CONFIG_CHECKPOINT_RESTORE", "checkpoint and restore at all"),
    ("CONFIG_NAMESPACES", "containers"),
    ("CONFIG_PID_NS", "process ids of their own"),
    ("CONFIG_NET_NS", "networks of their own"),
    ("CONFIG_IPC_NS", "System V objects of their own"),
    ("CONFIG_UTS_NS", "host names of their own"),
    ("CONFIG_CGROUPS", "freezing"),
    ("CONFIG_OVERLAY_FS", "root file systems"),
    ("CONFIG_FHANDLE", "watched files"),
    ("CONFIG_UNIX_DIAG", "unix sockets"),
    ("CONFIG_INET_DIAG", "TCP sockets"),
    ("CONFIG_INET_UDP_DIAG", "UDP sockets"),
    ("CONFIG_PROC_CHILDREN", "process trees"),
];
/// Kernel options for what not everybody needs.
const WANTED: [(&str, &str); 4] = [
    ("CONFIG_PACKET_DIAG", "packet sockets"),
    ("CONFIG_NETLINK_DIAG", "netlink sockets"),
    ("CONFIG_TUN", "TUN devices"),
    (
        "CONFIG_NF_TABLES",
        "locking the network while connections are frozen",
    ),
];

/// All checks of the host.
pub fn inspect(places: &Config) -> Findings {
    let mut findings = Findings::default();
    privilege(&mut findings);
    criu(&mut findings);
    kernel(&mut findings);
    runtimes(places, &mut findings);
    cgroups(&mut findings);
    monitor(places, &mut findings);
    network(places, &mut findings);
    security(&mut findings);
    space(places, &mut findings);
    findings
}

fn privilege(findings: &mut Findings) {
    const CHECK: &str = "privilege";
    /// CAP_NET_ADMIN, CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_SYS_RESOURCE (capabilities(7)).
    const NEEDED: [(u32, &str); 4] = [
        (12, "CAP_NET_ADMIN"),
        (19, "CAP_SYS_PTRACE"),
        (21, "CAP_SYS_ADMIN"),
        (24, "CAP_SYS_RESOURCE"),
    ];
    if !rustix::process::geteuid().is_root() {
        findings.warn(
            CHECK,
            "this is not root, and what only root may see is not in this report",
            "run it as root",
        );
        return;
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let effective = line
        .and_then(|line| u64::from_str_radix(line.trim(), 16).ok())
        .unwrap_or(0);
    let missing: Vec<&str> = NEEDED
        .iter()
        .filter(|(bit, _)| effective >> bit & 1 == 0)
        .map(|(_, name)| *name)
        .collect();
    match missing.as_slice() {
        [] => findings.ok(CHECK, "root with all capabilities that are needed"),
        ["CAP_SYS_RESOURCE"] => findings.warn(
            CHECK,
            "root without CAP_SYS_RESOURCE: processes of other users and memory limits may not come back",
            "give the engine that capability: the host, or a container around it, withholds it",
        ),
        _ => findings.fail(
            CHECK,
            format!("root without {}", missing.join(", ")),
            "give the engine these capabilities: the host, or a container around it, withholds them",
        ),
    }
}

fn criu(findings: &mut Findings) {
    let features = match Features::find() {
        Ok(features) => features,
        Err(error) => {
            let remedy = match error {
                CriuError::Missing | CriuError::TooOld { .. } => packages::CRIU.remedy(),
                _ => String::new(),
            };
            findings.fail("criu", first_part(&error.to_string()), remedy);
            return;
        }
    };
    let version = features.version_text();
    let kernel = machine::kernel();
    if features.version < RECENT && machine::kernel_number(&kernel) >= Some((6, 16)) {
        findings.warn(
            "criu",
            format!("CRIU {version} does not know all of kernel {kernel}: network sockets may not be dumped"),
            "install CRIU 4.2 or later",
        );
    } else {
        findings.ok("criu", format!("CRIU {version}"));
    }
    if !rustix::process::geteuid().is_root() {
        return;
    }
    match features.check() {
        Ok(()) => findings.ok(
            "criu-check",
            "criu check finds that kernel and privileges do",
        ),
        Err(error) => findings.fail(
            "criu-check",
            error.to_string(),
            "see the rows on the kernel and on privileges",
        ),
    }
    if features.tracks_memory() {
        findings.ok(
            "memory-tracking",
            "the kernel tracks changed memory: pre-checkpoints work",
        );
    } else {
        let setting = kernel_config::option("CONFIG_MEM_SOFT_DIRTY");
        findings.warn(
            "memory-tracking",
            format!(
                "no pre-checkpoints: {}",
                kernel_config::why_no_tracking(&kernel, &setting)
            ),
            "not needed for checkpoints in one step",
        );
    }
    if features.has("uffd-noncoop") {
        findings.ok(
            "lazy-pages",
            "memory can follow after a thaw (--lazy-pages)",
        );
    } else {
        findings.warn(
            "lazy-pages",
            "no --lazy-pages: the kernel's userfaultfd lacks what CRIU needs",
            "use a kernel with CONFIG_USERFAULTFD; not needed without --lazy-pages",
        );
    }
    network_lock(&features, findings);
}

fn network_lock(features: &Features, findings: &mut Findings) {
    const CHECK: &str = "network-lock";
    let nftables = features.has("network_lock_nftables");
    let iptables = command::find("iptables-restore").is_some();
    if nftables || iptables {
        let way = if nftables { "nftables" } else { "iptables" };
        findings.ok(
            CHECK,
            format!("connections are kept silent while frozen, by {way}"),
        );
    } else {
        findings.warn(
            CHECK,
            "connections can't be kept silent while frozen: --tcp-established will fail",
            packages::IPTABLES.remedy(),
        );
    }
}

/// What CRIU's messages give as remedy stands in a column of its own.
fn first_part(text: &str) -> String {
    let end = text.find(": install").unwrap_or(text.len());
    text[..end].to_owned()
}

fn kernel(findings: &mut Findings) {
    const CHECK: &str = "kernel";
    let kernel = machine::kernel();
    let lacking = |options: &[(&str, &str)]| -> Option<Vec<String>> {
        let names: Vec<&str> = options.iter().map(|(name, _)| *name).collect();
        let settings = kernel_config::options(&names);
        if settings.iter().all(|setting| *setting == Setting::Unknown) {
            return None;
        }
        let pairs = options.iter().zip(&settings);
        let unset = pairs.filter(|(_, setting)| **setting == Setting::Unset);
        Some(
            unset
                .map(|((name, what), _)| format!("{name} ({what})"))
                .collect(),
        )
    };
    match (lacking(&NEEDED), lacking(&WANTED)) {
        (None, _) | (_, None) => findings.ok(
            CHECK,
            format!(
                "kernel {kernel}; its configuration is not to be found, criu check says what it can"
            ),
        ),
        (Some(needed), Some(wanted)) if needed.is_empty() && wanted.is_empty() => {
            findings.ok(
                CHECK,
                format!("kernel {kernel} has all options that are needed"),
            );
        }
        (Some(needed), Some(wanted)) if needed.is_empty() => findings.warn(
            CHECK,
            format!("kernel {kernel} is built without {}", wanted.join(", ")),
            "use a kernel of your distribution if you need that",
        ),
        (Some(needed), _) => findings.fail(
            CHECK,
            format!("kernel {kernel} is built without {}", needed.join(", ")),
            "use a kernel of your distribution",
        ),
    }
}

fn runtimes(places: &Config, findings: &mut Findings) {
    const CHECK: &str = "runtime";
    let words: Vec<&str> = match &places.runtime {
        Some(word) => vec![word],
        None => vec!["crun", "runc"],
    };
    let found: Vec<Runtime> = words
        .iter()
        .filter_map(|word| Runtime::find(word).ok())
        .collect();
    if found.is_empty() {
        let package = if words == ["runc"] {
            packages::RUNC
        } else {
            packages::CRUN
        };
        findings.fail(
            CHECK,
            format!("no OCI runtime: {} not found", words.join(" and ")),
            package.remedy(),
        );
    }
    for runtime in found {
        runtime_row(&runtime, findings);
    }
}

/// Whether a runtime can checkpoint.
fn runtime_row(runtime: &Runtime, findings: &mut Findings) {
    const CHECK: &str = "runtime";
    let name = &runtime.name;
    match runtime.features() {
        Err(error) => findings.fail(
            CHECK,
            format!("{name} does not say what it can: {error}"),
            "install it again, or choose another with --runtime",
        ),
        Ok(features) if !features.checkpoints => findings.warn(
            CHECK,
            format!(
                "{name} {} cannot checkpoint: it was built without CRIU",
                features.version
            ),
            "use another build of it, or the other runtime (--runtime)",
        ),
        Ok(features) if features.needs_library && !has_library() => findings.warn(
            CHECK,
            format!(
                "{name} {} cannot checkpoint: libcriu.so.2 is missing",
                features.version
            ),
            packages::LIBCRIU.remedy(),
        ),
        Ok(features) => findings.ok(CHECK, format!("{name} {}", features.version)),
    }
}

/// Where distributions put CRIU's library, which crun loads when it needs it.
fn has_library() -> bool {
    let arch = format!("{}-linux-gnu", std::env::consts::ARCH);
    let places = [
        "/usr/lib64",
        "/usr/lib",
        "/usr/local/lib64",
        "/usr/local/lib",
        "/lib64",
        "/lib",
    ];
    places.iter().any(|place| {
        let place = Path::new(place);
        place.join("libcriu.so.2").exists() || place.join(&arch).join("libcriu.so.2").exists()
    })
}

fn cgroups(findings: &mut Findings) {
    const CHECK: &str = "cgroups";
    let mount = cgroup::mount_point();
    if !mount.join("cgroup.procs").exists() {
        findings.fail(
            CHECK,
            "there is no cgroup version 2 hierarchy: containers can't be frozen as a whole",
            "mount one (mount -t cgroup2 none /sys/fs/cgroup), or boot with systemd.unified_cgroup_hierarchy=1",
        );
    } else if cgroup::is_unified() {
        findings.ok(CHECK, "cgroup version 2");
    } else {
        findings.ok(
            CHECK,
            format!("hybrid: cgroup version 2 at {}", mount.display()),
        );
    }
}

fn monitor(places: &Config, findings: &mut Findings) {
    const CHECK: &str = "monitor";
    let program = std::env::current_exe().unwrap_or_default();
    let path = places.monitor_program(&program);
    if path.is_file() {
        findings.ok(CHECK, format!("conmon-rs at {}", path.display()));
    } else {
        findings.fail(
            CHECK,
            format!("the monitor is missing: {}", path.display()),
            "install Cryopod as a whole (make install), or name it with --conmon",
        );
    }
}

fn network(places: &Config, findings: &mut Findings) {
    const CHECK: &str = "network";
    let networks = networks(places);
    let program = |name: &str, package: Package, findings: &mut Findings| {
        if command::find(name).is_none() {
            findings.warn(
                CHECK,
                format!("{name} is missing: connections can't be kept silent during a thaw"),
                package.remedy(),
            );
        }
    };
    match networks.backend() {
        Ok(_) => {
            findings.ok(
                CHECK,
                format!("{} puts containers on networks", networks.word()),
            );
            program("nft", packages::NFTABLES, findings);
            if networks.word() == "netavark" && !has_names() {
                findings.warn(
                    CHECK,
                    "aardvark-dns is missing: containers don't find one another by name",
                    packages::AARDVARK.remedy(),
                );
            }
        }
        Err(error) => findings.fail(
            CHECK,
            Error::from(error).to_string(),
            packages::NETAVARK.remedy(),
        ),
    }
}

fn has_names() -> bool {
    let places = [
        "/usr/lib/podman",
        "/usr/libexec/podman",
        "/usr/local/lib/podman",
        "/usr/local/libexec/podman",
    ];
    let helper = places
        .iter()
        .any(|place| Path::new(place).join("aardvark-dns").exists());
    helper || command::find("aardvark-dns").is_some()
}

fn security(findings: &mut Findings) {
    const CHECK: &str = "security-modules";
    let modules = fs::read_to_string("/sys/kernel/security/lsm").unwrap_or_default();
    let labelled: Vec<&str> = modules
        .trim()
        .split(',')
        .filter(|name| ["apparmor", "selinux"].contains(name))
        .collect();
    if labelled.is_empty() {
        findings.ok(CHECK, "no security module that labels processes is active");
    } else {
        findings.ok(
            CHECK,
            format!(
                "{} is active: profiles of frozen processes must be there where they are thawed",
                labelled.join(" and ")
            ),
        );
    }
    let yama = fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    if yama.trim() == "3" {
        findings.fail(
            CHECK,
            "kernel.yama.ptrace_scope is 3: nobody may trace processes, CRIU neither",
            "boot with another value: it can't be lowered at run time",
        );
    }
}

fn space(places: &Config, findings: &mut Findings) {
    const CHECK: &str = "host-space";
    let mut above = places.root.ancestors();
    let place = above.find(|path| path.exists()).unwrap_or(Path::new("/"));
    match machine::free_space(place) {
        Ok(free) if free < LITTLE => findings.warn(
            CHECK,
            format!("{} are free in {}", size(free), place.display()),
            "free some space, or choose another place with --root",
        ),
        Ok(free) => findings.ok(
            CHECK,
            format!("{} are free in {}", size(free), place.display()),
        ),
        Err(error) => findings.warn(
            CHECK,
            format!("free space of {}: {error}", place.display()),
            "",
        ),
    }
}

/// What a freeze or a thaw of any container needs of the host at the least: CRIU and a cgroup
/// hierarchy to freeze. Returns CRIU's version, 0 where there is none that will do.
pub fn essentials(places: &Config, findings: &mut Findings) -> u32 {
    let version = match criu::Facts::find(&places.run_root) {
        Ok(facts) => {
            let version = criu::features::version_text(facts.version);
            findings.ok("criu", format!("CRIU {version}"));
            facts.version
        }
        Err(error) => {
            let what = first_part(&error.to_string());
            findings.fail("criu", what, packages::CRIU.remedy());
            0
        }
    };
    cgroups(findings);
    version
}

/// The OCI runtime of a container.
pub fn runtime_of(engine: &Engine, container: &Container, findings: &mut Findings) {
    match engine.runtime_of(container) {
        Ok(runtime) => runtime_row(&runtime, findings),
        Err(error) => findings.fail("runtime", error.to_string(), ""),
    }
}
