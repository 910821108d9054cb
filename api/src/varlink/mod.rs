//! Varlink (<https://varlink.org>): `org.cryopod.Engine`, and the `io.podman` of Podman 1.x.
//!
//! One JSON object and a zero byte a message, answered in their order on each connection; descriptors
//! travel beside the bytes. `wire.rs`: messages and descriptors, within bounds. `message.rs`: calls and
//! replies. `connection.rs`: a client's calls, each on a thread of its own. `engine/`, `podman/`,
//! `service.rs`: an interface each, a table of methods and what answers them.

pub mod archive;
pub mod call;
pub mod connection;
pub mod engine;
pub mod failed;
pub mod interface;
pub mod message;
pub mod podman;
pub mod service;
mod volumes;
mod wire;

pub use interface::{INTERFACES, Interface, Method};
