//! Puts a file on disk while it still grows: the disk works beside the processors, and the sync at
//! the end finds little left to do.

use std::fs::File;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

/// How much is written between two starts, bytes: often enough to keep a disk busy, seldom enough
/// that flushing its cache costs nothing.
const PORTION: u64 = 32 << 20;

/// Syncs a growing file on a thread of its own.
#[derive(Debug)]
pub(super) struct Writeback {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<io::Result<()>>>,
    since: u64,
}

impl Writeback {
    /// For this file, from now on. Without a thread all is left to the end.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let file = file.try_clone()?;
        let (wake, woken) = sync_channel(1);
        let thread = Builder::new()
            .name("archive-writeback".into())
            .spawn(move || sync(&file, &woken));
        Ok(Self {
            wake: Some(wake),
            thread: thread.ok(),
            since: 0,
        })
    }

    /// So many bytes more were written.
    pub(super) fn wrote(&mut self, count: usize) {
        self.since += count as u64;
        if self.since >= PORTION
            && let Some(wake) = &self.wake
        {
            self.since = 0;
            // Full: it has not done the portion before yet and will take this one with it.
            let _ = wake.try_send(());
        }
    }

    /// Waits for what was begun. An error of the disk is told once by the kernel, maybe here.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.wake = None;
        self.thread.take().map_or(Ok(()), |thread| {
            thread
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("the writeback thread died")))
        })
    }
}

fn sync(file: &File, woken: &Receiver<()>) -> io::Result<()> {
    woken.iter().try_for_each(|()| file.sync_data())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_grows_meanwhile() -> io::Result<()> {
        let mut file = tempfile::tempfile()?;
        let mut writeback = Writeback::of(&file)?;
        let chunk = vec![1; 1 << 20];
        for _ in 0..80 {
            file.write_all(&chunk)?;
            writeback.wrote(chunk.len());
        }
        writeback.finish()?;
        assert_eq!(file.metadata()?.len(), 80 << 20);
        Ok(())
    }

    #[test]
    fn what_can_not_be_synced_is_told() -> io::Result<()> {
        // A pipe has nothing to sync: EINVAL.
        let (_reader, writer) = io::pipe()?;
        let file = File::from(std::os::fd::OwnedFd::from(writer));
        let mut writeback = Writeback::of(&file)?;
        writeback.wrote(64 << 20);
        assert!(writeback.finish().is_err());
        Ok(())
    }
}
