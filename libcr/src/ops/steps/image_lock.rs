//! Who adds images and who removes what no image has any more keep out of each other's way: `flock`
//! on `<root>/images`.
//!
//! A layer is in the store before the row of its image, and stays for a moment after it. What a
//! killed engine left there goes with the next removal of an image; another try finds it and needs
//! not unpack it again.

use std::fs::File;

use rustix::fs::FlockOperation;

use crate::engine::Engine;
use crate::error::Result;
use crate::sys::dir::at;

/// Held until dropped.
#[derive(Debug)]
pub struct ImageLock(#[expect(dead_code, reason = "closing it frees the lock")] File);

/// Held while layers and blobs are there that no row knows yet. Waits for who removes.
pub fn adding(engine: &Engine) -> Result<ImageLock> {
    loop {
        // None: a signal came.
        if let Some(held) = lock(engine, FlockOperation::LockShared)? {
            return Ok(held);
        }
    }
}

/// Held while layers and blobs are removed that no row knows; `None` while somebody adds some.
pub fn removing(engine: &Engine) -> Result<Option<ImageLock>> {
    lock(engine, FlockOperation::NonBlockingLockExclusive)
}

fn lock(engine: &Engine, how: FlockOperation) -> Result<Option<ImageLock>> {
    let path = engine.config.root.join("images");
    let directory = File::open(&path).map_err(at("open", &path))?;
    match rustix::fs::flock(&directory, how) {
        Ok(()) => Ok(Some(ImageLock(directory))),
        Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => Ok(None),
        Err(error) => Err(at("lock", &path)(error.into()).into()),
    }
}
