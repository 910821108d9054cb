//! The door of Kubernetes: `runtime.v1` RuntimeService and ImageService on a socket of their own.
//!
//! A sandbox is a pod of the engine, a container one in it; what only Kubernetes knows of them (its own
//! names, annotations, where it expects the log) stands in a label of each, see [`identity`].

mod checkpoint;
pub mod connection;
mod container;
pub mod dispatch;
mod door;
pub mod events;
mod exec;
mod identity;
mod image;
mod messages;
pub mod methods;
mod refusal;
mod runtime;
mod sandbox;
mod stats;
mod streaming;

use refusal::Refusal;
pub use streaming::Streams;
