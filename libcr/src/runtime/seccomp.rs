//! The seccomp profile: containers-common's file (`seccomp.json`, the format of moby's default
//! profile) made into the `linux.seccomp` object of the OCI specification, for this architecture
//! and the capabilities the container has.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

/// Where containers-common puts the profile: the administrator's first.
pub const PROFILES: [&str; 2] = [
    "/etc/containers/seccomp.json",
    "/usr/share/containers/seccomp.json",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    default_action: String,
    default_errno_ret: Option<u32>,
    #[serde(default)]
    arch_map: Vec<Architecture>,
    #[serde(default)]
    architectures: Vec<String>,
    #[serde(default)]
    syscalls: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Architecture {
    architecture: String,
    #[serde(default)]
    sub_architectures: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    name: String,
    action: String,
    errno_ret: Option<u32>,
    #[serde(default)]
    args: Option<Vec<Value>>,
    #[serde(default)]
    includes: Condition,
    #[serde(default)]
    excludes: Condition,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Condition {
    caps: Vec<String>,
    arches: Vec<String>,
}

/// Why a profile can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SeccompError {
    /// The file can't be read.
    #[error("loading seccomp profile {path}: {}", crate::sys::dir::reason(source))]
    Read {
        /// The profile.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is not a profile.
    #[error("loading seccomp profile {path}: {source}")]
    Parse {
        /// The profile.
        path: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// Loads the profile at `path` for a container that has `capabilities`.
pub fn load(path: &Path, capabilities: &[String]) -> Result<Value, SeccompError> {
    let shown = || path.display().to_string();
    let text = std::fs::read(path).map_err(|source| SeccompError::Read {
        path: shown(),
        source,
    })?;
    let profile = serde_json::from_slice(&text).map_err(|source| SeccompError::Parse {
        path: shown(),
        source,
    })?;
    Ok(convert(&profile, capabilities))
}

/// The profile that is installed, if any is.
pub fn load_default(capabilities: &[String]) -> Result<Option<Value>, SeccompError> {
    let installed = PROFILES.iter().map(Path::new).find(|path| path.is_file());
    installed.map(|path| load(path, capabilities)).transpose()
}

fn convert(profile: &Profile, capabilities: &[String]) -> Value {
    let (native, go_name) = match std::env::consts::ARCH {
        "aarch64" => ("SCMP_ARCH_AARCH64", "arm64"),
        _ => ("SCMP_ARCH_X86_64", "amd64"),
    };
    let mapped = profile
        .arch_map
        .iter()
        .find(|entry| entry.architecture == native);
    let architectures: Vec<&str> = match mapped {
        Some(entry) => std::iter::once(native)
            .chain(entry.sub_architectures.iter().map(String::as_str))
            .collect(),
        None => profile.architectures.iter().map(String::as_str).collect(),
    };
    let has = |list: &[String]| list.iter().all(|wanted| capabilities.contains(wanted));
    let applies = |rule: &&Rule| {
        let arch = |list: &[String]| list.iter().any(|name| name == go_name);
        let included = has(&rule.includes.caps)
            && (rule.includes.arches.is_empty() || arch(&rule.includes.arches));
        let excluded = !rule.excludes.caps.is_empty()
            && rule
                .excludes
                .caps
                .iter()
                .any(|cap| capabilities.contains(cap))
            || arch(&rule.excludes.arches);
        included && !excluded
    };
    let rule = |rule: &Rule| {
        let mut names = rule.names.clone();
        names.extend(Some(rule.name.clone()).filter(|name| !name.is_empty()));
        let mut object = json!({ "names": names, "action": rule.action });
        if let Some(number) = rule.errno_ret {
            object["errnoRet"] = number.into();
        }
        if let Some(args) = rule.args.as_ref().filter(|args| !args.is_empty()) {
            object["args"] = args.clone().into();
        }
        object
    };
    let syscalls: Vec<Value> = profile.syscalls.iter().filter(applies).map(rule).collect();
    let mut seccomp = json!({
        "defaultAction": profile.default_action,
        "architectures": architectures,
        "syscalls": syscalls,
    });
    if let Some(number) = profile.default_errno_ret {
        seccomp["defaultErrnoRet"] = number.into();
    }
    seccomp
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_depend_on_capabilities_and_architecture() -> serde_json::Result<()> {
        let profile: Profile = serde_json::from_value(json!({
            "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
            "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
                        {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": []}],
            "syscalls": [
                {"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": []},
                {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
                {"names": ["bpf"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "excludes": {"caps": ["CAP_BPF"]}},
                {"names": ["s390_runtime_instr"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["s390x"]}},
            ],
        }))?;
        let names = |capabilities: &[&str]| {
            let capabilities: Vec<String> = capabilities.iter().map(|&c| c.into()).collect();
            let value = convert(&profile, &capabilities);
            let list = value["syscalls"].as_array().cloned().unwrap_or_default();
            list.iter()
                .map(|rule| rule["names"][0].as_str().unwrap_or("").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), ["read", "bpf"]);
        assert_eq!(names(&["CAP_SYS_ADMIN", "CAP_BPF"]), ["read", "mount"]);
        assert_eq!(convert(&profile, &[])["defaultErrnoRet"], 38);
        Ok(())
    }
}
