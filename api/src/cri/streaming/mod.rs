//! `Exec`, `Attach`, `PortForward`: a call gives an address, at which its client joins the streams.
//!
//! As in Kubernetes' other runtimes: HTTP on the loopback, at a port that the kernel chose when the
//! first address was asked for. An address serves once, within a minute. The connection becomes a
//! WebSocket or SPDY/3.1, whichever its client asks for; a kubelet passes both through.

mod calls;
mod forward;
mod peer;
mod process;
mod server;
mod spdy;
mod status;
mod tokens;
mod websocket;

pub use calls::{attach, exec, port_forward};
pub use server::Streams;
