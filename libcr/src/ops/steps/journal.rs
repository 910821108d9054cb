//! The open row of an operation: begun before the first side effect, ended in the transaction
//! that changes the state.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::operation::Intent;
use crate::store::{Rows, StoreError};
use crate::sys::{fault, proc};

/// An operation in flight.
#[derive(Debug)]
pub struct Journal<'a> {
    engine: &'a Engine,
    number: i64,
    id: String,
}

impl<'a> Journal<'a> {
    /// Writes the intent down.
    pub fn begin(engine: &'a Engine, id: &str, intent: &Intent) -> Result<Self> {
        let owner = proc::own_identity();
        let number = engine
            .store
            .transaction(|rows| rows.begin_operation(id, intent, &owner))?;
        let journal = Self {
            engine,
            number,
            id: id.to_owned(),
        };
        fault::point("begun");
        Ok(journal)
    }

    /// Writes down that the infra container of a pod goes, and the pod with it: from here on nobody
    /// joins it.
    ///
    /// # Errors
    /// [`StoreError::PodInUse`] when somebody has joined it since it was looked at.
    pub fn begin_removal_of_pod(engine: &'a Engine, infra: &Container) -> Result<Self> {
        let owner = proc::own_identity();
        let (id, pod) = (&infra.config.id, infra.config.pod_id());
        let number = engine.store.transaction(|rows| {
            let mut members = rows.members_of_pod(pod)?;
            members.retain(|member| member != id);
            if !members.is_empty() {
                return Err(StoreError::PodInUse {
                    pod: pod.to_owned(),
                    members: members.join(", "),
                });
            }
            rows.begin_operation(id, &Intent::Remove, &owner)
        })?;
        fault::point("begun");
        Ok(Self::adopt(engine, id, number))
    }

    /// Takes over the row of an operation whose owner is gone.
    pub fn adopt(engine: &'a Engine, id: &str, number: i64) -> Self {
        Self {
            engine,
            number,
            id: id.to_owned(),
        }
    }

    /// Writes down how far it came, before it goes further.
    pub fn advance(&self, intent: &Intent) -> Result<()> {
        self.engine
            .store
            .transaction(|rows| rows.advance_operation(self.number, intent))?;
        Ok(())
    }

    /// Writes down of several at once how far they came: all of them, or none.
    pub fn advance_together(journals: &[(&Self, Intent)]) -> Result<()> {
        let Some((first, _)) = journals.first() else {
            return Ok(());
        };
        first.engine.store.transaction(|rows| {
            for (journal, intent) in journals {
                rows.advance_operation(journal.number, intent)?;
            }
            Ok::<(), StoreError>(())
        })?;
        Ok(())
    }

    /// Ends it together with the new state and what happened.
    pub fn finish(self, container: &Container, event: Option<(&str, &str)>) -> Result<()> {
        fault::point("finish");
        self.engine.store.transaction(|rows| {
            rows.update_state(&self.id, &container.state)?;
            if let Some((kind, detail)) = event {
                rows.insert_event(kind, container, detail)?;
            }
            rows.end_operation(self.number)
        })?;
        Ok(())
    }

    /// Ends it together with what `work` writes.
    pub fn end_with(&self, work: impl FnOnce(&Rows<'_>) -> Result<(), StoreError>) -> Result<()> {
        fault::point("finish");
        self.engine.store.transaction(|rows| {
            work(rows)?;
            rows.end_operation(self.number)
        })?;
        Ok(())
    }

    /// Ends it with nothing changed.
    pub fn abandon(self) -> Result<()> {
        self.engine
            .store
            .transaction(|rows| rows.end_operation(self.number))?;
        Ok(())
    }

    /// Ends it with what `state` writes after a failure, and returns why it failed. What could not
    /// be undone, or not be written down, leaves it open: the next command tries again.
    pub fn give_up(
        &self,
        error: Error,
        state: impl FnOnce(&Rows<'_>) -> Result<(), StoreError>,
    ) -> Error {
        if matches!(error, Error::Undo { .. }) {
            return error;
        }
        let ended = self.engine.store.transaction(|rows| {
            state(rows)?;
            rows.end_operation(self.number)
        });
        match ended {
            Ok(()) => error,
            Err(left) => Error::Undo {
                first: Box::new(error),
                cleanup: left.to_string(),
            },
        }
    }

    /// Ends it together with the container's row.
    pub fn finish_removal(self, container: Option<&Container>) -> Result<()> {
        fault::point("finish");
        self.engine.store.transaction(|rows| {
            if let Some(container) = container {
                // The end of one that is frozen is yet to come: it has no exit code.
                let ended = container.state.finished_at.is_some()
                    && container.state.checkpointed_at.is_none();
                let code = ended.then(|| container.state.exit_code.to_string());
                rows.insert_event("remove", container, &code.unwrap_or_default())?;
            }
            rows.delete_container(&self.id)?;
            if let Some(pod) = container.filter(|one| one.config.is_infra()) {
                // A pod goes with its infra container, which is the last of it.
                if let Some(pod) = rows.pod(pod.config.pod_id())? {
                    rows.delete_pod(&pod.id)?;
                    rows.insert_pod_event("remove", &pod)?;
                }
            }
            rows.end_operation(self.number)
        })?;
        Ok(())
    }
}
