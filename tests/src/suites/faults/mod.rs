//! Faults at every step: the engine killed, system calls that fail, a full disk, CRIU and runtime that
//! fail, a user who is gone. Each time the container runs or its checkpoint is whole, and the next
//! command says which. `docs/faults.md` is the table of all of them.

pub mod calls;
pub mod client;
pub mod crash;
pub mod criu;
pub mod disk;
mod injection;
pub mod phases;
mod places;
pub mod pods;
pub mod stores;

#[cfg(test)]
mod complete;
