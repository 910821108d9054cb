//! Rows of `volumes` and `volume_users`.

use rusqlite::params;

use super::{Rows, StoreError, to_json};
use crate::model::container::ContainerConfig;
use crate::model::volume::Volume;

impl Rows<'_> {
    /// Adds a volume.
    ///
    /// # Errors
    /// [`StoreError::VolumeExists`].
    pub fn insert_volume(&self, volume: &Volume) -> Result<(), StoreError> {
        if self.volume(&volume.name)?.is_some() {
            return Err(StoreError::VolumeExists(volume.name.clone()));
        }
        self.execute(
            "INSERT INTO volumes (name, created, volume) VALUES (?1, ?2, ?3)",
            params![volume.name, volume.created, to_json(volume)],
        )?;
        Ok(())
    }

    /// Writes what became of a volume.
    pub fn update_volume(&self, volume: &Volume) -> Result<(), StoreError> {
        self.execute(
            "UPDATE volumes SET volume = ?2 WHERE name = ?1",
            params![volume.name, to_json(volume)],
        )?;
        Ok(())
    }

    /// Removes a volume's row; no container uses it any more.
    pub fn delete_volume(&self, name: &str) -> Result<(), StoreError> {
        self.execute("DELETE FROM volumes WHERE name = ?1", params![name])?;
        Ok(())
    }

    /// The volume that has this name.
    pub fn volume(&self, name: &str) -> Result<Option<Volume>, StoreError> {
        let found = self.select_volumes("WHERE name = ?1", params![name])?;
        Ok(found.into_iter().next())
    }

    /// All volumes, oldest first.
    pub fn volumes(&self) -> Result<Vec<Volume>, StoreError> {
        self.select_volumes("ORDER BY rowid", [])
    }

    /// Volumes whose name begins so.
    pub fn volumes_with_prefix(&self, prefix: &str) -> Result<Vec<Volume>, StoreError> {
        self.select_volumes(
            "WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
            params![prefix],
        )
    }

    /// Volumes that a container takes with it: [`Volume::goes_with`].
    pub fn volumes_going_with(&self, container: &str) -> Result<Vec<Volume>, StoreError> {
        self.select_volumes(
            "WHERE json_extract(volume, '$.goes_with') = ?1 ORDER BY name",
            params![container],
        )
    }

    /// Ids of the containers that use a volume.
    pub fn users_of_volume(&self, name: &str) -> Result<Vec<String>, StoreError> {
        self.query(
            "SELECT container FROM volume_users WHERE volume = ?1 ORDER BY container",
            params![name],
            |row| row.get(0),
        )
    }

    /// Writes down which volumes a container uses; its own row is there.
    ///
    /// # Errors
    /// [`StoreError::NoSuchVolume`].
    pub(super) fn insert_volume_users(&self, config: &ContainerConfig) -> Result<(), StoreError> {
        for mount in &config.named_volumes {
            if self.volume(&mount.name)?.is_none() {
                return Err(StoreError::NoSuchVolume(mount.name.clone()));
            }
            // One volume may be mounted at several places.
            self.execute(
                "INSERT OR IGNORE INTO volume_users (volume, container) VALUES (?1, ?2)",
                params![mount.name, config.id],
            )?;
        }
        Ok(())
    }

    /// A container uses a volume no longer.
    pub fn delete_volume_user(&self, name: &str, container: &str) -> Result<(), StoreError> {
        self.execute(
            "DELETE FROM volume_users WHERE volume = ?1 AND container = ?2",
            params![name, container],
        )?;
        Ok(())
    }

    fn select_volumes(
        &self,
        rest: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<Volume>, StoreError> {
        let sql = format!("SELECT name, volume FROM volumes {rest}");
        let rows = self.query(&sql, values, |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        let read = |(key, text): (String, String)| {
            serde_json::from_str(&text).map_err(|source| StoreError::Row {
                table: "volumes",
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
    use crate::model::container::{VolumeMount, example};
    use crate::store::Store;

    #[test]
    fn users_come_and_go_with_their_container() -> Result<(), Box<dyn std::error::Error>> {
        let root = tempfile::tempdir()?;
        let store = Store::open(root.path())?;
        let mut container = example("c");
        let mount = |destination: &str| VolumeMount {
            name: "v".into(),
            destination: destination.into(),
            options: Vec::new(),
            anonymous: false,
            sub_path: String::new(),
        };
        container.config.named_volumes = vec![mount("/a"), mount("/b")];
        let refused = store.transaction(|rows| rows.insert_container(&container));
        assert!(matches!(refused, Err(StoreError::NoSuchVolume(_))));
        let mut volume = Volume::new("v", "2026-01-01T00:00:00Z");
        store.transaction(|rows| {
            rows.insert_volume(&volume)?;
            rows.insert_container(&container)
        })?;
        let rows = store.rows();
        assert_eq!(rows.users_of_volume("v")?, ["c"]);
        assert!(matches!(
            rows.insert_volume(&volume),
            Err(StoreError::VolumeExists(_))
        ));
        assert!(rows.volumes_going_with("c")?.is_empty());
        volume.goes_with = Some("c".into());
        rows.update_volume(&volume)?;
        assert_eq!(rows.volumes_going_with("c")?, [volume]);
        rows.delete_container("c")?;
        assert!(rows.users_of_volume("v")?.is_empty());
        assert_eq!(rows.volumes_with_prefix("v")?.len(), 1);
        assert!(rows.volumes_with_prefix("%")?.is_empty());
        rows.delete_volume("v")?;
        assert!(rows.volumes()?.is_empty());
        Ok(())
    }
}
