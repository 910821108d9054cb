//! The monitor of one container: owns its stdio, log, attach socket and exit status.
//!
//! It is started by the engine, detaches, runs the OCI runtime's `create` or `restore`, tells the engine
//! the process id over a pipe and then lives as long as the container. Its command line and its files are
//! those of conmon (<https://github.com/containers/conmon>), with restore as a verb of its own.
//! It knows nothing of the engine: no database, no spec, no network.
//!
//! Data flow: `arguments → detach → runtime → event_loop ⇄ {stdio, log, attach, control} → exit`.
#![deny(unsafe_code)]

mod arguments;
mod atomic_file;

mod detach;
mod diagnostics;
mod endpoints;
mod error;
mod event_loop;
mod exit;
mod handshake;
mod log;
mod monitor;

#[allow(unsafe_code)]
mod process_unsafe;
mod runtime;
mod signals;
mod stdio;
mod terminal;

pub use arguments::{ArgumentError, Arguments, HealthCheck, Invocation, LogTarget, parse};
pub use error::MonitorError;
pub use monitor::monitor;
