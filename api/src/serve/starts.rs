//! Clients that have attached to a container which somebody is about to start. Nothing of it outlives
//! their connections.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use libcr::monitor::attach::Attachment;
use tokio::sync::oneshot;

/// Who waits for whose start.
#[derive(Debug, Default)]
pub struct Starts(Mutex<HashMap<String, Vec<oneshot::Sender<Attachment>>>>);

impl Starts {
    /// Waits for the start of the container with this id.
    pub fn wait(&self, id: &str) -> oneshot::Receiver<Attachment> {
        let (sender, receiver) = oneshot::channel();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for waiting in all.values_mut() {
            waiting.retain(|one| !one.is_closed());
        }
        all.retain(|_, waiting| !waiting.is_empty());
        all.entry(id.to_owned()).or_default().push(sender);
        receiver
    }

    /// Those who wait for it.
    pub fn take(&self, id: &str) -> Vec<oneshot::Sender<Attachment>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(id).unwrap_or_default()
    }

    /// They wait again.
    pub fn give_back(&self, id: &str, waiting: Vec<oneshot::Sender<Attachment>>) {
        if !waiting.is_empty() {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(id.to_owned()).or_default().extend(waiting);
        }
    }
}
