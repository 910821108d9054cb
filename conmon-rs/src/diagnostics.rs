//! The monitor's own complaints. It has no terminal and no caller left, so they go to syslog or nowhere.
#![forbid(unsafe_code)]

use std::fmt::Display;
use std::os::unix::net::UnixDatagram;

/// Where complaints go.
pub(crate) struct Diagnostics {
    syslog: bool,
    id: String,
}

impl Diagnostics {
    /// `syslog` is the command line's `--syslog`.
    pub(crate) fn new(syslog: bool, id: &str) -> Self {
        Self {
            syslog,
            id: id.chars().take(12).collect(),
        }
    }

    /// Records one complaint; never blocks and never fails.
    pub(crate) fn report(&self, complaint: &dyn Display) {
        if !self.syslog {
            return;
        }
        // Facility daemon (3), severity warning (4): RFC 3164, as syslog(3) sends it to /dev/log.
        let line = format!(
            "<28>conmon-rs[{}]: {}: {complaint}",
            std::process::id(),
            self.id
        );
        if let Ok(socket) = UnixDatagram::unbound() {
            let _ = socket.set_nonblocking(true);
            let _ = socket.send_to(line.as_bytes(), "/dev/log");
        }
    }
}
