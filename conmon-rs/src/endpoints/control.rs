//! The FIFOs by which the engine talks to a running monitor: `ctl` (conmon's, with one command of ours) and `winsz`.
//! Parses and hands on; acts on nothing itself. What it can't read it ignores, line by line.
#![forbid(unsafe_code)]

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, fchmod, mkfifoat, open};

use crate::atomic_file;
use crate::error::MonitorError;

/// A line longer than this is none of ours.
const LONGEST_LINE: usize = 4096;

/// A request of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// `1 HEIGHT WIDTH`: the terminal's size in characters.
    Resize {
        /// Rows.
        height: u16,
        /// Columns.
        width: u16,
    },
    /// `2 0 0`: open log files anew.
    ReopenLogs,
    /// `3 N 0` (ours): bring all output so far into the log, the log to disk, and say so in `flushed`.
    Flush {
        /// What to write into `flushed`.
        number: u64,
    },
    /// `4 0 0` (ours): make the first health check now.
    CheckHealth,
}

/// What the lines of a FIFO mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `ctl`: `TYPE A B`.
    Control,
    /// `winsz`: `HEIGHT WIDTH`.
    WindowSize,
}

/// One FIFO.
pub(crate) struct Control {
    descriptor: OwnedFd,
    path: PathBuf,
    dialect: Dialect,
    partial: Vec<u8>,
}

impl Control {
    /// Makes the FIFO, mode 0660. Opened for writing as well, so that it never ends.
    pub(crate) fn make(path: &Path, dialect: Dialect) -> Result<Self, MonitorError> {
        atomic_file::remove_stale(path)?;
        let mode = Mode::from_raw_mode(0o660);
        mkfifoat(CWD, path, mode).map_err(MonitorError::file("making the FIFO", path))?;
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let descriptor = open(path, flags, Mode::empty())
            .map_err(MonitorError::file("opening the FIFO", path))?;
        // Whatever the umask took.
        fchmod(&descriptor, mode).map_err(MonitorError::file("opening the FIFO", path))?;
        Ok(Self {
            descriptor,
            path: path.to_owned(),
            dialect,
            partial: Vec::new(),
        })
    }

    /// For polling.
    pub(crate) fn descriptor(&self) -> &OwnedFd {
        &self.descriptor
    }

    /// Reads what has been written.
    pub(crate) fn commands(&mut self) -> Vec<Command> {
        let mut commands = Vec::new();
        let mut buffer = [0_u8; 512];
        while let Ok(count @ 1..) = rustix::io::read(&self.descriptor, &mut buffer) {
            self.partial.extend_from_slice(&buffer[..count]);
            while let Some(end) = self.partial.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.partial.drain(..=end).collect();
                commands.extend(parse(&line, self.dialect));
            }
            if self.partial.len() > LONGEST_LINE {
                self.partial.clear();
            }
        }
        commands
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn parse(line: &[u8], dialect: Dialect) -> Option<Command> {
    let words: Vec<u64> = std::str::from_utf8(line)
        .ok()?
        .split_ascii_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    let resize = |height: u64, width: u64| {
        Some(Command::Resize {
            height: u16::try_from(height).ok()?,
            width: u16::try_from(width).ok()?,
        })
    };
    match (dialect, words[..].as_ref()) {
        (Dialect::Control, [1, height, width]) | (Dialect::WindowSize, [height, width]) => {
            resize(*height, *width)
        }
        (Dialect::Control, [2, _, _]) => Some(Command::ReopenLogs),
        (Dialect::Control, [4, _, _]) => Some(Command::CheckHealth),
        (Dialect::Control, [3, number, _]) => Some(Command::Flush { number: *number }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn commands_in_any_pieces_and_nonsense_between() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ctl");
        std::fs::write(&path, "stale").unwrap();
        let mut control = Control::make(&path, Dialect::Control).unwrap();
        let mut writer = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        writer
            .write_all(b"1 24 80\n2 0 0\nhello\n1 99999 1\n\xff\n3 1")
            .unwrap();
        assert_eq!(
            control.commands(),
            [
                Command::Resize {
                    height: 24,
                    width: 80
                },
                Command::ReopenLogs
            ]
        );
        writer.write_all(b"7 0\n").unwrap();
        assert_eq!(control.commands(), [Command::Flush { number: 17 }]);
        assert_eq!(control.commands(), []);
        writer.write_all(b"4 0 0\n").unwrap();
        assert_eq!(control.commands(), [Command::CheckHealth]);
        drop(control);
        assert!(!path.exists());
    }

    #[test]
    fn window_sizes_have_two_numbers() {
        assert_eq!(
            parse(b"24 80\n", Dialect::WindowSize),
            Some(Command::Resize {
                height: 24,
                width: 80
            })
        );
        assert_eq!(parse(b"1 24 80\n", Dialect::WindowSize), None);
        assert_eq!(parse(b"9 0 0\n", Dialect::Control), None);
    }
}
