//! What a container may: `LinuxContainerSecurityContext` as the engine has it.

use std::path::{Component, Path};

use libcr::model::container::Security;

use crate::cri::Refusal;
use crate::cri::messages::{LinuxContainerSecurityContext, SecurityProfile};

/// `UID[:GID]`, or a name.
///
/// # Errors
/// For a group without a user.
pub fn user(security: &LinuxContainerSecurityContext) -> Result<Option<String>, Refusal> {
    let name = &security.run_as_username;
    let user = match &security.run_as_user {
        Some(user) => user.value.to_string(),
        None => name.clone(),
    };
    match &security.run_as_group {
        _ if user.contains(':') => Err(Refusal::invalid(&format!("invalid user {user:?}"))),
        Some(_) if user.is_empty() => Err(Refusal::invalid("a group without a user")),
        Some(group) => Ok(Some(format!("{user}:{}", group.value))),
        None => Ok((!user.is_empty()).then_some(user)),
    }
}

/// Further groups, by number.
///
/// # Errors
/// For what is no group's number.
pub fn groups(security: &LinuxContainerSecurityContext) -> Result<Vec<String>, Refusal> {
    let all = security.supplemental_groups.iter();
    all.map(|group| match u32::try_from(*group) {
        Ok(group) => Ok(group.to_string()),
        Err(_) => Err(Refusal::invalid(&format!("{group} is no group"))),
    })
    .collect()
}

/// Capabilities, profiles and protected paths in the engine's words.
///
/// # Errors
/// For what is wrong or can't be had.
pub fn security(asked: &LinuxContainerSecurityContext) -> Result<Security, Refusal> {
    let selinux = asked.selinux_options.clone().unwrap_or_default();
    let mut options = Vec::new();
    for (key, value) in [
        ("user", &selinux.user),
        ("role", &selinux.role),
        ("type", &selinux.kind),
        ("level", &selinux.level),
    ] {
        if !value.is_empty() {
            options.push(format!("label={key}:{value}"));
        }
    }
    for (word, profile, old) in [
        ("seccomp", &asked.seccomp, &asked.seccomp_profile_path),
        ("apparmor", &asked.apparmor, &asked.apparmor_profile),
    ] {
        let name = match profile {
            Some(profile) => profile_name(word, profile)?,
            None => old_profile(old),
        };
        options.extend(name.map(|name| format!("{word}={name}")));
    }
    if asked.no_new_privs {
        options.push("no-new-privileges".into());
    }
    let capabilities = asked.capabilities.clone().unwrap_or_default();
    if !capabilities.add_ambient.is_empty() {
        return Err(Refusal::unsupported("add_ambient_capabilities"));
    }
    Ok(Security {
        privileged: asked.privileged,
        cap_add: capabilities.add,
        cap_drop: capabilities.drop,
        options,
        masked_paths: paths("masked_paths", &asked.masked_paths)?,
        read_only_paths: paths("readonly_paths", &asked.readonly_paths)?,
    })
}

/// The profile as `--security-opt` has it; `None`: the usual one.
fn profile_name(word: &str, profile: &SecurityProfile) -> Result<Option<String>, Refusal> {
    match profile.profile_type {
        0 => Ok(None),
        1 => Ok(Some("unconfined".into())),
        2 if !profile.localhost_ref.is_empty() => Ok(Some(profile.localhost_ref.clone())),
        _ => Err(Refusal::invalid(&format!("invalid {word} profile"))),
    }
}

/// The field that came before: `runtime/default`, `unconfined`, `localhost/NAME`.
fn old_profile(text: &str) -> Option<String> {
    match text {
        "" | "runtime/default" | "docker/default" => None,
        other => Some(other.strip_prefix("localhost/").unwrap_or(other).to_owned()),
    }
}

/// Paths of one list. An empty one looks like none on the wire, and is taken for none: the usual ones.
/// Kubernetes sends that for `procMount: Unmasked`, which it allows in user namespaces only. A privileged
/// container has no protected paths, whatever a list says.
fn paths(field: &str, paths: &[String]) -> Result<Option<Vec<String>>, Refusal> {
    let is_plain = |path: &String| {
        let parts = Path::new(path).components();
        path.starts_with('/')
            && !path.contains('\0')
            && parts
                .skip(1)
                .all(|part| matches!(part, Component::Normal(_)))
    };
    match paths.iter().find(|path| !is_plain(path)) {
        Some(wrong) => Err(Refusal::invalid(&format!(
            "invalid path {wrong:?} in {field}: it must be absolute, without a step up"
        ))),
        None => Ok((!paths.is_empty()).then(|| paths.to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protected_paths() {
        let mut asked = LinuxContainerSecurityContext {
            masked_paths: vec!["/proc/kcore".into()],
            ..LinuxContainerSecurityContext::default()
        };
        let made = security(&asked).unwrap();
        assert_eq!(made.masked_paths, Some(vec!["/proc/kcore".into()]));
        assert_eq!(made.read_only_paths, None);
        for wrong in ["proc", "/proc/../etc", ""] {
            asked.readonly_paths = vec!["/proc/sys".into(), wrong.into()];
            assert!(security(&asked).is_err(), "{wrong}");
        }
    }
}
