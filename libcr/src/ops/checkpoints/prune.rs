//! `checkpoint prune`: old checkpoints of our own catalogue.

use jiff::Timestamp;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::catalogue::NamedCheckpoint;
use crate::ops::steps::catalogue::{self, directory, generations};
use crate::ops::steps::claim::claim;
use crate::sys::fault;

/// Which checkpoints are to go.
#[derive(Debug, Clone, Default)]
pub struct PruneOptions {
    /// Only those of this container; name or id.
    pub container: Option<String>,
    /// `--keep`: so many of each container stay, the newest.
    pub keep: usize,
    /// `--filter until=`: only those made before this instant.
    pub until: Option<Timestamp>,
}

/// A checkpoint that went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pruned {
    /// What the catalogue knew of it.
    pub checkpoint: NamedCheckpoint,
    /// All its names.
    pub names: Vec<String>,
    /// Bytes that it made free: memory that others have stays.
    pub freed: u64,
}

/// Removes checkpoints, oldest first, and returns them. All names of each go with it.
///
/// # Errors
/// [`Error::NoSuchContainer`] for one that is named. What was removed until an error is gone.
pub fn prune(engine: &Engine, options: &PruneOptions) -> Result<Vec<Pruned>> {
    let containers = match &options.container {
        Some(word) => vec![engine.find(word)?.config.id],
        None => engine
            .store
            .rows()
            .containers()?
            .into_iter()
            .map(|container| container.config.id)
            .collect(),
    };
    let mut pruned = Vec::new();
    for id in containers {
        let has_any = catalogue::own_directory(engine, &id).exists();
        if !has_any {
            continue;
        }
        match claim(engine, &id) {
            // Removed while this waited for it.
            Err(Error::NoSuchContainer(_)) => {}
            Err(error) => return Err(error),
            Ok(_claimed) => prune_one(engine, &id, options, &mut pruned)?,
        }
    }
    Ok(pruned)
}

/// The caller has claimed the container.
fn prune_one(
    engine: &Engine,
    container: &str,
    options: &PruneOptions,
    pruned: &mut Vec<Pruned>,
) -> Result<()> {
    catalogue::sweep(engine, container)?;
    let rows = engine.store.rows();
    let all = rows.checkpoints_of(container)?;
    let surplus = all.len().saturating_sub(options.keep);
    let mut remaining = all.clone();
    for checkpoint in all.into_iter().take(surplus) {
        let made: Option<Timestamp> = checkpoint.created.parse().ok();
        let old = options
            .until
            .is_none_or(|until| made.is_some_and(|made| made < until));
        if !old {
            continue;
        }
        let names = rows.checkpoint_names(&checkpoint.id)?;
        let place = remaining.iter().position(|one| one.id == checkpoint.id);
        let place = place.unwrap_or_default();
        let shares = generations::shares(engine, container, &remaining)?;
        let freed = shares.get(place).map_or(0, |(own, _)| *own);
        remaining.remove(place);
        engine
            .store
            .transaction(|rows| rows.delete_checkpoint(&checkpoint.id))?;
        fault::point("unlisted");
        directory::remove(&catalogue::listed(engine, &checkpoint))?;
        pruned.push(Pruned {
            checkpoint,
            names,
            freed,
        });
    }
    generations::reclaim(engine, container)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::container::example;

    #[test]
    fn the_newest_stay_and_what_is_younger() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = Engine::open(Config::below(root.path()))?;
        let mut container = example("a");
        container.config.id = "a".repeat(64);
        let id = container.config.id.clone();
        engine
            .store
            .transaction(|rows| rows.insert_container(&container))?;
        for day in 1..=4 {
            let checkpoint = NamedCheckpoint {
                id: day.to_string().repeat(64),
                name: format!("day-{day}"),
                container: id.clone(),
                created: format!("2026-01-0{day}T00:00:00Z"),
                ..NamedCheckpoint::default()
            };
            std::fs::create_dir_all(catalogue::listed(&engine, &checkpoint))?;
            engine
                .store
                .transaction(|rows| rows.insert_checkpoint(&checkpoint))?;
        }
        let until: Timestamp = "2026-01-03T00:00:00Z"
            .parse()
            .map_err(std::io::Error::other)?;
        let removed = |keep, until| -> Result<Vec<String>> {
            let options = PruneOptions {
                container: None,
                keep,
                until,
            };
            let names = prune(&engine, &options)?
                .into_iter()
                .flat_map(|one| one.names);
            Ok(names.collect())
        };
        assert_eq!(removed(3, Some(until))?, ["day-1"]);
        assert_eq!(removed(0, Some(until))?, ["day-2"]);
        assert_eq!(removed(1, None)?, ["day-3"]);
        assert_eq!(removed(1, None)?, [""; 0]);
        let left = std::fs::read_dir(catalogue::own_directory(&engine, &id))?;
        assert_eq!(left.count(), 1);
        assert_eq!(removed(0, None)?, ["day-4"]);
        Ok(())
    }
}
