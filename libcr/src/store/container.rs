//! Rows of `containers`.

use rusqlite::params;

use super::{Rows, StoreError, to_json};
use crate::model::container::{Container, ContainerConfig, ContainerState};

impl Rows<'_> {
    /// Adds a container.
    ///
    /// # Errors
    /// [`StoreError::NameInUse`] and [`StoreError::IdInUse`]; [`StoreError::NoSuchImage`] when
    /// its image was removed since it was looked up; [`StoreError::NoSuchVolume`].
    pub fn insert_container(&self, container: &Container) -> Result<(), StoreError> {
        let config = &container.config;
        if let Some(image) = config.rootfs.image_id() {
            let sql = "SELECT 1 FROM images WHERE id = ?1";
            let found = self.query(sql, params![image], |row| row.get::<_, i64>(0))?;
            if found.is_empty() {
                return Err(StoreError::NoSuchImage(image.to_owned()));
            }
        }
        if let Some(id) = self.holder_of_name(&config.name)? {
            return Err(StoreError::NameInUse {
                name: config.name.clone(),
                id,
            });
        }
        if self.container(&config.id)?.is_some() {
            return Err(StoreError::IdInUse(config.id.clone()));
        }
        self.execute(
            "INSERT INTO containers (id, name, status, image, created, config, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                config.id,
                config.name,
                container.state.status.as_str(),
                config.rootfs.image_id(),
                config.created,
                to_json(config),
                to_json(&container.state),
            ],
        )?;
        self.insert_membership(config)?;
        self.insert_volume_users(config)
    }

    /// Writes what became of a container.
    pub fn update_state(&self, id: &str, state: &ContainerState) -> Result<(), StoreError> {
        self.execute(
            "UPDATE containers SET status = ?2, state = ?3 WHERE id = ?1",
            params![id, state.status.as_str(), to_json(state)],
        )?;
        Ok(())
    }

    /// Writes what a container was asked to be, where a restore changed it for good.
    pub fn update_config(&self, config: &ContainerConfig) -> Result<(), StoreError> {
        self.execute(
            "UPDATE containers SET config = ?2 WHERE id = ?1",
            params![config.id, to_json(config)],
        )?;
        Ok(())
    }

    /// Gives a container another name.
    ///
    /// # Errors
    /// [`StoreError::NameInUse`] when another one has it.
    pub fn rename_container(&self, config: &ContainerConfig) -> Result<(), StoreError> {
        let holder = self.holder_of_name(&config.name)?;
        if let Some(id) = holder.filter(|id| *id != config.id) {
            return Err(StoreError::NameInUse {
                name: config.name.clone(),
                id,
            });
        }
        self.execute(
            "UPDATE containers SET name = ?2, config = ?3 WHERE id = ?1",
            params![config.id, config.name, to_json(config)],
        )?;
        Ok(())
    }

    /// Removes a container's row; its leases go with it.
    pub fn delete_container(&self, id: &str) -> Result<(), StoreError> {
        self.execute("DELETE FROM containers WHERE id = ?1", params![id])?;
        Ok(())
    }

    /// The container with this full id.
    pub fn container(&self, id: &str) -> Result<Option<Container>, StoreError> {
        let found = self.select("WHERE id = ?1", params![id])?;
        Ok(found.into_iter().next())
    }

    /// All containers, oldest first.
    pub fn containers(&self) -> Result<Vec<Container>, StoreError> {
        self.select("ORDER BY created, id", [])
    }

    /// Containers that a word names: by exact name, else by beginning of id.
    pub fn containers_named(&self, word: &str) -> Result<Vec<Container>, StoreError> {
        let by_name = self.select("WHERE name = ?1 OR id = ?1", params![word])?;
        if !by_name.is_empty() || !crate::model::id::is_id_prefix(word) {
            return Ok(by_name);
        }
        self.select("WHERE id GLOB ?1", params![format!("{word}*")])
    }

    /// Containers made from an image.
    pub fn containers_of_image(&self, image: &str) -> Result<Vec<Container>, StoreError> {
        self.select("WHERE image = ?1 ORDER BY created", params![image])
    }

    /// Id of the container that has this name.
    pub fn holder_of_name(&self, name: &str) -> Result<Option<String>, StoreError> {
        let found = self.query(
            "SELECT id FROM containers WHERE name = ?1",
            params![name],
            |row| row.get(0),
        )?;
        Ok(found.into_iter().next())
    }

    fn select(
        &self,
        rest: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<Container>, StoreError> {
        let sql = format!("SELECT id, config, state FROM containers {rest}");
        let rows = self.query(&sql, values, |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
            ))
        })?;
        let read = |(key, config, state): (String, String, String)| {
            let parse = || -> serde_json::Result<Container> {
                Ok(Container {
                    config: serde_json::from_str(&config)?,
                    state: serde_json::from_str(&state)?,
                })
            };
            parse().map_err(|source| StoreError::Row {
                table: "containers",
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
    use crate::model::container::{Rootfs, example};
    use crate::store::Store;

    #[test]
    fn no_container_without_its_image() -> Result<(), Box<dyn std::error::Error>> {
        let root = tempfile::tempdir()?;
        let store = Store::open(root.path())?;
        let mut container = example("a");
        container.config.rootfs = Rootfs::Image {
            id: "f".repeat(64),
            name: "localhost/gone:latest".into(),
            raw_name: "gone".into(),
        };
        let refused = store.transaction(|rows| rows.insert_container(&container));
        assert!(matches!(refused, Err(StoreError::NoSuchImage(_))));
        assert!(store.rows().containers()?.is_empty());
        Ok(())
    }
}
