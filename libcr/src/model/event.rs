//! What can happen to a container, as the state machine sees it.

/// One thing that happens to a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// Its first process is started.
    Start,
    /// Its processes come back from a checkpoint.
    Restore,
    /// Its processes are frozen in memory.
    Pause,
    /// Frozen processes go on.
    Unpause,
    /// Its first process ended.
    Died,
    /// Frozen to a checkpoint and stopped.
    Checkpoint,
    /// Frozen to a checkpoint and left running.
    CheckpointAndGoOn,
    /// Removal begins.
    Remove,
}
