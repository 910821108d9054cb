//! `pod restore`: a whole pod from an archive: its infra container first, its containers into it.
//!
//! Each container is held as soon as it is there, and all of them go on together when the last one
//! is. A failure leaves nothing of the pod.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;

use crate::archive::pod::{Index, InfraDescription, Member, PodReader};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::checkpoint::{PodRestoreReport, RestoreReport};
use crate::model::container::foreign_labels;
use crate::model::container::pod::{Pod, Shared};
use crate::model::id;
use crate::model::operation::Intent;
use crate::ops::restore::import::{self, Origin};
use crate::ops::restore::ports;
use crate::ops::restore::{Grants, RestoreOptions};
use crate::ops::steps::creation::{self, CreateOptions};
use crate::ops::steps::freezing::freeze::Frozen;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::thawing::trust::Trust;
use crate::ops::steps::thawing::whole_pod;
use crate::ops::steps::{preflight, sandbox};
use crate::progress::Progress;
use crate::sys::{fault, machine, pid_counter, proc};

/// What a restore of a pod is asked for.
#[derive(Debug, Clone, Default)]
pub struct PodRestoreOptions {
    /// `--name`: a new name; its containers get new ids, and names that begin with it.
    pub name: Option<String>,
    /// `--publish`: instead of the ports that the archive publishes.
    pub publish: Vec<String>,
    /// What holds for each of its containers; neither name nor pod nor ports.
    pub each: RestoreOptions,
}

/// Makes a pod from an archive, a file or a directory, and thaws all its containers.
///
/// # Errors
/// As [`super::import`] of any of them; [`crate::store::StoreError::PodExists`]. Nothing of the pod
/// is left after an error.
pub fn restore_pod(
    engine: &Engine,
    archive: &Path,
    options: &PodRestoreOptions,
    progress: &dyn Progress,
) -> Result<PodRestoreReport> {
    options.each.validate(true)?;
    preflight::criu(engine)?;
    let reader = open(engine, archive, options)?;
    let (pod, infra, warnings) = describe(&reader.index, options)?;
    let volumes = !options.each.ignore_volumes;
    let (owner, number) = (proc::own_identity(), Cell::new(0));
    let pod = creation::pod::create(engine, pod, Some(infra), |rows, infra| {
        number.set(rows.begin_operation(infra, &intent(false, volumes), &owner)?);
        Ok(())
    })?;
    let infra = pod.infra.clone().unwrap_or_default();
    let journal = Journal::adopt(engine, &infra, number.get());
    fault::point("pod-made");
    let mut making = Making {
        engine,
        options,
        progress,
        pod: &pod,
        brought: BTreeSet::new(),
        held: Vec::new(),
        reports: Vec::new(),
    };
    let done = making.all(&reader, &journal);
    let (held, reports) = (making.held, making.reports);
    drop(held);
    if let Err(error) = done {
        let error = match whole_pod::take_back(engine, &pod, volumes) {
            Ok(()) => error,
            Err(left) => Error::Undo {
                first: Box::new(error),
                cleanup: left.to_string(),
            },
        };
        return Err(journal.give_up(error, |_| Ok(())));
    }
    journal.end_with(|rows| rows.insert_pod_event("restore", &pod))?;
    let told = reports.iter().flat_map(|one| one.warnings.clone());
    Ok(PodRestoreReport {
        warnings: warnings.into_iter().chain(told).collect(),
        containers: reports,
        id: pod.id,
    })
}

fn intent(whole: bool, volumes: bool) -> Intent {
    Intent::RestorePod { whole, volumes }
}

/// Thaws one container of the archive of a pod into a pod that is there.
///
/// # Errors
/// As [`super::import`]; [`Error::NoSuchContainer`] for one that is not in the archive.
pub fn restore_member(
    engine: &Engine,
    archive: &Path,
    name: &str,
    options: &RestoreOptions,
    progress: &dyn Progress,
) -> Result<RestoreReport> {
    options.validate(true)?;
    let of_pod = PodRestoreOptions {
        each: options.clone(),
        ..PodRestoreOptions::default()
    };
    let reader = open(engine, archive, &of_pod)?;
    let member = reader
        .member(name)
        .ok_or_else(|| Error::NoSuchContainer(name.to_owned()))?;
    import::import_from(engine, Origin::Member(member), options, progress)
}

/// The archive, as far as this host trusts it. That of a pod has no signature of its own.
fn open(engine: &Engine, archive: &Path, options: &PodRestoreOptions) -> Result<PodReader> {
    let trust = Trust::of(engine, &options.each.unsealing, Some(archive))?;
    trust.judge(&archive.display().to_string(), None)?;
    let place = trust.place.as_deref().unwrap_or(archive);
    Ok(PodReader::open(place)?)
}

/// A pod that is being thawed.
struct Making<'a> {
    engine: &'a Engine,
    options: &'a PodRestoreOptions,
    progress: &'a dyn Progress,
    pod: &'a Pod,
    /// Volumes that came with its containers.
    brought: BTreeSet<String>,
    /// Containers that are there, and wait for the others.
    held: Vec<Frozen>,
    reports: Vec<RestoreReport>,
}

impl Making<'_> {
    /// Thaws them all, and lets them go on.
    fn all(&mut self, reader: &PodReader, journal: &Journal<'_>) -> Result<()> {
        self.each(reader)?;
        journal.advance(&intent(true, !self.options.each.ignore_volumes))?;
        fault::point("pod-whole");
        for one in self.held.drain(..) {
            one.thaw()?;
        }
        Ok(())
    }

    fn each(&mut self, reader: &PodReader) -> Result<()> {
        let infra = self.pod.infra.as_deref().unwrap_or_default();
        let pid = sandbox::start(self.engine, infra)?;
        let last = reader.index.pod.last_pid;
        if let (Some(pid), Some(last)) =
            (pid, last.filter(|_| self.pod.shared.contains(&Shared::Pid)))
            && let Err(error) = pid_counter::set(pid, last)
        {
            tracing::warn!(%error, last, "the pod counts its processes from the beginning");
        }
        for member in reader.members() {
            if self.progress.cancelled() {
                return Err(Error::Cancelled(self.pod.name.clone()));
            }
            let report = self.one(member)?;
            let container = self.engine.reload(&report.id)?;
            self.held.push(Frozen::begin(&container)?);
            if !self.options.each.ignore_volumes {
                let names = container.config.named_volumes.iter();
                self.brought.extend(names.map(|one| one.name.clone()));
            }
            self.reports.push(report);
            fault::point("member-restored");
        }
        Ok(())
    }

    fn one(&self, member: &Member) -> Result<RestoreReport> {
        let renamed = self.options.name.as_ref();
        let options = RestoreOptions {
            name: renamed.map(|pod| format!("{pod}-{}", member.name)),
            pod: Some(self.pod.id.clone()),
            with_pod: true,
            volumes_there: self.brought.clone(),
            ..self.options.each.clone()
        };
        import::import_from(self.engine, Origin::Member(member), &options, self.progress).map_err(
            |error| Error::Member {
                doing: format!("restoring container {}", member.name),
                source: Box::new(error),
            },
        )
    }
}

/// The pod that an archive describes, what makes its infra container, and what the user should know.
///
/// # Errors
/// [`Error::Invalid`] for what no pod has, or what is not granted.
fn describe(
    index: &Index,
    options: &PodRestoreOptions,
) -> Result<(Pod, CreateOptions, Vec<String>)> {
    let described = &index.pod;
    let mut warnings = Vec::new();
    let infra = described
        .infra
        .as_ref()
        .ok_or_else(|| Error::Invalid("the archive describes a pod without an infra container, which shares nothing: restore its containers one by one".into()))?;
    for text in described
        .labels
        .iter()
        .flat_map(|(key, value)| [key, value])
    {
        plain("label", text)?;
    }
    plain("host name", &described.hostname)?;
    let pod = Pod {
        id: id::from_random(machine::random()?),
        name: options
            .name
            .clone()
            .unwrap_or_else(|| described.name.clone()),
        created: machine::now(),
        labels: foreign_labels(&described.labels),
        shared: described.shared.clone(),
        infra: None,
        hostname: described.hostname.clone(),
        exit_policy: described.exit_policy,
        own_cgroup: described.own_cgroup,
        cgroup_parent: String::new(),
        stays_down: false,
        create_command: Vec::new(),
    };
    let mut create = infra_options(&pod, infra, options)?;
    if options.publish.is_empty() {
        create.publish.clone_from(&infra.publish);
        let published = network::port::parse_all(&infra.publish).map_err(network::Error::from)?;
        warnings.extend(ports::warning(&published));
    } else {
        create.publish.clone_from(&options.publish);
    }
    Ok((pod, create, warnings))
}

fn infra_options(
    pod: &Pod,
    infra: &InfraDescription,
    options: &PodRestoreOptions,
) -> Result<CreateOptions> {
    for network in &infra.networks {
        grant_network(network, options.each.grants)?;
    }
    let texts = infra.add_hosts.iter().chain(&infra.dns);
    for text in texts.chain(&infra.mac_address) {
        plain("network setting", text)?;
    }
    // As for one container: a new name has new addresses.
    let anew = options.name.is_some();
    let of_bridge =
        !matches!(infra.networks.as_slice(), [only] if only == "none" || only == "host");
    let keep = |ignored: bool| !anew && !ignored && of_bridge;
    let labels = pod.labels.iter();
    Ok(CreateOptions {
        name: Some(format!("{}-infra", id::short(&pod.id))),
        hostname: Some(creation::pod::host_name(pod).to_owned()),
        labels: labels
            .map(|(key, value)| format!("{key}={value}"))
            .collect(),
        networks: infra.networks.clone(),
        ip: infra.ip.filter(|_| keep(options.each.ignore_static_ip)),
        mac_address: infra
            .mac_address
            .clone()
            .filter(|_| keep(options.each.ignore_static_mac)),
        add_hosts: infra.add_hosts.clone(),
        dns: infra.dns.clone(),
        shm_size: Some(infra.shm_size).filter(|size| *size > 0),
        ..CreateOptions::default()
    })
}

/// The name of a network; nothing of the host without the user's word, and no namespace at all.
fn grant_network(word: &str, grants: Grants) -> Result<()> {
    let shown = word.escape_debug();
    if word == "host" && !grants.host_network {
        return Err(Error::Invalid(
            "the archive asks for the network of the host: --allow-host-network grants it".into(),
        ));
    }
    id::check_name(word)
        .map_err(|error| Error::Invalid(format!("the archive names network \"{shown}\": {error}")))
}

/// Text that goes to files and terminals.
fn plain(what: &str, text: &str) -> Result<()> {
    const LIMIT: usize = 4096;
    if text.len() > LIMIT || text.chars().any(char::is_control) {
        return Err(Error::Invalid(format!(
            "the archive has a {what} that no pod has: it is too long, or has control characters"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::pod::{PodDescription, VERSION};

    fn index(infra: InfraDescription) -> Index {
        Index {
            version: VERSION,
            engine: String::new(),
            frozen_at: String::new(),
            pod: PodDescription {
                name: "p".into(),
                infra: Some(infra),
                ..PodDescription::default()
            },
            containers: Vec::new(),
        }
    }

    fn infra(network: &str) -> InfraDescription {
        InfraDescription {
            networks: vec![network.into()],
            ip: "10.88.0.9".parse().ok(),
            publish: vec!["80:80/tcp".into()],
            ..InfraDescription::default()
        }
    }

    #[test]
    fn an_archive_grants_nothing() {
        let options = PodRestoreOptions::default();
        let refused = |network: &str| describe(&index(infra(network)), &options).is_err();
        for network in [
            "host",
            "container:abc",
            "ns:/proc/1/ns/net",
            "a:ip=10.0.0.1",
            "",
            "-x",
        ] {
            assert!(refused(network), "{network}");
        }
        assert!(!refused("podman"));
        assert!(!refused("none"));
        let mut granted = PodRestoreOptions::default();
        granted.each.grants.host_network = true;
        assert!(describe(&index(infra("host")), &granted).is_ok());
        let mut dirty = index(infra("podman"));
        dirty.pod.labels.insert("a".into(), "\u{1b}[2J".into());
        assert!(describe(&dirty, &options).is_err());
        let mut dirty = infra("podman");
        dirty.dns = vec!["1.1.1.1\nnameserver 6.6.6.6".into()];
        assert!(describe(&index(dirty), &options).is_err());
    }

    #[test]
    fn a_new_name_has_new_addresses() -> Result<()> {
        let kept = describe(&index(infra("podman")), &PodRestoreOptions::default())?;
        assert!(kept.1.ip.is_some());
        assert!(kept.2[0].contains("80/tcp"));
        let named = PodRestoreOptions {
            name: Some("q".into()),
            publish: vec!["8080:80".into()],
            ..PodRestoreOptions::default()
        };
        let (pod, options, warnings) = describe(&index(infra("podman")), &named)?;
        assert_eq!(pod.name, "q");
        assert!(options.ip.is_none() && warnings.is_empty());
        assert_eq!(options.publish, ["8080:80"]);
        Ok(())
    }
}
