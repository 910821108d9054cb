//! Holds CRIU back until its container stands still: the configuration that it reads first is a
//! pipe, and nothing is in it yet.
//!
//! A runtime takes 5 to 20 ms to start CRIU, and a container that is frozen before that stands
//! still for nothing. CRIU opens its configuration when it has been asked to dump and before it
//! looks at any process (criu/cr-service.c, `setup_opts_from_req`); there it waits for the text.
//!
//! Nobody waits for ever. The configuration's name is a symbolic link to this process's end of the
//! pipe in /proc: when the process dies, CRIU finds the link dangling, or reads the end of the pipe,
//! and goes on with no configuration. (A pipe with a name of its own would keep it for ever:
//! opening one waits for a writer.)

use std::fs;
use std::io::{self, PipeWriter, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionread;

use crate::sys::dir::remove_file_if_present;

/// Between two looks whether CRIU is there. No event tells of a pipe's first reader.
const LOOK: Duration = Duration::from_micros(200);

/// A configuration that CRIU waits for. Dropped, it is empty, and its name is gone.
#[derive(Debug)]
pub struct Gate {
    path: PathBuf,
    writer: PipeWriter,
}

impl Gate {
    /// Makes the pipe, in the place of whatever has that name.
    pub fn shut(path: &Path) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        // Opened anew through the link, the same pipe has a reader: CRIU, and nobody else.
        drop(reader);
        let (own, number) = (std::process::id(), writer.as_raw_fd());
        remove_file_if_present(path)?;
        symlink(format!("/proc/{own}/fd/{number}"), path)?;
        Ok(Self {
            path: path.to_owned(),
            writer,
        })
    }

    /// Waits until CRIU is there; false when `gone` says first that nobody comes any more.
    pub fn arrived(&self, gone: impl Fn() -> bool) -> io::Result<bool> {
        loop {
            // Asked first: who comes before the look has come all the same.
            let nobody = gone();
            if self.has_reader()? {
                return Ok(true);
            }
            if nobody {
                return Ok(false);
            }
            thread::sleep(LOOK);
        }
    }

    fn has_reader(&self) -> io::Result<bool> {
        let mut events = [PollFd::new(&self.writer, PollFlags::OUT)];
        let at_once = Timespec::default();
        poll(&mut events, Some(&at_once))?;
        // pipe(7), poll(2): an error is what a pipe without readers has.
        Ok(!events[0].revents().contains(PollFlags::ERR))
    }

    /// Lets CRIU go on with this text, and waits until it has it; false when `gone` says first that
    /// nobody takes it any more. (A program that another thread started while the pipe was made has
    /// its reading end for a moment, and looks as if it were CRIU.)
    pub fn open(mut self, text: &str, gone: impl Fn() -> bool) -> io::Result<bool> {
        // A page at most, and a pipe takes more than that at once.
        match self.writer.write_all(text.as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(false),
            written => written?,
        }
        loop {
            let nobody = gone();
            if ioctl_fionread(&self.writer)? == 0 {
                return Ok(true);
            }
            if nobody {
                return Ok(false);
            }
            thread::sleep(LOOK);
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, "the link to a CRIU configuration stays");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Read;

    use super::*;

    fn read_all(path: &Path) -> io::Result<String> {
        let mut text = String::new();
        File::open(path)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn who_reads_waits_until_it_opens() -> io::Result<()> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("criu.conf");
        fs::write(&path, "an earlier one")?;
        let gate = Gate::shut(&path)?;
        thread::scope(|scope| {
            let reader = scope.spawn(|| read_all(&path));
            assert!(gate.arrived(|| false)?);
            assert!(!reader.is_finished());
            assert!(gate.open("network-lock skip\n", || false)?);
            let read = reader.join().expect("the reader ends")?;
            assert_eq!(read, "network-lock skip\n");
            Ok::<_, io::Error>(())
        })?;
        assert!(path.symlink_metadata().is_err());
        Ok(())
    }

    #[test]
    fn nobody_comes_and_nobody_is_kept() -> io::Result<()> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("criu.conf");
        let gate = Gate::shut(&path)?;
        assert!(!gate.arrived(|| true)?);
        thread::scope(|scope| {
            let reader = scope.spawn(|| read_all(&path));
            assert!(gate.arrived(|| false)?);
            drop(gate);
            assert_eq!(reader.join().expect("the reader ends")?, "");
            Ok::<_, io::Error>(())
        })
    }

    #[test]
    fn what_nobody_reads_is_told() -> io::Result<()> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("criu.conf");
        let gate = Gate::shut(&path)?;
        assert!(!gate.open("x", || true)?);
        let gate = Gate::shut(&path)?;
        let reader = File::open(&path)?;
        assert!(gate.arrived(|| false)?);
        assert!(!gate.open("x", || true)?);
        drop(reader);
        Ok(())
    }
}
