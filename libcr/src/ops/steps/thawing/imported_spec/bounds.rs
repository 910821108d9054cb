//! Namespaces, limits, settings of the kernel and filters of system calls of an imported
//! specification: none beyond what a container that is made here has.

use rustix::process::{Resource, getrlimit};
use serde_json::{Map, Value};

use super::{Grants, has_own_network, keep_only, refuse};
use crate::error::{Error, Result};
use crate::runtime::kernel::{RESOURCES as LIMITS, is_of_ipc, is_of_network};

/// Namespaces that every container has of its own. Where one was the host's, CRIU would put the
/// processes into this host's.
const NAMESPACES: [&str; 4] = ["pid", "mount", "ipc", "uts"];
/// Podman's limit for open files, which its archives bring.
const OPEN_FILES: u64 = 1 << 20;
/// The longest value of a setting of the kernel, bytes.
const LONGEST_SETTING: usize = 1024;
/// Members of each resource that are taken over. Others bind the whole host: real-time shares, a
/// cgroup that no memory killer touches.
const RESOURCES: [(&str, &[&str]); 3] = [
    ("memory", &["limit", "reservation", "swap"]),
    ("cpu", &["shares", "quota", "period", "cpus", "mems"]),
    ("pids", &["limit"]),
];

/// Whose the namespaces were.
///
/// # Errors
/// [`Error::Invalid`] for processes that were in a namespace of their host or of another container
/// that they can't be parted from, or in a user namespace.
pub(super) fn namespaces(spec: &Value, joins_pids: bool) -> Result<()> {
    let list = spec["linux"]["namespaces"].as_array().into_iter().flatten();
    let list: Vec<&Value> = list.collect();
    let by_path = |entry: &&Value| entry["path"].as_str().is_some_and(|path| !path.is_empty());
    let find = |kind: &str| list.iter().find(|entry| entry["type"] == kind);
    if find("pid").is_some_and(by_path) && !joins_pids {
        return Err(Error::Invalid(
            "the container shared the processes of its pod or of another container (a pid namespace by path), which no archive of one container holds: freeze it where it has processes of its own".into(),
        ));
    }
    if find("user").is_some() {
        return Err(Error::Invalid(
            "the container had a user namespace, and containers here have none: its root would be this host's".into(),
        ));
    }
    match NAMESPACES.iter().find(|kind| find(kind).is_none()) {
        None => Ok(()),
        Some(kind) => Err(Error::Invalid(format!(
            "the container was in the {kind} namespace of its host, which none can have here: freeze it where it has its own"
        ))),
    }
}

/// Settings of the kernel, as far as they are the container's own.
pub(super) fn settings(spec: &mut Value) {
    let own_network = has_own_network(spec);
    let Some(settings) = spec["linux"].get_mut("sysctl") else {
        return;
    };
    let Some(map) = settings.as_object_mut() else {
        *settings = Value::Object(Map::new());
        return;
    };
    map.retain(|key, value| {
        // Runtimes make a path of it, dots becoming slashes.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        let named = key.bytes().all(plain) && !key.contains("..");
        let own = is_of_ipc(key) || own_network && is_of_network(key);
        let short = value
            .as_str()
            .is_some_and(|text| text.len() <= LONGEST_SETTING);
        named && own && short
    });
}

/// Limits of the cgroup.
pub(super) fn resources(spec: &mut Value) {
    for (key, members) in RESOURCES {
        if let Some(one) = spec["linux"]["resources"].get_mut(key) {
            keep_only(one, members);
        }
    }
}

/// Limits of the processes (getrlimit(2)): none above this engine's own, since what it gives is
/// what it has; Podman's usual ones are let through.
///
/// # Errors
/// [`Error::Invalid`] naming the limit and the flag that grants it.
pub(super) fn process_limits(spec: &mut Value, grants: Grants) -> Result<()> {
    let list = &mut spec["process"]["rlimits"];
    if list.is_null() {
        return Ok(());
    }
    let none = || Error::Invalid("the archive has process limits that are none".into());
    for entry in list.as_array_mut().ok_or_else(none)? {
        // runc takes `Hard` for `hard`.
        keep_only(entry, &["type", "hard", "soft"]);
        let name = entry["type"].as_str().ok_or_else(none)?;
        let number = |key: &str| entry[key].as_u64().ok_or_else(none);
        let wanted = number("hard")?.max(number("soft")?);
        let most = most(name).ok_or_else(none)?;
        if wanted > most && !grants.capabilities {
            let what = format!("{name} of {wanted}, above the {most} of this engine");
            return refuse(what, "--allow-capabilities");
        }
    }
    Ok(())
}

/// The highest limit of this name that needs no grant; `None` for no name of a limit.
fn most(name: &str) -> Option<u64> {
    let word = name.strip_prefix("RLIMIT_")?.to_lowercase();
    let (_, resource) = *LIMITS.iter().find(|(known, _)| *known == word)?;
    if name != format!("RLIMIT_{}", word.to_uppercase()) {
        return None;
    }
    let own = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    Some(match resource {
        // Processes are counted by the container's cgroup; this counts those of a user.
        Resource::Nproc => u64::MAX,
        Resource::Nofile => own.max(OPEN_FILES),
        _ => own,
    })
}

/// What of a filter of system calls would leave the container: the socket of a program of this host
/// that is handed every call.
pub(super) fn filter(spec: &mut Value) {
    if let Some(filter) = spec["linux"]
        .get_mut("seccomp")
        .and_then(Value::as_object_mut)
    {
        // runc takes keys in any case.
        filter.retain(|key, _| !key.to_lowercase().starts_with("listener"));
    }
}
