//! One `flock` per container: `<run>/locks/<id>`. Never held while waiting on a client.
//!
//! The kernel holds the lock until the last descriptor of it is closed. An OCI runtime that dumps
//! a container inherits one, so a command that comes after an engine killed in mid-dump waits
//! until that dump has ended, and only then decides what to do with it.

use std::fs::{self, File, OpenOptions};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};

use super::StoreError;
use crate::sys::dir::at;

/// A held lock; freed when dropped.
#[derive(Debug)]
pub struct ContainerLock {
    file: File,
}

impl ContainerLock {
    /// Waits for the lock of a container and takes it.
    pub fn acquire(locks: &Path, id: &str) -> Result<Self, StoreError> {
        let path = locks.join(id);
        loop {
            let file = open(locks, id)?;
            let locked = loop {
                match flock(&file, FlockOperation::LockExclusive) {
                    Err(rustix::io::Errno::INTR) => {}
                    result => break result,
                }
            };
            locked
                .map_err(std::io::Error::from)
                .map_err(at("lock", &path))?;
            if is_at(&file, &path) {
                return Ok(Self { file });
            }
        }
    }

    /// Takes the lock if nobody holds it.
    pub fn try_acquire(locks: &Path, id: &str) -> Result<Option<Self>, StoreError> {
        let path = locks.join(id);
        loop {
            let file = open(locks, id)?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) if is_at(&file, &path) => return Ok(Some(Self { file })),
                Ok(()) => {}
                Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => return Ok(None),
                Err(error) => return Err(at("lock", &path)(error.into()).into()),
            }
        }
    }

    /// Takes the lock if it can be had within `patience`.
    pub fn acquire_within(
        locks: &Path,
        id: &str,
        patience: Duration,
    ) -> Result<Option<Self>, StoreError> {
        let deadline = Instant::now() + patience;
        loop {
            let lock = Self::try_acquire(locks, id)?;
            if lock.is_some() || Instant::now() >= deadline {
                return Ok(lock);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// For a program that shall hold the lock too.
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

fn open(locks: &Path, id: &str) -> Result<File, StoreError> {
    fs::create_dir_all(locks).map_err(at("make", locks))?;
    let path = locks.join(id);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    Ok(file.map_err(at("open", &path))?)
}

/// Whether an open lock file is still the one that others find. A removal takes the file away
/// while some may wait for it: what they then hold locks nobody out.
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |facts: fs::Metadata| (facts.dev(), facts.ino());
    let (own, found) = (file.metadata().map(place), fs::metadata(path).map(place));
    matches!((own, found), (Ok(own), Ok(found)) if own == found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_whose_file_was_removed_is_no_lock() -> Result<(), Box<dyn std::error::Error>> {
        let locks = tempfile::tempdir()?;
        let path = locks.path().to_owned();
        let held = ContainerLock::acquire(&path, "a")?;
        let place = path.clone();
        let waiting = std::thread::spawn(move || ContainerLock::acquire(&place, "a"));
        std::thread::sleep(Duration::from_millis(50));
        fs::remove_file(path.join("a"))?;
        let second = ContainerLock::acquire(&path, "a")?;
        drop(held);
        std::thread::sleep(Duration::from_millis(50));
        assert!(!waiting.is_finished());
        drop(second);
        let third = waiting.join().map_err(|_| "the thread panicked")??;
        assert!(ContainerLock::try_acquire(&path, "a")?.is_none());
        drop(third);
        Ok(())
    }

    #[test]
    fn a_held_lock_is_not_given_twice_and_outlives_its_owner_in_a_program()
    -> Result<(), Box<dyn std::error::Error>> {
        let locks = tempfile::tempdir()?;
        let held = ContainerLock::acquire(locks.path(), "a")?;
        assert!(ContainerLock::try_acquire(locks.path(), "a")?.is_none());
        assert!(ContainerLock::try_acquire(locks.path(), "b")?.is_some());
        let mut sleeper = std::process::Command::new("sleep");
        sleeper.arg("60");
        let mut child = crate::sys::command::spawn(sleeper, &[held.descriptor()])?;
        drop(held);
        assert!(ContainerLock::try_acquire(locks.path(), "a")?.is_none());
        child.kill()?;
        child.wait()?;
        assert!(ContainerLock::try_acquire(locks.path(), "a")?.is_some());
        Ok(())
    }
}
