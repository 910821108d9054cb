//! `rename`: another name for a container, whatever its state.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::id;
use crate::ops::steps::claim::claim;
use crate::store::StoreError;

/// Gives a container another name and returns its full id.
///
/// Its files have the id in their paths, and a thaw reads the name from the record: one that runs
/// goes on, one that is frozen thaws under the new name. What the container itself can see of its
/// name (`/etc/hosts`, `/run/.containerenv`) is written at the next start or thaw.
///
/// # Errors
/// [`Error::Conflict`] when another container has the name, [`Error::Id`] when it is none.
pub fn rename(engine: &Engine, word: &str, name: &str) -> Result<String> {
    let id = engine.find(word)?.config.id;
    id::check_name(name)?;
    let (_lock, mut container) = claim(engine, &id)?;
    if container.config.name == name {
        return Ok(id);
    }
    name.clone_into(&mut container.config.name);
    let renamed = engine.store.transaction(|rows| {
        rows.rename_container(&container.config)?;
        rows.insert_event("rename", &container, "")
    });
    match renamed {
        Ok(()) => Ok(id),
        Err(StoreError::NameInUse { name, id: holder }) => Err(Error::Conflict(format!(
            "renaming container {id}: the container name \"{name}\" is already in use by {holder}: that name is already in use"
        ))),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::container::example;
    use crate::model::status::Status;

    #[test]
    fn the_name_moves_and_the_rest_stays() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = Engine::open(Config::below(root.path()))?;
        let (one, other) = ("1".repeat(64), "2".repeat(64));
        for id in [&one, &other] {
            let mut container = example(id);
            container.config.name = format!("n{}", &id[..1]);
            container.state.status = Status::Exited;
            container.state.checkpointed_at = Some("2026-01-01T00:00:00Z".into());
            engine
                .store
                .transaction(|rows| rows.insert_container(&container))?;
        }
        assert!(matches!(
            rename(&engine, "n1", "n2"),
            Err(Error::Conflict(_))
        ));
        assert!(matches!(rename(&engine, "n1", "a/b"), Err(Error::Id(_))));
        assert_eq!(rename(&engine, "n1", "n1")?, one);
        assert!(engine.store.rows().events_after(0)?.is_empty());
        assert_eq!(rename(&engine, "n1", "fresh")?, one);
        let found = engine.find("fresh")?;
        assert_eq!(found.config.id, one);
        assert!(found.state.checkpointed_at.is_some());
        assert!(matches!(engine.find("n1"), Err(Error::NoSuchContainer(_))));
        // The old name is free.
        assert_eq!(rename(&engine, "n2", "n1")?, other);
        let told = engine.store.rows().events_after(0)?;
        let told: Vec<_> = told.iter().map(|event| event.name.as_str()).collect();
        assert_eq!(told, ["fresh", "n1"]);
        Ok(())
    }
}
