//! `GetContainerEvents`: what happens to containers of Kubernetes while a client listens.
//!
//! However many listen, one thread reads for all of them, as long as there is one. What waits to be sent
//! is kept once for all; a client that falls behind it is told so, and begins anew.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::{self, BoxStream, StreamExt};
use libcr::Engine;
use libcr::ops::events::{EventsOptions, StoredEvent, events};
use libcr::progress::Cancel;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tonic::Status;

use super::Refusal;
use super::door::Door;
use super::identity::{self, nanoseconds};
use super::messages::{
    CREATED_EVENT, ContainerEventResponse, DELETED_EVENT, STARTED_EVENT, STOPPED_EVENT,
};
use super::sandbox;

/// Events that may wait for the client that reads slowest.
const WAITING: usize = 256;

/// What a client gets.
pub type Stream = BoxStream<'static, Result<ContainerEventResponse, Status>>;

type Told = Result<Arc<ContainerEventResponse>, Refusal>;

/// Clients that listen.
#[derive(Debug, Default)]
pub struct Listeners(Mutex<Option<Reader>>);

/// The thread that reads for them.
#[derive(Debug)]
struct Reader {
    sender: broadcast::Sender<Told>,
    /// Ends it.
    cancel: Cancel,
}

impl Listeners {
    /// Another one; with the sender and its end where a reader has to be started.
    fn enter(&self) -> (broadcast::Receiver<Told>, Option<Reader>) {
        let mut reader = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = reader.as_ref() {
            return (reader.sender.subscribe(), None);
        }
        let (sender, receiver) = broadcast::channel(WAITING);
        let cancel = Cancel::default();
        let new = || Reader {
            sender: sender.clone(),
            cancel: cancel.clone(),
        };
        *reader = Some(new());
        (receiver, Some(new()))
    }

    /// One has gone; the last one ends the reader.
    fn leave(&self, receiver: broadcast::Receiver<Told>) {
        let mut reader = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(receiver);
        if let Some(last) = reader.take_if(|reader| reader.sender.receiver_count() == 0) {
            last.cancel.cancel();
        }
    }

    /// The reader can't go on: all are told, and the next one that comes starts another.
    fn failed(&self, sender: &broadcast::Sender<Told>, refusal: Refusal) {
        let mut reader = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(reader.take_if(|reader| reader.sender.same_channel(sender)));
        // That nobody is left is fine.
        let _ = sender.send(Err(refusal));
    }
}

/// A client that listens, until it is dropped.
struct Listener {
    door: Door,
    receiver: Option<broadcast::Receiver<Told>>,
    over: bool,
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(receiver) = self.receiver.take() {
            self.door.listeners().leave(receiver);
        }
    }
}

impl Listener {
    /// What it is told next; `None`: nothing any more.
    async fn next(&mut self) -> Option<Result<ContainerEventResponse, Status>> {
        if self.over {
            return None;
        }
        let refusal = match self.receiver.as_mut()?.recv().await {
            Ok(Ok(event)) => return Some(Ok(event.as_ref().clone())),
            Ok(Err(refusal)) => refusal,
            Err(RecvError::Lagged(missed)) => Refusal::exhausted(&format!(
                "{missed} events were not read in time: list the containers and listen again"
            )),
            Err(RecvError::Closed) => return None,
        };
        self.over = true;
        Some(Err(refusal.into()))
    }
}

/// Begins to listen.
pub fn stream(door: &Door) -> Stream {
    let began = jiff::Timestamp::now();
    let (receiver, started) = door.listeners().enter();
    let listener = Listener {
        door: door.clone(),
        receiver: Some(receiver),
        over: false,
    };
    if let Some(Reader { sender, cancel }) = started {
        let own = door.clone();
        door.reader(move |engine| {
            let done = engine.and_then(|engine| read(&engine, began, &sender, &cancel));
            if let Err(refusal) = done {
                tracing::debug!(?refusal, "events");
                own.listeners().failed(&sender, refusal);
            }
        });
    }
    stream::unfold(listener, |mut listener| async move {
        let told = listener.next().await?;
        Some((told, listener))
    })
    .boxed()
}

/// Tells all listeners what happens, until the last one has gone.
fn read(
    engine: &Engine,
    since: jiff::Timestamp,
    sender: &broadcast::Sender<Told>,
    cancel: &Cancel,
) -> Result<(), Refusal> {
    let options = EventsOptions {
        since: Some(since),
        stream: true,
        cancel: cancel.clone(),
        ..EventsOptions::default()
    };
    events(engine, &options, |event| {
        if let Some(message) = told(engine, event) {
            // Nobody hears it: the reader is about to be ended.
            let _ = sender.send(Ok(Arc::new(message)));
        }
        !cancel.is_cancelled()
    })?;
    Ok(())
}

/// An event as clients hear of it; `None`: it is nothing for them.
fn told(engine: &Engine, event: &StoredEvent) -> Option<ContainerEventResponse> {
    if event.subject != "container" {
        return None;
    }
    // Not every event says in which pod it was.
    let known: identity::Container = identity::read(&event.labels)?;
    let kind = match event.kind.as_str() {
        "create" => CREATED_EVENT,
        "start" | "restore" => STARTED_EVENT,
        "died" => STOPPED_EVENT,
        "remove" => DELETED_EVENT,
        _ => return None,
    };
    // Of a pod that is gone only that.
    let pod = sandbox::known(engine, &known.sandbox).ok();
    Some(ContainerEventResponse {
        container_id: event.id.clone(),
        container_event_type: kind,
        created_at: nanoseconds(Some(&event.time)),
        pod_sandbox_status: pod
            .as_ref()
            .map(|(facts, of)| sandbox::described(facts, of)),
        containers_statuses: pod
            .map(|(facts, _)| sandbox::members(&facts))
            .unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reader_while_anybody_listens() {
        let listeners = Listeners::default();
        let (first, started) = listeners.enter();
        let reader = started.unwrap();
        let (second, none) = listeners.enter();
        assert!(none.is_none());
        listeners.leave(first);
        assert!(!reader.cancel.is_cancelled());
        listeners.leave(second);
        assert!(reader.cancel.is_cancelled(), "the last one has gone");
        let (_third, started) = listeners.enter();
        let after = started.unwrap();
        // The end of an earlier one is not that of a later one.
        listeners.failed(&reader.sender, Refusal::invalid("x"));
        assert!(listeners.enter().1.is_none());
        listeners.failed(&after.sender, Refusal::invalid("x"));
        assert!(listeners.enter().1.is_some());
    }

    #[tokio::test]
    async fn what_a_slow_one_misses_is_not_kept() {
        let listeners = Listeners::default();
        let (mut slow, started) = listeners.enter();
        let sender = started.unwrap().sender;
        for _ in 0..WAITING + 5 {
            let event = Arc::new(ContainerEventResponse::default());
            sender.send(Ok(event)).unwrap();
        }
        assert!(matches!(slow.recv().await, Err(RecvError::Lagged(5))));
    }
}
