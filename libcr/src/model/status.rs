//! The container's life as a state machine: `created → running ⇄ paused → exited`, `removing`.
//!
//! What is in flight (checkpointing, restoring) is not a status but a row of the operations table.

use serde::{Deserialize, Serialize};

use super::event::Event;

/// Where a container is in its life; the words are Podman's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Made, never started.
    Created,
    /// Its processes run.
    Running,
    /// Its processes are frozen in memory.
    Paused,
    /// Its processes are gone; it may hold a checkpoint.
    Exited,
    /// Being removed; only removal can go on from here.
    Removing,
}

impl Status {
    /// All of them, for tables and filters.
    pub const ALL: [Self; 5] = [
        Self::Created,
        Self::Running,
        Self::Paused,
        Self::Exited,
        Self::Removing,
    ];

    /// The word in `inspect` and `ps --filter status=`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Exited => "exited",
            Self::Removing => "removing",
        }
    }

    /// Reads Podman's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// True while there are processes.
    pub fn is_alive(self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }

    /// The status after `event`, or `None` where it can't happen.
    pub fn after(self, event: Event) -> Option<Self> {
        match self {
            Self::Created | Self::Exited => match event {
                Event::Start | Event::Restore => Some(Self::Running),
                Event::Remove => Some(Self::Removing),
                Event::Pause
                | Event::Unpause
                | Event::Died
                | Event::Checkpoint
                | Event::CheckpointAndGoOn => None,
            },
            Self::Running => match event {
                Event::CheckpointAndGoOn => Some(Self::Running),
                Event::Pause => Some(Self::Paused),
                Event::Died | Event::Checkpoint => Some(Self::Exited),
                Event::Start | Event::Restore | Event::Unpause | Event::Remove => None,
            },
            Self::Paused => match event {
                Event::Unpause => Some(Self::Running),
                Event::Died => Some(Self::Exited),
                Event::Start
                | Event::Restore
                | Event::Pause
                | Event::Checkpoint
                | Event::CheckpointAndGoOn
                | Event::Remove => None,
            },
            Self::Removing => match event {
                Event::Remove => Some(Self::Removing),
                Event::Start
                | Event::Restore
                | Event::Pause
                | Event::Unpause
                | Event::Died
                | Event::Checkpoint
                | Event::CheckpointAndGoOn => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
        assert_eq!(Status::parse("up"), None);
    }

    #[test]
    fn the_whole_table() {
        use Event::{Checkpoint, CheckpointAndGoOn, Died, Pause, Remove, Restore, Start, Unpause};
        let events = [
            Start,
            Restore,
            Pause,
            Unpause,
            Died,
            Checkpoint,
            CheckpointAndGoOn,
            Remove,
        ];
        let table: [(Status, [Option<Status>; 8]); 5] = {
            use Status::{Created, Exited, Paused, Removing, Running};
            let (run, exit, gone) = (Some(Running), Some(Exited), Some(Removing));
            [
                (Created, [run, run, None, None, None, None, None, gone]),
                (
                    Running,
                    [None, None, Some(Paused), None, exit, exit, run, None],
                ),
                (Paused, [None, None, None, run, exit, None, None, None]),
                (Exited, [run, run, None, None, None, None, None, gone]),
                (Removing, [None, None, None, None, None, None, None, gone]),
            ]
        };
        for (status, expected) in table {
            for (event, next) in events.into_iter().zip(expected) {
                assert_eq!(status.after(event), next, "{status:?} after {event:?}");
            }
        }
    }
}
