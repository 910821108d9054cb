//! One client: its calls in their order, each on a thread of its own; what it says meanwhile is read
//! ahead within bounds, so that its going away is seen.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use libcr::progress::Cancel;
use serde_json::{Value, json};
use tokio::net::UnixStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use super::call::Call;
use super::failed::Failed;
use super::interface::{self, Interface, Method};
use super::message::{self, Refusal, Request};
use super::wire::{Frame, Wire, WireError};
use crate::http::call::{CancelGuard, Context};

/// Replies that may wait for a client that reads slowly.
const WAITING: usize = 16;
/// How often it is looked whether a client is still there while its call is answered.
const LOOK: Duration = Duration::from_millis(200);

/// Answers a client until it goes.
pub async fn serve(stream: UnixStream, context: Arc<Context>, mut stopping: watch::Receiver<bool>) {
    let mut wire = Wire::new(stream);
    loop {
        let told = async {
            // A sender that is gone means the same.
            let _ = stopping.wait_for(|stopping| *stopping).await.is_ok();
        };
        let frame = tokio::select! {
            frame = wire.next() => frame,
            () = told => return,
        };
        let answered = match frame {
            Ok(Some(frame)) => answer(&mut wire, &context, frame).await,
            Ok(None) => return,
            Err(error) => {
                let refusal = message::refusal(&Refusal::parameter("message"));
                if matches!(error, WireError::TooLong) {
                    drop(wire.send(&refusal).await);
                }
                Err(error)
            }
        };
        if let Err(error) = answered {
            tracing::debug!(%error, "connection");
            return;
        }
    }
}

/// Answers a call; an error ends the connection.
async fn answer(wire: &mut Wire, context: &Arc<Context>, frame: Frame) -> Result<(), WireError> {
    let request = match Request::parse(&frame.bytes) {
        Ok(request) => request,
        Err(why) => {
            // Where its next message begins, nobody can say for sure.
            tracing::debug!(%why, "no call");
            wire.send(&message::refusal(&Refusal::parameter("message")))
                .await?;
            return Err(WireError::Io(std::io::ErrorKind::InvalidData.into()));
        }
    };
    tracing::debug!(method = %request.method, "call");
    let (interface, method) = match find(&request) {
        Ok(found) => found,
        Err(refusal) => return refuse(wire, &request, &refusal).await,
    };
    let cancel = Cancel::default();
    let _gone = CancelGuard(cancel.clone());
    let (replies, mut received) = mpsc::channel(WAITING);
    let call = Call {
        context: Arc::clone(context),
        more: request.more && !request.oneway,
        cancel,
        replies,
        descriptors: Mutex::new(frame.descriptors.into_iter().map(Some).collect()),
    };
    let parameters = Value::Object(request.parameters.clone().unwrap_or_default());
    let mut work = begin(method, call, parameters);
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut open = true;
    let done = loop {
        tokio::select! {
            // All replies that were sent before the end come before it.
            biased;
            value = received.recv(), if open => match value {
                Some(value) if request.oneway => drop(value),
                Some(value) => wire.send(&message::reply(&value, true)).await?,
                None => open = false,
            },
            done = &mut work, if !open => {
                break done.unwrap_or_else(|error| Err(Failed::new(libcr::ErrorKind::Failed, error)));
            }
            filled = wire.fill(), if wire.has_room() => filled?,
            _ = look.tick() => {
                if wire.is_gone() {
                    return Err(WireError::Io(std::io::ErrorKind::BrokenPipe.into()));
                }
            }
        }
    };
    match done {
        _ if request.oneway => Ok(()),
        Ok(value) => wire.send(&message::reply(&value, false)).await,
        Err(failed) => {
            let refusal = (interface.refuse)(failed);
            refuse(wire, &request, &refusal).await
        }
    }
}

/// Begins a call on a thread of its own, which brings it to its end whatever becomes of the client.
fn begin(
    method: &'static Method,
    call: Call,
    parameters: Value,
) -> JoinHandle<Result<Value, Failed>> {
    let job = method.works.then(|| call.context.activity.job());
    tokio::task::spawn_blocking(move || {
        let _job = job;
        // What is wrong with the call itself is said without the engine.
        (method.check)(parameters.clone())?;
        let engine = libcr::open(call.context.config.clone())?;
        (method.run)(&engine, &call, parameters)
    })
}

fn find(request: &Request) -> Result<(&'static Interface, &'static Method), Refusal> {
    let (name, method) = request.place();
    let interface = interface::find(name)
        .ok_or_else(|| Refusal::service("InterfaceNotFound", json!({ "interface": name })))?;
    if request.upgrade {
        return Err(Refusal::parameter("upgrade"));
    }
    if interface.missing.contains(&method) {
        let parameters = json!({ "method": request.method });
        return Err(Refusal::service("MethodNotImplemented", parameters));
    }
    let found = interface.methods.iter().find(|one| one.name == method);
    let found = found
        .ok_or_else(|| Refusal::service("MethodNotFound", json!({ "method": request.method })))?;
    Ok((interface, found))
}

async fn refuse(wire: &Wire, request: &Request, refusal: &Refusal) -> Result<(), WireError> {
    tracing::debug!(error = %refusal.name, parameters = %refusal.parameters, "refused");
    if request.oneway {
        return Ok(());
    }
    wire.send(&message::refusal(refusal)).await
}
