//! Rows of `events`: what happened, in Podman's vocabulary.

use rusqlite::params;
use serde::Serialize;

use super::{Rows, StoreError};
use crate::model::container::Container;

/// Something that happened to a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredEvent {
    /// RFC 3339.
    pub time: String,
    /// Podman's word: `create`, `start`, `died`, `checkpoint`, `restore`, `remove`, ….
    pub kind: String,
    /// Full id.
    pub container: String,
    /// Name at that time.
    pub name: String,
    /// Image name.
    pub image: String,
    /// Anything else (exit code).
    pub detail: String,
}

impl Rows<'_> {
    /// Writes down that something happened.
    pub fn insert_event(
        &self,
        kind: &str,
        container: &Container,
        detail: &str,
    ) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO events (time, kind, container, name, image, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                crate::sys::machine::now(),
                kind,
                container.config.id,
                container.config.name,
                container.config.rootfs.image_name(),
                detail,
            ],
        )?;
        // The newest are kept: an engine that runs for years must not fill the disk with them.
        self.execute(
            "DELETE FROM events WHERE number <= (SELECT max(number) FROM events) - 10000",
            [],
        )?;
        Ok(())
    }

    /// All events that are kept, oldest first.
    pub fn events(&self) -> Result<Vec<StoredEvent>, StoreError> {
        self.query(
            "SELECT time, kind, container, name, image, detail FROM events ORDER BY number",
            [],
            |row| {
                Ok(StoredEvent {
                    time: row.get(0)?,
                    kind: row.get(1)?,
                    container: row.get(2)?,
                    name: row.get(3)?,
                    image: row.get(4)?,
                    detail: row.get(5)?,
                })
            },
        )
    }
}
