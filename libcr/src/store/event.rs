//! Rows of `events`: what happened, in Podman's vocabulary. An event is written in the transaction
//! that makes it true.

use std::collections::BTreeMap;

use rusqlite::params;

use super::{Rows, StoreError, to_json};
use crate::model::container::Container;
use crate::model::container::pod::Pod;

/// The newest are kept: an engine that runs for years must not fill the disk with them.
const KEPT: u32 = 10_000;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in the order of all events.
    pub number: i64,
    /// RFC 3339 with nanoseconds.
    pub time: String,
    /// What it is about: `container`, `image`, `volume`, `network`, `pod`.
    pub subject: String,
    /// Podman's word: `create`, `start`, `died`, `checkpoint`, `restore`, `remove`, ….
    pub kind: String,
    /// Full id of the container, image or pod; empty for a volume.
    pub id: String,
    /// Name at that time; of an image also the file that it was loaded from.
    pub name: String,
    /// Image name of a container.
    pub image: String,
    /// Anything else: the exit code (`died`, `remove`, `exec_died`), status and failing streak
    /// (`health_status`).
    pub detail: String,
    /// Id of a container's pod; empty: it is in none.
    pub pod: String,
    /// Labels of a container.
    pub labels: BTreeMap<String, String>,
}

impl StoredEvent {
    /// The exit code that came with it.
    pub fn exit_code(&self) -> Option<i32> {
        let has_one = ["died", "remove", "exec_died"].contains(&self.kind.as_str());
        has_one.then(|| self.detail.parse().ok())?
    }

    /// Status and failing streak of a `health_status`.
    pub fn health(&self) -> Option<(&str, u32)> {
        let (status, streak) = self.detail.split_once(' ')?;
        if self.kind != "health_status" {
            return None;
        }
        Some((status, streak.parse().ok()?))
    }
}

impl Rows<'_> {
    /// Writes down that something happened to a container.
    pub fn insert_event(
        &self,
        kind: &str,
        container: &Container,
        detail: &str,
    ) -> Result<(), StoreError> {
        let config = &container.config;
        self.write_event(&StoredEvent {
            number: 0,
            time: crate::sys::machine::now(),
            subject: "container".into(),
            kind: kind.into(),
            id: config.id.clone(),
            name: config.name.clone(),
            image: config.rootfs.image_name().into(),
            detail: detail.into(),
            pod: if kind == "died" {
                // Podman doesn't say it of this one.
                String::new()
            } else {
                config.pod_id().into()
            },
            labels: config.labels.clone(),
        })
    }

    /// Writes down that something happened to an image. `name` is the name it is about, or the file
    /// that it came from.
    pub fn insert_image_event(&self, kind: &str, id: &str, name: &str) -> Result<(), StoreError> {
        self.write_plain_event("image", kind, id, name)
    }

    /// Writes down that something happened to a volume.
    pub fn insert_volume_event(&self, kind: &str, name: &str) -> Result<(), StoreError> {
        self.write_plain_event("volume", kind, "", name)
    }

    /// Writes down that something happened to a network; `container`: who joined or left it.
    pub fn insert_network_event(
        &self,
        kind: &str,
        name: &str,
        container: &str,
    ) -> Result<(), StoreError> {
        self.write_plain_event("network", kind, container, name)
    }

    /// Writes down that something happened to a pod.
    pub fn insert_pod_event(&self, kind: &str, pod: &Pod) -> Result<(), StoreError> {
        self.write_plain_event("pod", kind, &pod.id, &pod.name)
    }

    fn write_plain_event(
        &self,
        subject: &str,
        kind: &str,
        id: &str,
        name: &str,
    ) -> Result<(), StoreError> {
        self.write_event(&StoredEvent {
            number: 0,
            time: crate::sys::machine::now(),
            subject: subject.into(),
            kind: kind.into(),
            id: id.into(),
            name: name.into(),
            image: String::new(),
            detail: String::new(),
            pod: String::new(),
            labels: BTreeMap::new(),
        })
    }

    fn write_event(&self, event: &StoredEvent) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO events (time, kind, container, name, image, detail, subject, labels, pod) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                event.time,
                event.kind,
                event.id,
                event.name,
                event.image,
                event.detail,
                event.subject,
                to_json(&event.labels),
                event.pod,
            ],
        )?;
        self.execute(
            "DELETE FROM events WHERE number <= (SELECT max(number) FROM events) - ?1",
            params![KEPT],
        )?;
        Ok(())
    }

    /// Events after the one with this number (0: all that are kept), oldest first.
    pub fn events_after(&self, number: i64) -> Result<Vec<StoredEvent>, StoreError> {
        let rows = self.query(
            "SELECT number, time, subject, kind, container, name, image, detail, labels, pod FROM events WHERE number > ?1 ORDER BY number",
            params![number],
            |row| {
                let event = StoredEvent {
                    number: row.get(0)?,
                    time: row.get(1)?,
                    subject: row.get(2)?,
                    kind: row.get(3)?,
                    id: row.get(4)?,
                    name: row.get(5)?,
                    image: row.get(6)?,
                    detail: row.get(7)?,
                    pod: row.get(9)?,
                    labels: BTreeMap::new(),
                };
                Ok((event, row.get::<_, String>(8)?))
            },
        )?;
        let read = |(event, labels): (StoredEvent, String)| {
            let labels = serde_json::from_str(&labels).map_err(|source| StoreError::Row {
                table: "events",
                key: event.number.to_string(),
                source,
            })?;
            Ok(StoredEvent { labels, ..event })
        };
        rows.into_iter().map(read).collect()
    }

    /// Number of the newest event; 0 where there is none.
    pub fn last_event(&self) -> Result<i64, StoreError> {
        let newest = self.query("SELECT max(number) FROM events", [], |row| {
            row.get::<_, Option<i64>>(0)
        })?;
        Ok(newest.into_iter().flatten().next().unwrap_or(0))
    }

    /// A number that changes when another process has written to the database; cheap to ask
    /// (SQLite, `PRAGMA data_version`).
    pub fn data_version(&self) -> Result<i64, StoreError> {
        let version = self.query("PRAGMA data_version", [], |row| row.get(0))?;
        Ok(version.into_iter().next().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::container::example;
    use crate::store::Store;

    #[test]
    fn events_come_in_order_with_what_belongs_to_them() -> Result<(), Box<dyn std::error::Error>> {
        let root = tempfile::tempdir()?;
        let store = Store::open(root.path())?;
        let mut container = example("a");
        container
            .config
            .labels
            .insert("color".into(), "blue".into());
        assert_eq!(store.rows().last_event()?, 0);
        store.transaction(|rows| {
            rows.insert_event("died", &container, "137")?;
            // The name of a named checkpoint is nothing else, whatever it looks like.
            rows.insert_event("checkpoint", &container, "137")?;
            rows.insert_event("health_status", &container, "healthy 0")?;
            rows.insert_image_event("tag", "b", "localhost/b:latest")?;
            rows.insert_volume_event("create", "v")
        })?;
        let events = store.rows().events_after(0)?;
        let subjects: Vec<&str> = events.iter().map(|event| event.subject.as_str()).collect();
        assert_eq!(
            subjects,
            ["container", "container", "container", "image", "volume"]
        );
        assert_eq!(events[0].exit_code(), Some(137));
        assert_eq!(events[0].labels["color"], "blue");
        assert_eq!(events[2].health(), Some(("healthy", 0)));
        assert_eq!((events[1].exit_code(), events[2].exit_code()), (None, None));
        let last = store.rows().last_event()?;
        assert_eq!(events[4].number, last);
        assert_eq!(store.rows().events_after(last - 1)?.len(), 1);
        Ok(())
    }

    #[test]
    fn another_connections_writing_is_noticed() -> Result<(), Box<dyn std::error::Error>> {
        let root = tempfile::tempdir()?;
        let (watcher, writer) = (Store::open(root.path())?, Store::open(root.path())?);
        let before = watcher.rows().data_version()?;
        assert_eq!(watcher.rows().data_version()?, before);
        writer.transaction(|rows| rows.insert_volume_event("create", "v"))?;
        assert_ne!(watcher.rows().data_version()?, before);
        Ok(())
    }

    #[test]
    fn the_oldest_go() -> Result<(), Box<dyn std::error::Error>> {
        let root = tempfile::tempdir()?;
        let store = Store::open(root.path())?;
        store.transaction(|rows| {
            (0..KEPT + 3).try_for_each(|_| rows.insert_volume_event("create", "v"))
        })?;
        let events = store.rows().events_after(0)?;
        assert_eq!(events.len(), usize::try_from(KEPT)?);
        assert_eq!(events[0].number, 4);
        Ok(())
    }
}
