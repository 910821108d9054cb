//! Whether the database is sound in itself: its file, references between rows, columns that repeat
//! what a row's JSON says. Everything that compares rows with the world is an operation's.

use rusqlite::params;

use super::{Rows, StoreError};

/// A row that names another one which isn't there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dangling {
    /// Its table.
    pub table: String,
    /// SQLite's number of the row.
    pub row: i64,
    /// The table that it points into.
    pub parent: String,
}

/// A row of `leases`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseRow {
    /// Name of the network.
    pub network: String,
    /// The address as text.
    pub address: String,
    /// Who has it.
    pub container: String,
}

impl Rows<'_> {
    /// What SQLite finds wrong with its file, a line each; nothing: it is sound. `quick` leaves out
    /// the comparison of indexes with tables.
    pub fn damage(&self, quick: bool) -> Result<Vec<String>, StoreError> {
        let sql = if quick {
            "PRAGMA quick_check"
        } else {
            "PRAGMA integrity_check"
        };
        let lines = self.query(sql, [], |row| row.get::<_, String>(0))?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    /// Rows whose references lead nowhere: written by something that doesn't enforce them.
    pub fn dangling(&self) -> Result<Vec<Dangling>, StoreError> {
        let rows = self.query("PRAGMA foreign_key_check", [], |row| {
            Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?, row.get(2)?))
        })?;
        let named = |(table, row, parent)| {
            Some(Dangling {
                table,
                row: row?,
                parent,
            })
        };
        let mut found: Vec<Dangling> = rows.into_iter().filter_map(named).collect();
        // A row may have several such references.
        found.dedup_by(|one, other| (&one.table, one.row) == (&other.table, other.row));
        Ok(found)
    }

    /// Removes such a row, unless it has what it needs by now.
    pub fn delete_dangling(&self, dangling: &Dangling) -> Result<(), StoreError> {
        if self.dangling()?.contains(dangling) {
            // The name is one that SQLite has just told.
            let sql = format!(
                "DELETE FROM \"{}\" WHERE rowid = ?1",
                dangling.table.replace('"', "\"\"")
            );
            self.execute(&sql, params![dangling.row])?;
        }
        Ok(())
    }

    /// Ids of containers whose row of `pod_members` says otherwise than their configuration.
    pub fn misfiled_members(&self) -> Result<Vec<String>, StoreError> {
        self.query(
            "SELECT id FROM containers LEFT JOIN pod_members ON container = id
             WHERE json_valid(config) AND pod IS NOT json_extract(config, '$.pod.pod')",
            [],
            |row| row.get(0),
        )
    }

    /// Writes the row of `pod_members` of a container as its configuration says it.
    pub fn file_member(&self, container: &str) -> Result<(), StoreError> {
        self.execute(
            "DELETE FROM pod_members WHERE container = ?1",
            params![container],
        )?;
        self.execute(
            "INSERT INTO pod_members (container, pod)
             SELECT containers.id, pods.id FROM containers JOIN pods ON pods.id = json_extract(config, '$.pod.pod')
             WHERE containers.id = ?1",
            params![container],
        )?;
        Ok(())
    }

    /// Ids of containers whose columns say otherwise than their configuration and state.
    pub fn misfiled_containers(&self) -> Result<Vec<String>, StoreError> {
        self.query(
            "SELECT id FROM containers WHERE json_valid(config) AND json_valid(state)
             AND (status IS NOT json_extract(state, '$.status')
                  OR name IS NOT json_extract(config, '$.name'))",
            [],
            |row| row.get(0),
        )
    }

    /// Writes a container's columns anew from its configuration and state.
    pub fn file_container(&self, id: &str) -> Result<(), StoreError> {
        self.execute(
            "UPDATE containers SET status = json_extract(state, '$.status'),
             name = json_extract(config, '$.name') WHERE id = ?1",
            params![id],
        )?;
        Ok(())
    }

    /// All leases, also those whose address can't be read.
    pub fn all_leases(&self) -> Result<Vec<LeaseRow>, StoreError> {
        self.query(
            "SELECT network, address, container FROM leases ORDER BY network, address",
            [],
            |row| {
                Ok(LeaseRow {
                    network: row.get(0)?,
                    address: row.get(1)?,
                    container: row.get(2)?,
                })
            },
        )
    }

    /// Takes one address from a container.
    pub fn release_lease(&self, lease: &LeaseRow) -> Result<(), StoreError> {
        self.execute(
            "DELETE FROM leases WHERE network = ?1 AND address = ?2 AND container = ?3",
            params![lease.network, lease.address, lease.container],
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::model::container::example;
    use crate::store::Store;

    #[test]
    fn what_others_wrote_wrongly_is_found_and_mended() -> Result<(), Box<dyn std::error::Error>> {
        let root = tempfile::tempdir()?;
        let store = Store::open(root.path())?;
        store.transaction(|rows| rows.insert_container(&example("a")))?;
        let rows = store.rows();
        assert!(rows.damage(false)?.is_empty());
        assert!(rows.dangling()?.is_empty());
        assert!(rows.misfiled_containers()?.is_empty());
        let stranger = rusqlite::Connection::open(root.path().join("state.db"))?;
        stranger.execute_batch(
            "PRAGMA foreign_keys = off;
             INSERT INTO leases VALUES ('podman', '10.88.0.9', 'gone');
             UPDATE containers SET status = 'paused';",
        )?;
        let dangling = rows.dangling()?;
        assert_eq!(
            (dangling[0].table.as_str(), dangling[0].parent.as_str()),
            ("leases", "containers")
        );
        assert_eq!(rows.all_leases()?[0].container, "gone");
        assert_eq!(rows.misfiled_containers()?, ["a"]);
        store.transaction(|rows| {
            rows.file_container("a")?;
            rows.delete_dangling(&dangling[0])?;
            rows.delete_dangling(&dangling[0])
        })?;
        assert!(rows.dangling()?.is_empty() && rows.all_leases()?.is_empty());
        assert!(rows.misfiled_containers()?.is_empty());
        Ok(())
    }
}
