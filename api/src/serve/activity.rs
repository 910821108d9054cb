//! What goes on: connections and work of the engine, for the idle time-out and an orderly end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts what goes on.
#[derive(Debug, Default)]
pub struct Activity {
    connections: AtomicUsize,
    jobs: AtomicUsize,
    changed: Notify,
}

/// One more, until it is dropped.
#[derive(Debug)]
pub struct Token {
    activity: Arc<Activity>,
    is_job: bool,
}

impl Activity {
    /// A connection, or what became of it.
    pub fn connection(self: &Arc<Self>) -> Token {
        Token::new(self, false)
    }

    /// Work that must come to its end.
    pub fn job(self: &Arc<Self>) -> Token {
        Token::new(self, true)
    }

    /// Nobody is there and nothing is done.
    pub fn is_idle(&self) -> bool {
        self.jobs() == 0 && self.connections.load(Ordering::SeqCst) == 0
    }

    /// How much work there is.
    pub fn jobs(&self) -> usize {
        self.jobs.load(Ordering::SeqCst)
    }

    /// Waits for the next time that something ends.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    fn counter(&self, is_job: bool) -> &AtomicUsize {
        if is_job {
            &self.jobs
        } else {
            &self.connections
        }
    }
}

impl Token {
    fn new(activity: &Arc<Activity>, is_job: bool) -> Self {
        activity.counter(is_job).fetch_add(1, Ordering::SeqCst);
        Self {
            activity: Arc::clone(activity),
            is_job,
        }
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.activity
            .counter(self.is_job)
            .fetch_sub(1, Ordering::SeqCst);
        self.activity.changed.notify_one();
    }
}
