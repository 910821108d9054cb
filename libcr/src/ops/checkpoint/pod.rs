//! `pod checkpoint`: all containers of a pod that run, frozen at one instant, into one archive.
//!
//! All stand still before the first is dumped, and none goes on, or ends, before the last has been
//! captured. What they share is held by the infra container, which is made anew by a restore.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::archive::pod::{Entry, Index, InfraDescription, PodDescription, PodWriter, VERSION};
use crate::archive::{Writer, layout};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::checkpoint::{PodCheckpointReport, Times, micros};
use crate::model::container::pod::{Pod, Shared};
use crate::model::container::{Container, NetworkMode};
use crate::model::operation::{CheckpointPhase, CheckpointTarget};
use crate::model::status::Status;
use crate::ops::steps::claim::claim;
use crate::ops::steps::freezing::freeze::Frozen;
use crate::ops::steps::freezing::pack::{self, PackOptions};
use crate::ops::steps::freezing::place::Place;
use crate::ops::steps::freezing::stray_mounts;
use crate::ops::steps::journal::Journal;
use crate::ops::steps::life::health;
use crate::ops::steps::life::observe::observe;
use crate::ops::steps::sandbox;
use crate::progress::{Progress, Step};
use crate::runtime::criu_options::Verb;
use crate::store::lock::ContainerLock;
use crate::sys::{fault, machine, pid_counter, proc};

use super::{CheckpointOptions, Taken, Work, absolute, checks};

/// Where the archive of a pod goes.
#[derive(Debug, Clone)]
pub enum PodOutput {
    /// One file.
    File(PathBuf),
    /// An empty directory of the caller's.
    Directory(PathBuf),
}

/// What a checkpoint of a pod is asked for.
#[derive(Debug, Clone)]
pub struct PodCheckpointOptions {
    /// `--export FILE`.
    pub output: PodOutput,
    /// `--leave-running`.
    pub leave_running: bool,
    /// `--compress`: of the archives of the containers.
    pub compress: Option<String>,
    /// `--file-locks`.
    pub file_locks: bool,
    /// `--ignore-rootfs`.
    pub ignore_rootfs: bool,
    /// `--ignore-volumes`.
    pub ignore_volumes: bool,
    /// Full ids of the containers that are expected to run, all of them; empty: whichever do.
    pub containers: BTreeSet<String>,
    /// `--skip-check`.
    pub skip_checks: Vec<String>,
}

impl PodCheckpointOptions {
    fn of_each(&self) -> CheckpointOptions {
        CheckpointOptions {
            // Into a part of the pod's archive.
            export: Some("-".into()),
            compress: self.compress.clone(),
            leave_running: self.leave_running,
            file_locks: self.file_locks,
            ignore_rootfs: self.ignore_rootfs,
            ignore_volumes: self.ignore_volumes,
            skip_checks: self.skip_checks.clone(),
            ..CheckpointOptions::default()
        }
    }

    fn path(&self) -> &Path {
        match &self.output {
            PodOutput::File(path) | PodOutput::Directory(path) => path,
        }
    }
}

/// A container of the pod, claimed.
struct Member {
    lock: ContainerLock,
    container: Container,
}

/// Freezes a whole pod.
///
/// # Errors
/// [`crate::store::StoreError::NoSuchPod`]; [`Error::WrongState`] when none of its containers runs
/// or not those that were expected; as [`super::checkpoint`] of any of them. All run on after every
/// error.
pub fn checkpoint_pod(
    engine: &Engine,
    word: &str,
    options: &PodCheckpointOptions,
    progress: &dyn Progress,
) -> Result<PodCheckpointReport> {
    let asked = machine::now();
    let of_each = options.of_each();
    of_each.validate()?;
    if options.path() == Path::new("-") {
        return Err(Error::Invalid(
            "the archive of a pod cannot go to standard output: name a file with --export".into(),
        ));
    }
    let pod = engine.find_pod(word)?;
    let infra = infra(engine, &pod)?;
    let (members, left_out) = claim_running(engine, &pod, options)?;
    let output = absolute(options.path())?;
    let attempts = members
        .iter()
        .map(|member| of_member(engine, member, &of_each, &output, &asked, progress))
        .collect::<Result<Vec<_>>>()?;
    let pack_options = attempts
        .iter()
        .zip(&members)
        .map(|(attempt, member)| attempt.pack_options(&member.container))
        .collect::<Result<Vec<_>>>()?;
    // CRIU killed in the middle of a dump takes the processes with it that its code is in.
    let _spared = proc::Spared::begin();
    let _no_checks = members
        .iter()
        .map(|member| health::hold_checks(engine, &member.container))
        .collect::<Result<Vec<_>>>()?;
    let index = index(&pod, &infra, &members);
    let writer = match &options.output {
        PodOutput::File(_) => PodWriter::create(&output, index)?,
        PodOutput::Directory(_) => PodWriter::create_in(&output, index)?,
    };
    let journals = begin(engine, &attempts)?;
    let taken = take(
        (&pod, &infra),
        &members,
        &attempts,
        pack_options,
        writer,
        &journals,
    );
    let (runtimes, stood_still) = match taken {
        Ok(taken) => taken,
        Err(error) => {
            let error = attempts
                .iter()
                .fold(error, |error, one| one.discarded(error));
            return Err(give_up(&journals, error));
        }
    };
    let mut containers = Vec::new();
    for (((member, attempt), journal), runtime) in
        members.iter().zip(&attempts).zip(journals).zip(runtimes)
    {
        let taken = Taken {
            runtime,
            stood_still,
        };
        containers.push(attempt.finish(member.container.clone(), &taken, journal)?);
    }
    drop(attempts);
    drop(members);
    if !options.leave_running {
        sandbox::stop_if_alone(engine, &pod)?;
    }
    engine
        .store
        .transaction(|rows| rows.insert_pod_event("checkpoint", &pod))?;
    Ok(PodCheckpointReport {
        id: pod.id,
        containers,
        frozen_duration: micros(stood_still),
        left_out,
    })
}

/// The infra container, which a restore makes anew.
fn infra(engine: &Engine, pod: &Pod) -> Result<Container> {
    let id = pod.infra.as_ref().ok_or_else(|| {
        Error::Invalid(format!(
            "pod {} has no infra container, so its containers share nothing: checkpoint them one by one",
            pod.name
        ))
    })?;
    engine.reload(id)
}

/// The containers of a pod that run, each with its lock, and the names of the others.
fn claim_running(
    engine: &Engine,
    pod: &Pod,
    options: &PodCheckpointOptions,
) -> Result<(Vec<Member>, Vec<String>)> {
    // In the order of their ids: two that want the same containers never wait for each other.
    let ids: BTreeSet<String> = engine
        .store
        .rows()
        .members_of_pod(&pod.id)?
        .into_iter()
        .collect();
    let (mut members, mut left_out) = (Vec::new(), Vec::new());
    for id in ids.iter().filter(|id| pod.infra.as_ref() != Some(id)) {
        let (lock, mut container) = match claim(engine, id) {
            Err(Error::NoSuchContainer(_)) => continue,
            claimed => claimed?,
        };
        observe(engine, &mut container)?;
        match container.state.status {
            Status::Running => members.push(Member { lock, container }),
            Status::Paused => {
                return Err(Error::WrongState(format!(
                    "container {} of pod {} is paused: unpause its pod first",
                    container.config.name, pod.name
                )));
            }
            _ => left_out.push(container.config.name),
        }
    }
    if members.is_empty() {
        return Err(Error::WrongState(format!(
            "no container of pod {} is running, cannot checkpoint pod",
            pod.name
        )));
    }
    let running: BTreeSet<&String> = members.iter().map(|one| &one.container.config.id).collect();
    if !options.containers.is_empty() && running != options.containers.iter().collect() {
        return Err(Error::WrongState(format!(
            "the containers of pod {} that are running are not those that were named",
            pod.name
        )));
    }
    // As they were made: what the later ones expect of the earlier ones is there at a restore.
    members.sort_by(|one, other| {
        one.container
            .config
            .created
            .cmp(&other.container.config.created)
    });
    Ok((members, left_out))
}

fn of_member<'a>(
    engine: &'a Engine,
    member: &'a Member,
    options: &'a CheckpointOptions,
    output: &Path,
    asked: &str,
    progress: &'a dyn Progress,
) -> Result<Work<'a>> {
    let container = &member.container;
    progress.step(&container.config.name, Step::Preflight);
    let criu_version = checks::check(engine, container, options)?;
    let runtime = engine.runtime_of(container)?.name;
    let routed = options.criu.route(&runtime, Verb::Dump, criu_version)?;
    stray_mounts::remove(container);
    checks::inspect(engine, container, options)?;
    Ok(Work {
        engine,
        options,
        routed,
        // Whose partial file goes, should this engine be killed.
        export: Some(output.to_owned()),
        lock: &member.lock,
        container: container.config.id.clone(),
        logs: engine.bundle(&container.config.id),
        place: Place::new(engine, container, CheckpointTarget::Bundle),
        progress,
        criu_version,
        times: RefCell::new(Times {
            asked: asked.to_owned(),
            ..Times::default()
        }),
    })
}

fn begin<'a>(engine: &'a Engine, work: &[Work<'_>]) -> Result<Vec<Journal<'a>>> {
    let mut journals = Vec::new();
    for one in work {
        let intent = one.intent(CheckpointPhase::Dump);
        match Journal::begin(engine, &one.container, &intent) {
            Ok(journal) => journals.push(journal),
            Err(error) => return Err(give_up(&journals, error)),
        }
    }
    Ok(journals)
}

fn give_up(journals: &[Journal<'_>], error: Error) -> Error {
    let each = journals.iter();
    each.fold(error, |error, journal| journal.give_up(error, |_| Ok(())))
}

/// Freezes, dumps, captures, archives; returns what each dump took, and how long all stood still.
fn take(
    (pod, infra): (&Pod, &Container),
    members: &[Member],
    work: &[Work<'_>],
    mut pack_options: Vec<PackOptions>,
    mut writer: PodWriter,
    journals: &[Journal<'_>],
) -> Result<(Vec<Duration>, Duration)> {
    let containers: Vec<&Container> = members.iter().map(|one| &one.container).collect();
    for one in work {
        one.place.prepare(false)?;
    }
    let frozen = Frozen::begin_together(&containers)?;
    let now = machine::now();
    writer.frozen_at(now.clone(), last_pid(pod, infra));
    fault::point("frozen");
    let (mut runtimes, mut captured) = (Vec::new(), Vec::new());
    for (one, container) in work.iter().zip(&containers) {
        one.go_on_unless_cancelled(container)?;
        one.times.borrow_mut().frozen.clone_from(&now);
        runtimes.push(one.dump(container)?);
        one.times.borrow_mut().dumped = machine::now();
        fault::point("dumped");
        captured.push(one.capture(container)?);
        fault::point("captured");
    }
    let leave_running = work.iter().all(|one| one.options.leave_running);
    // All of those that go on is copied: they need not wait for the archive.
    let (frozen, thawed) = if leave_running {
        (Vec::new(), Some(thaw_all(frozen)?))
    } else {
        (frozen, None)
    };
    for ((one, container), (captured, options)) in work
        .iter()
        .zip(&containers)
        .zip(captured.iter().zip(&mut pack_options))
    {
        one.go_on_unless_cancelled(container)?;
        one.progress.step(&container.config.name, Step::Write);
        options.times.clone_from(&one.times.borrow());
        let images = one.place.images();
        let archive = Writer::to_stream(writer.container()?, options.form())?;
        pack::pack(
            archive,
            one.engine,
            container,
            captured,
            &images,
            options,
            |archive| Ok(archive.append_images(layout::CHECKPOINT, &images)?),
        )?;
        writer.end_container()?;
    }
    writer.finish()?;
    fault::point("archived");
    let whole = |one: &Work<'_>| one.intent(CheckpointPhase::Whole);
    let rows: Vec<_> = journals.iter().zip(work.iter().map(whole)).collect();
    Journal::advance_together(&rows)?;
    fault::point("whole");
    let ended = frozen.into_iter().map(Frozen::end).max();
    Ok((runtimes, thawed.or(ended).unwrap_or_default()))
}

/// The number of the last process of a pod whose containers share these.
fn last_pid(pod: &Pod, infra: &Container) -> Option<u32> {
    let pid = infra
        .state
        .pid
        .filter(|_| pod.shared.contains(&Shared::Pid))?;
    let last = pid_counter::read(pid);
    last.inspect_err(
        |error| tracing::warn!(%error, "the number of the pod's last process is not known"),
    )
    .ok()
    .flatten()
}

/// Lets all go on; those that can't be told so are told again when they are dropped.
fn thaw_all(frozen: Vec<Frozen>) -> Result<Duration> {
    let mut longest = Duration::ZERO;
    for one in frozen {
        longest = longest.max(one.thaw()?);
    }
    Ok(longest)
}

fn index(pod: &Pod, infra: &Container, members: &[Member]) -> Index {
    let entry = |(number, member): (usize, &Member)| {
        let name = member.container.config.name.clone();
        Entry {
            archive: Index::archive_of(number, &name),
            name,
        }
    };
    Index {
        version: VERSION,
        engine: format!("cryopod {}", env!("CARGO_PKG_VERSION")),
        frozen_at: String::new(),
        pod: PodDescription {
            name: pod.name.clone(),
            labels: pod.labels.clone(),
            shared: pod.shared.clone(),
            hostname: pod.hostname.clone(),
            exit_policy: pod.exit_policy,
            own_cgroup: pod.own_cgroup,
            last_pid: None,
            infra: Some(describe_infra(infra)),
        },
        containers: (1..).zip(members).map(entry).collect(),
    }
}

/// In the words of `pod create`.
fn describe_infra(infra: &Container) -> InfraDescription {
    let config = &infra.config;
    let (mut networks, mut ip, mut mac_address) =
        (vec![config.network.word().into_owned()], None, None);
    if let NetworkMode::Bridge { networks: own } = &config.network {
        networks = own.iter().map(|(name, _)| name.clone()).collect();
        if let Some((_, first)) = own.first() {
            ip = first.static_ips.first().copied();
            mac_address = Some(first.static_mac.clone()).filter(|mac| !mac.is_empty());
        }
    }
    let port = |mapping: &network::types::PortMapping| {
        let last = |first: u16| first.saturating_add(mapping.range.max(1) - 1);
        let range = |first: u16| match last(first) {
            _ if first == 0 => String::new(),
            last if last == first => first.to_string(),
            last => format!("{first}-{last}"),
        };
        let host = match mapping.host_ip.as_str() {
            "" => String::new(),
            ip if ip.contains(':') => format!("[{ip}]:"),
            ip => format!("{ip}:"),
        };
        format!(
            "{host}{}:{}/{}",
            range(mapping.host_port),
            range(mapping.container_port),
            mapping.protocol.as_str()
        )
    };
    InfraDescription {
        networks,
        ip,
        mac_address,
        publish: config.ports.iter().map(port).collect(),
        add_hosts: config.hosts_add.clone(),
        dns: config.dns.clone(),
        shm_size: config.shm_size,
    }
}
