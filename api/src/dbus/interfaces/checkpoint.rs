//! The object of a named checkpoint.

use std::sync::Arc;

use libcr::ops::checkpoints::{remove, tag};
use libcr::ops::restore;
use libcr::ops::watch::SeenCheckpoint;
use libcr::progress::Cancel;
use zbus::message::Header;
use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, fdo, interface};

use super::facts;
use super::transfer::{Ask, Begun, begin};
use crate::dbus::authority::{self, Action};
use crate::dbus::refusal::{Answer, Refusal};
use crate::dbus::work::asked;
use crate::dbus::work::options::{Given, Options};
use crate::dbus::{Shared, path};

/// The object of a checkpoint.
#[derive(Debug)]
pub struct CheckpointObject {
    shared: Arc<Shared>,
    id: String,
}

impl CheckpointObject {
    /// Of the checkpoint with this id.
    pub fn new(shared: &Arc<Shared>, id: &str) -> Self {
        Self {
            shared: Arc::clone(shared),
            id: id.to_owned(),
        }
    }

    async fn seen<T>(&self, fact: impl FnOnce(&SeenCheckpoint) -> T) -> fdo::Result<T> {
        let snapshot = self.shared.reader.snapshot().await;
        let snapshot = snapshot.map_err(|error| fdo::Error::Failed(error.message))?;
        let seen = snapshot.checkpoints.get(&self.id);
        seen.map(fact)
            .ok_or_else(|| fdo::Error::UnknownObject(format!("checkpoint {} is gone", self.id)))
    }

    /// Its container and its names.
    async fn address(&self) -> Answer<(String, Vec<String>)> {
        let address = self
            .seen(|seen| (seen.checkpoint.container.clone(), seen.names.clone()))
            .await;
        address.map_err(|error| {
            Refusal::new("org.cryopod.engine1.NoSuchCheckpoint", error.to_string())
        })
    }
}

/// A checkpoint with a name, in the engine's catalogue.
#[interface(name = "org.cryopod.engine1.Checkpoint")]
impl CheckpointObject {
    /// Thaws its container from it; it stays. Options as of the container's `Restore`.
    #[zbus(out_args("id", "transfer"))]
    async fn restore(
        &self,
        options: Given,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<Begun, Refusal> {
        let mut options = Options::new(options);
        let hearing = asked::hearing(&mut options)?;
        let mut wanted = asked::restore(&mut options)?;
        options.finish()?;
        let (container, names) = self.address().await?;
        authority::allow(
            &self.shared.asking,
            connection,
            &header,
            Action::Restore,
            &container,
        )
        .await?;
        wanted.named = names.first().map(|name| asked::place(name));
        let subject = names.into_iter().next().unwrap_or_default();
        let ask = Ask {
            kind: "restore",
            subject,
            wait: hearing.wait,
            detach: hearing.detach,
            cancel: Cancel::default(),
        };
        begin(
            &self.shared,
            connection,
            &header,
            ask,
            move |engine, job| {
                let done = restore::restore(engine, &container, &wanted, job)?;
                Ok(asked::restored(&done))
            },
        )
        .await
    }

    /// Gives it another name too.
    async fn tag(
        &self,
        name: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(), Refusal> {
        let (container, names) = self.address().await?;
        authority::allow(
            &self.shared.asking,
            connection,
            &header,
            Action::Checkpoint,
            &container,
        )
        .await?;
        let old = names.into_iter().next().unwrap_or_default();
        self.shared
            .run(move |engine| tag::tag(engine, &container, &old, &name))
            .await?;
        self.shared.refresh(connection).await
    }

    /// Takes a name from it, or with an empty one all; with its last name it is removed.
    async fn remove(
        &self,
        name: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(), Refusal> {
        let (container, mut names) = self.address().await?;
        authority::allow(
            &self.shared.asking,
            connection,
            &header,
            Action::Checkpoint,
            &container,
        )
        .await?;
        if !name.is_empty() {
            if !names.contains(&name) {
                let message = format!("the checkpoint has no name {name:?}");
                return Err(Refusal::new(
                    "org.cryopod.engine1.NoSuchCheckpoint",
                    message,
                ));
            }
            names = vec![name];
        }
        self.shared
            .run(move |engine| {
                names
                    .iter()
                    .try_for_each(|name| remove::remove(engine, &container, &asked::place(name)))
            })
            .await?;
        self.shared.refresh(connection).await
    }

    /// 64 hexadecimal digits.
    #[zbus(property(emits_changed_signal = "const"))]
    fn id(&self) -> &str {
        &self.id
    }

    /// Its names.
    #[zbus(property)]
    async fn names(&self) -> fdo::Result<Vec<String>> {
        self.seen(|seen| seen.names.clone()).await
    }

    /// Its container.
    #[zbus(property(emits_changed_signal = "const"))]
    async fn container(&self) -> fdo::Result<OwnedObjectPath> {
        self.seen(|seen| path::container(&seen.checkpoint.container))
            .await
    }

    /// The checkpoint that its container was thawed from, or made before, on its way here; `/`: none.
    #[zbus(property(emits_changed_signal = "const"))]
    async fn parent(&self) -> fdo::Result<OwnedObjectPath> {
        self.seen(|seen| match seen.checkpoint.parent.as_str() {
            "" => path::none(),
            id => path::checkpoint(id),
        })
        .await
    }

    /// When it was made, microseconds since 1970.
    #[zbus(property(emits_changed_signal = "const"), name = "CreatedUSec")]
    async fn created_usec(&self) -> fdo::Result<u64> {
        self.seen(|seen| facts::microseconds(Some(&seen.checkpoint.created)))
            .await
    }

    /// Time that the container stood still for it, microseconds.
    #[zbus(property(emits_changed_signal = "const"), name = "FrozenUSec")]
    async fn frozen_usec(&self) -> fdo::Result<u64> {
        self.seen(|seen| seen.checkpoint.frozen_time).await
    }

    /// Bytes of memory in it.
    #[zbus(property(emits_changed_signal = "const"))]
    async fn memory(&self) -> fdo::Result<u64> {
        self.seen(|seen| seen.checkpoint.memory).await
    }

    /// Bytes of all its files.
    #[zbus(property(emits_changed_signal = "const"))]
    async fn size(&self) -> fdo::Result<u64> {
        self.seen(|seen| seen.checkpoint.size).await
    }

    /// The container went on after it.
    #[zbus(property(emits_changed_signal = "const"))]
    async fn left_running(&self) -> fdo::Result<bool> {
        self.seen(|seen| seen.checkpoint.leave_running).await
    }
}
