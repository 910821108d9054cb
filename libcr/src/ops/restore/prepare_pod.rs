//! A pod that is made as somebody asks for it, whose containers come out of the archive of a pod when
//! they are started: all of them, or none.

use std::cell::Cell;
use std::path::Path;

use crate::archive::pod::{Member, PodReader};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::pod::{Pod, Shared};
use crate::model::operation::Intent;
use crate::ops::restore::RestoreOptions;
use crate::ops::restore::prepare::{Checkpoint, prepare};
use crate::ops::steps::creation::pod_plan::Planned;
use crate::ops::steps::creation::{self, CreateOptions};
use crate::ops::steps::journal::Journal;
use crate::ops::steps::sandbox;
use crate::ops::steps::thawing::trust::Trust;
use crate::ops::steps::thawing::whole_pod;
use crate::progress::Progress;
use crate::sys::{fault, pid_counter, proc};

/// What counts of the archive of a pod for whom describes the pod himself.
#[derive(Debug, Clone)]
pub struct PodArchive {
    /// The archives of its containers.
    pub members: Vec<Member>,
    /// The number of the last process, where they shared these.
    last_pid: Option<u32>,
}

impl PodArchive {
    /// Opens one, a file or a directory, as far as this host trusts it.
    ///
    /// # Errors
    /// [`Error::Untrusted`]; whatever is wrong with the archive.
    pub fn open(engine: &Engine, archive: &Path) -> Result<Self> {
        let unsealing = RestoreOptions::default().unsealing;
        let trust = Trust::of(engine, &unsealing, Some(archive))?;
        trust.judge(&archive.display().to_string(), None)?;
        let reader = PodReader::open(trust.place.as_deref().unwrap_or(archive))?;
        Ok(Self {
            members: reader.members().to_vec(),
            last_pid: reader.index.pod.last_pid,
        })
    }
}

/// Makes a pod, whose infra container runs, and containers in it that wait for their start
/// ([`super::restore`]): of each member of the archive one, with the options at its place in
/// `containers`. Returns their ids.
///
/// # Errors
/// As [`prepare`] of any of them; [`crate::store::StoreError::PodExists`]. Nothing of the pod is left
/// then.
pub fn prepare_pod(
    engine: &Engine,
    archive: &PodArchive,
    planned: Planned,
    containers: &[CreateOptions],
    progress: &dyn Progress,
) -> Result<Vec<String>> {
    let infra = planned
        .infra
        .ok_or_else(|| Error::Invalid("a pod without an infra container shares nothing".into()))?;
    if containers.len() != archive.members.len() {
        return Err(Error::Invalid(format!(
            "the archive holds {} containers, {} are asked for",
            archive.members.len(),
            containers.len()
        )));
    }
    let intent = Intent::RestorePod {
        whole: false,
        volumes: true,
    };
    let (owner, number) = (proc::own_identity(), Cell::new(0));
    let pod = creation::pod::create(engine, planned.pod, Some(infra), |rows, infra| {
        number.set(rows.begin_operation(infra, &intent, &owner)?);
        Ok(())
    })?;
    let infra = pod.infra.clone().unwrap_or_default();
    let journal = Journal::adopt(engine, &infra, number.get());
    fault::point("pod-made");
    match fill(engine, archive, &pod, containers, progress) {
        Ok(ids) => {
            journal.end_with(|rows| rows.insert_pod_event("restore", &pod))?;
            Ok(ids)
        }
        Err(error) => {
            let error = match whole_pod::take_back(engine, &pod, true) {
                Ok(()) => error,
                Err(left) => Error::Undo {
                    first: Box::new(error),
                    cleanup: left.to_string(),
                },
            };
            Err(journal.give_up(error, |_| Ok(())))
        }
    }
}

fn fill(
    engine: &Engine,
    archive: &PodArchive,
    pod: &Pod,
    containers: &[CreateOptions],
    progress: &dyn Progress,
) -> Result<Vec<String>> {
    let pid = sandbox::start(engine, pod.infra.as_deref().unwrap_or_default())?;
    let last = archive.last_pid;
    // From there the pod counts on, so that what one starts takes no number that the next one needs.
    if let (Some(pid), Some(last)) = (pid, last.filter(|_| pod.shared.contains(&Shared::Pid)))
        && let Err(error) = pid_counter::set(pid, last)
    {
        tracing::warn!(%error, last, "the pod counts its processes from the beginning");
    }
    let each = archive.members.iter().zip(containers);
    let make = |(member, options): (&Member, &CreateOptions)| {
        if progress.cancelled() {
            return Err(Error::Cancelled(pod.name.clone()));
        }
        let options = CreateOptions {
            pod: Some(pod.id.clone()),
            ..options.clone()
        };
        let made = prepare(engine, Checkpoint::Member(member), &options, progress);
        fault::point("member-restored");
        made.map_err(|error| Error::Member {
            doing: format!("preparing container {}", member.name),
            source: Box::new(error),
        })
    };
    each.map(make).collect()
}
