//! Processes: in namespaces of the container's own, with no more credentials, limits and urgency
//! than it grants.

use serde_json::Value;

use super::{CAPABILITIES, Limits, NEVER, shown};
use crate::criu::contents::demands::{Credentials, Demands, Spaces, Task, Thread};
use crate::runtime::capability;
use crate::sys::proc;

/// The word by which both runtimes hand the network namespace of a container to CRIU.
const OWN_NETWORK: &[u8] = b"extRootNetNS";
/// The word for the pid namespace of a pod.
const OWN_PIDS: &[u8] = b"extRootPidNS";
/// `SCHED_FIFO`, `SCHED_RR`, `SCHED_DEADLINE`.
const REAL_TIME: [u32; 3] = [1, 2, 6];
/// Limits by the kernel's numbers (`asm-generic/resource.h`).
const LIMITS: [&str; 16] = [
    "RLIMIT_CPU",
    "RLIMIT_FSIZE",
    "RLIMIT_DATA",
    "RLIMIT_STACK",
    "RLIMIT_CORE",
    "RLIMIT_RSS",
    "RLIMIT_NPROC",
    "RLIMIT_NOFILE",
    "RLIMIT_MEMLOCK",
    "RLIMIT_AS",
    "RLIMIT_LOCKS",
    "RLIMIT_SIGPENDING",
    "RLIMIT_MSGQUEUE",
    "RLIMIT_NICE",
    "RLIMIT_RTPRIO",
    "RLIMIT_RTTIME",
];
/// Types of `SELinux` that processes of containers have.
const CONTAINER_TYPES: [&str; 4] = [
    "container_t",
    "container_init_t",
    "container_kvm_t",
    "svirt_lxc_net_t",
];

pub(super) fn check(demands: &Demands, limits: &mut Limits<'_>) {
    whole(demands, limits);
    let Some(first) = demands.tasks.first() else {
        limits.excess("pstree.img", "it has no living process", NEVER);
        return;
    };
    for task in &demands.tasks {
        let root = first.spaces.unwrap_or_default();
        spaces(task, root, demands, limits);
        for thread in &task.threads {
            credentials(thread, limits);
        }
        numbers(task, limits);
    }
}

fn whole(demands: &Demands, limits: &mut Limits<'_>) {
    if demands.version < 2 {
        let what = format!(
            "images of version {} are not understood here",
            demands.version
        );
        limits.excess("inventory.img", what, NEVER);
    }
    // CRIU raises the limit of the host until a number fits.
    if let Some(most) = proc::highest_pid().filter(|most| demands.highest_pid >= *most) {
        let what = format!(
            "process {} needs a higher kernel.pid_max on this host, which is {most}",
            demands.highest_pid
        );
        limits.excess(
            "pstree.img",
            what,
            "raise the host's kernel.pid_max if you want it",
        );
    }
    if demands.policies {
        limits.excess(
            "apparmor.img",
            "it brings AppArmor policies to be loaded into this host's kernel",
            NEVER,
        );
    }
    let joins = |key: &Vec<u8>| key != OWN_PIDS || !joined(limits.spec, "pid");
    if demands.joined_pids.iter().any(joins) {
        limits.excess(
            "pidns-*.img",
            "it joins a pid namespace of this host",
            NEVER,
        );
    }
}

fn spaces(task: &Task, root: Spaces, demands: &Demands, limits: &mut Limits<'_>) {
    let image = format!("ids-{}.img", task.pid);
    let Some(own) = task.spaces else {
        let what = format!("process {} is in no namespace of its container", task.pid);
        limits.excess(image, what, NEVER);
        return;
    };
    let outside = demands.outside;
    let wanted = |kind: &str| {
        let list = limits.spec["linux"]["namespaces"].as_array();
        list.is_some_and(|list| list.iter().any(|entry| entry["type"] == kind))
    };
    let mut found = Vec::new();
    for (kind, own, outside) in [
        ("pid", own.pid, outside.pid),
        ("ipc", own.ipc, outside.ipc),
        ("uts", own.uts, outside.uts),
        ("mount", own.mount, outside.mount),
        ("network", own.network, outside.network),
    ] {
        if (own == outside || own == 0) && wanted(kind) {
            found.push((
                format!(
                    "process {} is in the {kind} namespace of the host",
                    task.pid
                ),
                NEVER,
            ));
        }
    }
    // A time namespace shifts nobody's clock but its own; CRIU makes one with every thaw.
    if own.user != outside.user {
        let what = format!(
            "process {} is in a user namespace of its own, which the container has not",
            task.pid
        );
        found.push((what, NEVER));
    }
    let nested = [
        (own.pid, root.pid),
        (own.ipc, root.ipc),
        (own.uts, root.uts),
        (own.mount, root.mount),
        (own.network, root.network),
    ];
    if nested.iter().any(|(own, root)| own != root) && !limits.may_mount() {
        found.push((
            format!("process {} is in other namespaces than the first one, for which the container has no CAP_SYS_ADMIN", task.pid),
            NEVER,
        ));
    }
    for (what, remedy) in found {
        limits.excess(&image, what, remedy);
    }
    let joined = joined(limits.spec, "network");
    let key = demands
        .networks
        .get(&root.network)
        .and_then(Option::as_deref);
    if task.pid == demands.tasks[0].pid && joined && key != Some(OWN_NETWORK) {
        limits.excess(
            format!("netns-{}.img", root.network),
            "the network is not the one that the engine gives to the container",
            NEVER,
        );
    }
}

/// Whether a container joins a namespace of this kind that the engine gives to it.
fn joined(spec: &Value, kind: &str) -> bool {
    let list = spec["linux"]["namespaces"].as_array().into_iter().flatten();
    list.filter(|entry| entry["type"] == kind)
        .any(|entry| entry["path"].as_str().is_some_and(|path| !path.is_empty()))
}

fn credentials(thread: &Thread, limits: &mut Limits<'_>) {
    let image = format!("core-{}.img", thread.id);
    let id = thread.id;
    let found = thread
        .core
        .as_ref()
        .and_then(|core| core.credentials.as_ref());
    let Some(found) = found else {
        let what =
            format!("thread {id} says no credentials and would have those of the host's root");
        limits.excess(image, what, NEVER);
        return;
    };
    for (set, words) in [
        ("effective", &found.effective),
        ("permitted", &found.permitted),
        ("inheritable", &found.inheritable),
        ("bounding", &found.bounding),
        ("ambient", &found.ambient),
    ] {
        let beyond = bits(words) & !limits.capabilities;
        if beyond != 0 {
            let name = capability::lowest(beyond);
            let what =
                format!("process {id} has {name} in its {set} set, which its container has not");
            limits.excess(&image, what, NEVER);
        }
    }
    let sticks = limits.spec["process"]["noNewPrivileges"] == true;
    if sticks && found.no_new_privileges == 0 {
        let what = format!(
            "process {id} may gain privileges (no_new_privs is not set), its container's may not"
        );
        limits.excess(&image, what, NEVER);
    }
    profile(id, found, limits);
}

/// Words of 32 bits, the lowest first; more than two words are none.
fn bits(words: &[u32]) -> u64 {
    let word = |at: usize| u64::from(words.get(at).copied().unwrap_or(0));
    word(0) | word(1) << 32
}

/// Only of a module that this host has; CRIU refuses what another one says.
fn profile(id: u32, found: &Credentials, limits: &mut Limits<'_>) {
    let modules = std::fs::read_to_string("/sys/kernel/security/lsm").unwrap_or_default();
    let module = |name: &str| modules.split(',').any(|active| active.trim() == name);
    let complaint = confined(
        found.profile.as_deref(),
        limits.spec,
        module("apparmor"),
        module("selinux"),
    );
    if let Some(what) = complaint.filter(|_| !limits.trusts_privileges()) {
        let what = format!("process {id} {what}");
        limits.excess(format!("core-{id}.img"), what, CAPABILITIES);
    }
}

/// What is wrong with the profile of a process.
pub(super) fn confined(
    profile: Option<&[u8]>,
    spec: &Value,
    apparmor: bool,
    selinux: bool,
) -> Option<String> {
    let text = profile.map(|profile| String::from_utf8_lossy(profile).into_owned());
    if selinux {
        let kind = text.as_deref()?.split(':').nth(2).unwrap_or_default();
        let wanted = spec["process"]["selinuxLabel"].as_str();
        let fits = CONTAINER_TYPES.contains(&kind) || wanted == text.as_deref();
        return (!fits).then(|| {
            format!(
                "has the SELinux label {}, which is no container's",
                shown(profile.unwrap_or_default())
            )
        });
    }
    let wanted = spec["process"]["apparmorProfile"].as_str();
    let wanted = wanted.filter(|name| apparmor && !name.is_empty() && *name != "unconfined")?;
    // CRIU writes a stack of profiles with its mode: `name (enforce)`.
    let name = text.as_deref().unwrap_or("unconfined");
    let name = name.split_once(" (").map_or(name, |(name, _)| name);
    (name != wanted).then(|| {
        format!(
            "is confined by {} instead of the AppArmor profile {wanted:?}",
            shown(name.as_bytes())
        )
    })
}

/// Limits and urgency, none of which a process could take for itself.
fn numbers(task: &Task, limits: &mut Limits<'_>) {
    if limits.trusts_privileges() {
        return;
    }
    let pid = task.pid;
    let image = format!("core-{pid}.img");
    let unbounded = limits.has("CAP_SYS_RESOURCE");
    let urgent = limits.has("CAP_SYS_NICE");
    let list = limits.spec["process"]["rlimits"].as_array();
    for entry in list.into_iter().flatten().filter(|_| !unbounded) {
        let number = LIMITS.iter().position(|name| entry["type"] == *name);
        let theirs = number.and_then(|number| task.limits.get(number));
        let (Some(theirs), Some(hard)) = (theirs, entry["hard"].as_u64()) else {
            continue;
        };
        if theirs.hard > hard {
            let name = entry["type"].as_str().unwrap_or_default();
            let what = format!(
                "process {pid} has the limit {name} {}, its container's is {hard}",
                theirs.hard
            );
            limits.excess(&image, what, CAPABILITIES);
        }
    }
    let own = proc::urgency();
    for thread in task.threads.iter().filter(|_| !urgent) {
        let core = thread.core.as_ref();
        let real_time = core.is_some_and(|core| REAL_TIME.contains(&core.policy));
        let nice = core.map_or(0, |core| core.nice);
        if real_time || nice < own.nice.min(0) {
            let what = if real_time {
                "is scheduled in real time".to_owned()
            } else {
                format!("has the nice value {nice}")
            };
            let what = format!(
                "process {} {what}, for which its container has no CAP_SYS_NICE",
                thread.id
            );
            limits.excess(format!("core-{}.img", thread.id), what, CAPABILITIES);
        }
    }
    let wanted = limits.spec["process"]["oomScoreAdj"].as_i64().unwrap_or(0);
    let least = wanted.min(i64::from(own.oom_score)).min(0);
    if i64::from(task.oom_score) < least && !unbounded {
        let what = format!(
            "process {pid} has the oom_score_adj {}, for which its container has no CAP_SYS_RESOURCE",
            task.oom_score
        );
        limits.excess(image, what, CAPABILITIES);
    }
}
