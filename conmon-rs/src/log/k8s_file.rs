//! The log driver `k8s-file`: `TIME stdout|stderr F|P TEXT\n`, F a full line, P a piece of one.
//! The format is the Kubernetes CRI log format, as conmon writes it. Appends only: a log goes on after a restore.
#![forbid(unsafe_code)]

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::Stream;
use super::clock::Clock;
use crate::error::MonitorError;

/// One open log file.
pub(crate) struct K8sFile {
    path: PathBuf,
    file: File,
    /// Bytes in the file; we are its only writer.
    size: u64,
    limit: Option<u64>,
    clock: Clock,
    /// Whether a stream's last entry was a piece without its end.
    open_line: [bool; 2],
}

impl K8sFile {
    /// Opens or makes the file, mode 0640.
    pub(crate) fn open(path: &Path, limit: Option<u64>) -> Result<Self, MonitorError> {
        let (file, size) = append_to(path).map_err(MonitorError::file("opening the log", path))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            size,
            limit,
            clock: Clock::local(),
            open_line: [false; 2],
        })
    }

    /// Adds a chunk, split into lines; all of them carry the time of this call.
    pub(crate) fn write(&mut self, stream: Stream, chunk: &[u8]) -> Result<(), MonitorError> {
        let stamp = self.clock.stamp();
        let mut pending = Vec::with_capacity(chunk.len() + 128);
        for piece in chunk.split_inclusive(|byte| *byte == b'\n') {
            let full = piece.ends_with(b"\n");
            let start = pending.len();
            entry(
                &mut pending,
                &stamp,
                stream,
                full,
                piece.strip_suffix(b"\n").unwrap_or(piece),
            );
            self.open_line[stream.index()] = !full;
            let length = (pending.len() - start) as u64;
            if self
                .limit
                .is_some_and(|limit| self.size + pending.len() as u64 > limit)
                && self.size + pending.len() as u64 > length
            {
                let last = pending.split_off(start);
                self.append(&pending)?;
                self.start_anew()?;
                pending = last;
            }
        }
        self.append(&pending)
    }

    /// Ends a line that the stream left open.
    pub(crate) fn finish(&mut self, stream: Stream) -> Result<(), MonitorError> {
        if !std::mem::take(&mut self.open_line[stream.index()]) {
            return Ok(());
        }
        let mut pending = Vec::new();
        entry(&mut pending, &self.clock.stamp(), stream, true, b"");
        self.append(&pending)
    }

    /// Opens the path again, making the file if it was moved away. What is there stays.
    pub(crate) fn reopen(&mut self) -> Result<(), MonitorError> {
        (self.file, self.size) =
            append_to(&self.path).map_err(MonitorError::file("reopening the log", &self.path))?;
        Ok(())
    }

    /// Waits until the file's content is on disk.
    pub(crate) fn sync(&mut self) -> Result<(), MonitorError> {
        self.file
            .sync_data()
            .map_err(MonitorError::file("syncing the log", &self.path))
    }

    /// Whole entries or nothing: a full disk must not leave half a line for the next one to be glued to.
    fn append(&mut self, entries: &[u8]) -> Result<(), MonitorError> {
        if entries.is_empty() {
            return Ok(());
        }
        match self.file.write_all(entries) {
            Ok(()) => {
                self.size += entries.len() as u64;
                Ok(())
            }
            Err(error) => {
                let _ = self.file.set_len(self.size);
                Err(MonitorError::file("writing the log", &self.path)(error))
            }
        }
    }

    /// What `--log-size-max` means in conmon: the full file is replaced by an empty one.
    fn start_anew(&mut self) -> Result<(), MonitorError> {
        let beside = self.path.with_added_extension("tmp");
        let made = (|| {
            let file = log_options().truncate(false).open(&beside)?;
            file.set_len(0)?;
            std::fs::rename(&beside, &self.path)?;
            Ok::<File, io::Error>(file)
        })();
        self.file = made.map_err(MonitorError::file("replacing the log", &self.path))?;
        self.size = 0;
        Ok(())
    }
}

fn log_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o640);
    options
}

fn append_to(path: &Path) -> io::Result<(File, u64)> {
    let file = log_options().open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

fn entry(pending: &mut Vec<u8>, stamp: &str, stream: Stream, full: bool, text: &[u8]) {
    pending.extend_from_slice(stamp.as_bytes());
    pending.extend_from_slice(match stream {
        Stream::Stdout => b" stdout ",
        Stream::Stderr => b" stderr ",
    });
    pending.extend_from_slice(if full { b"F " } else { b"P " });
    pending.extend_from_slice(text);
    pending.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file's lines without their time stamps.
    fn lines(path: &Path) -> Vec<String> {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| line.split_once(' ').unwrap().1.to_owned())
            .collect()
    }

    #[test]
    fn pieces_lines_and_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ctr.log");
        let mut log = K8sFile::open(&path, None).unwrap();
        log.write(Stream::Stdout, b"one\ntw").unwrap();
        log.write(Stream::Stdout, b"o\n\n").unwrap();
        log.write(Stream::Stderr, b"rest").unwrap();
        log.finish(Stream::Stdout).unwrap();
        log.finish(Stream::Stderr).unwrap();
        assert_eq!(
            lines(&path),
            [
                "stdout F one",
                "stdout P tw",
                "stdout F o",
                "stdout F ",
                "stderr P rest",
                "stderr F "
            ]
        );
        K8sFile::open(&path, None)
            .unwrap()
            .write(Stream::Stdout, b"after a restore\n")
            .unwrap();
        assert_eq!(lines(&path).len(), 7);
    }

    #[test]
    fn a_limit_starts_the_file_anew_at_a_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ctr.log");
        let mut log = K8sFile::open(&path, Some(100)).unwrap();
        log.write(Stream::Stdout, b"first\nsecond\nthird\n")
            .unwrap();
        assert_eq!(lines(&path), ["stdout F third"]);
        log.write(Stream::Stdout, &[b'x'; 300]).unwrap();
        assert_eq!(lines(&path), [format!("stdout P {}", "x".repeat(300))]);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn reopening_makes_what_was_moved_away_and_keeps_what_was_not() {
        let dir = tempfile::tempdir().unwrap();
        let (path, moved) = (dir.path().join("ctr.log"), dir.path().join("old"));
        let mut log = K8sFile::open(&path, None).unwrap();
        log.write(Stream::Stdout, b"a\n").unwrap();
        log.reopen().unwrap();
        log.write(Stream::Stdout, b"b\n").unwrap();
        std::fs::rename(&path, &moved).unwrap();
        log.reopen().unwrap();
        log.write(Stream::Stdout, b"c\n").unwrap();
        assert_eq!((lines(&moved).len(), lines(&path).len()), (2, 1));
    }

    #[test]
    fn a_full_disk_leaves_whole_lines() {
        let mut log = K8sFile::open(Path::new("/dev/full"), None).unwrap();
        let error = log.write(Stream::Stdout, b"x\n").unwrap_err().to_string();
        assert!(error.starts_with("writing the log /dev/full: "), "{error}");
        assert_eq!(log.size, 0);
    }
}
