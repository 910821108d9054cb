//! Puts a container on its networks and takes it off again.
//!
//! Reading order: [`types`] (Podman's JSON), [`config`] (which networks there are), [`create`] (a new
//! one), [`address`] (which address and MAC a container gets), [`netns`] (where its interfaces live),
//! [`backend`] (the trait) with [`netavark`] and [`cni`] behind it, [`networks`] (whichever there is), [`port`] and [`reserve`] (published
//! ports), [`hosts`] and [`resolv`] (the two files in /etc), [`silence`] and [`announce`] (around a thaw),
//! [`rules`] (what is left in the firewall).
//!
//! This crate keeps no state: who holds which lease is the caller's record. It knows nothing of
//! containers beyond an id and a name, and prints nothing.
#![forbid(unsafe_code)]

pub mod address;
pub mod backend;
pub mod cni;
pub mod config;
pub mod create;
pub mod error;
mod files;
mod kernel;
pub mod mac;
pub mod netavark;
pub mod networks;
pub mod port;
pub mod reserve;
pub mod rules;
pub mod types;
mod whole;

pub use address::{Lease, LeaseRequest, lease};
pub use backend::{Backend, SetupRequest};
pub use cni::Cni;
pub use config::NetworkDirectory;
pub use create::CreateRequest;
pub use error::Error;
pub use files::{hosts, resolv};
pub use ipnetwork::IpNetwork;
use kernel::rtnetlink;
pub use kernel::{announce, host, netns, settings, silence};
pub use mac::MacAddress;
pub use netavark::Netavark;
pub use networks::Networks;
pub use types::{Network, PerNetworkOptions, PortMapping, Protocol, StatusBlock};
