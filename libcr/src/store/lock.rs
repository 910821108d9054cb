//! One `flock` per container: `<run>/locks/<id>`. Never held while waiting on a client.
//!
//! The kernel holds the lock until the last descriptor of it is closed. An OCI runtime that dumps
//! a container inherits one, so a command that comes after an engine killed in mid-dump waits
//! until that dump has ended, and only then decides what to do with it.

use std::fs::{self, File, OpenOptions};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

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
        let file = open(locks, id)?;
        loop {
            match flock(&file, FlockOperation::LockExclusive) {
                Err(rustix::io::Errno::INTR) => {}
                result => {
                    result
                        .map_err(std::io::Error::from)
                        .map_err(at("lock", &locks.join(id)))?;
                    return Ok(Self { file });
                }
            }
        }
    }

    /// Takes the lock if nobody holds it.
    pub fn try_acquire(locks: &Path, id: &str) -> Result<Option<Self>, StoreError> {
        let file = open(locks, id)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self { file })),
            Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => Ok(None),
            Err(error) => Err(at("lock", &locks.join(id))(error.into()).into()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_lock_is_not_given_twice_and_outlives_its_owner_in_a_program()
    -> Result<(), Box<dyn std::error::Error>> {
        let locks = tempfile::tempdir()?;
        let held = ContainerLock::acquire(locks.path(), "a")?;
        assert!(ContainerLock::try_acquire(locks.path(), "a")?.is_none());
        assert!(ContainerLock::try_acquire(locks.path(), "b")?.is_some());
        let mut sleeper = std::process::Command::new("sleep");
        let mut child = crate::sys::command::spawn(sleeper.arg("60"), &[held.descriptor()])?;
        drop(held);
        assert!(ContainerLock::try_acquire(locks.path(), "a")?.is_none());
        child.kill()?;
        child.wait()?;
        assert!(ContainerLock::try_acquire(locks.path(), "a")?.is_some());
        Ok(())
    }
}
