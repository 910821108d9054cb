//! Rows of `operations`: intents written before the first side effect.

use rusqlite::params;

use super::{Rows, StoreError, to_json};
use crate::model::operation::{Intent, Operation, ProcessIdentity};

impl Rows<'_> {
    /// Writes an intent down and returns its row number.
    pub fn begin_operation(
        &self,
        container: &str,
        intent: &Intent,
        owner: &ProcessIdentity,
    ) -> Result<i64, StoreError> {
        self.execute(
            "INSERT INTO operations (container, intent, pid, start_time, boot_id) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                container,
                to_json(intent),
                owner.pid,
                i64::try_from(owner.start_time).unwrap_or(i64::MAX),
                owner.boot_id,
            ],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Writes down how far it came.
    pub fn advance_operation(&self, number: i64, intent: &Intent) -> Result<(), StoreError> {
        self.execute(
            "UPDATE operations SET intent = ?2 WHERE number = ?1",
            params![number, to_json(intent)],
        )?;
        Ok(())
    }

    /// Ends it; belongs into the transaction that changes the state.
    pub fn end_operation(&self, number: i64) -> Result<(), StoreError> {
        self.execute("DELETE FROM operations WHERE number = ?1", params![number])?;
        Ok(())
    }

    /// All that are open, oldest first.
    pub fn operations(&self) -> Result<Vec<Operation>, StoreError> {
        let rows = self.query(
            "SELECT number, container, intent, pid, start_time, boot_id FROM operations ORDER BY number",
            [],
            |row| {
                let owner = ProcessIdentity {
                    pid: row.get(3)?,
                    start_time: u64::try_from(row.get::<_, i64>(4)?).unwrap_or_default(),
                    boot_id: row.get(5)?,
                };
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, owner))
            },
        )?;
        let read = |(number, container, intent, owner): (i64, String, String, _)| {
            let intent = serde_json::from_str(&intent).map_err(|source| StoreError::Row {
                table: "operations",
                key: number.to_string(),
                source,
            })?;
            Ok(Operation {
                number,
                container,
                intent,
                owner,
            })
        };
        rows.into_iter().map(read).collect()
    }
}
