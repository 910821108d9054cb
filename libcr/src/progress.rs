//! What long work tells while it goes on. No terminal code: the doors draw it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A step of a checkpoint or restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Looking whether it can work.
    Preflight,
    /// Processes are being stopped and dumped.
    Dump,
    /// Files are captured and the archive is written.
    Write,
    /// The archive is read and unpacked.
    Read,
    /// Files, mounts and network are made.
    Prepare,
    /// Processes come back.
    Restore,
}

/// Hears of the progress of an operation.
pub trait Progress: Sync {
    /// A step begins for the container with this name.
    fn step(&self, container: &str, step: Step);
    /// So many bytes of the step are done, of so many where that is known.
    fn bytes(&self, container: &str, done: u64, total: Option<u64>);
    /// A line for people, of what goes on besides: an image is being pulled.
    fn say(&self, _line: &str) {}
    /// True once nobody waits for the result any more (a client that hung up). A checkpoint is
    /// given up then at the next point where the container can go on; a dump is never cut short.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Nobody listens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _: &str, _: Step) {}
    fn bytes(&self, _: &str, _: u64, _: Option<u64>) {}
}

/// Whether anybody still waits for a result: shared by who waits and who works.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// From now on nobody waits.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Nobody waits any more.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Progress for Cancel {
    fn step(&self, _: &str, _: Step) {}
    fn bytes(&self, _: &str, _: u64, _: Option<u64>) {}
    fn cancelled(&self) -> bool {
        self.is_cancelled()
    }
}
