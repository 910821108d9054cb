//! Writes the members that are unpacked, on a thread of its own: the next ones are read,
//! decompressed and hashed meanwhile.
//!
//! Which files there are and where was decided by who opened them.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use super::sums::recycle;
use super::{ArchiveError, io_error};

enum Job {
    /// What follows goes here; the name is for messages.
    File(File, String),
    Bytes(Arc<Vec<u8>>),
}

/// Files on their way to the file system.
#[derive(Debug)]
pub(super) struct Spill {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<Result<(), ArchiveError>>>,
}

impl Spill {
    /// Starts the thread; buffers go back by `give_back`.
    pub(super) fn start(give_back: Sender<Vec<u8>>) -> io::Result<Self> {
        // As few in flight as there are with the digester: together they bound the memory.
        let (jobs, work) = sync_channel(8);
        let thread = Builder::new()
            .name("archive-files".into())
            .spawn(move || write(&work, &give_back))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// What follows belongs to this file.
    ///
    /// # Errors
    /// Of an earlier write.
    pub(super) fn file(&mut self, name: &str, file: File) -> Result<(), ArchiveError> {
        self.send(Job::File(file, name.to_owned()))
    }

    /// The next bytes of the file.
    ///
    /// # Errors
    /// Of an earlier write.
    pub(super) fn bytes(&mut self, chunk: Arc<Vec<u8>>) -> Result<(), ArchiveError> {
        self.send(Job::Bytes(chunk))
    }

    /// Waits until all is written.
    ///
    /// # Errors
    /// The first write that failed.
    pub(super) fn finish(&mut self) -> Result<(), ArchiveError> {
        self.jobs = None;
        self.thread.take().map_or(Ok(()), |thread| {
            thread
                .join()
                .unwrap_or_else(|_| Err(died()(io::Error::other("it panicked"))))
        })
    }

    fn send(&mut self, job: Job) -> Result<(), ArchiveError> {
        if self
            .jobs
            .as_ref()
            .is_some_and(|jobs| jobs.send(job).is_ok())
        {
            return Ok(());
        }
        // It ends early for an error only, and only once.
        self.finish()
            .and(Err(died()(io::Error::other("an earlier write failed"))))
    }
}

impl Drop for Spill {
    fn drop(&mut self) {
        // Whoever drops it removes the files next: nothing may write to them then.
        let _ = self.finish();
    }
}

fn died() -> impl FnOnce(io::Error) -> ArchiveError {
    io_error("cannot write what is unpacked")
}

fn write(work: &Receiver<Job>, give_back: &Sender<Vec<u8>>) -> Result<(), ArchiveError> {
    let mut current = None;
    for job in work {
        match job {
            Job::File(file, name) => current = Some((file, name)),
            Job::Bytes(chunk) => {
                if let Some((file, name)) = &mut current {
                    file.write_all(&chunk)
                        .map_err(|error| io_error(format!("cannot unpack {name}"))(error))?;
                }
                recycle(chunk, give_back);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn files_get_their_own_bytes() -> Result<(), Box<dyn std::error::Error>> {
        let place = tempfile::tempdir()?;
        let (give_back, back) = channel();
        let mut spill = Spill::start(give_back)?;
        for name in ["a", "b", "empty"] {
            spill.file(name, File::create(place.path().join(name))?)?;
            for _ in 0..if name == "empty" { 0 } else { 20 } {
                spill.bytes(Arc::new(name.repeat(3).into_bytes()))?;
            }
        }
        spill.finish()?;
        for (name, text) in [
            ("a", "a".repeat(60)),
            ("b", "b".repeat(60)),
            ("empty", String::new()),
        ] {
            assert_eq!(std::fs::read_to_string(place.path().join(name))?, text);
        }
        assert_eq!(back.try_iter().count(), 40);
        Ok(())
    }

    #[test]
    fn a_full_disk_is_told_once_with_the_name() -> Result<(), Box<dyn std::error::Error>> {
        let (give_back, _back) = channel();
        let mut spill = Spill::start(give_back)?;
        spill.file("big", File::options().write(true).open("/dev/full")?)?;
        let error = (0..100)
            .find_map(|_| spill.bytes(Arc::new(vec![0; 10])).err())
            .or_else(|| spill.finish().err());
        assert_eq!(
            error.map(|error| error.to_string()).as_deref(),
            Some("cannot unpack big: No space left on device")
        );
        Ok(())
    }
}
