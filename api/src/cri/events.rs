//! `GetContainerEvents`: what happens to containers of Kubernetes while a client listens.

use libcr::Engine;
use libcr::ops::events::{EventsOptions, StoredEvent, events};
use libcr::progress::Cancel;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::Refusal;
use super::door::Door;
use super::identity::{self, nanoseconds};
use super::messages::{
    CREATED_EVENT, ContainerEventResponse, DELETED_EVENT, STARTED_EVENT, STOPPED_EVENT,
};
use super::sandbox;

/// Events that may wait for a client that reads slowly.
const WAITING: usize = 64;

/// What a client gets.
pub type Stream = ReceiverStream<Result<ContainerEventResponse, Status>>;

/// Begins to listen.
pub fn stream(door: &Door) -> Stream {
    let (sender, receiver) = mpsc::channel(WAITING);
    door.reader(move |engine| listen(engine, &sender));
    ReceiverStream::new(receiver)
}

fn listen(
    engine: &Engine,
    sender: &mpsc::Sender<Result<ContainerEventResponse, Status>>,
) -> Result<(), Refusal> {
    let cancel = Cancel::default();
    let options = EventsOptions {
        since: Some(jiff::Timestamp::now()),
        stream: true,
        cancel: cancel.clone(),
        ..EventsOptions::default()
    };
    std::thread::scope(|scope| {
        // The reader looks at this one between events.
        let closed = sender.clone();
        let (ended, ends) = std::sync::mpsc::channel::<()>();
        scope.spawn(move || {
            while !closed.is_closed() {
                let waited = ends.recv_timeout(std::time::Duration::from_millis(200));
                if waited != Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                    return;
                }
            }
            cancel.cancel();
        });
        let done = events(engine, &options, |event| match told(engine, event) {
            Some(message) => sender.blocking_send(Ok(message)).is_ok(),
            None => true,
        });
        drop(ended);
        Ok(done?)
    })
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
