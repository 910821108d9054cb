//! One kernel interface a file; the only place in libcr that talks to the kernel directly.

pub mod cgroup;
pub mod command;
pub mod descriptor;
pub mod dir;
pub mod fault;
pub mod interfaces;
pub mod ipc;
pub mod machine;
pub mod mount;
pub mod pid_counter;
pub mod proc;
pub mod process;
pub mod signal;
pub mod socket_table;
