//! The Cryopod engine: everything that happens to a container.
//!
//! No argument parsing, no wire format, no printing. Reading order is data flow, one way:
//! [`ops`] (what users ask for) → `ops::steps` (what operations share) → the subsystems
//! ([`runtime`], [`criu`], [`archive`], [`monitor`], [`storage`], [`image`], [`registry`], [`store`],
//! [`net`]),
//! which don't know each other → [`sys`] → [`model`].
//!
//! ```no_run
//! use libcr::Config;
//! let engine = libcr::open(Config::default())?;
//! for container in libcr::ops::lifecycle::ps::list(&engine)? {
//!     println!("{} {}", container.config.id, container.state.status.as_str());
//! }
//! # Ok::<(), libcr::Error>(())
//! ```
#![forbid(unsafe_code)]

pub mod archive;
pub mod config;
pub mod criu;
pub mod engine;
pub mod error;
pub mod image;
pub mod model;
pub mod monitor;
pub mod net;
pub mod operations;
pub mod ops;
pub mod progress;
pub mod registry;
pub mod runtime;
pub mod seal;
pub mod storage;
pub mod store;
pub mod sys;

pub use config::Config;
pub use engine::Engine;
pub use error::{Error, ErrorKind, Result};
pub use operations::{CheckpointOperations, ContainerOperations};

/// Opens an engine: makes its directories on first use, brings the database to this version, and
/// completes or undoes what a killed engine left half-done.
pub fn open(config: Config) -> Result<Engine> {
    let engine = Engine::open(config)?;
    ops::recover::recover(&engine)?;
    Ok(engine)
}
