//! Where others reach the monitor: the attach socket, the control FIFOs, the sd_notify socket.

pub(crate) mod attach;
pub(crate) mod control;
pub(crate) mod notify;
