//! Rows of `images` and `image_names`.

use rusqlite::params;

use super::{Rows, StoreError, to_json};
use crate::model::image::Image;

impl Rows<'_> {
    /// Adds an image, or does nothing where it is known; its names are given to it, taken from
    /// the image that had them before.
    pub fn insert_image(&self, image: &Image) -> Result<(), StoreError> {
        self.execute(
            "INSERT OR IGNORE INTO images (id, digest, size, created, diff_ids, config) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                image.id,
                image.digest,
                i64::try_from(image.size).unwrap_or(i64::MAX),
                image.created,
                to_json(&image.diff_ids),
                to_json(&image.config),
            ],
        )?;
        for name in &image.names {
            self.execute(
                "INSERT INTO image_names (name, image) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET image = excluded.image",
                params![name, image.id],
            )?;
        }
        Ok(())
    }

    /// Adds an image, or gives the one that has this configuration another manifest: what came last
    /// is what is kept of its layers.
    pub fn insert_image_anew(&self, image: &Image) -> Result<(), StoreError> {
        self.insert_image(image)?;
        self.execute(
            "UPDATE images SET digest = ?2 WHERE id = ?1",
            params![image.id, image.digest],
        )?;
        Ok(())
    }

    /// Takes a name from its image.
    pub fn delete_image_name(&self, name: &str) -> Result<(), StoreError> {
        self.execute("DELETE FROM image_names WHERE name = ?1", params![name])?;
        Ok(())
    }

    /// Removes an image's row and names.
    pub fn delete_image(&self, id: &str) -> Result<(), StoreError> {
        self.execute("DELETE FROM images WHERE id = ?1", params![id])?;
        Ok(())
    }

    /// All images, newest first.
    pub fn images(&self) -> Result<Vec<Image>, StoreError> {
        self.select_images("ORDER BY created DESC, id", [])
    }

    /// The image that has this exact name.
    pub fn image_named(&self, name: &str) -> Result<Option<Image>, StoreError> {
        let found = self.select_images(
            "WHERE id = (SELECT image FROM image_names WHERE name = ?1)",
            params![name],
        )?;
        Ok(found.into_iter().next())
    }

    /// Images whose id begins so.
    pub fn images_with_prefix(&self, prefix: &str) -> Result<Vec<Image>, StoreError> {
        if !crate::model::id::is_id_prefix(prefix) {
            return Ok(Vec::new());
        }
        self.select_images("WHERE id GLOB ?1", params![format!("{prefix}*")])
    }

    fn select_images(
        &self,
        rest: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<Image>, StoreError> {
        let sql = format!("SELECT id, digest, size, created, diff_ids, config FROM images {rest}");
        let rows = self.query(&sql, values, |row| {
            let image = Image {
                id: row.get(0)?,
                digest: row.get(1)?,
                size: u64::try_from(row.get::<_, i64>(2)?).unwrap_or_default(),
                created: row.get(3)?,
                diff_ids: Vec::new(),
                names: Vec::new(),
                config: serde_json::Value::Null,
            };
            Ok((image, row.get::<_, String>(4)?, row.get::<_, String>(5)?))
        })?;
        let mut images = Vec::with_capacity(rows.len());
        for (mut image, diff_ids, config) in rows {
            let row = |source| StoreError::Row {
                table: "images",
                key: image.id.clone(),
                source,
            };
            image.diff_ids = serde_json::from_str(&diff_ids).map_err(row)?;
            image.config = serde_json::from_str(&config).map_err(row)?;
            image.names = self.query(
                "SELECT name FROM image_names WHERE image = ?1 ORDER BY name",
                params![image.id],
                |row| row.get(0),
            )?;
            images.push(image);
        }
        Ok(images)
    }
}
