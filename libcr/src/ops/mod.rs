//! What users ask for, a file each. Operations never call operations; what two of them share is
//! in [`steps`].
//!
//! | asked | file |
//! |---|---|
//! | `container checkpoint` | [`checkpoint`] |
//! | `container restore` | [`restore`] |
//! | what a killed engine left half-done | [`recover`] |
//! | `create`, `start`, `stop`, `kill`, `pause`, `unpause`, `wait`, `rm`, `ps`, `inspect`, `logs`, `exec`, `healthcheck run`, `container cleanup` | [`lifecycle`] |
//! | `import`, `load`, `pull`, `push`, `login`, `logout`, `images`, `rmi`, `image inspect` | [`images`] |
//! | `checkpoint ls`, `inspect`, `rm`, `prune`, `tag`, `diff` | [`checkpoints`] |
//! | `volume create`, `ls`, `inspect`, `rm` | [`volumes`] |
//! | `pod create`, `start`, `stop`, `kill`, `pause`, `unpause`, `restart`, `rm`, `ps`, `inspect` | [`pods`] |
//! | `container diagnose`, `doctor` | [`diagnose`], [`doctor`] |
//! | `events` | [`events`] |
//! | `info`, `version` | [`system`] |
//! | all there is, as objects on a bus | [`watch`] |
//! | any of these on several containers at a time | [`many`] |

pub mod checkpoint;
pub mod checkpoints;
pub mod diagnose;
pub mod doctor;
pub mod events;
pub mod images;
pub mod lifecycle;
pub mod many;
pub mod networks;
pub mod pods;
pub mod recover;
pub mod restore;
pub mod steps;
pub mod system;
pub mod volumes;
pub mod watch;
