//! The specification that an archive brings, cut down to what may appear on this host.
//!
//! It is hostile until checked. What a user can grant is refused by name without the grant; what
//! nobody needs (hooks, settings of the host, words that make a runtime do more) is dropped.
//! Whatever a later cold start would take from it is bounded here too.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::model::container::VolumeMount;
use crate::runtime::spec::{self, SpecError};
use crate::runtime::{capability, seccomp};

mod bounds;
mod mounts;

/// What the user who imports an archive grants to it beyond the default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Grants {
    /// Bind mounts of this host's directories that the archive names.
    pub mounts: bool,
    /// Device nodes that the archive names.
    pub devices: bool,
    /// The network of this host instead of one of its own.
    pub host_network: bool,
    /// Capabilities beyond the default set, unmasked paths, privileged containers.
    pub capabilities: bool,
}

/// Members of each object that are taken over; anything else stays behind.
const TOP: [&str; 8] = [
    "ociVersion",
    "process",
    "root",
    "hostname",
    "domainname",
    "mounts",
    "annotations",
    "linux",
];
const PROCESS: [&str; 10] = [
    "terminal",
    "consoleSize",
    "user",
    "args",
    "env",
    "cwd",
    "capabilities",
    "rlimits",
    "noNewPrivileges",
    "apparmorProfile",
];
const LINUX: [&str; 8] = [
    "resources",
    "cgroupsPath",
    "namespaces",
    "devices",
    "seccomp",
    "maskedPaths",
    "readonlyPaths",
    "sysctl",
];
const RESOURCES: [&str; 4] = ["devices", "memory", "pids", "cpu"];
/// Annotations that no runtime acts on. crun's `run.oci.*` run programs.
const ANNOTATIONS: [&str; 4] = [
    "io.podman.",
    "io.container.",
    "io.kubernetes.",
    "org.opencontainers.",
];

/// The longest host name, bytes (sethostname(2)).
const HOSTNAME_LENGTH: usize = 64;

/// Options of a volume's mount that an archive may ask for; others are dropped.
const VOLUME_OPTIONS: [&str; 16] = [
    "ro", "rw", "exec", "noexec", "nosuid", "nodev", "bind", "rbind", "private", "rprivate",
    "slave", "rslave", "nocopy", "copy", "noatime", "relatime",
];

/// Of the options of a volume's mount, those that give a container no more than Podman's default.
pub fn volume_options(options: &[String]) -> Vec<String> {
    let known = options
        .iter()
        .filter(|word| VOLUME_OPTIONS.contains(&word.as_str()));
    let mut kept: Vec<String> = known.cloned().collect();
    for word in ["nosuid", "nodev"] {
        if !kept.iter().any(|other| other == word) {
            kept.push(word.to_owned());
        }
    }
    if !kept
        .iter()
        .any(|word| matches!(word.as_str(), "bind" | "rbind"))
    {
        kept.push("rbind".to_owned());
    }
    kept
}

/// All capabilities in any set of a specification, sorted.
pub fn bounding(spec: &Value) -> Vec<String> {
    let sets = spec["process"]["capabilities"]
        .as_object()
        .into_iter()
        .flatten();
    let mut all: Vec<String> = sets
        .flat_map(|(_, list)| list.as_array().into_iter().flatten())
        .filter_map(|word| word.as_str().map(str::to_owned))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// True when a specification has a network namespace of its own.
pub fn has_own_network(spec: &Value) -> bool {
    let list = spec["linux"]["namespaces"].as_array();
    list.is_some_and(|list| list.iter().any(|entry| entry["type"] == "network"))
}

/// A specification from an archive, with only what may appear on this host. A bind mount where
/// `volumes` has one is that volume: its source on this host is set by [`spec::localize`].
/// `joins_pids`: it joins the pid namespace of a pod.
///
/// # Errors
/// [`Error::Invalid`] naming what was not granted and the flag that grants it.
pub fn check(
    mut spec: Value,
    grants: Grants,
    volumes: &[VolumeMount],
    joins_pids: bool,
) -> Result<Value> {
    if !spec["process"].is_object() || !spec["linux"].is_object() || !spec["mounts"].is_array() {
        return Err(Error::Invalid(
            "spec.dump of the archive is not a Linux container's".into(),
        ));
    }
    keep_only(&mut spec, &TOP);
    keep_only(&mut spec["process"], &PROCESS);
    keep_only(&mut spec["linux"], &LINUX);
    for (object, key) in [
        ("process", "user"),
        ("process", "capabilities"),
        ("linux", "resources"),
    ] {
        if spec[object]
            .get(key)
            .is_some_and(|part| !part.is_object() && !part.is_null())
        {
            return Err(Error::Invalid(format!(
                "spec.dump of the archive has a {key:?} that is none"
            )));
        }
    }
    if let Some(resources) = spec["linux"].get_mut("resources") {
        keep_only(resources, &RESOURCES);
    }
    bounds::resources(&mut spec);
    check_sets(&spec)?;
    annotations_and_names(&mut spec)?;
    if !has_own_network(&spec) && !grants.host_network {
        return refuse("the network of this host", "--allow-host-network");
    }
    bounds::namespaces(&spec, joins_pids)?;
    mounts::check(&mut spec, grants, volumes)?;
    check_devices(&mut spec, grants)?;
    check_privileges(&mut spec, grants)?;
    bounds::process_limits(&mut spec, grants)?;
    bounds::filter(&mut spec);
    bounds::settings(&mut spec);
    Ok(spec)
}

/// Capabilities are lists of words: what is none, one runtime may read otherwise than another.
fn check_sets(spec: &Value) -> Result<()> {
    let sets = spec["process"]["capabilities"].as_object();
    let is_words = |value: &Value| {
        let list = value.as_array();
        value.is_null() || list.is_some_and(|list| list.iter().all(Value::is_string))
    };
    if sets.is_some_and(|sets| !sets.values().all(is_words)) {
        return Err(Error::Invalid(
            "spec.dump of the archive has capabilities that are none".into(),
        ));
    }
    Ok(())
}

/// What is only words: annotations that nobody acts on, and names that end up in files.
fn annotations_and_names(spec: &mut Value) -> Result<()> {
    if let Some(annotations) = spec.get_mut("annotations") {
        let known = |key: &str| ANNOTATIONS.iter().any(|prefix| key.starts_with(prefix));
        match annotations.as_object_mut() {
            Some(map) => map.retain(|key, value| known(key) && value.is_string()),
            None => *annotations = json!({}),
        }
    }
    for key in ["hostname", "domainname"] {
        let name = &spec[key];
        let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let fits = |text: &str| text.len() <= HOSTNAME_LENGTH && text.bytes().all(usual);
        if !name.is_null() && !name.as_str().is_some_and(fits) {
            return Err(Error::Invalid(format!(
                "spec.dump of the archive has a {key} that no host can have"
            )));
        }
    }
    let profile = &spec["process"]["apparmorProfile"];
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    if !profile.is_null() && !profile.as_str().is_some_and(|name| name.bytes().all(usual)) {
        // `&` and spaces are words to the kernel (apparmor_parser(8), stacking).
        return Err(Error::Invalid(
            "spec.dump of the archive has an apparmorProfile that is no name".into(),
        ));
    }
    Ok(())
}

fn refuse<T>(what: impl std::fmt::Display, flag: &str) -> Result<T> {
    Err(Error::Invalid(format!(
        "the archive asks for {what}, which is not granted: add {flag} if you trust it"
    )))
}

fn keep_only(value: &mut Value, keys: &[&str]) {
    if let Some(map) = value.as_object_mut() {
        map.retain(|key, _| keys.contains(&key.as_str()));
    }
}

fn check_devices(spec: &mut Value, grants: Grants) -> Result<()> {
    if grants.devices {
        return Ok(());
    }
    let devices = &spec["linux"]["devices"];
    if !devices.is_null() && devices.as_array().is_none_or(|list| !list.is_empty()) {
        return refuse("device nodes of this host", "--allow-devices");
    }
    spec["linux"]["resources"]["devices"] = json!([{ "allow": false, "access": "rwm" }]);
    Ok(())
}

fn check_privileges(spec: &mut Value, grants: Grants) -> Result<()> {
    if grants.capabilities {
        return Ok(());
    }
    let all = bounding(spec);
    let is_default = |word: &str| capability::DEFAULT.contains(&word);
    if let Some(word) = all.iter().find(|word| !is_default(word)) {
        return refuse(format!("the capability {word}"), "--allow-capabilities");
    }
    for (key, ours) in [
        ("maskedPaths", &spec::MASKED[..]),
        ("readonlyPaths", &spec::READ_ONLY[..]),
    ] {
        let theirs = spec["linux"][key].as_array().cloned().unwrap_or_default();
        if theirs.is_empty() {
            return refuse("unmasked paths of /proc and /sys", "--allow-capabilities");
        }
        // CRIU puts back the mounts that were there; a cold start hides ours besides.
        let missing = ours
            .iter()
            .map(|path| Value::from(*path))
            .filter(|path| !theirs.contains(path));
        let missing: Vec<Value> = missing.collect();
        spec["linux"][key] = theirs.iter().cloned().chain(missing).collect();
    }
    let profile = seccomp::load_default(&all).map_err(SpecError::from)?;
    let linux: Option<&mut Map<String, Value>> = spec["linux"].as_object_mut();
    if let (Some(linux), Some(profile)) = (linux, profile) {
        linux.insert("seccomp".into(), profile);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
