//! A request that has been understood, and the engine that it is for.

use std::sync::Arc;

use hyper::HeaderMap;
use libcr::progress::Cancel;
use libcr::{Config, Engine};
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use super::{Failure, Query};
use crate::cri::Streams;
use crate::cri::events::Listeners;
use crate::serve::activity::Activity;
use crate::serve::starts::Starts;
use crate::shared::exec::Terminals;

/// What every request is answered with.
#[derive(Debug)]
pub struct Context {
    /// Places and programs of the engine.
    pub config: Config,
    /// What goes on.
    pub activity: Arc<Activity>,
    /// Clients that wait for a container's start.
    pub starts: Starts,
    /// Terminals of processes that this service has started.
    pub terminals: Terminals,
    /// Kubernetes' clients may thaw what came from elsewhere.
    pub cri_restore: bool,
    /// Streams that Kubernetes' clients have asked for.
    pub streams: Streams,
    /// Kubernetes' clients that listen to what happens.
    pub listeners: Listeners,
    /// The socket that the first client can be told of.
    pub socket: String,
}

/// A request.
#[derive(Debug)]
pub struct Call {
    /// The engine's place.
    pub context: Arc<Context>,
    /// It came in libpod's words; else in Docker's.
    pub is_libpod: bool,
    /// It came to a socket that PouchContainer's clients use.
    pub is_pouch: bool,
    /// `HEAD`: what comes after the headers is not wanted.
    pub is_head: bool,
    /// Version of its path; empty without one.
    pub version: String,
    /// What stands in the path where the route has names.
    pub names: Vec<String>,
    /// Its query.
    pub query: Query,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, where that isn't a stream.
    pub body: Vec<u8>,
    /// Set when the client is gone.
    pub cancel: Cancel,
}

impl Call {
    /// The first name in its path.
    pub fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// Its body as JSON; an empty one is an empty object.
    ///
    /// # Errors
    /// 400 for what is none.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let text = if self.body.iter().all(u8::is_ascii_whitespace) {
            &b"{}"[..]
        } else {
            &self.body[..]
        };
        serde_json::from_slice(text)
            .map_err(|error| Failure::bad(format!("failed to decode the request's JSON: {error}")))
    }

    /// A header's text; empty without one.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

/// Sets a [`Cancel`] when it is dropped: with the future or the body that it is part of.
#[derive(Debug)]
pub struct CancelGuard(pub Cancel);

impl Drop for CancelGuard {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Context {
    /// Does blocking work with an engine of its own on a thread of the pool. It is brought to its end
    /// even if nobody waits for it any more.
    ///
    /// # Errors
    /// What `work` gives; 500 when the engine can't be opened.
    pub async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Engine) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let job = self.activity.job();
        let config = self.config.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _job = job;
            work(&libcr::open(config)?)
        });
        done.await
            .unwrap_or_else(|error| Err(Failure::internal(&error)))
    }

    /// The same for work that may go on for days, on a thread of its own: it takes none from those that
    /// requests wait for, and a service that is told to end doesn't wait for it.
    ///
    /// # Errors
    /// As [`Context::run`], and 500 when there are no more threads.
    pub async fn run_apart<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Engine) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let config = self.config.clone();
        let (done, told) = oneshot::channel();
        let thread = std::thread::Builder::new().name("apart".into());
        let spawned = thread.spawn(move || {
            let opened = libcr::open(config).map_err(Failure::from);
            drop(done.send(opened.and_then(|engine| work(&engine))));
        });
        spawned.map_err(|error| Failure::internal(&error))?;
        told.await
            .unwrap_or_else(|_| Err(Failure::internal(&"the work broke off")))
    }
}
