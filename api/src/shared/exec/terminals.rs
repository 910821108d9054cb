//! Terminals of processes in containers, as long as the processes run.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, PoisonError};

use rustix::termios::{Winsize, tcsetwinsize};

/// Terminals of processes that run, by session.
#[derive(Debug, Default)]
pub struct Terminals(Mutex<HashMap<String, OwnedFd>>);

impl Terminals {
    /// Keeps a session's terminal, of this size (lines, characters of each) if one is given, until it
    /// is forgotten.
    pub(super) fn keep(
        &self,
        id: &str,
        terminal: BorrowedFd<'_>,
        size: (Option<i64>, Option<i64>),
    ) -> io::Result<()> {
        if let (Some(rows), Some(columns)) = size {
            let cut = |number: i64| u16::try_from(number).unwrap_or(0);
            resize(terminal, cut(rows), cut(columns))?;
        }
        let terminal = terminal.try_clone_to_owned()?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(id.to_owned(), terminal);
        Ok(())
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
        resize(terminal.as_fd(), rows, columns)?;
        Ok(true)
    }
}

fn resize(terminal: BorrowedFd<'_>, rows: u16, columns: u16) -> io::Result<()> {
    let size = Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    Ok(tcsetwinsize(terminal, size)?)
}
