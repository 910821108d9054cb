//! Rows of `checkpoints` and `checkpoint_names`: the catalogue.

use rusqlite::params;

use super::{Rows, StoreError, to_json};
use crate::model::catalogue::NamedCheckpoint;

/// The columns that [`Rows::read_checkpoints`] reads.
const COLUMNS: &str = "SELECT checkpoints.id, checkpoints.checkpoint FROM checkpoints";

impl Rows<'_> {
    /// Adds a checkpoint under the name in it. The name is free: whoever calls this holds the
    /// container's lock and has asked.
    pub fn insert_checkpoint(&self, checkpoint: &NamedCheckpoint) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO checkpoints (id, container, created, checkpoint) VALUES (?1, ?2, ?3, ?4)",
            params![
                checkpoint.id,
                checkpoint.container,
                checkpoint.created,
                to_json(checkpoint)
            ],
        )?;
        self.insert_checkpoint_name(&checkpoint.container, &checkpoint.name, &checkpoint.id)
    }

    /// Gives a checkpoint a name, which must be free.
    pub fn insert_checkpoint_name(
        &self,
        container: &str,
        name: &str,
        checkpoint: &str,
    ) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO checkpoint_names (container, name, checkpoint) VALUES (?1, ?2, ?3)",
            params![container, name, checkpoint],
        )?;
        Ok(())
    }

    /// The checkpoint that a name of a container means. Its `name` is that name, whatever it was
    /// made with.
    pub fn checkpoint_named(
        &self,
        container: &str,
        name: &str,
    ) -> Result<Option<NamedCheckpoint>, StoreError> {
        let found = self.read_checkpoints(
            "JOIN checkpoint_names ON checkpoint_names.checkpoint = checkpoints.id WHERE checkpoint_names.container = ?1 AND name = ?2",
            params![container, name],
        )?;
        Ok(found.into_iter().next().map(|checkpoint| NamedCheckpoint {
            name: name.to_owned(),
            ..checkpoint
        }))
    }

    /// All checkpoints of a container, oldest first.
    pub fn checkpoints_of(&self, container: &str) -> Result<Vec<NamedCheckpoint>, StoreError> {
        self.read_checkpoints(
            "WHERE container = ?1 ORDER BY created, id",
            params![container],
        )
    }

    /// All names of a checkpoint, in the alphabet's order.
    pub fn checkpoint_names(&self, checkpoint: &str) -> Result<Vec<String>, StoreError> {
        self.query(
            "SELECT name FROM checkpoint_names WHERE checkpoint = ?1 ORDER BY name",
            params![checkpoint],
            |row| row.get(0),
        )
    }

    /// Takes a name away. The checkpoint itself stays, also without any.
    pub fn delete_checkpoint_name(&self, container: &str, name: &str) -> Result<(), StoreError> {
        self.execute(
            "DELETE FROM checkpoint_names WHERE container = ?1 AND name = ?2",
            params![container, name],
        )?;
        Ok(())
    }

    /// Removes a checkpoint and all its names.
    pub fn delete_checkpoint(&self, checkpoint: &str) -> Result<(), StoreError> {
        self.execute("DELETE FROM checkpoints WHERE id = ?1", params![checkpoint])?;
        Ok(())
    }

    fn read_checkpoints(
        &self,
        rest: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<NamedCheckpoint>, StoreError> {
        let rows = self.query(&format!("{COLUMNS} {rest}"), values, |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        let read = |(key, text): (String, String)| {
            serde_json::from_str(&text).map_err(|source| StoreError::Row {
                table: "checkpoints",
                key,
                source,
            })
        };
        rows.into_iter().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::container::example;
    use crate::store::Store;

    #[test]
    fn names_and_what_goes_with_what() -> Result<(), Box<dyn std::error::Error>> {
        let root = tempfile::tempdir()?;
        let store = Store::open(root.path())?;
        let container = example("a");
        let owner = container.config.id.clone();
        let made = |id: &str, name: &str, created: &str| NamedCheckpoint {
            id: id.repeat(64),
            name: name.into(),
            container: owner.clone(),
            created: created.into(),
            ..NamedCheckpoint::default()
        };
        let (old, new) = (
            made("1", "old", "2026-01-01"),
            made("0", "new", "2026-01-02"),
        );
        store.transaction(|rows| {
            rows.insert_container(&container)?;
            rows.insert_checkpoint(&new)?;
            rows.insert_checkpoint(&old)?;
            rows.insert_checkpoint_name(&owner, "also", &old.id)
        })?;
        let rows = store.rows();
        assert_eq!(rows.checkpoints_of(&owner)?, [old.clone(), new.clone()]);
        assert_eq!(rows.checkpoint_names(&old.id)?, ["also", "old"]);
        let also = rows.checkpoint_named(&owner, "also")?.unwrap_or_default();
        assert_eq!(
            (also.id.as_str(), also.name.as_str()),
            (old.id.as_str(), "also")
        );
        assert!(
            store
                .transaction(|rows| rows.insert_checkpoint_name(&owner, "new", &old.id))
                .is_err()
        );
        store.transaction(|rows| rows.delete_checkpoint_name(&owner, "also"))?;
        assert_eq!(rows.checkpoint_named(&owner, "also")?, None);
        store.transaction(|rows| rows.delete_checkpoint(&old.id))?;
        assert_eq!(rows.checkpoint_named(&owner, "old")?, None);
        store.transaction(|rows| rows.delete_container(&owner))?;
        assert!(rows.checkpoints_of(&owner)?.is_empty());
        assert!(rows.checkpoint_names(&new.id)?.is_empty());
        Ok(())
    }
}
