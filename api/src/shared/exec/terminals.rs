//! Terminals of processes in containers, as long as the processes run.

use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Mutex, PoisonError};

use rustix::termios::{Winsize, tcsetwinsize};

/// Terminals of processes that run, by session.
#[derive(Debug, Default)]
pub struct Terminals(Mutex<HashMap<String, OwnedFd>>);

impl Terminals {
    pub(super) fn keep(&self, id: &str, terminal: OwnedFd) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(id.to_owned(), terminal);
    }

    pub(super) fn forget(&self, id: &str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id);
    }

    pub(super) fn resize(&self, id: &str, rows: u16, columns: u16) -> io::Result<bool> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(terminal) = all.get(id) else {
            return Ok(false);
        };
        let size = Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(terminal, size)?;
        Ok(true)
    }
}
