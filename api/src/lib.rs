//! The doors of the engine: libpod's and Docker's REST interfaces on one unix socket, varlink and
//! Kubernetes' CRI on others, D-Bus. Each request is translated into one call of libcr; nothing is decided here, nothing printed, no state kept: the
//! process may be killed at any moment and another one takes up where it was.
//!
//! `serve/`: sockets, connections, time-outs, the end. `http/`: from bytes to a [`http::Call`] and
//! from a [`http::Reply`] to bytes. `libpod/`, `docker/`: a table of routes each and what answers them.
//! `varlink/`: the same for varlink, from its messages to its interfaces. `cri/`: gRPC.
//! [`routes::all`] is all of it, for the documentation and the checks.
#![forbid(unsafe_code)]
#![recursion_limit = "256"]

pub mod cri;
pub mod dbus;
pub mod docker;
pub mod http;
pub mod libpod;
pub mod routes;
pub mod serve;
mod shared;
pub mod varlink;

pub use serve::{LogLevel, ServeError, ServeOptions, serve};

/// When this was built: clients want a time, builds of equal sources have none.
pub(crate) const BUILT: &str = "1970-01-01T00:00:00Z";
/// Version of libpod's interface that is spoken.
pub const LIBPOD_API: &str = "5.8.0";
/// Newest version of Docker's interface that is spoken.
pub const DOCKER_API: &str = "1.44";
/// Oldest version of Docker's interface that is spoken.
pub const DOCKER_API_MIN: &str = "1.24";
