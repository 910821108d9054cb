//! What flags hold: small parsers from Podman's notations to plain values. Each is a pure function
//! of its text, but for `env`, which also reads files and the caller's environment.

pub mod detach;
pub mod env;
pub mod filter;
pub mod size;
pub mod time;
