//! The tree of objects follows the database: whoever changes something, by this door, another one or
//! the command line, objects come and go and their changes are signalled.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use libcr::Engine;
use libcr::ops::watch::watch;
use libcr::progress::Cancel;
use libcr::store::event::StoredEvent;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::sleep;
use zbus::Connection;
use zbus::fdo::Properties;
use zbus::object_server::{Interface, SignalEmitter};
use zbus::zvariant::{OwnedObjectPath, Value};

use super::refusal::Answer;
use super::{Shared, path};
use crate::dbus::interfaces::checkpoint::CheckpointObject;
use crate::dbus::interfaces::container::ContainerObject;
use crate::dbus::interfaces::facts::{self, Facts};
use crate::dbus::interfaces::root::Manager;

/// Changes that wait to be signalled; the watch waits with more.
const WAITING: usize = 16;
/// How soon the database is tried again when it could not be read.
const AGAIN: Duration = Duration::from_secs(1);

/// What has an object, with the values that were signalled last.
#[derive(Debug, Default)]
pub struct Objects(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    containers: BTreeMap<String, Facts>,
    checkpoints: BTreeMap<String, Facts>,
}

/// Emits `PropertiesChanged` of an interface.
pub async fn properties_changed<I: Interface>(
    emitter: &SignalEmitter<'_>,
    changed: HashMap<&str, Value<'_>>,
) -> zbus::Result<()> {
    Properties::properties_changed(emitter, I::name(), changed, (&[]).into()).await
}

impl Shared {
    /// Makes the tree what the database says.
    ///
    /// # Errors
    /// The database can't be read, or the bus is gone.
    pub async fn refresh(self: &Arc<Self>, connection: &Connection) -> Answer {
        let mut known = self.objects.0.lock().await;
        let now = self.reader.snapshot().await?;
        let tree = Tree {
            shared: self,
            connection,
            root: SignalEmitter::new(connection, path::ROOT)?,
        };
        let gone = known.checkpoints.keys();
        let gone = gone.filter(|id| !now.checkpoints.contains_key(*id));
        for id in gone.cloned().collect::<Vec<_>>() {
            known.checkpoints.remove(&id);
            tree.remove_checkpoint(&id).await?;
        }
        let gone = known.containers.keys();
        let gone = gone.filter(|id| !now.containers.contains_key(*id));
        for id in gone.cloned().collect::<Vec<_>>() {
            known.containers.remove(&id);
            tree.remove_container(&id).await?;
        }
        for (id, seen) in &now.containers {
            let facts = facts::of_container(seen);
            match known.containers.get(id) {
                None => tree.add_container(id).await?,
                Some(old) => {
                    let object = path::container(id);
                    tree.tell::<ContainerObject>(&object, old, &facts).await?;
                }
            }
            known.containers.insert(id.clone(), facts);
        }
        for (id, seen) in &now.checkpoints {
            let facts = facts::of_checkpoint(seen);
            match known.checkpoints.get(id) {
                None => tree.add_checkpoint(id).await?,
                Some(old) => {
                    let object = path::checkpoint(id);
                    tree.tell::<CheckpointObject>(&object, old, &facts).await?;
                }
            }
            known.checkpoints.insert(id.clone(), facts);
        }
        Ok(())
    }
}

struct Tree<'a> {
    shared: &'a Arc<Shared>,
    connection: &'a Connection,
    root: SignalEmitter<'a>,
}

impl Tree<'_> {
    async fn add_container(&self, id: &str) -> zbus::Result<()> {
        let object = path::container(id);
        let interface = ContainerObject::new(self.shared, id);
        let server = self.connection.object_server();
        server.at(&object, interface).await?;
        Manager::container_new(&self.root, id, &object).await
    }

    async fn remove_container(&self, id: &str) -> zbus::Result<()> {
        let object = path::container(id);
        let server = self.connection.object_server();
        server.remove::<ContainerObject, _>(&object).await?;
        Manager::container_removed(&self.root, id, &object).await
    }

    async fn add_checkpoint(&self, id: &str) -> zbus::Result<()> {
        let object = path::checkpoint(id);
        let interface = CheckpointObject::new(self.shared, id);
        let server = self.connection.object_server();
        server.at(&object, interface).await?;
        Manager::checkpoint_new(&self.root, id, &object).await
    }

    async fn remove_checkpoint(&self, id: &str) -> zbus::Result<()> {
        let object = path::checkpoint(id);
        let server = self.connection.object_server();
        server.remove::<CheckpointObject, _>(&object).await?;
        Manager::checkpoint_removed(&self.root, id, &object).await
    }

    async fn tell<I: Interface>(
        &self,
        object: &OwnedObjectPath,
        old: &Facts,
        now: &Facts,
    ) -> zbus::Result<()> {
        let changed = facts::changes(old, now);
        if changed.is_empty() {
            return Ok(());
        }
        let value = |name: &&'static str| {
            let (_, value) = now.iter().find(|(other, _)| other == name)?;
            Some((*name, value.try_clone().ok()?))
        };
        let changed: HashMap<&str, Value<'_>> = changed.iter().filter_map(value).collect();
        let emitter = SignalEmitter::new(self.connection, object)?;
        properties_changed::<I>(&emitter, changed).await
    }
}

/// Follows the database until the bus or the service is gone. Says so in `begins` once nothing escapes
/// it any more; drops it where the database can't be read.
pub async fn follow(
    shared: Arc<Shared>,
    connection: Connection,
    cancel: Cancel,
    begins: oneshot::Sender<()>,
) {
    let mut begins = Some(begins);
    while !cancel.is_cancelled() && !connection.is_closed() {
        let (sender, mut changes) = mpsc::channel::<Vec<StoredEvent>>(WAITING);
        let (config, ends) = (shared.context.config.clone(), cancel.clone());
        tokio::task::spawn_blocking(move || {
            let watched = Engine::open(config).and_then(|engine| {
                watch(&engine, &ends, |events| {
                    sender.blocking_send(events).is_ok()
                })
            });
            if let Err(error) = watched {
                tracing::error!(%error, "changes are not signalled for now");
            }
        });
        while let Some(events) = changes.recv().await {
            if let Some(begins) = begins.take() {
                // Who asked may have given up.
                let _ = begins.send(());
            }
            let told = tell(&shared, &connection, events).await;
            if let Err(error) = told {
                tracing::warn!(error = %error.message, "a change");
            }
            if connection.is_closed() {
                return;
            }
        }
        begins = None;
        sleep(AGAIN).await;
    }
}

async fn tell(shared: &Arc<Shared>, connection: &Connection, events: Vec<StoredEvent>) -> Answer {
    shared.refresh(connection).await?;
    let root = SignalEmitter::new(connection, path::ROOT)?;
    for event in events {
        let time = facts::microseconds(Some(&event.time));
        let (subject, kind) = (&event.subject, &event.kind);
        Manager::event(
            &root,
            subject,
            kind,
            &event.id,
            &event.name,
            time,
            &event.detail,
        )
        .await?;
    }
    Ok(())
}
