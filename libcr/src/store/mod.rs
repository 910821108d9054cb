//! The state in SQLite: `<root>/state.db`, WAL, foreign keys, STRICT tables, migrations on
//! `user_version`. A state change is one transaction.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

pub mod checkpoint;
pub mod container;
pub mod event;
pub mod image;
pub mod journal;
pub mod lease;
pub mod lock;
pub mod pod;
pub mod soundness;
pub mod volume;

/// What can go wrong with the state.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("state database {path}: {source}")]
    Database {
        /// The database file.
        path: PathBuf,
        /// SQLite's words.
        source: rusqlite::Error,
    },
    /// A row holds what this version can't read.
    #[error("state database: row of {table} {key}: {source}")]
    Row {
        /// Table.
        table: &'static str,
        /// Primary key of the row.
        key: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Written by a later version.
    #[error(
        "state database {path} has version {found}, this cryopod knows up to {known}: use the newer cryopod"
    )]
    TooNew {
        /// The database file.
        path: PathBuf,
        /// Its `user_version`.
        found: usize,
        /// The newest one known here.
        known: usize,
    },
    /// A container of that name is there.
    #[error(
        "the container name \"{name}\" is already in use by {id}. You have to remove that container to be able to reuse that name: that name is already in use"
    )]
    NameInUse {
        /// The name.
        name: String,
        /// Who holds it.
        id: String,
    },
    /// A container of that id is there.
    #[error("container {0}: that ID is already in use")]
    IdInUse(String),
    /// The image of a new container is not there (any more); its id.
    #[error("{0}: image not known")]
    NoSuchImage(String),
    /// A volume of that name is there.
    #[error("volume with name {0} already exists: volume already exists")]
    VolumeExists(String),
    /// The volume isn't there (any more).
    #[error("no volume with name \"{0}\" found: no such volume")]
    NoSuchVolume(String),
    /// A pod of that name is there; Podman's words.
    #[error("adding pod to state: name \"{0}\" is in use: pod already exists")]
    PodExists(String),
    /// The pod isn't there (any more).
    #[error("no pod with name or ID {0} found: no such pod")]
    NoSuchPod(String),
    /// A pod has containers.
    #[error(
        "pod {pod} has containers which must be removed before it: {members}: container already exists"
    )]
    PodInUse {
        /// Id of the pod.
        pod: String,
        /// Ids of its containers.
        members: String,
    },
    /// A file of the state can't be used.
    #[error("{}", crate::sys::dir::reason(.0))]
    File(#[from] std::io::Error),
}

/// Applied in order; each entry is one version, never changed once released.
const MIGRATIONS: &[&str] = &[
    include_str!("sql/0001_init.sql"),
    include_str!("sql/0002_volumes.sql"),
    include_str!("sql/0003_checkpoints.sql"),
    include_str!("sql/0004_events.sql"),
    include_str!("sql/0005_pods.sql"),
];

/// An opened state database.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens `<root>/state.db`, makes it on first use and brings it to this version.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(root).map_err(crate::sys::dir::at("make", root))?;
        let path = root.join("state.db");
        let open = |alone: bool| -> rusqlite::Result<Connection> {
            let connection = Connection::open(&path)?;
            connection.busy_timeout(Duration::from_mins(1))?;
            if alone {
                connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            }
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            connection.pragma_update(None, "foreign_keys", true)?;
            Ok(connection)
        };
        let opened = match open(false) {
            // No room for what processes share of it. One alone needs none, and nobody else is
            // there, or what they share would be too: on a full disk it can still be read.
            Err(rusqlite::Error::SqliteFailure(code, _))
                if code.code == ErrorCode::SystemIoFailure =>
            {
                open(true)
            }
            opened => opened,
        };
        let connection = opened.map_err(|source| StoreError::Database {
            path: path.clone(),
            source,
        })?;
        let mut store = Self { connection, path };
        store.migrate()?;
        Ok(store)
    }

    fn migrate(&mut self) -> Result<(), StoreError> {
        let version = |connection: &Connection| {
            connection
                .query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))
                .map(|version| usize::try_from(version).unwrap_or(usize::MAX))
        };
        let found = version(&self.connection).map_err(self.database())?;
        if found == MIGRATIONS.len() {
            return Ok(());
        }
        if found > MIGRATIONS.len() {
            let known = MIGRATIONS.len();
            return Err(StoreError::TooNew {
                path: self.path.clone(),
                found,
                known,
            });
        }
        let path = self.path.clone();
        let mut apply = || -> rusqlite::Result<()> {
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Exclusive)?;
            // Another process may have done it while this one waited.
            for sql in &MIGRATIONS[version(&transaction)?.min(MIGRATIONS.len())..] {
                transaction.execute_batch(sql)?;
            }
            transaction.pragma_update(None, "user_version", MIGRATIONS.len().to_string())?;
            transaction.commit()
        };
        apply().map_err(|source| StoreError::Database { path, source })
    }

    /// Runs `work` as one transaction: all of it is there afterwards, or nothing.
    pub fn transaction<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Rows<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        // Immediate: two writers queue up here instead of failing half-way.
        let transaction =
            Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)
                .map_err(self.database())?;
        let rows = Rows {
            connection: &transaction,
            path: &self.path,
        };
        let result = work(&rows)?;
        transaction.commit().map_err(self.database())?;
        Ok(result)
    }

    /// Access for reading, each statement by itself.
    pub fn rows(&self) -> Rows<'_> {
        Rows {
            connection: &self.connection,
            path: &self.path,
        }
    }

    fn database(&self) -> impl FnOnce(rusqlite::Error) -> StoreError {
        let path = self.path.clone();
        move |source| StoreError::Database { path, source }
    }
}

/// The tables, as seen by a transaction or by single statements.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'store> {
    connection: &'store Connection,
    path: &'store Path,
}

impl Rows<'_> {
    fn database(&self) -> impl Fn(rusqlite::Error) -> StoreError {
        let path = self.path.to_owned();
        move |source| StoreError::Database {
            path: path.clone(),
            source,
        }
    }

    fn execute(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize, StoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map_err(self.database())
    }

    fn query<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let run = || -> rusqlite::Result<Vec<T>> {
            self.connection
                .prepare_cached(sql)?
                .query_map(values, read)?
                .collect()
        };
        run().map_err(self.database())
    }
}

fn to_json(value: &impl serde::Serialize) -> String {
    // Plain structs with string keys: serialising them into a string can't fail.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrating_twice_is_harmless_and_a_newer_one_is_refused()
    -> Result<(), Box<dyn std::error::Error>> {
        let root = tempfile::tempdir()?;
        drop(Store::open(root.path())?);
        let store = Store::open(root.path())?;
        store.connection.pragma_update(None, "user_version", 99)?;
        drop(store);
        assert!(matches!(
            Store::open(root.path()),
            Err(StoreError::TooNew { found: 99, .. })
        ));
        Ok(())
    }
}
