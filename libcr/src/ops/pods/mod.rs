//! Pods: containers that share namespaces and are handled together. Each verb claims one container
//! after the other; its infra container is started first and stopped and removed last.

use std::collections::BTreeSet;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::container::pod::{self, Pod, PodStatus};
use crate::ops::steps::life::observe::look;

pub mod create;
pub mod forward;
pub mod inspect;
pub mod kill;
pub mod list;
pub mod pause;
pub mod restart;
pub mod rm;
pub mod start;
pub mod stop;

/// What became of a pod.
#[derive(Debug)]
pub struct PodReport {
    /// Full id of the pod.
    pub id: String,
    /// Containers for which it failed, each with a sentence of its own.
    pub failures: Vec<Error>,
}

/// A pod and its containers as they truly are, oldest first.
#[derive(Debug, Clone)]
pub struct PodFacts {
    /// The pod.
    pub pod: Pod,
    /// Its containers, its infra container among them.
    pub containers: Vec<Container>,
}

impl PodFacts {
    /// How it is.
    pub fn status(&self) -> PodStatus {
        pod::status(self.containers.iter().map(|one| one.state.status))
    }

    /// Names of the networks that it is on.
    pub fn networks(&self) -> Vec<String> {
        let names = self.infra().map(|infra| infra.config.network.names());
        let names = names.unwrap_or_default().into_iter();
        names.map(str::to_owned).collect()
    }

    /// Its infra container.
    pub fn infra(&self) -> Option<&Container> {
        self.containers.iter().find(|one| one.config.is_infra())
    }
}

/// What is true of a pod now. Takes no lock.
///
/// # Errors
/// When the store can't be read.
pub fn facts(engine: &Engine, pod: Pod) -> Result<PodFacts> {
    let mut containers = engine.store.rows().containers_of_pod(&pod.id)?;
    for container in &mut containers {
        look(engine, container);
    }
    Ok(PodFacts { pod, containers })
}

/// Ids of a pod's containers, its infra container first.
fn members(engine: &Engine, pod: &Pod) -> Result<Vec<String>> {
    let all = engine.store.rows().members_of_pod(&pod.id)?;
    let infra: BTreeSet<&String> = pod.infra.iter().collect();
    let (mut first, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|id| infra.contains(id));
    first.extend(rest);
    Ok(first)
}

/// Does one thing to each of these containers; those that fail, or are gone, stop no other.
fn each(
    engine: &Engine,
    pod: &Pod,
    ids: impl IntoIterator<Item = String>,
    doing: &str,
    mut work: impl FnMut(&Engine, &str) -> Result<()>,
) -> PodReport {
    let mut failures = Vec::new();
    for id in ids {
        match work(engine, &id) {
            Ok(()) | Err(Error::NoSuchContainer(_)) => {}
            Err(error) => failures.push(Error::Member {
                doing: format!("{doing} container {id}"),
                source: Box::new(error),
            }),
        }
    }
    PodReport {
        id: pod.id.clone(),
        failures,
    }
}

/// Writes down that something happened to a pod, where it happened to all of it.
fn tell(engine: &Engine, pod: &Pod, kind: &str, report: PodReport) -> Result<PodReport> {
    if report.failures.is_empty() {
        engine
            .store
            .transaction(|rows| rows.insert_pod_event(kind, pod))?;
    }
    Ok(report)
}
