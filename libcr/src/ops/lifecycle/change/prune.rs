//! `container prune`: removes containers that don't run.

use jiff::Timestamp;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::ops::steps::claim::claim;
use crate::ops::steps::life::observe::{look, observe};
use crate::ops::steps::life::remove::remove_with;

/// Which of those that don't run are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PruneFilter {
    /// Labels that it must have, all of them: name, and value if it matters.
    pub labels: Vec<(String, Option<String>)>,
    /// Labels that it must not have, none of them.
    pub without_labels: Vec<(String, Option<String>)>,
    /// It was made before.
    pub until: Option<Timestamp>,
}

impl PruneFilter {
    fn fits(&self, container: &Container) -> bool {
        let labels = &container.config.labels;
        let has = |(name, wanted): &(String, Option<String>)| {
            let found = labels.get(name);
            found.is_some_and(|found| wanted.as_ref().is_none_or(|wanted| wanted == found))
        };
        let created = container.config.created.parse::<Timestamp>().ok();
        let old = self
            .until
            .is_none_or(|until| created.is_some_and(|created| created < until));
        self.labels.iter().all(has) && !self.without_labels.iter().any(has) && old
    }
}

/// Those that would be removed now, oldest first. Containers of pods go with their pods.
pub fn candidates(engine: &Engine, filter: &PruneFilter) -> Result<Vec<Container>> {
    let mut containers = engine.store.rows().containers()?;
    for container in &mut containers {
        look(engine, container);
    }
    let alone = |one: &Container| one.config.pod.is_none();
    containers.retain(|one| alone(one) && !one.state.status.is_alive() && filter.fits(one));
    Ok(containers)
}

/// Removes one of the candidates; false when it began to run or was removed since. Its anonymous
/// volumes stay, as with Podman.
///
/// # Errors
/// [`Error::Conflict`] when others are in its network.
pub fn prune(engine: &Engine, candidate: &Container) -> Result<bool> {
    let id = &candidate.config.id;
    let (_lock, mut container) = match claim(engine, id) {
        Err(Error::NoSuchContainer(_)) => return Ok(false),
        claimed => claimed?,
    };
    observe(engine, &mut container)?;
    // One that is about to start again runs, near enough.
    if container.state.status.is_alive() || container.state.restart_due {
        return Ok(false);
    }
    let all = engine.store.rows().containers()?;
    let needed = all.iter().any(|one| {
        matches!(&one.config.network, crate::model::container::NetworkMode::Container { id: other } if other == id)
    });
    if needed {
        return Err(Error::Conflict(format!(
            "container {id} has dependent containers which must be removed before it: container already exists"
        )));
    }
    remove_with(engine, &container, false)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::container::example;

    #[test]
    fn labels_and_age() {
        let mut container = example("a");
        container.config.labels.insert("tier".into(), "web".into());
        let label = |value: Option<&str>| vec![("tier".to_owned(), value.map(str::to_owned))];
        for (labels, without_labels, until, fits) in [
            (vec![], vec![], None, true),
            (label(None), vec![], None, true),
            (label(Some("web")), vec![], None, true),
            (label(Some("db")), vec![], None, false),
            (vec![], label(None), None, false),
            (vec![], label(Some("db")), None, true),
            (vec![], vec![], Some("2025-12-31T23:59:59Z"), false),
            (vec![], vec![], Some("2026-01-01T00:00:01Z"), true),
        ] {
            let filter = PruneFilter {
                labels,
                without_labels,
                until: until.and_then(|text| text.parse().ok()),
            };
            assert_eq!(filter.fits(&container), fits, "{filter:?}");
        }
    }
}
