//! What `pod create` is asked for becomes a pod that is to be made.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::pod::{ExitPolicy, Pod, Shared};
use crate::model::id;
use crate::ops::steps::creation::{CreateOptions, KernelOptions};
use crate::sys::machine;

/// What `pod create` is asked for, in the words of the command line.
#[derive(Debug, Clone, Default)]
pub struct PodCreateOptions {
    /// `--name`; `None` or empty: made up.
    pub name: Option<String>,
    /// `--label KEY[=VALUE]`.
    pub labels: Vec<String>,
    /// `--infra=false`.
    pub no_infra: bool,
    /// `--infra-name`; `None`: made of the pod's id.
    pub infra_name: Option<String>,
    /// `--infra-image`; `None`: a program of the engine's own.
    pub infra_image: Option<String>,
    /// `--infra-command`, with an image.
    pub infra_command: Option<String>,
    /// `--share`: kinds of namespaces, with commas, `none`, or `+kind` beside the usual ones.
    pub share: Option<String>,
    /// `--share-parent=false`.
    pub no_share_parent: bool,
    /// The cgroup that that of the pod is made in, from the mount; `None`: the engine's.
    pub cgroup_parent: Option<String>,
    /// None of its containers starts an infra container that has ended.
    pub stays_down: bool,
    /// `--exit-policy`.
    pub exit_policy: Option<String>,
    /// `--hostname`.
    pub hostname: Option<String>,
    /// `--network`, as of a container.
    pub networks: Vec<String>,
    /// `--ip`.
    pub ip: Option<IpAddr>,
    /// `--mac-address`.
    pub mac_address: Option<String>,
    /// `--publish`.
    pub publish: Vec<String>,
    /// `--add-host NAME:IP`.
    pub add_hosts: Vec<String>,
    /// `--dns`.
    pub dns: Vec<String>,
    /// `--dns-search`.
    pub dns_search: Vec<String>,
    /// `--dns-option`.
    pub dns_options: Vec<String>,
    /// `--sysctl NAME=VALUE`, of namespaces that it shares.
    pub sysctls: Vec<String>,
    /// `--shm-size`, bytes.
    pub shm_size: Option<u64>,
    /// The whole command line, for `inspect`.
    pub create_command: Vec<String>,
}

/// A pod that is to be made.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Its record, as it will be.
    pub pod: Pod,
    /// What its infra container is made of; `None`: it has none.
    pub infra: Option<CreateOptions>,
}

/// The pod that options describe.
///
/// # Errors
/// [`Error::Invalid`] for options that make no sense, in Podman's words.
pub fn plan(engine: &Engine, options: &PodCreateOptions) -> Result<Planned> {
    check(options)?;
    let shared = if options.no_infra {
        BTreeSet::new()
    } else {
        shared(options.share.as_deref())?
    };
    let id = id::from_random(machine::random()?);
    let name = match options.name.as_ref().filter(|name| !name.is_empty()) {
        Some(name) => name.clone(),
        None => free_name(engine)?,
    };
    let pod = Pod {
        id,
        name,
        created: machine::now(),
        labels: labels(&options.labels),
        shared,
        infra: None,
        hostname: options.hostname.clone().unwrap_or_default(),
        exit_policy: exit_policy(options.exit_policy.as_deref())?,
        own_cgroup: !options.no_share_parent,
        cgroup_parent: cgroup_parent(options.cgroup_parent.as_deref())?,
        stays_down: options.stays_down,
        create_command: options.create_command.clone(),
    };
    let infra = (!options.no_infra).then(|| infra(&pod, options));
    Ok(Planned { pod, infra })
}

/// What makes the infra container: all that its pod shares.
fn infra(pod: &Pod, options: &PodCreateOptions) -> CreateOptions {
    let name = options.infra_name.clone();
    let command = options.infra_command.as_deref().unwrap_or_default();
    CreateOptions {
        image: options.infra_image.clone().unwrap_or_default(),
        command: command.split_whitespace().map(str::to_owned).collect(),
        name: Some(name.unwrap_or_else(|| format!("{}-infra", id::short(&pod.id)))),
        hostname: Some(super::pod::host_name(pod).to_owned()),
        labels: options.labels.clone(),
        networks: options.networks.clone(),
        ip: options.ip,
        mac_address: options.mac_address.clone(),
        publish: options.publish.clone(),
        add_hosts: options.add_hosts.clone(),
        dns: options.dns.clone(),
        dns_search: options.dns_search.clone(),
        dns_options: options.dns_options.clone(),
        kernel: KernelOptions {
            sysctls: options.sysctls.clone(),
            ..KernelOptions::default()
        },
        shm_size: options.shm_size,
        ..CreateOptions::default()
    }
}

/// What contradicts itself; Podman's order and words.
fn check(options: &PodCreateOptions) -> Result<()> {
    let invalid = |text: &str| Err(Error::Invalid(text.into()));
    if options.no_infra {
        if !options.publish.is_empty() {
            return invalid(
                "you must have an infra container to publish port bindings to the host",
            );
        }
        if !options.networks.is_empty() {
            return invalid("NoInfra and network modes cannot be used together");
        }
        if let Some(share) = options
            .share
            .as_deref()
            .filter(|word| !matches!(*word, "" | "none"))
        {
            return Err(Error::Invalid(format!(
                "cannot set share({share}) namespaces without an infra container"
            )));
        }
        if !options.sysctls.is_empty() {
            return invalid("cannot set sysctls without an infra container");
        }
        let of_infra = options.infra_name.is_some() || options.infra_image.is_some();
        if of_infra || options.infra_command.is_some() {
            return invalid(
                "--infra-name, --infra-image and --infra-command need an infra container",
            );
        }
    }
    if options.infra_command.is_some() && options.infra_image.is_none() {
        return invalid("--infra-command can only be used with --infra-image");
    }
    Ok(())
}

/// The kinds of namespaces of `--share`.
fn shared(text: Option<&str>) -> Result<BTreeSet<Shared>> {
    const USUAL: [Shared; 3] = [Shared::Ipc, Shared::Net, Shared::Uts];
    let Some(text) = text else {
        return Ok(USUAL.into());
    };
    let mut kinds = BTreeSet::new();
    if text.starts_with('+') {
        kinds.extend(USUAL);
    }
    for word in text.trim_start_matches('+').split(',') {
        if matches!(word, "" | "none") {
            continue;
        }
        if word == "cgroup" {
            return Err(Error::Invalid(
                "cannot share the cgroup namespace: every container sees its own cgroup, without which it could not be frozen".into(),
            ));
        }
        let kind = Shared::ALL.into_iter().find(|kind| kind.word() == word);
        kinds.insert(kind.ok_or_else(|| {
            Error::Invalid(format!(
                "invalid kernel namespace to share: {word}. Options are: cgroup, ipc, net, pid, uts or none"
            ))
        })?);
    }
    Ok(kinds)
}

fn exit_policy(word: Option<&str>) -> Result<ExitPolicy> {
    match word {
        None | Some("" | "continue") => Ok(ExitPolicy::Continue),
        Some("stop") => Ok(ExitPolicy::Stop),
        Some(word) => Err(Error::Invalid(format!(
            "running pod create option: invalid pod exit policy: \"{word}\""
        ))),
    }
}

/// The cgroup that a pod's is made in.
fn cgroup_parent(path: Option<&str>) -> Result<String> {
    let Some(path) = path.filter(|path| !path.is_empty()) else {
        return Ok(String::new());
    };
    let is_name = |part: &str| {
        !matches!(part, "" | "." | "..") && !part.bytes().any(|byte| byte.is_ascii_control())
    };
    // With one at the end, and systemd's names, which are no paths.
    let names = path
        .strip_prefix('/')
        .map(|rest| rest.trim_end_matches('/'));
    match names.filter(|names| names.split('/').all(is_name)) {
        Some(names) if path.len() < 4096 => Ok(format!("/{names}")),
        _ => Err(Error::Invalid(format!(
            "invalid parent of a cgroup {path:?}: it must be a path from the root of the hierarchy, as /kubepods/burstable/pod1"
        ))),
    }
}

fn labels(texts: &[String]) -> BTreeMap<String, String> {
    let pair = |text: &String| {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        (key.to_owned(), value.to_owned())
    };
    texts.iter().map(pair).collect()
}

fn free_name(engine: &Engine) -> Result<String> {
    loop {
        let name = id::name_from_random(machine::random()?);
        if engine.store.rows().pod_of_name(&name)?.is_none() {
            return Ok(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared() {
        let kinds = |text: &str| shared(Some(text)).map(Vec::from_iter).unwrap_or_default();
        assert_eq!(shared(None).unwrap_or_default().len(), 3);
        assert_eq!(kinds("net,pid"), [Shared::Net, Shared::Pid]);
        assert_eq!(kinds("+pid"), Shared::ALL);
        assert!(kinds("none").is_empty());
        let text = |word: &str| shared(Some(word)).unwrap_err().to_string();
        assert_eq!(
            text("foo"),
            "invalid kernel namespace to share: foo. Options are: cgroup, ipc, net, pid, uts or none"
        );
        assert!(text("net,cgroup").contains("cannot share the cgroup namespace"));
    }

    #[test]
    fn contradictions_in_podmans_words() {
        let text = |options: PodCreateOptions| check(&options).unwrap_err().to_string();
        let none = || PodCreateOptions {
            no_infra: true,
            ..PodCreateOptions::default()
        };
        assert_eq!(
            text(PodCreateOptions {
                publish: vec!["80:80".into()],
                ..none()
            }),
            "you must have an infra container to publish port bindings to the host"
        );
        assert_eq!(
            text(PodCreateOptions {
                share: Some("pid".into()),
                ..none()
            }),
            "cannot set share(pid) namespaces without an infra container"
        );
        assert!(check(&none()).is_ok());
    }
}
