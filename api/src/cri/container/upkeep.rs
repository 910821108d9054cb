//! `UpdateContainerResources` and `ReopenContainerLog`: what is done to a container that runs.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use libcr::Engine;
use libcr::ops::lifecycle::change::rotate::rotate;
use libcr::ops::lifecycle::change::update::{Changes, update};

use super::making::refuse_bounds;
use super::{expose_log, known_log};
use crate::cri::Refusal;
use crate::cri::door::Door;
use crate::cri::identity::given;
use crate::cri::messages::{Empty, Id, LinuxContainerResources, UpdateContainerResourcesRequest};

/// `UpdateContainerResources`. What is zero or empty stays as it is.
pub async fn resources(
    door: Door,
    request: UpdateContainerResourcesRequest,
) -> Result<Empty, Refusal> {
    if request.windows.is_some() {
        return Err(Refusal::unsupported("Windows"));
    }
    let asked = request
        .linux
        .ok_or_else(|| Refusal::invalid("the request names no resources"))?;
    let changes = changes(&asked)?;
    let id = request.container_id;
    let work = move |engine: &Engine| {
        update(engine, given(&id)?, &changes)?;
        Ok(Empty {})
    };
    door.run(work).await
}

/// In the engine's words. `oom_score_adj` can't be changed of processes that run, and isn't.
pub fn changes(asked: &LinuxContainerResources) -> Result<Changes, Refusal> {
    refuse_bounds(asked)?;
    let positive = |number: i64, what: &str| match u64::try_from(number) {
        Ok(number) => Ok(Some(number).filter(|number| *number > 0)),
        Err(_) => Err(Refusal::invalid(&format!("invalid {what} {number}"))),
    };
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let swap = asked.memory_swap_limit_in_bytes;
    Ok(Changes {
        memory: positive(asked.memory_limit_in_bytes, "memory_limit_in_bytes")?,
        memory_swap: Some(swap).filter(|swap| *swap != 0),
        cpu_shares: positive(asked.cpu_shares, "cpu_shares")?,
        cpu_period: positive(asked.cpu_period, "cpu_period")?,
        // -1 takes it away.
        cpu_quota: Some(asked.cpu_quota).filter(|quota| *quota != 0),
        cpuset_cpus: some(&asked.cpuset_cpus),
        cpuset_mems: some(&asked.cpuset_mems),
        ..Changes::default()
    })
}

/// `ReopenContainerLog`, after a kubelet has renamed what it knows as the log: a link to the engine's.
/// The lines so far take the place of the renamed link, and a new link stands for the new log.
pub async fn reopen_log(door: Door, request: Id) -> Result<Empty, Refusal> {
    let work = move |engine: &Engine| {
        let container = engine.find(given(&request.id)?)?;
        let id = container.config.id.as_str();
        let path = known_log(&container)
            .ok_or_else(|| Refusal::invalid(&format!("container {id} has no log")))?;
        let log = engine.log_file(id);
        let is_ours = |path: &Path| fs::read_link(path).is_ok_and(|target| target == log);
        let renamed = renamed(&path, is_ours);
        rotate(engine, id, renamed.as_deref())?;
        if !is_ours(&path) {
            expose_log(engine, id, &path)?;
        }
        Ok(Empty {})
    };
    door.run(work).await
}

/// The link that a log was renamed to: beside it, with a name that begins with its own.
fn renamed(path: &Path, is_ours: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let name = path.file_name()?.as_encoded_bytes();
    let entries = fs::read_dir(path.parent()?).ok()?;
    let is_named = |other: &OsString| {
        let other = other.as_encoded_bytes();
        other.len() > name.len() && other.starts_with(name)
    };
    let named = entries
        .flatten()
        .filter(|entry| is_named(&entry.file_name()));
    named.map(|entry| entry.path()).find(|path| is_ours(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_that_are_not_named_stay() {
        let none = LinuxContainerResources::default();
        assert_eq!(changes(&none).unwrap(), Changes::default());
        let asked = LinuxContainerResources {
            cpu_quota: -1,
            cpu_period: 50_000,
            memory_limit_in_bytes: 1 << 26,
            cpuset_cpus: "0".into(),
            ..none.clone()
        };
        let told = changes(&asked).unwrap();
        assert_eq!((told.cpu_quota, told.cpu_period), (Some(-1), Some(50_000)));
        assert_eq!(told.memory, Some(1 << 26));
        assert_eq!(told.cpuset_cpus.as_deref(), Some("0"));
        let wrong = LinuxContainerResources {
            cpu_shares: -5,
            ..none
        };
        assert!(changes(&wrong).is_err());
    }

    #[test]
    fn the_renamed_link_is_found() {
        let place = tempfile::tempdir().unwrap();
        for name in ["0.log", "0.log.20261127", "1.log.x", "0.log.gz"] {
            fs::write(place.path().join(name), "").unwrap();
        }
        let wanted = place.path().join("0.log.20261127");
        let found = renamed(&place.path().join("0.log"), |path| {
            path != place.path().join("0.log.gz")
        });
        assert_eq!(found, Some(wanted));
    }
}
