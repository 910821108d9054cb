//! One kernel interface a file; the only place in libcr that talks to the kernel directly.

pub mod command;
pub mod dir;
